"""Feeders and destinations: where the people of an organization come from, and where they go."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, get_args

from kb.analysis.careers import Careers, Excluded, careers, check_organizations
from kb.analysis.evidence import MOVES, facts_of_moves, sources
from kb.analysis.intervals import Share, share
from kb.analysis.window import Window
from kb.errors import KbError
from kb.resolve import Snapshot
from kb.resolve.bodies import LEVELS, LINEAGES

By = Literal["employer", "university"]


@dataclass(frozen=True)
class Channel:
    """One organization that people come from, or go to: `people`, `moves` (of universities: degrees or
    studies).

    `share` is of all that are known, see `Channels`. `first` and `last` bound the days of the moves, None if
    no date is known. `sources` is on how many sources the row rests.
    """

    organization: str
    name: str
    people: int
    moves: int
    share: Share
    first: date | None
    last: date | None
    sources: int


@dataclass(frozen=True)
class Channels:
    """Where people came from, or went to, the most first.

    `known` is the base of the shares: moves, or people with a university. `unknown` people of the
    organization have none: it is their first known job, or nobody says where they went. `undated` moves or
    studies have no day; `possible` ones may lie in the time asked for and are in no row. `excluded` spells of
    the organization have no place.
    """

    id: str
    by: By
    rows: tuple[Channel, ...]
    known: int
    unknown: int
    undated: int
    possible: int
    excluded: Excluded


def feeders(
    snapshot: Snapshot,
    organization: str,
    *,
    by: By = "employer",
    since: str | date | None = None,
    until: str | date | None = None,
    level: str = LEVELS[0],
    lineage: str = LINEAGES[0],
    include_rumoured: bool = False,
) -> Channels:
    """Where the people of an organization come from: their last employer, or their universities.

    By employer: the moves of `careers` to the organization. Share: moves from one / moves to it. By
    university: people with a job there that has begun, who studied before (not surely after) it began. Share:
    people from one / people with any known university; with two degrees one counts twice, so shares can add
    up to more than 1. Wilson's interval. `since` and `until` keep what surely happened then: the move, or the
    begin of the job.
    Unit: moves, or people. Left out: planned moves; hearsay, unless asked for; spells without a place
    (counted).
    Raises: NotFound for an organization that there is not; KbError if it counts as another; DateError.
    Source of the interval: Wilson (1927), JASA 22, 209-212; of the rules: our own.

    >>> found = feeders(Snapshot.from_seeds("meta-ai-2025"), "anthropic")
    >>> [(row.organization, row.people, row.share.of, row.sources) for row in found.rows], found.unknown
    ([('meta', 1, 1, 1)], 0)
    """
    if by not in get_args(By):
        raise KbError(f"`{by}` is not known", hint=f"There are {', '.join(get_args(By))}")
    window = Window.read(since, until)
    check_organizations(snapshot, organization)
    found = careers(snapshot, level=level, lineage=lineage, include_rumoured=include_rumoured)
    key = found.counted(organization)
    if by == "university":
        return _studies(found, key, window)
    return _moves(found, key, window, here="to", there="from")


def destinations(
    snapshot: Snapshot,
    organization: str,
    *,
    since: str | date | None = None,
    until: str | date | None = None,
    level: str = LEVELS[0],
    lineage: str = LINEAGES[0],
    include_rumoured: bool = False,
) -> Channels:
    """Where the people of an organization go: the next employer.

    The moves of `careers` from the organization. Share: moves to one / moves from it, with Wilson's interval.
    `unknown` people have left, and no next job is known. All else as in `feeders`.
    Raises: NotFound for an organization that there is not; KbError if it counts as another; DateError.

    >>> found = destinations(Snapshot.from_seeds("meta-ai-2025"), "meta")
    >>> [(row.organization, row.people, row.share.of) for row in found.rows], found.unknown
    ([('anthropic', 1, 2), ('openai', 1, 2)], 4)
    """
    window = Window.read(since, until)
    check_organizations(snapshot, organization)
    found = careers(snapshot, level=level, lineage=lineage, include_rumoured=include_rumoured)
    return _moves(found, found.counted(organization), window, here="from", there="to")


_NO_DATE: Final = "coalesce(earliest, latest) IS NULL"


def _moves(found: Careers, key: str, window: Window, *, here: str, there: str) -> Channels:
    """Moves that end here or begin here, by the organization at the other side."""
    snapshot = found.snapshot
    days = ("earliest", "latest")
    inside = f"""SELECT *, {window.surely(*days)} AS sure FROM {found.moves}
        WHERE {here}_id = '{key}' AND {window.possibly(*days)}"""
    sure = f"SELECT * FROM ({inside}) WHERE sure"
    rests = sources(snapshot, facts_of_moves(found, sure, f"{there}_id"), of=MOVES)
    rows = snapshot.execute(
        f"""SELECT m.id, coalesce(o.name, m.id), people, moves, first, last, coalesce(r.sources, 0)
        FROM (SELECT {there}_id AS id, count(DISTINCT person) AS people, count(*) AS moves,
                min(earliest) AS first, max(latest) AS last FROM ({sure}) GROUP BY 1) m
        LEFT JOIN {snapshot.name("Organization")} o ON o.id = m.id
        LEFT JOIN ({rests}) r ON r.key = m.id
        ORDER BY moves DESC, people DESC, m.id"""
    )
    # Of those who go on nobody can know where to: only who has left can have an unknown next job.
    over = "true" if here == "to" else "(e.phase = 'past' OR d.id IS NOT NULL)"
    [(undated, possible, unknown)] = snapshot.execute(
        f"""SELECT (SELECT count(*) FROM ({inside}) WHERE {_NO_DATE}),
            (SELECT count(*) FROM ({inside}) WHERE NOT sure),
            (SELECT count(DISTINCT s.person) FROM {found.spells} s
                JOIN {snapshot.name("EMPLOYED_AT")} e ON e.id = s.id
                LEFT JOIN {snapshot.name("DEPARTED")} d ON d.spell = s.id AND d.phase = 'past'
                WHERE s.organization = '{key}' AND {over}
                    AND coalesce(s.reason, '') NOT IN ('other_kind', 'planned', 'rumoured', 'reversed')
                    AND s.person NOT IN (SELECT person FROM {found.moves} WHERE {here}_id = '{key}'))"""
    )
    known = sum(row[3] for row in rows)
    listed = _listed(rows, 3, known)
    return Channels(key, "employer", listed, known, unknown, undated, possible, found.left_out(key))


def _listed(rows: list[tuple[Any, ...]], unit: int, known: int) -> tuple[Channel, ...]:
    """Rows with the share that the column `unit` has in what is known."""
    return tuple(
        Channel(row[0], row[1], row[2], row[3], share(row[unit], known), row[4], row[5], row[6])
        for row in rows
    )


def _studies(found: Careers, key: str, window: Window) -> Channels:
    """Studies of those who work here, or did, by university."""
    snapshot = found.snapshot
    days = ("s.start_earliest", "s.start_latest")
    hearsay = "" if found.include_rumoured else "AND t.certainty <> 'rumoured'"
    here = f"""SELECT s.person, min(s.start_earliest) AS earliest, max(s.start_latest) AS latest,
            bool_or({window.surely(*days)}) AS sure FROM {found.spells} s
        WHERE s.organization = '{key}' AND {window.possibly(*days)}
            AND coalesce(s.reason, '') NOT IN ('other_kind', 'planned', 'rumoured', 'reversed') GROUP BY 1"""
    studied = f"""SELECT h.person, h.sure, t.to_id AS id, t.id AS fact, t.start_earliest, t.end_latest
        FROM ({here}) h JOIN {snapshot.name("STUDIED_AT")} t ON t.from_id = h.person {hearsay}
        WHERE coalesce(t.start_earliest <= h.latest, true)"""
    rests = sources(snapshot, "SELECT id AS key, fact FROM studied", of=["STUDIED_AT"])
    rows = snapshot.execute(
        f"""WITH studied AS MATERIALIZED (FROM ({studied}) WHERE sure)
        SELECT m.id, coalesce(o.name, m.id), people, studies, first, last, coalesce(r.sources, 0)
        FROM (SELECT id, count(DISTINCT person) AS people, count(*) AS studies, min(start_earliest) AS first,
                max(end_latest) AS last FROM studied GROUP BY 1) m
        LEFT JOIN {snapshot.name("Organization")} o ON o.id = m.id
        LEFT JOIN ({rests}) r ON r.key = m.id
        ORDER BY people DESC, studies DESC, m.id"""
    )
    [(people, known, undated, possible)] = snapshot.execute(
        f"""SELECT (SELECT count(*) FROM ({here}) WHERE sure),
            (SELECT count(DISTINCT person) FROM ({studied}) WHERE sure),
            (SELECT count(*) FROM ({studied}) WHERE sure AND coalesce(start_earliest, end_latest) IS NULL),
            (SELECT count(*) FROM ({here}) WHERE NOT sure)"""
    )
    listed = _listed(rows, 2, known)
    return Channels(key, "university", listed, known, people - known, undated, possible, found.left_out(key))
