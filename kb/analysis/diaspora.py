"""Diaspora: where the alumni of an organization, a team or a project are now, and what they founded."""

from dataclasses import dataclass
from typing import Final

from kb.analysis.careers import Careers, careers
from kb.analysis.evidence import literal, sources
from kb.analysis.intervals import Share, share
from kb.analysis.standing import behind, contributors, standings
from kb.errors import NotEnoughData
from kb.resolve import Snapshot
from kb.resolve.bodies import LINEAGES

# Who founds something is called so; a founding engineer is not.
FOUNDER: Final = r"(?i)(\b|co)founder\b|创始人|创办人"


@dataclass(frozen=True)
class Place:
    """An organization where alumni are now, as far as is known.

    `people` are all of them, and `current` those of whom a source says that they are there now; for the
    others it is the last place that is known. `share` is of the alumni of whom any place is known. `founders`
    are alumni whom a title or a lead there calls its founder, `leaders` those who lead it or hold a role of
    the family leadership there; a founder may be both. `sources` is on how many sources the row rests.
    """

    organization: str
    name: str
    people: int
    current: int
    founders: int
    leaders: int
    share: Share
    sources: int


@dataclass(frozen=True)
class Founder:
    """An alumnus whom a source calls the founder of an organization: in which words, and in which fact."""

    person: str
    name: str
    organization: str
    organization_name: str
    words: str
    fact: str


@dataclass(frozen=True)
class Diaspora:
    """Where alumni are. `nowhere` are those of whom no place is known after; `still` never left, or came
    back.

    `unknown` are those of whom no source says whether they left; neither they nor the `still` are alumni.
    """

    id: str
    name: str
    alumni: int
    places: tuple[Place, ...]
    founders: tuple[Founder, ...]
    nowhere: int
    still: int
    unknown: int


def diaspora(
    snapshot: Snapshot, key: str, *, lineage: str = LINEAGES[0], include_rumoured: bool = False
) -> Diaspora:
    """Where the alumni of an organization, team or project are now: the places with the most people first.

    Alumni have left the organization (that behind the project or team, see `exposure`) and are not back. One
    person counts at one place: the current job elsewhere, of several the one that began last; else where the
    departure says that they went; else the last later job that is known. Founders: a title of a job, the name
    of a role, or the capacity of a lead says founder or co-founder, at another organization, and it was not
    over before they left.
    Unit: people. Share: people / alumni of whom a place is known, with Wilson's interval.
    Left out: hearsay, unless asked for; planned jobs and leads; kinds other than job.
    Raises: NotFound for an id that there is not; NotEnoughData if no alumni are known.
    Source of the question: Saxenian (2006), The New Argonauts; the rules are our own.

    >>> found = diaspora(Snapshot.from_seeds("meta-ai-2025"), "meta")
    >>> [(place.organization, place.people, place.share.of) for place in found.places]
    [('anthropic', 1, 2), ('openai', 1, 2)]
    >>> found.alumni, found.nowhere
    (6, 4)
    """
    name = snapshot.entity(key).name
    found = careers(snapshot, lineage=lineage, include_rumoured=include_rumoured)
    homes = behind(found, key)
    base = standings(found, homes, kinds=("job",))
    if homes != [key]:
        members = contributors(snapshot, key, include_rumoured=include_rumoured)
        base = f"SELECT s.* FROM ({base}) s SEMI JOIN ({members}) USING (person)"
    standing = dict(snapshot.execute(f"SELECT status, count(*) FROM ({base}) GROUP BY 1"))
    alumni = int(standing.get("left", 0))
    if not alumni:
        raise NotEnoughData(f"nobody is known to have left `{key}`", hint="`kb exposure` lists who is known")
    places = _places(found, base, homes)
    located = sum(place[2] for place in places)
    return Diaspora(
        key,
        name,
        alumni,
        tuple(
            Place(org, called, people, current, founders, leaders, share(people, located), rests)
            for org, called, people, current, founders, leaders, rests in places
        ),
        _founders(found, base, homes),
        nowhere=alumni - located,
        still=int(standing.get("there", 0) + standing.get("leaving", 0)),
        unknown=int(standing.get("unknown", 0)),
    )


