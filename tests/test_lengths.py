"""Stated lengths: the range each stands for, and the starts and ends derived from them."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.dates import UNKNOWN, Bounds, bounds, on
from kb.errors import DateError
from kb.lengths import Span, derive_end, derive_start, parse_length


@pytest.mark.parametrize(
    ("text", "shortest", "longest"),
    [
        ("P12Y", (138, 0), (156, 0)),
        ("about P12Y", (132, 0), (156, 0)),
        ("over P14Y", (168, 0), (180, 0)),
        ("almost P9Y", (96, 0), (108, 0)),
        ("P1Y6M", (17, 14), (19, 0)),
        ("almost P1Y6M", (17, 0), (18, 0)),
        ("over P18M", (18, 0), (19, 0)),
        ("P7.5Y", (87, 0), (96, 0)),
        ("P7,5Y", (87, 0), (96, 0)),
        ("over P7.5Y", (90, 0), (96, 0)),
        ("almost P2.25Y", (24, 0), (27, 0)),
        ("P7.3Y", (87, 0), (88, 25)),
        ("over P1.5M", (1, 14), (2, 0)),
        ("P6W", (0, 38), (0, 49)),
        ("about P1W", (0, 0), (0, 14)),
        ("P10D", (0, 9), (0, 11)),
        ("over P10D", (0, 10), (0, 11)),
        ("P1Y2M3D", (14, 2), (14, 4)),
        ("P1Y0D", (12, -1), (12, 1)),
        ("almost P1M", (0, 0), (1, 0)),
    ],
)
def test_a_length_stands_for_a_range_of_its_smallest_stated_unit(text, shortest, longest):
    length = parse_length(text)
    assert (length.text, length.shortest, length.longest) == (text, Span(*shortest), Span(*longest))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not written as one"),
        ("P", "not written as one"),
        ("9Y", "not written as one"),
        ("p9y", "not written as one"),
        ("P9", "not written as one"),
        ("P-9Y", "not written as one"),
        ("PT9H", "not written as one"),
        ("P9M1Y", "not written as one"),
        ("nearly P9Y", "with about, over or almost before it"),
        ("almost  P9Y", "not written as one"),
        ("almost nine years", "not written as one"),
        ("P1.5Y6M", "only its last number can have decimals"),
        ("P0Y", "no time at all"),
        ("P0.0Y", "no time at all"),
        ("P99999Y", "not written as one"),
        ("P９Y", "not written as one"),
    ],
)
def test_the_error_says_what_a_right_length_looks_like(text, message):
    with pytest.raises(DateError, match=message) as caught:
        parse_length(text)
    assert "almost P9Y" in str(caught.value)


@given(st.text() | st.text(alphabet="0123456789.,PYMWD abouterlms\n", max_size=30))
def test_any_text_gives_a_length_or_one_line_of_error(text):
    try:
        length = parse_length(text)
    except DateError as error:
        assert str(error).splitlines() == [str(error)]
    else:
        assert length.text == text


def test_a_start_is_the_end_less_the_length_and_has_no_text():
    assert derive_start(bounds("2025-08"), parse_length("almost P9Y")) == Bounds(
        "", date(2016, 8, 1), date(2017, 8, 31)
    )


def test_an_end_is_the_start_plus_the_length_and_has_no_text():
    assert derive_end(bounds("2016"), parse_length("over P9Y")) == Bounds(
        "", date(2025, 1, 1), date(2026, 12, 31)
    )


@pytest.mark.parametrize(
    ("end", "earliest", "latest"),
    [
        pytest.param(bounds(".."), None, None, id="still going"),
        pytest.param(UNKNOWN, None, None, id="unknown"),
        pytest.param(bounds("2025/"), date(2022, 1, 1), None, id="no latest"),
        pytest.param(bounds("../2025"), None, date(2023, 12, 31), id="no earliest"),
        pytest.param(bounds("0003"), None, date(1, 12, 31), id="earliest before year 1"),
    ],
)
def test_a_bound_that_the_end_does_not_have_the_start_does_not_have(end, earliest, latest):
    assert derive_start(end, parse_length("over P2Y")) == Bounds("", earliest, latest)


def test_a_month_without_that_day_gives_its_last_day():
    start = derive_start(bounds("2024-02-29"), parse_length("almost P1Y"))
    assert (start.earliest, start.latest) == (date(2023, 2, 28), date(2024, 2, 29))
    assert derive_end(bounds("2024-01-31"), parse_length("over P1M")).earliest == date(2024, 2, 29)


def test_a_start_before_year_1_is_refused():
    with pytest.raises(DateError, match="over P30Y before 0020 lies before year 1"):
        derive_start(bounds("0020"), parse_length("over P30Y"))


def test_an_end_after_year_9999_is_refused():
    with pytest.raises(DateError, match="over P30Y after 9990 lies after year 9999"):
        derive_end(bounds("9990"), parse_length("over P30Y"))


LENGTHS = st.builds(
    "{}P{}{}".format,
    st.sampled_from(["", "about ", "over ", "almost "]),
    st.decimals(1, 60, places=1),
    st.sampled_from("YMWD"),
)
DAYS = st.dates(date(1000, 1, 1), date(8000, 1, 1))


@given(DAYS, LENGTHS)
@example(date(2024, 3, 31), "P1.1M")
@example(date(2025, 3, 1), "P0.5M")
def test_a_derived_start_is_in_order_and_never_after_the_end(day, text):
    start = derive_start(on(day), parse_length(text))
    assert start.earliest <= start.latest <= day
    end = derive_end(on(day), parse_length(text))
    assert day <= end.earliest <= end.latest


@given(DAYS, st.integers(1, 60), st.sampled_from("YMWD"))
def test_about_covers_what_every_other_modifier_covers(day, number, unit):
    about = derive_start(on(day), parse_length(f"about P{number}{unit}"))
    for modifier in ("", "over ", "almost "):
        start = derive_start(on(day), parse_length(f"{modifier}P{number}{unit}"))
        assert about.earliest <= start.earliest <= start.latest <= about.latest
