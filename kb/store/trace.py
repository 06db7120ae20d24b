"""What `kb why` needs of the graph: a fact, and its claims with their sources."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kb.errors import KbError
from kb.ontology import EDGES, NODES, Edge, Node, types
from kb.resolve import Entity, Relation
from kb.resolve.judged import Decision, Decisions
from kb.resolve.why import Said, Why, explain, said
from kb.store.database import Database
from kb.store.look import edge, nodes, not_found, read_decisions
from kb.store.moved import read_spells_of_flow

_TYPES: Final = {kind.table.lower(): kind for kind in types()}  # by the predicate of their claims


@dataclass(frozen=True)
class Trace:
    """A fact with all that stands behind it; `fact` is None if it is held no more.

    `names` has the names of its ends. `related` has ids of facts that it was worked out from, or belongs to.
    `elsewhere` says, for each dataset whose claims the graph keeps the ids of and no more, where they are.
    `decided` has what was decided about the identity of its ends.
    """

    id: str
    fact: Entity | Relation | None
    names: Mapping[str, str]
    why: Why
    related: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    decided: tuple[Decision, ...] = ()


def trace(database: Database, key: str) -> Trace:
    """A fact and its claims, by the id of the fact, of an entity or of a claim.

    Raises: NotFound; KbError for a source or a dataset, behind which no claims stand.
    """
    decisions = read_decisions(database)
    relation = edge(database, key)
    if relation is not None:
        return _of_edge(database, relation, decisions)
    for node in nodes(database, key):
        if node.labels[0] == "Claim":
            fact = node.properties.get("fact")
            if isinstance(fact, str) and fact != key:
                return trace(database, fact)
        elif node.labels[0] in ("Source", "Dataset", "Decision"):
            hint = f"`kb show {key}` says what it is"
            raise KbError(f"`{key}` is a {node.labels[0].lower()}, and rests on no claims", hint=hint)
        else:
            claims = [claim for _, claim in _claims(database, key, decisions)]
            kind: Node | Edge = NODES[node.labels[0]]
            elsewhere = _elsewhere(database, node.properties)
            why = explain(kind, claims, held=node.properties, unheard=bool(elsewhere), decisions=decisions)
            decided = decisions.about([key])
            return Trace(key, node, {key: node.name}, why, elsewhere=elsewhere, decided=decided)
    heard = _claims(database, key, decisions)
    if not heard and decisions.survivor(key) != key:
        return trace(database, decisions.survivor(key))
    if not heard:
        raise not_found(database, key)
    kind = _TYPES.get(heard[0][0], NODES["Person"])
    ends = key.split(":")[:3:2]  # subject and object, or the one node
    why = explain(kind, [claim for _, claim in heard], decisions=decisions)
    return Trace(key, None, _names(database, ends), why, decided=decisions.about(ends))


def _of_edge(database: Database, relation: Relation, decisions: Decisions) -> Trace:
    departure, related = None, []
    if relation.type == "EMPLOYED_AT":
        query = "MATCH (:Person {id: $person})-[d:DEPARTED {spell: $spell}]->() RETURN properties(d)"
        for (departure,) in database.read(query, {"person": relation.start, "spell": relation.id}).rows:
            related.append(departure["id"])
    elif relation.type == "TALENT_FLOW":
        related += read_spells_of_flow(database, relation)
    elif isinstance(spell := relation.properties.get("spell"), str):
        related.append(spell)
    claims = [claim for _, claim in _claims(database, relation.id, decisions)]
    elsewhere = _elsewhere(database, relation.properties)
    why = explain(
        EDGES[relation.type],
        claims,
        held=relation.properties,
        departure=departure,
        unheard=bool(elsewhere),
        decisions=decisions,
    )
    ends = (relation.start, relation.end)
    return Trace(
        relation.id,
        relation,
        _names(database, ends),
        why,
        tuple(sorted(set(related))),
        elsewhere,
        decisions.about(ends),
    )


def _elsewhere(database: Database, properties: Mapping[str, Any]) -> tuple[str, ...]:
    """Where the claims of a fact are that are no nodes."""
    if not properties.get("claims"):
        return ()
    query = (
        "MATCH (d:Dataset {provenance: 'ids'}) WHERE d.id IN $ids "
        "RETURN d.id AS id, d.folder AS folder ORDER BY id"
    )
    rows = database.read(query, {"ids": list(properties.get("datasets") or ())}).rows
    return tuple(kept_elsewhere(key, folder) for key, folder in rows)


def kept_elsewhere(dataset: str, folder: str) -> str:
    """What to say of a dataset whose claims are no nodes."""
    return f"{dataset} keeps the ids of its claims only; what they say is in {folder}"


def _claims(database: Database, fact: str, decisions: Decisions) -> list[tuple[str, Said]]:
    """The claims of a fact, each with its predicate."""
    query = (
        "MATCH (c:Claim {fact: $fact})-[:FROM_SOURCE]->(s:Source) "
        "RETURN c.predicate, properties(c), properties(s) ORDER BY c.id"
    )
    rows = database.read(query, {"fact": fact}).rows
    return [(predicate, said(claim, source, decisions)) for predicate, claim, source in rows]


def _names(database: Database, keys: Iterable[str]) -> dict[str, str]:
    """Names of nodes, by id."""
    return {key: next((node.name for node in nodes(database, key)), key) for key in keys}
