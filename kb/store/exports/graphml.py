"""GraphML: entities and the facts that join them, as `Snapshot.to_networkx` has them.

The format knows no lists and no dates: lists are JSON arrays, dates are ISO text. Characters that XML cannot
hold are left out.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kb.ledger import quoted
from kb.ontology import EDGES, ENTITIES, Edge, Node, Prop
from kb.resolve import Snapshot
from kb.store.exports.files import Exported, write_lines

_TYPES: Final = {"number": "double", "integer": "long", "boolean": "boolean"}
_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
"""
_FORBIDDEN: Final = "[\\x01-\\x08\\x0B\\x0C\\x0E-\\x1F\\x{FFFE}\\x{FFFF}]"


def write_graphml(snapshot: Snapshot, folder: Path) -> Exported:
    """graph.graphml, for networkx, Gephi, Cytoscape and others."""
    path = folder / "graph.graphml"
    keys = [*_keys("node", ENTITIES), *_keys("edge", tuple(EDGES.values()))]
    head = f'{_HEAD}{"".join(keys)}<graph id="kb" edgedefault="directed">\n'
    queries = [_nodes(snapshot, node) for node in ENTITIES]
    queries += [_edges(snapshot, edge) for edge in EDGES.values()]
    return Exported((path,), write_lines(snapshot, path, queries, (head, "</graph>\n</graphml>\n")))


def _keys(what: str, kinds: tuple[Node | Edge, ...]) -> Iterator[str]:
    first = {"node": "labels", "edge": "type"}[what]
    yield f'<key id="{what}.{first}" for="{what}" attr.name="{first}" attr.type="string"/>\n'
    for name, form in sorted(
        {(prop.name, _TYPES.get(prop.type, "string")) for kind in kinds for prop in kind.props[1:]}
    ):
        yield f'<key id="{what}.{name}" for="{what}" attr.name="{name}" attr.type="{form}"/>\n'


def _nodes(snapshot: Snapshot, node: Node) -> str:
    kind = (
        """CASE WHEN kind IS NOT NULL THEN ' ' || upper(kind[1]) || kind[2:] ELSE '' END"""
        if node.kinds
        else "''"
    )
    labels = f"""'<data key="node.labels">{node.label}' || {kind} || '</data>'"""
    data = _data("node", node.props)
    return f"""SELECT '<node id="' || {_safe("id")} || '">' || {labels} || {data} || '</node>'
        FROM {snapshot.name(node.table)} ORDER BY id"""


def _edges(snapshot: Snapshot, edge: Edge) -> str:
    entities = ", ".join(f"'{node.label}'" for node in ENTITIES)
    return f"""SELECT '<edge id="' || {_safe("id")} || '" source="' || {_safe("from_id")} || '" target="'
            || {_safe("to_id")} || '"><data key="edge.type">{edge.label}</data>'
            || {_data("edge", edge.props)} || '</edge>'
        FROM {snapshot.name(edge.table)}
        WHERE from_label IN ({entities}) AND to_label IN ({entities}) ORDER BY id"""


def _data(what: str, props: tuple[Prop, ...]) -> str:
    parts = []
    for prop in props[1:]:  # the first is the id, which the format has a place for
        column = quoted(prop.name)
        text = f"to_json({column})::VARCHAR" if prop.type == "list" else f"{column}::VARCHAR"
        parts.append(f"""coalesce('<data key="{what}.{prop.name}">' || {_safe(text)} || '</data>', '')""")
    return " || ".join(parts)


def _safe(text: str) -> str:
    """Text as XML has it, by SQL."""
    for old, new in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("\r", "&#13;")):
        text = f"replace({text}, '{old}', '{new}')" if old != "\r" else f"replace({text}, chr(13), '{new}')"
    return f"regexp_replace({text}, '{_FORBIDDEN}', '', 'g')"
