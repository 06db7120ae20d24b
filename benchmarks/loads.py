"""Loads against a bare loop of the plain driver that MERGEs the same rows, on the same kind of server.

The bare loop MERGEs the nodes and edges by key, 10,000 rows a batch, with a map of properties, and reads
nothing back. Its rows are resolved before its clock starts; in that of kb are reading, resolving and all.
Both must end with the same graph. The seeds are a made-up table, five spells a person; facts keep the ids of
their claims, or claims are nodes too (--provenance full), which makes some five times as many rows. Each
starts on an empty store: a server of its own, or the one that NEO4J_TEST_URI names, **which is emptied**.

Usage: python -m benchmarks.loads [--engine neo4j|embedded|both] [--provenance ids|full] [PEOPLE...]
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.made_up import write_seeds
from benchmarks.measure import alone, most_memory
from benchmarks.page import Table
from kb.ontology import EDGES, KIND_LABELS, NODES, Edge, Node
from kb.resolve import Snapshot
from kb.store import Base, connect
from kb.store.embedded import reset
from kb.store.statements import schema
from tests.servers.neo4j import neo4j_server

BATCH: Final = 10_000
ENGINES: Final = ("embedded", "neo4j")
Size = tuple[int, bool]  # people, and whether claims are nodes
SIZES: Final[dict[str, tuple[Size, ...]]] = {
    "small": ((200, False), (200, True)),
    "full": ((10_000, False), (100_000, False)),
}


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
    """How many there are of each type."""
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


def timed(work: Callable[..., Any], *arguments: Any, **named: Any) -> float:
    start = time.perf_counter()
    work(*arguments, **named)
    return time.perf_counter() - start


def connected(server: dict[str, str]) -> Base:
    """A base on a server that is named as environment variables name it."""
    auth = (server["NEO4J_USERNAME"], server["NEO4J_PASSWORD"]) if "NEO4J_URI" in server else None
    return connect(server.get("NEO4J_URI"), auth=auth, home=server["KB_HOME"])


def bare(folder: str, server: dict[str, str], claims: bool) -> dict[str, Any]:
    """The bare loop, with the Rust extension of the driver unless that cannot be imported."""
    snapshot = Snapshot.from_seeds(folder, claims=claims)
    with connected(server) as base:
        empty(base)
        return {"bare": timed(bare_loop, base, snapshot), "counts": counts(base)}


def ours(folder: str, other: str, server: dict[str, str], claims: bool) -> dict[str, Any]:
    """A first load, an unchanged one, one with 1 % of the spells changed; and the memory of the client."""
    with connected(server) as base:
        empty(base)
        info = base.database.engine_info()
        first = timed(base.load, folder, provenance="full" if claims else "ids")
        memory, held = most_memory(), counts(base)
        unchanged = timed(base.load, folder)
        changed = timed(base.load, other)
    return {
        "first": first, "unchanged": unchanged, "changed": changed, "memory": memory, "counts": held,
        "most": most_memory(), "engine": f"{info.name} {info.version}",
    }  # fmt: skip


def check(other: str, server: dict[str, str], claims: bool) -> dict[str, Any]:
    """Whether the graph holds what the changed seeds resolve to."""
    expected = Snapshot.from_seeds(other, claims=claims)
    kinds = [kind for kind in (*NODES.values(), *EDGES.values()) if kind.table != "Dataset"]
    with connected(server) as base:
        found = base.snapshot()
        agree = all(found._rows(kind) == expected._rows(kind) for kind in kinds)
    return {"agree": agree}


@contextmanager
def store(engine: str, top: Path) -> Iterator[dict[str, str]]:
    """An empty store of an engine, as environment variables."""
    top.mkdir()
    home = {"KB_HOME": str(top / "home")}
    if engine == "neo4j":
        with neo4j_server(top / "neo4j") as server:
            yield home | server.environment
        return
    yield home
    reset(top / "home", force=True)


def one(engine: str, people: int, *, claims: bool, plain: bool) -> tuple[list[list[Any]], bool]:
    """One engine at one size: the lines of the table, and whether the graphs agree."""
    with TemporaryDirectory(prefix="kb-bench-") as name:
        top = Path(name)
        folder = str(write_seeds(top / "bench", people))
        other = str(write_seeds(top / "other" / "bench", people, changed=0.01))
        loops = {}
        for rust in (False, True) if plain else (True,):
            with store(engine, top / f"bare-{rust}") as server:
                skip = () if rust else ("neo4j._rust",)
                loops[rust] = alone(bare, without=skip, folder=folder, server=server, claims=claims)
        with store(engine, top / "kb") as server:
            told = alone(ours, folder=folder, other=other, server=server, claims=claims)
            agree = alone(check, other=other, server=server, claims=claims)["agree"]
    agree &= all(loop["counts"] == told["counts"] for loop in loops.values())
    facts = sum(told["counts"].values())
    first = [told["engine"], people, "nodes" if claims else "ids", facts]
    rows = [
        [*first, f"bare loop, {'with neo4j-rust-ext' if rust else 'plain driver'}", loop["bare"],
         f"the first load is {loop['bare'] / told['first']:.2f} times as fast", None]
        for rust, loop in loops.items()
    ]  # fmt: skip
    rows.append([*first, "first load", told["first"], "", told["memory"]])
    for what, words in (("unchanged", "unchanged load"), ("changed", "1 % of the spells changed")):
        ratio = f"{told['first'] / told[what]:.1f} times as fast as the first"
        rows.append([*first, words, told[what], ratio, told["most"]])
    return rows, agree


def run(size: str, *, engines: tuple[str, ...] = ENGINES, sizes: tuple[Size, ...] = ()) -> list[Table]:
    """Each engine at each size; the loop without the extension at the smallest alone, since it takes long."""
    tables = []
    sizes = sizes or SIZES[size]
    for engine in engines:
        rows, agree = list[list[Any]](), True
        for people, claims in sizes:
            more, equal = one(engine, people, claims=claims, plain=(people, claims) == min(sizes))
            rows += more
            agree &= equal
        columns = (
            "engine", "people", "claims", "nodes and edges", "what", "s", "ratio",
            "MiB of the client at most",
        )  # fmt: skip
        tables.append(Table(f"Loads on {engine}", columns, rows, agree))
    return tables


if __name__ == "__main__":
    _parser = argparse.ArgumentParser(prog="python -m benchmarks.loads")
    _parser.add_argument("people", nargs="*", type=int)
    _parser.add_argument("--engine", choices=(*ENGINES, "both"), default="both")
    _parser.add_argument("--provenance", choices=("ids", "full"), default="ids")
    _asked = _parser.parse_args()
    _engines = ENGINES if _asked.engine == "both" else (_asked.engine,)
    _sizes = tuple((people, _asked.provenance == "full") for people in _asked.people)
    _tables = run("full", engines=_engines, sizes=_sizes)
    print(*_tables, sep="\n")
    sys.exit(0 if all(table.agree for table in _tables) else 1)
