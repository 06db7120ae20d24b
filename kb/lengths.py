"""Stated lengths ("almost nine years"): ISO 8601 durations with a modifier, and dates derived from them."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from math import ceil, floor
from typing import NamedTuple

from kb.dates import Bounds
from kb.errors import DateError

MODIFIERS = ("about", "over", "almost")
_NUMBER = r"([0-9]{1,4}(?:[.,][0-9]{1,3})?)"
_LENGTH = re.compile(
    rf"(?:(about|over|almost) )?P(?=[0-9])(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
)
# How far the true length may lie below and above the stated one, in units of its smallest part.
# Plain: rounded up by less than half a unit, or whole units completed with the next one running.
_MARGINS = {
    "": (Fraction(-1, 2), Fraction(1)),
    "about": (Fraction(-1), Fraction(1)),
    "over": (Fraction(0), Fraction(1)),
    "almost": (Fraction(-1), Fraction(0)),
}


class Span(NamedTuple):
    """A number of months, then a number of days; the days can be negative."""

    months: int
    days: int


@dataclass(frozen=True)
class Length:
    """A stated length: its text, and the shortest and the longest time it can mean."""

    text: str
    modifier: str
    shortest: Span
    longest: Span


@cache
def parse_length(text: str) -> Length:
    """A length such as `P9Y`, `almost P9Y`, `about P7.5Y` or `P1Y6M`, and the range it stands for.

    The range is counted in units of the smallest part that is stated: `over N` is N to N+1, `almost N` is
    N-1 to N, `about N` is N-1 to N+1, and N alone is N-½ to N+1. A decimal is as fine as it is written:
    the unit of .5 is a half, of .25 and .75 a quarter, of any other its last decimal place. A part of a
    month counts as 28 days a month in the shortest time and as 31 in the longest.
    Raises: DateError for any other text, and for a length of nothing.

    >>> parse_length("almost P9Y").shortest, parse_length("almost P9Y").longest
    (Span(months=96, days=0), Span(months=108, days=0))
    >>> parse_length("P7.5Y").shortest, parse_length("P7.5Y").longest
    (Span(months=87, days=0), Span(months=96, days=0))
    """
    written = _LENGTH.fullmatch(text)
    if not written:
        raise _not_a_length(text, "it is not written as one")
    modifier = written[1] or ""
    stated = [(number, unit) for number, unit in zip(written.groups()[1:], "YMWD", strict=True) if number]
    if any("." in number or "," in number for number, _ in stated[:-1]):
        raise _not_a_length(text, "only its last number can have decimals")
    months = days = Fraction(0)
    for number, unit in stated:
        value = Fraction(number.replace(",", "."))
        months += value * {"Y": 12, "M": 1}.get(unit, 0)
        days += value * {"W": 7, "D": 1}.get(unit, 0)
    if not months and not days:
        raise _not_a_length(text, "it is no time at all")
    step = _step(stated[-1][0])
    month_step, day_step = {"Y": (12, 0), "M": (1, 0), "W": (0, 7), "D": (0, 1)}[stated[-1][1]]
    below, above = (margin * step for margin in _MARGINS[modifier])
    low = max(months + below * month_step, Fraction(0)), days + below * day_step
    high = months + above * month_step, days + above * day_step
    return Length(
        text,
        modifier,
        shortest=_span(low[0], low[1] if low[0] else max(low[1], Fraction(0)), days_in_month=28),
        longest=_span(high[0], high[1], days_in_month=31),
    )


def derive_start(end: Bounds, length: Length) -> Bounds:
    """When something started that lasted `length` and ended at `end`; without text, as nobody stated it.

    A bound that `end` does not have, or that lies before year 1, is None.
    Raises: DateError if the whole start lies before year 1.

    >>> from kb.dates import bounds
    >>> start = derive_start(bounds("2025-08"), parse_length("almost P9Y"))
    >>> str(start.earliest), str(start.latest)
    ('2016-08-01', '2017-08-31')
    """
    latest = end.latest and _moved(end.latest, length.shortest, back=True)
    if end.latest and not latest:
        raise DateError(f"{length.text} before {end.text or end.latest} lies before year 1")
    return Bounds("", end.earliest and _moved(end.earliest, length.longest, back=True), latest)


def derive_end(start: Bounds, length: Length) -> Bounds:
    """When something ended that started at `start` and lasted `length`; without text, as nobody stated it.

    A bound that `start` does not have, or that lies after year 9999, is None.
    Raises: DateError if the whole end lies after year 9999.

    >>> from kb.dates import bounds
    >>> end = derive_end(bounds("2016-08-01"), parse_length("over P9Y"))
    >>> str(end.earliest), str(end.latest)
    ('2025-08-01', '2026-08-01')
    """
    earliest = start.earliest and _moved(start.earliest, length.shortest)
    if start.earliest and not earliest:
        raise DateError(f"{length.text} after {start.text or start.earliest} lies after year 9999")
    return Bounds("", earliest, start.latest and _moved(start.latest, length.longest))


def _step(number: str) -> Fraction:
    """The unit of a stated number: 1, or for decimals the part they are as fine as."""
    decimals = number.replace(",", ".").partition(".")[2].rstrip("0")
    quarters = {"": Fraction(1), "5": Fraction(1, 2), "25": Fraction(1, 4), "75": Fraction(1, 4)}
    return quarters.get(decimals, Fraction(1, 10 ** len(decimals)))


def _span(months: Fraction, days: Fraction, *, days_in_month: int) -> Span:
    whole = floor(months)
    days += (months - whole) * days_in_month
    return Span(whole, floor(days) if days_in_month == 28 else ceil(days))


def _moved(day: date, span: Span, *, back: bool = False) -> date | None:
    """A day so many months and days later or earlier; None outside the years 1 to 9999.

    A day that the month does not have becomes its last one.
    """
    sign = -1 if back else 1
    year, month = divmod(day.year * 12 + day.month - 1 + sign * span.months, 12)
    try:
        moved = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
        return moved + timedelta(days=sign * span.days)
    except (ValueError, OverflowError):
        return None


def _not_a_length(text: str, why: str) -> DateError:
    shown = repr(text if len(text) <= 40 else text[:39] + "…")
    return DateError(
        f"{shown} is not a length: {why}",
        hint="Write it like P9Y, P1Y6M, P18M, P7.5Y or P6W, with about, over or almost before it: almost P9Y",
    )
