"""From spells to the matrix of flows, against the bare window query and against Python, in the same run.

The spells are made up, always the same: few organizations with most people, gaps, open ends and, with
--messy, unknown starts and spells at the same time. Without --messy the rules of `kb.analysis` and the plain
rule, each spell and the next, count the same moves, which is checked. Python runs up to 100,000 people.

Usage: python benchmarks/careers.py [PEOPLE...] [--messy]
"""

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

import networkx as nx

from kb.analysis import careers
from kb.resolve import Snapshot

SPELLS = 2.7  # of one person, on average
Flows = dict[tuple[str, str], int]


def made_up(people: int, *, messy: bool) -> Snapshot:
    """A snapshot with spells alone. Each begins where the one before ended, or up to a year later."""
    snapshot = Snapshot()
    organizations = max(50, people // 50)
    unknown = "AND hash(i, n, 'u') % 12 > 0" if messy else ""
    shift = "- CASE WHEN hash(i, n, 'o') % 10 = 0 THEN 500 ELSE 0 END" if messy else ""
    snapshot.execute(
        f"""INSERT INTO {snapshot.name("EMPLOYED_AT")} BY NAME
        WITH people AS (SELECT i, 1 + (hash(i) % 1000 / 1000.0 * {2 * (SPELLS - 1) + 1})::INT AS spells
            FROM range({people}) t(i)),
        drawn AS (SELECT i, unnest(range(spells)) AS n, spells FROM people),
        dated AS (SELECT i, n, spells, pow(hash(i, n, 'w') % 1000000 / 1e6, 3) * {organizations} AS place,
            DATE '2000-01-01' + (hash(i) % 3000 + n * 1000)::INT AS began,
            began + (300 + hash(i, n, 'l') % 600)::INT AS over FROM drawn)
        SELECT 'Person' AS from_label, concat('p', i) AS from_id, 'Organization' AS to_label,
            concat('o', place::INT) AS to_id, concat('p', i, ':employed_at:o', place::INT, ':', n) AS id,
            'reported' AS certainty, 'job' AS kind, ['made-up'] AS datasets, DATE '2025-01-01' AS last_heard,
            CASE WHEN n = spells - 1 THEN 'current' ELSE 'past' END AS phase,
            n = spells - 1 AS ongoing,
            CASE WHEN true {unknown} THEN began {shift} END AS start_earliest, start_earliest AS start_latest,
            CASE WHEN n < spells - 1 THEN over END AS end_earliest, end_earliest AS end_latest
        FROM dated"""
    )
    return snapshot


def bare(snapshot: Snapshot) -> Flows:
    """The plain rule as one window query: each spell and the next by its start, at another organization."""
    return {
        (a, b): n
        for a, b, n in snapshot.execute(
            f"""WITH pairs AS (SELECT to_id AS a, lead(to_id) OVER (PARTITION BY from_id
                    ORDER BY start_earliest, id) AS b FROM {snapshot.name("EMPLOYED_AT")})
            SELECT a, b, count(*) FROM pairs WHERE a <> b GROUP BY ALL"""
        )
    }


def ours(snapshot: Snapshot) -> Flows:
    """The moves of `kb.analysis.careers`, counted."""
    query = f"SELECT from_id, to_id, count(*) FROM {careers(snapshot).moves} GROUP BY ALL"
    return {(a, b): n for a, b, n in snapshot.execute(query)}


def by_python(snapshot: Snapshot) -> Flows:
    """A loop over people, and a graph of networkx that counts."""
    rows = snapshot.execute(f"SELECT from_id, start_earliest, id, to_id FROM {snapshot.name('EMPLOYED_AT')}")
    held: dict[str, list[tuple[Any, ...]]] = {}
    for person, *spell in rows:
        held.setdefault(person, []).append(tuple(spell))
    graph: nx.DiGraph[str] = nx.DiGraph()
    for spells in held.values():
        for (*_, a), (*_, b) in pairwise(sorted(spells)):
            if a != b:
                graph.add_edge(a, b, moves=graph.get_edge_data(a, b, {"moves": 0})["moves"] + 1)
    return {(a, b): n for a, b, n in graph.edges(data="moves")}


def by_pandas(snapshot: Snapshot) -> Flows:
    query = f"SELECT from_id, to_id, start_earliest, id FROM {snapshot.name('EMPLOYED_AT')}"
    frame = snapshot.connection.execute(query).df().sort_values(["from_id", "start_earliest", "id"])
    frame["next"] = frame.groupby("from_id", sort=False)["to_id"].shift(-1)
    moved = frame[frame["next"].notna() & (frame["next"] != frame["to_id"])]
    return dict(moved.groupby(["to_id", "next"]).size().items())


def by_polars(snapshot: Snapshot) -> Flows:
    import polars as pl  # type: ignore[import-not-found]

    query = f"SELECT from_id, to_id, start_earliest, id FROM {snapshot.name('EMPLOYED_AT')}"
    frame = pl.from_arrow(snapshot.connection.execute(query).arrow()).sort("from_id", "start_earliest", "id")
    moved = frame.with_columns(next=pl.col("to_id").shift(-1).over("from_id")).filter(
        pl.col("next").is_not_null() & (pl.col("next") != pl.col("to_id"))
    )
    return {(a, b): n for a, b, n in moved.group_by("to_id", "next").len().iter_rows()}


def timed(work: Callable[[Snapshot], Flows], snapshot: Snapshot) -> tuple[float, Flows]:
    start = time.perf_counter()
    answer = work(snapshot)
    return time.perf_counter() - start, answer


def one(people: int, *, messy: bool) -> None:
    snapshot = made_up(people, messy=messy)
    spells = snapshot.count("EMPLOYED_AT")
    base, plain = timed(bare, snapshot)
    mine, flows = timed(ours, snapshot)
    again, _ = timed(ours, snapshot)
    print(f"{people:,} people, {spells:,} spells, {sum(flows.values()):,} moves, {len(flows):,} flows")
    _line("bare window query", base, mine, str(sum(plain.values())) if messy else "")
    _line("kb.analysis", mine, mine, "" if messy else f"agree: {flows == plain}")
    _line("kb.analysis, asked again", again, mine, "")
    others = {"Python and networkx": by_python} if people <= 100_000 else {}
    others |= {name: work for name, work in (("pandas", by_pandas), ("polars", by_polars)) if find_spec(name)}
    for name, work in others.items():
        theirs, found = timed(work, snapshot)
        _line(name, theirs, mine, f"agree: {found == plain}")
    print(f"  memory at its most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB\n")


def _line(name: str, seconds: float, mine: float, said: str) -> None:
    print(f"  {name:26} {seconds:8.2f} s   kb takes {mine / seconds:6.2f} times as long   {said}".rstrip())


if __name__ == "__main__":
    sizes = [int(word) for word in sys.argv[1:] if word.isdigit()] or [10_000, 100_000, 1_000_000]
    if len(sizes) == 1:
        one(sizes[0], messy="--messy" in sys.argv)
    else:  # each size in a process of its own, so that its memory is its own
        for size in sizes:
            command = [
                sys.executable,
                __file__,
                str(size),
                *[word for word in sys.argv[1:] if word == "--messy"],
            ]
            subprocess.run(command, check=True)
