"""What `kb validate` says: mistakes, and what rules did with rows of tables."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from kb.errors import Problem
from kb.ledger.notices import Notice
from kb.ledger.table_files import rows_shown

COLUMNS: Final = ("level", "file", "line", "column", "what", "hint", "rule", "count", "rows")


def rows(problems: Iterable[Problem], notices: Iterable[Notice]) -> Iterator[Sequence[Any]]:
    """Mistakes, then notices, as rows."""
    for problem in problems:
        place = (problem.file, problem.line, problem.column)
        yield ("mistake", *place, problem.what, problem.hint, None, None, None)
    for notice in notices:
        what = (notice.what, None, notice.rule, notice.count, list(notice.rows))
        yield ("notice", notice.file or None, notice.rows[0] if notice.rows else None, None, *what)


def sentence(notice: Notice) -> str:
    """A notice as a line for people.

    >>> sentence(Notice("spells.csv", "bad_date", "`end` is no date: read as unknown", 2, (7, 9), "soon"))
    'spells.csv: 2 rows: `end` is no date: read as unknown (`soon`), rows 7, 9 [bad_date]'
    """
    where = f"{notice.file}: " if notice.file else ""
    word = "row" if notice.file else "claim"
    counted = f"{notice.count:,} {word}{'s' * (notice.count != 1)}"
    example = f" (`{notice.example[:60]}`)" if notice.example else ""
    listed = f", {rows_shown(notice.rows, notice.count)}" if notice.rows else ""
    return f"{where}{counted}: {notice.what}{example}{listed} [{notice.rule}]"
