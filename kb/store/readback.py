"""The graph read back: as a snapshot, and as the ledger that its claims came from."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, Final

import duckdb

from kb.errors import StoreError
from kb.ledger import CURATED, SQL_TYPES, Ledger, quoted, stated
from kb.ontology import EDGES, NODES, Edge, Node, types
from kb.resolve import Snapshot, last_day, resolve
from kb.store.database import Database
from kb.store.reread import reread
from kb.store.statements import EDGE_STARTS, count_types, read_edges, read_nodes, sample

PAGE: Final = 50_000  # rows in one answer: enough to be fast, few enough for any server's memory
_SAMPLED: Final = 0.002  # share of ids that the bounds of pages are taken from
_TOP: Final = "\uffff"  # after every id


def read_snapshot(
    database: Database, connection: duckdb.DuckDBPyConnection | None = None, *, without: Collection[str] = ()
) -> Snapshot:
    """All that datasets own in the graph, but for types `without`. What was added by hand is left out.

    So are the books, which are the loader's: an export that had them would pass for a graph that kb loaded.
    Raises: StoreError if a value in the graph is not of the type that the ontology declares.
    """
    snapshot = Snapshot(connection)
    read_types(database, snapshot, [kind.table for kind in types() if kind.table not in without])
    snapshot.execute(f"UPDATE {snapshot.name('Dataset')} SET books = NULL")
    return snapshot


def read_types(database: Database, snapshot: Snapshot, tables: Collection[str]) -> None:
    """Read what datasets own of some types into a snapshot, a page of ids at a time.

    Raises: StoreError, as `read_snapshot` does.
    """
    numbers, pages = counts(database, tables), _Pages(database)
    for node in NODES.values():
        rows = numbers.get(node.table, 0)
        for low, high in pages.of(node.label, rows):
            found = database.read(read_nodes(node), {"low": low, "high": high}, timeout=None)
            _insert(snapshot, node, node.columns, found.rows[0][0])
    labels = list(NODES)
    for edge, start in EDGE_STARTS:
        rows = numbers.get(edge.table, 0)
        for low, high in pages.of(start, rows):
            bounds = {"low": low, "high": high, "labels": labels}
            found = database.read(read_edges(edge, start), bounds, timeout=None)
            _insert(snapshot, edge, edge.columns[1:], found.rows[0][0], start)


def read_edges_of(database: Database, snapshot: Snapshot, label: str, start: str, ids: Sequence[str]) -> None:
    """Read into a snapshot the edges of a type that go out from some nodes of one label."""
    edge = EDGES[label]
    query = read_edges(edge, start, of="a.id IN $ids")
    for first in range(0, len(ids), PAGE):
        given = {"ids": list(ids[first : first + PAGE]), "labels": list(NODES)}
        found = database.read(query, given, timeout=None)
        _insert(snapshot, edge, edge.columns[1:], found.rows[0][0], start)


def counts(database: Database, tables: Collection[str] = (*NODES, *EDGES)) -> dict[str, int]:
    """How many nodes and edges of types the graph has, by whomever; types without any may be left out."""
    return dict(database.read(count_types(tables), timeout=None).rows) if tables else {}


class _Pages:
    """Ranges of ids that split the nodes under a label into pages of some like size.

    Any ranges are right; those of a random sample are even.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._samples: dict[str, list[str]] = {}

    def of(self, label: str, rows: int) -> Iterator[tuple[str, str]]:
        """The ranges, from the first id that is in to the first that is not, for so many rows."""
        if not rows:
            return
        parts = -(-rows // PAGE)
        if parts > 1 and label not in self._samples:
            found = self._database.read(sample(label), {"share": _SAMPLED}, timeout=None).rows
            self._samples[label] = sorted(key for (key,) in found if isinstance(key, str))
        sampled = self._samples.get(label, [])
        places = [sampled[len(sampled) * n // parts] for n in range(1, parts)] if sampled else []
        yield from pairwise(["", *dict.fromkeys(places), _TOP])


def _insert(
    snapshot: Snapshot, kind: Node | Edge, columns: Sequence[str], rows: Sequence[Any], start: str = ""
) -> None:
    """Add rows as JSON text: DuckDB takes it apart ten times faster than it binds lists of Python's."""
    if not rows:
        return
    types = {prop.name: SQL_TYPES[prop.type] for prop in kind.props}
    values = [f"'{start}'"] if start else []
    values += [_from_json(n, types.get(name, "VARCHAR")) for n, name in enumerate(columns)]
    names = (["from_label"] if start else []) + [quoted(name) for name in columns]
    try:
        snapshot.execute(
            f"""INSERT INTO {snapshot.name(kind.table)} ({", ".join(names)}) SELECT {", ".join(values)}
            FROM (SELECT unnest(from_json($1::JSON, '["JSON"]')) AS j)""",
            [json.dumps(rows, ensure_ascii=False, default=str)],
        )
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        what = f"a {kind.table} in the graph is not what the ontology says ({reason})"
        raise StoreError(what, hint=_REMEDY) from None


def _from_json(place: int, sql: str) -> str:
    if sql == "VARCHAR[]":
        return f"from_json(j->{place}, '[\"VARCHAR\"]')"
    return f"(j->>{place})" if sql == "VARCHAR" else f"(j->>{place})::{sql}"


def read_ledger(snapshot: Snapshot, datasets: Iterable[str], ledger: Ledger) -> None:
    """Add the claims and sources of the named datasets, as the graph holds them, to a ledger.

    Raises: StoreError if a claim was changed by hand so that what it says cannot be read.
    """
    try:
        _read_ledger(snapshot, datasets, ledger)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise StoreError(f"a Claim in the graph cannot be read ({reason})", hint=_REMEDY) from None


def _read_ledger(snapshot: Snapshot, datasets: Iterable[str], ledger: Ledger) -> None:
    wanted = [sorted(datasets)]
    mute = snapshot.execute(
        f"""SELECT id FROM {snapshot.name("Claim")}
        WHERE content->>'type' IS NULL AND list_has_any(datasets, ?) ORDER BY id LIMIT 1""",
        wanted,
    )
    for (claim,) in mute:
        raise StoreError(f"the claim `{claim}` in the graph has lost its content", hint=_REMEDY)
    for kind in CURATED:
        claims = (
            f"{snapshot.name('Claim')} WHERE content->>'type' = '{kind.table}' AND list_has_any(datasets, ?)"
        )
        shape = [f'"{name}":"{sql}"' for name, sql in _OUTER]
        if stated(kind):
            inner = ",".join(f'"{prop.name}":{_json_type(SQL_TYPES[prop.type])}' for prop in stated(kind))
            shape.append(f'"stated":{{{inner}}}')
        ledger.execute(
            f"""INSERT INTO {ledger.name(kind.table)} BY NAME
            SELECT * {"EXCLUDE (stated), unnest(stated)" if stated(kind) else ""} FROM (
                SELECT id AS claim, datasets[1] AS dataset, polarity, certainty, locator, note,
                    false AS retracted, -- decisions say so, and they are read back too
                    id AS place, unnest(from_json(content, '{{{",".join(shape)}}}'))
                FROM {claims})""",
            wanted,
        )
    names = ", ".join(
        quoted(prop.name) for prop in NODES["Source"].props if prop.name not in ("claims", "datasets")
    )
    ledger.execute(
        f"""INSERT INTO {ledger.name("Source")} BY NAME
        SELECT dataset, {names} FROM (SELECT *, unnest(datasets) AS dataset FROM {snapshot.name("Source")})
        WHERE list_contains(?, dataset)""",
        wanted,
    )
    ledger.execute(
        f"""INSERT INTO {ledger.name("Decision")} BY NAME
        SELECT * EXCLUDE (claims, datasets), datasets[1] AS dataset, id AS place
        FROM {snapshot.name("Decision")} WHERE list_has_any(datasets, ?)""",
        wanted,
    )
    ledger.execute(
        f"""INSERT INTO {ledger.name("Dataset")} BY NAME
        SELECT * EXCLUDE (claims, datasets) FROM {snapshot.name("Dataset")} WHERE list_contains(?, id)""",
        wanted,
    )


def resolve_again(held: Snapshot, known_at: str | date) -> Snapshot:
    """The facts that the claims of a snapshot make from what had been published by `known_at`.

    Datasets whose claims are no nodes are read again from their folders.
    Raises: LoadRefused if such a folder is gone or has changed.
    """
    return resolve(whole_ledger(held), last_day(known_at))


def whole_ledger(held: Snapshot) -> Ledger:
    """The claims of all datasets of a snapshot: those that are no nodes are read again from their folders.

    Raises: LoadRefused if such a folder is gone or has changed.
    """
    ledger = Ledger(held.connection)
    datasets = {dataset.id: dataset.properties for dataset in held.nodes("Dataset")}
    away = [name for name, row in datasets.items() if row.get("provenance") == "ids"]
    for name in away:
        reread(name, datasets[name], ledger, why="keeps no claims in the graph")
    read_ledger(held, set(datasets) - set(away), ledger)
    return ledger


_REMEDY = "It was changed by hand: load the folder of its dataset again"
_OUTER = (
    ("source", "VARCHAR"),
    ("subject", "VARCHAR"),
    ("object", "VARCHAR"),
    ("number", "BIGINT"),
    ("job", "VARCHAR"),
    ("tabular", "BOOLEAN"),
)


def _json_type(sql: str) -> str:
    return '["VARCHAR"]' if sql == "VARCHAR[]" else f'"{sql}"'
