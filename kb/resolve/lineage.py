"""Lineage: what organizations became and belong to, with dates, in two ways of counting.

- `point-in-time`: each organization counts as it stood then. A new name is the same organization, always.
  What was acquired or merged is another organization until the day it was, and a part of the other from
  then on: nobody moves between the two any more. An acquisition without a date changes nothing, because
  nobody can say which side of it a move is on.
- `pro-forma`: each counts as what it is now: renamed, acquired and merged organizations count as the last
  one of their chain, with or without dates. What has an end, a spin-off, counts by itself again.

In both, a subsidiary or a division counts by itself, nobody moves between it and what it is a part of while
it is one, and a team counts as its organization if organizations are counted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from kb.errors import KbError
from kb.resolve.snapshot import Relation, Snapshot

MODES: Final = ("point-in-time", "pro-forma")
BECAME: Final = ("renamed", "acquired", "merged")
BELONGS: Final = ("division", "subsidiary")


@dataclass(frozen=True)
class Tie:
    """A PART_OF fact: what an organization became, or belongs to, from `since` to `until`.

    Each of the two is the bounds of a partial date, (None, None) if nothing is said; `since_text` and
    `until_text` are the dates as curated. What `ended` has an end that is no `..`.
    """

    id: str
    organization: str
    other: str
    how: str
    since: tuple[date | None, date | None]
    until: tuple[date | None, date | None]
    since_text: str | None
    until_text: str | None
    certainty: str | None

    @property
    def ended(self) -> bool:
        """Whether it has an end."""
        return any(self.until)


@dataclass(frozen=True)
class Lineage:
    """An organization in the course of time.

    `counts_as` is what it counts as in the mode that was asked for. `before` are the ties of what became it,
    the earliest first, `after` those of what it became; both follow chains. `parts` and `wholes` are the ties
    of what belongs to it, and of what it belongs to.
    """

    organization: str
    counts_as: str
    before: tuple[Tie, ...]
    after: tuple[Tie, ...]
    parts: tuple[Tie, ...]
    wholes: tuple[Tie, ...]


def ties(snapshot: Snapshot) -> list[Tie]:
    """The PART_OF facts of a snapshot that are no hearsay, sorted by id.

    Raises: KbError if organizations became each other in a circle, with the path.
    """
    found = [
        _tie(edge) for edge in snapshot.edges("PART_OF") if edge.properties.get("certainty") != "rumoured"
    ]
    for hows in (BECAME, BELONGS):
        refuse_circles(tie for tie in found if tie.how in hows and not tie.ended)
    return found


def refuse_circles(found: Iterable[Tie]) -> None:
    """Raise a KbError that shows the path, if these ties lead back to where they begin.

    >>> a, b = (Tie("t", x, y, "renamed", *[(None, None)] * 2, None, None, None) for x, y in ("xy", "yx"))
    >>> refuse_circles([a, b])
    Traceback (most recent call last):
        ...
    kb.errors.KbError: organizations became each other in a circle: x renamed y renamed x. Give the tie that \
is over an `end`, or take one out
    """
    steps: dict[str, list[Tie]] = {}
    for tie in found:
        steps.setdefault(tie.organization, []).append(tie)
    done: set[str] = set()
    for start in sorted(steps):
        path: list[tuple[str, list[Tie]]] = [(start, list(steps[start]))]
        while path:
            key, left = path[-1]
            if not left:
                done.add(key)
                path.pop()
                continue
            tie = left.pop(0)
            on = [name for name, _ in path]
            if tie.other in on:
                names = [*on[on.index(tie.other) :], tie.other]
                hows = {(t.organization, t.other): t.how for each in steps.values() for t in each}
                pairs = pairwise(names)
                told = "".join(f"{a} {hows[a, b]} " for a, b in pairs) + names[-1]
                what = f"organizations became each other in a circle: {told}"
                raise KbError(what, hint="Give the tie that is over an `end`, or take one out")
            if tie.other not in done:
                path.append((tie.other, list(steps.get(tie.other, ()))))


def lineage(snapshot: Snapshot, *, mode: str = MODES[0]) -> dict[str, str]:
    """What each organization counts as that counts as another: its id, and the id of the other.

    The last name of a chain of renames; with `pro-forma` the end of the chain of what it became. Where an
    organization became two others, the later tie decides, then the first by id. Teams are left as they are:
    `kb.analysis.careers` counts them by level.
    Raises: KbError for a mode that there is not, or for a circle.

    >>> lineage(Snapshot.from_seeds("meta-ai-2025"))
    {}
    """
    if mode not in MODES:
        raise KbError(f"no lineage `{mode}`", hint=f"There are {' and '.join(MODES)}")
    hows = ("renamed",) if mode == MODES[0] else BECAME
    steps = successors(ties(snapshot), hows)
    return {key: last(steps, key) for key in sorted(steps)}


def successors(found: Iterable[Tie], hows: Sequence[str]) -> dict[str, str]:
    """For each organization the one that it became by ties of these kinds that have no end."""
    ranked = sorted(
        (tie for tie in found if tie.how in hows and not tie.ended),
        key=lambda tie: (-(tie.since[0] or tie.since[1] or date.min).toordinal(), tie.id),
    )
    steps: dict[str, str] = {}
    for tie in ranked:
        steps.setdefault(tie.organization, tie.other)
    return steps


def last(steps: Mapping[str, str], key: str) -> str:
    """Where steps lead from a key.

    >>> last({"a": "b", "b": "c"}, "a"), last({}, "a")
    ('c', 'a')
    """
    while key in steps:
        key = steps[key]
    return key


def history(snapshot: Snapshot, organization: str, *, mode: str = MODES[0]) -> Lineage:
    """What became an organization, what it became, and what it has and had as parts.

    Raises: NotFound, with the nearest ids; KbError for what is no organization, and as `lineage`.
    """
    entity = snapshot.entity(organization)
    if entity.labels[0] != "Organization":
        raise KbError(f"`{organization}` is no organization, but a {entity.labels[0].lower()}")
    found = ties(snapshot)
    became = [tie for tie in found if tie.how in BECAME]
    return Lineage(
        organization,
        lineage(snapshot, mode=mode).get(organization, organization),
        before=tuple(sorted(_reached(became, organization, "other", "organization"), key=_when)),
        after=tuple(sorted(_reached(became, organization, "organization", "other"), key=_when)),
        parts=tuple(tie for tie in found if tie.how in BELONGS and tie.other == organization),
        wholes=tuple(tie for tie in found if tie.how in BELONGS and tie.organization == organization),
    )


def _reached(found: Sequence[Tie], key: str, near: str, far: str) -> list[Tie]:
    """All ties that can be reached from a key; each is followed once."""
    reached: list[Tie] = []
    open_keys, seen = [key], {key}
    while open_keys:
        at = open_keys.pop()
        for tie in found:
            if getattr(tie, near) == at and tie not in reached:
                reached.append(tie)
                if getattr(tie, far) not in seen:
                    seen.add(getattr(tie, far))
                    open_keys.append(getattr(tie, far))
    return reached


def _when(tie: Tie) -> tuple[date, str]:
    return tie.since[0] or tie.since[1] or date.min, tie.id


def _tie(edge: Relation) -> Tie:
    known = edge.properties
    since, until = ((known.get(f"{part}_earliest"), known.get(f"{part}_latest")) for part in ("start", "end"))
    texts = (known.get("start_text"), known.get("end_text"))
    return Tie(edge.id, edge.start, edge.end, known["how"], since, until, *texts, known.get("certainty"))
