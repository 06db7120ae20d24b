"""Rows as text, in five formats: for people, for programs, for spreadsheets.

- `table`: aligned columns; on a terminal within its width, else plain and complete.
- `json`: one array of objects. `nl`: one JSON object a line. Both in UTF-8, dates as ISO 8601 text.
- `csv`: RFC 4180. A text cell that a spreadsheet would run as a formula (it begins with = + - @, tab or
  carriage return) gets an apostrophe in front. An absent value is an empty cell.
- `tsv`: one line a row; in a cell a tab is \\t, a newline \\n, a carriage return \\r, a backslash \\\\.

Lists and mappings in csv and tsv are JSON. All but `table` are written as the rows come.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, Final, TextIO

from kb.views.text import json_safe, no_formula, tab_safe, visible
from kb.views.values import distinct, plain

Row = Sequence[Any]


def write_rows(
    columns: Sequence[str],
    rows: Iterable[Row],
    *,
    form: str,
    stream: TextIO,
    limit: int | None = None,
) -> tuple[int, bool]:
    """Write at most `limit` rows to `stream`; say how many were written, and whether there are more.

    >>> import sys
    >>> write_rows(["person", "moves"], [("Ann Lee", 2), ("Bo", 1)], form="nl", stream=sys.stdout, limit=1)
    {"person": "Ann Lee", "moves": 2}
    (1, True)
    """
    source = iter(rows)
    counted = _Counted(source if limit is None else islice(source, limit))
    _WRITERS[form](distinct(columns), counted, stream)
    more = limit is not None and counted.count == limit and next(source, None) is not None
    return counted.count, more


class _Counted(Iterator[list[Any]]):
    """Rows as plain values, and how many of them have passed."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self.rows, self.count = rows, 0

    def __next__(self) -> list[Any]:
        row = [plain(value) for value in next(self.rows)]
        self.count += 1
        return row


def _write_table(columns: list[str], rows: Iterator[list[Any]], stream: TextIO) -> None:
    from kb.views.table import write_table  # rich is loaded for tables only

    write_table(columns, rows, stream)


def _write_json(columns: list[str], rows: Iterator[list[Any]], stream: TextIO) -> None:
    before = "[\n"
    for row in rows:
        stream.write(before + _object(columns, row))
        before = ",\n"
    stream.write("[]\n" if before == "[\n" else "\n]\n")


def _write_lines(columns: list[str], rows: Iterator[list[Any]], stream: TextIO) -> None:
    for row in rows:
        stream.write(_object(columns, row) + "\n")


def _object(columns: list[str], row: list[Any]) -> str:
    return _json(dict(zip(columns, row, strict=True)))


def _json(value: Any) -> str:
    return json_safe(json.dumps(value, ensure_ascii=False))


def _write_csv(columns: list[str], rows: Iterator[list[Any]], stream: TextIO) -> None:
    harmless = _for_terminal(stream)

    def cell(value: Any) -> str:
        text = harmless(_cell(value))
        return no_formula(text) if isinstance(value, str) else text

    writer = csv.writer(stream)
    writer.writerow([cell(column) for column in columns])
    writer.writerows([cell(value) for value in row] for row in rows)


def _write_tsv(columns: list[str], rows: Iterator[list[Any]], stream: TextIO) -> None:
    harmless = _for_terminal(stream)
    for row in chain([columns], rows):
        stream.write("\t".join(harmless(tab_safe(_cell(value))) for value in row) + "\n")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else _json(value)


def _for_terminal(stream: TextIO) -> Callable[[str], str]:
    """A file gets every character as it is; a terminal gets none that it would obey."""
    return visible if stream.isatty() else str


_WRITERS: Final[dict[str, Callable[[list[str], Iterator[list[Any]], TextIO], None]]] = {
    "table": _write_table,
    "json": _write_json,
    "nl": _write_lines,
    "csv": _write_csv,
    "tsv": _write_tsv,
}
FORMATS: Final = tuple(_WRITERS)
