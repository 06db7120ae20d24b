"""A snapshot of made-up careers: the same spells each time, at any size.

Few organizations have most of the people: the share of each falls with its rank (1/rank). A career has 2.7
spells on average, few have many. Each spell begins where the one before ended, or up to months later.

A messy world has what real tables have besides: dates known to the month or the year, or not at all; jobs
that overlap, that lie inside another or have the same time; boards and internships; hearsay, plans, ends
before their starts, and departures that name a destination.
"""

from typing import Final

from kb.resolve import Snapshot

SPELLS: Final = 2.7  # of one person, on average
MOST: Final = 40  # of one person

# Each draw is a number from 0 to 1 that depends on the person, the number of the spell and a letter alone.
_DRAW: Final = "(hash(i, n, '{}') % 1000000 / 1e6)"
_SPELLS: Final = """
    INSERT INTO {employed} BY NAME
    WITH people AS (SELECT i, least({most}, 1 + floor(ln(1e-9 + hash(i) % 1000000 / 1e6)
            / ln(1 - 1 / {spells}))::INT) AS number FROM range({people}) t(i)),
    drawn AS (SELECT i, number, unnest(range(number)) AS n FROM people),
    lengths AS (SELECT *, (60 + 2000 * pow({length}, 2))::INT AS days,
        CASE WHEN {gap} < 0.6 THEN 0 ELSE (400 * ({gap} - 0.6))::INT END AS pause FROM drawn),
    dated AS (SELECT i, n, number, days, floor(pow({organizations}, {place}))::INT AS place, DATE '1995-01-01'
            + (hash(i, 'b') % 5000)::INT + coalesce(sum(days + pause + 1) OVER (PARTITION BY i ORDER BY n
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::INT AS began FROM lengths),
    shaped AS (SELECT i, n, number, place, n = number - 1 AS final, {began} AS began, {ended} AS ended,
        {messy} AND {vague} < 0.3 AS yearly, {messy} AND {vague} BETWEEN 0.3 AND 0.5 AS monthly,
        {messy} AND {blank} < 0.06 AS no_start, {messy} AND {blank} BETWEEN 0.04 AND 0.1 AS no_end FROM dated)
    SELECT 'Person' AS from_label, concat('made-up/person-', i) AS from_id, 'Organization' AS to_label,
        concat('made-up/organization-', place) AS to_id,
        concat('made-up/person-', i, ':employed_at:made-up/organization-', place, ':', n) AS id,
        CASE WHEN {messy} AND {sure} < 0.01 THEN 'rumoured' WHEN {messy} AND {sure} < 0.1 THEN 'confirmed'
            ELSE 'reported' END AS certainty,
        CASE WHEN {messy} AND {kind} < 0.03 THEN 'board' WHEN {messy} AND {kind} < 0.05 THEN 'internship'
            ELSE 'job' END AS kind,
        ['made-up'] AS datasets, DATE '2060-01-01' AS last_heard,
        CASE WHEN {messy} AND final AND {plan} < 0.02 THEN 'planned' WHEN final AND NOT no_end THEN 'current'
            ELSE 'past' END AS phase,
        phase = 'current' AS ongoing,
        CASE WHEN no_start THEN NULL WHEN yearly THEN date_trunc('year', began)
            WHEN monthly THEN date_trunc('month', began) ELSE began END::DATE AS start_earliest,
        CASE WHEN no_start THEN NULL
            WHEN yearly THEN date_trunc('year', began) + INTERVAL 1 YEAR - INTERVAL 1 DAY
            WHEN monthly THEN last_day(began) ELSE began END::DATE AS start_latest,
        CASE WHEN final OR no_end THEN NULL WHEN yearly THEN date_trunc('year', ended) ELSE ended END::DATE
            AS end_earliest,
        CASE WHEN final OR no_end THEN NULL
            WHEN yearly THEN date_trunc('year', ended) + INTERVAL 1 YEAR - INTERVAL 1 DAY ELSE ended END::DATE
            AS end_latest
    FROM shaped"""
# In a messy world a spell in eight begins 300 days early, so that many overlap, and a few end before.
_BEGAN: Final = "CASE WHEN {messy} AND {shift} < 0.12 THEN began - 300 ELSE began END"
_ENDED: Final = "CASE WHEN {messy} AND {shift} > 0.99 THEN began - 500 ELSE began + days END"
_DEPARTURES: Final = """
    INSERT INTO {departed} BY NAME
    SELECT 'Person' AS from_label, s.from_id, 'Organization' AS to_label, s.to_id,
        concat(s.id, ':left') AS id, s.id AS spell, o.to_id AS destination, true AS destination_known,
        CASE WHEN hash(s.id) % 5 = 0 THEN 'rumoured' ELSE 'confirmed' END AS certainty, 'past' AS phase,
        ['made-up'] AS datasets
    FROM {employed} s JOIN {employed} o ON o.from_id = s.from_id AND o.id <> s.id
    WHERE s.phase = 'past' AND hash(s.id, o.id) % 100 = 0
    QUALIFY row_number() OVER (PARTITION BY s.id ORDER BY o.id) = 1"""


def careers_world(people: int, *, messy: bool, organizations: int | None = None) -> Snapshot:
    """A snapshot with so many people, their spells and, if messy, their departures."""
    snapshot = Snapshot()
    letters = ("length", "gap", "place", "vague", "blank", "sure", "kind", "plan", "shift")
    draws = {name: _DRAW.format(name) for name in letters}
    words = {"messy": str(messy).lower(), **draws}
    snapshot.execute(
        _SPELLS.format(
            employed=snapshot.name("EMPLOYED_AT"),
            people=people,
            most=MOST,
            spells=SPELLS,
            organizations=organizations or max(50, people // 50),
            began=_BEGAN.format(**words),
            ended=_ENDED.format(**words),
            **words,
        )
    )
    if messy:
        snapshot.execute(
            _DEPARTURES.format(departed=snapshot.name("DEPARTED"), employed=snapshot.name("EMPLOYED_AT"))
        )
    return snapshot
