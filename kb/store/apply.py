"""Make the graph what a snapshot says: only what differs is written, in batches, and only what datasets own.

The order keeps each step repeatable: a load that is cut off leaves a graph from which the next one, which
compares anew, goes on.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from kb.errors import LoadRefused
from kb.ledger import quoted
from kb.ontology import NODES, Edge, Node, Prop, primary
from kb.store import statements
from kb.store.database import Database
from kb.store.plan import Difference

BATCH: Final = 10_000  # 5,000 to 50,000 are alike on Neo4j, 1,000 is 8 % slower
Progress = Callable[[int], None]


def refuse_conflicts(database: Database, difference: Difference) -> None:
    """Raises LoadRefused if the load would have to touch what was added by hand."""
    for node in NODES.values():
        created = set(difference.ids(node, "create"))
        if created:
            query = f"MATCH (n:{node.label}) WHERE n.datasets IS NULL RETURN n.id AS id"
            taken = sorted(created.intersection(row[0] for row in database.read(query, timeout=None).rows))
            if taken:
                what = f"{node.label} `{taken[0]}` was added by hand and is in the way"
                raise LoadRefused(
                    what, hint=f"Give it another id, or set its datasets to [] ({len(taken)} such)"
                )
        removed = difference.ids(node, "remove")
        if removed:
            query = (
                f"UNWIND $ids AS id MATCH (n:{node.label} {{id: id}})-[r]-(m) WHERE r.datasets IS NULL "
                "RETURN n.id AS id, type(r) AS type ORDER BY id, type LIMIT 1"
            )
            rows = database.read(query, {"ids": removed}, timeout=None).rows
            if rows:
                key, kind = rows[0]
                what = f"{node.label} `{key}` would go, but a {kind} edge that was added by hand hangs on it"
                raise LoadRefused(what, hint="Remove that edge first")


def apply(database: Database, difference: Difference, progress: Progress = lambda rows: None) -> None:
    """Write the difference. Dataset nodes are left to the caller, who keeps the books of the load."""

    def send(statement: str, rows: Iterator[Sequence[Any]]) -> None:
        database.write_batches(statement, rows, size=BATCH, on_batch=progress)

    nodes = [node for node in NODES.values() if node.label != "Dataset"]
    for edge, start in statements.EDGE_STARTS:
        send(statements.remove_edges(edge, start), _edge_rows(difference, edge, start, "remove", "remake"))
    for node in nodes:
        _remake(database, difference, node)
        send(statements.remove_nodes(node), ([key] for key in difference.ids(node, "remove")))
    for node in nodes:
        for kind, labels in statements.node_labels(node):
            send(statements.create_nodes(node, labels), _node_rows(difference, node, "create", kind))
        send(statements.change_nodes(node), _node_rows(difference, node, "change"))
    for edge, start in statements.EDGE_STARTS:
        for end in sorted({primary(label) for label in edge.ends}):
            rows = _edge_rows(difference, edge, start, "create", "remake", end=end)
            send(statements.create_edges(edge, start, end), rows)
        send(statements.change_edges(edge, start), _edge_rows(difference, edge, start, "change"))


def _columns(props: Sequence[Prop], table: str = "b") -> str:
    """Values of a row in the order of the ontology, dates as text."""
    parts = []
    for prop in props:
        name = f"{table}.{quoted(prop.name)}"
        parts.append(f"{name}::VARCHAR" if prop.type == "date" else name)
    return ", ".join(parts)


def _stream(difference: Difference, sql: str, parameters: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Rows of an answer, fetched a batch at a time so that memory stays flat."""
    cursor = difference.connection.cursor()
    cursor.execute(sql, parameters)
    while rows := cursor.fetchmany(BATCH):
        yield from rows
    cursor.close()


def _node_rows(difference: Difference, node: Node, action: str, kind: str = "") -> Iterator[Sequence[Any]]:
    only = "AND b.kind = ?" if kind else ""
    return _stream(
        difference,
        f"""SELECT {_columns(node.props)} FROM {difference.new.name(node.label)} b
        JOIN {difference.name(node.label)} d ON d.id = b.id AND d.action = ? {only} ORDER BY b.id""",
        [action, kind] if kind else [action],
    )


def _edge_rows(
    difference: Difference, edge: Edge, start: str, *actions: str, end: str = ""
) -> Iterator[Sequence[Any]]:
    """Rows of edges: from the new snapshot, or from the old one for what is removed."""
    side = difference.old if "remove" in actions else difference.new
    only = "AND b.to_label = ?" if end else ""
    remade = ""
    if "create" in actions:
        # Removing a node to make it anew takes its edges along.
        gone = " UNION ALL ".join(
            f"SELECT id FROM {difference.name(node.label)} WHERE action = 'remake'" for node in NODES.values()
        )
        remade = f"OR b.from_id IN ({gone}) OR b.to_id IN ({gone})"
    return _stream(
        difference,
        f"""SELECT b.from_id, b.to_id, {_columns(edge.props)} FROM {side.name(edge.label)} b
        LEFT JOIN {difference.name(edge.label)} d ON d.id = b.id
        WHERE b.from_label = ? {only} AND (list_contains(?, d.action) {remade}) ORDER BY b.id""",
        [start, *([end] if end else []), list(actions)],
    )


def _remake(database: Database, difference: Difference, node: Node) -> None:
    """Remove nodes and make them with other labels, together with what was added to them by hand.

    The embedded engine cannot change the labels of a node that has a constraint. The edges that datasets own
    follow with the other edges.
    """
    for key in difference.ids(node, "remake"):
        kind, *values = difference.execute(
            f"SELECT b.kind, {_columns(node.props)} FROM {difference.new.name(node.label)} b WHERE id = ?",
            [key],
        )[0]
        labels = dict(statements.node_labels(node))[kind]
        database.write_together(_remaking(database, node, labels, key, values))


def _remaking(
    database: Database, node: Node, labels: str, key: str, values: Sequence[Any]
) -> list[tuple[str, dict[str, Any]]]:
    parameters = {"id": key}
    found = database.read(f"MATCH (n:{node.label} {{id: $id}}) RETURN properties(n) AS p", parameters).rows
    own = {name: value for name, value in found[0][0].items() if name not in node.columns}
    steps: list[tuple[str, dict[str, Any]]] = []
    for arrow, at in (("-[r]->", "start"), ("<-[r]-", "end")):
        query = (
            f"MATCH (n:{node.label} {{id: $id}}){arrow}(m) WHERE r.datasets IS NULL "
            "RETURN type(r) AS type, properties(r) AS p, labels(m) AS labels, m.id AS other"
        )
        for kind, properties, others, other in database.read(query, parameters, timeout=None).rows:
            if other is None:
                what = f"{node.label} `{key}` changes its kind, but its {kind} edge ends at a node without id"
                raise LoadRefused(what, hint="Give that node an id, or remove the edge")
            ends = f"MATCH (n:{node.label} {{id: $id}}) MATCH (m:{_name(others[0])} {{id: $other}}) "
            path = f"(n)-[r:{_name(kind)}]->(m)" if at == "start" else f"(m)-[r:{_name(kind)}]->(n)"
            steps.append(
                (f"{ends} CREATE {path} SET r += $p", {**parameters, "other": other, "p": properties})
            )
    made = statements.create_nodes(node, labels) + " SET n += $own"
    return [
        (statements.remove_nodes(node), {"rows": [[key]]}),
        (made, {"rows": [values], "own": own}),
        *steps,
    ]


def _name(name: str) -> str:
    """A label or type that a user made up, quoted for Cypher."""
    return "`" + name.replace("`", "``") + "`"
