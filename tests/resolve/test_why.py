"""Why a fact says what it says, held against the resolution that made it."""

import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from kb.errors import AmbiguousSpell
from kb.ledger import Ledger, read_folder
from kb.ontology import EDGES, NODES, types
from kb.resolve import resolve
from kb.resolve.why import ALTERED, BY_DEPARTURE, DERIVED, NOT_HELD, Said, explain, said
from tests.folders import datasets, person, world, write_folder

PERSON, SPELL = NODES["Person"], EDGES["EMPLOYED_AT"]


def claim(name="c1", source="s", published="2025-08-31", **fields):
    known = {
        "polarity": "asserts",
        "certainty": "reported",
        "retracted": False,
        "locator": "line 1",
        "note": "",
        "stated": {},
    }
    day = date.fromisoformat(published)
    return Said(claim=name, source=source, source_name=source, published=day, **(known | fields))


def held(why):
    return {value.name: value.value for value in why.values}


def lost(why):
    return [(each.name, each.value, each.claim.claim, each.reason) for each in why.lost]


def standings(why):
    return {heard.claim.claim: heard.standing for heard in why.heard}


def test_the_surest_claim_decides():
    one = claim("c1", certainty="reported", published="2025-09-01", stated={"title": "Engineer"})
    two = claim("c2", certainty="confirmed", stated={"title": "Scientist"})
    why = explain(SPELL, [one, two])
    assert held(why)["title"] == "Scientist"
    assert lost(why) == [("title", "Engineer", "c1", "reported, not confirmed")]


def test_of_equally_sure_claims_the_later_decides():
    one = claim("c1", published="2025-01-31", stated={"title": "Engineer"})
    two = claim("c2", published="2025-08-31", stated={"title": "Scientist"})
    why = explain(SPELL, [one, two])
    assert lost(why) == [("title", "Engineer", "c1", "published by 2025-01-31, not 2025-08-31")]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        pytest.param("t", "its source comes after s by id", id="source"),
        pytest.param("s", "it comes after c1 by id", id="claim"),
    ],
)
def test_where_all_else_is_equal_the_first_by_id_decides(source, reason):
    one = claim("c1", stated={"title": "Engineer"})
    two = claim("c2", source=source, stated={"title": "Scientist"})
    assert lost(explain(SPELL, [two, one])) == [("title", "Scientist", "c2", reason)]


def test_the_phase_goes_by_the_later_publication_first():
    one = claim("c1", published="2025-01-31", certainty="confirmed", stated={"phase": "planned"})
    two = claim("c2", published="2025-08-31", certainty="rumoured", stated={"phase": "current"})
    why = explain(SPELL, [one, two])
    assert held(why)["phase"] == "current"
    assert lost(why) == [("phase", "planned", "c1", "published by 2025-01-31, not 2025-08-31")]


def test_claims_that_say_the_same_stand_together_the_deciding_one_first():
    claims = [
        claim("c1", stated={"title": "Engineer"}),
        claim("c2", certainty="confirmed", stated={"title": "Engineer"}),
    ]
    why = explain(SPELL, claims)
    assert [each.claim for each in why.values[0].claims] == ["c2", "c1"]
    assert why.lost == ()


def test_lists_are_put_together():
    claims = [claim("c1", stated={"aliases": ["B", "A"]}), claim("c2", stated={"aliases": ["C", "A"]})]
    why = explain(PERSON, claims)
    assert held(why)["aliases"] == ["A", "B", "C"]
    assert why.lost == ()


def test_a_denial_removes_what_is_no_surer_and_no_later():
    claims = [
        claim("c1", published="2025-01-31"),
        claim("c2", certainty="confirmed"),
        claim("c3", published="2025-06-30", polarity="denies"),
    ]
    why = explain(SPELL, claims)
    assert standings(why) == {"c1": "denied", "c2": "supports", "c3": "denies"}
    assert why.heard[0].reason == "denied by c3, which is surer, or as sure and no earlier"


def test_a_denial_that_removes_nothing_says_so():
    why = explain(SPELL, [claim("c1", certainty="confirmed"), claim("c2", polarity="denies")])
    assert [heard.reason for heard in why.heard] == [
        "",
        "outweighed: what asserts it is surer, or as sure and later",
    ]


def test_what_was_retracted_is_not_heard():
    claims = [
        claim("c1", stated={"title": "Engineer"}),
        claim("c2", certainty="confirmed", retracted=True, stated={"title": "Scientist"}),
        claim("c3", certainty="confirmed", retracted=True, polarity="denies"),
    ]
    why = explain(SPELL, claims)
    assert standings(why) == {"c1": "supports", "c2": "retracted", "c3": "retracted"}
    assert held(why)["title"] == "Engineer"


