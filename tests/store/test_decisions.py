"""Decisions in the graph: they survive loads of other datasets, and taken out they leave no trace."""

from datetime import date

import pytest

from kb.errors import KbError
from kb.ledger.forgotten import add_person, remove_person
from kb.store.decided import held_conflicts, known_person
from kb.store.held import profile_in
from kb.store.look import profile
from kb.store.trace import trace
from tests.folders import person, world, write_folder
from tests.resolve.test_identity import BOOKS, TWO, decisions, same

OTHER = world("other", people={"cy": person("Cy", {"at": "google", "phase": "current"})})
JUDGED = decisions(
    identity=[same("ann", "ann-lee")],
    retractions=[{"claim": "tiny/ann:employed_at:meta", **BOOKS}],
    independent=[{"sources": ["talk-tiny", "talk-other"], **BOOKS}],
)


def folders(tmp_path):
    return [write_folder(tmp_path / each["dataset"]["id"], each) for each in (TWO, JUDGED, OTHER)]


def test_law_4_decisions_unloaded_are_as_if_never_loaded(base, tmp_path):
    tiny, judge, _ = folders(tmp_path)
    base.load(tiny)
    never = base.snapshot()
    assert base.plan(tiny, judge) != []
    base.load(judge)
    assert base.plan(judge) == []
    assert [node.id for node in base.snapshot().nodes("Person")] == ["ann"]
    base.unload("judge")
    assert base.snapshot() == never
    assert base.plan(tiny) == []


def test_decisions_hold_when_another_dataset_is_loaded_after_them(base, tmp_path):
    tiny, judge, other = folders(tmp_path)
    base.load(tiny)
    base.load(judge)
    base.load(other)
    one_by_one = base.snapshot()
    base.write("MATCH (n) DETACH DELETE n")
    base.load(other, judge, tiny)
    assert base.snapshot() == one_by_one
    before = base.snapshot(known_at="2025-08-31")
    assert [node.id for node in before.nodes("Person")] == ["ann", "ann-lee", "cy"]
    assert before.count("EMPLOYED_AT") == 3


def test_why_tells_who_decided_what_when_and_why(base, tmp_path):
    base.load(*folders(tmp_path))
    found = trace(base.database, "ann-lee")
    assert found.id == "ann"
    assert [(each.kind, each.ids, each.who) for each in found.decided] == [
        ("same", ("ann", "ann-lee"), "curator")
    ]
    values = {value.name: (value.value, value.how) for value in found.why.values}
    assert values["aliases"] == (["A.", "Ann Lee"], "")
    (heard,) = trace(base.database, "ann:employed_at:meta:1").why.heard
    assert heard.standing == "retracted"
    assert heard.reason == "by curator on 2025-09-01: The same page names both."
    meta = trace(base.database, "meta").why
    assert not any(value.how for value in meta.values), "what is not certain in itself is not confirmed"


def test_conflicts_are_those_of_all_datasets_that_are_held(base, tmp_path):
    spell = {"at": "meta", "phase": "past"}
    for name, start in (("one", "2015"), ("two", "2016")):
        data = world(name, people={"ann": person("Ann", {**spell, "start": start})})
        base.load(write_folder(tmp_path / name, data))
    (found,) = held_conflicts(base.database)
    assert (found.fact, found.property, found.held, found.lost) == (
        *("ann:employed_at:meta:1", "start", "2015", "2016"),
    )
    assert held_conflicts(base.database, known_at="2020") == []


def test_a_forgotten_person_leaves_the_graph_and_stays_out(base, tmp_path):
    tiny, judge, _ = folders(tmp_path)
    base.load(tiny, judge)
    known = known_person(base.database, "ann-lee")
    assert known.ids == ("ann", "ann-lee")
    mine = tmp_path / "mine"
    add_person(mine, known.ids, known.names, day=date(2025, 11, 24))
    base.load(mine)
    named = "n.id CONTAINS 'ann' OR n.name CONTAINS 'Ann' OR n.content CONTAINS 'ann'"
    assert base.query(f"MATCH (n) WHERE {named} RETURN n.id").rows == []
    assert base.snapshot().count("Person") == 0
    base.load(tiny, judge)
    assert base.snapshot().count("Person") == 0, "the graph remembers whom to leave out"
    remove_person(mine, "ann")
    base.load(mine, tiny, judge)
    assert [node.id for node in base.snapshot().nodes("Person")] == ["ann"]


def test_words_that_name_a_forgotten_person_go_whoever_says_them_and_whenever(base, tmp_path):
    mine = tmp_path / "mine"
    add_person(mine, [], ["Zoë Quill", "周小琪"], day=date(2025, 11, 24))
    note = {"note": "Zoe Quill said so.", "title": "Assistant of Zoë Quill"}
    data = world(
        "other",
        people={
            "cy": person("Cy", {"at": "google", "phase": "current", **note}, description="Like Quill, Zoë")
        },
        events={
            "zoe-quill-leaves": {"name": "A farewell", "kind": "meeting", "lines": 1},
            "farewell": {"name": "Google's Zoë Quill leaves", "kind": "meeting", "lines": 2},
            "abschied": {"name": "Farewell", "name_zh": "昨天周·小琪离开谷歌", "kind": "meeting", "lines": 2},
            "party": {"name": "A quill for Zoe", "kind": "meeting", "lines": 3, "involves": ["cy"]},
        },
    )
    other = write_folder(tmp_path / "other", data)
    base.load(mine, other)
    together = base.snapshot()
    assert [node.id for node in together.nodes("Event")] == ["party"]
    said = str([*together.nodes("Claim"), *together.nodes("Person")])
    assert ("Zoe Quill" in said, "Zoë" in said) == (False, False)
    base.unload("other")
    base.load(other)
    assert base.snapshot() == together
    assert base.plan(other) == []


def test_an_id_that_was_merged_shows_what_it_is_now_and_a_decision_shows_itself(base, tmp_path):
    base.load(*folders(tmp_path))
    snapshot = base.snapshot()
    for show, of in ((profile, base.database), (profile_in, snapshot)):
        assert show(of, "ann-lee").entity.id == "ann"
        (decision, *_) = snapshot.nodes("Decision")
        assert show(of, decision.id).entity.labels == ("Decision",)
        with pytest.raises(KbError):
            show(of, "zoe")
