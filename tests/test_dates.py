"""Partial dates: the specification's own examples, what cannot be held, and laws of comparison."""

import re
import subprocess
import sys
from contextlib import redirect_stdout, suppress
from datetime import date, timedelta
from io import StringIO

import pytest
from edtf import parse_edtf
from hypothesis import example, given
from hypothesis import strategies as st

from kb.dates import UNKNOWN, Answer, Bounds, before, bounds, on, overlaps, within
from kb.errors import DateError

YES, NO, POSSIBLE = Answer.YES, Answer.NO, Answer.POSSIBLE

# Every example of the Library of Congress specification (4 February 2019), with the days it allows.
SPECIFICATION = {
    "level 0": [
        ("1985-04-12", "1985-04-12", "1985-04-12"),
        ("1985-04", "1985-04-01", "1985-04-30"),
        ("1985", "1985-01-01", "1985-12-31"),
        ("1985-04-12T23:20:30", "1985-04-12", "1985-04-12"),
        ("1985-04-12T23:20:30Z", "1985-04-12", "1985-04-12"),
        ("1985-04-12T23:20:30-04", "1985-04-12", "1985-04-12"),
        ("1985-04-12T23:20:30+04:30", "1985-04-12", "1985-04-12"),
        ("1964/2008", "1964-01-01", "2008-12-31"),
        ("2004-06/2006-08", "2004-06-01", "2006-08-31"),
        ("2004-02-01/2005-02-08", "2004-02-01", "2005-02-08"),
        ("2004-02-01/2005-02", "2004-02-01", "2005-02-28"),
        ("2004-02-01/2005", "2004-02-01", "2005-12-31"),
        ("2005/2006-02", "2005-01-01", "2006-02-28"),
    ],
    "level 1": [
        ("2001-21", "2001-03-01", "2001-05-31"),
        ("1984?", "1984-01-01", "1984-12-31"),
        ("2004-06~", "2004-06-01", "2004-06-30"),
        ("2004-06-11%", "2004-06-11", "2004-06-11"),
        ("201X", "2010-01-01", "2019-12-31"),
        ("20XX", "2000-01-01", "2099-12-31"),
        ("2004-XX", "2004-01-01", "2004-12-31"),
        ("1985-04-XX", "1985-04-01", "1985-04-30"),
        ("1985-XX-XX", "1985-01-01", "1985-12-31"),
        ("1985-04-12/..", "1985-04-12", None),
        ("1985-04/..", "1985-04-01", None),
        ("1985/..", "1985-01-01", None),
        ("../1985-04-12", None, "1985-04-12"),
        ("../1985-04", None, "1985-04-30"),
        ("../1985", None, "1985-12-31"),
        ("1985-04-12/", "1985-04-12", None),
        ("1985-04/", "1985-04-01", None),
        ("1985/", "1985-01-01", None),
        ("/1985-04-12", None, "1985-04-12"),
        ("/1985-04", None, "1985-04-30"),
        ("/1985", None, "1985-12-31"),
        ("1984~/2004-06", "1984-01-01", "2004-06-30"),
        ("1984/2004-06~", "1984-01-01", "2004-06-30"),
        ("1984~/2004~", "1984-01-01", "2004-12-31"),
        ("1984?/2004%", "1984-01-01", "2004-12-31"),
        ("1984-06-02?/2004-08-08~", "1984-06-02", "2004-08-08"),
    ],
    "level 2": [
        ("1950S2", "1900-01-01", "1999-12-31"),
        ("2001-34", "2001-04-01", "2001-06-30"),
        ("[1667,1668,1670..1672]", "1667-01-01", "1672-12-31"),
        ("[..1760-12-03]", None, "1760-12-03"),
        ("[1760-12..]", "1760-12-01", None),
        ("[1760-01,1760-02,1760-12..]", "1760-01-01", None),
        ("[1667,1760-12]", "1667-01-01", "1760-12-31"),
        ("[..1984]", None, "1984-12-31"),
        ("{1667,1668,1670..1672}", "1667-01-01", "1672-12-31"),
        ("{1960,1961-12}", "1960-01-01", "1961-12-31"),
        ("{..1984}", None, "1984-12-31"),
        ("2004-06~-11", "2004-06-11", "2004-06-11"),
        ("2004?-06-11", "2004-06-11", "2004-06-11"),
        ("?2004-06-~11", "2004-06-11", "2004-06-11"),
        ("2004-%06-11", "2004-06-11", "2004-06-11"),
        ("156X-12-25", "1560-12-25", "1569-12-25"),
        ("15XX-12-25", "1500-12-25", "1599-12-25"),
        ("XXXX-12-XX", "0001-12-01", "9999-12-31"),
        ("1XXX-XX", "1000-01-01", "1999-12-31"),
        ("1XXX-12", "1000-12-01", "1999-12-31"),
        ("1984-1X", "1984-10-01", "1984-12-31"),
        ("2004-06-~01/2004-06-~20", "2004-06-01", "2004-06-20"),
        ("2004-06-XX/2004-07-03", "2004-06-01", "2004-07-03"),
    ],
}
OUT_OF_RANGE = ["Y170000002", "Y-170000002", "-1985", "Y-17E7", "Y171010000S3", "Y3388E2S3"]