def test_a_departure_closes_its_spell():
    stated = {"phase": "current", "end_text": "..", "title": "Engineer"}
    fact = {"phase": "past", "end_text": "2025-08", "title": "Engineer"}
    departure = {"phase": "past", "certainty": "reported", "date_text": "2025-08"}
    why = explain(SPELL, [claim(stated=stated)], held=fact, departure=departure)
    assert {value.name: value.how for value in why.values[:3]} == {
        "phase": BY_DEPARTURE,
        "title": "",
        "end": BY_DEPARTURE,
    }
    assert [(each.name, each.value) for each in why.lost] == [("phase", "current"), ("end", "..")]


def test_a_start_that_was_worked_out_says_so():
    bounds = {"start_earliest": date(2016, 8, 1), "start_latest": date(2017, 8, 31)}
    fact = {**bounds, "start_derived": True, "tenure_text": "almost P9Y"}
    why = explain(SPELL, [claim(stated={"tenure_text": "almost P9Y"})], held=fact)
    start = next(value for value in why.values if value.name == "start")
    assert (start.value, start.how) == ((date(2016, 8, 1), date(2017, 8, 31)), DERIVED)


def test_a_destination_that_is_not_there_loses():
    why = explain(EDGES["DEPARTED"], [claim(stated={"destination": "gone"})], held={})
    assert lost(why) == [("destination", "gone", "c1", NOT_HELD)]


def test_a_value_that_was_changed_by_hand_is_told():
    why = explain(PERSON, [claim(stated={"name": "Ann"})], held={"name": "Anna"})
    assert (why.values[0].value, why.values[0].how) == ("Anna", ALTERED)
    assert lost(why) == [("name", "Ann", "c1", ALTERED)]


def test_certainty_and_first_publication_come_from_their_claims():
    claims = [claim("c1", published="2025-01-31"), claim("c2", certainty="confirmed")]
    values = {value.name: value for value in explain(SPELL, claims).values}
    assert (values["certainty"].value, values["certainty"].claims[0].claim) == ("confirmed", "c2")
    assert (values["known_from"].value, values["known_from"].claims[0].claim) == (date(2025, 1, 31), "c1")


def facts(snapshot):
    """Each fact of a snapshot with its claims, as `kb why` finds them."""
    sources = {node.id: {"id": node.id, **node.properties} for node in snapshot.nodes("Source")}
    by_fact = {}
    for node in snapshot.nodes("Claim"):
        [(source,)] = snapshot.execute(
            f"SELECT to_id FROM {snapshot.name('FROM_SOURCE')} WHERE from_id = ?", [node.id]
        )
        spoken = said({"id": node.id, **node.properties}, sources[source])
        by_fact.setdefault(node.properties["fact"], []).append(spoken)
    departures = {edge.properties["spell"]: edge.properties for edge in snapshot.edges("DEPARTED")}
    for kind in types():
        each = snapshot.nodes(kind.label) if kind.label in NODES else snapshot.edges(kind.label)
        for fact in each:
            if fact.properties.get("claims"):
                yield kind, fact, by_fact[fact.id], departures.get(fact.id)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(datasets("a"), datasets("b"))
def test_what_is_told_is_what_was_resolved(one, two):
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger()
        for data in (one, two):
            read_folder(write_folder(Path(folder) / data["dataset"]["id"], data), ledger)
    try:
        snapshot = resolve(ledger)
    except AmbiguousSpell:
        return
    for kind, fact, claims, departure in facts(snapshot):
        why = explain(kind, claims, held=fact.properties, departure=departure)
        supporting = [heard.claim.claim for heard in why.heard if heard.standing == "supports"]
        assert supporting == fact.properties["claims"]
        assert not [value for value in why.values if value.how == ALTERED]
        told = held(why)
        for name in ("certainty", "known_from"):
            assert told.get(name) == fact.properties.get(name)


def test_a_claim_reads_back_with_its_dates(tmp_path):
    data = world(people={"ann": person("Ann", {"at": "meta", "phase": "past", "end": "2025-08"})})
    snapshot = resolve(read_folder(write_folder(tmp_path / "tiny", data)))
    [(_, _, [spoken], _)] = [each for each in facts(snapshot) if each[0] is SPELL]
    assert spoken.stated["end_latest"] == date(2025, 8, 31)
    assert (spoken.source, spoken.locator, spoken.published) == ("talk-tiny", "line 2", date(2025, 8, 31))
