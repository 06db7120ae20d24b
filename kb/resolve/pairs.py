"""Pairs of spells that follow each other, and what became of each: the statements behind `make_careers`.

Most careers are plain: each spell both begins and ends later than the one before. Then none lies inside
another, and one window in the order of their middles finds the pairs. The rest, the crossed ones, are
compared spell by spell.
"""

from typing import Final

from kb.resolve.snapshot import Snapshot

_EVER: Final = 1e9  # days: where a date has a bound on one side alone, it can lie anywhere on the other
_BOUNDS: Final = ("start_earliest", "start_latest", "end_earliest", "end_latest")


def pair_spells(snapshot: Snapshot, spells: str, inside: str, rows: str) -> None:
    """Each spell that has a place with the next one of the same person.

    First all in the order of their middles. If in a career both ends of the known time only rise, then no
    spell is inside another, no two middles are equal, and its pairs are these. In a crossed career what lies
    inside is left out, and its pairs are found again.
    """
    name = snapshot.name
    placed = f"""SELECT *, coalesce(began, ended) AS low, coalesce(ended, began) AS high
        FROM {name(spells)} WHERE reason IS NULL"""
    crossed = "WHEN next_low <= low OR next_high <= high THEN 'crossed'"
    snapshot.execute(f"CREATE TABLE {name(rows)} AS {_followed(placed, order='middle', first=crossed)}")
    people = f"SELECT person FROM {name(rows)} WHERE outcome = 'crossed'"
    if not snapshot.execute(f"{people} LIMIT 1"):
        return
    columns = "row, id, person, organization, began, ended, middle, low, high"
    snapshot.execute(
        f"""CREATE TABLE {name("crossed")} AS SELECT {columns}, {", ".join(_BOUNDS)}
        FROM ({placed} AND person IN ({people}))"""
    )
    snapshot.execute(f"DELETE FROM {name(rows)} WHERE person IN ({people})")
    _place(snapshot, "crossed", inside)
    order = "middle, began NULLS FIRST, ended NULLS LAST, id"
    left = f"SELECT * FROM {name('crossed')} WHERE row NOT IN (SELECT row FROM {name(inside)})"
    snapshot.execute(f"INSERT INTO {name(rows)} {_followed(left, order=order)}")
    snapshot.execute(f"DROP TABLE {name('crossed')}")


def _followed(placed: str, *, order: str, first: str = "") -> str:
    """The rows of spells that have a place and follow each other, as SQL."""
    carried = ("row", "organization", "low", "high", "start_earliest", "start_latest", "end_latest")
    after = ", ".join(f"lead({column}) OVER career AS next_{column}" for column in carried)
    known = "next_start_earliest IS NOT NULL OR next_start_latest IS NOT NULL"
    return f"""SELECT person, organization AS from_id, next_organization AS to_id, row AS from_row,
            next_row AS to_row, NULL::BIGINT AS told, 'dates' AS basis,
            CASE {first} WHEN from_id = to_id THEN 'stayed' ELSE 'moved' END AS outcome,
            {_when(known, "next_{}", "{}")}
        FROM (SELECT person, row, organization, low, high, start_earliest, end_earliest, end_latest, {after}
            FROM ({placed}) WINDOW career AS (PARTITION BY person ORDER BY {order}))
        WHERE next_row IS NOT NULL"""


def _place(snapshot: Snapshot, crossed: str, inside: str) -> None:
    """Leave out what lies inside the time of another spell of the person."""
    timed = f"""SELECT row, person, id, began, ended, low, high,
            CASE WHEN start_latest IS NOT NULL THEN start_latest - DATE '1970-01-01'
                WHEN start_earliest IS NOT NULL THEN {_EVER} END AS begins_by,
            CASE WHEN end_earliest IS NOT NULL THEN end_earliest - DATE '1970-01-01'
                WHEN end_latest IS NOT NULL THEN -{_EVER} ELSE ended END AS goes_on_to
        FROM {snapshot.name(crossed)}"""
    snapshot.execute(
        f"""INSERT INTO {snapshot.name(inside)}
        WITH timed AS ({timed})
        SELECT s.row, CASE WHEN bool_or(o.began IS NOT DISTINCT FROM s.began
            AND o.ended IS NOT DISTINCT FROM s.ended) THEN 'same_time' ELSE 'contained' END
        FROM timed s JOIN timed o ON o.person = s.person AND o.row <> s.row AND o.low <= s.low
            AND o.high >= s.high
        WHERE CASE WHEN o.began IS NOT DISTINCT FROM s.began AND o.ended IS NOT DISTINCT FROM s.ended
            THEN o.id < s.id
            ELSE (o.low < s.low OR o.high > s.high) AND o.began IS NOT NULL AND o.ended IS NOT NULL
                AND NOT coalesce(s.goes_on_to <= o.begins_by, false)
                AND NOT coalesce(o.goes_on_to <= s.begins_by, false) END
        GROUP BY s.row"""
    )


