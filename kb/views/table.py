"""Rows as a table for people, by rich: wide characters take two columns, and no text is taken as markup."""

import io
import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, TextIO

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from kb.views.text import visible

_ENDLESS: Final = 1_000_000  # width where there is no terminal: nothing is wrapped
_NARROWEST: Final = 12  # where columns would get less than this, each row is shown as lines of its own


def write_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], stream: TextIO) -> None:
    """Write a table: within the width of a terminal, else plain and as wide as it needs to be."""
    held = [list(row) for row in rows]
    if not held:
        stream.write("no rows\n")
        return
    if stream.isatty():
        console = Console(file=stream)
        table = _table(columns, held)
        needed = console.measure(table, options=console.options.update(width=_ENDLESS)).maximum
        crowded = needed > console.width and console.width < len(columns) * (_NARROWEST + 3)
        console.print(_records(columns, held) if crowded else table)
        return
    buffer = io.StringIO()
    Console(file=buffer, width=_ENDLESS, color_system=None).print(_table(columns, held))
    stream.writelines(f"{line.rstrip()}\n" for line in buffer.getvalue().splitlines())


def _table(columns: Sequence[str], rows: list[list[Any]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for place, column in enumerate(columns):
        numbers = all(row[place] is None or _is_number(row[place]) for row in rows)
        table.add_column(Text(visible(column)), justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell(value)) for value in row))
    return table


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
