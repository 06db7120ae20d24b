"""A snapshot: entities and facts resolved at one known-at, in columnar tables, one a type of the ontology."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import networkx as nx

from kb.dates import Answer, bounds
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

    `known_at` and `as_of` are the days that were asked for, None for now and for all times; `rumoured` says
    whether hearsay is among the facts. The table `possible` (id) has the facts of an as-of snapshot that hold
    for some of the days that their dates allow, not for all; it is empty in other snapshots.

    With `fill` a snapshot begins empty: when a type is first asked for, `fill` is called with its table, and
    for edges with a label at which they start.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection | None = None,
        *,
        fill: Callable[[str, str], None] | None = None,
    ) -> None:
        super().__init__(connection)
        self._fill: Callable[[str, str], None] | None = None
        self._unread: dict[str, list[str]] = {}
        self.notices: list[Notice] = []
        self.known_at: date | None = None
        self.as_of: date | None = None
        self.rumoured = True
        self.execute(f"CREATE TABLE {self.name('possible')} (id VARCHAR)")
        for kind in types():
            ends = ""
            if isinstance(kind, Edge):
                ends = "from_label VARCHAR, from_id VARCHAR, to_label VARCHAR, to_id VARCHAR, "
            self.execute(f"CREATE TABLE {self.name(kind.table)} ({ends}{columns(kind.props)})")
        if fill is not None:
            self._fill = fill
            self._unread = {kind.table: _starts(kind.table) for kind in types()}

    def name(self, table: str, *, start: str | None = None) -> str:
        """The table's full name for SQL. What is not read yet is read now, all or what starts at a label."""
        if self._fill is not None and table in self._unread:
            unread = self._unread.pop(table)
            asked = [label for label in unread if start in (None, label)]
            try:
                for label in asked:
                    self._fill(table, label)
            except BaseException:
                # What is half read is not there: whoever asks again reads it again.
                self.execute(f"DELETE FROM {super().name(table)}")
                self._unread[table] = _starts(table)
                raise
            if rest := [label for label in unread if label not in asked]:
                self._unread[table] = rest
        return super().name(table)

    @classmethod
    def from_seeds(
        cls,
        *seeds: str,
        known_at: str | date | None = None,
        as_of: str | date | None = None,
        include_rumoured: bool = True,
        claims: bool = True,
        beside: "Snapshot | None" = None,
        home: str | None = None,
    ) -> "Snapshot":
        """Resolve folders of seeds, or shipped datasets by name, without any database.

        `known_at`, a day or EDTF text, leaves out what was published after its last day; `as_of` and
        `include_rumoured` are those of `at`. Without `claims` there are no Claim nodes, which for big tables
        saves half the time and the memory. `beside` another snapshot it is in the same DuckDB, so that SQL
        can compare the two. Who is on the list of whom to leave out in `home`, or in KB_HOME, is left out.
        Raises: SeedError with every mistake in the files; AmbiguousSpell; DateError.

        >>> Snapshot.from_seeds("meta-ai-2025").entity("bert-maher").name
        'Bert Maher'
        """
        from kb.ledger import Ledger, locate, read_folder
        from kb.ledger.forgotten import default_folder, has_list
        from kb.resolve.facts import resolve

        ledger = Ledger(beside.connection if beside is not None else None)
        for folder in dict.fromkeys(map(locate, seeds)):
            read_folder(folder, ledger)
        mine = default_folder(home)
        if has_list(mine) and not {*read_folder(mine).datasets} & {*ledger.datasets}:
            read_folder(mine, ledger)
        day = last_day(known_at) if known_at is not None else None
        resolved = resolve(ledger, day, claims=claims)
        return resolved.at(as_of=as_of, include_rumoured=include_rumoured)

    def at(
        self, *, as_of: str | date | None = None, include_rumoured: bool = True, only_certain: bool = False
    ) -> "Snapshot":
        """What was true on the last day of `as_of` (`kb.resolve.as_of` has the rules), and how sure.

        Without `include_rumoured` facts that are hearsay are left out, with `only_certain` those that are
        only possible at the day. This snapshot stays as it is; it is given back if nothing is asked for.
        Raises: DateError if `as_of` has no last day.

        >>> now = Snapshot.from_seeds("meta-ai-2025")
        >>> now.at(as_of="2015-06").count("EMPLOYED_AT") < now.count("EMPLOYED_AT")
        True
        """
        from kb.resolve import as_of as moments
        from kb.resolve import derived

        found = self
        if not include_rumoured and found.rumoured:
            found = derived.without_rumoured(found)
        if as_of is not None:
            found = moments.as_of(found, as_of)
        return derived.certain(found) if only_certain else found

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Snapshot):
            return NotImplemented
        if self._possible() != other._possible():
            return False
        return all(self._rows(kind) == other._rows(kind) for kind in types())

    __hash__ = None  # type: ignore[assignment]

    def _rows(self, kind: Node | Edge) -> list[tuple[Any, ...]]:
        names = ", ".join(quoted(name) for name in kind.compared)
        return self.execute(f"SELECT {names} FROM {self.name(kind.table)} ORDER BY id")

    def _possible(self) -> set[str]:
        return {row[0] for row in self.execute(f"SELECT id FROM {self.name('possible')}")}

    def __repr__(self) -> str:
        facts = sum(self.count(kind.label) for kind in types())
        return f"<Snapshot of {self.count('Person')} people, {facts} nodes and edges>"

    def count(self, label: str) -> int:
        """How many nodes or edges of a type there are."""
        return int(self.execute(f"SELECT count(*) FROM {self.name(label)}")[0][0])

    def nodes(self, label: str, *, ids: Sequence[str] | None = None) -> Iterator[Entity]:
        """The nodes of a type, or those of some ids, sorted by id. Raises: NotFound for no declared label."""
        node = _declared(NODES, label)
        which, given = ("", []) if ids is None else ("WHERE list_contains(?, id)", [list(ids)])
        query = f"SELECT {_all(node)} FROM {self.name(label)} {which} ORDER BY id"
        for row in self.execute(query, given):
            yield _entity(node, row)

    def edges(self, label: str, *, start: str | None = None, end: str | None = None) -> Iterator[Relation]:
        """The edges of a type, or those that start or end at a node, sorted by id.

        In an as-of snapshot they have the property `as_of` too: yes, or possible.
        Raises: NotFound for a type that is not declared.
        """
        edge = _declared(EDGES, label)
        ends = {"from_id": start, "to_id": end}
        which = " AND ".join(["true", *(f"{name} = ?" for name, key in ends.items() if key is not None)])
        given = [key for key in ends.values() if key is not None]
        query = f"SELECT {_all(edge)} FROM {self.name(label)} WHERE {which} ORDER BY id"
        possible = self._possible()
        for row in self.execute(query, given):
            values = dict(zip(edge.columns, row, strict=True))
            if self.as_of:
                values["as_of"] = (Answer.POSSIBLE if values["id"] in possible else Answer.YES).value
            yield Relation(values["id"], label, values["from_id"], values["to_id"], _known(values, 5))

    def entity(self, key: str) -> Entity:
        """The entity of an id. Raises NotFound, with the nearest ids, or those of a table that end so."""
        for node in ENTITIES:
            rows = self.execute(f"SELECT {_all(node)} FROM {self.name(node.label)} WHERE id = ?", [key])
            if rows:
                return _entity(node, rows[0])
        ids = [row[0] for node in ENTITIES for row in self._ids(node)]
        near = [one for one in ids if one.endswith(f"/{key}")] or nearest(key, ids, 3)
        hint = f"Did you mean {', '.join(near)}?" if near else "Search with `kb find`"
        when = f" in what was known at {self.known_at}" if self.known_at else ""
        raise NotFound(f"no entity `{key}`{when}", hint=hint)

    def _ids(self, node: Node) -> list[tuple[Any, ...]]:
        return self.execute(f"SELECT id FROM {self.name(node.label)} ORDER BY id")

    def names(self, label: str) -> dict[str, str]:
        """What each node of a type is called: its name, or its id if it has none.

        >>> Snapshot.from_seeds("meta-ai-2025").names("Organization")["msl"]
        'Meta Superintelligence Labs'
        """
        node = _declared(NODES, label)
        return dict(self.execute(f"SELECT id, coalesce(name, id) FROM {self.name(node.table)} ORDER BY id"))

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


def _starts(table: str) -> list[str]:
    """The labels at which edges of a type start; for nodes one that stands for all."""
    return list(EDGES[table].starts) if table in EDGES else [""]


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