OURS = [
    ("2025-08~", "2025-08-01", "2025-08-31"),
    ("2024-02", "2024-02-01", "2024-02-29"),
    ("1900-02", "1900-02-01", "1900-02-28"),
    ("[2025-08-24..2025-08-29]", "2025-08-24", "2025-08-29"),
    ("[2025-08~,2025-10]", "2025-08-01", "2025-10-31"),
    ("{2025-10,2025-08}", "2025-08-01", "2025-10-31"),
    ("[..2023,2025]", None, "2025-12-31"),
    ("[2025]", "2025-01-01", "2025-12-31"),
    ("2025-08/2025", "2025-08-01", "2025-12-31"),
    ("2025/2025-08", "2025-01-01", "2025-08-31"),
    ("2025-21~", "2025-03-01", "2025-05-31"),
    ("2025-22", "2025-06-01", "2025-08-31"),
    ("2025-23", "2025-09-01", "2025-11-30"),
    ("2023-24", "2023-12-01", "2024-02-29"),
    ("2024-28", "2024-12-01", "2025-02-28"),
    ("2024-30", "2024-12-01", "2025-02-28"),
    ("2024-32", "2024-06-01", "2024-08-31"),
    ("2024-33", "2024-01-01", "2024-03-31"),
    ("2024-36", "2024-10-01", "2024-12-31"),
    ("2024-37", "2024-01-01", "2024-04-30"),
    ("2024-39", "2024-09-01", "2024-12-31"),
    ("2024-40", "2024-01-01", "2024-06-30"),
    ("2024-41", "2024-07-01", "2024-12-31"),
    ("2024-21/2024-23", "2024-03-01", "2024-11-30"),
    ("20XX-02-29", "2000-02-29", "2096-02-29"),
    ("20XX-12", "2000-12-01", "2099-12-31"),
    ("2024-XX-31", "2024-01-31", "2024-12-31"),
    ("2024-02-2X", "2024-02-20", "2024-02-29"),
    ("2024-0X", "2024-01-01", "2024-09-30"),
    ("XXXX", "0001-01-01", "9999-12-31"),
    ("9999-12-31", "9999-12-31", "9999-12-31"),
    ("0001", "0001-01-01", "0001-12-31"),
    ("..", None, None),
]


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        pytest.param(*row, id=f"{level} {row[0]}")
        for level, rows in (*SPECIFICATION.items(), ("ours", OURS))
        for row in rows
    ],
)
def test_a_partial_date_allows_exactly_the_days_from_its_earliest_to_its_latest(text, earliest, latest):
    found = bounds(text)
    assert found.text == text
    assert [day and day.isoformat() for day in (found.earliest, found.latest)] == [earliest, latest]


