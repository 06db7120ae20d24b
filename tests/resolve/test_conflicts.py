"""Where sources disagree: what `explain` tells for one fact, found by SQL for all."""

import pytest
from hypothesis import Phase, assume, given, settings

from kb.errors import KbError
from kb.ontology import EDGES, NODES, types
from kb.resolve.conflicts import conflicts
from kb.resolve.facts import resolve
from kb.resolve.why import explain, said
from tests.folders import datasets, person, world
from tests.resolve.test_identity import BOOKS, decisions, facts, judgements, ledger_of


def disputed(*data):
    return [
        (each.fact, each.property, each.held, each.lost, each.rule) for each in conflicts(ledger_of(*data))
    ]


def job(**fields):
    return {"at": "meta", "phase": "past", **fields}


SPELL = "ann:employed_at:meta:1"


@pytest.mark.parametrize(
    ("one", "two", "published", "row"),
    [
        pytest.param(
            {"start": "2015", "certainty": "confirmed"},
            {"start": "2016"},
            "2025-09-30",
            (SPELL, "start", "2015", "2016", "higher certainty"),
            id="the surer",
        ),
        pytest.param(
            {"start": "2015"},
            {"start": "2016"},
            "2025-09-30",
            (SPELL, "start", "2016", "2015", "later publication"),
            id="the later",
        ),
        pytest.param(
            {"start": "2015"},
            {"start": "2016"},
            "2025-08-31",
            (SPELL, "start", "2015", "2016", "first source by id"),
            id="the first by id",
        ),
        pytest.param(
            {"phase": "past", "certainty": "confirmed"},
            {"phase": "current"},
            "2025-09-30",
            (SPELL, "phase", "current", "past", "later publication"),
            id="a phase",
        ),
        pytest.param(
            {},
            {"denies": True},
            "2025-08-31",
            (SPELL, "denial", "denies", "asserts", "a denial, where all else is equal"),
            id="a denial",
        ),
        pytest.param(
            {"certainty": "confirmed"},
            {"denies": True},
            "2025-09-30",
            (SPELL, "denial", "asserts", "denies", "higher certainty"),
            id="a denial that lost",
        ),
    ],
)
def test_a_conflict_has_winner_loser_and_rule(one, two, published, row):
    first = world("a", people={"ann": person("Ann", job(**one))})
    second = world("b", published, people={"ann": person("Ann", job(**two))})
    assert disputed(first, second) == [row]


def test_a_retracted_claim_disputes_nothing():
    first = world("a", people={"ann": person("Ann", job(start="2015"))})
    second = world("b", people={"ann": person("Ann", job(start="2016"))})
    taken = decisions(retractions=[{"source": "talk-b", **BOOKS}])
    assert disputed(first, second, taken) == []


@settings(max_examples=3, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(datasets("a"), datasets("b"), judgements())
def test_conflicts_are_what_why_tells_of_each_fact(a, b, judged):
    from kb.resolve.judged import Decisions

    try:
        snapshot = facts(a, b, judged)
    except KbError:
        assume(False)
    rows = snapshot.nodes("Decision")
    ruled = Decisions.of({"id": row.id, **row.properties} for row in rows)
    sources = {source.id: {"id": source.id, **source.properties} for source in snapshot.nodes("Source")}
    source_of = {tie.start: tie.end for tie in snapshot.edges("FROM_SOURCE")}
    by_fact = {}
    for claim in snapshot.nodes("Claim"):
        node = {"id": claim.id, **claim.properties}
        known = said(node, sources[source_of[claim.id]], ruled)
        by_fact.setdefault(claim.properties["fact"], []).append(known)
    expected = set()
    for kind in types():
        each = snapshot.nodes(kind.label) if kind.label in NODES else snapshot.edges(kind.label)
        for fact in each if kind.label not in ("Claim", "Source", "Dataset", "Decision") else ():
            claims = by_fact.get(fact.id, [])
            for lost in explain(kind, claims, decisions=ruled).lost:
                expected.add((fact.id, lost.name, lost.claim.claim))
    held = {
        row[0]
        for label in (*NODES, *EDGES)
        for row in snapshot.execute(f"SELECT id FROM {snapshot.name(label)}")
    }
    found = {
        (each.fact, "to" if each.property == "to" else each.property, each.lost_claim)
        for each in conflicts(ledger_of(a, b, judged))
        if each.property != "denial" and each.fact in held
    }
    assert found == expected


def test_resolving_after_conflicts_gives_the_same(tmp_path):
    ledger = ledger_of(world("a", people={"ann": person("Ann", job(start="2015"))}))
    before = resolve(ledger)
    conflicts(ledger)
    assert resolve(ledger) == before
