"""Turnover: moves in and out of each organization, and the share of its people who left within a year."""

from dataclasses import dataclass
from datetime import date

from kb.analysis.careers import Careers, careers
from kb.analysis.intervals import Rate, Ratio, rate, ratio
from kb.resolve import Snapshot, last_day
from kb.resolve.bodies import LEVELS, LINEAGES

_DAY = "DATE '1970-01-01'"


@dataclass(frozen=True)
class Turnover:
    """One organization: all its moves, and its last twelve months.

    `hires` and `exits` count moves in and out, `net` is hires less exits, `direction` their ratio.
    `attrition` is leavers from after `since` to `until` over the mean of the headcounts on these two days,
    `headcount_then` and `headcount_now`. `possible` counts people who may have left in these months, or on
    another day. `unknown` counts those of whom it is not known whether they still are there.
    """

    organization: str
    name: str
    hires: int
    exits: int
    net: int
    direction: Ratio
    since: date | None
    until: date | None
    headcount_then: int
    headcount_now: int
    attrition: Rate
    possible: int
    unknown: int


def turnover(
    snapshot: Snapshot,
    *,
    until: str | date | None = None,
    level: str = LEVELS[0],
    lineage: str = LINEAGES[0],
    minimum: int = 1,
    include_rumoured: bool = False,
) -> list[Turnover]:
    """Moves in and out of organizations and their attrition, those with the most moves first.

    Attrition = leavers in 12 months / ((headcount before + headcount after) / 2), with Garwood's exact
    interval of the number of leavers. The months end on the last day of `until`, or with the last publication
    that speaks of a spell. A leaver has a spell that surely ended in these months, and none that goes on at
    their end. Somebody is there on a day that lies in the middle of what is known of a spell; an unknown
    start counts as before, a spell that is going on as there from then on.
    Unit: leavers a year for each person there. `minimum`: at least so many moves in and out.
    Left out: spells of other kinds than job, planned, rumoured, undated.
    Raises: DateError; KbError for a level or a lineage that there is not.

    >>> meta = turnover(Snapshot.from_seeds("meta-ai-2025"))[0]
    >>> meta.organization, meta.hires, meta.exits, meta.attrition.count, meta.attrition.over
    ('meta', 2, 2, 2, 6.0)
    """
    asked = last_day(until) if until is not None else None
    found = careers(snapshot, level=level, lineage=lineage, include_rumoured=include_rumoured)
    last = asked or _last_heard(found)
    rows = snapshot.execute(_query(found, int(minimum)), {"last": last})
    return [
        Turnover(
            key, name or key, hires, exits, hires - exits, ratio(hires, exits), first, last, then, now,
            rate(left, (then + now) / 2), possible, unknown,
        )
        for key, name, hires, exits, first, then, now, left, possible, unknown in rows
    ]  # fmt: skip


def _last_heard(found: Careers) -> date | None:
    ((last,),) = found.snapshot.execute(f"SELECT max(last_heard) FROM {found.spells}")
    return last if isinstance(last, date) else None


def _query(found: Careers, minimum: int) -> str:
    return f"""
        WITH asked AS (SELECT $last::DATE AS last, ($last::DATE - INTERVAL 1 YEAR)::DATE AS first),
        spells AS (
            SELECT organization, person, coalesce(began, -1e9) AS began, ongoing,
                CASE WHEN ongoing THEN 1e9 ELSE ended END AS ended, end_earliest, end_latest
            FROM {found.spells} WHERE coalesce(reason, '') IN ('', 'same_time', 'contained')),
        person AS (
            SELECT organization, person,
                bool_or(began <= first - {_DAY} AND ended > first - {_DAY}) AS was,
                bool_or(began <= last - {_DAY} AND ended > last - {_DAY}) AS is_there,
                bool_or(end_earliest > first AND end_latest <= last) AS left_,
                bool_or(NOT coalesce(ongoing, false) AND end_latest > first
                    AND coalesce(end_earliest <= last, true)) AS maybe,
                bool_or(began <= last - {_DAY} AND (ongoing OR end_earliest > last)) AS stays,
                bool_and(ended IS NULL) AS unknown
            FROM spells, asked GROUP BY ALL),
        people AS (
            SELECT organization, count(*) FILTER (was) AS then_, count(*) FILTER (is_there) AS now_,
                count(*) FILTER (coalesce(left_, false) AND NOT coalesce(is_there, false)) AS left_,
                count(*) FILTER (maybe AND NOT coalesce(left_, false) AND NOT coalesce(stays, false))
                    AS possible, count(*) FILTER (unknown) AS unknown
            FROM person GROUP BY ALL),
        moved AS (
            SELECT organization, sum(hires) AS hires, sum(exits) AS exits FROM (
                SELECT to_id AS organization, 1 AS hires, 0 AS exits FROM {found.moves}
                UNION ALL SELECT from_id, 0, 1 FROM {found.moves}) GROUP BY ALL)
        SELECT organization, o.name, hires::BIGINT, exits::BIGINT, first, coalesce(then_, 0),
            coalesce(now_, 0), coalesce(left_, 0), coalesce(possible, 0), coalesce(unknown, 0)
        FROM moved LEFT JOIN people USING (organization)
        LEFT JOIN {found.snapshot.name("Organization")} o ON o.id = organization, asked
        WHERE hires + exits >= {minimum}
        ORDER BY hires + exits DESC, organization"""
