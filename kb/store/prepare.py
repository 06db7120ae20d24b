"""What a load is about to do: what the graph holds compared with what its datasets, and seeds, resolve to.

The graph remembers its datasets. Those that are not at hand as folders are read back from their claims, or
read again from where they were loaded, so a load of one dataset resolves all of them, in whatever order they
came. What the books of the last load say is the same is neither read nor compared.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from kb.errors import NotFound
from kb.ledger import SHIPPED, Ledger, locate, read_folder
from kb.ledger.forgotten import default_folder, has_list
from kb.names import nearest
from kb.ontology import types
from kb.resolve import Snapshot, resolve
from kb.store import books
from kb.store.changes import Loaded
from kb.store.copy import Copy
from kb.store.database import Database
from kb.store.plan import Difference
from kb.store.readback import read_ledger, read_types
from kb.store.reread import reread
from kb.user_folder import user_folder

Seeds = str | Path
Provenance = Literal["full", "ids"]
Report = Callable[[str, int, int], None]  # what is being done, how much of it, out of how much
_OF_LEDGER: Final = ("Claim", "Source", "Decision")  # what a ledger is read back from, beside Dataset


def quietly(what: str, done: int, total: int) -> None:
    """Report nothing."""


@dataclass(frozen=True)
class Prepared:
    """What a load is about to do, and what the books will say of it."""

    difference: Difference
    trust: Mapping[str, tuple[int, str]]  # by type: its number before, and its digest
    digests: Mapping[str, str]
    files: Mapping[str, str]  # by dataset: the hash of its folder's files
    copy: Copy

    def planned(self) -> Loaded:
        """What the load does once it is written."""
        counts = self.difference.counts()
        names = tuple(row.id for row in self.difference.new.nodes("Dataset"))
        return Loaded(counts["create"], counts["change"], counts["remove"], names)


@dataclass(frozen=True)
class Asked:
    """What a user asks of a load."""

    seeds: Sequence[Seeds] = ()
    without: str = ""
    provenance: Provenance | None = None
    full: bool = False
    home: Path | None = None  # where the list of whom to leave out is


def prepare(database: Database, asked: Asked, report: Report = quietly) -> Prepared:
    """Compare what the graph holds with what its datasets, and the folders at hand, resolve to."""
    ledger = Ledger()
    if not asked.without:
        report("reading seeds", 0, 0)
    given = [] if asked.without else list(dict.fromkeys(map(locate, asked.seeds or SHIPPED)))
    folders = [*given, *_lists(given, asked)]
    held = Snapshot(ledger.connection)
    copy = Copy.of(user_folder(asked.home), *database.place())
    read_types(database, held, ["Dataset"])
    states = {row.id: row.properties for row in held.nodes("Dataset")}
    kept = {name: books.read_books(row.get("books")) for name, row in states.items()}
    whole = all(row.get("state") == "complete" for row in states.values())
    trust = books.trusted(database, kept.values()) if whole and not asked.full else {}
    stood = {folder: books.files_stand(folder) for folder in folders}
    hashes = {folder: books.files_hash(folder) for folder in folders}
    files = {name: each.files for name, each in kept.items() if each}
    if not asked.without and _is_unchanged(asked, given, hashes, states, files, trust):
        every = [kind.table for kind in types()]
        digests = {name: digest for name, (_, digest) in trust.items()}
        return Prepared(Difference(held, held, same=every), trust, digests, files, copy)
    for folder in folders:
        before = ledger.datasets
        if folder not in given and {*before} & {*read_folder(folder).datasets}:
            continue  # the list is loaded from another place
        read_folder(folder, ledger)
        (name,) = set(ledger.datasets) - set(before)
        # The hash of files that were changed before they were read vouches for what is not loaded.
        files[name] = hashes[folder] if books.files_stand(folder) == stood[folder] else ""
        wanted = asked.provenance if folder in given else None
        ledger.set_provenance(name, wanted or states.get(name, {}).get("provenance", "full"))
    if asked.without and asked.without not in states:
        near = nearest(asked.without, states)
        hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(states) or 'none'}"
        raise NotFound(f"no dataset `{asked.without}` in the graph", hint=hint)
    report("reading the graph", 0, 0)
    graph = _Graph(database, held, trust, copy)
    _read_the_rest(graph, states, ledger, without=asked.without, files=files)
    report("resolving", 0, 0)
    new = resolve(ledger)
    digests = books.digests(new)
    same = [name for name, (_, digest) in trust.items() if digest == digests[name] and name not in graph.read]
    report("reading the graph", 0, 0)
    graph.fill(kind.table for kind in types() if kind.table not in same)
    return Prepared(Difference(held, new, same=same), trust, digests, files, copy)


class _Graph:
    """What the graph holds, filled into a snapshot as it is needed: from the copy, or read back."""

    def __init__(
        self, database: Database, held: Snapshot, trust: Mapping[str, tuple[int, str]], copy: Copy
    ) -> None:
        self.held, self.trust = held, trust
        self.read = {"Dataset"}
        self._database, self._copy = database, copy

    def fill(self, tables: Iterable[str]) -> None:
        """Fill the tables that are not filled yet."""
        missing = [table for table in tables if table not in self.read]
        self.read.update(missing)
        read_types(
            self._database,
            self.held,
            [
                name
                for name in missing
                if not self._copy.fill(self.held, name, self.trust.get(name, (0, ""))[1])
            ],
        )


def _lists(given: Sequence[Path], asked: Asked) -> list[Path]:
    """The folder of the user's own list of whom to leave out, which every load takes along."""
    mine = default_folder(asked.home)
    if not has_list(mine):
        return []
    mine = locate(mine)
    return [mine] if mine not in given and asked.without not in read_folder(mine).datasets else []


