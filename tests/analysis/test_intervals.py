"""Intervals, held against scipy and published examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kb.analysis import rate, ratio, share
from kb.analysis.intervals import beta_tail, poisson_tail

counts = st.integers(0, 5_000)


def test_a_ratio_of_140_to_20_is_7_and_may_be_4_4_to_11_8():
    found = ratio(140, 20)
    assert (found.value, round(found.low, 1), round(found.high, 1)) == (7.0, 4.4, 11.8)


@given(counts, counts)
def test_a_ratio_has_the_ends_of_the_exact_binomial_interval(count, against):
    found = ratio(count, against)
    if count + against:
        exact = stats.binomtest(count, count + against).proportion_ci(0.95, "exact")
        assert found.low == pytest.approx(exact.low / (1 - exact.low), rel=1e-6)
        if against:
            assert found.high == pytest.approx(exact.high / (1 - exact.high), rel=1e-6)
    if not against:
        assert (found.value, found.high) == (None, None)


@given(counts, counts)
def test_a_share_has_the_ends_of_wilsons_interval(count, more):
    found = share(count, count + more)
    if not found.of:
        assert (found.value, found.low, found.high) == (None, None, None)
        return
    wilson = stats.binomtest(count, found.of).proportion_ci(0.95, "wilson")
    assert (found.low, found.high) == (pytest.approx(wilson.low), pytest.approx(wilson.high))


@given(counts, st.floats(0.5, 1e5))
def test_a_rate_has_the_ends_of_garwoods_interval(count, over):
    found = rate(count, over)
    low = stats.chi2.ppf(0.025, 2 * count) / 2 if count else 0
    assert found.low == pytest.approx(low / over, rel=1e-6)
    assert found.high == pytest.approx(stats.chi2.ppf(0.975, 2 * count + 2) / 2 / over, rel=1e-6)


def test_nothing_over_nobody_has_no_rate():
    assert rate(0, 0).value is None


@given(st.integers(1, 2_000), st.floats(1e-4, 3e3))
def test_a_poisson_tail_is_exact_however_small(count, mean):
    expected = stats.poisson.sf(count - 1, mean)
    if expected > 1e-300:
        assert poisson_tail(count, mean) == pytest.approx(expected, rel=1e-8)


@given(st.floats(0, 1), st.floats(0.5, 1e4), st.floats(0.5, 1e4))
def test_a_beta_tail_is_the_incomplete_beta_function(x, a, b):
    assert beta_tail(x, a, b) == pytest.approx(stats.beta.cdf(x, a, b), rel=1e-7, abs=1e-12)
