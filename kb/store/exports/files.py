"""What exports share: the answer to the caller, and files that DuckDB writes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.ledger import Tables, quoted_text

_BATCH = 10_000


@dataclass(frozen=True)
class Exported:
    """What was written: the files, how many rows they have, and the command that takes them in, if any."""

    files: tuple[Path, ...]
    rows: int
    command: tuple[str, ...] = ()


def copy(tables: Tables, query: str, path: Path, options: str) -> None:
    """Write the answer of a query to a file; no row passes through Python."""
    tables.execute(f"COPY ({query}) TO {quoted_text(str(path))} ({options})")


def write_lines(tables: Tables, path: Path, queries: Iterable[str], around: Sequence[str] = ("", "")) -> int:
    """Write the first column of queries as lines, after and before the texts `around`; gives their number."""
    number = 0
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(around[0])
        for query in queries:
            for rows in tables.batches(query, size=_BATCH):
                number += len(rows)
                stream.write("".join(f"{line}\n" for (line,) in rows))
        stream.write(around[1])
    return number
