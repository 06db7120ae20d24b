"""Measures of networks against networkx, on made-up flows of growing size.

Ends are drawn so that few organizations have most moves. PageRank and betweenness are compared value by
value, communities by their modularity: that of Leiden may not be below that of networkx's Louvain by more
than 0.01.
"""

from typing import Any, Final

import networkx as nx
import numpy as np

from benchmarks.measure import alone, best, most_memory
from benchmarks.page import Table
from kb.analysis.communities import leiden
from kb.analysis.graphs import Edges
from kb.analysis.measures import betweenness, matrix, pagerank, to_networkx

# Nodes for each measure; networkx follows all shortest paths in Python, so betweenness stays small.
SIZES: Final = {
    "small": {"PageRank": (1_000,), "betweenness": (200,), "communities": (1_000,)},
    "full": {
        "PageRank": (1_000, 10_000, 100_000),
        "betweenness": (500, 1_000, 2_000),
        "communities": (1_000, 10_000, 50_000),
    },
}


def flow_edges(nodes: int) -> Edges:
    """Ten moves for each organization; every organization has one at least."""
    draw = np.random.default_rng(1)
    tails = (draw.random(10 * nodes) ** 3 * nodes).astype(int)
    heads = (draw.random(10 * nodes) ** 3 * nodes).astype(int)
    ring = np.arange(nodes)
    tails, heads = np.concatenate([tails, ring]), np.concatenate([heads, (ring + 1) % nodes])
    pairs, counts = np.unique(np.stack([tails, heads])[:, tails != heads], axis=1, return_counts=True)
    ids = tuple(f"o{number:07}" for number in range(nodes))
    return Edges("flows", ids, pairs[0], pairs[1], counts.astype(float), counts)


def one(measure: str, nodes: int) -> dict[str, Any]:
    """The times of one measure by both, and whether they agree."""
    edges = flow_edges(nodes)
    both = (matrix(edges) + matrix(edges).T).tocsr()
    graph = nx.from_scipy_sparse_array(both) if measure == "communities" else to_networkx(edges)
    if measure == "PageRank":
        mine, found = best(lambda: pagerank(edges))
        memory = most_memory()
        theirs, known = best(lambda: nx.pagerank(graph, tol=1e-10 / nodes, max_iter=1_000))
        agree = np.allclose(found.value, list(known.values()), rtol=0, atol=1e-10)
    elif measure == "betweenness":
        mine, found = best(lambda: betweenness(edges))
        memory = most_memory()
        theirs, known = best(lambda: nx.betweenness_centrality(graph))
        agree = np.allclose(found.value, list(known.values()), rtol=0, atol=1e-10)
    else:
        mine, groups = best(lambda: leiden(both, resolution=1, seed=0))
        memory = most_memory()
        theirs, louvain = best(lambda: nx.community.louvain_communities(graph, seed=0))
        parts = [set(np.flatnonzero(groups == group).tolist()) for group in range(int(groups.max()) + 1)]
        quality = [nx.community.modularity(graph, each) for each in (parts, louvain)]
        agree = quality[0] >= quality[1] - 0.01
    return {
        "wall": mine.wall, "theirs": theirs.wall, "agree": bool(agree), "memory": memory,
        "flows": len(edges.tails),
    }  # fmt: skip


def run(size: str) -> list[Table]:
    """Each measure at its sizes."""
    rows, agree = list[list[Any]](), True
    for measure, sizes in SIZES[size].items():
        for nodes in sizes:
            told = alone(one, measure=measure, nodes=nodes)
            rows.append(
                [measure, nodes, told["flows"], told["wall"], told["theirs"], told["theirs"] / told["wall"],
                 told["memory"]]
            )  # fmt: skip
            agree &= told["agree"]
    columns = ("measure", "organizations", "flows", "kb, s", "networkx, s", "times as fast", "MiB at most")
    return [Table("Networks; communities by Leiden, in networkx by Louvain", columns, rows, agree)]
