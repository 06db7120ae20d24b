"""What a load reads back, and what it takes from the books of the last one."""

import shutil
import stat

import pytest

from kb.ledger import read_folder
from kb.ontology import EDGES, NODES
from kb.resolve import resolve
from kb.store import Base, books, prepare
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
    whole = prepare.read_types

    def read_types(database, snapshot, tables):
        seen.extend(tables)
        whole(database, snapshot, tables)

    monkeypatch.setattr(prepare, "read_types", read_types)
    return seen


@pytest.fixture
def seeds(tmp_path):
    return write_folder(tmp_path / "tiny", world(people={"ann": ANN}))


def test_an_unchanged_folder_is_neither_read_nor_compared(base, seeds, by_books, reads, monkeypatch):
    base.load(seeds)
    reads.clear()
    monkeypatch.setattr(prepare, "read_folder", None)
    assert base.load(seeds).changes == 0
    assert base.plan(seeds) == []
    assert set(reads) == {"Dataset"}


@pytest.fixture
def changed(tmp_path):
    """The seeds with another title, in a folder of their own."""
    ann = person("Ann", {**ANN["jobs"][0], "title": "Engineer"})
    return write_folder(tmp_path / "changed" / "tiny", world(people={"ann": ann}))


CHANGED = {("change", "EMPLOYED_AT"), ("change", "Claim"), ("change", "Dataset")}


def test_types_that_differ_are_taken_from_the_copy_and_none_is_read_back(
    base, seeds, changed, by_books, reads
):
    base.load(seeds)
    reads.clear()
    assert {(each.action, each.type) for each in base.plan(changed)} == CHANGED
    assert reads == ["Dataset"]
    base.load(changed)
    assert base.plan(changed, full=True) == []
    assert base.snapshot() == resolve(read_folder(changed))


@pytest.mark.parametrize("lost", ["gone", "torn"])
def test_without_a_copy_only_types_that_differ_are_read_back(base, seeds, changed, by_books, reads, lost):
    base.load(seeds)
    for file in copies(base):
        file.unlink() if lost == "gone" else file.write_bytes(file.read_bytes()[:-20])
    reads.clear()
    assert {(each.action, each.type) for each in base.plan(changed)} == CHANGED
    assert sorted(reads) == ["Claim", "Dataset", "EMPLOYED_AT"]
    base.load(changed)
    assert base.plan(changed, full=True) == []


def test_the_copy_has_what_the_last_load_wrote_and_nothing_else(base, seeds, changed, by_books):
    base.load(seeds)
    before = copies(base)
    base.load(changed)
    assert len(before) == len(copies(base)) == len([*NODES, *EDGES])
    assert {file.name.split("-")[0] for file in before ^ copies(base)} == {"EMPLOYED_AT", "Claim", "Dataset"}
    assert stat.S_IMODE((base.home / "copies").stat().st_mode) == 0o700


def test_the_copy_of_a_graph_that_is_small_now_goes(base, seeds, changed, by_books, monkeypatch):
    base.load(seeds)
    assert copies(base)
    monkeypatch.setattr(books, "COMPARED", 1_000)
    base.load(changed)
    assert not copies(base)


def test_a_copy_goes_when_the_graph_holds_something_else_whoever_loaded_it(
    base, seeds, changed, by_books, tmp_path
):
    base.load(seeds)
    before = {file.name for file in copies(base)}
    other = Base(base.database, tmp_path / "home")
    other.load(changed)
    base.load(changed)
    assert {file.name for file in copies(base)} < before
    assert {file.name for file in copies(base)} < {file.name for file in copies(other)}


def test_what_was_changed_by_hand_since_the_copy_is_found_by_its_number(base, seeds, changed, by_books):
    base.load(seeds)
    base.write("MATCH (:Person {id: 'ann'})-[r:EMPLOYED_AT]->() DELETE r")
    base.load(changed)
    assert base.plan(changed, full=True) == []


def test_a_folder_that_cannot_be_written_takes_no_copy_and_fails_no_load(base, seeds, changed, by_books):
    shutil.rmtree(base.home / "copies", ignore_errors=True)
    (base.home / "copies").write_text("in the way")
    try:
        base.load(seeds)
        base.load(changed)
        assert base.plan(changed, full=True) == []
    finally:
        (base.home / "copies").unlink()


def copies(base):
    """The files of all copies."""
    return {*(base.home / "copies").rglob("*.parquet")}


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
