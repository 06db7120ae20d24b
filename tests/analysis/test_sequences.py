"""Career sequences: against careers worked out by hand, and against a plain count of random ones."""

from collections import Counter
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.analysis import sequences, share
from kb.errors import KbError
from kb.resolve import Snapshot
from tests.folders import person, world


def careers_of(*careers):
    """A snapshot of people with jobs one after the other, two years each."""
    snapshot = Snapshot()
    names = ("from_label", "from_id", "to_label", "to_id", "id", "certainty", "phase", "kind", "datasets",
             "start_earliest", "start_latest", "end_earliest", "end_latest", "ongoing")  # fmt: skip
    rows = [
        ("Person", f"p{n}", "Organization", at, f"p{n}:employed_at:{at}:{m}", "reported", "past", "job",
         ["d"], *2 * [f"{2000 + 2 * m}-01-01"], *2 * [f"{2001 + 2 * m}-12-31"], False)
        for n, career in enumerate(careers)
        for m, at in enumerate(career)
    ]  # fmt: skip
    snapshot.insert("EMPLOYED_AT", names, rows)
    return snapshot


def counted(found):
    return {row.organizations: (row.people, row.times) for row in found.sequences}


def test_runs_of_organizations_are_counted_by_people_and_by_times():
    found = sequences(careers_of("abc", "abcab", "xabc", "cba"), length=2, minimum=2)
    assert counted(found) == {("a", "b"): (3, 4), ("b", "c"): (3, 3)}
    assert found.sequences[0].support == share(3, 4)
    assert (found.careers, found.movers, found.unplaced) == (4, 4, 0)


def test_with_gaps_others_may_lie_between():
    snapshot = careers_of("axb", "ayb", "ab", "ba")
    assert counted(sequences(snapshot, length=2, gaps=True, minimum=3)) == {("a", "b"): (3, 3)}
    assert counted(sequences(snapshot, length=2, minimum=3)) == {}


def test_two_jobs_at_one_organization_are_one_place_in_the_career():
    assert counted(sequences(careers_of("aab", "abb"), length=2)) == {("a", "b"): (2, 2)}
    assert counted(sequences(careers_of("aba"), length=3, minimum=1)) == {("a", "b", "a"): (1, 1)}


def test_a_move_that_nobody_dates_is_counted_and_out_of_order(resolved):
    ann = person(
        "Ann",
        {"at": "meta", "phase": "past", "left": {"to": "google", "phase": "past", "lines": 3}},
        {"at": "google", "phase": "past"},
        {"at": "openai", "start": 2010, "end": 2012},
        {"at": "eth", "start": 2013, "end": 2014},
    )
    found = sequences(resolved(world(people={"ann": ann})), length=2, minimum=1)
    assert counted(found) == {("openai", "eth"): (1, 1)}
    assert found.unplaced == 1


@pytest.mark.parametrize(("length", "minimum"), [(1, 2), (11, 2), (3, 0)])
def test_lengths_and_minima_that_make_no_sense_are_refused(length, minimum):
    with pytest.raises(KbError):
        sequences(Snapshot(), length=length, minimum=minimum)


@settings(max_examples=8)
@given(
    st.lists(st.text("abcd", min_size=1, max_size=6), min_size=1, max_size=8),
    st.integers(2, 3),
    st.integers(1, 3),
)
def test_counts_are_those_of_a_plain_loop(careers, length, minimum):
    snapshot = careers_of(*careers)
    folded = [[a for a, b in pairwise([*career, None]) if a != b] for career in careers]
    people, times, gapped = Counter(), Counter(), Counter()
    for career in folded:
        runs = [tuple(career[n : n + length]) for n in range(len(career) - length + 1)]
        times.update(runs)
        people.update(set(runs))
        gapped.update({run for run in combinations(career, length) if all(a != b for a, b in pairwise(run))})
    expected = {run: (n, times[run]) for run, n in people.items() if n >= minimum}
    assert counted(sequences(snapshot, length=length, minimum=minimum)) == expected
    expected = {run: (n, n) for run, n in gapped.items() if n >= minimum}
    assert counted(sequences(snapshot, length=length, gaps=True, minimum=minimum)) == expected
