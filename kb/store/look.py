"""What `kb show` needs of the graph: a node and its edges, looked up by id and never read as a whole."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from kb.errors import NotFound
from kb.names import nearest
from kb.ontology import EDGES, ENTITIES, KIND_LABELS, NODES
from kb.resolve import Entity, Relation
from kb.resolve.judged import Decisions
from kb.store.database import Database
from kb.store.state import is_empty

FINDABLE: Final = (*(node.label for node in ENTITIES), "Source", "Dataset")
SHOWN: Final = (*FINDABLE, "Decision", "Claim")
_NEAR: Final = 5_000  # ids that are compared for a hint
# Of a neighbour only what a profile says about it: its lists of claims can be long.
NEIGHBOUR: Final = (
    *("name", "name_zh", "kind", "date_text", "date_earliest", "date_latest"),
    *("value", "lower", "upper", "unit", "qualifier", "period_text"),
)


@dataclass(frozen=True)
class Cited:
    """A source, and how many claims about something it makes."""

    id: str
    name: str
    claims: int


@dataclass(frozen=True)
class Profile:
    """A node with its edges. `others` has the nodes at their other ends, and whom they mention, by id."""

    entity: Entity
    relations: tuple[Relation, ...]
    others: Mapping[str, Entity]
    cited: tuple[Cited, ...]

    def name(self, key: str) -> str:
        """The name of another node, or its id."""
        return self.others[key].name if key in self.others else key

    @cached_property
    def by_id(self) -> Mapping[str, Relation]:
        """The edges, by id."""
        return {relation.id: relation for relation in self.relations}


def profile(database: Database, key: str, *, kind: str | None = None) -> Profile:
    """A node and its edges; of an id that was merged, those of what it is now.

    `kind` is one of its labels in lower case, where two nodes share the id.
    Raises: NotFound, with the nearest ids.
    """
    found = [each for each in nodes(database, key) if not kind or kind in map(str.lower, each.labels)]
    if not found:
        survivor = read_decisions(database).survivor(key)
        if survivor != key:
            return profile(database, survivor, kind=kind)
        raise not_found(database, key)
    relations, others = _relations(database, found[0])
    mentioned = {value for relation in relations for value in mentions(relation)} - set(others) - {key}
    if mentioned:
        query = "MATCH (n:Organization) WHERE n.id IN $ids RETURN n.id, labels(n), n.name"
        for other, labels, name in database.read(query, {"ids": sorted(mentioned)}).rows:
            others[other] = Entity(other, our_labels(labels), {"name": name} if name else {})
    return Profile(found[0], tuple(relations), others, tuple(_cited(database, found[0])))


def read_decisions(database: Database) -> Decisions:
    """What curators decided, as the graph holds it."""
    query = "MATCH (d:Decision) WHERE d.datasets IS NOT NULL RETURN properties(d)"
    return Decisions.of(row for (row,) in database.read(query).rows)


def nodes(database: Database, key: str) -> list[Entity]:
    """The nodes of an id, entities first: a source and an organization may share one."""
    query = " UNION ALL ".join(
        f"MATCH (n:{label} {{id: $id}}) RETURN labels(n) AS labels, properties(n) AS properties"
        for label in SHOWN
    )
    found = [
        Entity(
            key,
            our_labels(names),
            {name: properties[name] for name in sorted(properties) if name not in ("id", "books")},
        )
        for names, properties in database.read(query, {"id": key}).rows
    ]
    return sorted(found, key=lambda node: SHOWN.index(node.labels[0]))


def edge(database: Database, key: str) -> Relation | None:
    """The edge of an id, found through its start node: by its id alone it would be a scan of all edges."""
    # The id of a claim has colons itself, so an edge of one is read from its end.
    for subject, predicate, *_ in (key.split(":", 2), key.rsplit(":", 3)) if ":" in key else ():
        kind = EDGES.get(predicate.upper())
        for start in kind.starts if kind else ():
            pattern = f"(:{start} {{id: $start}})-[r:{predicate.upper()} {{id: $id}}]->(b)"
            query = f"MATCH {pattern} RETURN properties(r), b.id"
            for properties, end in database.read(query, {"start": subject, "id": key}).rows:
                known = {name: properties[name] for name in sorted(properties) if name != "id"}
                return Relation(key, predicate.upper(), subject, end, known)
    return None


def our_labels(labels: Iterable[str]) -> tuple[str, ...]:
    """Labels that the ontology declares, the one that an id is unique under first.

    >>> our_labels(["Company", "Mine", "Organization"])
    ('Organization', 'Company')
    """
    known = [label for label in labels if label in NODES or label in KIND_LABELS.values()]
    return tuple(sorted(known, key=lambda label: (label not in NODES, label)))


def employer(spell: str) -> str:
    """The organization of a spell, by the spell's id.

    >>> employer("bert-maher:employed_at:meta:1")
    'meta'
    """
    return spell.rsplit(":", 2)[-2] if ":" in spell else spell


def not_found(database: Database, key: str) -> NotFound:
    """The error for an id that is not there: it names facts of the same subject, or the nearest ids."""
    what = f"nothing has the id `{key}`"
    if is_empty(database):
        return NotFound(f"{what}, and no dataset is loaded", hint="Run `kb load`")
    subject, colon, _ = key.partition(":")
    near: list[str] = []
    if colon:
        facts = [
            relation.id
            for node in nodes(database, subject)
            for relation in _relations(database, node)[0]
            if relation.start == subject
        ]
        near = [fact for fact in facts if fact.startswith(f"{key}:")] or nearest(key, facts, 3)
        if facts and not near:
            return NotFound(what, hint=f"`kb show {subject}` lists the facts of `{subject}`")
    near = near or nearest(subject, _some_ids(database, subject), 3)
    return NotFound(what, hint=f"Did you mean {_either(near)}?" if near else "Search with `kb find`")


def _some_ids(database: Database, key: str) -> list[str]:
    """Ids that a mistyped one can mean: those with a long beginning in common, else any, up to a number."""
    for beginning in (key[: len(key) * 3 // 4], key[:2], ""):
        found = []
        for label in FINDABLE:
            query = f"MATCH (n:{label}) WHERE n.id STARTS WITH $beginning RETURN n.id AS id LIMIT {_NEAR}"
            found += [row[0] for row in database.read(query, {"beginning": beginning}).rows]
        if nearest(key, found):
            return found
    return []


def _either(choices: Sequence[str]) -> str:
    *most, last = choices[:5]
    return f"{', '.join(most)} or {last}" if most else last


def _relations(database: Database, node: Entity) -> tuple[list[Relation], dict[str, Entity]]:
    """The edges of a node, and where they lead to. Claims about it are left out: they can be many."""
    relations, others = [], {}
    about = ", ".join(f"x.{name} AS x_{name}" for name in NEIGHBOUR)
    for outward, pattern in _patterns(node):
        query = (
            f"MATCH (n:{node.labels[0]} {{id: $id}}){pattern} WHERE r.id IS NOT NULL AND x.id IS NOT NULL "
            f"RETURN type(r) AS type, properties(r) AS properties, x.id AS id, labels(x) AS labels, {about}"
        )
        for kind, properties, other, labels, *values in database.read(
            query, {"id": node.id}, timeout=None
        ).rows:
            start, end = (node.id, other) if outward else (other, node.id)
            known = {name: properties[name] for name in sorted(properties) if name != "id"}
            relations.append(Relation(properties["id"], kind, start, end, known))
            stated = zip(NEIGHBOUR, values, strict=True)
            others[other] = Entity(
                other, our_labels(labels), {name: value for name, value in stated if value is not None}
            )
    return sorted(relations, key=lambda relation: relation.id), others


def _patterns(node: Entity) -> Iterator[tuple[bool, str]]:
    """What follows the node in a MATCH for its edges, and whether they go out from it."""
    outward = [kind.label for kind in EDGES.values() if node.labels[0] in kind.starts]
    inward = [
        kind.label
        for kind in EDGES.values()
        if {*node.labels} & {*kind.ends} and kind.label not in ("ABOUT", "FROM_SOURCE")
    ]
    if outward:
        yield True, f"-[r:{'|'.join(outward)}]->(x)"
    if inward:
        yield False, f"<-[r:{'|'.join(inward)}]-(x)"
    if node.labels[0] in EDGES["ABOUT"].ends:
        yield False, "<-[r:ABOUT]-(x:Statistic)"


def without_rumoured(profile: Profile) -> tuple[Profile, int]:
    """A profile without facts that are hearsay and what hangs on them, and how many were left out."""
    hearsay = {each.id for each in profile.relations if each.properties.get("certainty") == "rumoured"}
    kept = [each for each in profile.relations if not {each.id, each.properties.get("spell")} & hearsay]
    return replace(profile, relations=tuple(kept)), len(profile.relations) - len(kept)


def mentions(relation: Relation) -> Iterator[str]:
    """Ids of organizations that an edge names in a property."""
    if destination := relation.properties.get("destination"):
        yield str(destination)
    if relation.type == "HELD_ROLE":
        yield employer(str(relation.properties.get("spell") or ""))


def _cited(database: Database, node: Entity) -> list[Cited]:
    """The sources that speak of a node, with the number of their claims, most first."""
    label = node.labels[0]
    to_source = f"MATCH (n:{label} {{id: $id}})<-[:ABOUT]-(:Claim)-[:FROM_SOURCE]->(s:Source)"
    if label == "Source":
        to_source = "MATCH (s:Source {id: $id})<-[:FROM_SOURCE]-(:Claim)"
    elif label == "Claim":
        to_source = "MATCH (:Claim {id: $id})-[:FROM_SOURCE]->(s:Source)"
    query = f"{to_source} RETURN s.id AS id, s.name AS name, count(*) AS claims"
    rows = database.read(query, {"id": node.id}, timeout=None).rows
    return sorted((Cited(*row) for row in rows), key=lambda cited: (-cited.claims, cited.id))
