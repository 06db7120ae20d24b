"""Measures of position in a graph: networkx where the graph is small, scipy and rustworkx where it is not.

This is the only place that chooses. Both ways give the same values, which tests hold against each other.
Edges have no length: a path is as long as its number of edges.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import log
from typing import Any, Final, Literal, get_args

import networkx as nx

from kb.analysis.extras import extra
from kb.analysis.graphs import SMALL, Edges
from kb.analysis.pivots import dependencies, nearness

Measure = Literal["pagerank", "betweenness", "harmonic", "core", "constraint", "springrank"]
MEASURES: Final = get_args(Measure)

EXACT: Final = 250_000_000  # nodes times edges: up to here all shortest paths are followed
PIVOTS: Final = 2_000  # nodes from which they are followed in a larger graph
BATCH: Final = 128  # pivots at once
DAMPING: Final = 0.85
RISK: Final = 0.05  # that the error bound of any node of a sampled graph does not hold
SEED: Final = 20_250_831


@dataclass(frozen=True)
class Values:
    """One value a node, in the order of the graph's ids; and the ends of its band, if there is one."""

    value: list[float]
    method: str
    low: list[float] | None = None
    high: list[float] | None = None


def measured(edges: Edges, measure: Measure) -> Values:
    """The values of a measure other than SpringRank. Raises: MissingExtra for a library that is not there."""
    return _WAYS[measure](edges)


def to_networkx(edges: Edges) -> "nx.Graph[int]":
    """The graph in networkx; its nodes are places in `ids`."""
    graph: nx.Graph[int] = nx.DiGraph() if edges.directed else nx.Graph()
    graph.add_nodes_from(range(len(edges.ids)))
    graph.add_weighted_edges_from(
        (tail, head, float(weight)) for (tail, head), weight in zip(edges.pairs, edges.weights, strict=True)
    )
    return graph


def matrix(edges: Edges, *, weighted: bool = True) -> Any:
    """The adjacency matrix: row to column as the edges go, or both ways in an undirected graph."""
    sparse, np = extra("scipy.sparse"), extra("numpy")
    n = len(edges.ids)
    weights = edges.weights if weighted else np.ones(len(edges.weights))
    one_way = sparse.csr_array((weights, (edges.tails, edges.heads)), shape=(n, n))
    return one_way if edges.directed else (one_way + one_way.T).tocsr()


def pagerank(edges: Edges) -> Values:
    """PageRank by weight, damping 0.85, until all changes together are under 1e-10 (Brin and Page 1998)."""
    np, sparse = extra("numpy"), extra("scipy.sparse")
    weights, n = matrix(edges), len(edges.ids)
    out = weights.sum(axis=1)
    stuck = out == 0
    step = (sparse.diags_array(np.where(stuck, 0, 1 / np.where(stuck, 1, out))) @ weights).T.tocsr()
    rank = np.full(n, 1 / n)
    for _ in range(1_000):
        last = rank
        rank = DAMPING * (step @ last + last[stuck].sum() / n) + (1 - DAMPING) / n
        if np.abs(rank - last).sum() < 1e-10:
            break
    return Values((rank / rank.sum()).tolist(), "exact")


def betweenness(edges: Edges) -> Values:
    """The share of shortest paths between two others that pass through a node (Freeman; Brandes 2001)."""
    n = len(edges.ids)
    if n <= SMALL:
        return Values(_in_order(nx.betweenness_centrality(to_networkx(edges))), "exact")
    if n * len(edges.tails) <= EXACT:
        rx = extra("rustworkx")
        graph = rx.PyDiGraph() if edges.directed else rx.PyGraph()
        graph.add_nodes_from(range(n))
        graph.add_edges_from_no_data(edges.pairs)
        found = rx.betweenness_centrality(graph, normalized=True)
        return Values(_in_order(dict(found)), "exact")
    return _sampled(edges, dependencies)


