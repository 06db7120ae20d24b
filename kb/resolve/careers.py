"""Careers: the spells of each person in order, and the moves between them.

It is the one definition: `TALENT_FLOW` is counted from these moves at each load, and so is every analysis.
No loop runs per spell.
"""

from typing import Final

from kb.resolve.bodies import LEVELS, LINEAGES, make_bodies
from kb.resolve.snapshot import Snapshot

# Why a spell has no place in a career. The first that holds is the one that is counted.
REASONS: Final = {
    "other_kind": "of another kind than job",
    "planned": "not begun yet",
    "rumoured": "hearsay",
    "undated": "neither start nor end is known",
    "reversed": "ends before it begins",
    "same_time": "the same time as another spell of the person, which stands for both",
    "contained": "lies inside the time of another spell of the person",
}
# What becomes of two spells that follow each other, and of a departure that names its destination.
OUTCOMES: Final = {
    "moved": "from one organization to another",
    "stayed": "both at one organization",
    "renamed": "both at one organization, under two names",
    "transferred": "from an organization to a part of it, or back",
    "overruled": "a departure says otherwise",
    "no_spell": "a departure names a destination at which no spell is known",
    "no_origin": "a departure ends a spell that is planned, hearsay, reversed or no job",
}

_POINT: Final = """(coalesce({0}_earliest, {0}_latest) - DATE '1970-01-01'
    + (coalesce({0}_latest, {0}_earliest) - DATE '1970-01-01')) / 2"""
_EVER: Final = 1e9  # days: where a date has a bound on one side alone, it can lie anywhere on the other


def make_careers(
    snapshot: Snapshot,
    *,
    spells: str = "careers",
    moves: str = "moves",
    pairs: str = "pairs",
    bodies: str = "bodies",
    level: str = LEVELS[0],
    lineage: str = LINEAGES[0],
    include_rumoured: bool = False,
) -> None:
    """Make four tables in a snapshot, under the names that are given.

    `spells`, one row a spell: `id`, `person`, `employer`, `organization` (as it is counted), `body` (one for
    all names of an organization), `began`, `ended`, `middle` (days since 1970), the bounds of start and end,
    `ongoing`, `last_heard`, `certainty`, `datasets`, and `reason`: one of REASONS, or NULL if it has a place.

    `moves`, one row a move: `person`, `from_id`, `to_id`, `from_spell`, `to_spell`, `earliest` and `latest`
    (when it happened), `left_earliest`, `left_latest`, `gap` (days between the spells, below 0 if they
    overlap), `basis` (stated, dates), `certainty` (the weaker), `datasets`.

    `pairs`: how many pairs of spells, `n`, had which `outcome`, one of OUTCOMES, on which `basis`.

    `bodies`: the employers that count as something else, `id`, with their `organization` and `body`.

    The rules. A spell stands at the middle of its time, or at the one end that is known; if it is still
    going, its time is known up to `last_heard`. At equal middles, an unknown start comes first, then the
    earlier one. A spell inside another's time has no place, unless the two may follow each other as vague as
    their dates are. A move is a pair of spells that follow each other, at different organizations; or a past
    departure with a destination and a spell there, dated or not, which outweighs what dates suggest. It
    happened when the next spell began, or, if that is not known, when the one before ended, or else between
    the start of the one and the end of the other.
    """
    make_bodies(snapshot, bodies, level=level, lineage=lineage)
    _describe(snapshot, spells, bodies, include_rumoured)
    _place(snapshot, spells)
    _pair(snapshot, spells, f"{moves} rows")
    _state(snapshot, spells, f"{moves} rows", bodies, include_rumoured)
    name = snapshot.name
    snapshot.execute(
        f"""CREATE TABLE {name(pairs)} AS SELECT basis, outcome, count(*) AS n
        FROM {name(f"{moves} rows")} GROUP BY ALL ORDER BY ALL"""
    )
    snapshot.execute(f"DROP TABLE {name('part')}")
    # A view: whoever counts does not pay for the texts and lists of each move.
    snapshot.execute(
        f"""CREATE VIEW {name(moves)} AS
        SELECT h.person, h.organization AS from_id, t.organization AS to_id, h.id AS from_spell,
            t.id AS to_spell, {_when()}, h.end_earliest AS left_earliest, h.end_latest AS left_latest,
            t.began - h.ended AS gap, basis,
            greatest(h.certainty, t.certainty, d.certainty) AS certainty, -- the words sort from the surest
            list_concat(list_concat(h.datasets, t.datasets), coalesce(d.datasets, [])) AS datasets
        FROM {name(f"{moves} rows")} p JOIN {name(spells)} h ON h.rowid = p.from_row
        JOIN {name(spells)} t ON t.rowid = p.to_row LEFT JOIN {name("DEPARTED")} d ON d.rowid = p.told
        WHERE outcome = 'moved'"""
    )


