"""What was true on a day: what is left out, what runs, what is over, and what is only possible."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.dates import UNKNOWN, Answer, before, bounds, on, overlaps
from kb.errors import DateError
from kb.ledger import Ledger, read_folder
from kb.resolve import Snapshot, resolve
from kb.resolve.as_of import as_of
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


def spells(snapshot: Snapshot) -> dict[str, tuple[Any, ...]]:
    """Phase, end, and how sure it is, by organization."""
    return {
        edge.end: (edge.properties.get("phase"), edge.properties.get("end_text"), edge.properties["as_of"])
        for edge in snapshot.edges("EMPLOYED_AT")
    }


ANN = person(
    "Ann",
    {"at": "google", "start": 2010, "end": 2012},
    {
        "at": "meta",
        "start": "2015-03",
        "left": {"date": "2020-06", "to": "openai", "lines": 3},
        "role": "eng",
    },
    {"at": "openai", "start": "2020-07", "phase": "current"},
)
ROLES = {"eng": {"name": "Engineer", "family": "engineering", "lines": 1}}


@pytest.mark.parametrize(
    ("day", "held"),
    [
        pytest.param("2009", {}, id="before all"),
        pytest.param("2010-06", {"google": ("current", "..", "possible")}, id="in the year of the start"),
        pytest.param("2011", {"google": ("current", "..", "yes")}, id="while the first runs"),
        pytest.param("2012-05", {"google": ("past", "2012", "possible")}, id="in the year of the end"),
        pytest.param("2013", {"google": ("past", "2012", "yes")}, id="after the first"),
        pytest.param(
            "2019", {"google": ("past", "2012", "yes"), "meta": ("current", "..", "yes")}, id="at the second"
        ),
        pytest.param(
            "2025-12",
            {
                "google": ("past", "2012", "yes"),
                "meta": ("past", "2020-06", "yes"),
                "openai": ("current", "..", "yes"),
            },
            id="today",
        ),
    ],
)
def test_a_spell_has_the_phase_of_the_day(resolved, day, held):
    assert spells(resolved(world(people={"ann": ANN}, roles=ROLES)).at(as_of=day)) == held


def test_what_runs_at_the_day_is_ongoing_and_has_no_length_yet(resolved):
    job = {"at": "meta", "start": 2010, "end": 2020, "tenure": "P10Y"}
    then = resolved(world(people={"ann": person("Ann", job)})).at(as_of="2015")
    (spell,) = then.edges("EMPLOYED_AT")
    assert (spell.properties["ongoing"], spell.properties["last_heard"]) == (True, date(2015, 12, 31))
    assert not {"tenure_text", "end_earliest", "end_latest"} & set(spell.properties)


def test_a_departure_after_the_day_has_not_happened_and_its_role_is_still_held(resolved):
    now = resolved(world(people={"ann": ANN}, roles=ROLES))
    then = now.at(as_of="2020-05")
    assert (then.count("DEPARTED"), then.count("TALENT_FLOW")) == (0, 1)  # google to meta has happened
    assert [edge.properties["phase"] for edge in then.edges("HELD_ROLE")] == ["current"]
    after = now.at(as_of="2020-06")
    (left,) = after.edges("DEPARTED")
    assert (left.properties["destination"], left.properties["as_of"]) == ("openai", "yes")
    assert [edge.properties["phase"] for edge in after.edges("HELD_ROLE")] == ["past"]


def test_flows_are_counted_again_and_told_apart(resolved):
    bob = person(
        "Bob", {"at": "meta", "start": 2010, "end": 2014}, {"at": "openai", "start": 2015, "end": ".."}
    )
    now = resolved(world(people={"ann": ANN, "bob": bob}, roles=ROLES))

    def flows(day):
        return {
            (edge.start, edge.end): (edge.properties["people"], edge.properties["as_of"])
            for edge in now.at(as_of=day).edges("TALENT_FLOW")
        }

    assert flows("2014-12") == {}
    assert flows("2015-06") == {("google", "meta"): (1, "yes"), ("meta", "openai"): (1, "possible")}
    assert flows("2016") == {("google", "meta"): (1, "yes"), ("meta", "openai"): (1, "yes")}
    assert flows("2025") == {("google", "meta"): (1, "yes"), ("meta", "openai"): (2, "yes")}


def test_only_certain_leaves_out_what_is_possible(resolved):
    now = resolved(world(people={"ann": ANN}, roles=ROLES))
    assert now.at(as_of="2010-06", only_certain=True).count("EMPLOYED_AT") == 0
    assert now.at(as_of="2011", only_certain=True).count("EMPLOYED_AT") == 1


def test_a_plan_counts_from_its_publication_and_does_not_come_true_by_the_calendar(resolved):
    job = {"at": "meta", "start": "2026-01", "phase": "planned"}
    now = resolved(world(published="2025-08-31", people={"ann": person("Ann", job)}))
    assert spells(now.at(as_of="2025-08-30")) == {}
    assert spells(now.at(as_of="2025-08-31")) == {"meta": ("planned", None, "yes")}
    assert spells(now.at(as_of="2026-01-15")) == {"meta": ("planned", None, "possible")}
    assert spells(now.at(as_of="2027")) == {"meta": ("planned", None, "possible")}


def test_what_was_said_to_be_so_had_begun_by_then(resolved):
    job = {"at": "meta", "phase": "current"}
    now = resolved(world(published="2025-08-31", people={"ann": person("Ann", job)}))
    assert spells(now.at(as_of="2025-08-30")) == {"meta": ("current", "..", "possible")}
    assert spells(now.at(as_of="2025-08-31")) == {"meta": ("current", "..", "yes")}


def test_what_was_said_to_be_past_had_ended_by_then(resolved):
    team = {"team": "fair", "lines": 4, "phase": "past"}
    ann = person("Ann", {"at": "meta", "phase": "past"}, member_of=[team])
    now = resolved(world(published="2025-08-31", people={"ann": ann}))
    for day, sure in (("2025-08-30", "possible"), ("2025-09", "yes")):
        (spell,), (member,) = (now.at(as_of=day).edges(label) for label in ("EMPLOYED_AT", "MEMBER_OF"))
        assert [edge.properties["phase"] for edge in (spell, member)] == ["past", "past"]
        assert [edge.properties["as_of"] for edge in (spell, member)] == [sure, sure]


def test_what_was_founded_later_is_left_out_with_all_that_hangs_on_it(resolved):
    data = world(
        people={"ann": person("Ann", {"at": "meta", "left": {"date": 2014, "to": "openai", "lines": 3}})}
    )
    data["organizations"]["openai"]["founded"] = "2015-12"
    data["events"] = {
        "talks": {"name": "Talks", "kind": "agreement", "date": "2016", "lines": 1, "involves": ["meta"]}
    }
    then = resolved(data).at(as_of="2014")
    (left,) = then.edges("DEPARTED")
    assert left.properties["destination_known"] is False
    assert "openai" not in {node.id for node in then.nodes("Organization")}
    assert (then.count("Event"), then.count("INVOLVES")) == (0, 0)
    assert all(edge.end != "openai" for edge in then.edges("ABOUT"))
    assert then.count("Claim") == resolved(data).count("Claim")


def test_as_of_and_known_at_are_independent(resolved):
    early = world(
        "a", "2020", people={"ann": person("Ann", {"at": "meta", "start": 2015, "phase": "current"})}
    )
    late = world("b", "2024", people={"ann": person("Ann", {"at": "meta", "start": 2015, "end": 2018})})
    assert spells(resolved(early, late).at(as_of="2019")) == {"meta": ("past", "2018", "yes")}
    then = resolved(early, late, known_at=date(2020, 12, 31))
    assert spells(then.at(as_of="2019")) == {"meta": ("current", "..", "yes")}


def test_rumours_are_left_out_with_what_hangs_on_them(resolved):
    rumoured = {"at": "meta", "phase": "past", "certainty": "rumoured", "left": {"date": 2014, "lines": 3}}
    data = world(people={"ann": person("Ann", rumoured, {"at": "openai", "start": 2015, "end": ".."})})
    sure = resolved(data).at(include_rumoured=False)
    assert [edge.end for edge in sure.edges("EMPLOYED_AT")] == ["openai"]
    assert (sure.count("DEPARTED"), sure.count("Person"), sure.rumoured) == (0, 1, False)


def test_a_moment_without_a_last_day_is_refused(resolved):
    with pytest.raises(DateError, match="has no last day"):
        resolved(world()).at(as_of="2024/..")


DAYS = st.dates(date(2010, 1, 1), date(2012, 12, 31))
TEXTS = st.one_of(
    DAYS.map(str),
    DAYS.map(lambda day: str(day)[:7]),
    DAYS.map(lambda day: str(day)[:4]),
    st.tuples(DAYS, DAYS).map(lambda two: f"{min(two)}/{max(two)}"),
    st.just(""),
)


PERIODS = st.lists(
    st.tuples(TEXTS, st.one_of(TEXTS, st.just(".."), DAYS.map(lambda day: f"{day}/.."))), min_size=1
)


@settings(max_examples=8)
@given(PERIODS, DAYS)
def test_a_period_is_judged_as_partial_dates_are(periods, day):
    snapshot = Snapshot()
    for label, key in (("Person", "ann"), ("Organization", "meta")):
        snapshot.insert(label, ["id", "name"], [(key, key)])
    names = ["id", "from_label", "from_id", "to_label", "to_id", "kind"]
    names += [f"{part}_{side}" for part in ("start", "end") for side in ("earliest", "latest", "text")]
    rows = {}
    for number, texts in enumerate(periods):
        first, last = (bounds(text) if text else UNKNOWN for text in texts)
        if before(last, first) is not Answer.YES:
            dates = [
                value for each in (first, last) for value in (each.earliest, each.latest, each.text or None)
            ]
            row = [f"s{number}", "Person", "ann", "Organization", "meta", "job", *dates]
            rows[row[0]] = (first, last, row)
    snapshot.insert("EMPLOYED_AT", names, [row for _, _, row in rows.values()])
    then = {edge.id: edge.properties for edge in as_of(snapshot, day).edges("EMPLOYED_AT")}
    for key, (first, last, _) in rows.items():
        runs, over = overlaps((first, last), (on(day), on(day))), before(last, on(day))
        begun = before(on(day), first)
        assert (key in then) is (begun is not Answer.YES)
        if key in then and then[key]["as_of"] == "yes":
            assert (runs, then[key]["phase"]) in ((Answer.YES, "current"), (Answer.NO, "past"))
        elif key in then:
            assert runs is Answer.POSSIBLE
            assert over is not Answer.YES


@settings(max_examples=4)
@given(st.dates(date(2023, 1, 1), date(2026, 1, 1)), st.integers(0, 400))
def test_what_is_certainly_over_stays_over(meta, day, more):
    def over(then):
        held = [(edge.id, edge.properties) for edge in then.edges("EMPLOYED_AT")]
        return {key for key, known in held if (known.get("phase"), known["as_of"]) == ("past", "yes")}

    assert over(as_of(meta, day)) <= over(as_of(meta, day + timedelta(days=more)))


@pytest.fixture(scope="module")
def meta() -> Snapshot:
    return Snapshot.from_seeds("meta-ai-2025")
