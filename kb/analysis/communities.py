"""Communities: groups that exchange more people among themselves than with others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kb.analysis.careers import careers
from kb.analysis.extras import extra
from kb.analysis.graphs import CAP, FEW, KINDS, Edges, Kind, colleague_edges, flow_edges
from kb.analysis.measures import matrix
from kb.errors import KbError, NotEnoughData
from kb.resolve import Snapshot
from kb.resolve.bodies import LEVELS, LINEAGES

RUNS: Final = 20
ITERATIONS: Final = 10


@dataclass(frozen=True)
class Community:
    """One group: how many nodes it has, the organizations in it, and how much of its weight stays inside.

    In the flow graph the nodes are the organizations; in the colleague graph they are people, and
    `organizations` has those at which most of them were, with the number of people; `names` are theirs.
    `stability` is the mean over runs of the overlap (Jaccard) with the most similar group there.
    """

    number: int
    nodes: int
    organizations: tuple[tuple[str, int], ...]
    names: tuple[str, ...]
    inside: float
    stability: float


@dataclass(frozen=True)
class Communities:
    """The division of the graph with the highest modularity among the runs, and how stable it is.

    `agreement` is the mean adjusted Rand index between it and the other runs: 1 if all divide alike, 0 if no
    more than by chance. `small` groups have fewer than 5 people and are only counted.
    """

    graph: Kind
    communities: tuple[Community, ...]
    nodes: int
    modularity: float
    agreement: float
    runs: int
    seed: int
    resolution: float
    small: int
    cap: int
    capped: tuple[tuple[str, int], ...]
    undated: int
    sources: int


def communities(
    snapshot: Snapshot,
    *,
    graph: Kind = "flows",
    resolution: float = 1.0,
    seed: int = 0,
    runs: int = RUNS,
    cap: int = CAP,
    level: str = LEVELS[0],
    lineage: str = LINEAGES[0],
    include_rumoured: bool = False,
) -> Communities:
    """Leiden communities of the flow graph or of the colleague graph, over several seeds.

    Modularity: Q = Σ over groups of (inside/m - resolution (total/2m)²), m the sum of all weights, `total`
    the weights at the nodes of the group. Directions are left out: a flow counts both ways, by people. The
    seeds are `seed`, `seed` + 1 and so on; of `runs` divisions the best is given.
    Left out: as in `flow_graph` and `colleague_graph`. People are never named: a group of people is told by
    its organizations, and not at all if it has fewer than 5.
    Raises: NotEnoughData for a graph without edges; KbError for a graph that there is not; MissingExtra.
    Source: Traag, Waltman and van Eck (2019), Scientific Reports 9, 5233; Hubert and Arabie (1985),
    Journal of Classification 2, 193-218; Hennig (2007), Computational Statistics & Data Analysis 52, 258-271.
    """
    if graph not in KINDS:
        raise KbError(f"no graph `{graph}`", hint=f"There are {' and '.join(KINDS)}")
    if runs < 2 or resolution <= 0:
        raise KbError("communities need two runs or more and a resolution over 0", hint="Ask for more")
    found = careers(snapshot, level=level, lineage=lineage, include_rumoured=include_rumoured)
    edges, at = (flow_edges(found), ()) if graph == "flows" else colleague_edges(found, cap)
    if not edges.ids:
        raise NotEnoughData(f"the graph of {graph} has no edges", hint="`kb load` more, or ask for less")
    both = matrix(edges) + matrix(edges).T if edges.directed else matrix(edges)
    both = both.tocsr()
    divisions = [leiden(both, resolution=resolution, seed=seed + run) for run in range(runs)]
    quality = [modularity(both, division, resolution) for division in divisions]
    best = max(range(runs), key=lambda run: (round(quality[run], 12), -run))
    others = [division for run, division in enumerate(divisions) if run != best]
    groups = _groups(edges, both, divisions[best], others, at, snapshot.names("Organization"))
    told = [each for each in groups if graph == "flows" or each.nodes >= FEW]
    return Communities(
        graph=graph,
        communities=tuple(told),
        nodes=len(edges.ids),
        modularity=quality[best],
        agreement=sum(adjusted_rand(divisions[best], other) for other in others) / len(others),
        runs=runs,
        seed=seed,
        resolution=resolution,
        small=len(groups) - len(told),
        cap=edges.cap,
        capped=edges.capped,
        undated=edges.undated,
        sources=edges.sources,
    )


def leiden(weights: Any, *, resolution: float, seed: int) -> Any:
    """The group of each node; groups are numbered from the largest, and by their first node."""
    np, native = extra("numpy"), extra("graspologic_native")
    _, found = native.leiden_csr(
        weights.indptr.astype(np.int64),
        weights.indices.astype(np.int32),
        weights.data.astype(np.float64),
        weights.shape[0],
        resolution=resolution,
        iterations=ITERATIONS,
        seed=seed,
    )
    raw = np.array([found.get(node, -1 - node) for node in range(weights.shape[0])])
    _, first, groups, sizes = np.unique(raw, return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort((first, -sizes))
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rank[groups]


def modularity(weights: Any, groups: Any, resolution: float) -> float:
    """Newman's modularity of a division, at a resolution."""
    np = extra("numpy")
    total = weights.sum()
    rows, columns = weights.nonzero()
    inside = weights.data[groups[rows] == groups[columns]].sum() / total
    degrees = np.bincount(groups, weights=weights.sum(axis=1))
    return float(inside - resolution * ((degrees / total) ** 2).sum())


