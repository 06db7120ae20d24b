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
    _describe(snapshot, bodies, include_rumoured)
    _place(snapshot, spells)
    _pair(snapshot, spells)
    _state(snapshot, spells, bodies, include_rumoured)
    name = snapshot.name
    snapshot.execute(
        f"""CREATE TABLE {name(pairs)} AS
        SELECT basis, outcome, count(*) AS n FROM {name("pair")} GROUP BY ALL ORDER BY ALL"""
    )
    snapshot.execute(
        f"""CREATE TABLE {name(moves)} AS
        SELECT * EXCLUDE (outcome) FROM {name("pair")} WHERE outcome = 'moved'"""
    )
    for scratch in ("described", "pair", "part"):
        snapshot.execute(f"DROP TABLE {name(scratch)}")


def _describe(snapshot: Snapshot, bodies: str, include_rumoured: bool) -> None:
    """Each spell with its time in days, and what keeps it out by itself."""
    hearsay = "" if include_rumoured else "WHEN certainty = 'rumoured' THEN 'rumoured'"
    snapshot.execute(
        f"""CREATE TABLE {snapshot.name("described")} AS
        SELECT e.id, e.from_id AS person, e.to_id AS employer,
            coalesce(b.organization, e.to_id) AS organization, coalesce(b.body, e.to_id) AS body,
            start_earliest, start_latest, end_earliest, end_latest, ongoing, last_heard, certainty,
            e.datasets, {_POINT.format("start")} AS began,
            coalesce({_POINT.format("end")},
                CASE WHEN ongoing THEN greatest(last_heard - DATE '1970-01-01', began) END) AS ended,
            coalesce((began + ended) / 2, began, ended) AS middle,
            CASE WHEN kind <> 'job' THEN 'other_kind' WHEN phase = 'planned' THEN 'planned' {hearsay}
                WHEN middle IS NULL THEN 'undated' WHEN end_latest < start_earliest THEN 'reversed'
                END AS alone
        FROM {snapshot.name("EMPLOYED_AT")} e LEFT JOIN {snapshot.name(bodies)} b ON b.id = e.to_id"""
    )


def _place(snapshot: Snapshot, spells: str) -> None:
    """Leave out what lies inside another's time. Few spells can: those that end no later than one before."""
    described = snapshot.name("described")
    bounds = f"""CASE WHEN start_latest IS NOT NULL THEN start_latest - DATE '1970-01-01'
            WHEN start_earliest IS NOT NULL THEN {_EVER} END AS begins_by,
        CASE WHEN end_earliest IS NOT NULL THEN end_earliest - DATE '1970-01-01'
            WHEN end_latest IS NOT NULL THEN -{_EVER} ELSE ended END AS goes_on_to"""
    snapshot.execute(
        f"""CREATE TABLE {snapshot.name(spells)} AS
        WITH suspects AS (
            SELECT *, {bounds} FROM {described} WHERE alone IS NULL QUALIFY coalesce(ended, began) <= max(
                coalesce(ended, began)) OVER (PARTITION BY person ORDER BY coalesce(began, ended),
                coalesce(ended, began) DESC, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)),
        others AS (SELECT *, {bounds} FROM {described} WHERE alone IS NULL
            AND person IN (SELECT person FROM suspects)),
        inside AS (
            SELECT s.id, bool_or(o.began IS NOT DISTINCT FROM s.began AND o.ended IS NOT DISTINCT FROM s.ended
                AND o.id < s.id) AS same
            FROM suspects s JOIN others o ON o.person = s.person AND o.id <> s.id
                AND coalesce(o.began, o.ended) <= coalesce(s.began, s.ended)
                AND coalesce(o.ended, o.began) >= coalesce(s.ended, s.began)
            WHERE (o.began IS NOT DISTINCT FROM s.began AND o.ended IS NOT DISTINCT FROM s.ended
                    AND o.id < s.id)
                OR ((o.began < coalesce(s.began, s.ended) OR o.ended > coalesce(s.ended, s.began))
                    AND o.began IS NOT NULL AND o.ended IS NOT NULL
                    AND NOT coalesce(s.goes_on_to <= o.begins_by, false)
                    AND NOT coalesce(o.goes_on_to <= s.begins_by, false))
            GROUP BY s.id)
        SELECT d.* EXCLUDE (alone),
            coalesce(alone, CASE WHEN i.same THEN 'same_time' WHEN NOT i.same THEN 'contained' END) AS reason
        FROM {described} d LEFT JOIN inside i ON i.id = d.id"""
    )


def _pair(snapshot: Snapshot, spells: str) -> None:
    """Each spell that has a place with the next one of the same person, and what became of the two."""
    lead = ", ".join(
        f"lead({column}) OVER career AS next_{column}"
        for column in (
            "id", "organization", "body", "start_earliest", "start_latest", "end_latest", "began",
            "certainty", "datasets",
        )
    )  # fmt: skip
    snapshot.execute(
        f"""CREATE TABLE {snapshot.name("pair")} AS
        WITH ordered AS (
            SELECT *, {lead} FROM {snapshot.name(spells)} WHERE reason IS NULL
            WINDOW career AS (PARTITION BY person
                ORDER BY middle, began NULLS FIRST, ended NULLS LAST, id))
        SELECT person, organization AS from_id, next_organization AS to_id, id AS from_spell,
            next_id AS to_spell, {_when("next_start", "end", "start", "next_end")},
            end_earliest AS left_earliest, end_latest AS left_latest, next_began - ended AS gap,
            'dates' AS basis,
            greatest(certainty, next_certainty) AS certainty, -- the words sort from the surest
            list_concat(datasets, next_datasets) AS datasets,
            {_outcome(snapshot, "", "next_", "next_start", "end")} AS outcome
        FROM ordered WHERE next_id IS NOT NULL"""
    )


