"""As-of: what was true in the world on a day, from a snapshot of what is known.

Three answers, as for all partial dates: what holds at a day for every choice of days that its dates allow is
certain; what holds for some of them is only possible, and stands in the table `possible`; what holds for
none is left out. The rules are those of `kb.dates`: `before` for one day, `overlaps` for a period.
"""

from datetime import date
from typing import Final

from kb.ontology import EDGES, Edge, types
from kb.resolve.derived import copy_into, derive_again
from kb.resolve.snapshot import Snapshot, last_day

_PERIODS: Final = tuple(
    edge for edge in EDGES.values() if {"start_text", "end_text"} <= {prop.name for prop in edge.props}
)
_DATED_NODES: Final = {"Event": "date", "Statistic": "period", "Organization": "founded"}
_OWN_RULE: Final = {"DEPARTED", "HELD_ROLE", "PARTNER_OF", "TALENT_FLOW"}


def as_of(snapshot: Snapshot, moment: str | date) -> Snapshot:
    """What was true at the last day of `moment`, as a new snapshot; the given one stays as it is.

    The rules, for a day T:

    - What begins or happens after T is left out: spells, periods, departures, events, figures about a later
      time, organizations founded later, and all that hangs on them.
    - What certainly runs at T has phase `current`, is `ongoing`, and its end is `..`: at T it was to come.
      Its stated length is left out. What certainly ended before T has phase `past`.
    - Where the dates leave open whether it runs at T, the phase stays as it was resolved, and the fact is
      only possible. It is also only possible if the dates leave open whether it had begun.
    - An end of `..` never comes: as far as anybody says, an open spell runs at every later day.
    - Something said to be past, current or done had begun when it was published. What is `past` without an
      end had ended by then.
    - A plan does not come true by the calendar. What is `planned` is held from the day by which it was
      published, stays planned, and is only possible once its time may have come.
    - A departure happened between the start of its spell and the end of it, where it has no date itself.
      A role follows its spell.
    - People, projects, claims, sources and datasets stay. TALENT_FLOW is counted again.

    It is independent of known-at: the snapshot says what is known, this says when it was so.
    Raises: DateError if `moment` has no last day.

    >>> now = Snapshot.from_seeds("meta-ai-2025")
    >>> then = as_of(now, "2020")
    >>> then.count("DEPARTED") < now.count("DEPARTED"), str(then.as_of)
    (True, '2020-12-31')
    """
    day = last_day(moment)
    then = Snapshot(snapshot.connection)
    then.known_at, then.as_of, then.rumoured = snapshot.known_at, day, snapshot.rumoured
    then.notices = list(snapshot.notices)
    _heard(snapshot, then)
    copy_into(
        snapshot, then, [kind for kind in types() if kind not in _PERIODS and kind.table not in _OWN_RULE]
    )
    for edge in _PERIODS:
        _period(snapshot, then, edge, day)
    _departures(snapshot, then, day)
    _roles(snapshot, then)
    _partners(snapshot, then, day)
    _nodes(then, day)
    then.execute(f"DROP TABLE {then.name('heard')}")
    derive_again(then)
    return then


def _before(day: str, part: str) -> str:
    """SQL for `kb.dates.before(day, part)`, the answer as a word; `part` is no open end."""
    return f"""CASE WHEN {part}_earliest > {day} THEN 'yes'
        WHEN {part}_latest <= {day} THEN 'no' ELSE 'possible' END"""


def _after(day: str, part: str, never: str) -> str:
    """SQL for `kb.dates.before(part, day)`; `never` says when the part is `..`, which does not come."""
    return f"""CASE WHEN {never} THEN 'no' WHEN {part}_earliest >= {day} THEN 'no'
        WHEN {part}_latest < {day} THEN 'yes' ELSE 'possible' END"""


