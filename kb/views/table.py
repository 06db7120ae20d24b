"""Rows as a table for people, by rich: wide characters take two columns, and no text is taken as markup."""

import io
import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, TextIO

from rich import box
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from kb.views.text import visible

_ENDLESS: Final = 1_000_000  # width where there is no terminal: nothing is wrapped
_LONGEST: Final = 22  # a word that is wider may be broken


def write_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], stream: TextIO) -> None:
    """Write a table: within the width of a terminal, else plain and as wide as it needs to be."""
    held = [list(row) for row in rows]
    if not held:
        stream.write("no rows\n")
        return
    if stream.isatty():
        console = Console(file=stream)
        shown: RenderableType = _table(columns, held)
        if console.measure(shown, options=console.options.update(width=_ENDLESS)).maximum > console.width:
            shown = _folded(columns, held, console.width) or _records(columns, held)
        console.print(shown)
        return
    buffer = io.StringIO()
    Console(file=buffer, width=_ENDLESS, color_system=None).print(_table(columns, held))
    stream.writelines(f"{line.rstrip()}\n" for line in buffer.getvalue().splitlines())


def _table(columns: Sequence[str], rows: list[list[Any]], widths: Sequence[int] | None = None) -> Table:
    """As wide as its cells, or with the widths of its columns, which then stand closer."""
    table = Table(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        header_style="bold",
        collapse_padding=widths is not None,
    )
    for place, column in enumerate(columns):
        numbers = all(row[place] is None or _is_number(row[place]) for row in rows)
        table.add_column(
            Text(visible(column)),
            justify="right" if numbers else "left",
            overflow="fold",
            width=widths[place] if widths else None,
        )
    for row in rows:
        table.add_row(*(Text(cell(value)) for value in row))
    return table


def _folded(columns: Sequence[str], rows: list[list[Any]], width: int) -> Table | None:
    """A table with long texts on several lines of a cell, or None if it is too narrow even so."""
    heads = [visible(column).replace("_", " ") for column in columns]
    texts = [[head, *(cell(row[place]) for row in rows)] for place, head in enumerate(heads)]
    least = [max(_least(text) for text in column) for column in texts]
    room = width - 2 * (len(columns) - 1) - sum(least)
    if room < 0:
        return None
    short = [max(map(cell_len, column)) - has for column, has in zip(texts, least, strict=True)]
    for place in sorted(range(len(columns)), key=lambda place: short[place]):
        more = min(room, short[place])  # what lacks little is made whole first
        least[place] += more
        room -= more
    return _table(heads, rows, least)


def _least(text: str) -> int:
    """How narrow a cell can be without breaking a word, unless it is very long.

    >>> _least("2025-08-18"), _least("Meta Platforms, Inc."), _least("")
    (10, 10, 0)
    """
    return min(_LONGEST, max(map(cell_len, text.split()), default=0))


def _records(columns: Sequence[str], rows: list[list[Any]]) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", overflow="fold", max_width=24)
    grid.add_column(overflow="fold")
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            grid.add_row(Text(visible(column)), Text(cell(value)))
        if row is not rows[-1]:
            grid.add_row()
    return grid


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def cell(value: Any) -> str:
    """A plain value as one line that a person reads.

    >>> cell(140.0), cell(None), cell(["a", "b"]), cell({"id": "meta"})
    ('140', '', 'a, b', '{"id": "meta"}')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, list) and not any(isinstance(item, list | dict) for item in value):
        return ", ".join(cell(item) for item in value)
    return visible(json.dumps(value, ensure_ascii=False)) if isinstance(value, list | dict) else str(value)