def _state(snapshot: Snapshot, spells: str, bodies: str, include_rumoured: bool) -> None:
    """Departures that say where to: they add moves, and overrule what dates alone suggest."""
    hearsay = "" if include_rumoured else "AND d.certainty <> 'rumoured'"
    usable = "coalesce(reason, '') IN ('', 'undated', 'same_time', 'contained')"
    name = snapshot.name
    snapshot.execute(
        f"""CREATE TABLE {name("stated")} AS
        WITH departed AS (
            SELECT d.spell, d.from_id AS person, d.certainty, d.datasets,
                coalesce(b.organization, d.destination) AS destination,
                coalesce(b.body, d.destination) AS body
            FROM {name("DEPARTED")} d LEFT JOIN {name(bodies)} b ON b.id = d.destination
            WHERE d.phase = 'past' AND d.destination IS NOT NULL {hearsay}),
        usable AS (SELECT * FROM {name(spells)} WHERE {usable}),
        arrived AS (
            SELECT d.spell, min_by(t.id, (coalesce(t.middle, {_EVER}), t.id)) AS to_spell
            FROM departed d JOIN usable h ON h.id = d.spell
            JOIN usable t ON t.person = d.person AND t.id <> h.id AND t.body = d.body
                AND coalesce(t.middle >= h.middle, true)
            GROUP BY d.spell)
        SELECT d.person, coalesce(h.organization, '') AS from_id, d.destination AS to_id,
            d.spell AS from_spell, a.to_spell, {_when("t.start", "h.end", "h.start", "t.end")},
            h.end_earliest AS left_earliest, h.end_latest AS left_latest, t.began - h.ended AS gap,
            'stated' AS basis, greatest(d.certainty, h.certainty, t.certainty) AS certainty,
            list_concat(list_concat(d.datasets, h.datasets), t.datasets) AS datasets,
            CASE WHEN h.id IS NULL THEN 'no_origin' WHEN t.id IS NULL THEN 'no_spell'
                ELSE {_outcome(snapshot, "h.", "t.", "t.start", "h.end")}
                END AS outcome
        FROM departed d LEFT JOIN usable h ON h.id = d.spell LEFT JOIN arrived a ON a.spell = d.spell
        LEFT JOIN {name(spells)} t ON t.id = a.to_spell"""
    )
    again = f"(SELECT from_spell, to_spell FROM {name('stated')} WHERE to_spell IS NOT NULL)"
    snapshot.execute(f"DELETE FROM {name('pair')} WHERE (from_spell, to_spell) IN {again}")
    snapshot.execute(
        f"""UPDATE {name("pair")} SET outcome = 'overruled' WHERE outcome = 'moved'
        AND (from_spell IN (SELECT from_spell FROM {again}) OR to_spell IN (SELECT to_spell FROM {again}))"""
    )
    snapshot.execute(f"INSERT INTO {name('pair')} BY NAME SELECT * FROM {name('stated')}")
    snapshot.execute(f"DROP TABLE {name('stated')}")


def _when(start: str, end: str, before: str, after: str) -> str:
    """When a move happened: as the next spell began, or the one before ended, or at some day between."""
    picks = []
    for side, edge in (("earliest", f"{before}_earliest"), ("latest", f"{after}_latest")):
        picks.append(
            f"""CASE WHEN {start}_earliest IS NOT NULL OR {start}_latest IS NOT NULL THEN {start}_{side}
            WHEN {end}_earliest IS NOT NULL OR {end}_latest IS NOT NULL THEN {end}_{side}
            ELSE {edge} END AS {side}"""
        )
    return ", ".join(picks)


def _outcome(snapshot: Snapshot, before: str, after: str, start: str, end: str) -> str:
    """What became of a pair. One is a part of the other unless the move is certainly before or after that."""
    a, b = f"{before}organization", f"{after}organization"
    body_a, body_b = f"{before}body", f"{after}body"
    known = f"{start}_earliest IS NOT NULL OR {start}_latest IS NOT NULL"
    first, final = (
        f"CASE WHEN {known} THEN {start}_{side} ELSE {end}_{side} END" for side in ("earliest", "latest")
    )
    return f"""CASE WHEN {a} = {b} THEN 'stayed' WHEN {body_a} = {body_b} THEN 'renamed'
        WHEN EXISTS (FROM {snapshot.name("part")} p
            WHERE (p.part, p.whole) IN (({body_a}, {body_b}), ({body_b}, {body_a}))
                AND NOT coalesce({final} < p.since, false)
                AND NOT coalesce({first} > p.until, false)) THEN 'transferred'
        ELSE 'moved' END"""
