"""Cypher made from the ontology: constraints, reading back, and creating, changing and removing in batches.

Rows are lists, with dates as text, which is the fastest way in on both engines. An edge is found through its
start node, since by its id alone the embedded engine scans all edges. Labels, types and property names come
from the ontology only; all values are parameters.
"""

from collections.abc import Collection, Iterator, Sequence

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


def create_nodes(labels: str, props: Sequence[Prop]) -> str:
    """Statement that makes nodes; a row is their properties in order, of which no other has a value."""
    values = ", ".join(f"{_property(prop.name)}: {_value(prop, n)}" for n, prop in enumerate(props))
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


def create_edges(edge: Edge, start: str, end: str, props: Sequence[Prop]) -> str:
    """Statement that makes edges between two labels; a row is the ids of both ends, then the properties."""
    values = ", ".join(f"{_property(prop.name)}: {_value(prop, n + 2)}" for n, prop in enumerate(props))
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


def sample(label: str) -> str:
    """Statement that reads some ids under a label: about the share `$share` of them."""
    return f"MATCH (n:{label}) WHERE rand() < $share RETURN n.id AS id"


def count_types(tables: Collection[str]) -> str:
    """Statement that counts the nodes and edges of some types, by whomever; one without any has no row.

    Neo4j knows these numbers without looking, the embedded engine looks at each edge.
    """
    nodes = (f"(n:{label})" for label in NODES if label in tables)
    edges = (f"()-[n:{label}]->()" for label in EDGES if label in tables)
    names = [name for name in (*NODES, *EDGES) if name in tables]
    patterns = zip(names, [*nodes, *edges], strict=True)
    return " UNION ALL ".join(
        f"MATCH {pattern} RETURN '{name}' AS type, count(*) AS number" for name, pattern in patterns
    )


def read_nodes(node: Node) -> str:
    """Statement that reads the nodes of a type that a dataset owns, with ids in a range, as one list.

    A row is the node's columns in order, with dates as text. A list in one record is some ten times faster
    than a record a node; lists inside it keep the nulls, which `collect` alone drops.
    """
    return (
        f"MATCH (n:{node.label}) WHERE n.id >= $low AND n.id < $high WITH n WHERE n.datasets IS NOT NULL "
        f"RETURN collect([{_listed('n', node.props)}]) AS found"
    )


def read_edges(edge: Edge, start: str, *, of: str = "a.id >= $low AND a.id < $high") -> str:
    """Statement that reads owned edges of a type from one label, whose ids are in a range, as one list.

    A row is the type's columns in order but for the first; `$labels` are the primary labels. `of` is another
    condition on the start nodes, `a`.
    """
    return (
        f"MATCH (a:{start}) WHERE {of} WITH a "
        f"MATCH (a)-[r:{edge.label}]->(b) WHERE r.datasets IS NOT NULL "
        "RETURN collect([a.id, head([label IN labels(b) WHERE label IN $labels]), b.id, "
        f"{_listed('r', edge.props)}]) AS found"
    )


def _listed(variable: str, props: Sequence[Prop]) -> str:
    values = ((prop, f"{variable}.{_property(prop.name)}") for prop in props)
    return ", ".join(f"toString({value})" if prop.type == "date" else value for prop, value in values)


EDGE_STARTS = tuple((edge, start) for edge in EDGES.values() for start in edge.starts)
