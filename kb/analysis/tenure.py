"""How long spells lasted: one row a spell with what its dates allow, made in DuckDB.

A spell that is over has ended; one that is current is open, and known up to the last publication that speaks
of it. A past spell whose end is not stated has ended some day between its start and that publication, and
one that is not said to be past or current may have: its end is unknown. A spell without a start has no
length.
"""

from collections.abc import Sequence
from typing import Final, Literal, get_args

from kb.analysis.careers import Careers
from kb.errors import KbError, NotEnoughData
from kb.ledger.ledger import Tables

By = Literal["all", "organization", "cohort", "family", "level"]
Unit = Literal["spell", "stay"]

# Spells of one person at one organization that follow each other within so many days are one stay.
STAY_GAP: Final = 31
# With more of them unknown ends would decide: who stays is less often said to have left.
MOST_UNKNOWN: Final = 0.1
COUNTED: Final = "('ended', 'open', 'unknown end')"  # states of spells that have a length
_KEYS: Final = {
    "all": "'all'",
    "organization": "organization",
    "cohort": "extract(year FROM DATE '1970-01-01' + CAST(floor(start) AS INTEGER))::VARCHAR",
    "family": "role.family",
    "level": "role.level",
}


def tenures(found: Careers, *, by: By, unit: Unit, at: Sequence[str] = ()) -> Tables:
    """Tables `tenure` (one row a spell or stay), `spell` and `judged` (every spell, with its `state`).

    `tenure` has the days by the middle of the dates (`middle`, NULL for an unknown end), and the fewest and
    the most days that they allow (`shortest`, `longest`). `over` says that it has ended, `perhaps_over` that
    it may have. `part` is the group by `by`, NULL if there is none. `at` names the
    organizations whose spells are wanted; none: all.
    """
    for word, words in ((by, get_args(By)), (unit, get_args(Unit))):
        if word not in words:
            raise KbError(f"`{word}` is not known", hint=f"There are {', '.join(words)}")
    snapshot = found.snapshot
    work = Tables(snapshot.connection)
    _spells(found, work, at)
    source = work.name("spell") if unit == "spell" else f"({_STAYS.format(spell=work.name('spell'))})"
    role = ""
    if by in ("family", "level"):
        # A spell with several roles counts once, under the first of them by name.
        role = f"""LEFT JOIN (SELECT h.spell, min(r.family) AS family, min(r.level) AS level
            FROM {snapshot.name("HELD_ROLE")} h JOIN {snapshot.name("Role")} r ON r.id = h.to_id
            GROUP BY h.spell) role ON role.spell = s.id"""
    work.execute(
        f"""CREATE TABLE {work.name("tenure")} AS
        SELECT s.id, s.person, s.organization, {_KEYS[by]} AS part, state,
            state = 'ended' OR (state = 'unknown end' AND past) AS over, state <> 'open' AS perhaps_over,
            CASE state WHEN 'ended' THEN greatest(0, ended - start)
                WHEN 'open' THEN greatest(0, heard - start) END AS middle,
            CASE state WHEN 'open' THEN greatest(0, heard - start_hi)
                ELSE greatest(0, end_lo - start_hi) END AS shortest,
            CASE state WHEN 'open' THEN heard - start_lo ELSE end_hi - start_lo END AS longest
        FROM {source} s {role}"""
    )
    return work


