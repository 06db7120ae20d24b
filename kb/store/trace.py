"""What `kb why` needs: a fact, and its claims with their sources, of the graph or of a snapshot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from kb.errors import KbError, NotFound
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


class Facts(Protocol):
    """Where facts and claims are looked up."""

    def decisions(self) -> Decisions:
        """What curators decided."""

    def edge(self, key: str) -> Relation | None:
        """The edge of an id."""

    def nodes(self, key: str) -> list[Entity]:
        """The nodes of an id, entities first."""

    def claims(self, fact: str, decisions: Decisions) -> list[tuple[str, Said]]:
        """The claims of a fact, each with its predicate, sorted by id."""

    def departure(self, spell: Relation) -> Mapping[str, Any] | None:
        """The properties of the departure that ends a spell, with its id."""

    def spells(self, flow: Relation) -> list[str]:
        """Ids of the spells that a TALENT_FLOW was counted from, sorted."""

    def folders(self, datasets: Sequence[str]) -> list[tuple[str, str]]:
        """Those of some datasets whose claims are no nodes, each with its folder, sorted."""

    def name(self, key: str) -> str:
        """The name of a node, or its id."""

    def not_found(self, key: str) -> NotFound:
        """The error for an id that is not there."""


def trace(database: Database, key: str) -> Trace:
    """A fact and its claims, by the id of the fact, of an entity or of a claim.

    Raises: NotFound; KbError for a source, a dataset or a decision, behind which no claims stand.
    """
    return traced(_Graph(database), key)


def traced(facts: Facts, key: str) -> Trace:
    """What `trace` gives, from wherever facts are looked up."""
    decisions = facts.decisions()
    relation = facts.edge(key)
    if relation is not None:
        return _of_edge(facts, relation, decisions)
    claims = facts.claims(key, decisions)
    heard = [claim for _, claim in claims]
    for node in facts.nodes(key):
        if node.labels[0] == "Claim":
            fact = node.properties.get("fact")
            if isinstance(fact, str) and fact != key:
                return traced(facts, fact)
        elif node.labels[0] in ("Source", "Dataset", "Decision"):
            hint = f"`kb show {key}` says what it is"
            raise KbError(f"`{key}` is a {node.labels[0].lower()}, and rests on no claims", hint=hint)
        else:
            kind: Node | Edge = NODES[node.labels[0]]
            elsewhere = _elsewhere(facts, node.properties)
            why = explain(kind, heard, held=node.properties, unheard=bool(elsewhere), decisions=decisions)
            decided = decisions.about([key])
            return Trace(key, node, {key: node.name}, why, elsewhere=elsewhere, decided=decided)
    if not heard and decisions.survivor(key) != key:
        return traced(facts, decisions.survivor(key))
    if not heard:
        raise facts.not_found(key)
    ends = key.split(":")[:3:2]  # subject and object, or the one node
    why = explain(_TYPES.get(claims[0][0], NODES["Person"]), heard, decisions=decisions)
    return Trace(key, None, {end: facts.name(end) for end in ends}, why, decided=decisions.about(ends))


def _of_edge(facts: Facts, relation: Relation, decisions: Decisions) -> Trace:
    departure, related = None, []
    if relation.type == "EMPLOYED_AT":
        departure = facts.departure(relation)
        related = [departure["id"]] if departure else []
    elif relation.type == "TALENT_FLOW":
        related = facts.spells(relation)
    elif isinstance(spell := relation.properties.get("spell"), str):
        related = [spell]
    elsewhere = _elsewhere(facts, relation.properties)
    why = explain(
        EDGES[relation.type],
        [claim for _, claim in facts.claims(relation.id, decisions)],
        held=relation.properties,
        departure=departure,
        unheard=bool(elsewhere),
        decisions=decisions,
    )
    ends = (relation.start, relation.end)
    names = {end: facts.name(end) for end in ends}
    return Trace(relation.id, relation, names, why, tuple(related), elsewhere, decisions.about(ends))


def _elsewhere(facts: Facts, properties: Mapping[str, Any]) -> tuple[str, ...]:
    """Where the claims of a fact are that are no nodes."""
    datasets = list(properties.get("datasets") or ()) if properties.get("claims") else []
    found = facts.folders(datasets) if datasets else []
    return tuple(
        f"{key} keeps the ids of its claims only; what they say is in {folder}" for key, folder in found
    )


@dataclass(frozen=True)
class _Graph:
    """The graph, where each thing is looked up by its id."""

    database: Database

    def decisions(self) -> Decisions:
        return read_decisions(self.database)

    def edge(self, key: str) -> Relation | None:
        return edge(self.database, key)

    def nodes(self, key: str) -> list[Entity]:
        return nodes(self.database, key)

    def claims(self, fact: str, decisions: Decisions) -> list[tuple[str, Said]]:
        query = (
            "MATCH (c:Claim {fact: $fact})-[:FROM_SOURCE]->(s:Source) "
            "RETURN c.predicate, properties(c), properties(s) ORDER BY c.id"
        )
        rows = self.database.read(query, {"fact": fact}).rows
        return [(predicate, said(claim, source, decisions)) for predicate, claim, source in rows]

    def departure(self, spell: Relation) -> Mapping[str, Any] | None:
        query = "MATCH (:Person {id: $person})-[d:DEPARTED {spell: $spell}]->() RETURN properties(d)"
        rows = self.database.read(query, {"person": spell.start, "spell": spell.id}).rows
        return next((dict(row[0]) for row in rows), None)

    def spells(self, flow: Relation) -> list[str]:
        return read_spells_of_flow(self.database, flow)

    def folders(self, datasets: Sequence[str]) -> list[tuple[str, str]]:
        query = (
            "MATCH (d:Dataset {provenance: 'ids'}) WHERE d.id IN $ids "
            "RETURN d.id AS id, d.folder AS folder ORDER BY id"
        )
        return [(key, folder) for key, folder in self.database.read(query, {"ids": datasets}).rows]

    def name(self, key: str) -> str:
        return next((node.name for node in nodes(self.database, key)), key)

    def not_found(self, key: str) -> NotFound:
        return not_found(self.database, key)
