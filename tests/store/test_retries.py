"""What a load does when the server takes a step back; when it goes away is in tests/faults."""

import pytest
from neo4j.exceptions import TransientError

from kb.errors import NotFound, QueryError, WentAway
from kb.ledger import read_folder
from kb.resolve import resolve
from kb.store.database import Database
from tests.folders import person, world, write_folder

JOBS = {"at": "meta", "start": 2010, "end": 2015}, {"at": "openai", "start": 2016, "phase": "current"}


@pytest.fixture
def seeds(tmp_path):
    people = {f"person-{n}": person(f"Person {n}", *JOBS) for n in range(30)}
    return write_folder(tmp_path / "tiny", world(people=people))


@pytest.fixture
def quick(monkeypatch):
    """Waits are no part of what is tested."""
    monkeypatch.setattr("kb.store.database._pauses", lambda: iter([0.0] * 100))


def short_of_memory(monkeypatch, rows):
    """From here on the server refuses transactions of more than so many rows; gives the sizes that it saw."""
    whole, sizes = Database._call, []

    def call(self, cypher, parameters, **more):
        size = len((parameters or {}).get("rows", ()))
        sizes.append(size)
        if size > rows:
            raise TransientError("Neo.TransientError.General.MemoryPoolOutOfMemoryError")
        return whole(self, cypher, parameters, **more)

    monkeypatch.setattr(Database, "_call", call)
    return sizes


def test_batches_that_are_too_much_for_the_server_are_halved(base, seeds, monkeypatch, quick):
    sizes = short_of_memory(monkeypatch, 20)
    assert base.load(seeds).created > 0
    assert max(sizes) > 20
    monkeypatch.undo()
    assert base.plan(seeds) == []
    assert base.snapshot() == resolve(read_folder(seeds))


def test_a_server_that_has_no_memory_at_all_is_told_in_one_line(base, seeds, monkeypatch, quick):
    short_of_memory(monkeypatch, 0)
    with pytest.raises(QueryError) as caught:
        base.load(seeds)
    assert "\n" not in str(caught.value)
    monkeypatch.undo()
    base.load(seeds)
    assert base.plan(seeds) == []


def test_an_unload_whose_last_answer_is_lost_is_done(base, seeds, monkeypatch):
    base.load(seeds)
    whole, lost = Database.write_together, []

    def write_together(self, steps):
        whole(self, steps)
        if not lost:
            lost.append(steps)
            raise WentAway("gone")

    monkeypatch.setattr(Database, "write_together", write_together)
    assert base.unload("tiny").removed > 0
    assert lost
    assert base.datasets() == []
    with pytest.raises(NotFound):
        base.unload("tiny")
