"""Snapshots made from a snapshot: without hearsay, or with what is certain alone, and what follows."""

from collections.abc import Iterable
from typing import Final

from kb.ontology import EDGES, ENTITIES, NODES, Edge, Node, types
from kb.resolve.flows import derive_flows
from kb.resolve.snapshot import Snapshot

_COUNTED: Final = ("EMPLOYED_AT", "DEPARTED", "PART_OF", "Organization")


def without_rumoured(snapshot: Snapshot) -> Snapshot:
    """The snapshot without what is only hearsay: facts and figures whose certainty is rumoured.

    What hangs on them goes too: the departure of a spell that is hearsay, what a figure is about. Nodes
    that have no certainty stay, and so do claims: they are what sources say. The given snapshot stays as it
    is.

    >>> whole = Snapshot.from_seeds("meta-ai-2025")
    >>> {edge.properties["certainty"] for edge in without_rumoured(whole).edges("DEPARTED")} & {"rumoured"}
    set()
    """
    sure = _copied(snapshot)
    sure.rumoured = False
    for kind in types():
        if kind.label != "Claim" and "certainty" in kind.columns:
            sure.execute(f"DELETE FROM {sure.name(kind.table)} WHERE certainty = 'rumoured'")
    derive_again(sure)
    return sure


def certain(snapshot: Snapshot) -> Snapshot:
    """An as-of snapshot without what is only possible: each fact in it holds, whatever its dates mean.

    >>> from kb.resolve.as_of import as_of
    >>> then = as_of(Snapshot.from_seeds("meta-ai-2025"), "2020")
    >>> certain(then).count("EMPLOYED_AT") < then.count("EMPLOYED_AT")
    True
    """
    sure = _copied(snapshot)
    for edge in EDGES.values():
        sure.execute(
            f"""DELETE FROM {sure.name(edge.table)}
            WHERE id IN (SELECT id FROM {snapshot.name("possible")})"""
        )
    derive_again(sure)
    return sure


def copy_into(snapshot: Snapshot, other: Snapshot, kinds: Iterable[Node | Edge]) -> None:
    """Copy the tables of some types."""
    for kind in kinds:
        # By name: a snapshot can have columns beside those of the ontology.
        names = ", ".join(f'"{name}"' for name in kind.columns)
        other.execute(
            f"INSERT INTO {other.name(kind.table)} ({names}) SELECT {names} FROM {snapshot.name(kind.table)}"
        )


def derive_again(snapshot: Snapshot) -> None:
    """Take out what has lost an end or its spell, and count TALENT_FLOW again.

    A flow is only possible if it is another one when what is only possible is left out.
    """
    name = snapshot.name
    for edge in EDGES.values():
        for side, labels in (("from", edge.starts), ("to", edge.ends)):
            held = " UNION ALL ".join(
                f"SELECT '{label}' AS label, id FROM {name(label)}"
                for label in sorted({label if label in NODES else "Organization" for label in labels})
            )
            snapshot.execute(
                f"""DELETE FROM {name(edge.table)} WHERE ({side}_label, {side}_id) NOT IN (
                    SELECT label, id FROM ({held}))"""
            )
    for label in ("DEPARTED", "HELD_ROLE"):
        snapshot.execute(
            f"DELETE FROM {name(label)} WHERE spell NOT IN (SELECT id FROM {name('EMPLOYED_AT')})"
        )
    snapshot.execute(
        f"""UPDATE {name("DEPARTED")} SET destination = NULL, destination_known = false
        WHERE destination NOT IN (SELECT id FROM {name("Organization")})"""
    )
    _name_entities(snapshot)
    snapshot.execute(f"DELETE FROM {name('TALENT_FLOW')}")
    derive_flows(snapshot)
    _tell_flows_apart(snapshot)
    held = " UNION ALL ".join(f"SELECT id FROM {name(label)}" for label in (*EDGES, "Event"))
    snapshot.execute(f"DELETE FROM {name('possible')} WHERE id NOT IN ({held})")


def _tell_flows_apart(snapshot: Snapshot) -> None:
    possible = snapshot.name("possible")
    snapshot.execute(f"DELETE FROM {possible} WHERE id IN (SELECT id FROM {snapshot.name('TALENT_FLOW')})")
    if not snapshot.execute(f"SELECT 1 FROM {possible} LIMIT 1"):
        return
    sure = Snapshot(snapshot.connection)
    copy_into(snapshot, sure, [kind for kind in types() if kind.table in _COUNTED])
    for label in ("EMPLOYED_AT", "DEPARTED", "PART_OF"):
        sure.execute(f"DELETE FROM {sure.name(label)} WHERE id IN (SELECT id FROM {possible})")
    derive_flows(sure)
    columns = "id, people, moves, first, last"
    snapshot.execute(
        f"""INSERT INTO {possible} SELECT id FROM (
            SELECT {columns} FROM {snapshot.name("TALENT_FLOW")}
            EXCEPT SELECT {columns} FROM {sure.name("TALENT_FLOW")})"""
    )
    sure.drop()


def _name_entities(snapshot: Snapshot) -> None:
    """The table `entity` (id, label), as a resolution leaves it."""
    entity = snapshot.name("entity")
    held = " UNION ALL ".join(
        f"SELECT id, '{node.label}' AS label FROM {snapshot.name(node.table)}" for node in ENTITIES
    )
    snapshot.execute(f"CREATE OR REPLACE TABLE {entity} AS {held}")


def _copied(snapshot: Snapshot) -> Snapshot:
    """All of a snapshot again, to be changed."""
    other = Snapshot(snapshot.connection)
    other.known_at, other.as_of, other.rumoured = snapshot.known_at, snapshot.as_of, snapshot.rumoured
    other.notices = list(snapshot.notices)
    copy_into(snapshot, other, types())
    other.execute(f"INSERT INTO {other.name('possible')} SELECT id FROM {snapshot.name('possible')}")
    return other
