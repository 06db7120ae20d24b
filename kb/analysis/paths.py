"""Paths that respect time: how people get from one organization to another, and who could introduce whom."""

from dataclasses import dataclass
from datetime import date

from kb.analysis.careers import Careers, careers, check_organizations
from kb.analysis.evidence import MOVES, literal, sources
from kb.analysis.search import Chain, search
from kb.errors import KbError
from kb.ledger.ledger import Tables
from kb.resolve import Snapshot, last_day
from kb.resolve.bodies import LEVELS, LINEAGES


@dataclass(frozen=True)
class Hop:
    """One step. Between organizations: a move, by `who`; `people` is how many moved so, at any time.

    Between people: the organization `where` they were at the same time; `people` is how many are known there.
    `earliest` and `latest` bound the day of the move, or of the first day on which both were there. `sources`
    is on how many sources the step rests.
    """

    from_id: str
    from_name: str
    to_id: str
    to_name: str
    who: str | None
    who_name: str | None
    where: str | None
    where_name: str | None
    earliest: date | None
    latest: date | None
    people: int
    certainty: str
    sources: int


@dataclass(frozen=True)
class Path:
    """A chain of hops. `arrival` is the earliest day by which it can be complete.

    `order` is certain if the dates leave no other order than that of the chain, or if none is needed, as
    between people who know each other from then on; else possible. `alone`: one person made the whole
    journey.
    """

    hops: tuple[Hop, ...]
    arrival: date | None
    order: str
    alone: bool


@dataclass(frozen=True)
class Paths:
    """The best paths. `undated` moves or spells can stand in none; `crowded` organizations were left out."""

    paths: tuple[Path, ...]
    undated: int
    crowded: int


def routes(
    snapshot: Snapshot,
    from_: str,
    to: str,
    *,
    best: int = 3,
    hops: int = 4,
    alone: bool = False,
    level: str = LEVELS[0],
    lineage: str = LINEAGES[0],
    include_rumoured: bool = False,
) -> Paths:
    """How people get from one organization to another: chains of moves in an order of time.

    A path a, b, c is a move from a to b at t1 and one from b to c at t2, with t1 ≤ t2, by one person or
    several; with `alone`, by one. Dates are partial: the order must be possible, which it is if no move
    surely happened before an earlier one of the chain. Where no day of a move is known, it lies after the
    begin of the job before and before the end of the next. Paths differ in their organizations; each is shown
    by the moves that complete it first. The `best` have the fewest hops (at most `hops`), then the earliest
    arrival. No organization comes twice.
    Unit: hops. Left out: moves of which no day is known (counted), planned moves, hearsay unless asked for.
    Raises: NotFound for an organization that there is not; KbError if it counts as another, or both are the
    same.
    Source: Kempe, Kleinberg and Kumar (2002), Connectivity and inference problems for temporal networks, JCSS
    64; Bui-Xuan, Ferreira and Jarry (2003), Computing shortest, fastest, and foremost journeys, IJFCS 14.

    >>> found = routes(Snapshot.from_seeds("meta-ai-2025"), "google-brain", "meta", level="team")
    >>> [[hop.to_id for hop in path.hops] for path in found.paths], found.paths[0].alone
    ([['google-deepmind', 'meta']], True)
    """
    check_organizations(snapshot, from_, to)
    found = careers(snapshot, level=level, lineage=lineage, include_rumoured=include_rumoured)
    ends = found.counted(from_), found.counted(to)
    dated = f"""FROM (SELECT m.* REPLACE (
                coalesce(m.earliest, f.start_earliest, f.end_earliest) AS earliest,
                coalesce(m.latest, t.end_latest, t.start_latest) AS latest)
            FROM {found.moves} m LEFT JOIN {found.spells} f ON f.id = m.from_spell
            LEFT JOIN {found.spells} t ON t.id = m.to_spell)
        WHERE coalesce(earliest, latest) IS NOT NULL"""
    contacts = f"""SELECT from_id AS a, to_id AS b, person AS who, NULL::VARCHAR AS at, earliest, latest,
        coalesce(earliest, '-infinity'::DATE) AS since, from_spell, to_spell, certainty {dated}"""
    follows = "coalesce(c.latest >= l.arrival, true)" + (
        " AND coalesce(c.who = l.who, true)" if alone else ""
    )
    work = Tables(snapshot.connection)
    try:
        # As a table: DuckDB 2.0 can fail with an internal error where these joins are part of the search.
        work.execute(f"CREATE TABLE {work.name('contact')} AS {contacts}")
        table = f"SELECT * FROM {work.name('contact')}"
        chains = search(snapshot, table, *ends, follows=follows, best=best, hops=hops, alone=alone)
    finally:
        work.drop()
    [(all_moves, placed)] = snapshot.execute(f"SELECT (SELECT count(*) FROM {found.moves}), count(*) {dated}")
    people = f"SELECT from_id || ' ' || to_id, count(DISTINCT person) FROM {found.moves} GROUP BY ALL"
    return Paths(_told(snapshot, chains, people, timed=True), all_moves - placed, 0)


