"""A table of spells as seeds: the time and the memory from file to claims and to facts, at growing sizes.

Beside it stands the bare query: DuckDB reads the file and counts people, organizations and rows. Counts are
checked to agree. Each size runs in a process of its own, so that its memory is its own.
"""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb

from benchmarks.measure import alone, most_memory
from benchmarks.page import Table
from kb.ledger import read_folder
from kb.resolve import resolve

SIZES: Final = {"small": (20_000,), "full": (100_000, 1_000_000, 5_000_000)}

MAPPING = """
dataset: {id: made-up, title: Made up, licence: CC0-1.0}
source: made-up
sources: {made-up: {name: Made up, kind: data set, published: 2026-01-01}}
tables:
  spells:
    file: spells.csv
    rows: jobs
    person: person
    at: organization
    columns: {title: title, start: start, end: end}
    blank_end: open
    rules: {reversed_dates: unknown}
"""


def write(folder: Path, rows: int) -> None:
    """People with 2.7 rows each, few organizations with most of them, two ends in five open."""
    (folder / "dataset.yaml").write_text(MAPPING.lstrip(), encoding="utf-8")
    duckdb.sql(
        f"""COPY (SELECT concat('Person ', hash(i) % {int(rows / 2.7)}) AS person,
            concat('Company ', floor(pow(hash(i, 'o') % 1000000 / 1e6, 3) * {max(200, rows // 100)})::INT)
                AS organization,
            ['Engineer', 'Scientist', 'Manager', 'Director'][1 + (hash(i, 't') % 4)::INT] AS title,
            strftime(DATE '2000-01-01' + (hash(i, 's') % 9000)::INT, '%Y-%m') AS start,
            CASE WHEN hash(i, 'e') % 5 < 3
                THEN strftime(DATE '2025-01-01' + (hash(i, 'd') % 300)::INT, '%Y-%m') END AS "end"
        FROM range({rows}) t(i)) TO '{folder / "spells.csv"}' (HEADER)"""
    )


def one(rows: int) -> dict[str, Any]:
    """Seconds and memory of one size, and whether the counts agree."""
    with TemporaryDirectory() as top:
        folder = Path(top)
        write(folder, rows)
        start = time.perf_counter()
        bare = duckdb.sql(
            f"""SELECT count(DISTINCT person), count(DISTINCT organization), count(*)
            FROM read_csv('{folder / "spells.csv"}', all_varchar = true)"""
        ).fetchall()[0]
        counted = time.perf_counter()
        ledger = read_folder(folder)
        read, claims = time.perf_counter(), most_memory()
        snapshot = resolve(ledger, claims=False)
        done, facts = time.perf_counter(), most_memory()
        equal = {notice.rule: notice.count for notice in ledger.notices}.get("duplicate", 0)
        found = (
            snapshot.count("Person"),
            snapshot.count("Organization"),
            int(ledger.execute(f"SELECT count(*) FROM {ledger.name('EMPLOYED_AT')}")[0][0]) + equal,
        )
    return {
        "bare": counted - start, "claims": read - counted, "claims_memory": claims, "facts": done - read,
        "facts_memory": facts, "agree": found == bare,
    }  # fmt: skip


def run(size: str) -> list[Table]:
    """Each size."""
    found = {rows: alone(one, rows=rows) for rows in SIZES[size]}
    lines = [
        [rows, told["bare"], told["claims"], told["claims_memory"], told["facts"], told["facts_memory"]]
        for rows, told in found.items()
    ]
    columns = ("rows", "bare query, s", "to claims, s", "MiB by then", "to facts, s", "MiB by then")
    return [
        Table("A table from file to facts", columns, lines, all(told["agree"] for told in found.values()))
    ]
