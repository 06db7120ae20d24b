"""Centrality: how an organization stands in the graph of moves, or through its people among colleagues."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from kb.analysis.careers import careers
from kb.analysis.graphs import CAP, FEW, KINDS, Edges, Kind, colleague_edges, flow_edges
from kb.analysis.measures import MEASURES, Measure, Values, measured
from kb.analysis.springrank import springrank
from kb.errors import KbError, NotEnoughData
from kb.resolve import Snapshot
from kb.resolve.bodies import LEVELS, LINEAGES

MINIMUM: Final = 5  # people


@dataclass(frozen=True)
class Position:
    """Where an organization stands, and the counts behind it.

    `rank` is 1 for the first, None if `people` are too few. `low` and `high` bound the value where it was
    sampled or drawn. In the flow graph `people` moved in (`arrivals`) or out (`departures`); in the colleague
    graph they are its people who have colleagues there, and the value is their mean.
    """

    organization: str
    name: str
    rank: int | None
    value: float
    low: float | None
    high: float | None
    people: int
    arrivals: int | None
    departures: int | None


@dataclass(frozen=True)
class Centrality:
    """Positions by rank, how they were worked out, and what the graph leaves out.

    `unranked` organizations have fewer than `minimum` people. `moves` is None in the colleague graph, and
    `pairs` in the flow graph; `sure` pairs were together whatever their dates allow.
    """

    measure: Measure
    graph: Kind
    positions: tuple[Position, ...]
    method: str
    nodes: int
    edges: int
    moves: int | None
    sure: int | None
    minimum: int
    unranked: int
    cap: int
    capped: tuple[tuple[str, int], ...]
    undated: int
    sources: int


def centrality(
    snapshot: Snapshot,
    *,
    measure: Measure = "pagerank",
    graph: Kind = "flows",
    minimum: int = MINIMUM,
    cap: int = CAP,
    level: str = LEVELS[0],
    lineage: str = LINEAGES[0],
    include_rumoured: bool = False,
) -> Centrality:
    """How central organizations are, by one of these measures, the first the most central:

    - `pagerank`: where a person ends up who moves as others did, and begins anywhere with probability 0.15.
    - `betweenness`: the share of shortest paths between two others that lead through it.
    - `harmonic`: the mean of 1/distance from all others to it.
    - `core`: the largest k such that it belongs to a part where all have k neighbours.
    - `constraint`: how far its ties lead to each other (Burt); the least constrained, a broker, comes first.
    - `springrank`: its height if moves lead upwards; from 100 moves on, with a band.

    Unit: shares from 0 to 1; core in neighbours; constraint without unit; springrank in steps. PageRank,
    constraint and springrank go by people, years together and moves, the others by edges alone.
    Shortest paths are followed from all nodes up to 250 million nodes times edges, else from 2,000 nodes
    drawn at random, with a bound of the error.
    In the colleague graph the value of an organization is the mean over its people. No value of a person is
    given. An organization with fewer than `minimum` people has no rank in the flow graph, and is only counted
    in the colleague graph, where `minimum` is 5 at least.
    Left out: as in `flow_graph` and `colleague_graph`.
    Raises: NotEnoughData for a graph without edges, or for SpringRank under 100 moves; KbError for a measure
    or a graph that there is not; MissingExtra.
    Source: Brin and Page (1998); Freeman (1977); Brandes (2001); Rochat (2009); Seidman (1983); Burt (1992);
    De Bacco, Larremore and Moore (2018).
    """
    for word, value, words in (("measure", measure, MEASURES), ("graph", graph, KINDS)):
        if value not in words:
            raise KbError(f"no {word} `{value}`", hint=f"There are {', '.join(words)}")
    if measure == "springrank" and graph != "flows":
        raise KbError("colleagues have no direction, which SpringRank needs", hint="Choose another measure")
    if graph == "colleagues":
        minimum = max(minimum, FEW)
    found = careers(snapshot, level=level, lineage=lineage, include_rumoured=include_rumoured)
    edges, at = (flow_edges(found), ()) if graph == "flows" else colleague_edges(found, cap)
    if not edges.ids:
        raise NotEnoughData(f"the graph of {graph} has no edges", hint="`kb load` more, or ask for less")
    values = springrank(edges) if measure == "springrank" else measured(edges, measure)
    names = snapshot.names("Organization")
    if graph == "flows":
        rows = _of_flows(edges, values, snapshot.execute(_PEOPLE.format(moves=found.moves)), names)
    else:
        rows = _of_people(edges, values, at, names)
    first = 1 if measure == "constraint" else -1
    rows.sort(key=lambda row: (row.people < minimum, first * round(row.value, 12), row.organization))
    few = sum(row.people < minimum for row in rows)
    ranked, left = rows[: len(rows) - few], rows[len(rows) - few :] if graph == "flows" else []
    return Centrality(
        measure=measure,
        graph=graph,
        positions=(*_ranked(ranked), *left),
        method=values.method,
        nodes=len(edges.ids),
        edges=len(edges.tails),
        moves=int(sum(edges.counts)) if graph == "flows" else None,
        sure=int(sum(edges.counts)) if graph == "colleagues" else None,
        minimum=minimum,
        unranked=few,
        cap=edges.cap,
        capped=edges.capped,
        undated=edges.undated,
        sources=edges.sources,
    )


_PEOPLE: Final = """
    WITH ends AS (
        SELECT person, to_id AS id, true AS arrived FROM {moves}
        UNION ALL SELECT person, from_id, false FROM {moves})
    SELECT id, count(DISTINCT person) AS people, count(DISTINCT person) FILTER (arrived) AS arrivals,
        count(DISTINCT person) FILTER (NOT arrived) AS departures
    FROM ends GROUP BY id"""


def _of_flows(
    edges: Edges, values: Values, people: Sequence[tuple[Any, ...]], names: Mapping[str, str]
) -> list[Position]:
    """One row a node, with how many people moved there."""
    counts = {key: each for key, *each in people}
    nothing: list[float | None] = [None] * len(edges.ids)
    lows, highs = values.low or nothing, values.high or nothing
    return [
        Position(key, names.get(key, key), None, value, low, high, *counts[key])
        for key, value, low, high in zip(edges.ids, values.value, lows, highs, strict=True)
    ]


def _of_people(
    edges: Edges, values: Values, at: Sequence[tuple[str, str]], names: Mapping[str, str]
) -> list[Position]:
    """One row an organization: the mean over its people, so that no person has a value."""
    place = {key: number for number, key in enumerate(edges.ids)}
    people: dict[str, list[int]] = {}
    for organization, person in at:
        people.setdefault(organization, []).append(place[person])

    def mean(column: list[float] | None, places: list[int]) -> float | None:
        return sum(column[each] for each in places) / len(places) if column else None

    return [
        Position(
            organization=organization,
            name=names.get(organization, organization),
            rank=None,
            value=mean(values.value, places) or 0.0,
            low=mean(values.low, places),
            high=mean(values.high, places),
            people=len(places),
            arrivals=None,
            departures=None,
        )
        for organization, places in people.items()
    ]


def _ranked(rows: Sequence[Position]) -> Iterator[Position]:
    """The rows in order with their ranks; equal values share one, and the next are left out."""
    rank = 0
    for place, row in enumerate(rows):
        if place == 0 or round(row.value, 12) != round(rows[place - 1].value, 12):
            rank = place + 1
        yield replace(row, rank=rank)
