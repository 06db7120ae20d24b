"""On how many sources a result rests: facts to claims to sources, in SQL. One source alone can be wrong."""

from typing import Final

from kb.analysis.careers import Careers
from kb.ledger import quoted_text
from kb.resolve import Snapshot

_FACTS: Final = ("EMPLOYED_AT", "DEPARTED", "WORKED_ON", "LEADS", "MEMBER_OF", "STUDIED_AT")


def literal(*ids: str) -> str:
    """Ids as a list for SQL, in brackets.

    >>> literal("meta", "o'hara")
    "('meta', 'o''hara')"
    """
    return "(" + ", ".join(map(quoted_text, ids)) + ")"


def sources(snapshot: Snapshot, facts: str) -> str:
    """SQL with `key` and `sources`: how many sources state the facts of a key, where there is one.

    `facts` is SQL with the columns `key` and `fact`, the id of an edge.
    """
    name = snapshot.name
    claims = " UNION ALL ".join(f"SELECT id, claims FROM {name(label)}" for label in _FACTS)
    return f"""SELECT key, count(DISTINCT s.to_id) AS sources FROM (
            SELECT f.key, unnest(e.claims) AS claim FROM ({facts}) f JOIN ({claims}) e ON e.id = f.fact) c
        JOIN {name("FROM_SOURCE")} s ON s.from_id = c.claim GROUP BY key"""


def facts_of_moves(found: Careers, moves: str, key: str) -> str:
    """SQL with `key` and `fact` for moves: their two spells, and the departure where it states the move.

    `moves` is SQL with rows of the table of moves, `key` the column, or SQL, that groups them.
    """
    departed = found.snapshot.name("DEPARTED")
    return f"""SELECT {key} AS key, unnest([from_spell, to_spell]) AS fact FROM ({moves})
        UNION ALL SELECT m.key, d.id FROM (SELECT {key} AS key, from_spell FROM ({moves}) WHERE basis =
            'stated') m
        JOIN {departed} d ON d.spell = m.from_spell AND d.phase = 'past'"""
