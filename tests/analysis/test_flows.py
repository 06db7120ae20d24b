"""Flows, matrix, account and turnover of small worlds, counted by hand."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings

from kb.analysis import Matrix, careers, explain, flows, matrix, turnover
from kb.errors import DateError, KbError, NotFound
from kb.ledger import Ledger, read_folder
from kb.resolve import Snapshot, resolve
from tests.folders import datasets, person, world, write_folder


def people(*routes: str) -> dict[str, Any]:
    """People with jobs of two years each, `meta openai`: 2010 to 2012, 2013 to 2015, and so on."""
    return {
        f"p{n}": person(
            f"P{n}",
            *(
                {
                    "at": at,
                    "start": 2010 + 3 * i,
                    "end": 2012 + 3 * i,
                    "spell": route.split()[:i].count(at) + 1,
                }
                for i, at in enumerate(route.split())
            ),
        )
        for n, route in enumerate(routes)
    }


@pytest.fixture
def moved(resolved) -> Any:
    return lambda *routes: resolved(world(people=people(*routes)))


def test_a_flow_counts_people_and_moves_both_ways(moved):
    found = flows(moved("meta openai", "meta openai meta openai", "openai google", "meta google"))
    flow = found[0]
    assert (flow.from_id, flow.to_id, flow.people, flow.moves, flow.back, flow.net) == (
        "meta", "openai", 2, 3, 1, 2,
    )  # fmt: skip
    assert (flow.direction.value, flow.direction.count, flow.direction.against) == (3.0, 3, 1)
    assert (flow.exits.count, flow.exits.of, flow.hires.count, flow.hires.of) == (3, 4, 3, 3)
    assert (flow.first, flow.last, flow.sources) == (date(2013, 1, 1), date(2019, 12, 31), 1)
    assert [(f.from_id, f.to_id, f.people) for f in found[1:]] == [
        ("meta", "google", 1),
        ("openai", "google", 1),
        ("openai", "meta", 1),
    ]


def test_flows_can_be_asked_for_from_to_and_by_size(moved):
    snapshot = moved("meta openai", "meta openai", "meta google")
    assert [f.to_id for f in flows(snapshot, from_="meta")] == ["openai", "google"]
    assert [f.from_id for f in flows(snapshot, to="google")] == ["meta"]
    assert [f.people for f in flows(snapshot, minimum=2)] == [2]
    assert flows(snapshot, to="google")[0].exits.of == 3  # a filter does not change the whole


def test_in_a_time_what_surely_fell_there_counts_and_what_may_have_is_said(moved):
    snapshot = moved("meta openai")  # some day of 2013
    (whole,) = flows(snapshot, since="2013", until="2013")
    assert (whole.moves, whole.possible) == (1, 0)
    (part,) = flows(snapshot, since="2013-06")
    assert (part.people, part.moves, part.possible) == (0, 0, 1)
    assert part.direction.value is part.exits.value is None
    assert flows(snapshot, since="2014") == flows(snapshot, until="2012") == []
    with pytest.raises(DateError, match="no day is since 2014-01-01 and until 2013-12-31"):
        flows(snapshot, since="2014", until="2013")


def test_a_flow_says_on_how_many_sources_it_rests(resolved):
    a = world("a", people=people("meta openai"))
    b = world(
        "b",
        people={
            "p1": person(
                "P1", {"at": "meta", "end": 2012}, {"at": "openai", "start": 2013, "phase": "current"}
            )
        },
    )
    assert [flow.sources for flow in flows(resolved(a, b))] == [2]
    assert [flow.sources for flow in flows(resolved(a, world("c")))] == [1]


def test_an_organization_that_there_is_not_is_refused(moved):
    with pytest.raises(NotFound, match="no entity `mata`"):
        flows(moved("meta openai"), to="mata")
    with pytest.raises(KbError, match="`p0` is no organization, but a person"):
        flows(moved("meta openai"), to="p0")


def test_a_matrix_has_the_largest_and_counts_the_rest(moved):
    found = flows(moved("meta openai google", "meta openai", "google eth"))
    assert matrix(found, size=2) == Matrix(("openai", "google"), ((0, 1), (0, 0)), 3)
    assert sum(map(sum, matrix(found).moves)) == 4


def test_the_account_adds_up(moved):
    snapshot = moved("meta openai meta", "meta", "google meta google")
    lines = {(line.what, line.rule): line.count for line in explain(snapshot)}
    assert sum(n for (what, _), n in lines.items() if what == "spells") == snapshot.count("EMPLOYED_AT")
    assert lines["moves", "all"] == lines["pairs", "moved"] + lines["departures", "moved"] == 4
    assert lines["moves", "returned"] == 2
    assert lines["moves", "overlapping"] == lines["moves", "one_end"] == lines["moves", "undated"] == 0


def test_attrition_is_leavers_of_a_year_over_the_mean_of_two_headcounts(resolved):
    jobs = [
        {"start": 2019, "phase": "current"},
        {"start": 2020, "end": "2024-03"},  # left in the year
        {"start": 2020, "end": "2024"},  # may have left in it
        {"start": 2018, "end": "2022"},  # left before
        {"start": "2024-02", "phase": "current"},  # came in it
    ]
    data = world(people={f"p{n}": person(f"P{n}", {"at": "meta", **job}) for n, job in enumerate(jobs)})
    data["people"]["p9"] = person(
        "P9", {"at": "google", "end": 2015}, {"at": "meta", "start": 2016, "phase": "past"}
    )
    google, found = turnover(resolved(data), until="2024-06")
    assert (google.organization, google.hires, google.exits, google.net) == ("google", 0, 1, -1)
    assert (found.organization, found.hires, found.exits, found.net) == ("meta", 1, 0, 1)
    assert (found.since, found.until) == (date(2023, 6, 30), date(2024, 6, 30))
    assert (found.headcount_then, found.headcount_now) == (3, 3)
    assert (found.attrition.count, found.attrition.over, found.possible, found.unknown) == (1, 3.0, 1, 1)


def test_who_came_back_within_the_year_has_not_left(resolved):
    jobs = [
        {"at": "meta", "spell": 1, "start": 2015, "end": "2024-03"},
        {"at": "meta", "spell": 2, "start": "2024-05", "phase": "current"},
    ]
    other = person("B", {"at": "google", "end": 2015}, {"at": "meta", "start": 2016, "phase": "current"})
    snapshot = resolved(world(people={"ann": person("Ann", *jobs), "bob": other}))
    found = {row.organization: row for row in turnover(snapshot)}["meta"]
    assert (found.attrition.count, found.attrition.over) == (0, 2.0)


@settings(max_examples=10)
@given(datasets("a"))
def test_what_the_graph_holds_as_flows_is_what_is_counted(data):
    with TemporaryDirectory() as folder:
        ledger = Ledger()
        read_folder(write_folder(Path(folder) / "a", data), ledger)
        snapshot = resolve(ledger)
    held = {(edge.start, edge.end): edge.properties for edge in snapshot.edges("TALENT_FLOW")}
    counted = {(flow.from_id, flow.to_id): flow for flow in flows(snapshot)}
    assert held.keys() == counted.keys()
    for pair, flow in counted.items():
        assert (flow.people, flow.moves) == (held[pair]["people"], held[pair]["moves"])
        assert (flow.first, flow.last) == (held[pair].get("first"), held[pair].get("last"))
    assert careers(snapshot).excluded.total + careers(snapshot).placed == snapshot.count("EMPLOYED_AT")


def test_a_snapshot_without_spells_has_no_flows():
    assert flows(Snapshot()) == turnover(Snapshot()) == []
