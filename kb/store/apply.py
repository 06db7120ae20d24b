"""Make the graph what a snapshot says: only what differs is written, in batches, and only what datasets own.

The order keeps each step repeatable: a load that is cut off leaves a graph from which the next one, which
compares anew, goes on.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any

from kb.errors import LoadRefused
from kb.ledger import quoted
from kb.ontology import EDGES, KIND_LABELS, NODES, Edge, Node, Prop, primary
from kb.store import statements
from kb.store.database import BATCH, Database
from kb.store.plan import Difference

Progress = Callable[[int], None]


def refuse_conflicts(database: Database, difference: Difference) -> None:
    """Raises LoadRefused if the load would have to touch what was added by hand. Writes nothing."""
    for node in NODES.values():
        if difference.any(node, "create"):
            query = f"MATCH (n:{node.label}) WHERE n.datasets IS NULL RETURN n.id AS id"
            by_hand = [row[0] for row in database.read(query, timeout=None).rows]
            taken = difference.among(node, "create", by_hand)
            if taken:
                what = f"{node.label} `{taken[0]}` was added by hand and is in the way"
                raise LoadRefused(what, hint="Give it another id, or remove it")
        _refuse_to_remove(database, node, difference.ids(node, "remove", "remake"))
        _refuse_to_remake(database, node, difference.ids(node, "remake"))


def _refuse_to_remove(database: Database, node: Node, ids: Sequence[str]) -> None:
    query = (
        f"UNWIND $ids AS id MATCH (n:{node.label} {{id: id}})-[r]-() WHERE r.datasets IS NULL "
        "RETURN n.id AS id, type(r) AS type ORDER BY id, type LIMIT 1"
    )
    for key, kind in database.read(query, {"ids": ids}, timeout=None).rows if ids else ():
        what = f"{node.label} `{key}` goes or changes its kind, but a {kind} edge added by hand hangs on it"
        raise LoadRefused(what, hint="Remove that edge first")


def _refuse_to_remake(database: Database, node: Node, ids: Sequence[str]) -> None:
    """A node that is made anew keeps what datasets say of it and its edges, and nothing else."""
    known = [*node.columns, *{prop.name for edge in EDGES.values() for prop in edge.props}]
    labels = [node.label, *KIND_LABELS.values()]
    query = (
        f"UNWIND $ids AS id MATCH (n:{node.label} {{id: id}}) OPTIONAL MATCH (n)-[r]-() "
        "WITH n, r WHERE any(key IN keys(n) WHERE NOT key IN $known) "
        "OR any(label IN labels(n) WHERE NOT label IN $labels) "
        "OR (r IS NOT NULL AND any(key IN keys(r) WHERE NOT key IN $known)) "
        "RETURN n.id AS id ORDER BY id LIMIT 1"
    )
    parameters = {"ids": ids, "known": known, "labels": labels}
    for (key,) in database.read(query, parameters, timeout=None).rows if ids else ():
        what = (
            f"{node.label} `{key}` changes its kind, but it or an edge of it has a property or label by hand"
        )
        raise LoadRefused(what, hint="Remove that first")


def apply(database: Database, difference: Difference, progress: Progress = lambda rows: None) -> None:
    """Write the difference. Dataset nodes are left to the caller, who keeps the books of the load."""

    def send(statement: str, rows: Iterator[Sequence[Any]]) -> None:
        database.write_batches(statement, rows, on_batch=progress)

    nodes = [node for node in NODES.values() if node.label != "Dataset"]
    for edge, start in statements.EDGE_STARTS:
        send(statements.remove_edges(edge, start), _edge_rows(difference, edge, start, "remove", "remake"))
    for node in nodes:
        _remake(database, difference, node)
        send(statements.remove_nodes(node), ([key] for key in difference.ids(node, "remove")))
    for node in nodes:
        for kind, labels in statements.node_labels(node) if difference.any(node, "create") else ():
            props = difference.filled(node)
            rows = _node_rows(difference, node, "create", kind, props)
            send(statements.create_nodes(labels, props), rows)
        send(statements.change_nodes(node), _node_rows(difference, node, "change"))
    for edge, start in statements.EDGE_STARTS:
        props = difference.filled(edge)
        for end in sorted({primary(label) for label in edge.ends}):
            rows = _edge_rows(difference, edge, start, "create", "remake", end=end, props=props)
            send(statements.create_edges(edge, start, end, props), rows)
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
    return chain.from_iterable(difference.batches(sql, parameters, size=BATCH))


def _node_rows(
    difference: Difference, node: Node, action: str, kind: str = "", props: Sequence[Prop] = ()
) -> Iterator[Sequence[Any]]:
    only = "AND b.kind = ?" if kind else ""
    return _stream(
        difference,
        f"""SELECT {_columns(props or node.props)} FROM {difference.new.name(node.label)} b
        JOIN {difference.name(node.label)} d ON d.id = b.id AND d.action = ? {only} ORDER BY b.id""",
        [action, kind] if kind else [action],
    )


def _edge_rows(
    difference: Difference, edge: Edge, start: str, *actions: str, end: str = "", props: Sequence[Prop] = ()
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
        f"""SELECT b.from_id, b.to_id, {_columns(props or edge.props)} FROM {side.name(edge.label)} b
        LEFT JOIN {difference.name(edge.label)} d ON d.id = b.id
        WHERE b.from_label = ? {only} AND (list_contains(?, d.action) {remade}) ORDER BY b.id""",
        [start, *([end] if end else []), list(actions)],
    )


def _remake(database: Database, difference: Difference, node: Node) -> None:
    """Remove nodes and make them with other labels; their edges follow with the other edges.

    The embedded engine cannot change the labels of a node that has a constraint.
    """
    for key in difference.ids(node, "remake"):
        kind, *values = difference.execute(
            f"SELECT b.kind, {_columns(node.props)} FROM {difference.new.name(node.label)} b WHERE id = ?",
            [key],
        )[0]
        labels = dict(statements.node_labels(node))[kind]
        database.write_together(
            [
                (statements.remove_nodes(node), {"rows": [[key]]}),
                (statements.create_nodes(labels, node.props), {"rows": [values]}),
            ]
        )
