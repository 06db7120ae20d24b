"""What an employer counts as: a team as its organization, an old name as the organization that it names."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from kb.errors import KbError
from kb.resolve.lineage import BECAME, BELONGS, MODES, Tie, last, successors, ties
from kb.resolve.snapshot import Snapshot

LEVELS: Final = ("organization", "team")
LINEAGES: Final = MODES


def make_bodies(snapshot: Snapshot, bodies: str, *, level: str, lineage: str) -> None:
    """Make the tables `bodies` (id, organization, body) and `part` (part, whole, since, until) in a snapshot.

    `bodies` has the employers that count as something else. At the level of organizations a team counts as
    the organization that it belongs to. An organization and its later names are one `body`. With `pro-forma`
    lineage what was renamed, acquired or merged counts as what it is now. `part` says between which bodies
    nobody moves, from the first to the last day on which it may be so; NULL is no limit.
    Raises: KbError for a level or a lineage that there is not, or for a circle of organizations.
    """
    for word, value, words in (("level", level, LEVELS), ("lineage", lineage, LINEAGES)):
        if value not in words:
            raise KbError(f"no {word} `{value}`", hint=f"There are {' and '.join(words)}")
    found = ties(snapshot)
    became = successors(found, ("renamed",))
    counted = successors(found, BECAME) if lineage == "pro-forma" else {}
    if level == "organization":
        teams = [tie for tie in found if tie.organization in _teams(snapshot)]
        counted |= successors(teams, BELONGS)
    known = sorted({key for tie in found for key in (tie.organization, tie.other)})
    rows = [(key, shown := last(counted, key), last(became, shown)) for key in known]
    body = {key: rank for key, _, rank in rows}
    inner = [tie for tie in found if _inside(tie, level, counted)]
    parts = {
        (body[key], body[whole], since, until)
        for key in known
        for whole, since, until in _wholes(inner, key)
        if body[key] != body[whole]
    }
    snapshot.execute(f"CREATE TABLE {snapshot.name(bodies)} (id VARCHAR, organization VARCHAR, body VARCHAR)")
    snapshot.insert(bodies, ("id", "organization", "body"), rows)
    columns = "(part VARCHAR, whole VARCHAR, since DATE, until DATE)"
    snapshot.execute(f"CREATE TABLE {snapshot.name('part')} {columns}")
    in_order = sorted(parts, key=lambda row: (row[:2], row[2] or date.min, row[3] or date.max))
    snapshot.insert("part", ("part", "whole", "since", "until"), in_order)


def _teams(snapshot: Snapshot) -> set[str]:
    rows = snapshot.execute(f"SELECT id FROM {snapshot.name('Organization')} WHERE kind = 'team'")
    return {key for (key,) in rows}


def _inside(tie: Tie, level: str, counted: Mapping[str, str]) -> bool:
    """Whether nobody moves between the two: for what was acquired or merged a date must say since when."""
    if tie.how in BELONGS:
        return level == "organization"
    return tie.how != "renamed" and tie.organization not in counted and any(tie.since)


def _wholes(inner: Sequence[Tie], key: str) -> Iterator[tuple[str, date | None, date | None]]:
    """What a key is a part of, itself or through others, with the days between which all ties may hold."""
    open_keys: list[tuple[str, date | None, date | None, tuple[str, ...]]] = [(key, None, None, (key,))]
    while open_keys:
        at, since, until, path = open_keys.pop()
        for tie in inner:
            if tie.organization == at and tie.other not in path:
                days = [day for day in (since, tie.since[0]) if day]
                ends = [day for day in (until, tie.until[1]) if day]
                step = tie.other, max(days, default=None), min(ends, default=None)
                yield step
                open_keys.append((*step, (*path, tie.other)))
