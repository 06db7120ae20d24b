"""The knowledge base as its users meet it: load, plan, unload, query, snapshot."""

import warnings
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.store.changes import Change, Loaded
from kb.store.database import Database, Result
from kb.store.settings import Settings, read_settings
from kb.store.state import cut_off

if TYPE_CHECKING:
    from kb.resolve import Snapshot
    from kb.store.load import Report, Seeds

# DuckDB and pydantic are imported by the methods that need them: a query does not.


class Base:
    """A knowledge base in a graph database. Made by `kb.connect`; a context manager."""

    def __init__(self, database: Database, home: Path | None = None) -> None:
        self.database, self.home = database, home

    def __enter__(self) -> "Base":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the sessions. An embedded server that nobody else uses stops by itself."""
        self.database.close()

    def query(
        self,
        cypher: str,
        parameters: Mapping[str, Any] | None = None,
        /,
        *,
        timeout: float | None = 30.0,
        limit: int | None = None,
        **more: Any,
    ) -> Result:
        """Run Cypher that only reads, and give its rows, at most `limit` of them.

        Parameters are a mapping, or keywords: `base.query("RETURN $id AS id", id="meta")`. One that is called
        like a keyword of this method goes into the mapping.
        Raises: ReadOnlyError for Cypher that writes; QueryError if it is not understood or takes too long.
        """
        return self.database.read(cypher, {**(parameters or {}), **more}, timeout=timeout, limit=limit)

    def write(
        self,
        cypher: str,
        parameters: Mapping[str, Any] | None = None,
        /,
        *,
        timeout: float | None = 30.0,
        **more: Any,
    ) -> Result:
        """Run Cypher that may write, as `query` does. What it adds is of no dataset; no load touches it."""
        return self.database.write(cypher, {**(parameters or {}), **more}, timeout=timeout)

    def snapshot(self, *, known_at: str | date | None = None) -> "Snapshot":
        """What the graph holds, as tables; with `known_at`, what it would hold from sources up to then.

        Warns if a load goes on or was cut off, since the snapshot may then be a part.
        """
        from kb.store.readback import read_snapshot, resolve_again

        parts = cut_off(self.database)
        if parts:
            what = f"the load of {', '.join(parts)} goes on, or was cut off: this snapshot may be a part"
            warnings.warn(what, stacklevel=2)
        held = read_snapshot(self.database)
        return held if known_at is None else resolve_again(held, known_at)

    def datasets(self) -> list[dict[str, Any]]:
        """The datasets that the graph holds, sorted by id, with their properties."""
        query = "MATCH (d:Dataset) RETURN properties(d) AS dataset ORDER BY d.id"
        return [row[0] for row in self.database.read(query).rows]

    def plan(self, *seeds: "Seeds") -> list[Change]:
        """What `load` would create, change and remove; empty if nothing. Changes nothing."""
        from kb.store.load import difference

        return list(difference(self.database, seeds, home=self.home).changes())

    def load(self, *seeds: "Seeds", report: "Report | None" = None) -> Loaded:
        """Load folders of seeds, or the shipped ones; then the graph is what all its datasets resolve to.

        A load that was cut off is completed by the next one. Nothing without `datasets` is touched.
        `report` is told what is being done, how much of it is done, and out of how much.
        Raises: SeedError with every mistake in the files; AmbiguousSpell; LoadRefused if another load runs or
        a node that was added by hand is in the way. In all these cases nothing is written.
        """
        from kb.store.load import difference, quietly, write

        with self.database.load_lock():
            report = report or quietly
            return write(self.database, difference(self.database, seeds, report, home=self.home), report)

    def unload(self, dataset: str, *, report: "Report | None" = None) -> Loaded:
        """Take a dataset out; what others say stays. Raises: NotFound, with the nearest ids."""
        from kb.store.load import difference, quietly, write

        with self.database.load_lock():
            report = report or quietly
            rest = difference(self.database, (), report, without=dataset, home=self.home)
            return write(self.database, rest, report)


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
    return Base(Database.open(settings), settings.home)