def harmonic(edges: Edges) -> Values:
    """The mean of 1/d from all others to a node, 0 from those that do not reach it (Rochat 2009)."""
    n = len(edges.ids)
    if n <= SMALL:
        sums = nx.harmonic_centrality(to_networkx(edges))
        return Values(_in_order({node: total / max(1, n - 1) for node, total in sums.items()}), "exact")
    if n * len(edges.tails) <= EXACT:
        step, np = matrix(edges, weighted=False), extra("numpy")
        batches = (np.arange(first, min(n, first + BATCH)) for first in range(0, n, BATCH))
        total = sum(nearness(step, batch).sum(axis=1) for batch in batches)
        return Values((total / (n - 1)).tolist(), "exact")
    return _sampled(edges, nearness)


def core(edges: Edges) -> Values:
    """The largest k such that a node is in a part where all have k neighbours; undirected (Seidman 1983)."""
    n = len(edges.ids)
    pairs = {(min(pair), max(pair)) for pair in edges.pairs}
    if n <= SMALL:
        graph: nx.Graph[int] = nx.Graph()
        graph.add_nodes_from(range(n))
        graph.add_edges_from(pairs)
        return Values(_in_order(nx.core_number(graph)), "exact")
    rx = extra("rustworkx")
    fast = rx.PyGraph()
    fast.add_nodes_from(range(n))
    fast.add_edges_from_no_data(sorted(pairs))
    return Values(_in_order(dict(rx.core_number(fast))), "exact")


def constraint(edges: Edges) -> Values:
    """Burt's constraint: Σ (p_ij + Σ p_iq p_qj)² over neighbours j, p shares of ties; low for brokers."""
    if len(edges.ids) <= SMALL:
        ties: nx.Graph[int] = nx.Graph()
        ties.add_nodes_from(range(len(edges.ids)))
        for (tail, head), weight in zip(edges.pairs, edges.weights, strict=True):
            known = ties.get_edge_data(tail, head, {"weight": 0.0})["weight"]
            ties.add_edge(tail, head, weight=known + float(weight))
        return Values(_in_order(nx.constraint(ties, weight="weight")), "exact")
    np, sparse = extra("numpy"), extra("scipy.sparse")
    mutual = (matrix(edges) + matrix(edges).T).tocsr()
    share = (sparse.diags_array(1 / mutual.sum(axis=1)) @ mutual).tocsr()
    tied = mutual.astype(bool)
    sums = []
    for first in range(0, len(edges.ids), BATCH):  # the whole product can be dense
        rows = share[first : first + BATCH]
        both = (rows + rows @ share).multiply(tied[first : first + BATCH])
        sums.append(both.power(2).sum(axis=1))
    return Values(np.concatenate(sums).tolist(), "exact")


_WAYS: Final[dict[str, Callable[[Edges], Values]]] = {
    "pagerank": pagerank,
    "betweenness": betweenness,
    "harmonic": harmonic,
    "core": core,
    "constraint": constraint,
}


def _sampled(edges: Edges, kernel: Callable[[Any, Any], Any]) -> Values:
    """The mean over pivots drawn at random, with a band that holds for all nodes at once (95 %).

    Band: √(2 V ln(4n/0.05)/k) + 7 ln(4n/0.05)/(3(k - 1)) for k pivots and n nodes, V the variance over pivots
    (empirical Bernstein, Maurer and Pontil 2009, theorem 4).
    """
    step, np = matrix(edges, weighted=False), extra("numpy")
    n = len(edges.ids)
    pivots = np.random.default_rng(SEED).integers(0, n, PIVOTS)
    total, squares = np.zeros(n), np.zeros(n)
    for first in range(0, PIVOTS, BATCH):
        found = kernel(step, pivots[first : first + BATCH])
        total += found.sum(axis=1)
        squares += (found**2).sum(axis=1)
    mean = total / PIVOTS
    variance = np.maximum(0, (squares - PIVOTS * mean**2) / (PIVOTS - 1))
    depth = log(4 * n / RISK)
    error = np.sqrt(2 * variance * depth / PIVOTS) + 7 * depth / (3 * (PIVOTS - 1))
    scale = n / (n - 1)  # a node is no pair with itself
    low, high = np.maximum(0, mean - error) * scale, np.minimum(1, mean + error) * scale
    method = f"sampled from {PIVOTS:,} of {n:,} nodes, error at most {error.max() * scale:.4f}"
    return Values((mean * scale).tolist(), method, low.tolist(), high.tolist())


def _in_order(found: Mapping[int, float]) -> list[float]:
    return [float(found[place]) for place in range(len(found))]
