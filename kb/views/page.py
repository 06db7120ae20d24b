"""A page for people: sections of lines on a terminal, within its width, or plain and complete in a file."""

import io
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TextIO

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from kb.views.text import visible

MARKS: Final = {"confirmed": "✓ confirmed", "reported": "• reported", "rumoured": "? rumoured"}
_COLOURS: Final = {"confirmed": "green", "reported": "", "rumoured": "yellow"}
_INDENT: Final = "  "
_DAYS: Final = 24  # width of "[2025-08-18..2025-08-31]"
_ENDLESS: Final = 1_000_000  # width where there is no terminal: nothing is wrapped


@dataclass(frozen=True)
class Line:
    """One fact as a profile tells it; `kind` is its predicate, or the name of a property."""

    kind: str
    id: str
    what: str
    when: str = ""
    certainty: str | None = None
    phase: str | None = None
    as_of: str | None = None


@dataclass(frozen=True)
class Section:
    """Lines under a title."""

    title: str
    lines: Sequence[Line]


def write_page(blocks: Iterable[RenderableType], stream: TextIO) -> None:
    """Write blocks one under the other; colours and wrapping only where the stream is a terminal."""
    if stream.isatty():
        console = Console(file=stream, highlight=False)
        for block in blocks:
            console.print(_fitting(block, console))
        return
    buffer = io.StringIO()
    console = Console(file=buffer, width=_ENDLESS, color_system=None, highlight=False)
    for block in blocks:
        console.print(_fitting(block, console))
    stream.writelines(f"{line.rstrip()}\n" for line in buffer.getvalue().splitlines())


def text(data: str, style: str = "") -> Text:
    """Text that came from data: no markup, and nothing that a terminal would obey."""
    return Text(visible(data), style=style)


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> count(1, "source"), count(2_000, "person", "people")
    ('1 source', '2,000 people')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def mark(certainty: str | None, phase: str | None = None, as_of: str | None = None) -> Text:
    """The sign and the word of a certainty; beside it, that it is planned, or only possible at a day."""
    shown = Text(MARKS.get(certainty or "", certainty or ""), style=_COLOURS.get(certainty or "", ""))
    if phase == "planned":
        shown.append(", planned" if certainty else "planned", style="cyan")
    if as_of == "possible":
        shown.append(", possible" if len(shown) else "possible", style="magenta")
    return shown


def pairs(rows: Iterable[tuple[str, str]]) -> Table:
    """Names with their values."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in rows:
        grid.add_row(text(name), text(value))
    return grid


@dataclass(frozen=True)
class Facts:
    """Sections with their columns in line: when, what, how sure, and the fact's id."""

    sections: Sequence[Section]

    def grid(self, *, wide: bool) -> Table:
        """As a table; where it is not wide, the id stands under what it is the id of."""
        grid = Table.grid(padding=(0, 2))
        grid.add_column(overflow="fold", max_width=None if wide else 27)
        grid.add_column(overflow="fold", ratio=None if wide else 1)
        grid.add_column(no_wrap=wide)
        grid.add_column(style="dim", overflow="fold")
        for number, section in enumerate(self.sections):
            if number:
                grid.add_row()
            grid.add_row(text(section.title, "bold"))
            for line in section.lines:
                when = _when(line, None if wide else _DAYS)
                what, sign = text(line.what), mark(line.certainty, line.phase, line.as_of)
                if wide:
                    grid.add_row(when, what, sign, text(line.id))
                else:
                    grid.add_row(when, Text("\n").join([what, text(line.id, "dim")]), sign)
        return grid


def _when(line: Line, width: int | None) -> Text:
    """The time of a fact, or its phase; broken between words where there is little room."""
    said = visible(line.when or line.phase or "")
    lines = textwrap.wrap(said, width, break_long_words=False, break_on_hyphens=False) if width else [said]
    return Text("\n".join(_INDENT + each for each in lines))


def _fitting(block: RenderableType, console: Console) -> RenderableType:
    """Facts as wide as there is room for."""
    if not isinstance(block, Facts):
        return block
    wide = block.grid(wide=True)
    needed = console.measure(wide, options=console.options.update(width=_ENDLESS)).maximum
    return wide if needed <= console.width else block.grid(wide=False)
