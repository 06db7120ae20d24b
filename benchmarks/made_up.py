"""A made-up table of careers as a folder of seeds: the same rows each time, at any size."""

from pathlib import Path
from typing import Final

import duckdb

ORGANIZATIONS: Final = 300
SPELLS_EACH: Final = 5
_FOLDER: Final = """
dataset: {id: bench, title: Made up, licence: CC0-1.0}
source: made-up
sources:
  made-up: {name: Made up, kind: table, published: '2025', line_count: 1}
tables:
  careers:
    file: careers.csv
    rows: jobs
    person: person
    at: organization
    columns: {title: title, start: began, end: ended}
    blank_end: open
"""


def write_seeds(folder: Path, people: int, *, changed: float = 0.0) -> Path:
    """Write a folder of so many people with five spells each; a share of the spells has another title."""
    folder.mkdir(parents=True)
    (folder / "dataset.yaml").write_text(_FOLDER.lstrip(), encoding="utf-8")
    last = SPELLS_EACH - 1
    duckdb.sql(
        f"""COPY (
            SELECT 'Person ' || i AS person,
                'Org ' || (i * 7 + s * 131 + (i // 97) * s) % {ORGANIZATIONS} AS organization,
                CASE WHEN hash(i, s) % 10000 < {round(changed * 10_000)} THEN 'Changed' ELSE 'Engineer' END
                    || ' ' || (i + s) % 40 AS title,
                1990 + s * 6 + i % 6 AS began, CASE WHEN s < {last} THEN 1995 + s * 6 + i % 6 END AS ended
            FROM range({people}) t(i), range({SPELLS_EACH}) u(s) ORDER BY i, s
        ) TO '{folder / "careers.csv"}' (FORMAT csv, HEADER true)"""
    )
    return folder