def drop_careers(
    snapshot: Snapshot,
    *,
    spells: str = "careers",
    moves: str = "moves",
    pairs: str = "pairs",
    bodies: str = "bodies",
) -> None:
    """Forget what `make_careers` made under these names."""
    snapshot.execute(f"DROP VIEW {snapshot.name(moves)}")
    for table in (spells, f"{moves} rows", pairs, bodies):
        snapshot.execute(f"DROP TABLE {snapshot.name(table)}")


def _describe(snapshot: Snapshot, spells: str, bodies: str, include_rumoured: bool) -> None:
    """Each spell with its time in days, and what keeps it out by itself."""
    hearsay = "" if include_rumoured else "WHEN certainty = 'rumoured' THEN 'rumoured'"
    snapshot.execute(
        f"""CREATE TABLE {snapshot.name(spells)} AS
        SELECT e.id, e.from_id AS person, e.to_id AS employer,
            coalesce(b.organization, e.to_id) AS organization, coalesce(b.body, e.to_id) AS body,
            start_earliest, start_latest, end_earliest, end_latest, ongoing, last_heard, certainty,
            e.datasets, {_POINT.format("start")} AS began,
            coalesce({_POINT.format("end")},
                CASE WHEN ongoing THEN greatest(last_heard - DATE '1970-01-01', began) END) AS ended,
            coalesce((began + ended) / 2, began, ended) AS middle,
            CASE WHEN kind <> 'job' THEN 'other_kind' WHEN phase = 'planned' THEN 'planned' {hearsay}
                WHEN middle IS NULL THEN 'undated' WHEN end_latest < start_earliest THEN 'reversed'
                END AS reason
        FROM {snapshot.name("EMPLOYED_AT")} e LEFT JOIN {snapshot.name(bodies)} b ON b.id = e.to_id"""
    )


def _place(snapshot: Snapshot, spells: str) -> None:
    """Leave out what lies inside the time of another spell of the person."""
    timed = f"""SELECT rowid AS row, person, id, began, ended, coalesce(began, ended) AS low,
            coalesce(ended, began) AS high,
            CASE WHEN start_latest IS NOT NULL THEN start_latest - DATE '1970-01-01'
                WHEN start_earliest IS NOT NULL THEN {_EVER} END AS begins_by,
            CASE WHEN end_earliest IS NOT NULL THEN end_earliest - DATE '1970-01-01'
                WHEN end_latest IS NOT NULL THEN -{_EVER} ELSE ended END AS goes_on_to
        FROM {snapshot.name(spells)} WHERE reason IS NULL"""
    snapshot.execute(
        f"""UPDATE {snapshot.name(spells)} AS spell
        SET reason = CASE WHEN inside.same THEN 'same_time' ELSE 'contained' END
        FROM (WITH timed AS MATERIALIZED ({timed})
            SELECT s.row, bool_or(o.began IS NOT DISTINCT FROM s.began
                    AND o.ended IS NOT DISTINCT FROM s.ended)
                AS same
            FROM timed s JOIN timed o ON o.person = s.person AND o.row <> s.row AND o.low <= s.low
                AND o.high >= s.high
            WHERE CASE WHEN o.began IS NOT DISTINCT FROM s.began AND o.ended IS NOT DISTINCT FROM s.ended
                THEN o.id < s.id
                ELSE (o.low < s.low OR o.high > s.high) AND o.began IS NOT NULL AND o.ended IS NOT NULL
                    AND NOT coalesce(s.goes_on_to <= o.begins_by, false)
                    AND NOT coalesce(o.goes_on_to <= s.begins_by, false) END
            GROUP BY s.row) AS inside
        WHERE spell.rowid = inside.row"""
    )


