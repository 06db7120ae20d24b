"""Loading, planning and unloading, as a user meets them."""

import pytest

from kb.errors import AmbiguousSpell, LoadRefused, NotFound, ReadOnlyError, SeedError, StoreError
from kb.ledger import read_folder
from kb.resolve import resolve
from tests.folders import person, world, write_folder

ANN = person(
    "Ann",
    {"at": "meta", "left": {"date": "2025-08", "to": "openai", "lines": 3}},
    {"at": "openai", "phase": "current", "start": "2025-08"},
)


@pytest.fixture
def seeds(tmp_path):
    return write_folder(tmp_path / "tiny", world(people={"ann": ANN}))


def test_a_second_load_changes_nothing(base, seeds):
    planned = base.plan(seeds)
    assert {change.action for change in planned} == {"create"}
    assert base.load(seeds).created == len(planned) > 20
    assert base.plan(seeds) == []
    assert base.load(seeds).changes == 0


def test_the_snapshot_of_the_seeds_is_the_snapshot_read_back(base, seeds):
    base.load(seeds)
    assert base.snapshot() == resolve(read_folder(seeds))


def test_a_plan_names_what_a_load_would_do_and_changes_nothing(base, seeds, tmp_path):
    base.load(seeds)
    changed = person("Ann Lee", *ANN["jobs"][:1])
    write_folder(tmp_path / "tiny", world(people={"ann": changed}))
    before = base.snapshot()
    plan = {(change.action, change.type, change.id): change.properties for change in base.plan(seeds)}
    assert plan["change", "Person", "ann"] == {"name": ("Ann", "Ann Lee")}
    assert ("remove", "EMPLOYED_AT", "ann:employed_at:openai:1") in plan
    assert ("remove", "TALENT_FLOW", "meta:talent_flow:openai:1") in plan
    assert {key[0] for key in plan} == {"change", "remove"}
    assert base.snapshot() == before


def test_a_deleted_claim_takes_away_exactly_its_fact(base, seeds, tmp_path):
    data = world(
        people={"ann": ANN | {"worked_on": [{"project": "torch", "lines": 4}]}},
        projects={"torch": {"name": "Torch", "kind": "framework", "lines": 1}},
    )
    base.load(write_folder(tmp_path / "tiny", data))
    del data["people"]["ann"]["worked_on"]
    removed = [
        (change.type, change.id)
        for change in base.plan(write_folder(tmp_path / "tiny", data))
        if change.action == "remove"
    ]
    assert removed == [("Claim", "tiny/ann:worked_on:torch"), ("WORKED_ON", "ann:worked_on:torch:1")]


def test_unloading_leaves_what_others_say(base, tmp_path):
    one = write_folder(
        tmp_path / "a", world("a", people={"ann": person("Ann", {"at": "meta", "phase": "past"})})
    )
    two = write_folder(
        tmp_path / "b", world("b", people={"ann": person("Ann", {"at": "google", "phase": "past"})})
    )
    base.load(one, two)
    base.unload("b")
    rows = base.query("MATCH (p:Person)-[:EMPLOYED_AT]->(o) RETURN p.id, o.id, p.datasets").rows
    assert rows == [("ann", "meta", ["a"])]
    assert [dataset["id"] for dataset in base.datasets()] == ["a"]
    base.unload("a")
    assert base.query("MATCH (n) RETURN count(*) AS n").rows == [(0,)]


def test_a_dataset_that_is_not_there_cannot_be_unloaded(base, seeds):
    base.load(seeds)
    with pytest.raises(NotFound, match="Did you mean tiny"):
        base.unload("tiiny")


def test_a_mistake_in_the_seeds_loads_nothing(base, tmp_path):
    data = world(people={"ann": person("Ann", {"at": "mta", "phase": "past"})})
    with pytest.raises(SeedError):
        base.load(write_folder(tmp_path / "tiny", data))
    assert base.query("MATCH (n) RETURN count(*) AS n").rows == [(0,)]


def test_an_ambiguity_loads_nothing(base, tmp_path):
    two = person(
        "Ann",
        {"at": "meta", "spell": 1, "start": 2010, "end": 2012},
        {"at": "meta", "spell": 2, "start": 2015, "end": 2018},
    )
    base.load(write_folder(tmp_path / "a", world("a", people={"ann": two})))
    before = base.snapshot()
    with pytest.raises(AmbiguousSpell):
        base.load(
            write_folder(
                tmp_path / "b", world("b", people={"ann": person("Ann", {"at": "meta", "phase": "past"})})
            )
        )
    assert base.snapshot() == before


def test_a_node_added_by_hand_is_not_overwritten(base, seeds):
    base.write("CREATE (:Person {id: 'ann', name: 'My Ann'})")
    with pytest.raises(LoadRefused, match="Person `ann` was added by hand"):
        base.load(seeds)
    assert base.query("MATCH (p:Person) RETURN p.name").rows == [("My Ann",)]
    assert base.datasets() == []


def test_a_node_with_an_edge_added_by_hand_is_not_removed(base, seeds):
    base.load(seeds)
    base.write("MATCH (p:Person {id: 'ann'}) CREATE (:Note {text: 'mine'})-[:ON]->(p)")
    with pytest.raises(LoadRefused, match="Person `ann` goes or changes its kind, but a ON edge"):
        base.unload("tiny")
    assert base.query("MATCH (:Note)-[:ON]->(p:Person) RETURN p.id").rows == [("ann",)]


def meta_as(kind, tmp_path):
    data = world(people={"ann": ANN})
    data["organizations"]["meta"]["kind"] = kind
    return write_folder(tmp_path / "tiny", data)


