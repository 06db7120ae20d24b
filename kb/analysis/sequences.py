"""Frequent career sequences: runs of organizations that several careers share, with gaps or without."""

from dataclasses import dataclass
from itertools import count

from kb.analysis.careers import Careers, Excluded, careers
from kb.analysis.evidence import sources
from kb.analysis.intervals import Share, share
from kb.errors import KbError
from kb.ledger.ledger import Tables
from kb.resolve import Snapshot
from kb.resolve.bodies import LEVELS, LINEAGES

LONGEST = 10


@dataclass(frozen=True)
class Sequence:
    """Organizations in the order of a career. `people` have it, `times` is how often it occurs in all.

    `support` is the share of `people` in those with a career: at least one job that has a place. With gaps,
    one person has a sequence once, and `times` equals `people`. `sources` is on how many sources it rests.
    """

    organizations: tuple[str, ...]
    names: tuple[str, ...]
    people: int
    times: int
    support: Share
    sources: int


@dataclass(frozen=True)
class Sequences:
    """Sequences, the most people first. `careers` is the base of the support, `movers` those with any move.

    `unplaced` moves have no place in an order, since nobody dates either job: left out of careers with
    several.
    """

    sequences: tuple[Sequence, ...]
    careers: int
    movers: int
    unplaced: int
    excluded: Excluded


def sequences(
    snapshot: Snapshot,
    *,
    length: int = 3,
    gaps: bool = False,
    minimum: int = 2,
    level: str = LEVELS[0],
    lineage: str = LINEAGES[0],
    include_rumoured: bool = False,
) -> Sequences:
    """Sequences of `length` organizations in the careers of at least `minimum` people.

    A career is the chain of a person's moves: a, b, a for one who came back, never a, a. Without gaps the
    organizations follow each other; with gaps others may lie between. support = people with the sequence /
    people with a career, with Wilson's interval.
    Unit: people. With gaps, each person counts once for each sequence, by its earliest places (PrefixSpan's
    projection); sequences grow from those that `minimum` people have, as no longer one can have more.
    Left out: spells without a place (counted), moves that nobody dates in careers of several moves (counted).
    Raises: KbError for a length below 2 or above 10, or a minimum below 1.
    Source: Agrawal and Srikant (1995), Mining sequential patterns, ICDE; Pei and others (2001), PrefixSpan,
    ICDE.

    >>> found = sequences(Snapshot.from_seeds("meta-ai-2025"), length=2, minimum=1)
    >>> [(row.organizations, row.people, row.support.of) for row in found.sequences][:2]
    [(('google', 'meta'), 1, 9), (('google-deepmind', 'meta'), 1, 9)]
    """
    if not 2 <= length <= LONGEST:
        raise KbError(f"no sequence of {length} organizations", hint=f"Ask for 2 to {LONGEST}")
    if minimum < 1:
        raise KbError(f"no minimum of {minimum} people", hint="Ask for 1 or more")
    found = careers(snapshot, level=level, lineage=lineage, include_rumoured=include_rumoured)
    work = Tables(snapshot.connection)
    try:
        unplaced = _steps(found, work)
        (_with_gaps if gaps else _runs)(work, length, minimum)
        return _answer(found, work, minimum, unplaced)
    finally:
        work.drop()


def _steps(found: Careers, work: Tables) -> int:
    """Make `step`: the organizations of each mover in order, and the `chain` within which they follow.

    A move goes on a chain if it starts where the one before arrived, or later in the career, as after a
    transfer. Else the first organization of the move begins a new chain: a departure overruled the dates.
    """
    ordered = f"""SELECT m.person, m.from_id, m.to_id, m.from_spell, m.to_spell, f.middle AS left_at,
            t.middle AS came_at, coalesce(t.middle, f.middle) AS day, count(*) OVER (PARTITION BY m.person)
                AS n
        FROM {found.moves} m LEFT JOIN {found.spells} f ON f.id = m.from_spell
        LEFT JOIN {found.spells} t ON t.id = m.to_spell"""
    work.execute(
        f"""CREATE TABLE {work.name("step")} AS
        WITH ordered AS (FROM ({ordered}) WHERE day IS NOT NULL OR n = 1),
        linked AS (SELECT *, row_number() OVER career AS nth, lag(to_id) OVER career AS last_to,
                lag(came_at) OVER career AS last_came
            FROM ordered WINDOW career AS (PARTITION BY person ORDER BY day, left_at NULLS FIRST, from_spell,
                to_spell)),
        broken AS (SELECT *, last_to IS NULL OR NOT (from_id = last_to OR coalesce(left_at > last_came,
            false)) AS fresh
            FROM linked),
        chained AS (SELECT *, sum(fresh::INTEGER) OVER (PARTITION BY person ORDER BY nth) AS chain FROM
            broken)
        SELECT person, chain, 2 * nth - 1 AS place, from_id AS organization, from_spell AS spell FROM chained
            WHERE fresh
        UNION ALL SELECT person, chain, 2 * nth, to_id, to_spell FROM chained"""
    )
    return int(work.execute(f"SELECT count(*) FROM ({ordered}) WHERE day IS NULL AND n > 1")[0][0])


