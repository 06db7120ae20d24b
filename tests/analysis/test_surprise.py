"""Surprise: a null of degrees, p-values and false discovery, held against scipy and networkx-free sums."""

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kb.analysis import surprise
from kb.analysis.surprise import expectation, false_discovery, zero_truncated_tail
from kb.errors import NotEnoughData
from tests.analysis.test_flows import people
from tests.folders import world

ids = st.sampled_from("abcdef")


@given(st.dictionaries(st.tuples(ids, ids).filter(lambda pair: pair[0] != pair[1]), st.integers(1, 50)))
def test_expected_flows_never_exceed_what_leaves_and_what_comes(moves):
    expected = expectation(moves)
    assert expected.keys() == moves.keys()
    for a in "abcdef":
        exits = sum(n for (b, _), n in moves.items() if a == b)
        assert sum(n for (b, _), n in expected.items() if a == b) <= exits * (1 + 1e-6)


def test_expected_flows_keep_the_sums_where_every_pair_occurs():
    moves = {(a, b): 1 + 7 * i + 3 * j for i, a in enumerate("abcd") for j, b in enumerate("abcd") if a != b}
    expected = expectation(moves)
    for at in (0, 1):
        for key in "abcd":
            held, found = (
                sum(n for pair, n in flows.items() if pair[at] == key) for flows in (moves, expected)
            )
            assert isclose(held, found, rel_tol=1e-6)


@given(st.integers(1, 200), st.floats(1e-3, 100))
def test_a_flow_is_judged_among_those_that_occur(count, mean):
    expected = stats.poisson.sf(count - 1, mean) / stats.poisson.sf(0, mean)
    assert zero_truncated_tail(count, mean) == pytest.approx(expected, rel=1e-6, abs=1e-280)


@given(st.lists(st.floats(0, 1), min_size=1))
def test_false_discovery_is_benjamini_and_hochbergs(p):
    assert false_discovery(p) == pytest.approx(list(stats.false_discovery_control(p)))


def test_a_flow_that_sizes_do_not_explain_comes_first(resolved):
    routes = ["meta openai"] * 12 + ["google eth"] * 12 + ["meta eth", "google openai"]
    found = surprise(resolved(world(people=people(*routes))))
    first, second, *rest = found
    assert {(first.from_id, first.to_id), (second.from_id, second.to_id)} == {
        ("meta", "openai"),
        ("google", "eth"),
    }
    assert (first.moves, first.exits, first.hires) == (12, 13, 13)
    assert first.expected == pytest.approx(13 * 13 / 26)
    assert first.q < 0.1
    assert [row.p for row in rest] == [1.0, 1.0]


def test_too_few_moves_have_no_surprise(resolved):
    with pytest.raises(NotEnoughData, match="1 moves, and surprise needs 20"):
        surprise(resolved(world(people=people("meta openai"))))
