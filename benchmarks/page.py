"""Tables of results: printed, and written into docs/benchmarks.md between the marks of their section."""

import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

PAGE: Final = Path(__file__).parents[1] / "docs" / "benchmarks.md"


@dataclass(frozen=True)
class Table:
    """A table of a section. `agree` says whether all answers in it were equal."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    agree: bool = True

    def __str__(self) -> str:
        marks = ["---" if isinstance(cell, str) else "---:" for cell in self.rows[0]]
        lines = [self.columns, marks, *[[shown(cell) for cell in row] for row in self.rows]]
        said = "All answers in it agree." if self.agree else "**The answers do not agree.**"
        return "\n".join([f"{self.title}. {said}", "", *[f"| {' | '.join(line)} |" for line in lines], ""])


def shown(cell: Any) -> str:
    """A number for a reader: three figures that count; nothing for what was not measured.

    >>> shown(0.01234), shown(12.345), shown(1234567), shown(123.4), shown(None)
    ('0.0123', '12.3', '1,234,567', '123', '')
    """
    if isinstance(cell, float):
        places = 0 if cell >= 100 else 1 if cell >= 10 else 2 if cell >= 1 else 3 if cell >= 0.1 else 4
        return f"{cell:,.{places}f}"
    return f"{cell:,}" if isinstance(cell, int) else cell or ""


def machine() -> str:
    """What the numbers of seconds depend on, in plain words."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    busy = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} processors ({platform.machine()}), {memory:.0f} GiB of memory, "
        f"Python {platform.python_version()}; {busy:.1f} processes were running on average when it ended"
    )


def written(text: str, section: str, tables: Sequence[Table]) -> str:
    """A page with new tables between the marks of a section.

    Raises: ValueError if the page has no such marks.

    >>> written("<!-- bench: x -->old<!-- end -->", "x", []).splitlines()[0]
    '<!-- bench: x -->'
    """
    found = re.compile(rf"(?<=<!-- bench: {re.escape(section)} -->).*?(?=<!-- end -->)", re.DOTALL)
    if not found.search(text):
        raise ValueError(f"the page has no marks for `{section}`")
    body = "\n".join(["", f"Measured on {machine()}.", "", *map(str, tables), ""])
    return found.sub(lambda _: body, text, count=1)
