"""Returns: people who left an organization, worked elsewhere, and came back."""

from dataclasses import dataclass

from kb.analysis.careers import Careers, Excluded, careers, check_organizations
from kb.analysis.evidence import SPELLS, sources
from kb.analysis.intervals import Share, share
from kb.resolve import Snapshot
from kb.resolve.bodies import LEVELS, LINEAGES


@dataclass(frozen=True)
class Return:
    """One return: the spells before and after, the organizations between, and how long it was, in months.

    `away_least` and `away_most` bound the time between the two spells; None where a date gives no bound.
    """

    person: str
    name: str
    organization: str
    organization_name: str
    before: str
    after: str
    via: tuple[str, ...]
    via_names: tuple[str, ...]
    away_least: float | None
    away_most: float | None
    certainty: str
    sources: int


@dataclass(frozen=True)
class Returns:
    """Returns, by organization and person. `share` is of the people who moved away from the organization,
    or from any: of them, so many came back to where they had left.

    `gaps` are pairs of spells at one organization with nothing known between them: more than a month apart,
    no return can be told from a break or from a gap in the sources. `excluded` spells have no place.
    """

    returns: tuple[Return, ...]
    share: Share
    gaps: int
    excluded: Excluded


_DAYS = 365.25 / 12


def returns(
    snapshot: Snapshot,
    *,
    organization: str | None = None,
    level: str = LEVELS[0],
    lineage: str = LINEAGES[0],
    include_rumoured: bool = False,
) -> Returns:
    """People who came back to an organization after a job at another one, or all returns.

    A return is a spell at an organization that follows, in the order of careers, one there and at least one
    at another organization in between. Two spells there without another between are a new title, or a break.
    Share: people with a return / people who moved away from the organization, with Wilson's interval.
    Unit: returns; one person can have several. Time away in months of 365.25/12 days.
    Left out: spells without a place in a career (counted), planned returns.
    Raises: NotFound for an organization that there is not; KbError if it counts as another.
    Source of the question: Shipp and others (2014), Gone today but here tomorrow, Personnel Psychology 67.

    >>> returns(Snapshot.from_seeds("meta-ai-2025")).returns
    ()
    """
    check_organizations(snapshot, organization)
    found = careers(snapshot, level=level, lineage=lineage, include_rumoured=include_rumoured)
    only = f"= '{found.counted(organization)}'" if organization else "IS NOT NULL"
    pairs = f"({_pairs(found)})"
    rests = sources(snapshot, "SELECT id AS key, unnest([last_id, id]) AS fact FROM back", of=SPELLS)
    rows = snapshot.execute(
        f"""WITH back AS MATERIALIZED (FROM {pairs} WHERE between_n > 0 AND organization {only}),
        rests AS ({rests}),
        via AS (SELECT b.id, list(s.organization ORDER BY s.nth) AS via FROM back b
            JOIN ({_ordered(found)}) s ON s.person = b.person AND s.nth > b.last_nth AND s.nth < b.nth
            GROUP BY b.id)
        SELECT b.person, coalesce(p.name, b.person), b.organization, coalesce(o.name, b.organization),
            b.last_id, b.id, v.via, greatest(0, start_earliest - last_end_latest) / {_DAYS},
            greatest(0, start_latest - last_end_earliest) / {_DAYS}, greatest(certainty, last_certainty),
            coalesce(r.sources, 0)
        FROM back b JOIN via v ON v.id = b.id LEFT JOIN rests r ON r.key = b.id
        LEFT JOIN {snapshot.name("Person")} p ON p.id = b.person
        LEFT JOIN {snapshot.name("Organization")} o ON o.id = b.organization
        ORDER BY b.organization, b.person, b.nth"""
    )
    [(moved, gaps)] = snapshot.execute(
        f"""SELECT (SELECT count(DISTINCT person) FROM {found.moves} WHERE from_id {only}),
            (SELECT count(*) FROM {pairs} WHERE between_n = 0 AND began - last_ended > 31
                AND organization {only})"""
    )
    names = snapshot.names("Organization")
    listed = tuple(
        Return(
            person,
            name,
            key,
            called,
            before,
            after,
            between := tuple(dict.fromkeys(via)),
            tuple(names[one] for one in between),
            least,
            most,
            certainty,
            rest,
        )
        for person, name, key, called, before, after, via, least, most, certainty, rest in rows
    )
    people = len({row.person for row in listed})
    return Returns(
        listed,
        share(people, max(people, moved)),
        gaps,
        found.left_out(organization) if organization else found.excluded,
    )


def _ordered(found: Careers) -> str:
    """Spells that have a place, numbered in the order of their career."""
    return f"""SELECT *, row_number() OVER (PARTITION BY person
        ORDER BY middle, began NULLS FIRST, ended NULLS LAST, id) AS nth
        FROM {found.spells} WHERE reason IS NULL"""


def _pairs(found: Careers) -> str:
    """Each spell with the one before it at the same organization, and how many lie between."""
    last = ", ".join(
        f"lag({column}) OVER there AS last_{column}"
        for column in ("id", "nth", "ended", "end_earliest", "end_latest", "certainty")
    )
    return f"""SELECT *, nth - last_nth - 1 AS between_n FROM (
            SELECT *, {last} FROM ({_ordered(found)})
            WINDOW there AS (PARTITION BY person, body ORDER BY nth)) WHERE last_nth IS NOT NULL"""
