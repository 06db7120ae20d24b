"""A seed file that changes while a load reads it: all of one state or nothing, and no hash of another."""

import shutil

import pytest

from kb.errors import KbError
from kb.ledger import folder as folders
from kb.ledger import read_folder, tables
from kb.store import books, prepare
from tests.faults.commands import is_refused
from tests.faults.worlds import facts, first, picture, second

MORE = '{"person": "Late", "at": "Meta", "start": "2015", "end": "2020"}\n'


def append(path, text):
    with path.open("a") as file:
        file.write(text)


def at_the_first(monkeypatch, module, name, act):
    """Have something done right after the first call of a function, which is left as it is."""
    whole, done = getattr(module, name), []

    def call(*arguments):
        answer = whole(*arguments)
        if not done:
            done.append(act())
        return answer

    monkeypatch.setattr(module, name, call)


@pytest.fixture
def halves(seeds):
    """The seeds in two files: what is read first, and what is read then."""
    (seeds / "a.yaml").write_text("{}\n")
    return seeds


@pytest.mark.parametrize(
    ("act", "said"),
    [
        pytest.param(
            lambda path: append(path / "a.yaml", "# more\n"),
            "a.yaml: the file changed while it was read. Try again",
            id="one that was read",
        ),
        pytest.param(
            lambda path: append(path / "seeds.yaml", "\n"),
            "seeds.yaml: the file changed while it was read. Try again",
            id="one that comes next",
        ),
        pytest.param(
            lambda path: (path / "seeds.yaml").replace(path / "seeds.old"),
            "seeds.yaml: the file changed while it was read. Try again",
            id="one that goes",
        ),
        pytest.param(
            lambda path: (path / "b.yaml").write_text("{}\n"),
            "b.yaml: the file came while others were read. Try again",
            id="one that comes",
        ),
        pytest.param(
            lambda path: append(path / "rows.jsonl", "\n" + MORE),
            None,
            id="a table before it is read",
        ),
    ],
)
@pytest.mark.parametrize("engine", ["embedded"], indirect=True, scope="session")
def test_files_that_change_while_others_are_read_are_told_or_read_as_one(
    base, run_kb, halves, monkeypatch, act, said
):
    at_the_first(monkeypatch, folders, "parse", lambda: act(halves))
    result = run_kb("load", str(halves))
    if said is None:
        assert result.exit_code == 0
        assert "Late" in str(sorted(picture(base)))
    else:
        assert said in is_refused(result)
        assert base.datasets() == []


def test_a_table_that_changes_while_it_is_read_is_refused(seeds, monkeypatch):
    at_the_first(monkeypatch, tables, "_hash", lambda: append(seeds / "rows.jsonl", "\n" + MORE))
    with pytest.raises(KbError, match=r"rows\.jsonl: the file changed while it was read. Try again"):
        read_folder(seeds)


def test_the_hash_that_is_kept_is_that_of_what_was_read(base, tmp_path, monkeypatch):
    monkeypatch.setattr(books, "COMPARED", 0)  # as a big graph, whose folders are known by their hash
    folder, kept = first(tmp_path / "tiny"), tmp_path / "kept"
    base.load(folder)
    wanted = facts(picture(base))
    base.write("MATCH (n) DETACH DELETE n", timeout=None)
    shutil.copytree(folder, kept)
    with monkeypatch.context() as patch:
        # Changed after it was hashed and before it is read, and put back when it was read.
        at_the_first(patch, books, "files_hash", lambda: second(folder))
        at_the_first(patch, prepare, "read_folder", lambda: shutil.copytree(kept, folder, dirs_exist_ok=True))
        base.load(folder)
    assert facts(picture(base)) != wanted
    base.load(folder)
    assert facts(picture(base)) == wanted
    assert base.plan(folder) == []
