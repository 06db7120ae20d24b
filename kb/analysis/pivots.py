"""Shortest paths from many nodes at once, as products of sparse and dense matrices.

Each function gives one column for each pivot and one row for each node, between 0 and 1.
"""

from typing import Any

from kb.analysis.extras import extra


def nearness(step: Any, pivots: Any) -> Any:
    """1/d from each pivot to each node, 0 for those that it does not reach, and for itself.

    `step` is the unweighted adjacency matrix, from row to column.
    """
    np = extra("numpy")
    forward, front, found = step.T.tocsr(), _start(step, pivots), _start(step, pivots) * 0
    reached, depth = front > 0, 0
    while front.any():
        depth += 1
        fresh = (forward @ front > 0) & ~reached
        found[fresh] = 1 / depth
        reached |= fresh
        front = fresh.astype(np.float64)
    return found


def dependencies(step: Any, pivots: Any) -> Any:
    """The share of the others to whom shortest paths from a pivot pass through a node (Brandes 2001).

    Where several shortest paths lead to one, the share of them counts.
    """
    np = extra("numpy")
    forward, front = step.T.tocsr(), _start(step, pivots)
    paths, levels = front.copy(), [front > 0]
    reached = levels[0].copy()
    while True:
        front = forward @ front
        front[reached] = 0
        fresh = front > 0
        if not fresh.any():
            break
        paths += front
        reached |= fresh
        levels.append(fresh)
    through = np.zeros_like(paths)
    for before, level in zip(levels[-2::-1], levels[:0:-1], strict=True):
        onward = np.divide(1 + through, paths, out=np.zeros_like(paths), where=level)
        through += np.where(before, paths * (step @ onward), 0)
    through[pivots, np.arange(len(pivots))] = 0
    return through / max(1, step.shape[0] - 2)


def _start(step: Any, pivots: Any) -> Any:
    np = extra("numpy")
    front = np.zeros((step.shape[0], len(pivots)))
    front[pivots, np.arange(len(pivots))] = 1
    return front