def _spells(found: Careers, work: Tables, at: Sequence[str]) -> None:
    """The spells that have a length, in days since 1970; the others are counted by the reason."""
    day = "({0} - DATE '1970-01-01')"
    work.execute(
        f"""CREATE TABLE {work.name("judged")} AS
        SELECT e.id, c.person, c.organization, c.body, coalesce(phase = 'past', false) AS past,
            {day.format("e.start_earliest")} AS start_lo, {day.format("e.start_latest")} AS start_hi,
            {day.format("e.end_earliest")} AS end_lo, {day.format("e.end_latest")} AS end_hi,
            {day.format("e.last_heard")} AS heard,
            CASE WHEN kind IS DISTINCT FROM 'job' THEN 'of another kind than job'
                WHEN phase = 'planned' THEN 'planned'
                WHEN e.certainty = 'rumoured' AND NOT {found.include_rumoured} THEN 'rumoured'
                WHEN e.start_earliest IS NULL OR e.start_latest IS NULL THEN 'without a known start'
                WHEN phase = 'past' AND e.end_latest < e.start_earliest THEN 'reversed'
                WHEN phase = 'past' AND e.end_earliest IS NOT NULL AND e.end_latest IS NOT NULL THEN 'ended'
                WHEN e.last_heard IS NULL OR e.last_heard < e.start_earliest THEN 'not heard of since'
                WHEN phase = 'current' THEN 'open' ELSE 'unknown end' END AS state
        FROM {found.snapshot.name("EMPLOYED_AT")} e JOIN {found.spells} c ON c.id = e.id
        WHERE len($1) = 0 OR list_contains($1, c.organization)""",
        [list(at)],
    )
    # A spell does not end before it starts: where the two dates overlap, each limits the other.
    work.execute(
        f"""CREATE TABLE {work.name("spell")} AS
        WITH held AS (SELECT * REPLACE (
                CASE state WHEN 'open' THEN heard ELSE coalesce(end_hi, greatest(heard, end_lo)) END
                    AS end_hi,
                CASE state WHEN 'open' THEN heard ELSE greatest(coalesce(end_lo, start_lo), start_lo) END
                    AS end_lo)
            FROM {work.name("judged")} WHERE state IN {COUNTED}),
        cut AS (SELECT * REPLACE (least(start_hi, end_hi) AS start_hi) FROM held)
        SELECT *, (start_lo + start_hi) / 2 AS start, (end_lo + end_hi) / 2 AS ended FROM cut"""
    )


# An open member keeps the stay open; else it ends as the member does that reaches furthest.
_STAYS: Final = f"""
    WITH reach AS (SELECT *, CASE state WHEN 'unknown end' THEN start ELSE ended END AS reach FROM {{spell}}),
    gaps AS (SELECT *, coalesce(start > {STAY_GAP} + max(reach) OVER (PARTITION BY person, body
        ORDER BY start, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), true) AS begins FROM reach),
    numbered AS (SELECT *, sum(begins::INTEGER) OVER (PARTITION BY person, body
        ORDER BY start, id) AS number FROM gaps)
    SELECT arg_min(id, (start, id)) AS id, person, arg_min(organization, (start, id)) AS organization,
        arg_min(start_lo, (start, id)) AS start_lo,
        arg_min(start_hi, (start, id)) AS start_hi, min(start) AS start, max(end_lo) AS end_lo,
        max(end_hi) AS end_hi, max(ended) FILTER (state <> 'unknown end') AS ended, max(heard) AS heard,
        arg_max(past, (reach, id)) AS past,
        CASE WHEN bool_or(state = 'open') THEN 'open' ELSE arg_max(state, (reach, id)) END AS state
    FROM numbered GROUP BY person, body, number"""


def continued(work: Tables) -> int:
    """How many spells go on, within 31 days, in another spell of the person at the organization."""
    spell = work.name("spell")
    [(number,)] = work.execute(
        f"SELECT (SELECT count(*) FROM {spell}) - count(*) FROM ({_STAYS.format(spell=spell)})"
    )
    return int(number)


def refuse_unknown_ends(work: Tables, by: str) -> None:
    """Say so where an estimate would rest on those spells alone whose end is known.

    Raises: NotEnoughData, for the first part of which more than a tenth of the spells have an unknown end.
    """
    for part, unknown, spells in work.execute(
        f"""SELECT part, count(*) - count(middle), count(*) FROM {work.name("tenure")} GROUP BY part
        HAVING count(*) - count(middle) > {MOST_UNKNOWN} * count(*) ORDER BY part LIMIT 1"""
    ):
        where = f"at `{part}` " if by == "organization" else ""
        what = f"of {spells:,} spells {where}{unknown:,} have an unknown end"
        raise NotEnoughData(what, hint="`kb retention` gives the bounds of what they allow")
