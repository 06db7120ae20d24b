"""How seeds get into the graph: compared with what it holds, then written, with the books kept on the way.

The graph remembers its datasets. Those that are not at hand as folders are read back from their claims, so a
load of one dataset resolves all of them, in whatever order they came.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from kb.errors import LoadRefused, NotFound
from kb.ledger import SHIPPED, Ledger, locate, read_folder
from kb.ledger.forgotten import default_folder, has_list
from kb.names import nearest
from kb.ontology import NODES
from kb.resolve import Entity, resolve
from kb.store import statements
from kb.store.apply import apply, refuse_conflicts
from kb.store.changes import Loaded
from kb.store.database import Database
from kb.store.plan import Difference
from kb.store.readback import read_ledger, read_snapshot

Seeds = str | Path
Report = Callable[[str, int, int], None]  # what is being done, how much of it, out of how much
_DATASET: Final = NODES["Dataset"]


def quietly(what: str, done: int, total: int) -> None:
    """Report nothing."""


def difference(
    database: Database,
    seeds: Sequence[Seeds],
    report: Report = quietly,
    *,
    without: str = "",
    home: Path | None = None,
) -> Difference:
    """Compare what the graph holds with what its datasets, and the folders at hand, resolve to."""
    ledger = Ledger()
    if not without:
        report("reading seeds", 0, 0)
        for folder in dict.fromkeys(map(locate, seeds or SHIPPED)):
            read_folder(folder, ledger)
    mine = default_folder(home)
    if has_list(mine):
        listed = read_folder(mine).datasets
        if without not in listed and not {*listed} & {*ledger.datasets}:
            read_folder(mine, ledger)
    given = ledger.datasets
    report("reading the graph", 0, 0)
    held = read_snapshot(database, ledger.connection)
    states = {row.id: row.properties for row in held.nodes("Dataset")}
    if without and without not in states:
        near = nearest(without, states)
        hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(states) or 'none'}"
        raise NotFound(f"no dataset `{without}` in the graph", hint=hint)
    rest = set(states) - set(given) - {without}
    for name in sorted(name for name in rest if states[name].get("state") != "complete"):
        rest.discard(name)
        if "folder" in states[name]:  # else its unload was cut off, and goes on
            _read_again(name, states[name], ledger)
    read_ledger(held, rest, ledger)
    report("resolving", 0, 0)
    return Difference(held, resolve(ledger))


def _read_again(name: str, properties: Mapping[str, Any], ledger: Ledger) -> None:
    """Read a dataset whose load was cut off from its folder, since the graph has only a part of it."""
    folder = properties["folder"]
    hint = f"Load its folder again, or `kb unload {name}`"
    if not Path(folder).is_dir():
        raise LoadRefused(f"the load of `{name}` was cut off, and its folder {folder} is gone", hint=hint)
    before = ledger.datasets
    read_folder(folder, ledger)
    if set(ledger.datasets) - set(before) != {name}:
        raise LoadRefused(f"the load of `{name}` was cut off, and {folder} is another dataset now", hint=hint)


def write(database: Database, difference: Difference, report: Report = quietly) -> Loaded:
    """Make the graph what the difference leads to. Raises: LoadRefused if a hand-made node is in the way."""
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
        _close_books(database, difference)
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
    for key in difference.ids(_DATASET, "remove"):
        database.write("MATCH (d:Dataset {id: $id}) SET d.state = 'running', d.folder = null", {"id": key})
    for row in _changed(difference):
        # Title and licence are required, so a dataset has them from the start.
        start = {**row.properties, "state": "running"}
        database.write("MERGE (d:Dataset {id: $id}) SET d += $p", {"id": row.id, "p": start})


def _close_books(database: Database, difference: Difference) -> None:
    """Say that the datasets are whole, and forget those that are gone."""
    for key in difference.ids(_DATASET, "remove"):
        database.write("MATCH (d:Dataset {id: $id}) DETACH DELETE d", {"id": key})
    now = datetime.now(UTC).isoformat(timespec="seconds")
    for row in _changed(difference):
        values = {name: row.properties.get(name) for name in _DATASET.columns if name != "id"}
        values |= {"state": "complete", "loaded_at": now}
        sets = ", ".join(f"d.`{name}` = $p.`{name}`" for name in values)
        database.write(f"MATCH (d:Dataset {{id: $id}}) SET {sets}", {"id": row.id, "p": values})


def _changed(difference: Difference) -> list[Entity]:
    """The datasets that are new or differ."""
    changed = set(difference.ids(_DATASET, "create", "change"))
    return [row for row in difference.new.nodes("Dataset") if row.id in changed]