def _located(found: Careers, base: str, homes: list[str]) -> str:
    """SQL, one row an alumnus with a place: `person`, `place`, `current`, `facts`. Made of `left` people."""
    name, ids = found.snapshot.name, literal(*homes)
    return f"""
        WITH gone AS (SELECT * FROM ({base}) WHERE status = 'left'),
        elsewhere AS (
            SELECT s.person, s.organization AS place,
                coalesce(e.phase = 'current', false) OR coalesce(s.ongoing, false) AS now,
                s.id AS fact, s.middle, s.began, h.middle AS before, s.reason
            FROM gone g JOIN {found.spells} s ON s.person = g.person
            JOIN {name("EMPLOYED_AT")} e ON e.id = s.id
            JOIN {found.spells} h ON h.id = g.spell
            WHERE s.organization NOT IN {ids} AND s.employer NOT IN {ids}
                AND coalesce(s.reason, '') NOT IN ('planned', 'rumoured', 'other_kind', 'reversed')),
        choice AS (
            SELECT person, place, now AS current, [fact] AS facts, 1 AS rank, coalesce(began, middle) AS day
            FROM elsewhere WHERE now
            UNION ALL SELECT person, destination, false, [spell, departure], 2, 0 FROM gone
            WHERE departure IS NOT NULL AND destination IS NOT NULL AND destination NOT IN {ids}
            UNION ALL SELECT person, place, false, [fact], 3, middle FROM elsewhere
            WHERE NOT now AND middle >= before)
        SELECT person, place, current, facts FROM choice QUALIFY row_number() OVER (
            PARTITION BY person ORDER BY rank, day DESC NULLS LAST, place) = 1"""


def _called(found: Careers, base: str, homes: list[str]) -> str:
    """SQL with what alumni are called elsewhere: `person`, `organization`, `words`, `fact`, `leads`."""
    name, ids = found.snapshot.name, literal(*homes)
    sure = "true" if found.include_rumoured else "certainty <> 'rumoured'"
    return f"""
        SELECT c.* FROM (
            SELECT e.from_id AS person, coalesce(b.organization, e.to_id) AS organization,
                concat_ws('; ', e.title, r.name) AS words, e.id AS fact,
                coalesce(r.family = 'leadership', false) AS leads, e.end_latest AS over
            FROM {name("EMPLOYED_AT")} e LEFT JOIN {found.bodies} b ON b.id = e.to_id
            LEFT JOIN {name("HELD_ROLE")} h ON h.spell = e.id LEFT JOIN {name("Role")} r ON r.id = h.to_id
            WHERE e.phase IS DISTINCT FROM 'planned' AND e.kind = 'job' AND {sure.replace("cert", "e.cert")}
            UNION ALL
            SELECT l.from_id, coalesce(b.organization, l.to_id), coalesce(l.capacity, ''), l.id, true,
                l.end_latest
            FROM {name("LEADS")} l LEFT JOIN {found.bodies} b ON b.id = l.to_id
            WHERE l.phase IS DISTINCT FROM 'planned' AND {sure.replace("cert", "l.cert")}) c
        JOIN ({base}) g ON g.person = c.person AND g.status = 'left'
        WHERE c.organization NOT IN {ids} AND coalesce(c.over >= g.earliest, true)"""


def _places(found: Careers, base: str, homes: list[str]) -> list[tuple[str, str, int, int, int, int, int]]:
    snapshot = found.snapshot
    rests = sources(snapshot, "SELECT place AS key, unnest(facts) AS fact FROM located")
    return snapshot.execute(
        f"""WITH located AS MATERIALIZED ({_located(found, base, homes)}),
        called AS (SELECT person, organization, bool_or(regexp_matches(words, '{FOUNDER}')) AS founder,
            bool_or(leads) AS leader FROM ({_called(found, base, homes)}) GROUP BY ALL),
        rests AS ({rests})
        SELECT l.place, coalesce(any_value(o.name), l.place), count(*) AS people,
            count(*) FILTER (l.current), count(*) FILTER (c.founder), count(*) FILTER (c.leader),
            coalesce(any_value(r.sources), 0)
        FROM located l LEFT JOIN called c ON c.person = l.person AND c.organization = l.place
        LEFT JOIN {snapshot.name("Organization")} o ON o.id = l.place LEFT JOIN rests r ON r.key = l.place
        GROUP BY l.place ORDER BY people DESC, l.place"""
    )


def _founders(found: Careers, base: str, homes: list[str]) -> tuple[Founder, ...]:
    rows = found.snapshot.execute(
        f"""SELECT c.person, coalesce(p.name, c.person), c.organization,
            coalesce(o.name, c.organization), min_by(c.words, c.fact), min(c.fact)
        FROM ({_called(found, base, homes)}) c LEFT JOIN {found.snapshot.name("Person")} p ON p.id = c.person
        LEFT JOIN {found.snapshot.name("Organization")} o ON o.id = c.organization
        WHERE regexp_matches(c.words, '{FOUNDER}') GROUP BY ALL ORDER BY 1, 3"""
    )
    return tuple(Founder(*row) for row in rows)
