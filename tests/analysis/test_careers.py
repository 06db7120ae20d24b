"""Careers: which spells have a place, in what order, and which pairs are moves."""

from datetime import date
from typing import Any

import pytest

from kb.analysis import Careers, careers
from kb.errors import KbError
from tests.folders import person, world

META = {"at": "meta", "start": 2010, "end": 2012}
GOOGLE = {"at": "google", "start": 2013, "end": 2015}
OPENAI = {"at": "openai", "start": 2016, "end": 2018}


def moves(found: Careers) -> list[tuple[str, str]]:
    rows = found.snapshot.execute(f"SELECT from_id, to_id FROM {found.moves} ORDER BY earliest, from_id")
    return [(a, b) for a, b in rows]


def left_out(found: Careers) -> dict[str, str]:
    """Reasons by employer."""
    return dict(
        found.snapshot.execute(f"SELECT employer, reason FROM {found.spells} WHERE reason IS NOT NULL")
    )


def test_spells_that_follow_each_other_are_moves(career):
    found = careers(career(OPENAI, META, GOOGLE))
    assert moves(found) == [("meta", "google"), ("google", "openai")]
    assert (found.placed, found.excluded.total, found.by_dates.moved) == (3, 0, 2)


@pytest.mark.parametrize(
    ("job", "reason"),
    [
        pytest.param({"kind": "internship", "start": 2013, "end": 2015}, "other_kind", id="internship"),
        pytest.param({"kind": "board", "start": 2013, "end": 2015}, "other_kind", id="board"),
        pytest.param({"phase": "planned"}, "planned", id="planned"),
        pytest.param(
            {"start": 2013, "end": 2015, "certainty": "rumoured"}, "rumoured", id="hearsay about the past"
        ),
        pytest.param({"phase": "past"}, "undated", id="undated"),
        pytest.param({"start": "2011-02", "end": "2011-03"}, "contained", id="side job"),
        pytest.param(
            {"start": 2010, "end": "2011-03", "spell": 1}, "contained", id="side job from the start"
        ),
        pytest.param({"end": "2011-03"}, "contained", id="ended meanwhile"),
        pytest.param({"phase": "past", "start": "2011-03"}, "contained", id="began meanwhile, end unknown"),
    ],
)
def test_what_has_no_place_is_counted_and_the_others_follow_each_other(career, job, reason):
    found = careers(career(META, {"at": "google", **job}, OPENAI))
    assert left_out(found) == {"google": reason}
    assert getattr(found.excluded, reason) == found.excluded.total == 1
    assert moves(found) == [("meta", "openai")]


def test_of_two_spells_of_the_same_time_one_has_a_place(career):
    found = careers(career(META, GOOGLE, {**GOOGLE, "at": "openai"}))
    assert left_out(found) == {"openai": "same_time"}
    assert moves(found) == [("meta", "google")]


def test_jobs_that_overlap_are_a_move_and_say_so(career):
    found = careers(
        career({"at": "meta", "start": 2010, "end": 2014}, {"at": "google", "start": 2013, "end": 2018})
    )
    assert moves(found) == [("meta", "google")]
    assert found.snapshot.execute(f"SELECT gap FROM {found.moves}") == [(-365.0,)]


def test_years_that_touch_can_follow_each_other(career):
    found = careers(
        career({"at": "meta", "start": 2012, "end": 2012}, {"at": "google", "start": 2012, "end": 2015})
    )
    assert moves(found) == [("meta", "google")]


def test_a_spell_of_unknown_start_that_ends_when_the_next_begins_comes_first(career):
    jobs = ({"at": "google", "start": "2015-06-01", "phase": "past"}, {"at": "meta", "end": "2015-06-01"})
    assert moves(careers(career(*jobs))) == [("meta", "google")]


