"""The rules of careers as a plain loop of Python over people, with networkx to count.

The other implementation: it reads the same table row by row and shares no code with `kb.resolve`, so it is
both what a script would do, to be timed, and what the answers are held against. It knows no lineage:
organizations that became each other, or belong to each other, are not in its worlds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

import networkx as nx

from kb.resolve import Snapshot

EPOCH = date(1970, 1, 1).toordinal()
EVER = 1e9
Flows = dict[tuple[str, str], int]


@dataclass(slots=True)
class Spell:
    """A spell with its time in days, and why it has no place, if it has none."""

    id: str
    at: str
    start: tuple[date | None, date | None]
    end: tuple[date | None, date | None]
    began: float | None
    ended: float | None
    reason: str = ""

    @property
    def middle(self) -> float | None:
        if self.began is None or self.ended is None:
            return self.ended if self.began is None else self.began
        return (self.began + self.ended) / 2


@dataclass
class Found:
    """What became of spells and pairs, by id: what is left out and why, and the outcome of each pair."""

    reasons: dict[str, str] = field(default_factory=dict)
    pairs: dict[tuple[str, str | None, str], str] = field(default_factory=dict)
    graph: "nx.DiGraph[str]" = field(default_factory=nx.DiGraph)

    @property
    def flows(self) -> Flows:
        """The moves from one organization to another."""
        return {(a, b): n for a, b, n in self.graph.edges(data="moves")}


def plain_rule(snapshot: Snapshot) -> Found:
    """Each spell and the next by its start, at another organization: no rule for what is messy."""
    rows = snapshot.execute(f"SELECT from_id, start_earliest, id, to_id FROM {snapshot.name('EMPLOYED_AT')}")
    held: dict[str, list[tuple[Any, ...]]] = {}
    for person, *spell in rows:
        held.setdefault(person, []).append(tuple(spell))
    moves = ((one[2], other[2]) for spells in held.values() for one, other in pairwise(sorted(spells)))
    return Found(graph=counted((a, b) for a, b in moves if a != b))


def all_rules(snapshot: Snapshot) -> Found:
    """The rules that docs/explanation/measures.md states, one after the other."""
    name = snapshot.name
    rows = snapshot.execute(
        f"""SELECT from_id, id, to_id, kind, phase, certainty, start_earliest, start_latest, end_earliest,
            end_latest, ongoing, last_heard FROM {name("EMPLOYED_AT")}"""
    )
    told = snapshot.execute(
        f"""SELECT from_id, spell, destination FROM {name("DEPARTED")}
        WHERE phase = 'past' AND destination IS NOT NULL AND certainty <> 'rumoured'"""
    )
    people: dict[str, list[Spell]] = {}
    for person, *rest in rows:
        people.setdefault(person, []).append(_spell(*rest))
    departed: dict[str, list[tuple[str, str]]] = {}
    for person, spell, destination in told:
        departed.setdefault(person, []).append((spell, destination))
    found = Found()
    moves: list[tuple[str, str]] = []
    for person, spells in people.items():
        moves += _career(spells, departed.get(person, ()), found)
    found.graph = counted(moves)
    return found


def counted(moves: Iterable[tuple[str, str]]) -> "nx.DiGraph[str]":
    """Moves as a graph of networkx, whose edges count them."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    for a, b in moves:
        if graph.has_edge(a, b):
            graph[a][b]["moves"] += 1
        else:
            graph.add_edge(a, b, moves=1)
    return graph


def _middle(bounds: tuple[date | None, date | None]) -> float | None:
    known = [day.toordinal() - EPOCH for day in bounds if day is not None]
    return (known[0] + known[-1]) / 2 if known else None


def _spell(
    key: str,
    at: str,
    kind: str,
    phase: str,
    certainty: str,
    a: Any,
    b: Any,
    c: Any,
    d: Any,
    on: bool,
    heard: Any,
) -> Spell:
    began, ended = _middle((a, b)), _middle((c, d))
    if ended is None and on:
        ended = max(heard.toordinal() - EPOCH, EVER * -1 if began is None else began)
    spell = Spell(key, at, (a, b), (c, d), began, ended)
    if kind != "job":
        spell.reason = "other_kind"
    elif phase == "planned":
        spell.reason = "planned"
    elif certainty == "rumoured":
        spell.reason = "rumoured"
    elif spell.middle is None:
        spell.reason = "undated"
    elif a is not None and d is not None and d < a:
        spell.reason = "reversed"
    return spell


