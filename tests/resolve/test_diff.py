"""What changed between two snapshots."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kb.ledger import Ledger, read_folder
from kb.resolve import Snapshot, resolve
from kb.resolve.diff import KINDS, Difference, diff
from tests.folders import person, world, write_folder

Resolve = Callable[..., Snapshot]


@pytest.fixture
def resolved(tmp_path) -> Resolve:
    def run(*datasets: dict[str, Any], known_at: date | None = None) -> Snapshot:
        ledger = Ledger()
        for data in datasets:
            read_folder(write_folder(tmp_path / data["dataset"]["id"], data), ledger)
        return resolve(ledger, known_at)

    return run


def told(found: list[Difference]) -> list[tuple[Any, ...]]:
    return [(each.kind, each.fact, each.origin, each.destination) for each in found]


PLAN = {"at": "openai", "phase": "planned"}
MAY = world(
    "a",
    "2025-05",
    people={
        "ann": person("Ann", {"at": "meta", "start": 2020, "end": ".."}, PLAN),
        "bob": person("Bob", {"at": "meta", "title": "Engineer", "start": 2015, "end": ".."}),
    },
)
JULY = world(
    "b",
    "2025-07",
    people={
        "ann": person("Ann", {"at": "openai", "phase": "current", "start": "2025-06"}),
        "bob": person(
            "Bobby",
            {"at": "meta", "start": "2015-02", "phase": "past", "left": {"date": "2025-06", "lines": 3}},
            member_of=[{"team": "fair", "lines": 4, "phase": "past"}],
        ),
    },
)
JULY["organizations"]["fair"]["part_of"] = [{"organization": "meta", "how": "division", "lines": 5}]
JULY["organizations"]["google"]["part_of"] = [{"organization": "openai", "how": "renamed", "lines": 5}]


def test_each_change_between_two_known_at_days_is_told_once(resolved):
    before = resolved(MAY, JULY, known_at=date(2025, 5, 31))
    found = diff(before, resolved(MAY, JULY))
    assert told(found) == [
        ("left", "bob:departed:meta:1", "meta", None),
        ("moved", "ann:employed_at:openai:1", "meta", "openai"),
        ("came_true", "ann:employed_at:openai:1", None, "openai"),
        ("renamed", "bob", None, None),
        ("renamed", "google:part_of:openai:1", "google", "openai"),
        ("became_part", "fair:part_of:meta:1", "fair", "meta"),
        ("added", "bob:member_of:fair:1", None, "fair"),
        ("changed", "bob:employed_at:meta:1", None, "meta"),
    ]
    changes = {each.fact: each.changes for each in found}
    assert changes["bob"] == {"name": ("Bob", "Bobby")}
    assert changes["bob:employed_at:meta:1"]["start_text"] == ("2015", "2015-02")
    assert changes["bob:employed_at:meta:1"]["phase"] == ("current", "past")
    assert all(each.as_of is None and each.certainty for each in found if each.fact != "bob")


def test_what_is_not_held_any_more_is_retracted(resolved):
    found = diff(resolved(MAY, JULY), resolved(MAY))
    assert {each.kind for each in found} >= {"retracted", "renamed"}
    assert "bob:departed:meta:1" in {each.fact for each in found if each.kind == "retracted"}


def test_a_move_stands_for_the_departure_and_the_spell_that_it_consists_of(resolved):
    left = {"at": "meta", "start": 2020, "left": {"date": "2025-06", "to": "openai", "lines": 3}}
    ann = person("Ann", left, {"at": "openai", "phase": "current", "start": "2025-07"})
    now = resolved(world(people={"ann": ann}))
    (moved,) = diff(now.at(as_of="2025-05"), now.at(as_of="2025-08"))
    assert told([moved]) == [("moved", "ann:employed_at:openai:1", "meta", "openai")]
    assert moved.related == ("ann:employed_at:meta:1", "ann:departed:meta:1")
    assert (moved.person, moved.earliest, moved.as_of) == ("ann", date(2025, 7, 1), "yes")
    (half,) = diff(now.at(as_of="2025-05"), now.at(as_of="2025-06"))
    assert told([half]) == [("left", "ann:departed:meta:1", "meta", "openai")]


def test_a_renamed_employer_is_no_move(resolved):
    ann = person(
        "Ann", {"at": "google", "start": 2015, "end": 2020}, {"at": "meta", "start": 2021, "end": ".."}
    )
    data = world(people={"ann": ann})
    data["organizations"]["google"]["part_of"] = [
        {"organization": "meta", "how": "renamed", "start": "2020-12", "lines": 5}
    ]
    now = resolved(data)
    assert told(diff(now.at(as_of="2019"), now.at(as_of="2022"))) == [
        ("joined", "ann:employed_at:meta:1", None, "meta"),
        ("left", "ann:employed_at:google:1", "google", None),
        ("renamed", "google:part_of:meta:1", "google", "meta"),
    ]


def test_what_may_have_happened_between_two_days_is_possible(resolved):
    ann = person("Ann", {"at": "meta", "start": 2010, "left": {"date": 2015, "lines": 3}})
    now = resolved(world(people={"ann": ann}))
    seen = {day: now.at(as_of=day) for day in ("2014", "2015-03", "2015-06", "2015-12")}

    def left(a, b):
        return [(each.kind, each.as_of) for each in diff(seen[a], seen[b])]

    assert left("2014", "2015-12") == [("left", "yes")]
    assert left("2014", "2015-06") == [("left", "possible")]
    assert left("2015-06", "2015-12") == [("left", "possible")]
    assert left("2015-03", "2015-06") == []


def test_snapshots_of_two_databases_give_what_those_of_one_give(resolved):
    one, other = resolved(MAY), resolved(MAY, JULY)
    beside = Ledger(one.connection)
    for each in other.nodes("Dataset"):
        read_folder(str(each.properties["folder"]), beside)
    assert one.connection is not other.connection
    assert diff(one, other) == diff(one, resolve(beside)) != []
    assert diff(other, resolved(MAY, JULY)) == []


def test_every_kind_has_a_meaning_and_rows_are_sorted(resolved):
    found = diff(resolved(MAY), resolved(MAY, JULY))
    order = list(KINDS)
    assert [each.kind for each in found] == sorted((each.kind for each in found), key=order.index)


TWO = world(
    people={
        "ann": person("Ann", {"at": "meta", "phase": "past", "start": 2015, "end": 2018}),
        "ann-lee": person(
            "Ann Lee",
            {"at": "meta", "phase": "past", "start": 2015},
            {"at": "openai", "phase": "current", "start": 2018},
        ),
        "bob": person("Bob", {"at": "google", "start": 2015, "left": {"to": "openai", "lines": 3}}),
    },
)
BOOKS = {"who": "curator", "when": "2025-09-01", "why": "One page names both."}
ONE = {
    "dataset": {"id": "judge", "title": "Decisions", "licence": "CC0-1.0"},
    "identity": [
        {"same": ["ann", "ann-lee"], **BOOKS},
        {"same": ["openai", "google"], "keep": "google", **BOOKS},
    ],
}


def test_a_decision_that_two_ids_are_one_is_told_as_that_and_their_facts_are_not(resolved):
    two, one = resolved(TWO), resolved(TWO, ONE)
    found = [each for each in diff(two, one) if each.person != "bob"]
    assert [(each.kind, each.fact, each.related) for each in found if each.kind != "changed"] == [
        ("merged", "ann", ("ann-lee",)),
        ("merged", "google", ("openai",)),
    ]


def test_a_decision_that_is_taken_back_is_told_as_that(resolved):
    found = diff(resolved(TWO, ONE), resolved(TWO))
    assert {(each.kind, each.fact) for each in found} >= {("split", "ann-lee"), ("split", "openai")}
    assert not [each for each in found if each.kind == "joined" and each.person == "bob"]


def test_snapshots_around_a_decision_are_not_changed_by_their_comparison(resolved):
    two, one = resolved(TWO), resolved(TWO, ONE)
    diff(two, one)
    diff(one, two)
    assert two == resolved(TWO)
    assert one == resolved(TWO, ONE)
