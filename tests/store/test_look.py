"""What `find`, `show` and `why` get from the graph, on both engines."""

import pytest

from kb.errors import NotFound
from kb.store.find import find
from kb.store.look import cut_off, is_empty, profile
from kb.store.trace import trace
from tests.folders import person, world, write_folder

ANN = person(
    "Ann Lee",
    {"at": "meta", "role": "engineer", "left": {"date": "2025-08", "to": "openai", "lines": 3}},
    {"at": "openai", "phase": "current", "start": "2025-08"},
    name_zh="安·李",
    aliases=["A. Lee"],
    worked_on=[{"project": "torch", "lines": 4}],
)
BOB = person("Robert Ångström", {"at": "meta", "phase": "current"})


@pytest.fixture
def seeds(tmp_path):
    data = world(
        people={"ann": ANN, "bob": BOB},
        projects={"torch": {"name": "Torch", "kind": "framework", "lines": 1}},
        roles={"engineer": {"name": "Engineer", "family": "engineering", "lines": 1}},
        statistics={
            "movers": {
                "name": "Movers",
                "metric": "people_moved",
                "value": 140,
                "unit": "person",
                "qualifier": "exact",
                "lines": 6,
                "about": [{"organization": "meta", "as": "from"}],
            }
        },
        events={"freeze": {"name": "A freeze", "kind": "hiring_freeze", "involves": ["meta"], "lines": 7}},
    )
    return write_folder(tmp_path / "tiny", data)


@pytest.fixture
def database(base, seeds):
    base.load(seeds)
    return base.database


@pytest.mark.parametrize(
    ("text", "first"),
    [
        pytest.param("ann lee", "ann", id="name"),
        pytest.param("LEE", "ann", id="part of a name, other case"),
        pytest.param("安·李", "ann", id="Chinese"),
        pytest.param("李", "ann", id="part of a Chinese name"),
        pytest.param("anli", "ann", id="pinyin"),
        pytest.param("A. Lee", "ann", id="alias"),
        pytest.param("angstrom", "bob", id="without accents"),
        pytest.param("opnai", "openai", id="mistyped"),
        pytest.param("bob", "bob", id="id"),
        pytest.param("torch", "torch", id="project"),
        pytest.param("talk-tiny", "talk-tiny", id="source"),
    ],
)
def test_a_search_finds_by(database, text, first):
    assert find(database, text)[0].id == first


def test_a_search_tells_which_name_fits(database):
    [hit] = find(database, "a. lee")
    assert (hit.type, hit.name, hit.name_zh, hit.matched) == ("Person", "Ann Lee", "安·李", "A. Lee")


def test_names_that_are_only_alike_are_found_when_nothing_fits_better(database):
    assert [hit.id for hit in find(database, "metta")] == ["meta"]
    assert [hit.id for hit in find(database, "meta")] == ["meta"]


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        pytest.param("organization", ["google", "meta", "openai"], id="type"),
        pytest.param("company", ["google", "meta", "openai"], id="kind"),
        pytest.param("person", [], id="other type"),
    ],
)
def test_a_search_can_be_for_one_type(database, kind, found):
    hits = [hit.id for name in ("google", "meta", "openai") for hit in find(database, name, kind=kind)]
    assert hits == found


def test_a_node_that_was_added_by_hand_is_found_and_shown(base, database):
    base.write("CREATE (:Person {id: 'cleo', name: 'Cleo', mine: true}), (:Person {name: 'No id'})")
    assert [hit.id for hit in find(database, "cleo")] == ["cleo"]
    assert find(database, "no id") == []
    assert profile(database, "cleo").entity.properties["mine"] is True


def test_a_profile_has_every_edge_and_the_names_at_its_ends(database):
    ann = profile(database, "ann")
    assert [(each.id, ann.name(each.end)) for each in ann.relations] == [
        ("ann:departed:meta:1", "Meta"),
        ("ann:employed_at:meta:1", "Meta"),
        ("ann:employed_at:openai:1", "Openai"),
        ("ann:held_role:engineer:1", "Engineer"),
        ("ann:worked_on:torch:1", "Torch"),
    ]
    assert [(cited.id, cited.claims) for cited in ann.cited] == [("talk-tiny", 6)]


