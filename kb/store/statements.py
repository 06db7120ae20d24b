"""Cypher made from the ontology: constraints, reading back, and creating, changing and removing in batches.

Rows are lists, with dates as text, which is the fastest way in on both engines. An edge is found through its
start node, since by its id alone the embedded engine scans all edges. Labels, types and property names come
from the ontology only; all values are parameters.
"""

from collections.abc import Iterator, Sequence

from kb.ontology import EDGES, KIND_LABELS, NODES, Edge, Node, Prop


def schema() -> list[str]:
    """The constraints that every database has. They need to be there before the first node.

    >>> schema()[0]
    'CREATE CONSTRAINT person_id IF NOT EXISTS FOR (n:Person) REQUIRE n.id IS UNIQUE'
    """
    return [
        *(
            f"CREATE CONSTRAINT {label.lower()}_id IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE"
            for label in NODES
        ),
        "CREATE INDEX claim_fact IF NOT EXISTS FOR (n:Claim) ON (n.fact)",
    ]


def schema_file() -> str:
    """The text of cypher/schema.cypher."""
    lines = [
        "// Constraints of the graph, made from kb/ontology.py by `make schema`.",
        "// Neo4j Community knows uniqueness only; the rest is checked before anything is written.",
        *(f"{statement};" for statement in schema()),
    ]
    return "\n".join(lines) + "\n"


def _property(name: str) -> str:
    return f"`{name}`"


def _value(prop: Prop, position: int) -> str:
    return f"date(row[{position}])" if prop.type == "date" else f"row[{position}]"


def node_labels(node: Node) -> Iterator[tuple[str, str]]:
    """Each value of `kind` that adds a label, with the labels to create under; ('', label) for others."""
    if not node.kinds:
        yield "", node.label
    for kind in node.kinds:
        yield kind, f"{node.label}:{KIND_LABELS[kind]}"


def create_nodes(node: Node, labels: str) -> str:
    """Statement that makes nodes; a row is the node's columns in order."""
    values = ", ".join(f"{_property(prop.name)}: {_value(prop, n)}" for n, prop in enumerate(node.props))
    return f"UNWIND $rows AS row CREATE (n:{labels} {{{values}}})"


def change_nodes(node: Node) -> str:
    """Statement that sets all properties of nodes; a row is the node's columns in order."""
    values = ", ".join(
        f"n.{_property(prop.name)} = {_value(prop, n)}"
        for n, prop in enumerate(node.props)
        if prop.name != "id"
    )
    return f"UNWIND $rows AS row {_find('n', node.label, 'row[0]')} SET {values}"


def remove_nodes(node: Node) -> str:
    """Statement that removes nodes with their edges; a row is a list of the id."""
    return f"UNWIND $rows AS row {_find('n', node.label, 'row[0]')} DETACH DELETE n"


def create_edges(edge: Edge, start: str, end: str) -> str:
    """Statement that makes edges between two labels; a row is the ids of both ends, then the properties."""
    values = ", ".join(f"{_property(prop.name)}: {_value(prop, n + 2)}" for n, prop in enumerate(edge.props))
    return (
        f"UNWIND $rows AS row {_find('a', start, 'row[0]')} {_find('b', end, 'row[1]')} "
        f"CREATE (a)-[:{edge.label} {{{values}}}]->(b)"
    )


def change_edges(edge: Edge, start: str) -> str:
    """Statement that sets all properties of edges; a row is the ids of both ends, then the properties."""
    values = ", ".join(
        f"r.{_property(prop.name)} = {_value(prop, n + 2)}"
        for n, prop in enumerate(edge.props)
        if prop.name != "id"
    )
    return f"{_find_edge(edge, start)} SET {values}"


def remove_edges(edge: Edge, start: str) -> str:
    """Statement that removes edges; a row is the ids of both ends, then the id."""
    return f"{_find_edge(edge, start)} DELETE r"


def _find_edge(edge: Edge, start: str) -> str:
    return (
        f"UNWIND $rows AS row MATCH (a:{start} {{id: row[0]}})-[r:{edge.label} {{id: row[2]}}]->() "
        f"USING INDEX SEEK a:{start}(id) WHERE r.datasets IS NOT NULL"
    )


def _find(variable: str, label: str, key: str) -> str:
    # Without the hint Neo4j scans the index of a young database, whose statistics say that it is empty.
    return f"MATCH ({variable}:{label} {{id: {key}}}) USING INDEX SEEK {variable}:{label}(id)"


def read_nodes(node: Node) -> str:
    """Statement that reads all nodes of a type that a dataset owns, one list each, with dates as text."""
    return f"MATCH (n:{node.label}) WHERE n.datasets IS NOT NULL RETURN {_listed('n', node.props)}"


def read_edges(edge: Edge, start: str) -> str:
    """Statement that reads all owned edges of a type from one label; `$labels` are the primary labels."""
    return (
        f"MATCH (a:{start})-[r:{edge.label}]->(b) WHERE r.datasets IS NOT NULL "
        f"RETURN '{start}' AS from_label, a.id AS from_id, "
        "head([label IN labels(b) WHERE label IN $labels]) AS to_label, b.id AS to_id, "
        f"{_listed('r', edge.props)}"
    )


def _listed(variable: str, props: Sequence[Prop]) -> str:
    parts = []
    for prop in props:
        value = f"{variable}.{_property(prop.name)}"
        parts.append(f"toString({value})" if prop.type == "date" else value)
    return ", ".join(f"{part} AS c{n}" for n, part in enumerate(parts))


EDGE_STARTS = tuple((edge, start) for edge in EDGES.values() for start in edge.starts)