def introductions(
    snapshot: Snapshot,
    from_: str,
    to: str,
    *,
    by: str | date | None = None,
    best: int = 3,
    hops: int = 3,
    largest: int = 1000,
    possible: bool = False,
    level: str = LEVELS[1],
    lineage: str = LINEAGES[0],
    include_rumoured: bool = False,
) -> Paths:
    """Who could introduce one person to another: chains of people who were at one place at the same time.

    Two people know each other from the first day on which both surely were at one organization, or at one
    team with level team: start latest ≤ end earliest for both spells. They go on to know each other, so a
    chain stands from the latest of its days on, in any order; `by` asks for chains that stand on its last
    day. With `possible`, a time that may be shared is enough. An open spell is known up to the last
    publication that speaks of it. The `best` have the fewest hops (at most `hops`), then stand the earliest.
    Unit: hops. Being at one place is no proof that two have met, the less the larger it is: organizations of
    which more than `largest` people are known are left out (counted), as are spells of which no end can be
    told from the other (counted) and planned ones.
    Raises: NotFound for a person that there is not; KbError if one is no person, or both are the same;
    DateError.
    Source: Kempe, Kleinberg and Kumar (2002), JCSS 64, with edges that last from their first day on.

    >>> found = introductions(Snapshot.from_seeds("meta-ai-2025"), "bert-maher", "rishabh-agarwal")
    >>> [(hop.where, str(hop.latest)) for hop in found.paths[0].hops]
    [('meta', '2025-04-30')]
    """
    known_by = last_day(by) if by is not None else None
    for key in (from_, to):
        if snapshot.entity(key).labels[0] != "Person":
            raise KbError(f"`{key}` is no person", hint="Name two people, or two organizations")
    found = careers(snapshot, level=level, lineage=lineage, include_rumoured=include_rumoured)
    work = Tables(snapshot.connection)
    try:
        undated, crowded = _stays(found, work, largest)
        follows = f"c.since <= DATE '{known_by}'" if known_by else "true"
        contacts = _acquaintances(work, possible)
        chains = search(snapshot, contacts, from_, to, follows=follows, best=best, hops=hops)
        people = f"SELECT organization, n FROM {work.name('crowd')}"
        return Paths(_told(snapshot, chains, people, timed=False), undated, crowded)
    finally:
        work.drop()


