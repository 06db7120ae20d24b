"""The knowledge base as its users meet it: load, plan, unload, query, snapshot."""

import warnings
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.store.changes import Change, Loaded
from kb.store.database import Database, Result
from kb.store.settings import Settings, read_settings
from kb.store.state import cut_off

if TYPE_CHECKING:
    from kb.resolve import Snapshot
    from kb.store.prepare import Provenance, Report, Seeds

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

    def snapshot(
        self,
        *,
        known_at: str | date | None = None,
        as_of: str | date | None = None,
        include_rumoured: bool = True,
        beside: "Snapshot | None" = None,
        lazy: bool = False,
        report: Callable[[str], None] | None = None,
    ) -> "Snapshot":
        """What the graph holds, as tables; with `known_at`, what it would hold from sources up to then.

        `as_of` gives what was true on that day, `include_rumoured=False` leaves hearsay out: see
        `Snapshot.at`. Each is a day or EDTF text, of which the last day counts. `beside` another snapshot it
        is in the same DuckDB, so that SQL can compare the two.
        With `lazy` a type is read when it is first asked for, and `report` is told its name: an analysis
        needs few of them. It is for one question: what is loaded in between shows in what is read later.
        Warns if a load goes on or was cut off, since the snapshot may then be a part.
        """
        from kb.store.readback import lazy_snapshot, read_snapshot, resolve_again

        parts = cut_off(self.database)
        if parts:
            what = f"the load of {', '.join(parts)} goes on, or was cut off: this snapshot may be a part"
            warnings.warn(what, stacklevel=2)
        connection = beside.connection if beside is not None else None
        if lazy:
            held = lazy_snapshot(self.database, connection, report=report)
        else:
            held = read_snapshot(self.database, connection)
        known = held if known_at is None else resolve_again(held, known_at)
        return known.at(as_of=as_of, include_rumoured=include_rumoured)

    def datasets(self) -> list[dict[str, Any]]:
        """The datasets that the graph holds, sorted by id, with their properties; the books are left out."""
        query = "MATCH (d:Dataset) RETURN properties(d) AS dataset ORDER BY d.id"
        found = [dict(row[0]) for row in self.database.read(query).rows]
        return [{name: value for name, value in row.items() if name != "books"} for row in found]

    def plan(self, *seeds: "Seeds", full: bool = False) -> list[Change]:
        """What `load` would create, change and remove; empty if nothing. Changes nothing.

        A graph of more than 25,000 nodes and edges is compared by the books of its last load, which do not
        show a value that was changed by hand; with `full` all of it is read back and compared.
        """
        from kb.store.prepare import Asked, prepare

        return list(prepare(self.database, Asked(seeds, full=full, home=self.home)).difference.changes())

    def load(
        self,
        *seeds: "Seeds",
        provenance: "Provenance | None" = None,
        full: bool = False,
        report: "Report | None" = None,
    ) -> Loaded:
        """Load folders of seeds, or the shipped ones; then the graph is what all its datasets resolve to.

        A load that was cut off is completed by the next one. Nothing without `datasets` is touched.
        `provenance` says whether the claims of these folders become nodes (`full`), or facts only keep their
        ids (`ids`); without it a dataset stays as it was, and a new one is full.
        `full` compares with all of the graph, as in `plan`.
        `report` is told what is being done, how much of it is done, and out of how much.
        Raises: SeedError with every mistake in the files; AmbiguousSpell; LoadRefused if another load runs,
        a node that was added by hand is in the way, or a dataset without claims has no folder any more. In
        all these cases nothing is written.
        """
        from kb.store.load import load
        from kb.store.prepare import Asked, quietly

        asked = Asked(seeds, provenance=provenance, full=full, home=self.home)
        return load(self.database, asked, report or quietly)

    def unload(self, dataset: str, *, report: "Report | None" = None) -> Loaded:
        """Take a dataset out; what others say stays. Raises: NotFound, with the nearest ids."""
        from kb.store.load import load
        from kb.store.prepare import Asked, quietly

        return load(self.database, Asked(without=dataset, home=self.home), report or quietly)


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
