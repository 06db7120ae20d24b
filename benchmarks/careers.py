"""From the table of spells to moves to the matrix of flows, against the bare window query and other ways.

The table lies in DuckDB. Each way reads it, finds the moves and counts them, and ends with the counts in its
own form: a table, a frame, a graph of networkx. Each runs in a process of its own, on the same spells.

In the plain world spells follow each other and dates are whole, so that the plain rule, each spell and the
next, finds the same moves as the rules of `kb.analysis`: all ways do the same work and must count the same.
In the messy world Python with the same rules alone does that; the bare query runs there too, for its time.
"""

import os
from collections.abc import Callable
from typing import Any, Final

from benchmarks.made_up_careers import careers_world
from benchmarks.measure import alone, best, digest, most_memory
from benchmarks.page import Table
from benchmarks.plain import all_rules, plain_rule
from kb.analysis import careers
from kb.resolve import Snapshot

SIZES: Final = {"small": (2_000, 10_000), "full": (10_000, 100_000, 1_000_000)}
MEMORY: Final = "8GB"  # the spells are held twice here, and no way is to be slowed by that
Flows = dict[tuple[str, str], int]


def bare(snapshot: Snapshot) -> Callable[[], Flows]:
    """The plain rule as one window query: each spell and the next by its start, at another organization."""
    snapshot.execute(
        f"""CREATE OR REPLACE TABLE {snapshot.name("flow")} AS
        WITH pairs AS (SELECT to_id AS a, lead(to_id) OVER (PARTITION BY from_id
                ORDER BY start_earliest, id) AS b FROM {snapshot.name("EMPLOYED_AT")})
        SELECT a, b, count(*) AS n FROM pairs WHERE a <> b GROUP BY ALL"""
    )
    return lambda: table_of(snapshot)


def ours(snapshot: Snapshot) -> Callable[[], Flows]:
    """The moves of `kb.analysis.careers`, counted."""
    found = careers(snapshot)
    snapshot.execute(
        f"""CREATE OR REPLACE TABLE {snapshot.name("flow")} AS
        SELECT from_id, to_id, count(*) AS n FROM {found.followed} WHERE outcome = 'moved' GROUP BY ALL"""
    )
    return lambda: table_of(snapshot)


def by_python(snapshot: Snapshot) -> Callable[[], Flows]:
    """The plain rule as a loop, and a graph of networkx that counts."""
    found = plain_rule(snapshot)
    return lambda: found.flows


def by_rules(snapshot: Snapshot) -> Callable[[], Flows]:
    """The rules of `kb.analysis` as a loop, and a graph of networkx that counts."""
    found = all_rules(snapshot)
    return lambda: found.flows


def by_pandas(snapshot: Snapshot) -> Callable[[], Flows]:
    query = f"SELECT from_id, to_id, start_earliest, id FROM {snapshot.name('EMPLOYED_AT')}"
    frame = snapshot.connection.execute(query).df().sort_values(["from_id", "start_earliest", "id"])
    frame["next"] = frame.groupby("from_id", sort=False)["to_id"].shift(-1)
    moved = frame[frame["next"].notna() & (frame["next"] != frame["to_id"])]
    counts = moved.groupby(["to_id", "next"]).size()
    return lambda: dict(counts.items())


def by_polars(snapshot: Snapshot) -> Callable[[], Flows]:
    import polars as pl

    query = f"SELECT from_id, to_id, start_earliest, id FROM {snapshot.name('EMPLOYED_AT')}"
    frame = pl.DataFrame(snapshot.connection.sql(query))
    moved = (
        frame.lazy()
        .sort("from_id", "start_earliest", "id")
        .with_columns(next=pl.col("to_id").shift(-1).over("from_id"))
        .filter(pl.col("next").is_not_null() & (pl.col("next") != pl.col("to_id")))
    )
    counts = moved.group_by("to_id", "next").len().collect()
    return lambda: {(a, b): n for a, b, n in counts.iter_rows()}


def table_of(snapshot: Snapshot) -> Flows:
    return {(a, b): n for a, b, n in snapshot.execute(f"FROM {snapshot.name('flow')}")}


WAYS: Final = {
    "bare window query": bare,
    "kb.analysis": ours,
    "pandas": by_pandas,
    "polars": by_polars,
    "Python and networkx, the plain rule": by_python,
    "Python and networkx, the same rules": by_rules,
}
# What runs in a plain world and in a messy one.
RUN: Final = {
    False: tuple(WAYS),
    True: ("bare window query", "kb.analysis", "Python and networkx, the same rules"),
}


def one(way: str, people: int, messy: bool) -> dict[str, Any]:
    """Time and memory of one way at one size, and a digest of what it counted."""
    os.environ["KB_MEMORY"] = MEMORY
    world = careers_world(people, messy=messy)
    rows = world.count("EMPLOYED_AT")
    work, snapshots = WAYS[way], list[Snapshot]()

    def fresh() -> None:
        """A snapshot keeps its careers: each round gets one that has none."""
        for old in snapshots:
            old.drop()
        snapshots[:] = [Snapshot(world.connection)]
        for label in ("EMPLOYED_AT", "DEPARTED"):
            world.execute(f"INSERT INTO {snapshots[0].name(label)} FROM {world.name(label)}")

    taken, read = best(lambda: work(snapshots[0]), before=fresh)
    memory = most_memory()
    flows = read()
    counts = sorted((a, b, n) for (a, b), n in flows.items())
    return {
        "wall": taken.wall, "cpu": taken.cpu, "spells": rows, "moves": sum(flows.values()),
        "flows": len(flows), "digest": digest(counts), "memory": memory,
    }  # fmt: skip


def run(size: str) -> list[Table]:
    """A table for each world: each way at each size, and how many times as long as it takes kb.analysis."""
    tables = []
    for messy in (False, True):
        rows, agree = list[list[Any]](), True
        for people in SIZES[size]:
            found = {way: alone(one, way=way, people=people, messy=messy) for way in RUN[messy]}
            mine = found["kb.analysis"]
            for way, told in found.items():
                rows.append(
                    [way, people, told["spells"], told["moves"], told["flows"], told["wall"], told["cpu"],
                     mine["wall"] / told["wall"], mine["cpu"] / told["cpu"], told["memory"]]
                )  # fmt: skip
                agree &= (messy and way == "bare window query") or told["digest"] == mine["digest"]
        columns = (
            "way", "people", "spells", "moves", "flows", "s", "processor s", "kb to it", "in processor s",
            "MiB at most",
        )  # fmt: skip
        tables.append(Table("Messy careers" if messy else "Plain careers", columns, rows, agree))
    return tables
