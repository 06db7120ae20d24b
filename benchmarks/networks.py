"""Measures of networks against networkx, and retention against lifelines or scipy, in the same run.

The graphs are made up: ends drawn so that few organizations have most moves, a fixed seed. Answers are
checked: PageRank and betweenness value by value, communities by their modularity, retention by its share.

Usage: python benchmarks/networks.py [NODES] [SPELLS]
"""

import sys
import time
from collections.abc import Callable
from datetime import date
from importlib.util import find_spec
from typing import Any

import networkx as nx
import numpy as np
from scipy import stats

from kb.analysis import careers, retention
from kb.analysis.communities import leiden
from kb.analysis.graphs import Edges
from kb.analysis.measures import betweenness, matrix, pagerank, to_networkx
from kb.resolve import Snapshot

START = date(2005, 1, 1)
HEARD = date(2025, 1, 1)


def flow_edges(nodes: int, moves: int) -> Edges:
    """Moves between organizations of heavy-tailed size; every organization has one at least."""
    draw = np.random.default_rng(1)
    tails = (draw.random(moves) ** 3 * nodes).astype(int)
    heads = (draw.random(moves) ** 3 * nodes).astype(int)
    ring = np.arange(nodes)
    tails, heads = np.concatenate([tails, ring]), np.concatenate([heads, (ring + 1) % nodes])
    pairs, counts = np.unique(np.stack([tails, heads])[:, tails != heads], axis=1, return_counts=True)
    ids = tuple(f"o{number:07}" for number in range(nodes))
    return Edges("flows", ids, pairs[0], pairs[1], counts.astype(float), counts)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    answer = work()
    return time.perf_counter() - start, answer


def row(name: str, ours: float, theirs: float, other: str, agree: bool) -> None:
    print(f"{name:28} {ours:9.3f} s {theirs:9.3f} s  {theirs / ours:8.1f} times  {other:9}  agree: {agree}")


def networks(nodes: int) -> None:
    edges = flow_edges(nodes, 10 * nodes)
    graph = to_networkx(edges)
    print(f"{nodes:,} organizations, {len(edges.tails):,} flows")
    mine, found = timed(lambda: pagerank(edges))
    theirs, known = timed(lambda: nx.pagerank(graph, tol=1e-10 / nodes, max_iter=1_000))
    row("PageRank", mine, theirs, "networkx", np.allclose(found.value, list(known.values()), atol=1e-10))

    both = (matrix(edges) + matrix(edges).T).tocsr()
    mine, groups = timed(lambda: leiden(both, resolution=1, seed=0))
    undirected = nx.from_scipy_sparse_array(both)
    theirs, louvain = timed(lambda: nx.community.louvain_communities(undirected, seed=0))
    parts = [set(np.flatnonzero(groups == group).tolist()) for group in range(int(groups.max()) + 1)]
    quality = [nx.community.modularity(undirected, each) for each in (parts, louvain)]
    row("Leiden (Louvain in networkx)", mine, theirs, "networkx", quality[0] >= quality[1] - 0.01)
    print(f"{'':28} modularity {quality[0]:.4f} against {quality[1]:.4f}")

    few = flow_edges(min(nodes, 1_000), 10 * min(nodes, 1_000))
    graph = to_networkx(few)
    mine, found = timed(lambda: betweenness(few))
    theirs, known = timed(lambda: nx.betweenness_centrality(graph))
    same = np.allclose(found.value, list(known.values()), atol=1e-10)
    row(f"Betweenness, {len(few.ids):,} nodes", mine, theirs, "networkx", same)


def spells(number: int) -> Snapshot:
    """Spells of heavy-tailed organizations; one that reaches beyond the last publication is open."""
    snapshot = Snapshot()
    draw = np.random.default_rng(2)
    size = max(10, number // 500)
    at = (draw.random(number) ** 3 * size).astype(int)
    start, days = draw.integers(0, 7_000, number), draw.exponential(1_200, number).astype(int)
    snapshot.connection.register("drawn", {"n": np.arange(number), "at": at, "start": start, "days": days})
    snapshot.execute(
        f"""INSERT INTO {snapshot.name("EMPLOYED_AT")} BY NAME
        SELECT 'p' || n AS from_id, 'o' || "at" AS to_id, 'e' || n AS id, 'reported' AS certainty,
            'job' AS kind, CASE WHEN ended <= heard THEN 'past' ELSE 'current' END AS phase,
            began AS start_earliest, began AS start_latest,
            CASE WHEN ended <= heard THEN ended END AS end_earliest, end_earliest AS end_latest,
            heard AS last_heard
        FROM (SELECT *, DATE '{START}' + start::INT AS began, began + days::INT AS ended,
            DATE '{HEARD}' AS heard FROM drawn)"""
    )
    snapshot.connection.unregister("drawn")
    return snapshot


def by_library(snapshot: Snapshot) -> tuple[str, dict[str, float]]:
    """The share after two years by organization, fitted one by one, from a table that is grouped already."""
    table = snapshot.execute(
        f"""SELECT to_id, list(coalesce(end_latest, last_heard) - start_latest ORDER BY id),
            list(phase = 'past' ORDER BY id)
        FROM {snapshot.name("EMPLOYED_AT")} GROUP BY to_id HAVING count(*) >= 10"""
    )
    days = 2 * 365.25
    if find_spec("lifelines"):
        from lifelines import KaplanMeierFitter  # type: ignore[import-not-found]

        fitter = KaplanMeierFitter()
        return "lifelines", {
            part: float(fitter.fit(lengths, over).predict(days)) for part, lengths, over in table
        }
    shares = {}
    for part, lengths, over in table:
        ended, length = np.array(over), np.array(lengths)
        if ended.any():
            data = stats.CensoredData(uncensored=length[ended], right=length[~ended])
            shares[part] = float(stats.ecdf(data).sf.evaluate(days))
    return "scipy", shares


def main(nodes: int, number: int) -> None:
    networks(nodes)
    snapshot = spells(number)
    making, _ = timed(lambda: careers(snapshot))
    print(f"{number:,} spells; their careers, made once for all analyses, in {making:.3f} s")
    mine, found = timed(lambda: retention(snapshot, years=(2,)))
    theirs, (library, known) = timed(lambda: by_library(snapshot))
    shares = {tenure.part: tenure.points[0].share for tenure in found.tenures}
    agree = all(abs(shares[part] - share) < 1e-9 for part, share in known.items() if shares[part] is not None)
    row(f"Retention, {len(shares):,} parts", mine, theirs, library, agree)


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*(given + [5_000, 200_000][len(given) :]))
