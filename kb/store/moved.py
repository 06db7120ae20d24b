"""The spells behind a TALENT_FLOW: those that its moves lead from and to."""

from kb.resolve import Relation, Snapshot
from kb.resolve.careers import drop_careers, make_careers
from kb.store.database import Database
from kb.store.readback import read_edges_of, read_types


def spells_of_flow(snapshot: Snapshot, flow: Relation) -> list[str]:
    """Ids of the spells between which people moved, sorted, by the rules of `kb.resolve.careers`."""
    names = {name: f"{name} of flow" for name in ("spells", "moves", "pairs", "bodies")}
    make_careers(snapshot, include_rumoured=False, **names)
    rows = snapshot.execute(
        f"""SELECT DISTINCT unnest([from_spell, to_spell]) AS spell FROM {snapshot.name(names["moves"])}
        WHERE from_id = ? AND to_id = ? ORDER BY spell""",
        [flow.start, flow.end],
    )
    drop_careers(snapshot, **names)
    return [spell for (spell,) in rows]


def read_spells_of_flow(database: Database, flow: Relation) -> list[str]:
    """The same from the graph, of which only people are read who were at both ends."""
    part = Snapshot()
    read_types(database, part, ["Organization", "PART_OF"])
    people = database.read(
        "MATCH (a:Organization)<-[:EMPLOYED_AT]-(p:Person)-[:EMPLOYED_AT]->(b:Organization) "
        "WHERE a.id IN $a AND b.id IN $b RETURN DISTINCT p.id AS id ORDER BY id",
        {"a": _counted_as(part, flow.start), "b": _counted_as(part, flow.end)},
        timeout=None,
    )
    ids = [key for (key,) in people.rows]
    for label in ("EMPLOYED_AT", "DEPARTED"):
        read_edges_of(database, part, label, "Person", ids)
    return spells_of_flow(part, flow)


def _counted_as(snapshot: Snapshot, organization: str) -> list[str]:
    """An organization, and all that was ever a part of it or of a part, or became it."""
    rows = snapshot.execute(
        f"""WITH RECURSIVE parts(id) AS (
            SELECT ? UNION
            SELECT p.from_id FROM {snapshot.name("PART_OF")} p JOIN parts ON parts.id = p.to_id)
        SELECT id FROM parts ORDER BY id""",
        [organization],
    )
    return [key for (key,) in rows]
