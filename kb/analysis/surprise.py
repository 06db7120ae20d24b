"""Surprise: flows that are larger than the sizes of their two ends make likely."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import expm1
from typing import Any, Final

from kb.analysis.flows import flows
from kb.analysis.intervals import poisson_tail
from kb.errors import NotEnoughData
from kb.resolve import Snapshot
from kb.resolve.bodies import LEVELS, LINEAGES

FEWEST: Final = 20  # moves, below which a null of degrees says nothing


@dataclass(frozen=True)
class Surprise:
    """A flow beside what is expected of it; `q` bounds the share of false finds among all flows up to it."""

    from_id: str
    from_name: str
    to_id: str
    to_name: str
    moves: int
    expected: float
    p: float
    q: float
    exits: int
    hires: int
    sources: int


def surprise(
    snapshot: Snapshot,
    *,
    since: str | date | None = None,
    until: str | date | None = None,
    level: str = LEVELS[0],
    lineage: str = LINEAGES[0],
    include_rumoured: bool = False,
) -> list[Surprise]:
    """Flows against a null that keeps how many moves leave and reach each organization, least likely first.

    Expected moves are x(a) y(b), where x and y are such that the sums over others than itself are the exits
    of each organization and its hires. Only flows that occur are looked at, so that
    p = P(X >= moves | X >= 1) for a Poisson X of that mean; q is p after Benjamini and Hochberg, over all of
    them. A small q says that the two organizations exchange more than their sizes explain, not why.
    Left out: see `explain`; moves that only possibly lie in the time asked for.
    Raises: NotEnoughData under 20 moves.
    Source: Benjamini and Hochberg (1995), JRSS B 57, 289-300; Deming and Stephan (1940), Annals of
    Mathematical Statistics 11, 427-444 (fitting to the sums).
    """
    asked: dict[str, Any] = {"level": level, "lineage": lineage, "include_rumoured": include_rumoured}
    found = [flow for flow in flows(snapshot, since=since, until=until, **asked) if flow.moves]
    total = sum(flow.moves for flow in found)
    if total < FEWEST:
        raise NotEnoughData(f"{total} moves, and surprise needs {FEWEST}", hint="Ask for a longer time")
    expected = expectation({(flow.from_id, flow.to_id): flow.moves for flow in found})
    p = [zero_truncated_tail(flow.moves, expected[flow.from_id, flow.to_id]) for flow in found]
    return sorted(
        (
            Surprise(
                flow.from_id, flow.from_name, flow.to_id, flow.to_name, flow.moves,
                expected[flow.from_id, flow.to_id], p_value, q, flow.exits.of, flow.hires.of, flow.sources,
            )
            for flow, p_value, q in zip(found, p, false_discovery(p), strict=True)
        ),
        key=lambda row: (row.p, row.from_id, row.to_id),
    )  # fmt: skip


def expectation(moves: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], float]:
    """Expected counts of flows with the same row and column sums, and none from an organization to itself.

    Fits x(a) y(b) by turns, until the sums agree to 1e-9.

    >>> round(expectation({("a", "b"): 3, ("b", "a"): 1, ("a", "c"): 1, ("c", "b"): 1})["a", "b"], 3)
    3.313
    """
    keys = sorted({key for pair in moves for key in pair})
    exits, hires = dict.fromkeys(keys, 0), dict.fromkeys(keys, 0)
    for (a, b), n in moves.items():
        exits[a] += n
        hires[b] += n
    x = {key: float(exits[key]) for key in keys}
    y = {key: hires[key] / (sum(hires.values()) or 1) for key in keys}
    for _ in range(1_000):
        total = sum(y.values())
        x = {key: exits[key] / left if (left := total - y[key]) > 0 else 0.0 for key in keys}
        total = sum(x.values())
        new = {key: hires[key] / left if (left := total - x[key]) > 0 else 0.0 for key in keys}
        done = all(abs(new[key] - y[key]) <= 1e-9 * new[key] for key in keys)
        y = new
        if done:
            break
    return {(a, b): x[a] * y[b] for a, b in moves}


def zero_truncated_tail(count: int, mean: float) -> float:
    """P(X >= count | X >= 1) for a Poisson X.

    >>> round(zero_truncated_tail(2, 1.0), 4)
    0.418
    """
    return 1.0 if count <= 1 else min(1.0, poisson_tail(count, mean) / -expm1(-mean)) if mean > 0 else 0.0


def false_discovery(p: Sequence[float]) -> list[float]:
    """Benjamini and Hochberg's q of each p: the smallest of p n / rank among it and those above it.

    >>> false_discovery([0.01, 0.04, 0.03])
    [0.03, 0.04, 0.04]
    """
    q, least = [0.0] * len(p), 1.0
    for rank, at in sorted(enumerate(sorted(range(len(p)), key=p.__getitem__), 1), reverse=True):
        least = min(least, p[at] * len(p) / rank)
        q[at] = least
    return q
