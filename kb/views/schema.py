"""The ontology as a table, and as a Mermaid diagram."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, TextIO

from rich.table import Table

from kb.errors import OntologyError
from kb.names import nearest
from kb.ontology import EDGES, KIND_LABELS, NODES, Edge, Node, Prop, primary, types
from kb.views.page import text, write_page

COLUMNS: Final = ("type", "is", "from", "to", "property", "holds", "required", "values", "meaning")
_SHARED: Final = ("id", "claims", "datasets", "known_from", "aliases", "name_zh")


def chosen(label: str | None) -> list[Node | Edge]:
    """All types, or the one of that name, a kind of organization among them.

    Raises: OntologyError, with the nearest name.

    >>> [kind.label for kind in chosen("company")]
    ['Organization']
    """
    if label is None:
        return list(types())
    names = {name.lower(): name for name in (*NODES, *EDGES, *KIND_LABELS.values())}
    name = names.get(label.lower())
    if name is None:
        near = nearest(label, names.values())
        hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join((*NODES, *EDGES))}"
        raise OntologyError(f"no label or edge type `{label}`", hint=hint)
    return [EDGES[name] if name in EDGES else NODES[primary(name)]]


def rows(kinds: Sequence[Node | Edge]) -> Iterator[tuple[Any, ...]]:
    """Each type, and then each of its properties, under COLUMNS."""
    for kind in kinds:
        edge = isinstance(kind, Edge)
        ends = (list(kind.starts), list(kind.ends)) if isinstance(kind, Edge) else (None, None)
        head = (kind.label, "edge" if edge else "node", *ends)
        yield *head, None, None, None, None, kind.meaning
        for prop in kind.props:
            values = list(prop.values) or None
            yield *head, prop.name, prop.type, prop.required, values, prop.meaning


def write_schema(kinds: Sequence[Node | Edge], stream: TextIO) -> None:
    """Write the types for people."""
    blocks: list[Any] = []
    for kind in kinds:
        title = text(_pattern(kind), "bold")
        title.append_text(text(f"   {kind.meaning}", "not bold"))
        blocks += [title, _properties(kind), text("")]
    write_page(blocks[:-1], stream)


def mermaid(kinds: Sequence[Node | Edge]) -> str:
    """A Mermaid diagram of the types; of a node alone also the edges that it has.

    >>> print(mermaid(chosen("PARTNER_OF")))
    erDiagram
        Organization }o--o{ Organization : PARTNER_OF
    <BLANKLINE>
    """
    nodes = [kind for kind in kinds if isinstance(kind, Node)]
    edges = [kind for kind in kinds if isinstance(kind, Edge)]
    joins = [join for edge in edges for join in _joins(edge)]
    if len(nodes) == 1 and not edges:
        joins = [join for edge in EDGES.values() for join in _joins(edge) if nodes[0].label in join[:2]]
    lines = ["erDiagram"]
    for node in nodes:
        lines.append(f"    {node.label} {{")
        lines += [
            f"        {'date' if prop.part else prop.type} {prop.part or prop.name}"
            for prop in node.props
            if prop.name not in _SHARED and (not prop.part or prop.name.endswith("_text"))
        ]
        lines.append("    }")
        if node.label == "Claim" and len(nodes) > 1:
            lines.append("    %% A claim is also ABOUT what it speaks of: any node but Source and Dataset.")
    lines += [f"    {start} }}o--o{{ {end} : {label}" for start, end, label in dict.fromkeys(joins)]
    return "\n".join(lines) + "\n"


def _joins(edge: Edge) -> Iterator[tuple[str, str, str]]:
    """The nodes that an edge joins, and its type. A claim can be about anything: that would hide all else."""
    for start in edge.starts:
        if (edge.label, start) == ("ABOUT", "Claim"):
            continue
        # In seed files a figure is about organizations.
        ends = ("Organization",) if edge.label == "ABOUT" else edge.ends
        for end in ends:
            yield start, primary(end), edge.label


def _pattern(kind: Node | Edge) -> str:
    """A type as it stands in Cypher."""
    if isinstance(kind, Node):
        kinds = f" + one of {', '.join(KIND_LABELS[each] for each in kind.kinds)}" if kind.kinds else ""
        return f"(:{kind.label}{kinds})"
    return f"(:{'|'.join(kind.starts)})-[:{kind.label}]->(:{'|'.join(kind.ends)})"


def _properties(kind: Node | Edge) -> Table:
    grid = Table.grid(padding=(0, 2))
    for style in ("cyan", "dim", "dim", ""):
        grid.add_column(style=style, overflow="fold", no_wrap=style in ("cyan", "dim"))
    for prop in kind.props:
        need = "required" if prop.required else ""
        grid.add_row(text(f"  {prop.name}"), text(prop.type), text(need), text(_told(prop)))
    return grid


def _told(prop: Prop) -> str:
    return prop.meaning + (f" {', '.join(prop.values)}." if prop.values else "")