def _heard(snapshot: Snapshot, then: Snapshot) -> None:
    """The last publication that asserts a fact, for what does not keep it by itself."""
    then.execute(
        f"""CREATE TABLE {then.name("heard")} AS
        SELECT c.fact AS id, max(f.known_from) AS day FROM {snapshot.name("Claim")} c
        JOIN {snapshot.name("FROM_SOURCE")} f ON f.from_id = c.id
        WHERE c.predicate <> 'employed_at' AND polarity = 'asserts' AND NOT coalesce(retracted, false)
        GROUP BY c.fact"""
    )


def _period(snapshot: Snapshot, then: Snapshot, edge: Edge, day: date) -> None:
    """Facts with a start and an end."""
    names = {prop.name for prop in edge.props}
    phase = "phase" if "phase" in names else "NULL::VARCHAR"
    heard = "last_heard" if "last_heard" in names else "heard.day"
    going = "ongoing" if "ongoing" in names else f"{phase} = 'current'"
    at, told = f"DATE '{day.isoformat()}'", then.name("told")
    then.execute(
        f"""CREATE TABLE {told} AS
        WITH bounded AS (
            SELECT e.id, {phase} AS phase, known_from, start_earliest,
                {phase} IS DISTINCT FROM 'planned' AS happened,
                CASE WHEN happened THEN least(start_latest, end_latest, {heard}) ELSE start_latest END
                    AS start_latest,
                greatest(end_earliest, start_earliest) AS end_earliest,
                coalesce(end_latest, CASE WHEN {phase} = 'past' THEN {heard} END) AS end_latest,
                coalesce(end_text = '..' OR (end_text IS NULL AND {going}), false) AS never
            FROM {snapshot.name(edge.table)} e LEFT JOIN {then.name("heard")} heard ON heard.id = e.id),
        answered AS (
            SELECT *, {_before(at, "start")} AS still_to_come, {_after(at, "end", "never")} AS ended
            FROM bounded)
        SELECT id, happened, still_to_come, ended,
            happened AND still_to_come = 'no' AND ended = 'no' AS runs,
            CASE WHEN phase = 'planned' THEN still_to_come <> 'yes'
                ELSE still_to_come = 'possible' OR ({"phase" in names} AND ended = 'possible') END AS open
        FROM answered
        WHERE CASE WHEN phase = 'planned' THEN coalesce(known_from <= {at}, true)
            ELSE still_to_come <> 'yes' END"""
    )
    running = "t.happened AND t.ended = 'no'"
    over = "t.happened AND t.ended = 'yes'"
    now = {
        "phase": f"CASE WHEN {running} THEN 'current' WHEN {over} THEN 'past' ELSE phase END",
        "ongoing": f"CASE WHEN {running} THEN true WHEN {over} THEN false ELSE ongoing END",
        "tenure_text": f"CASE WHEN {running} AND NOT coalesce(ongoing, false) THEN NULL ELSE tenure_text END",
        "last_heard": f"CASE WHEN {running} AND phase = 'past' THEN {at} ELSE least(last_heard, {at}) END",
        "end_earliest": f"CASE WHEN {running} THEN NULL ELSE end_earliest END",
        "end_latest": f"CASE WHEN {running} THEN NULL ELSE end_latest END",
        "end_text": f"CASE WHEN {running} THEN '..' ELSE end_text END",
    }
    replaced = ", ".join(f"{sql} AS {name}" for name, sql in now.items() if name in names)
    then.execute(
        f"""INSERT INTO {then.name(edge.table)} BY NAME
        SELECT e.* REPLACE ({replaced}) FROM {snapshot.name(edge.table)} e JOIN {told} t ON t.id = e.id"""
    )
    then.execute(f"INSERT INTO {then.name('possible')} SELECT id FROM {told} WHERE open")
    then.execute(f"DROP TABLE {told}")