def test_an_organization_that_changes_its_kind_keeps_its_edges(base, seeds, tmp_path):
    base.load(seeds)
    folder = meta_as("other", tmp_path)
    base.load(folder)
    assert base.plan(folder) == []
    assert base.snapshot() == resolve(read_folder(folder))
    rows = base.query("MATCH (o:Other {id: 'meta'})<-[:EMPLOYED_AT]-(p) RETURN p.id").rows
    assert rows == [("ann",)]
    assert base.query("MATCH (o:Company {id: 'meta'}) RETURN o.id").rows == []


@pytest.mark.parametrize(
    "by_hand",
    [
        pytest.param("MATCH (o:Organization {id: 'meta'}) SET o.rank = 7", id="property"),
        pytest.param("MATCH (o:Organization {id: 'meta'}) CREATE (:Note)-[:ON]->(o)", id="edge"),
        pytest.param("MATCH (o:Organization {id: 'meta'}) CREATE (o)-[:LIKES]->(o)", id="loop"),
        pytest.param(
            "MATCH (o:Organization {id: 'meta'})<-[r:EMPLOYED_AT]-() SET r.mine = 7", id="property of an edge"
        ),
    ],
)
def test_one_that_has_something_added_by_hand_does_not_change_its_kind(base, seeds, tmp_path, by_hand):
    base.load(seeds)
    base.write(by_hand)
    before = base.snapshot()
    with pytest.raises(LoadRefused, match="changes its kind"):
        base.load(meta_as("other", tmp_path))
    assert base.snapshot() == before
    assert [dataset["state"] for dataset in base.datasets()] == ["complete"]


def test_an_edge_added_by_hand_under_the_id_of_a_fact_is_not_touched(base, seeds, tmp_path):
    base.load(write_folder(tmp_path / "b", world("b", people={"ann": person("Ann")})))
    base.write(
        "MATCH (p:Person {id: 'ann'}) MATCH (o:Organization {id: 'meta'}) "
        "CREATE (p)-[:EMPLOYED_AT {id: 'ann:employed_at:meta:1', title: 'Mine'}]->(o)"
    )
    base.load(seeds)
    base.load(meta_as("company", tmp_path))
    base.unload("tiny")
    assert base.query("MATCH (:Person)-[r:EMPLOYED_AT]->() RETURN r.title").rows == [("Mine",)]


def test_an_unload_that_was_cut_off_can_be_repeated(base, seeds, tmp_path):
    other = write_folder(tmp_path / "b", world("b", people={"bob": person("Bob")}))
    base.load(other)
    alone = base.snapshot()
    base.load(seeds)

    def report(what, done, total):
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        base.unload("tiny", report=report)
    assert {dataset["id"]: dataset["state"] for dataset in base.datasets()} == {
        "b": "complete",
        "tiny": "running",
    }
    base.unload("tiny")
    assert base.snapshot() == alone


def test_a_folder_that_was_moved_is_no_change_but_remembered(base, seeds, tmp_path):
    base.load(seeds)
    moved = seeds.rename(tmp_path / "moved")
    assert base.load(moved).changes == 0
    assert [dataset["folder"] for dataset in base.datasets()] == [str(moved)]


def test_a_claim_that_was_changed_by_hand_is_told(base, seeds, tmp_path):
    base.load(seeds)
    base.write("MATCH (c:Claim {id: 'tiny/ann'}) SET c.content = 'oops'")
    other = write_folder(tmp_path / "b", world("b", people={"bob": person("Bob")}))
    with pytest.raises(StoreError, match="changed by hand"):
        base.load(other)
    base.load(seeds)
    base.load(other)


def test_a_second_load_at_the_same_time_is_refused(base, seeds):
    with base.database.load_lock(), pytest.raises(LoadRefused):
        base.load(seeds)
    assert base.load(seeds).created


def test_a_query_that_writes_is_refused_and_the_graph_unharmed(base, seeds):
    base.load(seeds)
    before = base.snapshot()
    with pytest.raises(ReadOnlyError):
        base.query("MATCH (n) DETACH DELETE n")
    assert base.snapshot() == before


def test_known_at_shows_what_had_been_published_by_then(base, tmp_path):
    early = world("a", "2024", people={"ann": person("Ann", {"at": "meta", "phase": "current"})})
    late = world("b", "2025", people={"ann": person("Ann", {"at": "meta", "phase": "past", "end": 2025})})
    base.load(write_folder(tmp_path / "a", early), write_folder(tmp_path / "b", late))
    (then,) = base.snapshot(known_at="2024").edges("EMPLOYED_AT")
    (now,) = base.snapshot().edges("EMPLOYED_AT")
    assert (then.properties["phase"], now.properties["phase"]) == ("current", "past")


def test_hostile_text_stays_text(base, tmp_path):
    name = "Robert'); MATCH (n) DETACH DELETE n; // \"`$x` {1}"
    folder = write_folder(tmp_path / "tiny", world(people={"ann": person(name)}))
    base.load(folder)
    assert base.query("MATCH (p:Person) RETURN p.name").rows == [(name,)]
    assert base.plan(folder) == []


def test_a_snapshot_of_a_graph_that_is_not_whole_warns(base, seeds):
    base.load(seeds)
    base.write("MATCH (d:Dataset) SET d.state = 'running'")
    with pytest.warns(UserWarning, match="the load of tiny goes on, or was cut off"):
        base.snapshot()


def test_an_answer_can_be_gone_through_row_by_row(base):
    answer = base.query("UNWIND [1, 2] AS n RETURN n")
    assert (len(answer), list(answer)) == (2, [(1,), (2,)])
