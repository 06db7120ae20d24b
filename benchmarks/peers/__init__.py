"""Other loaders on the same rows: people, organizations and spells into Neo4j, each in its own environment.

Each starts on an empty Neo4j of the same kind. In their clock is what writes; the rows are read before it.
One spell in ten is a second one at the same organization, so that it shows whether one of the two is lost.
`make bench-peers` makes the environments under `.venv-peers`.
"""

import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.loads import BATCH, connected, empty, store
from benchmarks.measure import ROOT
from benchmarks.page import Table
from kb.store import Base

SIZES: Final = {"small": (200,), "full": (2_000, 10_000)}
SPELLS: Final = 5
HERE: Final = Path(__file__).parent
Rows = dict[str, list[dict[str, Any]]]


def rows_of(people: int) -> Rows:
    """People, organizations and spells; each second person comes back to the first employer."""
    organizations = max(10, people // 50)
    spells = []
    for person in range(people):
        for number in range(SPELLS):
            back = number == SPELLS - 1 and person % 2 == 0
            at = (person * 7 + (0 if back else number)) % organizations
            start = 1990 + 6 * number + person % 6
            end = None if number == SPELLS - 1 else str(start + 5)
            who, where = f"person-{person}", f"organization-{at}"
            spells.append(
                {"id": f"{who}:employed_at:{where}:{number}", "person": who, "organization": where,
                 "title": f"Engineer {person % 40}", "start": str(start), "end": end}
            )  # fmt: skip
    return {
        "people": [{"id": f"person-{n}", "name": f"Person {n}"} for n in range(people)],
        "organizations": [{"id": f"organization-{n}", "name": f"Org {n}"} for n in range(organizations)],
        "spells": spells,
    }


def bare(base: Base, rows: Rows) -> float:
    """One MERGE by key for each, 10,000 rows a batch, by the plain driver."""
    for label in ("Person", "Organization"):
        base.write(f"CREATE CONSTRAINT {label.lower()} FOR (n:{label}) REQUIRE n.id IS UNIQUE")
    start = time.perf_counter()
    queries = {
        "people": "UNWIND $rows AS row MERGE (n:Person {id: row.id}) SET n += row",
        "organizations": "UNWIND $rows AS row MERGE (n:Organization {id: row.id}) SET n += row",
        "spells": "UNWIND $rows AS row MATCH (a:Person {id: row.person}) "
        "MATCH (b:Organization {id: row.organization}) MERGE (a)-[r:EMPLOYED_AT {id: row.id}]->(b) "
        "SET r.title = row.title, r.start = row.start, r.`end` = row.end",
    }
    for name, query in queries.items():
        for first in range(0, len(rows[name]), BATCH):
            base.write(query, rows=rows[name][first : first + BATCH], timeout=None)
    return time.perf_counter() - start


def peer(name: str) -> Callable[[dict[str, str], Path], float]:
    """A peer's loader, in its environment."""

    def work(server: dict[str, str], file: Path) -> float:
        python = ROOT / ".venv-peers" / name / "bin" / "python"
        command = [str(python), str(HERE / f"by_{name}.py"), str(file)]
        told = subprocess.run(command, env=os.environ | server, check=True, stdout=subprocess.PIPE, text=True)
        return float(json.loads(told.stdout.splitlines()[-1])["wall"])

    return work


def one(people: int) -> tuple[list[list[Any]], bool]:
    """Each way at one size, and whether the bare loop kept every spell."""
    rows, lines, kept = rows_of(people), list[list[Any]](), False
    total, pace = sum(map(len, rows.values())), 0.0
    with TemporaryDirectory(prefix="kb-bench-") as name:
        file = Path(name) / "rows.json"
        file.write_text(json.dumps(rows), encoding="utf-8")
        for way in ("bare loop", "cartography", "neomodel"):
            with store("neo4j", Path(name) / way.replace(" ", "-")) as server, connected(server) as base:
                empty(base)
                wall = bare(base, rows) if way == "bare loop" else peer(way)(server, file)
                query = "MATCH ()-[r:EMPLOYED_AT]->() RETURN count(*) AS n"
                held = base.query(query, timeout=None).rows[0][0]
            if way == "bare loop":
                pace, kept = wall, held == len(rows["spells"])
            lost = len(rows["spells"]) - held
            lines.append([way, total, wall, total / wall, pace / wall, len(rows["spells"]), lost])
    return lines, kept


def run(size: str) -> list[Table]:
    """Each size."""
    found = [one(people) for people in SIZES[size]]
    columns = ("way", "rows", "s", "rows in a second", "to the bare loop", "spells", "of them lost")
    lines = [line for more, _ in found for line in more]
    return [Table("Other loaders on Neo4j", columns, lines, all(kept for _, kept in found))]
