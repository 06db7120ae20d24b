"""On how many sources a count rests: what comes from one alone can be an artefact of it."""

from collections.abc import Sequence
from typing import Any

from kb.analysis.careers import Careers
from kb.resolve import Snapshot


def sources_of(found: Careers, moves: str, parameters: Sequence[Any] = ()) -> dict[tuple[str, str], int]:
    """The number of sources for each pair of organizations, by the claims of the spells and departures.

    `moves` is SQL that selects rows of the table of moves. 0: the snapshot holds no claims.
    """
    name = found.snapshot.name
    sources = found.snapshot.execute(f"SELECT count(DISTINCT to_id) FROM {name('FROM_SOURCE')}")[0][0]
    if sources <= 1:  # no need to follow each claim of a large table to it
        pairs = found.snapshot.execute(f"SELECT DISTINCT from_id, to_id FROM ({moves})", parameters)
        return dict.fromkeys(pairs, sources)
    rows = found.snapshot.execute(
        f"""WITH moved AS ({moves}),
        spells AS (SELECT from_id, to_id, unnest([from_spell, to_spell]) AS id FROM moved),
        said AS (SELECT s.from_id, s.to_id, unnest(e.claims) AS claim
            FROM spells s JOIN {name("EMPLOYED_AT")} e ON e.id = s.id
            UNION SELECT m.from_id, m.to_id, unnest(d.claims) FROM moved m
            JOIN {name("DEPARTED")} d ON d.spell = m.from_spell AND d.phase = 'past'
            WHERE m.basis = 'stated')
        SELECT s.from_id, s.to_id, count(DISTINCT f.to_id)
        FROM said s JOIN {name("FROM_SOURCE")} f ON f.from_id = s.claim GROUP BY ALL""",
        parameters,
    )
    return {(a, b): n for a, b, n in rows}


def sources_of_spells(snapshot: Snapshot, spells: str) -> dict[str, int]:
    """The number of sources for each part of the spells, by their claims.

    `spells` is SQL that selects `part` and the `id` of a spell. 0: the snapshot holds no claims.
    """
    name = snapshot.name
    [(sources,)] = snapshot.execute(f"SELECT count(DISTINCT to_id) FROM {name('FROM_SOURCE')}")
    if sources <= 1:
        return {part: sources for (part,) in snapshot.execute(f"SELECT DISTINCT part FROM ({spells})")}
    rows = snapshot.execute(
        f"""SELECT part, count(DISTINCT f.to_id) FROM (
            SELECT s.part, unnest(e.claims) AS claim FROM ({spells}) s
            JOIN {name("EMPLOYED_AT")} e ON e.id = s.id)
        JOIN {name("FROM_SOURCE")} f ON f.from_id = claim GROUP BY part"""
    )
    return {part: int(number) for part, number in rows}
