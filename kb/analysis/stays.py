"""Short stays: spells that ended before a given number of months, surely or possibly."""

from dataclasses import dataclass
from typing import Final

from kb.analysis.careers import Excluded, careers, check_organizations
from kb.analysis.evidence import SPELLS, sources
from kb.analysis.intervals import Share, share
from kb.errors import KbError
from kb.lengths import parse_length
from kb.resolve import Snapshot
from kb.resolve.bodies import LEVELS, LINEAGES

MONTH: Final = 365.25 / 12  # days


@dataclass(frozen=True)
class ShortStays:
    """Ended spells at one organization: `short` surely, `possible` more as vague as their dates are.

    `ended` are those whose length is known well enough to tell, or possibly; of the `unknown` neither start
    and end nor a stated length tells anything. `share` is short of ended less possible, `share_most` short
    and possible of ended. `sources` is on how many sources the row rests.
    """

    organization: str
    name: str
    ended: int
    short: int
    possible: int
    unknown: int
    share: Share
    share_most: Share
    sources: int


@dataclass(frozen=True)
class Stays:
    """Short stays by organization, the most first. `open` spells still go on, and are not in any row."""

    months: float
    rows: tuple[ShortStays, ...]
    open: int
    excluded: Excluded


def short_stays(
    snapshot: Snapshot,
    *,
    organization: str | None = None,
    months: float = 12,
    minimum: int = 1,
    level: str = LEVELS[0],
    lineage: str = LINEAGES[0],
    include_rumoured: bool = False,
) -> Stays:
    """Ended spells that were shorter than `months`, by organization.

    A spell is surely short if the longest time that its dates, or its stated length, allow is below `months`,
    possibly if only the shortest is. Where both are known, both bounds hold. Share: short / (ended -
    possible), with Wilson's interval; `share_most` = (short + possible) / ended.
    Unit: spells; a month is 365.25/12 days. `minimum` leaves out organizations with fewer ended spells.
    Left out: kinds other than job, planned ones, hearsay unless asked for (counted), and open spells: a share
    of ended spells alone is no retention, for which see `retention`.
    Raises: NotFound for an organization that there is not; KbError if it counts as another, or for no months.

    >>> found = short_stays(Snapshot.from_seeds("meta-ai-2025"), organization="tesla", months=50)
    >>> [(row.short, row.possible, row.unknown) for row in found.rows]
    [(1, 0, 1)]
    """
    if not months > 0:
        raise KbError(f"a stay of {months:g} months is none", hint="Give a number above 0")
    check_organizations(snapshot, organization)
    found = careers(snapshot, level=level, lineage=lineage, include_rumoured=include_rumoured)
    only = f"= '{found.counted(organization)}'" if organization else "IS NOT NULL"
    name = snapshot.name
    judged = f"""
        SELECT s.id, s.organization, e.phase = 'past' OR d.id IS NOT NULL OR s.end_latest < s.last_heard AS
            over,
            greatest(CASE WHEN s.end_earliest IS NOT NULL AND s.start_latest IS NOT NULL
                THEN greatest(0, s.end_earliest - s.start_latest) / {MONTH} END, t.least) AS least,
            least(CASE WHEN s.end_latest IS NOT NULL AND s.start_earliest IS NOT NULL
                THEN (s.end_latest - s.start_earliest) / {MONTH} END, t.most) AS most
        FROM {found.spells} s JOIN {name("EMPLOYED_AT")} e ON e.id = s.id
        LEFT JOIN (SELECT spell, min(id) AS id FROM {name("DEPARTED")} WHERE phase = 'past'
            {"" if include_rumoured else "AND certainty <> 'rumoured'"} GROUP BY ALL) d ON d.spell = s.id
        LEFT JOIN ({_lengths(snapshot)}) t ON t.text = e.tenure_text
        WHERE s.organization {only}
            AND coalesce(s.reason, '') NOT IN ('other_kind', 'planned', 'rumoured', 'reversed')"""
    facts = "SELECT organization AS key, id AS fact FROM judged WHERE over"
    rows = snapshot.execute(
        f"""WITH judged AS MATERIALIZED ({judged}),
        rests AS ({sources(snapshot, facts, of=SPELLS)})
        SELECT j.organization, coalesce(any_value(o.name), j.organization), count(*) FILTER (known) AS ended,
            count(*) FILTER (known AND most < {months}) AS short,
            count(*) FILTER (known AND coalesce(most >= {months}, true) AND coalesce(least < {months}, true))
                AS possible,
            count(*) FILTER (NOT known), coalesce(any_value(r.sources), 0)
        FROM (SELECT *, most IS NOT NULL OR least IS NOT NULL AS known FROM judged WHERE over) j
        LEFT JOIN {name("Organization")} o ON o.id = j.organization LEFT JOIN rests r ON r.key =
            j.organization
        GROUP BY j.organization HAVING count(*) >= {int(minimum)}
        ORDER BY short DESC, possible DESC, j.organization"""
    )
    [(going,)] = snapshot.execute(f"SELECT count(*) FROM ({judged}) WHERE NOT coalesce(over, false)")
    listed = tuple(
        ShortStays(
            org, called, ended, short, possible, unknown, share(short, ended - possible),
            share(short + possible, ended), rests,
        )
        for org, called, ended, short, possible, unknown, rests in rows
    )  # fmt: skip
    return Stays(months, listed, going, found.left_out(organization) if organization else found.excluded)


def _lengths(snapshot: Snapshot) -> str:
    """Stated lengths in months, each distinct text read once, as SQL with `text`, `least` and `most`."""
    spells = snapshot.name("EMPLOYED_AT")
    texts = snapshot.execute(f"SELECT DISTINCT tenure_text FROM {spells} WHERE tenure_text <> '' ORDER BY 1")
    read = [(text, one.shortest, one.longest) for (text,) in texts for one in [parse_length(text)]]
    rows = [
        f"('{text}', {least.months + least.days / MONTH}, {most.months + most.days / MONTH})"
        for text, least, most in read
    ] or ["(NULL::VARCHAR, NULL::DOUBLE, NULL::DOUBLE)"]
    return f"SELECT * FROM (VALUES {', '.join(rows)}) t (text, least, most)"
