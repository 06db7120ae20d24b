"""What changed between two snapshots: who joined, left, moved; what came true, was retracted or corrected."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from kb.ledger.ledger import quoted
from kb.ontology import EDGES
from kb.resolve.aligned import aligned, copied, decided
from kb.resolve.careers import drop_careers, make_careers
from kb.resolve.snapshot import Snapshot

Fact = Mapping[str, Any]

KINDS: Final = {
    "joined": "a spell that is new: somebody is, or was, at an organization",
    "left": "a departure that is new, or a spell that is over and was not",
    "moved": "a move that is new; it stands for its own joined and left",
    "planned": "a spell or a departure that is announced",
    "came_true": "what was planned has happened",
    "renamed": "an organization became another by name, or a person or an organization has another name",
    "merged": "two ids are one now, by a decision",
    "split": "an id that was one with another is its own again",
    "became_part": "an organization was acquired or merged, or became a part of another",
    "added": "another fact about a person that is new",
    "changed": "a fact that is held in both with other values; only between snapshots of one as-of day",
    "retracted": "a fact that is held no more",
}
_ORDER: Final = {kind: number for number, kind in enumerate(KINDS)}
_OTHERS: Final = ("LEADS", "MEMBER_OF", "WORKED_ON", "STUDIED_AT")
_NAMED: Final = ("Person", "Organization")
# Books of claims, and what follows from other columns.
_NOT_COMPARED: Final = ("id", "known_from", "last_heard", "spell", "destination_known")


@dataclass(frozen=True)
class Difference:
    """One change. `fact` is the id of the fact that it is about, of the new one unless it is retracted.

    `person` is who it happened to. `origin` is the organization that was left or became another, and
    `destination` the one that was joined, or the other thing that the fact is about; each is an id or None.
    It happened between `earliest` and `latest`; `certainty` is that of the fact, and `as_of` says whether it
    holds at the day of the second snapshot (of the first, if it is retracted): yes, possible, or None if no
    day was asked for. `related` has ids of facts that it stands for. `changes` has for each property that
    differs its old and its new value.
    """

    kind: str
    fact: str
    person: str | None = None
    origin: str | None = None
    destination: str | None = None
    earliest: date | None = None
    latest: date | None = None
    certainty: str | None = None
    as_of: str | None = None
    related: tuple[str, ...] = ()
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


def diff(before: Snapshot, after: Snapshot) -> list[Difference]:
    """What changed from one snapshot to another, sorted by kind (in the order of KINDS) and fact.

    The two differ by known-at, by as-of, or by the seeds that they come from. Facts are the same if their ids
    are; where a decision lies between the two that ids are the same, or are not, if their claims are. Each is
    told once: a move stands for the departure and the spell that it consists of, and a departure for the end
    of its spell. Moves are those of `kb.resolve.careers`, so a renamed employer is no move.

    Between two as-of days, what was possible at the first and is certain at the second may have happened in
    between: it is told as possible. What the calendar alone changes is left out there, and everywhere what is
    derived, claims and other records.

    The work is done in DuckDB; only what changed becomes objects. Two snapshots of different databases (see
    `beside` of `Snapshot.from_seeds`) cost a copy of one of them.

    >>> now = Snapshot.from_seeds("meta-ai-2025")
    >>> diff(now, now)
    []
    >>> sorted({each.kind for each in diff(now.at(as_of="2025-07"), now.at(as_of="2025-09"))})
    ['added', 'joined', 'left', 'moved', 'planned']
    """
    held = before if before.connection is after.connection else copied(before, after)
    old = aligned(held, after)
    left, spells_left = _departures(old, after)
    found = [*left, *_spells(old, after, set(spells_left.values())), *_organizations(old, after)]
    found += [*_names(old, after), *_decided(held, after)]
    for label in _OTHERS:
        found += _others(old, after, label)
    found = _with_moves(found, _moves(old, after), spells_left)
    return sorted(found, key=lambda each: (_ORDER[each.kind], each.fact, each.related))


def _unlike(before: Snapshot, after: Snapshot, label: str) -> Iterator[tuple[Fact, Fact]]:
    """The facts of a type that one snapshot has alone, or that differ: the old and the new, {} for none."""
    names = [name for name in EDGES[label].columns if name not in ("claims", "datasets")]
    compared = [name for name in names if name not in _NOT_COMPARED]
    unlike = " OR ".join(
        f"a.{quoted(name)} IS DISTINCT FROM b.{quoted(name)}" for name in (*compared, "sure")
    )
    sides = [
        f"""SELECT f.*, CASE WHEN p.id IS NULL THEN 'yes' ELSE 'possible' END AS sure
        FROM {side.name(label)} f LEFT JOIN {side.name("possible")} p ON p.id = f.id"""
        for side in (before, after)
    ]
    columns = (*names, "sure")
    picks = ", ".join(f"{side}.{quoted(name)}" for side in ("a", "b") for name in columns)
    rows = after.execute(
        f"""SELECT {picks} FROM ({sides[0]}) a FULL JOIN ({sides[1]}) b ON a.id = b.id
        WHERE a.id IS NULL OR b.id IS NULL OR {unlike} ORDER BY coalesce(b.id, a.id)"""
    )
    for row in rows:
        old, new = (
            dict(zip(columns, part, strict=True)) for part in (row[: len(columns)], row[len(columns) :])
        )
        yield (old if old["id"] else {}), (new if new["id"] else {})


def _spells(before: Snapshot, after: Snapshot, departed: Container[str]) -> Iterator[Difference]:
    """Spells; the end of one whose departure is told is not told again."""
    for old, new in _unlike(before, after, "EMPLOYED_AT"):
        at = {"destination": (new or old)["to_id"]}
        if not new:
            yield _told(before, "retracted", old, ("start", "end"), **at)
            continue
        changes = _changes(before, after, "EMPLOYED_AT", old, new)
        if new["phase"] == "planned":
            if not old:
                yield _told(after, "planned", new, ("start",), **at)
        elif not old:
            yield _told(after, "joined", new, ("start",), **at)
        elif old["phase"] == "planned":
            yield _told(after, "came_true", new, ("start",), changes=changes, **at)
            changes = {}
        if _settled(before, after, old, new) and old["phase"] != "past":
            yield _told(after, "joined", {**new, "sure": "possible"}, ("start",), **at)
        if new["phase"] == "past" and new["id"] not in departed:
            if old.get("phase") != "past":
                yield _told(after, "left", new, ("end",), origin=new["to_id"])
            elif _settled(before, after, old, new):
                yield _told(after, "left", {**new, "sure": "possible"}, ("end",), origin=new["to_id"])
        over = {"end_text"} if new["phase"] == "past" and old.get("phase") != "past" else set()
        if set(changes) - {"phase", "ongoing"} - over:  # what those mean is told already
            yield _told(after, "changed", new, ("start", "end"), changes=changes, **at)


def _departures(before: Snapshot, after: Snapshot) -> tuple[list[Difference], dict[str, str]]:
    """Departures, and for those that have happened the spell of each."""
    found, spells = [], {}
    for old, new in _unlike(before, after, "DEPARTED"):
        ends = {"origin": (new or old)["to_id"], "destination": (new or old)["destination"]}
        if not new:
            found.append(_told(before, "retracted", old, ("date",), **ends))
            continue
        kind = ""
        if new["phase"] == "planned":
            kind = "" if old else "planned"
        elif not old:
            kind = "left"
        elif old["phase"] == "planned":
            kind = "came_true"
        elif _settled(before, after, old, new):
            kind, new = "left", {**new, "sure": "possible"}
        if kind:
            found.append(_told(after, kind, new, ("date",), **ends))
        if kind in ("left", "came_true"):
            spells[new["id"]] = new["spell"]
        changes = _changes(before, after, "DEPARTED", old, new)
        if set(changes) - {"phase"}:
            found.append(_told(after, "changed", new, ("date",), changes=changes, **ends))
    return found, spells


def _others(before: Snapshot, after: Snapshot, label: str) -> Iterator[Difference]:
    """Other facts about people."""
    for old, new in _unlike(before, after, label):
        at = {"destination": (new or old)["to_id"]}
        if not new:
            yield _told(before, "retracted", old, ("start", "end"), **at)
        elif not old:
            yield _told(after, "planned" if new.get("phase") == "planned" else "added", new, ("start",), **at)
        elif _settled(before, after, old, new):
            yield _told(after, "added", {**new, "sure": "possible"}, ("start",), **at)
        elif changes := _changes(before, after, label, old, new):
            yield _told(after, "changed", new, ("start", "end"), changes=changes, **at)


def _organizations(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    """What organizations became, or belong to."""
    for old, new in _unlike(before, after, "PART_OF"):
        fact = new or old
        ends = {"person": None, "origin": fact["from_id"], "destination": fact["to_id"]}
        if not new:
            yield _told(before, "retracted", old, ("start", "end"), **ends)
        elif not old:
            kind = "renamed" if new["how"] == "renamed" else "became_part"
            yield _told(after, kind, new, ("start",), **ends)
        elif changes := _changes(before, after, "PART_OF", old, new):
            yield _told(after, "changed", new, ("start", "end"), changes=changes, **ends)


def _names(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    """People and organizations that have another name."""
    for label in _NAMED:
        rows = after.execute(
            f"""SELECT a.id, a.name, b.name FROM {before.name(label)} a JOIN {after.name(label)} b USING (id)
            WHERE a.name IS DISTINCT FROM b.name ORDER BY a.id"""
        )
        for key, old, new in rows:
            who = {"person": key} if label == "Person" else {"origin": key}
            yield Difference("renamed", key, **who, changes={"name": (old, new)})


def _decided(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    """Ids that decisions made one, or told apart."""
    for kind, label, key, other in decided(before, after):
        now = other if kind == "merged" else key
        related = (key,) if kind == "merged" else (other,)
        if label == "Person":
            yield Difference(kind, now, person=now, related=related)
        else:
            yield Difference(kind, now, origin=key, destination=other, related=related)


def _moves(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    """Moves that the later snapshot has and the earlier one has not."""
    names = {name: f"{name} of diff" for name in ("spells", "moves", "pairs", "bodies")}
    for side in {before.schema: before, after.schema: after}.values():
        make_careers(side, include_rumoured=True, **names)
    a, b = (side.name(names["moves"]) for side in (before, after))
    possible = after.name("possible")
    rows = after.execute(
        f"""SELECT person, from_id, to_id, from_spell, to_spell, earliest, latest, certainty,
            from_spell IN (SELECT id FROM {possible}) OR to_spell IN (SELECT id FROM {possible}) AS open
        FROM {b} m ANTI JOIN {a} o USING (from_spell, to_spell) ORDER BY to_spell, from_spell"""
    )
    for side in {before.schema: before, after.schema: after}.values():
        drop_careers(side, **names)
    for person, origin, to, old, new, earliest, latest, certainty, possibly in rows:
        sure = ("possible" if possibly else "yes") if after.as_of else None
        yield Difference("moved", new, person, origin, to, earliest, latest, certainty, sure, (old,))


def _with_moves(
    found: Iterable[Difference], moves: Iterable[Difference], departures: Mapping[str, str]
) -> list[Difference]:
    """Put each move in place of what it consists of: the departure, the end of a spell, the new spell."""
    told = {(each.kind, departures.get(each.fact, each.fact)): each for each in found if each.kind == "left"}
    new = {each.fact for each in found if each.kind in ("joined", "came_true")}
    gone, kept = set(), []
    for move in moves:
        left = told.get(("left", move.related[0]))
        if left is None and move.fact not in new:
            continue  # both halves were held before: what makes a move of them is told as a change
        if left:
            gone.add(("left", left.fact))
            if left.fact != move.related[0]:
                move = replace(move, related=(*move.related, left.fact))
        gone.add(("joined", move.fact))
        kept.append(move)
    return [each for each in found if (each.kind, each.fact) not in gone] + kept


def _settled(before: Snapshot, after: Snapshot, old: Fact, new: Fact) -> bool:
    """Whether a fact was possible at one day and is certain at a later one."""
    days = before.as_of is not None and after.as_of is not None and before.as_of < after.as_of
    return days and bool(old) and (old["sure"], new["sure"]) == ("possible", "yes")


def _told(
    snapshot: Snapshot,
    kind: str,
    fact: Fact,
    dates: Iterable[str],
    *,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    **ends: Any,
) -> Difference:
    """A change of a fact; its time is that of the first of these dates that is known."""
    bounds = [(fact.get(f"{part}_earliest"), fact.get(f"{part}_latest")) for part in dates]
    earliest, latest = next((pair for pair in bounds if any(pair)), (None, None))
    return Difference(
        kind=kind,
        fact=fact["id"],
        earliest=earliest,
        latest=latest,
        certainty=fact.get("certainty"),
        as_of=fact["sure"] if snapshot.as_of else None,
        changes=changes or {},
        **{"person": fact["from_id"], **ends},
    )


def _changes(
    before: Snapshot, after: Snapshot, label: str, old: Fact, new: Fact
) -> dict[str, tuple[Any, Any]]:
    """What differs in a fact; between two days of the world the calendar changes facts, and nobody did."""
    if not old or before.as_of != after.as_of:
        return {}
    # The bounds of a date follow its text.
    names = [
        prop.name
        for prop in EDGES[label].props
        if prop.name not in ("claims", "datasets", *_NOT_COMPARED)
        and (not prop.part or prop.name.endswith("_text"))
    ]
    return {name: (old[name], new[name]) for name in names if old[name] != new[name]}