@pytest.mark.parametrize("text", [*OUT_OF_RANGE, "0000", "-0001-02", "0000-12-25", "9999-24"])
def test_a_date_that_no_calendar_day_can_hold_is_refused_by_its_year(text):
    with pytest.raises(DateError, match="only the years 1 to 9999 can be held"):
        bounds(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is empty. Write it like 2025, 2025-08"),
        ("2025-13", "there is no month 13. Write it like"),
        ("2025-00", "there is no month 00"),
        ("2025-99", "there is no month 99"),
        ("2025-08-00", "2025-08 has no day 00"),
        ("2025-02-30", "2025-02 has no day 30"),
        ("2025-02-29", "2025-02 has no day 29"),
        ("2025-02-3X", "2025-02 has no day 3X"),
        ("XXXX-02-30", "XXXX-02 has no day 30"),
        ("2025-02?-30", "not written as one"),
        ("2025/8/3", "Write 2025-08-03"),
        ("2025/8", "Write 2025-08"),
        ("2025.8.3", "Write 2025-08-03"),
        ("2025-8", "Write 2025-08"),
        ("2025年8月3日", "Write 2025-08-03"),
        ("2025年", "Write 2025"),
        (" 2025-08", "Write 2025-08"),
        ("August 2025", "Write 2025-08"),
        ("Aug. 3, 2025", "Write 2025-08-03"),
        ("3 august 2025", "Write 2025-08-03"),
        ("31 February 2025", "Write it like"),
        ("2025-08-24..2025-08-29", r"Write \[2025-08-24..2025-08-29\]"),
        ("8月", "Write it like"),
        ("03/08/2025", "Write it like"),
        ("2024/25", "Write it like"),
        ("2025 Q3", "Write it like"),
        ("２０２５", "Write it like"),
        ("2025/2024", "it ends before it starts"),
        ("[2025-10..2025-08]", "it ends before it starts"),
        ("/", "neither a start nor an end"),
        ("../..", "neither a start nor an end"),
        ("[]", "it is empty"),
        ("[2024,]", "it is empty"),
        ("[..]", "begins or ends a list"),
        ("[2024,..2025]", "begins or ends a list"),
        ("[2024..,2025]", "begins or ends a list"),
        ("[2024..2025..2026]", "not written as one"),
        ("[2024, 2025]", "not written as one"),
        ("[2024}", "not written as one"),
        ("[2024/2025]", "not written as one"),
        ("2025-08~?", "not written as one"),
        ("2025-08-03T25:00:00", "not written as one"),
        ("Y2E99999999", "only the years 1 to 9999"),
        ("1" * 200, "longer than 100 characters"),
    ],
)
def test_the_error_says_what_is_wrong_and_what_a_right_date_looks_like(text, message):
    with pytest.raises(DateError, match=message) as caught:
        bounds(text)
    assert re.fullmatch(r".{1,250}", str(caught.value))


@given(st.text() | st.text(alphabet="0123456789X-/.,[]{}?~%TZ:+YES 年\n", max_size=40))
@example("2004-06~-\udc80")
@example("1950S2~")
@example("?2025-13-45TTT::++ZZ")
def test_any_text_gives_bounds_in_order_or_one_line_of_error(text):
    try:
        found = bounds(text)
    except DateError as error:
        assert str(error).splitlines() == [str(error)]
        assert "Error at position" not in str(error)
    else:
        assert found.text == text
        assert found.earliest is None or found.latest is None or found.earliest <= found.latest


@given(st.text(alphabet="0123-?~%TZ:+", min_size=1, max_size=20))
def test_nothing_is_printed_when_a_rare_form_fails(tail):
    with redirect_stdout(StringIO()) as printed, suppress(DateError):
        bounds("2024-" + tail)
    assert printed.getvalue() == ""


@given(st.dates())
def test_the_bounds_of_a_day_are_the_day(day):
    assert bounds(day.isoformat()) == on(day)
    assert (on(day).earliest, on(day).latest) == (day, day)


@given(st.dates(), st.integers(0, 3), st.sampled_from(["", "?", "~", "%"]))
def test_fewer_digits_never_allow_fewer_days(day, parts, qualifier):
    texts = [day.isoformat(), f"{day:%Y-%m}".zfill(7), f"{day:%Y}".zfill(4), f"{day:%Y}".zfill(4)[:3] + "X"]
    found = bounds(texts[parts] + qualifier)
    assert found.earliest <= day <= found.latest


@given(st.dates(date(1000, 1, 1)), st.sampled_from(["%Y", "%Y-%m", "%Y-%m-%d", "%Y-XX", "%Y-%m-XX"]))
def test_the_edtf_library_reads_the_same_days(day, form):
    text = day.strftime(form)
    parsed = parse_edtf(text)
    assert bounds(text).earliest == date(*parsed.lower_strict()[:3])
    assert bounds(text).latest == date(*parsed.upper_strict()[:3])