def _table(one: Any, other: Any) -> Any:
    """How many nodes each group of one division has in each group of another."""
    np, sparse = extra("numpy"), extra("scipy.sparse")
    return sparse.coo_array((np.ones(len(one)), (one, other))).tocsr()


def adjusted_rand(one: Any, other: Any) -> float:
    """The adjusted Rand index of two divisions: pairs of nodes on which they agree, beyond chance."""
    table = _table(one, other)
    both, rows, columns, every = (
        float((counts * (counts - 1) / 2).sum())
        for counts in (table.data, table.sum(axis=1), table.sum(axis=0), extra("numpy").array([len(one)]))
    )
    chance = rows * columns / max(1.0, every)
    most = (rows + columns) / 2
    return 1.0 if most == chance else (both - chance) / (most - chance)


def _groups(
    edges: Edges,
    weights: Any,
    groups: Any,
    others: Sequence[Any],
    at: Sequence[tuple[str, str]],
    names: Mapping[str, str],
) -> list[Community]:
    np = extra("numpy")
    sizes = np.bincount(groups)
    stability = np.zeros(len(sizes))
    for other in others:
        shared = _table(groups, other).tocoo()
        union = sizes[shared.row] + np.bincount(other)[shared.col] - shared.data
        best = np.zeros(len(sizes))
        np.maximum.at(best, shared.row, shared.data / union)
        stability += best / len(others)
    rows, columns = weights.nonzero()
    same = groups[rows] == groups[columns]
    degree = np.bincount(groups, weights=weights.sum(axis=1))
    inside = np.bincount(groups[rows[same]], weights=weights.data[same], minlength=len(sizes)) / degree
    return [
        Community(
            number=number + 1,
            nodes=int(sizes[number]),
            organizations=members,
            names=tuple(names.get(key, key) for key, _ in members),
            inside=float(inside[number]),
            stability=float(stability[number]),
        )
        for number, members in enumerate(_organizations(edges, groups, at))
    ]


def _organizations(
    edges: Edges, groups: Any, at: Sequence[tuple[str, str]]
) -> list[tuple[tuple[str, int], ...]]:
    """The organizations of each group: of the flow graph all, by people in and out; else the five of most."""
    counted: list[dict[str, int]] = [{} for _ in range(int(groups.max()) + 1)]
    if edges.directed:
        for (tail, head), people in zip(edges.pairs, edges.weights, strict=True):
            for place in (tail, head):
                members = counted[groups[place]]
                members[edges.ids[place]] = members.get(edges.ids[place], 0) + int(people)
    place_of = {key: place for place, key in enumerate(edges.ids)}
    for organization, person in at:
        members = counted[groups[place_of[person]]]
        members[organization] = members.get(organization, 0) + 1
    most = None if edges.directed else 5
    return [
        tuple(sorted(members.items(), key=lambda item: (-item[1], item[0]))[:most]) for members in counted
    ]
