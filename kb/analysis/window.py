"""A stretch of time that is asked for, held against what is known of a date."""

from dataclasses import dataclass
from datetime import date

from kb.dates import bounds
from kb.errors import DateError
from kb.resolve import last_day


@dataclass(frozen=True)
class Window:
    """From the first day to the last; None where there is no limit.

    A partial date lies surely inside if both its bounds do, and possibly if they allow a day inside. With no
    limit on either side all is surely inside, dated or not.
    """

    first: date | None = None
    last: date | None = None

    @classmethod
    def read(cls, since: str | date | None, until: str | date | None) -> "Window":
        """From EDTF text or days: the first day of `since` to the last of `until`.

        Raises: DateError for text that is no date, or if `until` is before `since`.

        >>> Window.read("2024", "2025-06")
        Window(first=datetime.date(2024, 1, 1), last=datetime.date(2025, 6, 30))
        """
        first = since if since is None or isinstance(since, date) else _first_day(since)
        last = None if until is None else last_day(until)
        if first and last and last < first:
            raise DateError(f"no day is since {first} and until {last}", hint="Swap the two")
        return cls(first, last)

    def surely(self, earliest: str, latest: str) -> str:
        """SQL that is true if a date, whose bounds are these columns, surely lies inside."""
        sides = []
        if self.first:
            sides.append(f"{earliest} >= DATE '{self.first}'")
        if self.last:
            sides.append(f"{latest} <= DATE '{self.last}'")
        return f"coalesce({' AND '.join(sides)}, false)" if sides else "true"

    def possibly(self, earliest: str, latest: str) -> str:
        """SQL that is true if a date can lie inside, surely or not."""
        sides = ["true"]
        if self.first:
            sides.append(f"coalesce({latest} >= DATE '{self.first}', true)")
        if self.last:
            sides.append(f"coalesce({earliest} <= DATE '{self.last}', true)")
        return f"({' AND '.join(sides)})"


def _first_day(text: str) -> date:
    earliest = bounds(text).earliest
    if earliest is None:
        raise DateError(f"`{text}` has no first day", hint="Write a day, a month or a year")
    return earliest
