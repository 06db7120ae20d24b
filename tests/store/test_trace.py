"""Facts traced to their claims, on both engines."""

import pytest

from kb.store.held import trace_in
from kb.store.trace import trace
from tests.folders import person, world, write_folder


def test_a_fact_is_traced_to_its_claims(small_world):
    found = trace(small_world, "ann:employed_at:meta:1")
    assert [heard.claim.claim for heard in found.why.heard] == ["tiny/ann:employed_at:meta"]
    assert [heard.claim.locator for heard in found.why.heard] == ["line 2"]
    assert found.names == {"ann": "Ann Lee", "meta": "Meta"}
    assert found.related == ("ann:departed:meta:1",)
    assert {value.name: value.how for value in found.why.values}["end"] == "from the departure"


FLOW = "meta:talent_flow:openai:1"


@pytest.mark.parametrize(
    ("key", "fact"),
    [
        pytest.param("ann", "ann", id="entity"),
        pytest.param("tiny/ann", "ann", id="claim of an entity"),
        pytest.param("tiny/ann:departed:meta", "ann:departed:meta:1", id="claim of an edge"),
    ],
)
def test_an_entity_and_a_claim_are_traced_too(small_world, key, fact):
    assert trace(small_world, key).id == fact


def test_a_flow_names_the_spells_that_it_is_counted_from(small_world):
    found = trace(small_world, "meta:talent_flow:openai:1")
    assert found.related == ("ann:employed_at:meta:1", "ann:employed_at:openai:1")


@pytest.mark.parametrize(
    ("key", "names"),
    [
        pytest.param("ann:held_role:engineer:meta:1", {"ann": "Ann Lee", "engineer": "Engineer"}, id="role"),
        pytest.param("movers:about:meta:2", {"movers": "Movers", "meta": "Meta"}, id="figure"),
        pytest.param(
            "tiny/bob:employed_at:meta:about:meta:1",
            {"tiny/bob:employed_at:meta": "bob:employed_at:meta:1", "meta": "Meta"},
            id="tie of a claim",
        ),
    ],
)
def test_every_edge_is_found_by_its_id(small_world, key, names):
    assert trace(small_world, key).names == names


def test_a_flow_names_no_spell_of_who_was_at_both_ends_and_moved_another_way(base, tmp_path):
    back = ({"at": "openai", "start": 2010, "end": 2012}, {"at": "meta", "start": 2013, "end": 2015})
    lab = ({"at": "fair", "start": 2013, "end": 2015}, {"at": "openai", "start": 2016, "end": ".."})
    data = world(people={"cy": person("Cy", *back), "dee": person("Dee", *lab)})
    data["organizations"]["fair"]["part_of"] = [{"organization": "meta", "how": "division", "lines": 5}]
    base.load(write_folder(tmp_path / "tiny", data))
    for held in (trace(base.database, FLOW), trace_in(base.snapshot(), FLOW)):
        assert held.related == ("dee:employed_at:fair:1", "dee:employed_at:openai:1")
