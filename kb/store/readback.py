"""The graph read back: as a snapshot, and as the ledger that its claims came from."""

from collections.abc import Iterable
from datetime import date

import duckdb

from kb.errors import StoreError
from kb.ledger import CURATED, SQL_TYPES, Ledger, quoted, stated
from kb.ontology import NODES, Edge, Node
from kb.resolve import Snapshot, last_day, resolve
from kb.store.database import Database
from kb.store.statements import EDGE_STARTS, read_edges, read_nodes


def read_snapshot(database: Database, connection: duckdb.DuckDBPyConnection | None = None) -> Snapshot:
    """All that datasets own in the graph. What was added by hand is left out.

    Raises: StoreError if a value in the graph is not of the type that the ontology declares.
    """
    snapshot = Snapshot(connection)
    for node in NODES.values():
        _insert(snapshot, node, database.read(read_nodes(node), timeout=None).rows)
    for edge, start in EDGE_STARTS:
        labels = {"labels": list(NODES)}
        _insert(snapshot, edge, database.read(read_edges(edge, start), labels, timeout=None).rows)
    return snapshot


def _insert(snapshot: Snapshot, kind: Node | Edge, rows: list[tuple[object, ...]]) -> None:
    try:
        snapshot.insert(kind.table, kind.columns, rows)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        what = f"a {kind.table} in the graph is not what the ontology says ({reason})"
        raise StoreError(what, hint=_REMEDY) from None


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
    """The facts that the claims of a snapshot make from what had been published by `known_at`."""
    ledger = Ledger(held.connection)
    read_ledger(held, [dataset.id for dataset in held.nodes("Dataset")], ledger)
    return resolve(ledger, last_day(known_at))


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
