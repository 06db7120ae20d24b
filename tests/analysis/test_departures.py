"""Departures of small worlds, and figures beside the people that they may mean."""

from datetime import date

import pytest

from kb.analysis import coverage, departures
from kb.errors import NotFound
from tests.folders import person, world


def test_a_spell_that_ended_is_a_departure_to_the_next_one(career):
    snapshot = career(
        {"at": "meta", "start": "2010-03", "end": "2012-03-31", "title": "Engineer"},
        {"at": "openai", "start": 2013, "phase": "current"},
    )
    (who,) = departures(snapshot, organization="meta")
    assert (who.name, who.title, who.phase, who.basis) == ("Ann", "Engineer", "past", "ended")
    assert (who.earliest, who.latest) == (date(2012, 3, 31), date(2012, 3, 31))
    assert (who.months_low, who.months_high) == (24.0, 25.0)
    assert (who.destination, who.destination_basis) == ("openai", "dates")
    assert departures(snapshot, organization="openai") == []


def test_a_stated_departure_has_its_own_date_certainty_and_destination(career):
    left = {"date": "2012-05", "to": "google", "phase": "past", "certainty": "confirmed", "lines": 3}
    snapshot = career({"at": "meta", "end": 2012, "left": left}, {"at": "openai", "start": 2013, "end": 2014})
    (who,) = departures(snapshot, organization="meta")
    assert (who.basis, who.certainty, who.destination, who.destination_basis) == (
        "stated", "confirmed", "google", "stated",
    )  # fmt: skip
    assert (who.earliest, who.latest) == (date(2012, 5, 1), date(2012, 5, 31))


@pytest.mark.parametrize(
    ("second", "left"),
    [
        pytest.param({"start": "2012-07-01", "end": 2014}, [2014], id="a new title"),
        pytest.param({"start": "2011-02", "phase": "current"}, [], id="two jobs, one of which goes on"),
        pytest.param({"start": "2013", "end": "2014"}, [2012, 2014], id="a return"),
    ],
)
def test_who_stays_in_another_job_has_not_left(career, second, left):
    first = {"at": "meta", "spell": 1, "title": "A", "start": 2010, "end": "2012-06-30"}
    found = departures(career(first, {"at": "meta", "spell": 2, "title": "B", **second}), organization="meta")
    assert [who.latest.year for who in found if who.latest] == left


def test_a_time_keeps_what_may_lie_in_it_and_says_so(career):
    snapshot = career({"at": "meta", "start": 2010, "end": 2012})
    assert [who.falls for who in departures(snapshot, organization="meta", since="2012")] == ["yes"]
    assert [who.falls for who in departures(snapshot, organization="meta", until="2012-06")] == ["possible"]
    assert departures(snapshot, organization="meta", since="2013") == []


def test_what_is_planned_comes_last_and_internships_do_not_come(resolved):
    soon = {"at": "meta", "phase": "current", "left": {"phase": "planned", "to": "openai", "lines": 3}}
    gone = {"at": "meta", "start": 2010, "end": 2012}
    jobs = {"ann": soon, "bob": gone, "cyd": {**gone, "kind": "internship"}}
    snapshot = resolved(world(people={key: person(key.title(), job) for key, job in jobs.items()}))
    found = departures(snapshot, organization="meta")
    assert [(who.name, who.phase, who.destination) for who in found] == [
        ("Bob", "past", None),
        ("Ann", "planned", "openai"),
    ]


def figure(value: float, qualifier: str, *about: dict[str, str], **more: object) -> dict[str, object]:
    return {
        "name": "A figure", "metric": "people", "value": value, "unit": "person", "qualifier": qualifier,
        "lines": 6, "about": list(about), **more,
    }  # fmt: skip


META = {"organization": "meta", "as": "from"}
OPENAI = {"organization": "openai", "as": "to"}


def test_a_figure_stands_beside_the_people_of_the_same_kind(resolved):
    went = {"at": "meta", "start": 2010, "end": 2012}, {"at": "openai", "start": 2013, "phase": "current"}
    plans = {"at": "meta", "phase": "current", "left": {"phase": "planned", "to": "openai", "lines": 3}}
    told = {"phase": "past", "to": "openai", "certainty": "rumoured", "lines": 3}
    people = {
        "ann": person("Ann", *went),
        "bob": person("Bob", plans),
        "cyd": person("Cyd", {"at": "meta", "phase": "current", "left": told}),
        "dan": person("Dan", {"at": "meta", "start": 2010, "end": 2012}),
    }
    statistics = {
        "a-moved": figure(140, "exact", META, OPENAI),
        "b-left": figure(8, "at_least", META),
        "c-came": figure(20, "over", OPENAI),
        "d-staff": figure(100, "about", {"organization": "meta", "as": "subject"}),
        "e-long-ago": figure(3, "exact", META, period=1999),
        "f-pay": {**figure(1, "exact", META), "unit": "USD"},
    }
    found = {row.statistic: row for row in coverage(resolved(world(people=people, statistics=statistics)))}
    assert {key: row.text for key, row in found.items()} == {
        "a-moved": "1 of 140, 1 more planned, 1 more rumoured",
        "b-left": "2 of at least 8, 1 more planned, 1 more rumoured",
        "c-came": "1 of over 20",
        "d-staff": "2 of about 100",
        "e-long-ago": "0 of 3, 1 more planned, 1 more rumoured",
    }
    assert (found["a-moved"].held, found["a-moved"].from_ids, found["a-moved"].to_ids) == (
        1,
        ("meta",),
        ("openai",),
    )


def test_a_figure_of_a_team_counts_its_members_who_left(resolved):
    left = {"at": "meta", "left": {"phase": "past", "lines": 3}}
    people = {key: person(key.title(), left) for key in ("ann", "bob")}
    people["ann"]["member_of"] = [{"team": "fair", "lines": 5, "phase": "past"}]
    data = world(
        people=people, statistics={"left": figure(3, "exact", {"organization": "fair", "as": "from"})}
    )
    data["organizations"]["fair"]["part_of"] = [{"organization": "meta", "how": "division", "lines": 4}]
    (row,) = coverage(resolved(data))
    assert row.text == "1 of 3"


def test_coverage_of_what_there_is_not_is_refused(career):
    with pytest.raises(NotFound):
        coverage(career({"at": "meta", "phase": "past"}), organization="mata")
