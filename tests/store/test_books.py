"""What a load reads back, and what it takes from the books of the last one."""

import pytest

from kb.ledger import read_folder
from kb.resolve import resolve
from kb.store import books, load
from tests.folders import person, world, write_folder

ANN = person("Ann", {"at": "meta", "start": 2010, "phase": "past", "end": 2015})
BOB = person("Bob", {"at": "google", "phase": "current"})


@pytest.fixture
def by_books(monkeypatch):
    """Take any graph for a big one."""
    monkeypatch.setattr(books, "COMPARED", 0)


@pytest.fixture
def reads(monkeypatch):
    """The types that are read back from the graph, in order."""
    seen = []
    whole = load.read_types

    def read_types(database, snapshot, tables):
        seen.extend(tables)
        whole(database, snapshot, tables)

    monkeypatch.setattr(load, "read_types", read_types)
    return seen


@pytest.fixture
def seeds(tmp_path):
    return write_folder(tmp_path / "tiny", world(people={"ann": ANN}))


def test_an_unchanged_folder_is_neither_read_nor_compared(base, seeds, by_books, reads, monkeypatch):
    base.load(seeds)
    reads.clear()
    monkeypatch.setattr(load, "read_folder", None)
    assert base.load(seeds).changes == 0
    assert base.plan(seeds) == []
    assert set(reads) == {"Dataset"}


def test_only_types_that_differ_are_read_back(base, seeds, tmp_path, by_books, reads):
    base.load(seeds)
    reads.clear()
    changed = person("Ann", {**ANN["jobs"][0], "title": "Engineer"})
    folder = write_folder(tmp_path / "tiny", world(people={"ann": changed}))
    assert {(each.action, each.type) for each in base.plan(folder)} == {
        ("change", "EMPLOYED_AT"),
        ("change", "Claim"),
        ("change", "Dataset"),
    }
    assert sorted(reads) == ["Claim", "Dataset", "EMPLOYED_AT"]
    base.load(folder)
    assert base.plan(folder, full=True) == []
    assert base.snapshot() == resolve(read_folder(folder))


def test_another_dataset_is_read_from_its_folder_and_not_from_its_claims(
    base, seeds, tmp_path, by_books, reads
):
    other = write_folder(tmp_path / "b", world("b", people={"bob": BOB}))
    base.load(seeds)
    base.load(other)
    together = base.snapshot()
    base.unload("b")
    base.load(other)
    assert base.snapshot() == together
    seeds.rename(tmp_path / "away")
    base.load(other, full=True)
    assert base.snapshot() == together


def test_a_fact_that_was_removed_by_hand_is_found_by_its_number(base, seeds, by_books):
    base.load(seeds)
    base.write("MATCH (:Person {id: 'ann'})-[r:EMPLOYED_AT]->() DELETE r")
    assert [(each.action, each.type) for each in base.plan(seeds)] == [("create", "EMPLOYED_AT")]
    base.load(seeds)
    assert base.plan(seeds, full=True) == []


def test_a_value_that_was_changed_by_hand_is_found_when_all_is_compared(base, seeds, by_books):
    base.load(seeds)
    base.write("MATCH (p:Person {id: 'ann'}) SET p.name = 'Not Ann'")
    assert base.plan(seeds) == []
    assert [each.id for each in base.plan(seeds, full=True)] == ["ann"]
    base.load(seeds, full=True)
    assert base.plan(seeds, full=True) == []


def test_a_small_graph_is_always_compared_whole(base, seeds):
    base.load(seeds)
    base.write("MATCH (p:Person {id: 'ann'}) SET p.name = 'Not Ann'")
    assert [each.id for each in base.plan(seeds)] == ["ann"]


@pytest.mark.parametrize(
    "books_of_another",
    [
        pytest.param("SET d.books = 'oops'", id="changed by hand"),
        pytest.param("REMOVE d.books", id="none"),
        pytest.param("SET d.state = 'running'", id="cut off"),
    ],
)
def test_books_that_cannot_be_trusted_are_not(base, seeds, by_books, books_of_another):
    base.load(seeds)
    base.write("MATCH (p:Person {id: 'ann'}) SET p.name = 'Not Ann'")
    base.write(f"MATCH (d:Dataset) {books_of_another}")
    assert "ann" in [each.id for each in base.plan(seeds)]
    base.load(seeds)
    assert base.plan(seeds, full=True) == []


def test_books_of_another_version_of_kb_are_not_trusted(base, seeds, by_books, monkeypatch):
    base.load(seeds)
    base.write("MATCH (p:Person {id: 'ann'}) SET p.name = 'Not Ann'")
    monkeypatch.setattr(books, "resolver_mark", lambda: "another")
    assert [each.id for each in base.plan(seeds)] == ["ann"]


def test_a_graph_is_read_back_page_by_page(base, tmp_path, monkeypatch):
    monkeypatch.setattr("kb.store.readback.PAGE", 7)
    monkeypatch.setattr("kb.store.readback._SAMPLED", 0.5)
    people = {f"person-{n}": person(f"Person {n}", *ANN["jobs"]) for n in range(40)}
    folder = write_folder(tmp_path / "many", world(people=people))
    base.load(folder)
    assert base.snapshot() == resolve(read_folder(folder))
    assert base.plan(folder) == []


def test_a_hash_of_files_tells_names_and_places_apart(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.yaml").write_text("x")
    before = books.files_hash(tmp_path)
    (tmp_path / ".hidden").write_text("not read")
    assert books.files_hash(tmp_path) == before
    (tmp_path / "a" / "one.yaml").rename(tmp_path / "one.yaml")
    assert books.files_hash(tmp_path) != before
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    assert books.files_hash(tmp_path)
