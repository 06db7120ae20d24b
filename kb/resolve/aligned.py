"""An earlier snapshot in the words of a later one, where decisions made one of two ids, or two of one.

A decision changes the ids of the facts that it touches, and nothing happened to anybody. A fact is known
again by its claims.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from kb.ledger.ledger import quoted
from kb.ontology import EDGES, NODES, Edge, Node
from kb.resolve.judged import Decisions
from kb.resolve.snapshot import Snapshot

COMPARED: Final = ("LEADS", "MEMBER_OF", "WORKED_ON", "STUDIED_AT", "EMPLOYED_AT", "DEPARTED", "PART_OF")
_NODES: Final = ("Person", "Organization", "Decision")


def absorbed(snapshot: Snapshot) -> Mapping[str, str]:
    """For each id that decisions of a snapshot made one with another: what it is now."""
    return {key: to.id for key, to in Decisions.within(snapshot).survivors.items()}


def copied(snapshot: Snapshot, to: Snapshot) -> Snapshot:
    """The tables that are compared, copied into the database of another snapshot."""
    other = Snapshot(to.connection)
    other.known_at, other.as_of, other.rumoured = snapshot.known_at, snapshot.as_of, snapshot.rumoured
    kinds: list[Node | Edge] = [*(EDGES[label] for label in COMPARED), *(NODES[label] for label in _NODES)]
    columns = {"possible": ("id",), **{kind.table: kind.columns for kind in kinds}}
    for table, names in columns.items():
        if snapshot.connection is to.connection:
            other.execute(f"INSERT INTO {other.name(table)} BY NAME FROM {snapshot.name(table)}")
        else:
            listed = ", ".join(map(quoted, names))
            other.insert(table, names, snapshot.execute(f"SELECT {listed} FROM {snapshot.name(table)}"))
    return other


def aligned(before: Snapshot, after: Snapshot) -> Snapshot:
    """The earlier snapshot with the ids that the later one has for its people, organizations and facts.

    Both are in one database. The snapshot itself is given back if no decision lies between the two. Of facts
    that became one, one is kept, and one that became several is there as each of them; a fact that the later
    snapshot has no more keeps its id.
    """
    old, new = absorbed(before), absorbed(after)
    concerned = sorted({*old.items()} ^ {*new.items()})
    if not concerned:
        return before
    ids = sorted({key for pair in concerned for key in pair})
    found = copied(before, after)
    found.execute(f"CREATE TABLE {found.name('known again')} (label VARCHAR, id VARCHAR, now VARCHAR)")
    for label in COMPARED:
        _know_again(found, after, label, ids)
    for label in COMPARED:
        _rename(found, after, label)
    possible, again = found.name("possible"), found.name("known again")
    found.execute(
        f"INSERT INTO {possible} SELECT DISTINCT k.now FROM {again} k JOIN {possible} p ON p.id = k.id"
    )
    found.execute(f"CREATE TABLE {found.name('absorbed')} (id VARCHAR, now VARCHAR)")
    found.insert("absorbed", ("id", "now"), sorted(new.items()))
    found.execute(
        f"UPDATE {found.name('DEPARTED')} AS t SET destination = k.now FROM {found.name('absorbed')} k "
        "WHERE k.id = t.destination"
    )
    return found


def _know_again(found: Snapshot, after: Snapshot, label: str, ids: Iterable[str]) -> None:
    """Note which facts of the later snapshot have claims of one of the earlier that touches these ids."""
    found.execute(
        f"""INSERT INTO {found.name("known again")}
        WITH old AS (SELECT id, unnest(claims) AS claim FROM {found.name(label)}
            WHERE list_contains($1, from_id) OR list_contains($1, to_id)),
        new AS (SELECT id, unnest(claims) AS claim FROM {after.name(label)})
        SELECT DISTINCT '{label}', o.id, n.id FROM old o JOIN new n USING (claim)""",
        [list(ids)],
    )


def _rename(found: Snapshot, after: Snapshot, label: str) -> None:
    """Give facts their later ids and ends. Of several that became one, the first is kept."""
    table, again = found.name(label), f"(SELECT * FROM {found.name('known again')} WHERE label = '{label}')"
    spell = ", n.spell AS spell" if label == "DEPARTED" else ""
    found.execute(
        f"""CREATE OR REPLACE TEMP TABLE later AS
        SELECT t.* REPLACE (k.now AS id, n.from_id AS from_id, n.to_id AS to_id{spell})
        FROM {table} t JOIN {again} k ON k.id = t.id JOIN {after.name(label)} n ON n.id = k.now
        QUALIFY row_number() OVER (PARTITION BY k.now ORDER BY t.id) = 1"""
    )
    found.execute(f"DELETE FROM {table} WHERE id IN (SELECT id FROM {again})")
    found.execute(f"INSERT INTO {table} BY NAME FROM later")
    found.execute("DROP TABLE later")


def decided(before: Snapshot, after: Snapshot) -> Iterator[tuple[str, str, str, str]]:
    """Each id that became one with another, or is its own again: which of both, label, id, other."""
    old, new = absorbed(before), absorbed(after)
    merged = {key: to for key, to in new.items() if key not in old}
    split = {key: to for key, to in old.items() if key not in new}
    for label in ("Person", "Organization"):
        held = {node.id for node in after.nodes(label, ids=[*merged.values(), *split])}
        yield from (("merged", label, key, to) for key, to in sorted(merged.items()) if to in held)
        yield from (("split", label, key, to) for key, to in sorted(split.items()) if key in held)
