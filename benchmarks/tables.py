"""A table of spells as seeds: the time and the memory from file to claims and to facts, at growing sizes.

Beside it stands the bare query: DuckDB reads the file and counts people, organizations and rows. Counts are
checked to agree. Each size runs in a process of its own, so that its memory is its own.

Usage: python benchmarks/tables.py [ROWS...]
"""

import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from kb.ledger import read_folder
from kb.resolve import resolve

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


def one(rows: int) -> None:
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
        read = time.perf_counter()
        claims = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        snapshot = resolve(ledger, claims=False)
        done = time.perf_counter()
        equal = {notice.rule: notice.count for notice in ledger.notices}.get("duplicate", 0)
        found = (
            snapshot.count("Person"),
            snapshot.count("Organization"),
            int(ledger.execute(f"SELECT count(*) FROM {ledger.name('EMPLOYED_AT')}")[0][0]) + equal,
        )
        facts = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{rows:>10,} rows   bare {counted - start:6.2f} s   claims {read - counted:6.2f} s "
        f"{claims:7,.0f} MiB   facts {done - read:6.2f} s {facts:7,.0f} MiB   agree: {found == bare}"
    )


if __name__ == "__main__":
    sizes = [int(word) for word in sys.argv[1:]] or [100_000, 1_000_000, 5_000_000]
    if len(sizes) == 1:
        one(sizes[0])
    else:
        for size in sizes:
            subprocess.run([sys.executable, __file__, str(size)], check=True)
