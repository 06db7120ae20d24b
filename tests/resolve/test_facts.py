"""Claims to facts: which value wins, what joins, what is left out."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kb.errors import AmbiguousSpell, KbError
from kb.ledger import Ledger, read_folder
from kb.resolve import Relation, Snapshot, resolve
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


def the(snapshot: Snapshot, label: str) -> Relation:
    (edge,) = snapshot.edges(label)
    return edge


def test_a_surer_claim_wins_over_a_later_one(resolved):
    early = world(
        "a",
        "2024",
        people={
            "ann": person("Ann", {"at": "meta", "phase": "past", "title": "Chief", "certainty": "confirmed"})
        },
    )
    late = world(
        "b", "2025", people={"ann": person("ANN", {"at": "meta", "phase": "past", "title": "chief"})}
    )
    spell = the(resolved(early, late), "EMPLOYED_AT")
    assert spell.properties["title"] == "Chief"
    assert spell.properties["certainty"] == "confirmed"
    assert len(spell.properties["claims"]) == 2
    assert spell.properties["datasets"] == ["a", "b"]
    assert spell.properties["known_from"] == date(2024, 12, 31)


def test_of_equally_sure_claims_the_later_one_wins(resolved):
    early = world("a", "2024", people={"ann": person("Ann")})
    late = world("b", "2025", people={"ann": person("Ann B.")})
    assert resolved(early, late).entity("ann").name == "Ann B."


def test_a_phase_goes_by_the_later_claim_even_if_it_is_less_sure(resolved):
    plan = world(
        "a",
        "2024",
        people={"ann": person("Ann", {"at": "meta", "phase": "planned", "certainty": "confirmed"})},
    )
    fact = world("b", "2025", people={"ann": person("Ann", {"at": "meta", "phase": "current"})})
    assert the(resolved(plan, fact), "EMPLOYED_AT").properties["phase"] == "current"


def test_a_past_departure_closes_its_spell_and_dates_its_end(resolved):
    job = {"at": "meta", "start": 2020, "end": "..", "left": {"date": "2025-08", "lines": 3}}
    spell = the(resolved(world(people={"ann": person("Ann", job)})), "EMPLOYED_AT").properties
    assert (spell["phase"], spell["end_text"], spell["ongoing"]) == ("past", "2025-08", False)


@pytest.mark.parametrize(
    "left", [{"phase": "planned"}, {"certainty": "rumoured"}], ids=["planned", "rumoured"]
)
def test_a_planned_or_rumoured_departure_closes_nothing(resolved, left):
    job = {"at": "meta", "phase": "current", "left": {"date": "2025-08", "lines": 3, **left}}
    spell = the(resolved(world(people={"ann": person("Ann", job)})), "EMPLOYED_AT").properties
    assert (spell["phase"], spell["ongoing"], spell.get("end_text")) == ("current", True, None)


def test_a_start_is_derived_from_end_and_length_and_says_so(resolved):
    job = {"at": "meta", "tenure": "over P5Y", "left": {"date": "2025-08", "lines": 3}}
    spell = the(resolved(world(people={"ann": person("Ann", job)})), "EMPLOYED_AT").properties
    assert spell["start_derived"] is True
    assert "start_text" not in spell
    assert (spell["start_earliest"], spell["start_latest"]) == (date(2019, 8, 1), date(2020, 8, 31))


def test_spells_that_cannot_overlap_stay_apart_and_are_numbered_in_time(resolved):
    ann = person(
        "Ann",
        {"at": "meta", "spell": 1, "start": 2010, "end": 2012},
        {"at": "meta", "spell": 2, "start": 2015, "end": 2018},
    )
    snapshot = resolved(world(people={"ann": ann}))
    assert [edge.id for edge in snapshot.edges("EMPLOYED_AT")] == [
        "ann:employed_at:meta:1",
        "ann:employed_at:meta:2",
    ]


def test_claims_of_two_sources_on_overlapping_time_are_one_spell(resolved):
    a = world("a", people={"ann": person("Ann", {"at": "meta", "start": 2015, "end": 2018})})
    b = world(
        "b",
        people={"ann": person("Ann", {"at": "meta", "phase": "past", "end": "2018-06", "title": "Engineer"})},
    )
    assert the(resolved(a, b), "EMPLOYED_AT").properties["title"] == "Engineer"


def test_different_titles_keep_spells_apart(resolved):
    a = world("a", people={"ann": person("Ann", {"at": "meta", "phase": "past", "title": "Engineer"})})
    b = world(
        "b", "2025-09", people={"ann": person("Ann", {"at": "meta", "phase": "past", "title": "Scientist"})}
    )
    spells = {edge.id: edge.properties["title"] for edge in resolved(b, a).edges("EMPLOYED_AT")}
    assert spells == {"ann:employed_at:meta:1": "Engineer", "ann:employed_at:meta:2": "Scientist"}


def test_a_claim_published_later_takes_no_number_away(resolved):
    a = world("a", "2025", people={"ann": person("Ann", {"at": "meta", "start": 2015, "end": 2018})})
    b = world("b", "2026", people={"ann": person("Ann", {"at": "meta", "start": 2010, "end": 2012})})
    alone = the(resolved(a), "EMPLOYED_AT")
    both = {edge.id: edge.properties["start_text"] for edge in resolved(a, b).edges("EMPLOYED_AT")}
    assert both == {alone.id: "2015", "ann:employed_at:meta:2": "2010"}


def test_a_claim_that_fits_two_spells_is_refused_with_the_choices(resolved):
    two = person(
        "Ann",
        {"at": "meta", "spell": 1, "start": 2010, "end": 2012},
        {"at": "meta", "spell": 2, "start": 2015, "end": 2018},
    )
    vague = world("b", people={"ann": person("Ann", {"at": "meta", "phase": "past"})})
    with pytest.raises(
        AmbiguousSpell, match=r"seeds\.yaml:\d+: claim b/ann.* 2010/2012, 2015/2018\. Number them"
    ):
        resolved(world("a", people={"ann": two}), vague)


def test_a_number_settles_which_spell_is_meant(resolved):
    two = person(
        "Ann",
        {"at": "meta", "spell": 1, "start": 2010, "end": 2012},
        {"at": "meta", "spell": 2, "start": 2015, "end": 2018},
    )
    named = world(
        "b", people={"ann": person("Ann", {"at": "meta", "phase": "past", "spell": 2, "title": "Engineer"})}
    )
    spells = {
        edge.id: edge.properties.get("title")
        for edge in resolved(world("a", people={"ann": two}), named).edges("EMPLOYED_AT")
    }
    assert spells == {"ann:employed_at:meta:1": None, "ann:employed_at:meta:2": "Engineer"}


def test_a_denial_that_is_as_sure_and_as_late_takes_the_fact_away(resolved):
    says = world("a", people={"ann": person("Ann", {"at": "meta", "phase": "past", "left": {"lines": 3}})})
    denies = world("b", people={"ann": person("Ann", {"at": "meta", "denies": True})})
    snapshot = resolved(says, denies)
    assert not list(snapshot.edges("EMPLOYED_AT"))
    assert not list(snapshot.edges("DEPARTED"))
    assert snapshot.count("Claim") == resolved(says).count("Claim") + resolved(denies).count("Claim")


def test_a_weaker_denial_does_not(resolved):
    says = world(
        "a", people={"ann": person("Ann", {"at": "meta", "phase": "past", "certainty": "confirmed"})}
    )
    denies = world("b", people={"ann": person("Ann", {"at": "meta", "denies": True})})
    assert the(resolved(says, denies), "EMPLOYED_AT").properties["claims"] == ["a/ann:employed_at:meta"]


def test_known_at_leaves_out_what_was_published_later(resolved):
    a = world("a", "2024", people={"ann": person("Ann", {"at": "meta", "phase": "current"})})
    b = world(
        "b",
        "2025",
        people={"ann": person("Ann", {"at": "meta", "phase": "past", "end": 2025}), "bob": person("Bob")},
    )
    then = resolved(a, b, known_at=date(2024, 12, 31))
    assert the(then, "EMPLOYED_AT").properties["phase"] == "current"
    assert [node.id for node in then.nodes("Person")] == ["ann"]
    assert [node.id for node in then.nodes("Source")] == ["talk-a"]


def test_a_flow_counts_people_who_left_for_a_known_place(resolved):
    ann = person(
        "Ann",
        {"at": "meta", "left": {"date": "2025-08", "to": "openai", "lines": 3}},
        {"at": "openai", "phase": "current", "start": "2025-08"},
    )
    bob = person(
        "Bob", {"at": "meta", "start": 2010, "end": 2015}, {"at": "openai", "start": 2016, "end": 2020}
    )
    flow = the(resolved(world(people={"ann": ann, "bob": bob})), "TALENT_FLOW")
    assert (flow.start, flow.end) == ("meta", "openai")
    assert (flow.properties["people"], flow.properties["moves"]) == (2, 2)
    assert (flow.properties["first"], flow.properties["last"]) == (date(2016, 1, 1), date(2025, 8, 31))


@pytest.mark.parametrize(
    "destination",
    [{"phase": "planned"}, {"phase": "current", "certainty": "rumoured"}],
    ids=["planned", "rumoured"],
)
def test_a_flow_leaves_out_what_is_planned_or_rumoured(resolved, destination):
    ann = person(
        "Ann", {"at": "meta", "start": 2015, "end": 2020}, {"at": "openai", "start": 2021, **destination}
    )
    assert not list(resolved(world(people={"ann": ann})).edges("TALENT_FLOW"))


def test_a_rename_is_never_a_move(resolved):
    data = world(
        people={
            "ann": person(
                "Ann",
                {"at": "meta", "start": 2015, "end": 2020},
                {"at": "openai", "start": 2021, "end": 2022},
            )
        }
    )
    data["organizations"]["meta"]["part_of"] = [{"organization": "openai", "how": "renamed", "lines": 4}]
    assert not list(resolved(data).edges("TALENT_FLOW"))


def test_an_id_that_is_a_person_here_and_a_team_there_is_refused(resolved):
    with pytest.raises(KbError, match="`fair` is of two types, Organization and Person"):
        resolved(world("a"), world("b", organizations={}, people={"fair": person("Fair")}))


def test_a_snapshot_becomes_a_graph_with_a_spell_an_edge(resolved):
    ann = person(
        "Ann",
        {"at": "meta", "spell": 1, "start": 2010, "end": 2012},
        {"at": "meta", "spell": 2, "start": 2015, "end": 2018},
    )
    graph = resolved(world(people={"ann": ann})).to_networkx()
    assert graph.number_of_edges("ann", "meta") == 2
    assert graph.nodes["meta"]["labels"] == ["Organization", "Company"]
    assert graph.edges["ann", "meta", "ann:employed_at:meta:1"]["type"] == "EMPLOYED_AT"


def test_a_source_can_be_shared_if_it_is_described_alike(resolved):
    a, b = world("a"), world("b")
    b["source"], b["sources"] = a["source"], a["sources"]
    (source,) = resolved(a, b).nodes("Source")
    assert source.properties["datasets"] == ["a", "b"]
    b["sources"] = {a["source"]: a["sources"][a["source"]] | {"name": "Another talk"}}
    with pytest.raises(KbError, match="`talk-a` is described differently by the datasets a and b"):
        resolved(a, b)


@pytest.mark.parametrize("left", [{"denies": True}, {"certainty": "rumoured"}], ids=["denied", "rumoured"])
def test_a_departure_that_is_denied_or_rumoured_does_not_make_a_spell_past(tmp_path, left):
    data = world(people={"ann": person("Ann", {"at": "meta", "left": {"lines": 3, **left}})})
    with pytest.raises(KbError, match="the phase of this spell is not clear"):
        read_folder(write_folder(tmp_path, data))


def test_a_planned_return_is_another_spell_than_one_that_has_ended(resolved):
    was = world("a", "2024", people={"ann": person("Ann", {"at": "meta", "start": 2010, "end": 2020})})
    plan = world("b", "2025", people={"ann": person("Ann", {"at": "meta", "phase": "planned"})})
    phases = {edge.id: edge.properties["phase"] for edge in resolved(was, plan).edges("EMPLOYED_AT")}
    assert phases == {"ann:employed_at:meta:1": "past", "ann:employed_at:meta:2": "planned"}


def test_a_plan_that_came_true_is_one_spell(resolved):
    plan = world("a", "2024", people={"ann": person("Ann", {"at": "meta", "phase": "planned"})})
    then = world("b", "2026", people={"ann": person("Ann", {"at": "meta", "start": 2025, "end": "2025-12"})})
    assert the(resolved(plan, then), "EMPLOYED_AT").properties["phase"] == "past"


def test_one_number_for_times_that_cannot_overlap_is_refused(resolved):
    a = world("a", people={"ann": person("Ann", {"at": "meta", "spell": 1, "start": 2015, "phase": "past"})})
    b = world("b", people={"ann": person("Ann", {"at": "meta", "spell": 1, "end": 2012})})
    with pytest.raises(AmbiguousSpell, match="both mean spell 1 of ann at meta"):
        resolved(a, b)


def test_a_number_that_another_spell_has_already_is_refused(resolved):
    a = world("a", "2024", people={"ann": person("Ann", {"at": "meta", "start": 2010, "end": 2012})})
    b = world(
        "b", "2025", people={"ann": person("Ann", {"at": "meta", "spell": 1, "start": 2015, "end": 2018})}
    )
    with pytest.raises(AmbiguousSpell, match="`spell: 1`, which is another spell"):
        resolved(a, b)


def test_the_id_of_a_role_does_not_change_when_another_spell_has_it_too(resolved):
    meta = {"at": "meta", "start": 2015, "end": 2018, "role": "engineer"}
    google = {"at": "google", "start": 2010, "end": 2012, "role": "engineer"}
    roles = {"engineer": {"name": "Engineer", "family": "engineering", "lines": 1}}
    alone = the(resolved(world(people={"ann": person("Ann", meta)}, roles=roles)), "HELD_ROLE")
    both = resolved(world(people={"ann": person("Ann", google, meta)}, roles=roles)).edges("HELD_ROLE")
    assert [edge.id for edge in both] == ["ann:held_role:engineer:google:1", alone.id]


def test_a_side_job_inside_another_job_is_no_move(resolved):
    jobs = [
        {"at": "meta", "start": 2010, "end": 2020},
        {"at": "google", "start": 2014, "end": 2018},
        {"at": "openai", "start": 2021, "phase": "current"},
    ]
    flow = the(resolved(world(people={"ann": person("Ann", *jobs)})), "TALENT_FLOW")
    assert (flow.start, flow.end, flow.properties["moves"]) == ("meta", "openai", 1)


def test_a_spell_still_going_is_known_up_to_the_last_source_that_says_so(resolved):
    job = {"at": "meta", "start": 2010, "phase": "current"}
    early = world("a", "2012", people={"ann": person("Ann", job)})
    late = world(
        "b", "2025", people={"ann": person("Ann", job, {"at": "google", "start": 2013, "end": 2014})}
    )
    assert not list(resolved(early, late).edges("TALENT_FLOW"))
