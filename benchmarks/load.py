"""Load against a bare loop of the plain driver, on the same server in the same run.

The bare loop MERGEs the same nodes and edges by key, 10,000 rows a batch, and reads nothing back. Both end
with the same graph, which is checked. The seeds are made up: people with two spells each, one source.

Usage: python benchmarks/load.py [PEOPLE]
On the embedded engine, or on the server that NEO4J_URI names, which is emptied.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from kb.ledger import Ledger, read_folder
from kb.ontology import EDGES, NODES
from kb.resolve import Snapshot, resolve
from kb.store import Base, connect
from kb.store.statements import schema

BATCH = 10_000


def seeds(folder: Path, people: int) -> Path:
    """A folder of seeds with so many people, each with two spells and a departure."""
    organizations = {f"org-{n}": {"name": f"Org {n}", "kind": "company", "lines": 1} for n in range(50)}
    persons = {}
    for n in range(people):
        first, second = n % 50, (n * 7 + 3) % 50
        second += second == first
        left = {"date": "2018-05", "to": f"org-{second % 50}", "lines": 2}
        jobs = [
            {"at": f"org-{first}", "start": 2010, "title": "Engineer", "left": left, "lines": 2},
            {"at": f"org-{second % 50}", "start": "2018-06", "phase": "current", "lines": 3},
        ]
        persons[f"person-{n}"] = {"name": f"Person {n}", "lines": 2, "jobs": jobs}
    data = {
        "source": "made-up",
        "dataset": {"id": "bench", "title": "Made up", "licence": "CC0-1.0"},
        "sources": {"made-up": {"name": "Made up", "kind": "table", "published": "2025", "line_count": 9}},
        "organizations": organizations,
        "people": persons,
    }
    (folder / "seeds.yaml").write_text(json.dumps(data), encoding="utf-8")
    return folder


def bare_loop(base: Base, snapshot: Snapshot) -> None:
    """What a short script would do: one MERGE by key for each node and edge, with its properties as a map."""
    for statement in schema():
        base.write(statement)
    for node in NODES.values():
        grouped: dict[str, list[dict[str, Any]]] = {}
        for entity in snapshot.nodes(node.label):
            row = {"id": entity.id, "p": dict(entity.properties)}
            grouped.setdefault(":".join(entity.labels), []).append(row)
        for labels, rows in grouped.items():
            for batch in batches(rows):
                base.write(
                    f"UNWIND $rows AS row MERGE (n:{labels} {{id: row.id}}) SET n += row.p", rows=batch
                )
    for edge in EDGES.values():
        ends: dict[tuple[str, str], list[dict[str, Any]]] = {}
        names = f"SELECT id, from_label, to_label FROM {snapshot.name(edge.label)} ORDER BY id"
        labels_of = {key: (start, end) for key, start, end in snapshot.execute(names)}
        for relation in snapshot.edges(edge.label):
            row = {"a": relation.start, "b": relation.end, "id": relation.id, "p": dict(relation.properties)}
            ends.setdefault(labels_of[relation.id], []).append(row)
        for (start, end), rows in ends.items():
            for batch in batches(rows):
                base.write(
                    f"UNWIND $rows AS row MATCH (a:{start} {{id: row.a}}) MATCH (b:{end} {{id: row.b}}) "
                    f"MERGE (a)-[r:{edge.label} {{id: row.id}}]->(b) SET r += row.p",
                    timeout=None,
                    rows=batch,
                )


def batches(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    each = iter(rows)
    while batch := list(islice(each, BATCH)):
        yield batch


def empty(base: Base) -> None:
    while base.write("MATCH (n) WITH n LIMIT 5000 DETACH DELETE n RETURN count(*) AS n").rows[0][0]:
        pass


def timed(work: Any, *arguments: Any) -> float:
    start = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - start


def main(people: int) -> None:
    with tempfile.TemporaryDirectory() as top:
        folder = seeds(Path(top), people)
        home = None if "NEO4J_URI" in os.environ else Path(top) / "home"
        with connect(home=home) as base:
            empty(base)
            ledger = Ledger()
            reading = timed(read_folder, folder, ledger)
            snapshot = resolve(ledger)
            facts = sum(snapshot.count(label) for label in (*NODES, *EDGES))
            info = base.database.engine_info()
            print(f"{people:,} people, {facts:,} nodes and edges, {info.name} {info.version}")
            bare = timed(bare_loop, base, snapshot)
            held = base.snapshot()
            same = all(held.count(label) == snapshot.count(label) for label in (*NODES, *EDGES))
            empty(base)
            first = timed(base.load, folder)
            again = timed(base.load, folder)
            agree = base.snapshot() == snapshot and same
    print(f"bare loop        {bare:7.1f} s   (rows already resolved)")
    print(
        f"first load       {first:7.1f} s   of which {reading:.1f} s read the files; ratio {bare / first:.2f}"
    )
    print(f"unchanged load   {again:7.1f} s   ratio to the first {first / again:.1f}")
    print(f"the graphs agree: {agree}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
