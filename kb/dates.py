"""Partial dates: what days a text in the Extended Date/Time Format (EDTF) allows, and how two compare.

A partial date is some day between an earliest and a latest one; its text is kept as it was written.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from kb.edtf_text import NotADate, read_date, read_interval, read_list
from kb.errors import DateError

LONGEST_TEXT = 100
FORMS = "Write it like 2025, 2025-08, 2025-08-24, 2025-08~, 2024/2025 or [2025-08-24..2025-08-29]"

# Years, months and days the way they are written elsewhere, for the hint in an error.
_BETWEEN = r"[-/.\s年月日]"
_NUMBERS = re.compile(
    rf"\s*([0-9]{{4}})(?:{_BETWEEN}+(0?[1-9]|1[0-2])(?:{_BETWEEN}+([0-9]{{1,2}}))?)?{_BETWEEN}*"
)
_WORDS = re.compile(r"\s*(?:([0-9]{1,2}) )?([A-Za-z]{3,9})\.? (?:([0-9]{1,2}),? )?([0-9]{4})\s*")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class Answer(StrEnum):
    """What a comparison of partial dates can say: it holds for every choice of days, for none or for some."""

    YES = "yes"
    NO = "no"
    POSSIBLE = "possible"


@dataclass(frozen=True)
class Bounds:
    """The days that a partial date allows: `earliest` to `latest`, None where it sets no limit.

    An `open_end` is an end that has not come (`..`, `2024/..`). An end that nobody states (`2024/`) also
    has no latest day, but it is not open.
    """

    text: str
    earliest: date | None
    latest: date | None
    open_end: bool = False

    @property
    def ongoing(self) -> bool:
        """Still going: the text is `..` alone, later than every day."""
        return self.open_end and self.earliest is None


UNKNOWN = Bounds("", None, None)
Period = tuple[Bounds, Bounds]


@cache
def bounds(text: str) -> Bounds:
    """Earliest and latest day that an EDTF text allows, each text read once.

    A qualifier (`?`, `~`, `%`) stays in the text and does not widen the bounds. Of a date with a time, the
    day as written counts. Year 0 and years beyond 9999 cannot be held; `XXXX` leaves them out.
    Raises: DateError, one line, for anything else than a date.

    >>> b = bounds("2024-06/2025")
    >>> str(b.earliest), str(b.latest)
    ('2024-06-01', '2025-12-31')
    >>> bounds("2024/..").open_end, bounds("2024/").open_end, bounds("..").ongoing
    (True, False, True)
    """
    try:
        if len(text) > LONGEST_TEXT:
            raise NotADate(f"it is longer than {LONGEST_TEXT} characters")
        if text == "..":
            return Bounds(text, None, None, open_end=True)
        if text.count("/") == 1:
            return Bounds(text, *read_interval(text), open_end=text.endswith("/.."))
        if text[:1] + text[-1:] in ("[]", "{}"):
            return Bounds(text, *read_list(text[1:-1]))
        return Bounds(text, *read_date(text))
    except NotADate as error:
        raise DateError(f"{_shown(text)} is not a date: {error}", hint=_hint(text)) from None


def on(day: date) -> Bounds:
    """A day that is known, as a partial date.

    >>> on(date(2025, 8, 24)) == bounds("2025-08-24")
    True
    """
    return Bounds(day.isoformat(), day, day)


def before(a: Bounds, b: Bounds) -> Answer:
    """Whether day `a` comes before day `b`: yes for every choice of the two days, no for none.

    `..` never comes: every day that is not itself `..` is before it, and it is before none.

    >>> before(bounds("2024"), bounds("2025")).value, before(bounds("2025-08"), bounds("2025")).value
    ('yes', 'possible')
    """
    if a.ongoing:
        return Answer.NO
    if b.ongoing:
        return Answer.YES
    if a.latest and b.earliest and a.latest < b.earliest:
        return Answer.YES
    if a.earliest and b.latest and a.earliest >= b.latest:
        return Answer.NO
    return Answer.POSSIBLE


def overlaps(a: Period, b: Period) -> Answer:
    """Whether two periods, each a first and a last day, share a day; `..` as last day has no end.

    A period ends no earlier than it starts, so an unknown end is still at or after a known start.

    >>> past, ongoing = (bounds("2015"), bounds("2018")), (bounds("2018-03"), bounds(".."))
    >>> overlaps(past, ongoing).value, overlaps(past, (bounds("2017"), UNKNOWN)).value
    ('possible', 'yes')
    """
    a, b = _tightened(a), _tightened(b)
    apart = before(a[1], b[0]), before(b[1], a[0])
    if Answer.YES in apart:
        return Answer.NO
    return Answer.YES if apart == (Answer.NO, Answer.NO) else Answer.POSSIBLE


def within(a: Bounds, b: Bounds) -> Answer:
    """Whether day `a` lies in the stretch from `b.earliest` to `b.latest`.

    An open end holds every later day; a side without a limit that is not open leaves it possible.

    >>> [within(bounds(day), bounds("2024-06/..")).value for day in ("2025", "2024", "2023")]
    ['yes', 'possible', 'no']
    """
    first = Bounds("", b.earliest, b.earliest)
    last = Bounds("", b.latest, b.latest)
    sides = before(a, first), Answer.NO if b.open_end else before(last, a)
    if Answer.YES in sides:
        return Answer.NO
    return Answer.YES if sides == (Answer.NO, Answer.NO) else Answer.POSSIBLE


def _tightened(period: Period) -> Period:
    """The same period with what its start says about its end, and its end about its start."""
    start, end = period
    latest = min((d for d in (start.latest, end.latest) if d), default=None)
    earliest = max((d for d in (start.earliest, end.earliest) if d), default=None)
    first = Bounds(start.text, start.earliest, latest)
    return first, end if end.ongoing else Bounds(end.text, earliest, end.latest)


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "…")


def _hint(text: str) -> str:
    """What a right text looks like; the very one, where the mistake is a common one."""
    text, guess = text[:LONGEST_TEXT], ""
    if numbers := _NUMBERS.fullmatch(text):
        guess = "-".join(part.zfill(2) for part in numbers.groups() if part)
    elif (words := _WORDS.fullmatch(text)) and (short := words[2][:3].lower()) in _MONTHS:
        day = words[1] or words[3]
        guess = f"{words[4]}-{_MONTHS.index(short) + 1:02}" + (f"-{day:0>2}" if day else "")
    elif ".." in text and text[0] not in "[{":
        guess = f"[{text}]"
    try:
        return f"Write {bounds(guess).text}" if guess and guess != text else FORMS
    except DateError:
        return FORMS
