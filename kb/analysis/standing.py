"""How people stand to an organization: still there, about to leave, gone, or nobody says. In SQL."""

from collections.abc import Sequence
from typing import Final

from kb.analysis.careers import Careers
from kb.analysis.evidence import literal
from kb.errors import KbError, NotFound
from kb.ontology import SPELL_KINDS
from kb.resolve import Snapshot

# From what weighs most: who came back is there, whatever was before.
STANDINGS: Final = ("there", "leaving", "left", "unknown")
_OVER: Final = 1_000_000_000  # days; later than every date


def standings(found: Careers, organizations: Sequence[str], *, kinds: Sequence[str] = SPELL_KINDS) -> str:
    """SQL with one row a person who has a spell at the organizations, teams of theirs too, that has begun.

    Only spells of some `kinds` count.

    Columns: `person`, `spell` (the one that decides), `status`, `earliest` and `latest` (when the person
    left, or is to leave), `destination` (None if nobody says), `certainty`, `departure` (id, or None).

    A spell with a past departure, or of phase past, is `left`; one with a planned departure `leaving`; a
    current one `there`; else it is `unknown`, as is one whose departure an as-of day leaves possible. Of
    several the first in that order from `there` decides, then the later. The destination is the one that a
    departure states, else where the person moved to from that spell.
    """
    name, ids = found.snapshot.name, literal(*organizations)
    possible = f"(SELECT id FROM {name('possible')})"
    sure = "" if found.include_rumoured else "AND certainty <> 'rumoured'"
    ranks = " ".join(f"WHEN '{status}' THEN {n}" for n, status in enumerate(STANDINGS))
    return f"""
        WITH departure AS (SELECT * FROM {name("DEPARTED")} WHERE true {sure}
            QUALIFY row_number() OVER (PARTITION BY spell ORDER BY phase = 'past' DESC, id) = 1),
        spell AS (
            SELECT s.person, s.id AS spell, CASE WHEN d.id IN {possible} THEN 'unknown'
                    WHEN d.phase = 'past' OR e.phase = 'past' THEN 'left'
                    WHEN d.phase = 'planned' THEN 'leaving'
                    WHEN e.phase = 'current' OR s.ongoing THEN 'there' ELSE 'unknown' END AS status,
                CASE WHEN coalesce(d.date_earliest, d.date_latest) IS NULL
                    THEN s.end_earliest ELSE d.date_earliest END AS earliest,
                CASE WHEN coalesce(d.date_earliest, d.date_latest) IS NULL
                    THEN s.end_latest ELSE d.date_latest END AS latest,
                coalesce(b.organization, d.destination, m.to_id) AS destination,
                greatest(s.certainty, d.certainty) AS certainty, d.id AS departure,
                coalesce(s.ended, s.began, -{_OVER}) AS place
            FROM {found.spells} s JOIN {name("EMPLOYED_AT")} e ON e.id = s.id
            LEFT JOIN departure d ON d.spell = s.id
            LEFT JOIN {found.bodies} b ON b.id = d.destination
            LEFT JOIN (SELECT from_spell, min(to_id) AS to_id FROM {found.moves} GROUP BY ALL) m
                ON m.from_spell = s.id
            WHERE (s.organization IN {ids} OR s.employer IN {ids}) AND e.phase IS DISTINCT FROM 'planned'
                AND coalesce(e.kind, 'job') IN {literal(*kinds)} {sure.replace("certainty", "s.certainty")})
        SELECT * EXCLUDE (place) FROM spell QUALIFY row_number() OVER (
            PARTITION BY person ORDER BY CASE status {ranks} END, place DESC, spell DESC) = 1"""


def _label(snapshot: Snapshot, key: str) -> str:
    label = snapshot.entity(key).labels[0]
    if label not in ("Project", "Organization"):
        raise KbError(f"`{key}` is neither a project nor an organization, but a {label.lower()}")
    return label


def contributors(snapshot: Snapshot, key: str, *, include_rumoured: bool) -> str:
    """SQL with `person`, `capacity`, `certainty` (of the surest) and `facts` (ids) of those known to have
    worked on a project or in a team.

    A team's are its members, those who lead it, and those whose employer it is. Planned work is left out.
    Raises: NotFound for an id that there is not; KbError if it is neither a project nor an organization.
    """
    wanted = literal(key)
    label = _label(snapshot, key)
    if label == "Project":
        parts = [("WORKED_ON", "capacity", "")]
    else:
        planned = "AND phase IS DISTINCT FROM 'planned'"
        parts = [
            ("MEMBER_OF", "capacity", planned),
            ("LEADS", "capacity", planned),
            ("EMPLOYED_AT", "title", planned),
        ]
    sure = "" if include_rumoured else "AND certainty <> 'rumoured'"
    rows = " UNION ALL ".join(
        f"SELECT from_id AS person, {said} AS capacity, id, certainty FROM {snapshot.name(edge)} "
        f"WHERE to_id IN {wanted} {sure} {more}"
        for edge, said, more in parts
    )
    return f"""SELECT person, string_agg(DISTINCT capacity, '; ' ORDER BY capacity) AS capacity,
        min(certainty) AS certainty, list(id) AS facts FROM ({rows}) GROUP BY person"""


def behind(found: Careers, key: str, *, hint: str = "Say who in a seed file: `develops:`") -> list[str]:
    """The organizations behind a project or a team, as they are counted; an organization's own is itself.

    Raises: NotFound for an id that there is not, or a project of which no developer is known, with `hint`.
    """
    snapshot = found.snapshot
    if _label(snapshot, key) == "Organization":
        ids = f"SELECT '{key}' AS id"
    else:
        ids = f"""SELECT from_id AS id FROM {snapshot.name("DEVELOPS")}
            WHERE to_id = '{key}' AND certainty <> 'rumoured'"""
    rows = snapshot.execute(
        f"""SELECT DISTINCT coalesce(b.organization, o.id) FROM ({ids}) o
        LEFT JOIN {found.bodies} b ON b.id = o.id ORDER BY 1"""
    )
    if not rows:
        raise NotFound(f"no source says who develops `{key}`", hint=hint)
    return [row[0] for row in rows]