def _pair(snapshot: Snapshot, spells: str, rows: str) -> None:
    """Each spell that has a place with the next one of the same person, and what became of the two."""
    snapshot.execute(
        f"""CREATE TABLE {snapshot.name(rows)} AS
        WITH ordered AS (
            SELECT rowid AS from_row, lead(rowid) OVER (PARTITION BY person
                ORDER BY middle, began NULLS FIRST, ended NULLS LAST, id) AS to_row
            FROM {snapshot.name(spells)} WHERE reason IS NULL)
        SELECT from_row, to_row, NULL::BIGINT AS told, 'dates' AS basis, {_outcome(snapshot)} AS outcome
        FROM ordered JOIN {snapshot.name(spells)} h ON h.rowid = from_row
        JOIN {snapshot.name(spells)} t ON t.rowid = to_row"""
    )


def _state(snapshot: Snapshot, spells: str, rows: str, bodies: str, include_rumoured: bool) -> None:
    """Departures that say where to: they add moves, and overrule what dates alone suggest."""
    hearsay = "" if include_rumoured else "AND d.certainty <> 'rumoured'"
    name = snapshot.name
    snapshot.execute(
        f"""CREATE TABLE {name("stated")} AS
        WITH departed AS (
            SELECT d.rowid AS told, d.spell, d.from_id AS person, coalesce(b.body, d.destination) AS body
            FROM {name("DEPARTED")} d LEFT JOIN {name(bodies)} b ON b.id = d.destination
            WHERE d.phase = 'past' AND d.destination IS NOT NULL {hearsay}),
        usable AS (SELECT rowid AS row, * FROM {name(spells)} s WHERE person IN (SELECT person FROM departed)
            AND coalesce(reason, '') IN ('', 'undated', 'same_time', 'contained')),
        arrived AS (
            SELECT d.told, min_by(t.row, (coalesce(t.middle, {_EVER}), t.id)) AS to_row
            FROM departed d JOIN usable h ON h.id = d.spell
            JOIN usable t ON t.person = d.person AND t.id <> h.id AND t.body = d.body
                AND coalesce(t.middle >= h.middle, true)
            GROUP BY d.told)
        SELECT h.row AS from_row, to_row, d.told, 'stated' AS basis,
            CASE WHEN h.id IS NULL THEN 'no_origin' WHEN t.id IS NULL THEN 'no_spell'
                ELSE {_outcome(snapshot)} END AS outcome
        FROM departed d LEFT JOIN usable h ON h.id = d.spell LEFT JOIN arrived a ON a.told = d.told
        LEFT JOIN usable t ON t.row = a.to_row"""
    )
    settled = f"FROM {name('stated')} WHERE to_row IS NOT NULL"
    snapshot.execute(
        f"DELETE FROM {name(rows)} WHERE (from_row, to_row) IN (SELECT (from_row, to_row) {settled})"
    )
    snapshot.execute(
        f"""UPDATE {name(rows)} SET outcome = 'overruled' WHERE outcome = 'moved'
        AND (from_row IN (SELECT from_row {settled}) OR to_row IN (SELECT to_row {settled}))"""
    )
    snapshot.execute(f"INSERT INTO {name(rows)} BY NAME SELECT * FROM {name('stated')}")
    snapshot.execute(f"DROP TABLE {name('stated')}")


def _when() -> str:
    """When a move happened: as the next spell began, or the one before ended, or at some day between."""
    return ", ".join(
        f"""CASE WHEN t.start_earliest IS NOT NULL OR t.start_latest IS NOT NULL THEN t.start_{side}
            WHEN h.end_earliest IS NOT NULL OR h.end_latest IS NOT NULL THEN h.end_{side}
            ELSE {edge}_{side} END AS {side}"""
        for side, edge in (("earliest", "h.start"), ("latest", "t.end"))
    )


def _outcome(snapshot: Snapshot) -> str:
    """What becomes of spells `h` and `t`. One is a part of the other unless it certainly is not, then."""
    known = "t.start_earliest IS NOT NULL OR t.start_latest IS NOT NULL"
    first, final = (
        f"CASE WHEN {known} THEN t.start_{side} ELSE h.end_{side} END" for side in ("earliest", "latest")
    )
    return f"""CASE WHEN h.organization = t.organization THEN 'stayed' WHEN h.body = t.body THEN 'renamed'
        WHEN EXISTS (FROM {snapshot.name("part")} p
            WHERE (p.part, p.whole) IN ((h.body, t.body), (t.body, h.body))
                AND NOT coalesce({final} < p.since, false)
                AND NOT coalesce({first} > p.until, false)) THEN 'transferred'
        ELSE 'moved' END"""