def _stays(found: Careers, work: Tables, largest: int) -> tuple[int, int]:
    """Make `stay`, spells with the days between which they surely or possibly go on, and `crowd`, sizes."""
    usable = "coalesce(reason, '') NOT IN ('planned', 'rumoured', 'reversed')"
    work.execute(
        f"""CREATE TABLE {work.name("crowd")} AS
        SELECT organization, count(DISTINCT person) AS n
        FROM {found.spells} WHERE {usable} GROUP BY ALL"""
    )
    ends = "coalesce(end_earliest, end_latest) IS NULL"
    work.execute(
        f"""CREATE TABLE {work.name("stay")} AS
        SELECT s.id, person, s.organization, certainty, coalesce(start_earliest, '-infinity'::DATE) AS
            start_lo,
            start_latest AS start_hi, CASE WHEN ongoing AND {ends} THEN last_heard ELSE end_earliest END AS
                end_lo,
            CASE WHEN {ends} THEN last_heard ELSE coalesce(end_latest, last_heard) END AS end_hi
        FROM {found.spells} s JOIN {work.name("crowd")} c ON c.organization = s.organization AND c.n <=
            {int(largest)}
        WHERE {usable} AND coalesce(start_earliest, start_latest, end_earliest, end_latest) IS NOT NULL"""
    )
    [(undated, crowded)] = work.execute(
        f"""SELECT count(*) FILTER (coalesce(start_earliest, start_latest, end_earliest, end_latest) IS NULL),
            (SELECT count(*) FROM {work.name("crowd")} WHERE n > {int(largest)})
        FROM {found.spells} WHERE {usable}"""
    )
    return undated, crowded


def _acquaintances(work: Tables, possible: bool) -> str:
    """Who was where with whom: `since` is the day from which on both surely were, or may have been, there."""
    stay = work.name("stay")
    sure = " AND ".join(f"{a}.start_hi <= {b}.end_lo" for a in "so" for b in "so")
    may = "coalesce(s.start_lo <= o.end_hi, true) AND coalesce(o.start_lo <= s.end_hi, true)"
    lo, hi = "greatest(s.start_lo, o.start_lo)", "greatest(s.start_hi, o.start_hi)"
    return f"""SELECT s.person AS a, o.person AS b, NULL::VARCHAR AS who, s.organization AS at,
            CASE WHEN isfinite({lo}) THEN {lo} END AS earliest, {hi} AS latest,
            {lo if possible else hi} AS since, s.id AS from_spell, o.id AS to_spell,
            greatest(s.certainty, o.certainty) AS certainty
        FROM {stay} s JOIN {stay} o ON o.organization = s.organization AND o.person <> s.person
        WHERE {may if possible else sure}"""


def _told(snapshot: Snapshot, chains: list[Chain], people: str, *, timed: bool) -> tuple[Path, ...]:
    """Chains with names, numbers of people and of sources."""
    if not chains:
        return ()
    persons, places = snapshot.names("Person"), snapshot.names("Organization")
    called = places if timed else persons
    counted = dict(snapshot.execute(people))
    steps = [step for chain in chains for step in chain.steps]
    facts = ", ".join(
        f"('{s.from_spell} {s.to_spell}', {literal(f)})" for s in steps for f in (s.from_spell, s.to_spell)
    )
    values = f"SELECT * FROM (VALUES {facts}) t (key, fact)"
    if timed:
        left = ", ".join(f"('{s.from_spell} {s.to_spell}', {literal(s.from_spell)})" for s in steps)
        values += f""" UNION SELECT t.key, d.id FROM (VALUES {left}) t (key, spell)
            JOIN {snapshot.name("DEPARTED")} d ON d.spell = t.spell
            WHERE d.phase = 'past' AND d.destination IS NOT NULL"""
    rests = dict(snapshot.execute(sources(snapshot, values, of=MOVES)))
    return tuple(
        Path(
            tuple(
                Hop(
                    a, called.get(a) or a, b, called.get(b) or b,
                    step.who, persons.get(step.who or ""), step.at, places.get(step.at or ""),
                    step.earliest, step.latest, counted.get(step.at or f"{a} {b}", 0), step.certainty,
                    rests.get(f"{step.from_spell} {step.to_spell}", 0),
                )
                for a, b, step in zip(chain.nodes, chain.nodes[1:], chain.steps, strict=False)
            ),
            chain.arrival,
            "possible" if timed and not chain.surely_in_order else "certain",
            timed and len({step.who for step in chain.steps}) == 1,
        )
        for chain in chains
    )  # fmt: skip
