"""What `kb show` and `kb why` need, from a snapshot in place of the graph: nodes, edges, claims."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from kb.errors import NotFound
from kb.names import nearest
from kb.ontology import EDGES, NODES
from kb.resolve import Entity, Relation, Snapshot
from kb.resolve.judged import Decisions
from kb.resolve.why import Said, said
from kb.store.look import FINDABLE, NEIGHBOUR, SHOWN, Cited, Profile, mentions
from kb.store.moved import spells_of_flow
from kb.store.trace import Trace, traced

_DATES: Final = ("_earliest", "_latest")


@dataclass(frozen=True)
class Moment:
    """What a fact is on a day: whether it holds, and the values that it has only then."""

    day: date
    answer: Literal["yes", "possible", "no"]
    values: Mapping[str, Any]


def profile_in(snapshot: Snapshot, key: str, *, kind: str | None = None) -> Profile:
    """A node of a snapshot and its edges, as `kb.store.look.profile` gives them. Raises: NotFound."""
    found = [each for each in _nodes(snapshot, key) if not kind or kind in map(str.lower, each.labels)]
    if not found:
        survivor = Decisions.within(snapshot).survivor(key)
        if survivor != key:
            return profile_in(snapshot, survivor, kind=kind)
        raise _not_found(snapshot, key)
    node = found[0]
    relations = sorted(_relations(snapshot, node), key=lambda each: each.id)
    ends = {each.end if each.start == key else each.start for each in relations}
    others: dict[str, Entity] = {}
    for label in NODES:
        for other in snapshot.nodes(label, ids=sorted(ends)):
            known = {name: other.properties[name] for name in NEIGHBOUR if name in other.properties}
            others.setdefault(other.id, Entity(other.id, other.labels, known))
    mentioned = {value for each in relations for value in mentions(each)} - set(others) - {key}
    for other in snapshot.nodes("Organization", ids=sorted(mentioned)):
        others[other.id] = Entity(other.id, other.labels, {"name": other.name})
    return Profile(node, tuple(relations), others, tuple(_cited(snapshot, node)))


def trace_in(snapshot: Snapshot, key: str) -> Trace:
    """A fact of a snapshot and its claims, as `kb.store.trace.trace` gives them. Raises: as it does."""
    return traced(_Held(snapshot), key)


@dataclass(frozen=True)
class _Held:
    """A snapshot, where facts are looked up."""

    snapshot: Snapshot

    def decisions(self) -> Decisions:
        return Decisions.within(self.snapshot)

    def edge(self, key: str) -> Relation | None:
        return _edge(self.snapshot, key)

    def nodes(self, key: str) -> list[Entity]:
        return _nodes(self.snapshot, key)

    def claims(self, fact: str, decisions: Decisions) -> list[tuple[str, Said]]:
        return _claims(self.snapshot, fact, decisions)

    def departure(self, spell: Relation) -> Mapping[str, Any] | None:
        for left in self.snapshot.edges("DEPARTED", start=spell.start):
            if left.properties.get("spell") == spell.id:
                return {"id": left.id, **left.properties}
        return None

    def spells(self, flow: Relation) -> list[str]:
        return spells_of_flow(self.snapshot, flow)

    def folders(self, datasets: Sequence[str]) -> list[tuple[str, str]]:
        rows = self.snapshot.execute(
            f"""SELECT id, folder FROM {self.snapshot.name("Dataset")}
            WHERE provenance = 'ids' AND list_contains(?, id) ORDER BY id""",
            [list(datasets)],
        )
        return [(key, folder) for key, folder in rows]

    def name(self, key: str) -> str:
        return next((node.name for node in _nodes(self.snapshot, key)), key)

    def not_found(self, key: str) -> NotFound:
        return _not_found(self.snapshot, key)


def moment_of(trace: Trace, then: Snapshot) -> Moment | None:
    """What the fact of a trace is in an as-of snapshot; None if the fact is not held at all."""
    if trace.fact is None or then.as_of is None:
        return None
    now: Entity | Relation | None
    if isinstance(trace.fact, Relation):
        now = _edge(then, trace.id)
    else:
        now = next(iter(then.nodes(trace.fact.labels[0], ids=[trace.id])), None)
    if now is None:
        return Moment(then.as_of, "no", {})
    answer = now.properties.get("as_of", "yes")
    names = sorted({*now.properties, *trace.fact.properties} - {"as_of", "last_heard"})
    changed = {
        name: now.properties.get(name)
        for name in names
        if now.properties.get(name) != trace.fact.properties.get(name) and not name.endswith(_DATES)
    }
    return Moment(then.as_of, "possible" if answer == "possible" else "yes", changed)


def _nodes(snapshot: Snapshot, key: str) -> list[Entity]:
    return [node for label in SHOWN for node in snapshot.nodes(label, ids=[key])]


def _edge(snapshot: Snapshot, key: str) -> Relation | None:
    for subject, predicate, *_ in (key.split(":", 2), key.rsplit(":", 3)) if ":" in key else ():
        if predicate.upper() in EDGES:
            for relation in snapshot.edges(predicate.upper(), start=subject):
                if relation.id == key:
                    return relation
    return None


def _relations(snapshot: Snapshot, node: Entity) -> Iterator[Relation]:
    """The edges of a node; claims about it are left out, since they can be many."""
    label = node.labels[0]
    for edge in EDGES.values():
        if label in edge.starts or {*node.labels} & {*edge.starts}:
            yield from snapshot.edges(edge.label, start=node.id)
        if not {*node.labels} & {*edge.ends} or edge.label == "FROM_SOURCE":
            continue
        for relation in snapshot.edges(edge.label, end=node.id):
            of_claim = edge.label == "ABOUT" and not any(snapshot.nodes("Statistic", ids=[relation.start]))
            if not of_claim and relation.start != node.id:
                yield relation


def _claims(snapshot: Snapshot, fact: str, decisions: Decisions) -> list[tuple[str, Said]]:
    rows = snapshot.execute(
        f"""SELECT c.id, f.to_id FROM {snapshot.name("Claim")} c
        JOIN {snapshot.name("FROM_SOURCE")} f ON f.from_id = c.id WHERE c.fact = ? ORDER BY c.id""",
        [fact],
    )
    claims = {node.id: node for node in snapshot.nodes("Claim", ids=[claim for claim, _ in rows])}
    sources = {node.id: node for node in snapshot.nodes("Source", ids=sorted({key for _, key in rows}))}
    return [
        (
            str(claims[claim].properties.get("predicate")),
            said(
                {"id": claim, **claims[claim].properties},
                {"id": source, **sources[source].properties},
                decisions,
            ),
        )
        for claim, source in rows
    ]


def _cited(snapshot: Snapshot, node: Entity) -> list[Cited]:
    """The sources that speak of a node, with the number of their claims, most first."""
    name, label = snapshot.name, node.labels[0]
    which = f"""f.from_id IN (SELECT from_id FROM {name("ABOUT")}
        WHERE from_label = 'Claim' AND to_label = '{label}' AND to_id = ?)"""
    if label == "Source":
        which = "f.to_id = ?"
    elif label == "Claim":
        which = "f.from_id = ?"
    rows = snapshot.execute(
        f"""SELECT s.id, coalesce(s.name, s.id), count(*) FROM {name("FROM_SOURCE")} f
        JOIN {name("Source")} s ON s.id = f.to_id WHERE {which} GROUP BY ALL ORDER BY 3 DESC, 1""",
        [node.id],
    )
    return [Cited(*row) for row in rows]


def _not_found(snapshot: Snapshot, key: str) -> NotFound:
    when = [f"known at {snapshot.known_at}"] if snapshot.known_at else []
    when += [f"as of {snapshot.as_of}"] if snapshot.as_of else []
    what = f"nothing has the id `{key}`{' ' if when else ''}{', '.join(when)}"
    subject = key.partition(":")[0]
    ids = [row[0] for label in FINDABLE for row in snapshot.execute(f"SELECT id FROM {snapshot.name(label)}")]
    if ":" in key and subject in ids:
        return NotFound(what, hint=f"`kb show {subject}` lists the facts of `{subject}`")
    near = nearest(subject, ids, 3)
    return NotFound(what, hint=f"Did you mean {' or '.join(near)}?" if near else "Search with `kb find`")
