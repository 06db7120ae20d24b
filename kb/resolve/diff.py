"""What changed between two snapshots: who joined, left and moved, what came true, was taken back or corrected."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from kb.ontology import EDGES, Edge, Prop
from kb.resolve.careers import make_careers
from kb.resolve.derived import copy_into
from kb.resolve.snapshot import Snapshot

KINDS: Final = {
    "joined": "a spell that is new: somebody is, or was, at an organization",
    "left": "a departure that is new, or a spell that is over and was not",
    "moved": "a move that is new; it stands for its own joined and left",
    "planned": "a spell or a departure that is announced",
    "came_true": "what was planned has happened",
    "renamed": "an organization became another by name, or a person or an organization has another name",
    "became_part": "an organization was acquired or merged, or became a part of another",
    "added": "another fact about a person that is new",
    "changed": "a fact that is held in both with other values; only between snapshots of one as-of day",
    "retracted": "a fact that is held no more",
}
_ORDER: Final = {kind: number for number, kind in enumerate(KINDS)}
_OTHERS: Final = ("LEADS", "MEMBER_OF", "WORKED_ON", "STUDIED_AT")
_TABLES: Final = ("EMPLOYED_AT", "DEPARTED", "PART_OF", *_OTHERS)
# Books of claims, and what follows from other columns.
_NOT_COMPARED: Final = ("id", "claims", "datasets", "known_from", "last_heard", "spell", "destination_known")


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

    The two differ by known-at, by as-of, or by the seeds that they come from. Each fact of a change is told
    once: a move stands for the departure and the spell that it consists of, and so does a departure for the
    end of its spell. Derived facts (TALENT_FLOW) and claims are left out; counted as moves are the moves of
    `kb.resolve.careers`, so a renamed employer is no move. Facts that are compared by id, and no row of a
    table is looked at in Python unless it changed.

    >>> now = Snapshot.from_seeds("meta-ai-2025")
    >>> [each.kind for each in diff(now, now)]
    []
    >>> sorted({each.kind for each in diff(now.at(as_of="2025-07"), now.at(as_of="2025-09"))})
    ['joined', 'left', 'moved', 'planned']
    """
    old = before
    if before.connection is not after.connection:
        old = _brought(before, after)
    found = [*_spells(old, after), *_departures(old, after), *_organizations(old, after), *_names(old, after)]
    for label in _OTHERS:
        found += _other(old, after, EDGES[label])
    found = list(_with_moves(found, _new_moves(old, after)))
    return sorted(found, key=lambda each: (_ORDER[each.kind], each.fact, each.related))


def _brought(snapshot: Snapshot, to: Snapshot) -> Snapshot:
    """The tables that are compared, copied into the database of the other snapshot."""
    other = Snapshot(to.connection)
    other.known_at, other.as_of, other.rumoured = snapshot.known_at, snapshot.as_of, snapshot.rumoured
    for kind in (*(EDGES[label] for label in _TABLES), *_named()):
        names = ", ".join(f'"{name}"' for name in kind.columns)
        other.insert(
            kind.table, kind.columns, snapshot.execute(f"SELECT {names} FROM {snapshot.name(kind.table)}")
        )
    other.insert("possible", ["id"], snapshot.execute(f"SELECT id FROM {snapshot.name('possible')}"))
    return other


def _named() -> tuple[Any, ...]:
    from kb.ontology import NODES

    return NODES["Person"], NODES["Organization"]


def _facts(kind: Edge) -> list[str]:
    """The properties in which a fact can be corrected, the bounds of dates left to their texts."""
    return [prop.name for prop in kind.props if prop.name not in _NOT_COMPARED and not _derived_bound(prop)]


def _derived_bound(prop: Prop) -> bool:
    return bool(prop.part) and not prop.name.endswith("_text")


def _unlike(before: Snapshot, after: Snapshot, label: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The facts of a type that one of two snapshots has alone, or that differ: old and new, {} for none."""
    kind = EDGES[label]
    names = [name for name in kind.columns if name not in ("claims", "datasets")]
    compared = [name for name in names if name not in (*_NOT_COMPARED, "from_label", "to_label")]
    unlike = " OR ".join(f'a."{name}" IS DISTINCT FROM b."{name}"' for name in compared)
    sides = [
        f"""SELECT f.*, CASE WHEN p.id IS NULL THEN 'yes' ELSE 'possible' END AS sure
        FROM {side.name(label)} f LEFT JOIN {side.name("possible")} p ON p.id = f.id"""
        for side in (before, after)
    ]
    picks = ", ".join(f'{side}."{name}"' for side in ("a", "b") for name in (*names, "sure"))
    rows = after.execute(
        f"""SELECT {picks} FROM ({sides[0]}) a FULL JOIN ({sides[1]}) b ON a.id = b.id
        WHERE a.id IS NULL OR b.id IS NULL OR {unlike} ORDER BY coalesce(b.id, a.id)"""
    )
    width = len(names) + 1
    for row in rows:
        old, new = (
            dict(zip((*names, "sure"), part, strict=True)) if part[names.index("id")] else {}
            for part in (row[:width], row[width:])
        )
        if not before.as_of:
            old.pop("sure", None)
        if not after.as_of:
            new.pop("sure", None)
        yield old, new


def _told(
    kind: str, fact: Mapping[str, Any], dates: Sequence[str], changes: Mapping[str, tuple[Any, Any]] | None = None
) -> Difference:
    """A change of a fact about a person; its time is that of the first of these dates that is known."""
    earliest, latest = next(
        (bounds for part in dates if any(bounds := (fact.get(f"{part}_earliest"), fact.get(f"{part}_latest")))),
        (None, None),
    )
    ends = {"destination": fact["to_id"]}
    if "destination" in fact or kind == "left":  # a departure, or a spell that is over
        ends = {"origin": fact["to_id"], "destination": fact.get("destination")}
    return Difference(
        kind, fact["id"], fact["from_id"], **ends, earliest=earliest, latest=latest,
        certainty=fact.get("certainty"), as_of=fact.get("sure"), changes=changes or {},
    )  # fmt: skip


def _changes(before: Snapshot, after: Snapshot, kind: Edge, old: Any, new: Any) -> dict[str, tuple[Any, Any]]:
    """What differs in a fact. Between two days of the world the calendar changes facts, and nobody did."""
    if before.as_of != after.as_of:
        return {}
    names = [*_facts(kind), *(["as_of"] if before.as_of else [])]
    old, new = ({**each, "as_of": each.get("sure")} for each in (old, new))
    return {name: (old[name], new[name]) for name in names if old[name] != new[name]}


def _spells(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    departed = {
        row[0] for row in after.execute(f"SELECT spell FROM {after.name('DEPARTED')} WHERE phase = 'past'")
    } if _few(after) else None
    for old, new in _unlike(before, after, "EMPLOYED_AT"):
        if not new:
            yield _told("retracted", old, ("start", "end"))
            continue
        if new["phase"] == "planned":
            if not old:
                yield _told("planned", new, ("start",))
        elif not old:
            yield _told("joined", new, ("start",))
        elif old["phase"] == "planned":
            yield _told("came_true", new, ("start",))
        over = new["phase"] == "past" and old.get("phase") != "past"
        if over and not (departed is not None and new["id"] in departed):
            yield _told("left", new, ("end",))
        if old and (changes := _changes(before, after, EDGES["EMPLOYED_AT"], old, new)):
            # A change of phase is told as what it means.
            if set(changes) - {"phase", "ongoing"}:
                yield _told("changed", new, ("start", "end"), changes)