def _departures(snapshot: Snapshot, then: Snapshot, day: date) -> None:
    """A departure lies in the time of its spell, and before what was published of it, unless it is a plan."""
    at, told = f"DATE '{day.isoformat()}'", then.name("told")
    then.execute(
        f"""CREATE TABLE {told} AS
        WITH bounded AS (
            SELECT d.id, d.phase = 'planned' AS planned, d.known_from,
                greatest(coalesce(date_earliest, CASE WHEN date_latest IS NULL THEN end_earliest END),
                    start_earliest) AS date_earliest,
                CASE WHEN planned THEN date_latest
                    ELSE least(coalesce(date_latest,
                        CASE WHEN date_earliest IS NULL THEN end_latest END), heard.day) END AS date_latest
            FROM {snapshot.name("DEPARTED")} d JOIN {snapshot.name("EMPLOYED_AT")} s ON s.id = d.spell
            LEFT JOIN {then.name("heard")} heard ON heard.id = d.id)
        SELECT id, planned, {_before(at, "date")} AS still_to_come FROM bounded
        WHERE CASE WHEN planned THEN coalesce(known_from <= {at}, true) ELSE still_to_come <> 'yes' END"""
    )
    then.execute(
        f"""INSERT INTO {then.name("DEPARTED")} SELECT d.* FROM {snapshot.name("DEPARTED")} d
        SEMI JOIN {told} t ON t.id = d.id"""
    )
    then.execute(
        f"""INSERT INTO {then.name("possible")} SELECT id FROM {told}
        WHERE still_to_come = 'possible' OR (planned AND still_to_come = 'no')"""
    )
    then.execute(f"DROP TABLE {told}")


def _roles(snapshot: Snapshot, then: Snapshot) -> None:
    """A role takes the phase that its spell has at the day, where that is another than it was."""
    then.execute(
        f"""INSERT INTO {then.name("HELD_ROLE")} BY NAME
        SELECT r.* REPLACE (CASE WHEN n.phase IS DISTINCT FROM b.phase THEN n.phase ELSE r.phase END AS phase)
        FROM {snapshot.name("HELD_ROLE")} r JOIN {then.name("EMPLOYED_AT")} n ON n.id = r.spell
        JOIN {snapshot.name("EMPLOYED_AT")} b ON b.id = r.spell"""
    )
    then.execute(
        f"""INSERT INTO {then.name("possible")} SELECT id FROM {then.name("HELD_ROLE")}
        WHERE spell IN (SELECT id FROM {then.name("possible")})"""
    )


def _nodes(then: Snapshot, day: date) -> None:
    """Nodes with a date. That an organization has no date of founding does not make it doubtful."""
    at = f"DATE '{day.isoformat()}'"
    then.execute(
        f"""INSERT INTO {then.name("possible")} SELECT id FROM (
            SELECT e.* REPLACE (least(date_latest, h.day) AS date_latest) FROM {then.name("Event")} e
            LEFT JOIN {then.name("heard")} h ON h.id = e.id)
        WHERE {_before(at, "date")} = 'possible'"""
    )
    for label, part in _DATED_NODES.items():
        then.execute(f"DELETE FROM {then.name(label)} WHERE {_before(at, part)} = 'yes'")


def _partners(snapshot: Snapshot, then: Snapshot, day: date) -> None:
    """An agreement had been made when it was published."""
    at, told = f"DATE '{day.isoformat()}'", then.name("told")
    then.execute(
        f"""CREATE TABLE {told} AS
        SELECT * EXCLUDE (day), {_before(at, "date")} AS still_to_come FROM (
            SELECT p.* REPLACE (least(date_latest, h.day) AS date_latest), h.day
            FROM {snapshot.name("PARTNER_OF")} p LEFT JOIN {then.name("heard")} h ON h.id = p.id)"""
    )
    then.execute(
        f"""INSERT INTO {then.name("PARTNER_OF")} SELECT p.* FROM {snapshot.name("PARTNER_OF")} p
        JOIN {told} t ON t.id = p.id WHERE t.still_to_come <> 'yes'"""
    )
    then.execute(
        f"INSERT INTO {then.name('possible')} SELECT id FROM {told} WHERE still_to_come = 'possible'"
    )
    then.execute(f"DROP TABLE {told}")
