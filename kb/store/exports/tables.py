"""One Parquet or CSV file for each type that has rows. In CSV a list is a JSON array, a NULL is empty."""

from pathlib import Path

from kb.ledger import quoted
from kb.ontology import Edge, Node, types
from kb.resolve import Snapshot
from kb.store.exports.files import Exported, copy


def write_parquet(snapshot: Snapshot, folder: Path) -> Exported:
    """TYPE.parquet for each type, lists as lists and dates as dates."""
    return _write(snapshot, folder, "parquet", "FORMAT parquet, COMPRESSION zstd")


def write_csv(snapshot: Snapshot, folder: Path) -> Exported:
    """TYPE.csv for each type, with a header."""
    return _write(snapshot, folder, "csv", "FORMAT csv, HEADER true")


def _write(snapshot: Snapshot, folder: Path, suffix: str, options: str) -> Exported:
    files, rows = [], 0
    for kind in types():
        number = snapshot.count(kind.table)
        if number:
            path = folder / f"{kind.table}.{suffix}"
            columns = ", ".join(_column(kind, name, suffix == "csv") for name in kind.columns)
            copy(snapshot, f"SELECT {columns} FROM {snapshot.name(kind.table)} ORDER BY id", path, options)
            files.append(path)
            rows += number
    return Exported(tuple(files), rows)


def _column(kind: Node | Edge, name: str, plain: bool) -> str:
    lists = {prop.name for prop in kind.props if prop.type == "list"}
    column = quoted(name)
    return f"to_json({column}) AS {column}" if plain and name in lists else column
