"""What is found, shown and traced in a graph that is not as a load leaves it, on both engines."""

import pytest

from kb.errors import KbError, NotFound
from kb.store.find import find
from kb.store.look import profile
from kb.store.state import cut_off, is_empty
from kb.store.trace import trace
from tests.folders import person, world, write_folder


@pytest.fixture
def database(base, tmp_path):
    base.load(write_folder(tmp_path / "tiny", world(people={"ann": person("Ann")})))
    return base.database


def test_a_node_that_was_added_by_hand_is_found_and_shown(base, database):
    base.write("CREATE (:Person {id: 'cleo', name: 'Cleo', mine: true}), (:Person {name: 'No id'})")
    assert [hit.id for hit in find(database, "cleo")] == ["cleo"]
    assert find(database, "no id") == []
    assert profile(database, "cleo").entity.properties["mine"] is True


def test_where_two_nodes_share_an_id_the_entity_comes_first(base, database):
    base.write("CREATE (:Source {id: 'ann', name: 'Ann, a weekly'})")
    assert profile(database, "ann").entity.labels == ("Person",)
    assert profile(database, "ann", kind="source").entity.name == "Ann, a weekly"


def test_in_an_empty_graph_one_is_told_to_load(base):
    assert is_empty(base.database)
    assert find(base.database, "ann") == []
    with pytest.raises(NotFound, match=r"no dataset is loaded\. Run `kb load`"):
        profile(base.database, "ann")


def test_a_fact_that_is_denied_is_told_with_its_claims(base, tmp_path):
    one = world("a", "2025-01", people={"ann": person("Ann", {"at": "meta", "phase": "past"})})
    two = world(
        "b", "2025-08", people={"ann": person("Ann", {"at": "meta", "phase": "past", "denies": True})}
    )
    base.load(write_folder(tmp_path / "a", one), write_folder(tmp_path / "b", two))
    found = trace(base.database, "ann:employed_at:meta:1")
    assert found.fact is None
    assert [(heard.claim.claim, heard.standing) for heard in found.why.heard] == [
        ("a/ann:employed_at:meta", "denied"),
        ("b/ann:employed_at:meta", "denies"),
    ]


def test_a_load_that_was_cut_off_is_seen(base, database):
    assert cut_off(database) == []
    base.write("MATCH (d:Dataset) SET d.state = 'running'")
    assert cut_off(database) == ["tiny"]


def test_a_value_that_was_changed_by_hand_is_told(base, database):
    base.write("MATCH (p:Person {id: 'ann'}) SET p.name = 'Anna'")
    name = next(value for value in trace(database, "ann").why.values if value.name == "name")
    assert (name.value, name.how) == (
        "Anna",
        "not what its claims say: changed by hand, or a load was cut off",
    )


def test_what_was_added_by_hand_rests_on_no_claim(base, database):
    base.write("CREATE (:Person {id: 'cleo', name: 'Cleo'})")
    [name] = trace(database, "cleo").why.values
    assert (name.value, name.how) == ("Cleo", "added by hand: no claim states it")


@pytest.mark.parametrize("key", ["tiny", "talk-tiny"])
def test_sources_and_datasets_rest_on_no_claims(database, key):
    with pytest.raises(KbError, match="rests on no claims"):
        trace(database, key)