def _inside(spell: Spell, other: Spell) -> str:
    """Why a spell has no place beside another one of the person, or nothing."""
    if (spell.began, spell.ended) == (other.began, other.ended):
        return "same_time" if other.id < spell.id else ""
    if other.began is None or other.ended is None:
        return ""
    low = spell.ended if spell.began is None else spell.began
    high = spell.began if spell.ended is None else spell.ended
    assert low is not None and high is not None
    within = other.began <= low and other.ended >= high and (other.began < low or other.ended > high)
    return "contained" if within and not _follow(spell, other) and not _follow(other, spell) else ""


def _follow(one: Spell, other: Spell) -> bool:
    """Whether one may have ended by the time at which the other may have begun, as vague as dates are."""
    begins_by = None
    if other.start[1] is not None:
        begins_by = float(other.start[1].toordinal() - EPOCH)
    elif other.start[0] is not None:
        begins_by = EVER
    goes_on_to = one.ended
    if one.end[0] is not None:
        goes_on_to = float(one.end[0].toordinal() - EPOCH)
    elif one.end[1] is not None:
        goes_on_to = -EVER
    return begins_by is not None and goes_on_to is not None and goes_on_to <= begins_by


def _order(spell: Spell) -> tuple[Any, ...]:
    began, ended = spell.began, spell.ended
    return (
        spell.middle,
        (began is not None, began or 0.0),
        (ended is None, ended or 0.0),
        spell.id,
    )


def _career(
    spells: Sequence[Spell], departed: Sequence[tuple[str, str]], found: Found
) -> list[tuple[str, str]]:
    """The moves of one person; what is left out and what became of each pair is noted in `found`."""
    able = [spell for spell in spells if not spell.reason]
    reasons = {}
    for spell in able:
        why = {_inside(spell, other) for other in able if other is not spell}
        reasons[spell.id] = "same_time" if "same_time" in why else "contained" if "contained" in why else ""
    for spell in able:
        spell.reason = reasons[spell.id]
    found.reasons.update((spell.id, spell.reason) for spell in spells if spell.reason)
    placed = sorted((spell for spell in able if not spell.reason), key=_order)
    stated = [_stated(spells, *each) for each in departed]
    settled = {pair[:2] for pair in stated if pair[1] is not None}
    lefts, rights = {a for a, _ in settled}, {b for _, b in settled}
    moves = []
    for one, other in pairwise(placed):
        if (one.id, other.id) in settled:
            continue
        outcome = "stayed" if one.at == other.at else "moved"
        if outcome == "moved" and (one.id in lefts or other.id in rights):
            outcome = "overruled"
        found.pairs[one.id, other.id, "dates"] = outcome
        if outcome == "moved":
            moves.append((one.at, other.at))
    where = {spell.id: spell.at for spell in spells}
    for spell, to, outcome in stated:
        found.pairs[spell, to, "stated"] = outcome
        if outcome == "moved" and to is not None:
            moves.append((where[spell], where[to]))
    return moves


def _stated(spells: Sequence[Spell], key: str, destination: str) -> tuple[str, str | None, str]:
    """A departure that names its destination: the spell it ends, the one it leads to, and what it is."""
    able = [spell for spell in spells if spell.reason in ("", "undated", "same_time", "contained")]
    left = next((spell for spell in able if spell.id == key), None)
    if left is None:
        return key, None, "no_origin"
    later = [
        spell for spell in able
        if spell.id != key and spell.at == destination
        and (spell.middle is None or left.middle is None or spell.middle >= left.middle)
    ]  # fmt: skip
    if not later:
        return key, None, "no_spell"
    to = min(later, key=lambda spell: (EVER if spell.middle is None else spell.middle, spell.id))
    return key, to.id, "stayed" if to.at == left.at else "moved"
