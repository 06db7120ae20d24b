"""How seeds get into the graph: compared with what it holds, then written, with the books kept on the way.

The graph remembers its datasets. Those that are not at hand as folders are read back from their claims, or
read again from where they were loaded, so a load of one dataset resolves all of them, in whatever order they
came. What the books of the last load say is the same is neither read nor compared.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

from kb.errors import NotFound, StoreError, WentAway
from kb.ledger import SHIPPED, Ledger, locate, read_folder
from kb.ledger.forgotten import default_folder, has_list
from kb.names import nearest
from kb.ontology import NODES, types
from kb.resolve import Entity, Snapshot, resolve
from kb.store import books, statements
from kb.store.apply import apply, refuse_conflicts
from kb.store.changes import Loaded
from kb.store.copy import Copy
from kb.store.database import Database
from kb.store.plan import Difference
from kb.store.readback import counts, read_ledger, read_types
from kb.store.reread import reread
from kb.user_folder import user_folder

Seeds = str | Path
Provenance = Literal["full", "ids"]
Report = Callable[[str, int, int], None]  # what is being done, how much of it, out of how much
_DATASET: Final = NODES["Dataset"]
_OF_LEDGER: Final = ("Claim", "Source", "Decision")  # what a ledger is read back from, beside Dataset
_TRIES: Final = 3  # of a load whose server goes away
_BACK: Final = 60.0  # seconds that a server gets to come back


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


@dataclass(frozen=True)
class Asked:
    """What a user asks of a load."""

    seeds: Sequence[Seeds] = ()
    without: str = ""
    provenance: Provenance | None = None
    full: bool = False
    home: Path | None = None  # where the list of whom to leave out is


def load(database: Database, asked: Asked, report: Report = quietly) -> Loaded:
    """Prepare and write, as the only load; gone on with if the server goes away and comes back.

    Raises: what `prepare` and `write` raise; WentAway if the server stays away.
    """
    for left in reversed(range(_TRIES)):
        try:
            with database.load_lock():
                return write(database, prepare(database, asked, report), report)
        except WentAway:
            # Whether the last step is in is unknown; the next try compares anew.
            if not left or not _is_back(database):
                raise
    raise AssertionError


def _is_back(database: Database) -> bool:
    limit = time.monotonic() + _BACK
    while time.monotonic() < limit:
        with suppress(StoreError):
            database.read("RETURN 1 AS answer")
            return True
        time.sleep(1)
    return False


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


def write(database: Database, prepared: Prepared, report: Report = quietly) -> Loaded:
    """Make the graph what the difference leads to. Raises: LoadRefused if a hand-made node is in the way."""
    difference = prepared.difference
    counts = difference.counts()
    names = tuple(row.id for row in difference.new.nodes("Dataset"))
    if difference:
        refuse_conflicts(database, difference)
        database.schema(statements.schema())
        _open_books(database, difference)
        total, done = difference.rows(), 0

        def count(rows: int) -> None:
            nonlocal done
            done += rows
            report("writing", min(done, total), total)

        report("writing", 0, total)
        apply(database, difference, count)
    elif any(not row.properties.get("books") for row in difference.old.nodes("Dataset")):
        database.schema(statements.schema())  # what neo4j-admin has imported has no constraints
    _close_books(database, prepared)
    if difference and books.is_big(difference.new):
        prepared.copy.keep(difference.new, prepared.digests)
    _note_moved_folders(database, difference)
    return Loaded(counts["create"], counts["change"], counts["remove"], names)


def _note_moved_folders(database: Database, difference: Difference) -> None:
    """A folder that lies elsewhere now is no change, but it is where a load that is cut off is read again."""
    held = {row.id: row.properties.get("folder") for row in difference.old.nodes("Dataset")}
    for row in difference.new.nodes("Dataset"):
        folder = row.properties.get("folder")
        if row.id in held and folder != held[row.id]:
            database.write("MATCH (d:Dataset {id: $id}) SET d.folder = $to", {"id": row.id, "to": folder})


def _open_books(database: Database, difference: Difference) -> None:
    """Mark the datasets that are about to change, before anything else is written."""
    # What the books say of the graph holds for none of the datasets any more.
    database.write("MATCH (d:Dataset) WHERE d.books IS NOT NULL SET d.books = null")
    for key in difference.ids(_DATASET, "remove"):
        database.write("MATCH (d:Dataset {id: $id}) SET d.state = 'running', d.folder = null", {"id": key})
    for row in _changed(difference):
        # Title and licence are required, so a dataset has them from the start.
        start = {**row.properties, "state": "running", "books": None}
        database.write("MERGE (d:Dataset {id: $id}) SET d += $p", {"id": row.id, "p": start})


def _close_books(database: Database, prepared: Prepared) -> None:
    """Say that the datasets are whole, forget those that are gone, and note what the graph has now."""
    difference = prepared.difference
    # In one step with the books: an unload that is tried again must find its dataset, or all of it done.
    gone = difference.ids(_DATASET, "remove")
    steps: list[tuple[str, dict[str, Any]]] = [
        ("MATCH (d:Dataset {id: $id}) DETACH DELETE d", {"id": key}) for key in gone
    ]
    held = {row.id: row.properties.get("books") for row in difference.old.nodes("Dataset")}
    now = {name: (number, prepared.digests[name]) for name, number in _numbers(database, prepared).items()}
    changed = {row.id for row in _changed(difference)}
    day = datetime.now(UTC).isoformat(timespec="seconds")
    for row in difference.new.nodes("Dataset"):
        text = books.Books(prepared.files.get(row.id, ""), books.resolver_mark(), now).text()
        values: dict[str, Any] = {"books": text}
        if row.id in changed:
            values = {name: row.properties.get(name) for name in _DATASET.columns if name != "id"}
            values |= {"state": "complete", "loaded_at": day, "books": text}
        elif not difference and held.get(row.id) == text:
            continue
        sets = ", ".join(f"d.`{name}` = $p.`{name}`" for name in values)
        steps.append((f"MATCH (d:Dataset {{id: $id}}) SET {sets}", {"id": row.id, "p": values}))
    if steps:
        database.write_together(steps)


def _numbers(database: Database, prepared: Prepared) -> dict[str, int]:
    """How many there are of each type once the datasets that go are gone.

    Types that the books vouched for are not counted again: counting is what a load of few changes costs on
    the embedded engine. If somebody adds one by hand meanwhile, the next load finds another number.
    """
    difference = prepared.difference
    unknown = [kind.table for kind in types() if kind.table not in prepared.trust]
    found = dict.fromkeys(unknown, 0) | counts(database, unknown)
    if _DATASET.table in found:
        found[_DATASET.table] -= len(difference.ids(_DATASET, "remove"))
    known = {name: number for name, (number, _) in prepared.trust.items()}
    return found | {
        kind.table: known[kind.table] + difference.growth(kind) for kind in types() if kind.table in known
    }


def _changed(difference: Difference) -> list[Entity]:
    """The datasets that are new or differ."""
    changed = set(difference.ids(_DATASET, "create", "change"))
    return [row for row in difference.new.nodes("Dataset") if row.id in changed]
