"""The knowledge base as its users meet it: load, plan, unload, query, snapshot."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from kb.errors import KbError, LoadRefused, NotFound
from kb.ledger import SHIPPED, Ledger, read_folder
from kb.names import nearest
from kb.ontology import NODES
from kb.resolve import Snapshot, last_day, resolve
from kb.store import statements
from kb.store.apply import apply, refuse_conflicts
from kb.store.database import Database, Result
from kb.store.plan import Change, Difference
from kb.store.readback import read_ledger, read_snapshot
from kb.store.settings import Settings, read_settings

Seeds = str | Path
Report = Callable[[str, int, int], None]  # what is being done, how much of it, out of how much


@dataclass(frozen=True)
class Loaded:
    """What a load did: numbers of nodes and edges, and the datasets that the graph holds now."""

    created: int
    changed: int
    removed: int
    datasets: tuple[str, ...]

    @property
    def changes(self) -> int:
        """All of them together; 0 for a load that found nothing to do."""
        return self.created + self.changed + self.removed


class Base:
    """A knowledge base in a graph database. Made by `kb.connect`; a context manager."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def __enter__(self) -> "Base":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the sessions. An embedded server that nobody else uses stops by itself."""
        self.database.close()

    def query(
        self, cypher: str, /, *, timeout: float | None = 30.0, limit: int | None = None, **parameters: Any
    ) -> Result:
        """Run Cypher that only reads; keywords are its parameters.

        Raises: ReadOnlyError for Cypher that writes; QueryError if it is not understood or takes too long.
        """
        return self.database.read(cypher, parameters, timeout=timeout, limit=limit)

    def write(self, cypher: str, /, *, timeout: float | None = 30.0, **parameters: Any) -> Result:
        """Run Cypher that may write. What it adds belongs to no dataset, so no load touches it."""
        return self.database.write(cypher, parameters, timeout=timeout)

    def snapshot(self, *, known_at: str | date | None = None) -> Snapshot:
        """What the graph holds, as tables; with `known_at`, what it would hold from sources up to then."""
        held = read_snapshot(self.database)
        if known_at is None:
            return held
        ledger = Ledger(held.connection)
        read_ledger(held, [row.id for row in held.nodes("Dataset")], ledger)
        return resolve(ledger, last_day(known_at))

    def datasets(self) -> list[dict[str, Any]]:
        """The datasets that the graph holds, sorted by id, with their properties."""
        query = "MATCH (d:Dataset) RETURN properties(d) AS dataset ORDER BY d.id"
        return [row[0] for row in self.database.read(query).rows]

    def plan(self, *seeds: Seeds) -> list[Change]:
        """What `load` would create, change and remove; empty if nothing. Changes nothing."""
        return list(self._difference(seeds).changes())

    def load(self, *seeds: Seeds, report: Report = lambda what, done, total: None) -> Loaded:
        """Load folders of seeds, or the shipped ones; then the graph is what all its datasets resolve to.

        A load that was cut off is completed by the next one. Nothing without `datasets` is touched.
        Raises: SeedError with every mistake in the files; AmbiguousSpell; LoadRefused if another load runs or
        a node that was added by hand is in the way. In all these cases nothing is written.
        """
        with self.database.load_lock():
            return self._write(self._difference(seeds, report), report)

    def unload(self, dataset: str, *, report: Report = lambda what, done, total: None) -> Loaded:
        """Take a dataset out; what others say stays. Raises: NotFound, with the nearest ids."""
        with self.database.load_lock():
            return self._write(self._difference((), report, without=dataset), report)

    def _difference(
        self, seeds: Sequence[Seeds], report: Report = lambda what, done, total: None, *, without: str = ""
    ) -> Difference:
        """Compare what the graph holds with what its datasets, and the folders at hand, resolve to."""
        ledger = Ledger()
        if not without:
            report("reading seeds", 0, 0)
            for folder in _each_once(seeds or SHIPPED):
                read_folder(folder, ledger)
        given = ledger.datasets
        if len(set(given)) < len(given):
            twice = next(name for name in given if given.count(name) > 1)
            raise KbError(f"two folders are dataset `{twice}`", hint="Give one of them another id")
        report("reading the graph", 0, 0)
        held = read_snapshot(self.database, ledger.connection)
        states = {row.id: row.properties for row in held.nodes("Dataset")}
        if without and without not in states:
            near = nearest(without, states)
            hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(states) or 'none'}"
            raise NotFound(f"no dataset `{without}` in the graph", hint=hint)
        rest = set(states) - set(given) - {without}
        for name in sorted(name for name in rest if states[name].get("state") != "complete"):
            rest.discard(name)
            self._read_again(name, states[name], ledger)
        read_ledger(held, rest, ledger)
        report("resolving", 0, 0)
        return Difference(held, resolve(ledger))

    def _read_again(self, name: str, properties: Mapping[str, Any], ledger: Ledger) -> None:
        """Read a dataset whose load was cut off from its folder, since the graph has only a part of it."""
        folder = properties.get("folder", "")
        hint = f"Load its folder again, or `kb unload {name}`"
        if not Path(folder).is_dir():
            raise LoadRefused(f"the load of `{name}` was cut off, and its folder {folder} is gone", hint=hint)
        before = ledger.datasets
        read_folder(folder, ledger)
        if set(ledger.datasets) - set(before) != {name}:
            raise LoadRefused(
                f"the load of `{name}` was cut off, and {folder} is another dataset now", hint=hint
            )

    def _write(self, difference: Difference, report: Report) -> Loaded:
        counts = difference.counts()
        names = tuple(row.id for row in difference.new.nodes("Dataset"))
        if any(counts.values()):
            refuse_conflicts(self.database, difference)
            self.database.schema(statements.schema())
            self._open_books(difference)
            total, done = sum(counts.values()), 0

            def count(rows: int) -> None:
                nonlocal done
                done += rows
                report("writing", min(done, total), total)

            report("writing", 0, total)
            apply(self.database, difference, count)
            self._close_books(difference)
        return Loaded(counts["create"], counts["change"], counts["remove"], names)

    def _open_books(self, difference: Difference) -> None:
        """Mark the datasets that are about to change, before anything else is written."""
        for key in difference.ids(_DATASET, "remove"):
            self.database.write("MATCH (d:Dataset {id: $id}) DETACH DELETE d", {"id": key})
        changed = set(difference.ids(_DATASET, "create", "change"))
        for row in difference.new.nodes("Dataset"):
            if row.id in changed:
                # Title and licence are required, so a dataset has them from the start.
                start = {**row.properties, "state": "running"}
                self.database.write("MERGE (d:Dataset {id: $id}) SET d += $p", {"id": row.id, "p": start})

    def _close_books(self, difference: Difference) -> None:
        """Say that the datasets are whole."""
        changed = set(difference.ids(_DATASET, "create", "change"))
        now = datetime.now(UTC).isoformat(timespec="seconds")
        for row in difference.new.nodes("Dataset"):
            if row.id in changed:
                values = {name: row.properties.get(name) for name in _DATASET.columns if name != "id"}
                values |= {"state": "complete", "loaded_at": now}
                sets = ", ".join(f"d.`{name}` = $p.`{name}`" for name in values)
                self.database.write(f"MATCH (d:Dataset {{id: $id}}) SET {sets}", {"id": row.id, "p": values})


_DATASET = NODES["Dataset"]


def _each_once(seeds: Iterable[Seeds]) -> list[Seeds]:
    return list(dict.fromkeys(seeds))


def connect(
    uri: str | None = None,
    *,
    auth: tuple[str, str] | None = None,
    database: str | None = None,
    home: str | Path | None = None,
) -> Base:
    """Open the knowledge base: a Neo4j at `uri` or NEO4J_URI, else the embedded server.

    The embedded server starts by itself; `home` is the folder of its store, else KB_HOME, else the
    platform's user data folder.
    Raises: StoreError if the server cannot be reached, or is not one that can be used.
    """
    settings: Settings = read_settings(uri=uri, auth=auth, database=database, home=home)
    return Base(Database.open(settings))
