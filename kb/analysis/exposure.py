"""Exposure: which known contributors of a project or a team have left the organization behind it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from kb.analysis.careers import careers, check_organizations
from kb.analysis.evidence import sources
from kb.analysis.intervals import Share, share
from kb.analysis.standing import STANDINGS, behind, contributors, standings
from kb.resolve import Snapshot
from kb.resolve.bodies import LINEAGES


@dataclass(frozen=True)
class Contributor:
    """Somebody known to have contributed, and how they stand to the organization behind it.

    `status`: there; leaving (an announced departure); left; unknown (a spell, but nobody says whether it goes
    on); outside (no spell there is known). `earliest` and `latest` bound the day of the departure, and `to`
    is where they went. `sources` is on how many sources the row rests.
    """

    person: str
    name: str
    capacity: str | None
    status: str
    earliest: date | None
    latest: date | None
    to: str | None
    to_name: str | None
    certainty: str
    sources: int


@dataclass(frozen=True)
class Exposure:
    """The known contributors of a project or a team, how many left, and what is left.

    `gone` is the share of those who left among those who left, are leaving or are there; the `unknown` and
    the `outside` are not in it. `organizations` are the ones that they are held against. `rumoured` is how
    many contributors are known by hearsay alone, and left out.
    """

    id: str
    name: str
    organizations: tuple[str, ...]
    contributors: tuple[Contributor, ...] = field(repr=False)
    there: int
    leaving: int
    left: int
    unknown: int
    outside: int
    rumoured: int
    gone: Share


def exposure(
    snapshot: Snapshot,
    key: str,
    *,
    organization: str | None = None,
    lineage: str = LINEAGES[0],
    include_rumoured: bool = False,
) -> Exposure:
    """Known contributors of a project or team: who is there, who left, when and to whom, and what is left.

    gone = left / (left + leaving + there), with Wilson's interval. The organization is `organization`, else
    the one that develops the project (all, if several do), or that the team belongs to, or the one itself.
    Unit: people that a source names. They are no sample of the team: nobody counts those whom no source
    names.
    Left out: planned work; hearsay, unless asked for (counted). A contributor without a spell at the
    organization is `outside`, and one of whom nobody says whether they are still there `unknown`.
    Raises: NotFound for an id that there is not, or a project of which no developer is known; KbError.
    Source of the question: Avelino and others (2016), A novel approach for estimating truck factors, ICPC;
    here people are named by sources, not by commits.

    >>> found = exposure(Snapshot.from_seeds("meta-ai-2025"), "pytorch")
    >>> [(c.person, c.status, c.to) for c in found.contributors]
    [('bert-maher', 'left', 'anthropic'), ('tony-liu', 'left', None)]
    >>> found.gone.count, found.gone.of, found.there
    (2, 2, 0)
    """
    name = snapshot.entity(key).name
    check_organizations(snapshot, organization)
    found = careers(snapshot, lineage=lineage, include_rumoured=include_rumoured)
    members = contributors(snapshot, key, include_rumoured=include_rumoured)
    homes = (
        [found.counted(organization)]
        if organization
        else behind(found, key, hint="Name the organization: --at ORG")
    )
    rows = snapshot.execute(
        f"""WITH member AS ({members}), standing AS ({standings(found, homes)}),
        rests AS ({sources(snapshot, _FACTS)})
        SELECT m.person, coalesce(p.name, m.person), m.capacity, coalesce(s.status, 'outside') AS status,
            CASE WHEN s.status IN ('left', 'leaving') THEN s.earliest END,
            CASE WHEN s.status IN ('left', 'leaving') THEN s.latest END,
            CASE WHEN s.status IN ('left', 'leaving') THEN s.destination END AS gone_to,
            coalesce(o.name, gone_to), greatest(m.certainty, s.certainty), coalesce(r.sources, 0)
        FROM member m LEFT JOIN standing s USING (person)
        LEFT JOIN {snapshot.name("Person")} p ON p.id = m.person
        LEFT JOIN {snapshot.name("Organization")} o
            ON o.id = CASE WHEN s.status IN ('left', 'leaving') THEN s.destination END
        LEFT JOIN rests r ON r.key = m.person
        ORDER BY array_position(['left', 'leaving', 'there', 'unknown', 'outside'], status), m.person"""
    )
    listed = tuple(Contributor(*row) for row in rows)
    count = {status: sum(c.status == status for c in listed) for status in (*STANDINGS, "outside")}
    return Exposure(
        key,
        name,
        tuple(homes),
        listed,
        **count,
        rumoured=0 if include_rumoured else _hearsay(snapshot, key, len(listed)),
        gone=share(count["left"], count["left"] + count["leaving"] + count["there"]),
    )


_FACTS: Final = """SELECT person AS key, unnest(facts) AS fact FROM member
    UNION ALL SELECT person, unnest([spell, departure]) FROM standing"""


def _hearsay(snapshot: Snapshot, key: str, listed: int) -> int:
    """How many are known by hearsay alone: all who are known, less those listed."""
    everyone = contributors(snapshot, key, include_rumoured=True)
    return int(snapshot.execute(f"SELECT count(*) FROM ({everyone})")[0][0]) - listed
