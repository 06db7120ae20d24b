"""Folders with tables for tests: a mapping, and the file that it maps."""

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from tests.folders import write_folder

SPELLS: dict[str, Any] = {
    "file": "spells.csv",
    "rows": "jobs",
    "person": "who",
    "at": "where",
    "columns": {"title": "title", "start": "start", "end": "end"},
}
HEADER = ("who", "where", "title", "start", "end")


def mapped(folder: Path, content: str | bytes, *, published: str = "2025-08-31", **changes: Any) -> Path:
    """A folder with one table of spells; `changes` are to its mapping, None takes out."""
    table = {key: value for key, value in {**SPELLS, **changes}.items() if value is not None}
    data = {
        "source": "list",
        "dataset": {"id": "tab", "title": "A table", "licence": "CC0-1.0"},
        "sources": {"list": {"name": "A list", "kind": "data set", "published": published}},
        "tables": {"spells": table},
    }
    write_folder(folder, data)
    raw = content.encode() if isinstance(content, str) else content
    (folder / table["file"]).write_bytes(gzip.compress(raw) if table["file"].endswith(".gz") else raw)
    return folder


def csv_text(*rows: Sequence[str | None], header: Sequence[str] = HEADER) -> str:
    """Rows as CSV, with quotes around every text; None is an empty field."""
    quoted = [",".join("" if v is None else '"' + v.replace('"', '""') + '"' for v in row) for row in rows]
    return "\n".join([",".join(header), *quoted]) + "\n"


def write_parquet(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows as Parquet, each column of the type that DuckDB finds."""
    source = path.with_suffix(".tmp")
    source.write_text("\n".join(json.dumps(row) for row in rows))
    duckdb.sql(f"COPY (SELECT * FROM read_json('{source}')) TO '{path}' (FORMAT parquet)")
    source.unlink()
