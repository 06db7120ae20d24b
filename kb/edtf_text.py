"""Reading the Extended Date/Time Format (EDTF): from a text to the first and the last day it allows.

`kb.dates` is its only user. What cannot be read raises `NotADate` with the reason alone.
Source: Extended Date/Time Format Specification, Library of Congress, 4 February 2019 (ISO 8601-2).
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache

Days = tuple[date | None, date | None]

# Codes in the place of a month: first month, number of months. 21 to 24 name no hemisphere and are read
# as northern ones, in whole months; a winter (and a southern summer) ends in the year after the stated one.
PARTS_OF_A_YEAR = {
    **dict.fromkeys((21, 25, 31), (3, 3)),
    **dict.fromkeys((22, 26, 32), (6, 3)),
    **dict.fromkeys((23, 27, 29), (9, 3)),
    **dict.fromkeys((24, 28, 30), (12, 3)),
    **{33 + n: (1 + 3 * n, 3) for n in range(4)},
    **{37 + n: (1 + 4 * n, 4) for n in range(3)},
    **{40 + n: (1 + 6 * n, 6) for n in range(2)},
}
_DATE = re.compile(r"([0-9X]{4})(?:-([0-9X]{2})(?:-([0-9X]{2}))?)?[?~%]?")
_FAR_YEAR = re.compile(r"Y-?[0-9]+(E[0-9]+)?(S[0-9]+)?|-[0-9X]{4}([-?~%S].*)?")
_SIGNIFICANT = re.compile(r"([0-9]{4})S([1-4])")
_RARE = re.compile(r"[?~%]?[0-9]{4}[0-9?~%:TZ+-]{0,28}")


class NotADate(Exception):
    """Why a text, or a part of it, cannot be read; becomes a DateError about the whole text."""


def read_interval(text: str) -> Days:
    """`start/end`; an unknown (empty) or open (`..`) side has no limit."""
    start, end = text.split("/")
    if start in ("", "..") and end in ("", ".."):
        raise NotADate("it names neither a start nor an end")
    earliest = None if start in ("", "..") else read_date(start)[0]
    latest = None if end in ("", "..") else read_date(end)[1]
    _in_order(earliest, latest)
    return earliest, latest


def read_list(inside: str) -> Days:
    """What stands between brackets: dates and `a..b`; the first can be `..b`, the last `a..`."""
    firsts: list[date | None] = []
    lasts: list[date | None] = []
    parts = inside.split(",")
    for number, part in enumerate(parts, start=1):
        low, dots, high = part.partition("..")
        if dots and not ((low and high) or (high and number == 1) or (low and number == len(parts))):
            raise NotADate("`..` begins or ends a list, or stands between two dates")
        first, last = read_date(low) if low or not dots else (None, None)
        if dots:
            last = read_date(high)[1] if high else None
        _in_order(first, last)
        firsts.append(first)
        lasts.append(last)
    return _unless_unlimited(min, firsts), _unless_unlimited(max, lasts)


def _unless_unlimited(pick: Callable[[Iterable[date]], date], days: Sequence[date | None]) -> date | None:
    known = [day for day in days if day]
    return pick(known) if len(known) == len(days) else None


def _in_order(first: date | None, last: date | None) -> None:
    if first and last and last < first:
        raise NotADate("it ends before it starts")


def read_date(text: str) -> tuple[date, date]:
    """First and last day of one date, without interval or list."""
    if significant := _SIGNIFICANT.fullmatch(text):
        digits = int(significant[2])
        text = significant[1][:digits] + "X" * (4 - digits)
    if written := _DATE.fullmatch(text):
        return _calendar(written[1], written[2] or "XX", written[3])
    if _FAR_YEAR.fullmatch(text):
        raise NotADate("only the years 1 to 9999 can be held")
    if _RARE.fullmatch(text):
        return _rare(text)
    raise NotADate("it is empty" if not text else "it is not written as one")


def _calendar(year: str, month: str, day: str | None) -> tuple[date, date]:
    """First and last day that fit the digits, where an X is any digit."""
    years = _fitting(year, range(1, 10000))
    if not years:
        raise NotADate("only the years 1 to 9999 can be held")
    if day is None and "X" not in month and int(month) in PARTS_OF_A_YEAR:
        first_month, months = PARTS_OF_A_YEAR[int(month)]
        return date(years[0], first_month, 1), _last_day(years[-1], first_month + months - 1)
    if not (months_left := _fitting(month, range(1, 13))):
        raise NotADate(f"there is no month {month}")
    days = _fitting(day or "XX", range(1, 32))
    first = _first_day(years, months_left, days)
    last = _first_day(reversed(years), months_left[::-1], days[::-1])
    if not first or not last:
        raise NotADate(f"{year}-{month} has no day {day}")
    return first, last


@lru_cache(maxsize=1024)
def _fitting(digits: str, numbers: range) -> tuple[int, ...]:
    if "X" not in digits:
        return (int(digits),) if int(digits) in numbers else ()
    low, high = int(digits.replace("X", "0")), int(digits.replace("X", "9"))
    width = len(digits)
    return tuple(
        number
        for number in range(max(low, numbers.start), min(high + 1, numbers.stop))
        if all(want in ("X", have) for want, have in zip(digits, f"{number:0{width}}", strict=True))
    )


def _first_day(years: Iterable[int], months: Sequence[int], days: Sequence[int]) -> date | None:
    for year in years:
        for month in months:
            for day in days:
                if day <= monthrange(year, month)[1]:
                    return date(year, month, day)
    return None


def _last_day(year: int, month: int) -> date:
    """Last day of a month, counted from January of `year`: month 14 is the next February."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    if year > 9999:
        raise NotADate("only the years 1 to 9999 can be held")
    return date(year, month, monthrange(year, month)[1])


def _rare(text: str) -> tuple[date, date]:
    """Qualified parts of a date (`2004-06~-11`) and dates with a time, by the edtf library.

    The library is not asked for the rest: it takes 2 to 20 ms a text and 0.1 s to import, ends a winter in
    December, gives an unknown end ten years and an open one a TypeError, and fails on `1984-1X`.
    """
    from edtf import parse_edtf

    try:
        parsed = parse_edtf(text)
        first, last = (date(*day[:3]) for day in (parsed.lower_strict(), parsed.upper_strict()))
    except Exception:  # whatever its parser and its classes raise means the same to us
        raise NotADate("it is not written as one") from None
    return first, last
