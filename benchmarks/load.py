"""Loads against a bare loop of the plain driver, on the same server in the same run.

The bare loop MERGEs the same nodes and edges by key, 10,000 rows a batch, with a map of properties, and reads
nothing back. It runs with the driver alone and again with its Rust extension, which kb always has. The rows
are resolved before its clock starts; kb's clock has reading, resolving and comparing in it. Both must end
with the same graph. The seeds are a made-up table, five spells a person.

Usage: python benchmarks/load.py [PEOPLE]
On the embedded engine, or on the server that NEO4J_URI names, which is emptied.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.made_up import write_seeds
from kb.ontology import EDGES, KIND_LABELS, NODES, Edge, Node
from kb.resolve import Snapshot
from kb.store import Base, connect
from kb.store.statements import schema

BATCH = 10_000


def bare_loop(base: Base, snapshot: Snapshot) -> None:
    """What a short script would do: one MERGE by key for each node and edge, with its properties as a map."""
    for statement in schema():
        base.write(statement)
    for node in NODES.values():
        for kind in node.kinds or ("",):
            labels = f"{node.label}:{KIND_LABELS[kind]}" if kind else node.label
            only = f"WHERE kind = '{kind}'" if kind else ""
            query = f"UNWIND $rows AS row MERGE (n:{labels} {{id: row.id}}) SET n += row.p"
            for rows in batches(snapshot, f"SELECT * FROM {snapshot.name(node.label)} {only}"):
                named = [dict(zip(node.columns, row, strict=True)) for row in rows]
                base.write(query, rows=[{"id": row["id"], "p": row} for row in named], timeout=None)
    for edge in EDGES.values():
        table = snapshot.name(edge.label)
        for start, end in snapshot.execute(f"SELECT DISTINCT from_label, to_label FROM {table} ORDER BY ALL"):
            query = (
                f"UNWIND $rows AS row MATCH (a:{start} {{id: row.a}}) MATCH (b:{end} {{id: row.b}}) "
                f"MERGE (a)-[r:{edge.label} {{id: row.p.id}}]->(b) SET r += row.p"
            )
            only = f"WHERE from_label = '{start}' AND to_label = '{end}'"
            for rows in batches(snapshot, f"SELECT * FROM {table} {only}"):
                base.write(query, rows=[_edge(edge, row) for row in rows], timeout=None)


def _edge(edge: Edge, row: tuple[Any, ...]) -> dict[str, Any]:
    return {"a": row[1], "b": row[3], "p": dict(zip(edge.columns[4:], row[4:], strict=True))}


def batches(snapshot: Snapshot, query: str) -> Iterator[list[tuple[Any, ...]]]:
    cursor = snapshot.connection.cursor()
    cursor.execute(query)
    while rows := cursor.fetchmany(BATCH):
        yield rows


def counts(base: Base) -> dict[str, int]:
    kinds: list[Node | Edge] = [*NODES.values(), *EDGES.values()]
    found = {}
    for kind in kinds:
        what = f"(n:{kind.table})" if isinstance(kind, Node) else f"()-[n:{kind.table}]->()"
        found[kind.table] = base.query(f"MATCH {what} RETURN count(*) AS n", timeout=None).rows[0][0]
    return found


def empty(base: Base) -> None:
    query = "MATCH (n) WITH n LIMIT 5000 DETACH DELETE n RETURN count(*) AS n"
    while base.write(query, timeout=None).rows[0][0]:
        pass


def timed(work: Callable[..., Any], *arguments: Any) -> float:
    start = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - start


def bare(folder: Path, home: str, *, rust: bool) -> tuple[float, dict[str, int]]:
    """The bare loop in a process of its own, with or without the driver's extension."""
    code = "import sys; sys.path.insert(0, '.'); from benchmarks.load import alone; alone(*sys.argv[1:])"
    if not rust:
        code = "import sys; sys.modules['neo4j._rust'] = None; " + code
    command = [sys.executable, "-c", code, str(folder), home]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    seconds, *numbers = done.stdout.split()
    return float(seconds), dict(zip([*NODES, *EDGES], map(int, numbers), strict=True))


def alone(folder: str, home: str) -> None:
    snapshot = Snapshot.from_seeds(folder)
    with connect(home=home or None) as base:
        empty(base)
        seconds = timed(bare_loop, base, snapshot)
        print(seconds, *counts(base).values())


def main(people: int) -> None:
    with tempfile.TemporaryDirectory() as top:
        folder = write_seeds(Path(top) / "bench", people)
        other = write_seeds(Path(top) / "other" / "bench", people, changed=0.01)
        home = "" if "NEO4J_URI" in os.environ else str(Path(top) / "home")
        # An embedded store is made anew each time; a server is emptied.
        plain, plain_counts = bare(folder, home and f"{home}-plain", rust=False)
        fast, fast_counts = bare(folder, home and f"{home}-fast", rust=True)
        with connect(home=home or None) as base:
            empty(base)
            info = base.database.engine_info()
            first = timed(base.load, folder)
            held = counts(base)
            agree = held == plain_counts == fast_counts
            again = timed(base.load, folder)
            changed = timed(base.load, other)
            full = timed(lambda: base.plan(other, full=True))
            agree = agree and base.snapshot() == Snapshot.from_seeds(str(other))
    spells, facts = held["EMPLOYED_AT"], sum(held.values())
    print(f"{people:,} people, {spells:,} spells, {facts:,} nodes and edges, {info.name} {info.version}")
    print("| what | seconds | ratio |")
    print("| --- | ---: | --- |")
    print(f"| bare loop, plain driver | {plain:.1f} | |")
    print(f"| bare loop, with neo4j-rust-ext | {fast:.1f} | |")
    print(f"| first load | {first:.1f} | {plain / first:.2f} and {fast / first:.2f} times the bare loops |")
    print(f"| unchanged load | {again:.2f} | {first / again:.1f} times as fast as the first |")
    print(f"| 1 % of the spells changed | {changed:.1f} | {first / changed:.1f} times as fast as the first |")
    print(f"| plan with --full | {full:.1f} | {first / full:.1f} times as fast as the first |")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"most memory of the client: {memory:,.0f} MB; the graphs agree: {agree}")
    if not agree:
        sys.exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