def test_a_profile_of_an_organization_has_what_comes_in_and_goes_out(database):
    meta = profile(database, "meta")
    assert {relation.id for relation in meta.relations} == {
        "ann:departed:meta:1",
        "ann:employed_at:meta:1",
        "bob:employed_at:meta:1",
        "freeze:involves:meta:1",
        "meta:talent_flow:openai:1",
        "movers:about:meta:2",
    }
    assert meta.name("openai") == "Openai"
    assert meta.others["movers"].properties["value"] == 140


@pytest.mark.parametrize(
    ("key", "label", "relations"),
    [
        pytest.param("torch", "Project", ["ann:worked_on:torch:1"], id="project"),
        pytest.param("engineer", "Role", ["ann:held_role:engineer:1"], id="role"),
        pytest.param("movers", "Statistic", ["movers:about:meta:2"], id="statistic"),
        pytest.param("freeze", "Event", ["freeze:involves:meta:1"], id="event"),
        pytest.param("talk-tiny", "Source", [], id="source"),
        pytest.param("tiny", "Dataset", [], id="dataset"),
        pytest.param(
            "tiny/bob",
            "Claim",
            ["tiny/bob:about:bob:1", "tiny/bob:from_source:talk-tiny:1"],
            id="claim",
        ),
    ],
)
def test_anything_with_an_id_has_a_profile(database, key, label, relations):
    found = profile(database, key)
    assert found.entity.labels[0] == label
    assert [relation.id for relation in found.relations] == relations


def test_where_two_nodes_share_an_id_the_entity_comes_first(base, database):
    base.write("CREATE (:Source {id: 'ann', name: 'Ann, a weekly'})")
    assert profile(database, "ann").entity.labels == ("Person",)
    assert profile(database, "ann", kind="source").entity.name == "Ann, a weekly"


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        pytest.param("an", "Did you mean ann?", id="mistyped id"),
        pytest.param("opnai", "Did you mean openai", id="another beginning"),
        pytest.param("ann:employed_at:meta", "Did you mean ann:employed_at:meta:1?", id="no number"),
        pytest.param("ann:employed_at:mta:1", "Did you mean ann:employed_at:meta:1", id="mistyped fact"),
        pytest.param("ann:xyz", "`kb show ann` lists the facts of `ann`", id="no such fact"),
        pytest.param("qqqqqq", "Search with `kb find`", id="nothing like it"),
    ],
)
def test_an_id_that_is_not_there_names_the_nearest(database, key, hint):
    with pytest.raises(NotFound) as error:
        trace(database, key)
    assert error.value.hint.startswith(hint)


def test_in_an_empty_graph_one_is_told_to_load(base):
    assert is_empty(base.database)
    assert find(base.database, "ann") == []
    with pytest.raises(NotFound, match=r"no dataset is loaded\. Run `kb load`"):
        profile(base.database, "ann")


def test_a_fact_is_traced_to_its_claims(database):
    found = trace(database, "ann:employed_at:meta:1")
    assert [heard.claim.claim for heard in found.why.heard] == ["tiny/ann:employed_at:meta"]
    assert [heard.claim.locator for heard in found.why.heard] == ["line 2"]
    assert found.names == {"ann": "Ann Lee", "meta": "Meta"}
    assert found.related == ("ann:departed:meta:1",)
    assert {value.name: value.how for value in found.why.values}["end"] == "from the departure"


@pytest.mark.parametrize(
    ("key", "fact"),
    [
        pytest.param("ann", "ann", id="entity"),
        pytest.param("tiny/ann", "ann", id="claim of an entity"),
        pytest.param("tiny/ann:departed:meta", "ann:departed:meta:1", id="claim of an edge"),
    ],
)
def test_an_entity_and_a_claim_are_traced_too(database, key, fact):
    assert trace(database, key).id == fact


def test_a_flow_names_the_spells_that_it_is_counted_from(database):
    found = trace(database, "meta:talent_flow:openai:1")
    assert found.related == ("ann:employed_at:meta:1", "ann:employed_at:openai:1")


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
