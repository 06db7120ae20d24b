"""Files for `neo4j-admin database import full`, with the command: the fastest way into an empty Neo4j.

A header and a data file for each label, and for each edge type and the labels that it joins. Lists are joined
by the unit separator (U+001F), which no text has. `kb load` afterwards adds the constraints and the books.
"""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from kb.errors import KbError
from kb.ledger import quoted
from kb.ontology import EDGES, NODES, Node, Prop
from kb.resolve import Snapshot
from kb.store.exports.files import Exported, copy
from kb.store.statements import node_labels

_TYPES: Final = {
    "number": "double",
    "integer": "long",
    "boolean": "boolean",
    "date": "date",
    "list": "string[]",
}
_SEPARATOR: Final = "chr(31)"
_OPTIONS: Final = (
    *("--id-type=string", "--delimiter=,", "--array-delimiter=U+001F", '--quote="'),
    *("--multiline-fields=true", "--ignore-empty-strings=false", "--trim-strings=false", "--bad-tolerance=0"),
)


def write_admin(snapshot: Snapshot, folder: Path) -> Exported:
    """Headers, data files, and `import.sh` with the command; its arguments go to neo4j-admin as they are.

    Raises: KbError if an item of a list has the separator in it.
    """
    files: list[Path] = []
    groups: list[str] = []
    rows = 0
    for option, name, header, query in [*_nodes(snapshot), *_edges(snapshot)]:
        [(number,)] = snapshot.execute(f"SELECT count(*) FROM ({query})")
        if number:
            head, data = folder / f"{name}.header.csv", folder / f"{name}.csv"
            head.write_text(",".join(header) + "\n", encoding="utf-8")
            copy(snapshot, query, data, "FORMAT csv, HEADER false")
            files += [head, data]
            groups.append(f"{option}={head},{data}")
            rows += number
    command = ("neo4j-admin", "database", "import", "full", "neo4j", *_OPTIONS, *groups)
    script = folder / "import.sh"
    lines = " \\\n    ".join(shlex.quote(word) for word in command)
    script.write_text(
        f'#!/bin/sh\n# The database must be stopped and empty.\nexec {lines} "$@"\n', encoding="utf-8"
    )
    script.chmod(0o755)
    return Exported((*files, script), rows, command)


def _nodes(snapshot: Snapshot) -> Iterator[tuple[str, str, list[str], str]]:
    for node in NODES.values():
        _refuse_separators(snapshot, node.table, node.props)
        for kind, labels in node_labels(node):
            header = [f"id:ID({node.label})", *_header(node.props[1:])]
            only = f"WHERE kind = '{kind}'" if kind else ""
            query = f"SELECT {_values(node.props)} FROM {snapshot.name(node.table)} {only} ORDER BY id"
            yield f"--nodes={labels}", _file_name(node, kind), header, query


def _file_name(node: Node, kind: str) -> str:
    return f"{node.label}.{kind}" if kind else node.label


def _edges(snapshot: Snapshot) -> Iterator[tuple[str, str, list[str], str]]:
    for edge in EDGES.values():
        table = snapshot.name(edge.table)
        _refuse_separators(snapshot, edge.table, edge.props)
        pairs = snapshot.execute(f"SELECT DISTINCT from_label, to_label FROM {table} ORDER BY ALL")
        for start, end in pairs:
            header = [f":START_ID({start})", f":END_ID({end})", *_header(edge.props)]
            query = f"""SELECT from_id, to_id, {_values(edge.props)} FROM {table}
                WHERE from_label = '{start}' AND to_label = '{end}' ORDER BY id"""
            yield f"--relationships={edge.label}", f"{edge.label}.{start}.{end}", header, query


def _header(props: Sequence[Prop]) -> list[str]:
    return [f"{prop.name}:{_TYPES.get(prop.type, 'string')}" for prop in props]


def _values(props: Sequence[Prop]) -> str:
    return ", ".join(
        f"array_to_string({quoted(prop.name)}, {_SEPARATOR})" if prop.type == "list" else quoted(prop.name)
        for prop in props
    )


def _refuse_separators(snapshot: Snapshot, table: str, props: Sequence[Prop]) -> None:
    for prop in props:
        if prop.type == "list":
            column = quoted(prop.name)
            found = snapshot.execute(
                f"""SELECT id FROM {snapshot.name(table)}
                WHERE contains(array_to_string({column}, ''), {_SEPARATOR}) ORDER BY id LIMIT 1"""
            )
            for (key,) in found:
                raise KbError(f"`{prop.name}` of {key} has a control character (U+001F)", hint="Take it out")