def test_a_return_is_a_second_move_and_a_second_spell_there_is_none(career):
    back = {"at": "meta", "start": 2016, "end": 2018, "spell": 2}
    assert moves(careers(career({**META, "spell": 1}, GOOGLE, back))) == [
        ("meta", "google"),
        ("google", "meta"),
    ]
    found = careers(career({**META, "spell": 1}, back))
    assert (moves(found), found.by_dates.stayed) == ([], 1)


def test_a_move_happened_when_the_next_spell_began_or_else_when_the_one_before_ended(career):
    def when(*jobs: dict[str, Any]) -> tuple[date, date]:
        found = careers(career(*jobs))
        ((earliest, latest),) = found.snapshot.execute(f"SELECT earliest, latest FROM {found.moves}")
        return earliest, latest

    assert when(META, GOOGLE) == (date(2013, 1, 1), date(2013, 12, 31))
    assert when(META, {"at": "google", "end": 2015}) == (date(2012, 1, 1), date(2012, 12, 31))


LEFT = {"left": {"to": "openai", "phase": "past", "lines": 3}}


def test_a_stated_departure_is_a_move_without_any_date(career):
    found = careers(career({"at": "meta", **LEFT}, {"at": "openai", "phase": "past"}))
    assert moves(found) == [("meta", "openai")]
    assert (found.stated.moved, found.by_dates.moved, found.excluded.undated) == (1, 0, 2)


def test_a_stated_departure_outweighs_the_order_of_dates(career):
    found = careers(career({**META, **LEFT}, GOOGLE, OPENAI))
    assert moves(found) == [("meta", "openai")]
    assert (found.stated.moved, found.by_dates.overruled) == (1, 2)


def test_a_departure_to_where_no_spell_is_known_is_no_move(career):
    found = careers(career({**META, **LEFT}))
    assert (moves(found), found.stated.no_spell) == ([], 1)


@pytest.mark.parametrize("left", [{"phase": "planned"}, {"certainty": "rumoured", "phase": "past"}])
def test_a_departure_that_is_planned_or_hearsay_states_nothing(career, left):
    job = {"at": "meta", "start": 2010, "phase": "current", "left": {"to": "openai", "lines": 3, **left}}
    found = careers(career(job, {"at": "openai", "phase": "planned"}))
    assert (moves(found), found.stated.moved) == ([], 0)


def test_hearsay_counts_on_request(career):
    snapshot = career(META, {**GOOGLE, "certainty": "rumoured"})
    assert moves(careers(snapshot)) == []
    asked = careers(snapshot, include_rumoured=True)
    assert moves(asked) == [("meta", "google")]
    assert asked.snapshot.execute(f"SELECT certainty FROM {asked.moves}") == [("rumoured",)]


def world_with(how: str, kind: str = "company", **jobs: Any) -> dict[str, Any]:
    data = world(people={"ann": person("Ann", META, GOOGLE)})
    data["organizations"]["meta"] |= {
        "kind": kind,
        "part_of": [{"organization": "google", "how": how, "lines": 4}],
    }
    return data


def test_a_rename_is_no_move(resolved):
    found = careers(resolved(world_with("renamed")))
    assert (moves(found), found.by_dates.renamed) == ([], 1)


def test_a_team_counts_as_its_organization_unless_teams_are_asked_for(resolved):
    snapshot = resolved(world_with("division", "team"))
    assert careers(snapshot).by_dates.stayed == 1
    assert moves(careers(snapshot, level="team")) == [("meta", "google")]


def test_between_an_organization_and_its_part_nobody_moves(resolved):
    found = careers(resolved(world_with("subsidiary")))
    assert (moves(found), found.by_dates.transferred) == ([], 1)


def test_what_was_acquired_is_another_organization_then_and_the_same_now(resolved):
    snapshot = resolved(world_with("acquired"))
    assert moves(careers(snapshot)) == [("meta", "google")]
    now = careers(snapshot, lineage="pro-forma")
    assert (moves(now), now.by_dates.stayed) == ([], 1)


def test_a_level_that_there_is_not_is_refused(career):
    with pytest.raises(KbError, match="no level `planet`"):
        careers(career(META), level="planet")