@pytest.mark.parametrize(
    ("text", "open_end", "ongoing"),
    [("..", True, True), ("2025/..", True, False), ("2025/", False, False), ("../2025", False, False)],
)
def test_an_open_end_is_not_an_unknown_one(text, open_end, ongoing):
    assert (bounds(text).open_end, bounds(text).ongoing) == (open_end, ongoing)
    assert not UNKNOWN.open_end


def test_importing_dates_does_not_import_the_library():
    code = (
        "import sys, kb.dates, kb.lengths, kb.names; print(sorted({'edtf', 'pypinyin'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# Comparison. A partial date of the tests is a few days wide, so that every choice of days can be tried.

BASE = date(2025, 1, 1)


def near(first: int, width: int) -> Bounds:
    return Bounds("", BASE + timedelta(first), BASE + timedelta(first + width))


def days(b: Bounds) -> list[date]:
    return [b.earliest + timedelta(n) for n in range((b.latest - b.earliest).days + 1)]


def answer(outcomes: list[bool]) -> Answer:
    return YES if all(outcomes) else POSSIBLE if any(outcomes) else NO


SOME = st.builds(near, st.integers(0, 6), st.integers(0, 3))
ANY = SOME | st.sampled_from([UNKNOWN, bounds(".."), bounds("2025/.."), bounds("2025/"), bounds("../2025")])


@given(SOME, SOME)
def test_before_holds_for_every_choice_of_days_or_none_or_some(a, b):
    assert before(a, b) == answer([x < y for x in days(a) for y in days(b)])


@given(ANY, ANY)
def test_at_most_one_of_two_days_comes_before_the_other(a, b):
    assert YES not in (before(a, b), before(b, a)) or NO in (before(a, b), before(b, a))


def choices(start: Bounds, end: Bounds) -> list[tuple[date, date]]:
    return [(x, y) for x in days(start) for y in days(end) if x <= y]


@given(SOME, SOME, SOME, SOME)
def test_periods_overlap_for_every_choice_of_days_or_none_or_some(a, b, c, d):
    these, those = choices(a, b), choices(c, d)
    if these and those:
        shared = [x <= v and u <= y for x, y in these for u, v in those]
        assert overlaps((a, b), (c, d)) == answer(shared)


@given(ANY, ANY, ANY, ANY)
def test_overlap_does_not_depend_on_which_period_comes_first(a, b, c, d):
    assert overlaps((a, b), (c, d)) == overlaps((c, d), (a, b))


@given(SOME, SOME)
def test_a_day_is_within_a_stretch_for_every_choice_or_none_or_some(a, b):
    assert within(a, b) == answer([b.earliest <= x <= b.latest for x in days(a)])


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("2024", "2025", YES),
        ("2025", "2024", NO),
        ("2025-08-24", "2025-08-24", NO),
        ("2025-08", "2025", POSSIBLE),
        ("2025", "..", YES),
        ("..", "2025", NO),
        ("..", "..", NO),
        ("2024/", "2026", POSSIBLE),
        ("2026", "2024/", POSSIBLE),
        ("2025/..", "2024", NO),
    ],
)
def test_before_on_texts(a, b, expected):
    assert before(bounds(a), bounds(b)) is expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        pytest.param("2020", "..", YES, id="still going"),
        pytest.param("2020", "2024", NO, id="over"),
        pytest.param("2020", "2025", POSSIBLE, id="ended that year"),
        pytest.param("2020", "", POSSIBLE, id="unknown end"),
        pytest.param("2026", "", NO, id="unknown end but a later start"),
        pytest.param("", "..", POSSIBLE, id="unknown start"),
        pytest.param("2025-08-24", "", YES, id="unknown end after a start on the day"),
        pytest.param("", "2025-08-24", YES, id="unknown start before an end on the day"),
    ],
)
def test_whether_a_period_holds_a_day(start, end, expected):
    period = tuple(bounds(text) if text else UNKNOWN for text in (start, end))
    day = on(date(2025, 8, 24))
    assert overlaps(period, (day, day)) is expected


@pytest.mark.parametrize(
    ("day", "stretch", "expected"),
    [
        ("2030", "2024/..", YES),
        ("2030", "2024/", POSSIBLE),
        ("2023", "2024/", NO),
        ("2020", "../2024", POSSIBLE),
        ("2024-06", "2024", YES),
        ("2024", "2024-06", POSSIBLE),
        ("..", "2024", NO),
    ],
)
def test_within_on_texts(day, stretch, expected):
    assert within(bounds(day), bounds(stretch)) is expected