def state_moves(snapshot: Snapshot, spells: str, rows: str, bodies: str, include_rumoured: bool) -> None:
    """Departures that say where to: they add pairs, and replace those that dates alone suggest."""
    hearsay = "" if include_rumoured else "AND d.certainty <> 'rumoured'"
    name = snapshot.name
    if not snapshot.execute(f"SELECT 1 FROM {name('DEPARTED')} LIMIT 1"):
        return
    departed = f"""SELECT d.rowid AS told, d.spell, d.from_id AS person, d.destination,
            coalesce(b.body, d.destination) AS body
        FROM {name("DEPARTED")} d LEFT JOIN {name(bodies)} b ON b.id = d.destination
        WHERE d.phase = 'past' AND d.destination IS NOT NULL {hearsay}"""
    known = "t.start_earliest IS NOT NULL OR t.start_latest IS NOT NULL"
    snapshot.execute(
        f"""CREATE TABLE {name("stated")} AS
        WITH departed AS ({departed}),
        usable AS MATERIALIZED (SELECT row, id, person, organization, body, middle, {", ".join(_BOUNDS)}
            FROM {name(spells)} s WHERE person IN (SELECT person FROM departed)
            AND coalesce(reason, '') IN ('', 'undated', 'same_time', 'contained')),
        arrived AS (
            SELECT d.told, min_by(t.row, (coalesce(t.middle, {_EVER}), t.id)) AS to_row
            FROM departed d JOIN usable h ON h.id = d.spell
            JOIN usable t ON t.person = d.person AND t.id <> h.id AND t.body = d.body
                AND coalesce(t.middle >= h.middle, true)
            GROUP BY d.told)
        SELECT d.person, h.organization AS from_id, t.organization AS to_id, h.row AS from_row, to_row,
            d.told, 'stated' AS basis,
            CASE WHEN h.id IS NULL THEN 'no_origin' WHEN t.id IS NULL THEN 'no_spell'
                WHEN from_id = t.organization THEN 'stayed' ELSE 'moved' END AS outcome,
            {_when(known, "t.{}", "h.{}")}
        FROM departed d LEFT JOIN usable h ON h.id = d.spell LEFT JOIN arrived a ON a.told = d.told
        LEFT JOIN usable t ON t.row = a.to_row"""
    )
    snapshot.execute(
        f"""DELETE FROM {name(rows)} WHERE (from_row, to_row) IN (
            SELECT (from_row, to_row) FROM {name("stated")} WHERE to_row IS NOT NULL)"""
    )
    snapshot.execute(f"INSERT INTO {name(rows)} BY NAME SELECT * FROM {name('stated')}")
    snapshot.execute(f"DROP TABLE {name('stated')}")


def tie_pairs(snapshot: Snapshot, spells: str, rows: str, bodies: str) -> None:
    """Pairs of names of one organization, and of organizations of which one is a part of the other then.

    One is a part of the other unless it certainly is not. Only pairs of organizations that are tied at all
    are looked at.
    """
    name = snapshot.name
    if not snapshot.count(bodies):
        return
    known = f"(SELECT DISTINCT organization, body FROM {name(bodies)})"
    snapshot.execute(
        f"""UPDATE {name(rows)} SET outcome = 'renamed'
        FROM {known} a JOIN {known} b ON a.body = b.body AND a.organization <> b.organization
        WHERE outcome = 'moved' AND from_id = a.organization AND to_id = b.organization"""
    )
    first, final = (
        f"""CASE WHEN t.start_earliest IS NOT NULL OR t.start_latest IS NOT NULL THEN t.start_{side}
            ELSE h.end_{side} END"""
        for side in ("earliest", "latest")
    )
    snapshot.execute(
        f"""UPDATE {name(rows)} AS r SET outcome = 'transferred'
        FROM (SELECT p.rowid AS place
            FROM (SELECT part AS one, whole AS other, since, until FROM {name("part")}
                UNION SELECT whole, part, since, until FROM {name("part")}) tie
            JOIN {known} a ON a.body = tie.one JOIN {known} b ON b.body = tie.other
            JOIN {name(rows)} p ON p.from_id = a.organization AND p.to_id = b.organization
                AND p.outcome = 'moved'
            JOIN {name(spells)} h ON h.row = p.from_row JOIN {name(spells)} t ON t.row = p.to_row
            WHERE NOT coalesce({final} < since, false) AND NOT coalesce({first} > until, false)) AS moved
        WHERE r.rowid = moved.place"""
    )


def overrule_pairs(snapshot: Snapshot, rows: str) -> None:
    """What dates suggest of a spell is no move if a departure says where the person went, or came from."""
    name = snapshot.name(rows)
    settled = f"FROM {name} WHERE basis = 'stated' AND to_row IS NOT NULL"
    if snapshot.execute(f"SELECT 1 {settled} LIMIT 1"):
        snapshot.execute(
            f"""UPDATE {name} SET outcome = 'overruled' WHERE outcome = 'moved' AND basis = 'dates'
            AND (from_row IN (SELECT from_row {settled}) OR to_row IN (SELECT to_row {settled}))"""
        )


def _when(known: str, of_next: str, of_last: str) -> str:
    """When a move happened: as the next spell began, or the one before ended, or at some day between."""
    return ", ".join(
        f"""CASE WHEN {known} THEN {of_next.format(f"start_{side}")}
            WHEN {of_last.format("end_earliest")} IS NOT NULL OR {of_last.format("end_latest")} IS NOT NULL
                THEN {of_last.format(f"end_{side}")}
            ELSE {edge} END AS {side}"""
        for side, edge in (
            ("earliest", of_last.format("start_earliest")),
            ("latest", of_next.format("end_latest")),
        )
    )
