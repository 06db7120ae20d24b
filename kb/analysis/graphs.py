"""The flow graph (organizations) and the colleague graph (people), counted in DuckDB.

For oneself there is a networkx graph of each; measures work on the same edges as arrays.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

import networkx as nx

from kb.analysis.careers import Careers, careers
from kb.analysis.evidence import SPELLS, sources
from kb.analysis.extras import extra
from kb.analysis.tenure import tenures
from kb.errors import KbError
from kb.ledger.ledger import Tables
from kb.resolve import Snapshot
from kb.resolve.bodies import LEVELS, LINEAGES

Kind = Literal["flows", "colleagues"]
KINDS: Final = get_args(Kind)
SMALL: Final = 300  # nodes: up to here networkx is fast enough, and no extra is needed
FEW: Final = 5  # people: what is said of a smaller group would be said of persons
CAP: Final = 500  # people: in a larger organization two people need not have met


@dataclass(frozen=True)
class Edges:
    """A graph as columns: edge n joins the nodes `tails[n]` and `heads[n]`, which are places in `ids`.

    `weights` are people who moved, or years together. `directed` edges go from where people left to where
    they went; `counts` are moves, or 1 for a pair that was together for certain. `capped` organizations (id,
    people) were too large to give colleagues; `undated` spells and memberships have a start or an end that
    is not known. `sources` is how many sources the spells rest on.
    """

    kind: Kind
    ids: tuple[str, ...]
    tails: Any = field(repr=False)
    heads: Any = field(repr=False)
    weights: Any = field(repr=False)
    counts: Any = field(repr=False)
    cap: int = 0
    capped: tuple[tuple[str, int], ...] = ()
    undated: int = 0
    sources: int = 0

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """The ends of each edge."""
        return list(zip(map(int, self.tails), map(int, self.heads), strict=True))

    @property
    def directed(self) -> bool:
        """Whether an edge has a direction."""
        return self.kind == "flows"


def flow_graph(
    snapshot: Snapshot,
    *,
    level: str = LEVELS[0],
    lineage: str = LINEAGES[0],
    include_rumoured: bool = False,
) -> "nx.DiGraph[str]":
    """Organizations, with an edge from each to where people moved: `people` and `moves`.

    Moves are those of `careers`; rumoured ones are left out unless asked for, planned ones always.

    >>> from kb import Snapshot
    >>> flow_graph(Snapshot.from_seeds("meta-ai-2025"))["meta"]["openai"]["people"]
    1
    """
    found = careers(snapshot, level=level, lineage=lineage, include_rumoured=include_rumoured)
    graph: nx.DiGraph[str] = nx.DiGraph()
    for start, end, people, moves in snapshot.execute(_FLOWS.format(moves=found.moves)):
        graph.add_edge(start, end, people=people, moves=moves, weight=people)
    _name(graph, snapshot)
    return graph


def colleague_graph(
    snapshot: Snapshot,
    *,
    cap: int = CAP,
    level: str = LEVELS[0],
    lineage: str = LINEAGES[0],
    include_rumoured: bool = False,
) -> "nx.Graph[str]":
    """People, with an edge between two whose spells overlapped at one organization or team.

    Unit: `years` (and `weight`) is how long they were together, each day counted once wherever they were;
    `sure` says whether they were for certain, whatever the dates allow. Partial dates count by their middle.
    Left out: kinds other than job, planned and rumoured spells, spells and memberships whose start or end is
    not known, and organizations with more than `cap` people, which `graph.graph["capped"]` names: there, two
    people need not have met.
    """
    found = careers(snapshot, level=level, lineage=lineage, include_rumoured=include_rumoured)
    work = _together(found, cap)
    graph: nx.Graph[str] = nx.Graph(cap=cap, capped=dict(_capped(work, cap)))
    pair = work.name("pair")
    for one, other, years, sure in work.execute(
        f"SELECT one, other, years, sure FROM {pair} ORDER BY one, other"
    ):
        graph.add_edge(one, other, years=years, weight=years, sure=sure)
    work.drop()
    _name(graph, snapshot)
    return graph


def _name(graph: Any, snapshot: Snapshot) -> None:
    """Give each node the name of its entity."""
    nodes = list(graph)
    for label in ("Organization", "Person"):
        names = snapshot.execute(
            f"SELECT id, name FROM {snapshot.name(label)} WHERE list_contains(?, id)", [nodes]
        )
        for key, name in names:
            graph.nodes[key]["name"] = name


_FLOWS: Final = """
    SELECT from_id, to_id, count(DISTINCT person) AS people, count(*) AS moves
    FROM {moves} WHERE from_id <> to_id GROUP BY from_id, to_id ORDER BY from_id, to_id"""


def flow_edges(found: Careers) -> Edges:
    """The flow graph as columns; `weights` are people, `counts` are moves."""
    work = Tables(found.snapshot.connection)
    work.execute(
        f"""CREATE TABLE {work.name("edge")} AS
        SELECT from_id AS tail, to_id AS head, people::DOUBLE AS weight, moves AS number
        FROM ({_FLOWS.format(moves=found.moves)})"""
    )
    spells = f"SELECT unnest([from_spell, to_spell]) AS id FROM {found.moves}"
    return _columns("flows", work, sources=_sources(found, spells))


def colleague_edges(found: Careers, cap: int) -> tuple[Edges, Sequence[tuple[str, str]]]:
    """The colleague graph as columns, and which of its people were at which organization."""
    work = _together(found, cap)
    work.execute(
        f"""CREATE TABLE {work.name("edge")} AS
        SELECT one AS tail, other AS head, years AS weight, sure::BIGINT AS number FROM {work.name("pair")}"""
    )
    at = work.execute(
        f"""SELECT DISTINCT place, person FROM {work.name("presence")} WHERE person IN
            (SELECT one FROM {work.name("pair")} UNION SELECT other FROM {work.name("pair")})
        ORDER BY place, person"""
    )
    [(undated,)] = work.execute(f"SELECT count(*) FROM {work.name('undated')}")
    counted = f"SELECT id FROM {work.name('spell')} WHERE state IN ('ended', 'open')"
    edges = _columns(
        "colleagues",
        work,
        cap=cap,
        capped=_capped(work, cap),
        undated=undated,
        sources=_sources(found, counted),
    )
    return edges, [(place, person) for place, person in at]


def _sources(found: Careers, spells: str) -> int:
    """On how many sources these spells rest, of which SQL gives the `id`."""
    facts = f"SELECT 'all' AS key, id AS fact FROM ({spells})"
    rows = found.snapshot.execute(sources(found.snapshot, facts, of=SPELLS))
    return int(rows[0][1]) if rows else 0


def _columns(kind: Kind, work: Tables, **more: Any) -> Edges:
    """Edges by the places of their ends, sorted, so that every answer is the same each time."""
    edge = work.name("edge")
    work.execute(
        f"""CREATE TABLE {work.name("node")} AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS place
        FROM (SELECT tail AS id FROM {edge} UNION SELECT head FROM {edge})"""
    )
    node = work.name("node")
    ids = tuple(row[0] for row in work.execute(f"SELECT id FROM {node} ORDER BY place"))
    sql = f"""SELECT t.place AS tail, h.place AS head, weight, number FROM {edge} e
        JOIN {node} t ON t.id = e.tail JOIN {node} h ON h.id = e.head ORDER BY 1, 2"""
    if len(ids) <= SMALL:  # lists, so that a small graph needs no extra
        rows = work.execute(sql)
        columns: list[Any] = [[row[place] for row in rows] for place in range(4)]
    else:
        extra("numpy")
        columns = list(work.arrays(sql).values())
    work.drop()
    tails, heads, weights, counts = columns
    return Edges(kind, ids, tails, heads, weights, counts, **more)


def _together(found: Careers, cap: int) -> Tables:
    """Tables `presence` (who was where, and when) and `pair` (who was with whom, and for how long)."""
    if cap < 2:
        raise KbError("a cap under 2 people leaves no colleagues", hint="Ask for more")
    work = tenures(found, by="all", unit="spell")
    work.execute(_PRESENCE.format(presence=work.name("presence"), spell=work.name("spell")))
    member = found.snapshot.name("MEMBER_OF")
    hearsay = "true" if found.include_rumoured else "m.certainty <> 'rumoured'"
    work.execute(
        f"""CREATE TABLE {work.name("member")} AS
        SELECT id, from_id AS person, to_id AS place, start_earliest - DATE '1970-01-01' AS start_lo,
            start_latest - DATE '1970-01-01' AS start_hi,
            CASE WHEN phase = 'past' THEN end_earliest ELSE known_from END - DATE '1970-01-01' AS end_lo,
            CASE WHEN phase = 'past' THEN end_latest ELSE known_from END - DATE '1970-01-01' AS end_hi
        FROM {member} m WHERE phase IN ('past', 'current') AND {hearsay}"""
    )
    dated = "start_lo IS NOT NULL AND start_hi IS NOT NULL AND end_lo IS NOT NULL AND end_hi IS NOT NULL"
    work.execute(
        f"""INSERT INTO {work.name("presence")} BY NAME
        SELECT person, place, start_lo, least(start_hi, end_hi) AS start_hi,
            greatest(end_lo, start_lo) AS end_lo, end_hi
        FROM {work.name("member")} WHERE {dated} AND start_lo <= end_hi"""
    )
    work.execute(
        f"""CREATE TABLE {work.name("undated")} AS
        SELECT id FROM {work.name("judged")} WHERE state IN ('unknown end', 'without a known start')
        UNION ALL SELECT id FROM {work.name("member")} WHERE NOT ({dated})"""
    )
    work.execute(
        f"""CREATE TABLE {work.name("size")} AS
        SELECT place, count(DISTINCT person) AS people FROM {work.name("presence")} GROUP BY place"""
    )
    work.execute(
        _PAIRS.format(pair=work.name("pair"), presence=work.name("presence"), size=work.name("size"), cap=cap)
    )
    return work


def _capped(work: Tables, cap: int) -> tuple[tuple[str, int], ...]:
    """The places with more people than the cap, the largest first."""
    return tuple(
        (place, people)
        for place, people in work.execute(
            f"SELECT place, people FROM {work.name('size')} WHERE people > ? ORDER BY people DESC, place",
            [cap],
        )
    )


_PRESENCE: Final = """
    CREATE TABLE {presence} AS
    SELECT person, organization AS place, start_lo, start_hi, end_lo, end_hi
    FROM {spell} WHERE state IN ('ended', 'open')"""

# Time together at several places at once counts once: of each stretch only what none before it covers.
_PAIRS: Final = """
    CREATE TABLE {pair} AS
    WITH timed AS (
        SELECT *, (start_lo + start_hi) / 2 AS start, (end_lo + end_hi) / 2 AS ended FROM {presence}
        WHERE place IN (SELECT place FROM {size} WHERE people BETWEEN 2 AND {cap})),
    met AS (
        SELECT a.person AS one, b.person AS other, greatest(a.start, b.start) AS since,
            least(a.ended, b.ended) AS until,
            greatest(a.start_hi, b.start_hi) < least(a.end_lo, b.end_lo) AS sure
        FROM timed a JOIN timed b ON a.place = b.place AND a.person < b.person
            AND greatest(a.start, b.start) < least(a.ended, b.ended)),
    fresh AS (
        SELECT one, other, sure, until - greatest(since, coalesce(max(until) OVER (
            PARTITION BY one, other ORDER BY since, until
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), since)) AS days FROM met)
    SELECT one, other, sum(greatest(days, 0)) / 365.25 AS years, bool_or(sure) AS sure
    FROM fresh GROUP BY one, other"""
