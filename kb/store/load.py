"""How seeds get into the graph: the difference is written, by one load at a time, and booked."""

import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from kb.errors import NotFound, StoreError, WentAway
from kb.ontology import NODES, types
from kb.resolve import Entity
from kb.store import books, statements
from kb.store.apply import apply, refuse_conflicts
from kb.store.changes import Loaded
from kb.store.database import Database
from kb.store.plan import Difference
from kb.store.prepare import Asked, Prepared, Report, prepare, quietly
from kb.store.readback import counts

_DATASET: Final = NODES["Dataset"]
_TRIES: Final = 3  # of a load whose server goes away
_BACK: Final = 60.0  # seconds that a server gets to come back


def load(database: Database, asked: Asked, report: Report = quietly) -> Loaded:
    """Prepare and write, as the only load; gone on with if the server goes away and comes back.

    Raises: what `prepare` and `write` raise; WentAway if the server stays away.
    """
    planned: Loaded | None = None
    for left in reversed(range(_TRIES)):
        try:
            with database.load_lock():
                prepared = prepare(database, asked, report)
                planned = planned or prepared.planned()
                write(database, prepared, report)
                return planned
        except NotFound:
            if planned is None or not asked.without:
                raise
            return planned  # the unload was done: its last answer was lost
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


def write(database: Database, prepared: Prepared, report: Report = quietly) -> None:
    """Make the graph what the difference leads to. Raises: LoadRefused if a hand-made node is in the way."""
    difference = prepared.difference
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
    _note_moved_folders(database, difference)
    # An unchanged load may have read nothing: then the graph is as big as it was.
    big = books.is_big(difference.new) or (not difference and bool(prepared.trust))
    prepared.copy.prune(prepared.digests if big else {})
    if big and difference:
        prepared.copy.keep(difference.new, prepared.digests)


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