def _is_unchanged(
    asked: Asked,
    given: Sequence[Path],
    hashes: Mapping[Path, str],
    states: Mapping[str, Mapping[str, Any]],
    files: Mapping[str, str],
    trust: Mapping[str, tuple[int, str]],
) -> bool:
    """Whether the books alone say that nothing is to be done."""
    if not hashes or len(trust) < len(list(types())):
        return False
    held = {row.get("folder"): (files.get(name), row.get("provenance")) for name, row in states.items()}
    for folder, digest in hashes.items():
        loaded, provenance = held.get(str(folder), ("", ""))
        wanted = asked.provenance if folder in given else None
        if not digest or loaded != digest or wanted not in (None, provenance):
            return False
    return True


def _read_the_rest(
    graph: _Graph,
    states: Mapping[str, Mapping[str, Any]],
    ledger: Ledger,
    *,
    without: str,
    files: dict[str, str],
) -> None:
    """Add the claims of the datasets that are not at hand."""
    from_graph = []
    for name in sorted(set(states) - set(ledger.datasets) - {without}):
        row = states[name]
        if row.get("state") != "complete":
            if "folder" in row:  # else its unload was cut off, and goes on
                reread(name, row, ledger, why="was cut off")
        elif row.get("provenance") == "ids":
            reread(name, row, ledger, why="keeps no claims in the graph")
        elif graph.trust and _is_as_loaded(row, files.get(name, "")):
            reread(name, row, ledger, why="was not read back")
            if not _is_as_loaded(row, files[name]):
                files[name] = ""
        else:
            # The files were not read, so their hash says nothing of what the graph has now.
            files.pop(name, None)
            from_graph.append(name)
    if from_graph:
        graph.fill(_OF_LEDGER)
        read_ledger(graph.held, from_graph, ledger)


def _is_as_loaded(row: Mapping[str, Any], digest: str) -> bool:
    """Whether the folder of a dataset still has the files that it was loaded from: faster than its claims."""
    folder = Path(row.get("folder") or "")
    return bool(digest) and folder.is_dir() and books.files_hash(folder) == digest
