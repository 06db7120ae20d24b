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
    graph is the edges from claims to sources. They are not asked where each dataset has one source, which
    then is the source of all its claims; so a claim counts there too if it is no node.
    """
    name = snapshot.name
    only = _only_source(snapshot)
    if only is not None and len(set(only.values())) == 1:
        return f"SELECT key, 1 AS sources FROM ({facts}) WHERE fact IS NOT NULL GROUP BY key"
    edges = " UNION ALL ".join(f"SELECT id, claims FROM {name(label)}" for label in of)
    claims = f"""SELECT DISTINCT f.key, unnest(e.claims) AS claim
        FROM ({facts}) f JOIN ({edges}) e ON e.id = f.fact"""
    if only is None:
        cited = f"{name('FROM_SOURCE')} s ON s.from_id = c.claim"
    else:
        pairs = ", ".join(literal(*pair) for pair in sorted(only.items())) or "(NULL, NULL)"
        cited = f"(VALUES {pairs}) s (dataset, to_id) ON s.dataset = split_part(c.claim, '/', 1)"
    return f"SELECT key, count(DISTINCT s.to_id) AS sources FROM ({claims}) c JOIN {cited} GROUP BY key"


def _only_source(snapshot: Snapshot) -> dict[str, str] | None:
    """The source of each dataset; None if one has several. A claim cites a source of its own dataset."""
    rows = snapshot.execute(f"SELECT unnest(datasets), id FROM {snapshot.name('Source')}")
    found = dict(rows)
    return found if len(found) == len(rows) else None


def facts_of_moves(found: Careers, moves: str, key: str) -> str:
    """SQL with `key` and `fact` for moves: their two spells, and the departure where it states the move.

    `moves` is SQL with rows of the table of moves, `key` the column, or SQL, that groups them.
    """
    departed = found.snapshot.name("DEPARTED")
    return f"""SELECT {key} AS key, unnest([from_spell, to_spell]) AS fact FROM ({moves})
        UNION ALL SELECT m.key, d.id FROM (SELECT {key} AS key, from_spell FROM ({moves})
            WHERE basis = 'stated') m
        JOIN {departed} d ON d.spell = m.from_spell AND d.phase = 'past'"""
