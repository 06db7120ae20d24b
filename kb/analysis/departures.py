"""Departures: who left an organization, when, after how long, and where to."""

from dataclasses import dataclass
from datetime import date

from kb.analysis.careers import Careers, careers, check_organizations
from kb.analysis.window import Window
from kb.resolve import Snapshot
from kb.resolve.bodies import LEVELS, LINEAGES


@dataclass(frozen=True)
class Departure:
    """One person's leaving. `phase` is past, or planned for one that is announced and has not happened.

    `basis` is stated where a source tells of the departure, ended where it follows from the end of a spell.
    `months_low` and `months_high` bound how long the person had been there, as far as start and end are
    known; `tenure` is a length that a source states. `destination_basis` is stated where a source says where
    to, dates where it is the next spell of the career. `falls` says whether the date lies in the time that
    was asked for: yes or possible.
    """

    person: str
    name: str
    left: str
    title: str | None
    phase: str
    certainty: str
    basis: str
    earliest: date | None
    latest: date | None
    falls: str
    months_low: float | None
    months_high: float | None
    tenure: str | None
    destination: str | None
    destination_name: str | None
    destination_basis: str | None
    spell: str


def departures(
    snapshot: Snapshot,
    *,
    organization: str,
    since: str | date | None = None,
    until: str | date | None = None,
    level: str = LEVELS[0],
    lineage: str = LINEAGES[0],
    include_rumoured: bool = False,
) -> list[Departure]:
    """Who left an organization, the planned departures last, else by date and name.

    A departure is told by a source, or follows from a spell of kind job that has ended, unless another spell
    of the person at the organization goes on or begins no later than a day after. Lengths are in months of
    30.44 days. Left out: what is rumoured, unless asked for; internships, boards and the like; departures
    that surely fell before `since` or after `until`.
    Raises: NotFound for an organization that there is not; KbError if it is counted as another; DateError.

    >>> for who in departures(Snapshot.from_seeds("meta-ai-2025"), organization="meta")[:2]:
    ...     print(who.name, who.earliest, who.destination, who.phase)
    Afroz Mohiuddin 2025-08-01 openai past
    Bert Maher 2025-08-18 anthropic past
    """
    window = Window.read(since, until)
    check_organizations(snapshot, organization)
    found = careers(snapshot, level=level, lineage=lineage, include_rumoured=include_rumoured)
    rows = snapshot.execute(_query(found, window), [found.counted(organization)])
    return [Departure(*row) for row in rows]


def _query(found: Careers, window: Window) -> str:
    name = found.snapshot.name
    hearsay = "" if found.include_rumoured else "AND d.certainty <> 'rumoured'"
    days = ("earliest", "latest")
    # A spell that ends while another one at the same organization goes on, or is followed by it within a day.
    goes_on = f"""EXISTS (FROM {found.spells} o WHERE o.person = s.person AND o.organization = s.organization
        AND o.id <> s.id AND coalesce(o.reason, '') IN ('', 'undated', 'same_time', 'contained')
        AND coalesce(o.start_earliest <= s.end_latest + 1, true)
        AND (coalesce(o.ended > s.ended, true) OR (o.ended = s.ended AND o.id < s.id)))"""
    return f"""
        WITH told AS (SELECT d.*, coalesce(b.organization, d.destination) AS counted
            FROM {name("DEPARTED")} d LEFT JOIN {found.bodies} b ON b.id = d.destination
            WHERE true {hearsay}),
        gone AS (
            SELECT s.person, s.organization, e.title, coalesce(d.phase, 'past') AS phase,
                coalesce(d.certainty, s.certainty) AS certainty,
                CASE WHEN d.id IS NULL THEN 'ended' ELSE 'stated' END AS basis,
                CASE WHEN d.date_text IS NULL THEN s.end_earliest ELSE d.date_earliest END AS earliest,
                CASE WHEN d.date_text IS NULL THEN s.end_latest ELSE d.date_latest END AS latest,
                s.start_earliest, s.start_latest, e.tenure_text, s.id AS spell, d.id AS fact,
                coalesce(d.counted, m.to_id) AS destination,
                CASE WHEN d.counted IS NOT NULL THEN 'stated'
                    WHEN m.to_id IS NOT NULL THEN 'dates' END AS known
            FROM {found.spells} s JOIN {name("EMPLOYED_AT")} e ON e.id = s.id
            LEFT JOIN told d ON d.spell = s.id
            LEFT JOIN (SELECT from_spell, min(to_id) AS to_id FROM {found.moves} GROUP BY 1) m
                ON m.from_spell = s.id
            WHERE s.organization = ? AND coalesce(s.reason, '') IN ('', 'undated', 'same_time', 'contained')
                AND (d.id IS NOT NULL OR (NOT coalesce(s.ongoing, false) AND NOT {goes_on}
                    AND (e.phase = 'past' OR s.end_latest IS NOT NULL))))
        SELECT person, coalesce(p.name, person), organization, title, phase, g.certainty, basis, earliest,
            latest, CASE WHEN {window.surely(*days)} AND g.spell NOT IN (SELECT id FROM {name("possible")})
                AND coalesce(g.fact NOT IN (SELECT id FROM {name("possible")}), true)
                THEN 'yes' ELSE 'possible' END,
            round(CASE WHEN earliest >= start_latest THEN earliest - start_latest
                WHEN earliest < start_latest THEN 0 END / 30.44, 1),
            round((latest - start_earliest) / 30.44, 1), tenure_text, destination, o.name, known, spell
        FROM gone g LEFT JOIN {name("Person")} p ON p.id = g.person
        LEFT JOIN {name("Organization")} o ON o.id = g.destination
        WHERE {window.possibly(*days)}
        ORDER BY phase = 'planned', earliest NULLS LAST, latest NULLS LAST, 2, spell"""
