"""A snapshot: entities and facts resolved at one known-at, in columnar tables, one a type of the ontology."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import networkx as nx

from kb.dates import bounds
from kb.errors import DateError, NotFound
from kb.ledger.ledger import Tables, columns, quoted
from kb.ledger.notices import Notice
from kb.names import nearest
from kb.ontology import EDGES, ENTITIES, KIND_LABELS, NODES, Edge, Node, types


@dataclass(frozen=True)
class Entity:
    """A node: its labels, the one that its id is unique under first, and the properties that it has."""

    id: str
    labels: tuple[str, ...]
    properties: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its name, or its id if it has none."""
        return str(self.properties.get("name") or self.id)


@dataclass(frozen=True)
class Relation:
    """An edge: its type, the ids of the nodes it joins, and the properties that it has."""

    id: str
    type: str
    start: str
    end: str
    properties: Mapping[str, Any]


class Snapshot(Tables):
    """Entities and facts, and the claims, sources and datasets that they rest on.

    The tables can be asked with SQL through `execute`; `nodes` and `edges` give plain objects, and
    `to_networkx` a graph. Two snapshots are equal if they hold the same, books of loads aside.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection | None = None) -> None:
        super().__init__(connection)
        self.notices: list[Notice] = []
        for kind in types():
            ends = ""
            if isinstance(kind, Edge):
                ends = "from_label VARCHAR, from_id VARCHAR, to_label VARCHAR, to_id VARCHAR, "
            self.execute(f"CREATE TABLE {self.name(kind.table)} ({ends}{columns(kind.props)})")

    @classmethod
    def from_seeds(cls, *seeds: str, known_at: str | date | None = None, claims: bool = True) -> "Snapshot":
        """Resolve folders of seeds, or shipped datasets by name, without any database.

        `known_at`, a day or EDTF text, leaves out what was published after its last day. Without `claims`
        there are no Claim nodes, which for big tables saves half the time and the memory.
        Raises: SeedError with every mistake in the files; AmbiguousSpell; DateError.

        >>> Snapshot.from_seeds("meta-ai-2025").entity("bert-maher").name
        'Bert Maher'
        """
        from kb.ledger import Ledger, locate, read_folder
        from kb.ledger.forgotten import default_folder, has_list
        from kb.resolve.facts import resolve

        ledger = Ledger()
        mine = default_folder()
        for folder in dict.fromkeys([*map(locate, seeds), *([mine] if has_list(mine) else [])]):
            read_folder(folder, ledger)
        return resolve(ledger, last_day(known_at) if known_at is not None else None, claims=claims)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Snapshot):
            return NotImplemented
        return all(self._rows(kind) == other._rows(kind) for kind in types())

    __hash__ = None  # type: ignore[assignment]

    def _rows(self, kind: Node | Edge) -> list[tuple[Any, ...]]:
        names = ", ".join(quoted(name) for name in kind.compared)
        return self.execute(f"SELECT {names} FROM {self.name(kind.table)} ORDER BY id")

    def __repr__(self) -> str:
        facts = sum(self.count(kind.label) for kind in types())
        return f"<Snapshot of {self.count('Person')} people, {facts} nodes and edges>"

    def count(self, label: str) -> int:
        """How many nodes or edges of a type there are."""
        return int(self.execute(f"SELECT count(*) FROM {self.name(label)}")[0][0])

    def nodes(self, label: str) -> Iterator[Entity]:
        """The nodes of a type, sorted by id. Raises OntologyError for a label that is not declared."""
        node = _declared(NODES, label)
        for row in self.execute(f"SELECT {_all(node)} FROM {self.name(label)} ORDER BY id"):
            yield _entity(node, row)

    def edges(self, label: str) -> Iterator[Relation]:
        """The edges of a type, sorted by id. Raises OntologyError for a type that is not declared."""
        edge = _declared(EDGES, label)
        for row in self.execute(f"SELECT {_all(edge)} FROM {self.name(label)} ORDER BY id"):
            values = dict(zip(edge.columns, row, strict=True))
            yield Relation(values["id"], label, values["from_id"], values["to_id"], _known(values, 5))

    def entity(self, key: str) -> Entity:
        """The entity of an id. Raises NotFound, with the nearest ids."""
        for node in ENTITIES:
            rows = self.execute(f"SELECT {_all(node)} FROM {self.name(node.label)} WHERE id = ?", [key])
            if rows:
                return _entity(node, rows[0])
        near = nearest(key, [row[0] for node in ENTITIES for row in self._ids(node)], 3)
        hint = f"Did you mean {', '.join(near)}?" if near else "Search with `kb find`"
        raise NotFound(f"no entity `{key}`", hint=hint)

    def _ids(self, node: Node) -> list[tuple[Any, ...]]:
        return self.execute(f"SELECT id FROM {self.name(node.label)} ORDER BY id")

    def to_networkx(self) -> "nx.MultiDiGraph[str]":
        """Entities and the facts that join them; keys are ids, and attributes are properties.

        Claims, sources and datasets are left out; so are edges that end there.
        """
        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        for node in ENTITIES:
            for entity in self.nodes(node.label):
                graph.add_node(entity.id, labels=list(entity.labels), **entity.properties)
        for edge in EDGES.values():
            for relation in self.edges(edge.label):
                if relation.start in graph and relation.end in graph:
                    attributes = {"type": relation.type, **relation.properties}
                    graph.add_edge(relation.start, relation.end, key=relation.id, **attributes)
        return graph


def last_day(moment: str | date) -> date:
    """The last day of a date or of EDTF text: known at `2025-08` means by the end of that month.

    Raises: DateError if there is none.

    >>> last_day("2025-08")
    datetime.date(2025, 8, 31)
    """
    if isinstance(moment, date):
        return moment
    latest = bounds(moment).latest
    if latest is None:
        raise DateError(f"`{moment}` has no last day", hint="Write a day, a month or a year")
    return latest


def _declared(declared: Mapping[str, Any], label: str) -> Any:
    if label not in declared:
        raise NotFound(f"no type `{label}`", hint=f"There are {', '.join(declared)}")
    return declared[label]


def _all(kind: Node | Edge) -> str:
    return ", ".join(quoted(name) for name in kind.columns)


def _known(values: Mapping[str, Any], skip: int = 1) -> dict[str, Any]:
    """What there is beyond the ids of the node, or the ends and the id of the edge."""
    return {name: value for name, value in list(values.items())[skip:] if value is not None}


def _entity(node: Node, row: tuple[Any, ...]) -> Entity:
    values = dict(zip(node.columns, row, strict=True))
    kind = (KIND_LABELS[values["kind"]],) if values.get("kind") in node.kinds else ()
    return Entity(values["id"], (node.label, *kind), _known(values))
