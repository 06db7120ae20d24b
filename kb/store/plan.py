"""What a load would do: the difference between two snapshots, kept as tables for the load to work from."""

from collections.abc import Collection, Iterator, Sequence

from kb.ledger import Tables, quoted
from kb.ontology import Edge, Node, Prop, types
from kb.resolve import Snapshot
from kb.store.changes import ACTIONS, Action, Change


class Difference(Tables):
    """From one snapshot to another: for each type the ids to create, change and remove.

    A node whose label changes, and an edge whose end does, is removed and made again (`remake`), as are the
    edges of such a node. The edges that tie a new or a removed claim to its source and to what it speaks of
    go with the claim: they are written, but neither listed nor counted (`tie`). Tables of types that are
    known to be the `same` on both sides are not compared; the old snapshot need not hold them.
    """

    def __init__(self, old: Snapshot, new: Snapshot, *, same: Collection[str] = ()) -> None:
        super().__init__(old.connection)
        self.old, self.new = old, new
        for kind in types():
            if kind.table in same:
                self.execute(
                    f"CREATE TABLE {self.name(kind.table)} (id VARCHAR, tie BOOLEAN, action VARCHAR)"
                )
            else:
                self._compare(kind)

    def _compare(self, kind: Node | Edge) -> None:
        compared = [name for name in kind.compared if name != "id"]
        if isinstance(kind, Edge):
            fixed = ["from_label", "from_id", "to_label", "to_id"]
        else:
            fixed = ["kind"] if kind.kinds else []
        differs = " OR ".join(f"a.{quoted(name)} IS DISTINCT FROM b.{quoted(name)}" for name in compared)
        moved = " OR ".join(f"a.{name} IS DISTINCT FROM b.{name}" for name in fixed) or "false"
        self.execute(
            f"""CREATE TABLE {self.name(kind.table)} AS
            SELECT coalesce(a.id, b.id) AS id, {self._tie(kind)} AS tie,
                CASE WHEN a.id IS NULL THEN 'create' WHEN b.id IS NULL THEN 'remove'
                    WHEN {moved} THEN 'remake' ELSE 'change' END AS action
            FROM {self.old.name(kind.table)} a FULL JOIN {self.new.name(kind.table)} b ON a.id = b.id
            WHERE a.id IS NULL OR b.id IS NULL OR {differs}"""
        )

    def ids(self, kind: Node | Edge, *actions: str) -> list[str]:
        """The ids of a type under one of the actions, sorted."""
        rows = self.execute(
            f"SELECT id FROM {self.name(kind.table)} WHERE list_contains(?, action) ORDER BY id",
            [list(actions)],
        )
        return [key for (key,) in rows]

    def growth(self, kind: Node | Edge) -> int:
        """How many more of a type there will be."""
        rows = self.execute(
            f"""SELECT count(*) FILTER (WHERE action = 'create') - count(*) FILTER (WHERE action = 'remove')
            FROM {self.name(kind.table)}"""
        )
        return int(rows[0][0])

    def any(self, kind: Node | Edge, action: str) -> bool:
        """Whether anything of a type is under an action."""
        return bool(self.execute(f"SELECT 1 FROM {self.name(kind.table)} WHERE action = ? LIMIT 1", [action]))

    def among(self, kind: Node | Edge, action: str, ids: Sequence[str]) -> list[str]:
        """Those of some ids that are under an action, sorted."""
        rows = self.execute(
            f"SELECT id FROM {self.name(kind.table)} WHERE action = ? AND list_contains(?, id) ORDER BY id",
            [action, list(ids)],
        )
        return [key for (key,) in rows]

    def filled(self, kind: Node | Edge) -> list[Prop]:
        """The properties of a type that any row of the new snapshot has: others need not be written."""
        counts = ", ".join(f"count({quoted(prop.name)})" for prop in kind.props)
        (found,) = self.execute(f"SELECT {counts} FROM {self.new.name(kind.table)}")
        return [prop for prop, number in zip(kind.props, found, strict=True) if number or prop.name == "id"]

    def _tie(self, kind: Node | Edge) -> str:
        if kind.table not in ("FROM_SOURCE", "ABOUT"):
            return "false"
        claims = f"SELECT id FROM {self.name('Claim')}"
        return f"""(coalesce(a.from_label, b.from_label) = 'Claim'
            AND coalesce(a.from_id, b.from_id) IN ({claims}))"""

    def rows(self) -> int:
        """How many rows are to be written."""
        union = " UNION ALL ".join(f"SELECT count(*) AS n FROM {self.name(kind.table)}" for kind in types())
        return int(self.execute(f"SELECT sum(n) FROM ({union})")[0][0])

    def counts(self) -> dict[Action, int]:
        """How many nodes and edges would be created, changed and removed; a remake is a change."""
        union = " UNION ALL ".join(
            f"SELECT action FROM {self.name(kind.table)} WHERE NOT tie" for kind in types()
        )
        rows = dict(self.execute(f"SELECT action, count(*) FROM ({union}) GROUP BY action"))
        counted: dict[Action, int] = {action: rows.get(action, 0) for action in ACTIONS}
        counted["change"] += rows.get("remake", 0)
        return counted

    def __bool__(self) -> bool:
        return self.rows() > 0

    def changes(self) -> Iterator[Change]:
        """Each change: creations, then changes, then removals, by type and id."""
        for action in ACTIONS:
            for kind in types():
                yield from self._changes(kind, action)

    def _changes(self, kind: Node | Edge, action: Action) -> Iterator[Change]:
        names = [name for name in kind.compared if name not in ("id", "from_label", "to_label")]
        pairs = ", ".join(f"a.{quoted(name)}, b.{quoted(name)}" for name in names)
        asked = "d.action IN ('change', 'remake')" if action == "change" else f"d.action = '{action}'"
        rows = self.execute(
            f"""SELECT d.id, {pairs} FROM {self.name(kind.table)} d
            LEFT JOIN {self.old.name(kind.table)} a ON a.id = d.id
            LEFT JOIN {self.new.name(kind.table)} b ON b.id = d.id
            WHERE {asked} AND NOT d.tie ORDER BY d.id"""
        )
        for key, *values in rows:
            both = dict(zip(names, zip(values[::2], values[1::2], strict=True), strict=True))
            yield Change(
                action, kind.table, key, {name: pair for name, pair in both.items() if pair[0] != pair[1]}
            )
