"""Rows as a table for people, by rich: wide characters take two columns, and no text is taken as markup."""

import io
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, TextIO

from rich import box
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from kb.views.text import visible

_ENDLESS: Final = 1_000_000  # width where there is no terminal: nothing is wrapped
_WORDS: Final = re.compile(r"[\u2e80-\U0003ffff]|[^\s\u2e80-\U0003ffff]+")
_AFTER_UNDERSCORE: Final = re.compile("(?<=_)(?=.)")


def write_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], stream: TextIO) -> None:
    """Write a table: within the width of a terminal, else plain and as wide as it needs to be."""
    heads, held = [visible(column) for column in columns], [list(row) for row in rows]
    if not held:
        stream.write("no rows\n")
        return
    if stream.isatty():
        console = Console(file=stream)
        shown: RenderableType = _table(heads, held)
        if console.measure(shown, options=console.options.update(width=_ENDLESS)).maximum > console.width:
            shown = _folded(heads, held, console.width) or _records(heads, held)
        console.print(shown)
        return
    buffer = io.StringIO()
    Console(file=buffer, width=_ENDLESS, color_system=None).print(_table(heads, held))
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
            Text(column),
            justify="right" if numbers else "left",
            overflow="fold",
            width=widths[place] if widths else None,
        )
    for row in rows:
        table.add_row(*(Text(cell(value)) for value in row))
    return table


def _folded(heads: Sequence[str], rows: list[list[Any]], width: int) -> Table | None:
    """A table with long texts on several lines of a cell, or None if a word would have to be broken."""
    texts = [[cell(row[place]) for row in rows] for place in range(len(heads))]
    widths = [
        max(*map(_longest_word, column), *map(cell_len, _AFTER_UNDERSCORE.split(head)))
        for head, column in zip(heads, texts, strict=True)
    ]
    room = width - 2 * (len(heads) - 1) - sum(widths)
    if room < 0:
        return None
    wanted = [
        max(map(cell_len, [head, *column])) - has
        for head, column, has in zip(heads, texts, widths, strict=True)
    ]
    for place in sorted(range(len(heads)), key=lambda place: wanted[place]):
        more = min(room, wanted[place])  # what lacks little is made whole first
        widths[place] += more
        room -= more
    lines = [
        head if cell_len(head) <= has else _AFTER_UNDERSCORE.sub("\n", head)
        for head, has in zip(heads, widths, strict=True)
    ]
    return _table(lines, rows, widths)


def _longest_word(text: str) -> int:
    """How narrow a cell can be without breaking a word; texts in Chinese break anywhere.

    >>> _longest_word("2025-08-18"), _longest_word("Meta Platforms, Inc."), _longest_word("")
    (10, 10, 0)
    >>> _longest_word("\u4f2f\u7279\u00b7\u9a6c\u8d6b")
    2
    """
    return max(map(cell_len, _WORDS.findall(text)), default=0)


def _records(columns: Sequence[str], rows: list[list[Any]]) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", overflow="fold", max_width=24)
    grid.add_column(overflow="fold")
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            grid.add_row(Text(column), Text(cell(value)))
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
