"""On how many sources a result rests: facts to claims to sources, in SQL. One source alone can be wrong."""

from collections.abc import Sequence
from typing import Final

from kb.analysis.careers import Careers
from kb.ledger import quoted_text
from kb.resolve import Snapshot

SPELLS: Final = ("EMPLOYED_AT",)
MOVES: Final = ("EMPLOYED_AT", "DEPARTED")
FACTS: Final = (*MOVES, "WORKED_ON", "LEADS", "MEMBER_OF", "STUDIED_AT")


def literal(*ids: str) -> str:
    """Ids as a list for SQL, in brackets.

    >>> literal("meta", "o'hara")
    "('meta', 'o''hara')"
    """
    return "(" + ", ".join(map(quoted_text, ids)) + ")"


def sources(snapshot: Snapshot, facts: str, *, of: Sequence[str] = FACTS) -> str:
    """SQL with `key` and `sources`: how many sources state the facts of a key, where there is one.

    `facts` is SQL with the columns `key` and `fact`, the id of an edge of one of the types `of`. Most of a
    graph is the edges from claims to sources. They are asked for datasets with several sources alone: the
    only source of another one is that of all its claims, and counts even if they are no nodes.
    """
    name = snapshot.name
    only, others = _sources_of_datasets(snapshot)
    if not others and len(set(only.values())) == 1:
        return f"SELECT key, 1 AS sources FROM ({facts}) WHERE fact IS NOT NULL GROUP BY key"
    edges = " UNION ALL ".join(f"SELECT id, claims FROM {name(label)}" for label in of)
    claims = f"""SELECT key, claim, split_part(claim, '/', 1) AS dataset FROM (
        SELECT DISTINCT f.key, unnest(e.claims) AS claim
        FROM ({facts}) f JOIN ({edges}) e ON e.id = f.fact)"""
    pairs = ", ".join(literal(*pair) for pair in sorted(only.items())) or "(NULL, NULL)"
    cited = f"SELECT key, source FROM ({claims}) JOIN (VALUES {pairs}) s (dataset, source) USING (dataset)"
    if others:
        cited += f""" UNION ALL SELECT c.key, s.to_id FROM ({claims}) c
            JOIN {name("FROM_SOURCE")} s ON s.from_id = c.claim WHERE c.dataset IN {literal(*others)}"""
    return f"SELECT key, count(DISTINCT source) AS sources FROM ({cited}) GROUP BY key"


def _sources_of_datasets(snapshot: Snapshot) -> tuple[dict[str, str], list[str]]:
    """The source of each dataset that has one alone, and the datasets that have more."""
    rows = snapshot.execute(
        f"""SELECT dataset, min(id), count(*) FROM (SELECT unnest(datasets) AS dataset, id
            FROM {snapshot.name("Source")}) GROUP BY dataset ORDER BY dataset"""
    )
    return {key: source for key, source, n in rows if n == 1}, [key for key, _, n in rows if n > 1]


def facts_of_moves(found: Careers, moves: str, key: str) -> str:
    """SQL with `key` and `fact` for moves: their two spells, and the departure where it states the move.

    `moves` is SQL with rows of the table of moves, `key` the column, or SQL, that groups them.
    """
    departed = found.snapshot.name("DEPARTED")
    return f"""SELECT {key} AS key, unnest([from_spell, to_spell]) AS fact FROM ({moves})
        UNION ALL SELECT m.key, d.id FROM (SELECT {key} AS key, from_spell FROM ({moves})
            WHERE basis = 'stated') m
        JOIN {departed} d ON d.spell = m.from_spell AND d.phase = 'past'"""
