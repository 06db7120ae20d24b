"""Datasets whose claims are no nodes: facts keep their ids, and the folder tells what they say."""

import pytest

from kb.errors import LoadRefused
from kb.ledger import read_folder
from kb.resolve import resolve
from kb.store.trace import trace
from tests.folders import person, world, write_folder

ANN = person("Ann", {"at": "meta", "start": 2010, "phase": "past", "end": 2015})
BOB = person("Bob", {"at": "google", "phase": "current"})
CLAIMS = "MATCH (c:Claim) RETURN count(*) AS n"


@pytest.fixture
def seeds(tmp_path):
    return write_folder(tmp_path / "tiny", world(people={"ann": ANN}))


@pytest.fixture
def other(tmp_path):
    return write_folder(tmp_path / "b", world("b", people={"bob": BOB, "ann": person("Ann Lee")}))


def test_claims_stay_ids_until_the_user_says_otherwise(base, seeds):
    base.load(seeds, provenance="ids")
    assert base.query(CLAIMS).rows == [(0,)]
    rows = base.query("MATCH (:Person)-[r:EMPLOYED_AT]->() RETURN r.claims").rows
    assert rows == [(["tiny/ann:employed_at:meta"],)]
    assert base.plan(seeds) == []
    assert base.load(seeds).changes == 0
    base.load(seeds, provenance="full")
    assert base.snapshot() == resolve(read_folder(seeds))


def test_a_full_dataset_can_become_one_of_ids(base, seeds):
    base.load(seeds)
    base.load(seeds, provenance="ids")
    assert base.query(CLAIMS).rows == [(0,)]
    assert base.plan(seeds, full=True) == []


def test_another_load_reads_its_folder_again(base, seeds, other):
    base.load(seeds, provenance="ids")
    base.load(other)
    one_by_one = base.snapshot()
    assert base.query("MATCH (c:Claim {fact: 'ann'}) RETURN c.id").rows == [("b/ann",)]
    base.load(seeds, other)
    assert base.snapshot() == one_by_one
    base.unload("tiny")
    assert base.snapshot() == resolve(read_folder(other))


@pytest.mark.parametrize("what", ["gone", "changed"])
def test_another_load_is_refused_if_its_folder_is_not_as_it_was(base, seeds, other, tmp_path, what):
    base.load(seeds, provenance="ids")
    before = base.snapshot()
    if what == "gone":
        seeds.rename(tmp_path / "away")
    else:
        write_folder(tmp_path / "tiny", world(people={"ann": BOB}))
    with pytest.raises(LoadRefused, match=f"`tiny` keeps no claims in the graph, and its folder .* {what}"):
        base.load(other)
    assert base.snapshot() == before
    base.unload("tiny")
    base.load(other)


def test_why_says_where_the_claims_are(base, seeds):
    base.load(seeds, provenance="ids")
    found = trace(base.database, "ann:employed_at:meta:1")
    assert found.elsewhere == (f"tiny keeps the ids of its claims only; what they say is in {seeds}",)
    assert {value.how for value in found.why.values} == {
        "from a claim that the graph keeps the id of, and no more"
    }


def test_known_at_reads_the_folder_again(base, seeds):
    base.load(seeds, provenance="ids")
    assert base.snapshot(known_at="2024").count("Person") == 0
    assert base.snapshot(known_at="2025-08-31").count("EMPLOYED_AT") == 1