def _runs(work: Tables, length: int, minimum: int) -> None:
    """Make `having`: sequences whose organizations follow each other, one row each time, by window
    functions."""
    columns = ", ".join(
        f"lead({column}, {n}) OVER chain AS {column}_{n}"
        for n in range(length)
        for column in ("organization", "spell")
    )
    work.execute(
        f"""CREATE TABLE {work.name("having")} AS
        SELECT person, [{", ".join(f"organization_{n}" for n in range(length))}] AS organizations,
            [{", ".join(f"spell_{n}" for n in range(length))}] AS spells
        FROM (SELECT person, {columns} FROM {work.name("step")}
            WINDOW chain AS (PARTITION BY person, chain ORDER BY place))
        WHERE organization_{length - 1} IS NOT NULL
        QUALIFY count(*) OVER (PARTITION BY organizations) >= {int(minimum)}"""
    )


def _with_gaps(work: Tables, length: int, minimum: int) -> None:
    """Make `having`: sequences with gaps, grown by one organization at a time from the frequent ones.

    Where a new chain begins in the middle of a career, its first organization is not known to come after what
    stands before it, so it is in no sequence with gaps.
    """
    step = work.name("step")
    for n in count(1):
        grown = work.name("having" if n == length else f"grown_{n}")
        if n == 1:
            rows = f"""SELECT person, [organization] AS organizations, min(place) AS place,
                [arg_min(spell, place)] AS spells FROM {step} WHERE chain = 1 OR place % 2 = 0 GROUP BY
                    person, organization"""
        else:
            rows = f"""SELECT g.person, list_append(g.organizations, s.organization) AS organizations,
                    min(s.place) AS place, list_append(any_value(g.spells), arg_min(s.spell, s.place)) AS
                        spells
                FROM {work.name(f"grown_{n - 1}")} g JOIN {step} s ON s.person = g.person AND s.place >
                    g.place
                WHERE s.organization <> g.organizations[-1] AND (s.chain = 1 OR s.place % 2 = 0)
                GROUP BY g.person, g.organizations, s.organization"""
        work.execute(
            f"""CREATE TABLE {grown} AS SELECT * FROM ({rows})
            QUALIFY count(*) OVER (PARTITION BY organizations) >= {int(minimum)}"""
        )
        if n == length:
            return


def _answer(found: Careers, work: Tables, minimum: int, unplaced: int) -> Sequences:
    snapshot = found.snapshot
    having = work.name("having")
    frequent = f"""SELECT organizations, count(DISTINCT person) AS people, count(*) AS times FROM {having}
        GROUP BY 1 HAVING people >= {int(minimum)}"""
    facts = f"""SELECT organizations AS key, unnest(spells) AS fact FROM {having}
        SEMI JOIN ({frequent}) USING (organizations)"""
    [(base, movers)] = snapshot.execute(
        f"""SELECT count(DISTINCT person) FILTER (reason IS NULL),
            (SELECT count(DISTINCT person) FROM {work.name("step")}) FROM {found.spells}"""
    )
    rows = snapshot.execute(
        f"""WITH frequent AS ({frequent}), rests AS ({sources(snapshot, facts)})
        SELECT f.organizations, people, times, coalesce(r.sources, 0) FROM frequent f
        LEFT JOIN rests r ON r.key = f.organizations ORDER BY people DESC, times DESC, f.organizations"""
    )
    called = dict(snapshot.execute(f"SELECT id, name FROM {snapshot.name('Organization')}"))
    return Sequences(
        tuple(
            Sequence(
                tuple(ids),
                tuple(called.get(key) or key for key in ids),
                people,
                times,
                share(people, base),
                rests,
            )
            for ids, people, times, rests in rows
        ),
        base,
        movers,
        unplaced,
        found.excluded,
    )
