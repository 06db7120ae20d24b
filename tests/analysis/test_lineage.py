"""Candidates for renames and acquisitions, on worlds made by hand and on the shipped tables."""

import csv
from pathlib import Path

import pytest

from kb.analysis import suggest_lineage
from kb.errors import KbError
from kb.resolve import Snapshot
from tests.folders import person, world

MADE = {
    # who, from, to, when
    "ann": ("google", "meta", "2015-03"),
    "bob": ("google", "meta", "2015-03"),
    "cat": ("google", "meta", "2015-04"),
    "dan": ("google", "meta", "2018"),
    "eve": ("google", "openai", "2015-03"),
    "fay": ("meta", "google", "2016-01"),
}


def moving(**sections):
    people = {
        key: person(key.title(), {"at": a, "start": 2010, "end": day}, {"at": b, "start": day, "end": ".."})
        for key, (a, b, day) in MADE.items()
    }
    return world(people=people, **sections)


def test_the_evidence_is_counted(resolved):
    found = suggest_lineage(resolved(moving()), people=2)
    assert len(found) == 1
    [one] = found
    assert (one.origin, one.destination) == ("google", "meta")
    assert (one.people, one.leavers, one.back) == (4, 5, 1)
    # The window of 31 days begins with the middle of March; the year 2018 is far away.
    assert (one.together, one.exact, str(one.first)) == (3, 3, "2015-03-16")
    assert (one.share, one.burst) == (0.8, 0.75)
    assert one.score == round((0.8 + 0.75 + one.alike) / 3 * 4 / 7, 3)


def test_a_shorter_window_holds_fewer(resolved):
    assert [each.together for each in suggest_lineage(resolved(moving()), people=2, days=7)] == [2]


@pytest.mark.parametrize("how", ["renamed", "acquired", "subsidiary"])
def test_what_is_known_is_not_suggested(resolved, how):
    data = moving()
    data["organizations"]["google"]["part_of"] = [{"organization": "meta", "how": how, "lines": 2}]
    assert suggest_lineage(resolved(data), people=2) == []


def test_less_than_one_is_refused(resolved):
    with pytest.raises(KbError, match="people is 0"):
        suggest_lineage(resolved(world()), people=0)


def known_moves(name: str) -> list[tuple[str, str, int]]:
    """The pairs between which many moved, as counted in the table itself, placeholders left out."""
    path = Path(__file__).parent / "data" / f"{name}_mass_moves.csv"
    with path.open(encoding="utf-8") as stream:
        rows = [(row["from"], row["to"], int(row["n"])) for row in csv.DictReader(stream)]
    return [row for row in rows if not {"*independent", "Independent"} & {*row[:2]}]


def named(snapshot: Snapshot, **options):
    names = {node.id: node.name for node in snapshot.nodes("Organization")}
    return {
        (names[each.origin], names[each.destination]): (rank, each)
        for rank, each in enumerate(suggest_lineage(snapshot, **options), 1)
    }


def test_the_known_cases_among_openstack_contributors_are_suggested_with_their_counts():
    found = named(Snapshot.from_seeds("openstack", claims=False))
    for a, b, people in known_moves("openstack"):
        assert found[a, b][1].people == people
    assert found["HP", "HPE"][0] == 1
    assert found["HP", "HPE"][1].together > 180
    assert found["iWeb", "Internap"][0] <= 3


def test_most_known_cases_of_aiwatch_are_suggested():
    # The others are between places where people are on the board or advise: these are no jobs.
    found = named(Snapshot.from_seeds("aiwatch", claims=False), people=3)
    known = {(a, b) for a, b, _ in known_moves("aiwatch")}
    assert len(known & {*found}) / len(known) >= 0.7
    renamed = [
        ("Institute for Law & AI", "Institute for Law and AI"),
        ("Anima Denmark", "Anima International"),
        ("Ought", "Elicit"),
    ]
    assert all(found[pair][0] <= 15 for pair in renamed)
