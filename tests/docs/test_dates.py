"""The tables of dates and lengths in the docs say what the code does."""

import re
from pathlib import Path
from typing import Any

import pytest

from kb.dates import bounds
from kb.lengths import derive_start, parse_length

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "dates.md"


def rows(mark: str) -> list[Any]:
    """The rows of the table after a mark, as cases."""
    found = re.search(rf"<!-- {mark} -->\n+((?:\|.*\n)+)", PAGE.read_text(encoding="utf-8"))
    assert found, mark
    lines = [line.strip("|").split("|") for line in found[1].splitlines()[2:]]
    cells = [[cell.strip().strip("`") for cell in line] for line in lines]
    return [pytest.param(text, *days, id=text) for text, _, *days in cells]


@pytest.mark.parametrize(("text", "earliest", "latest"), rows("dates"))
def test_a_date_allows_the_days_that_the_table_says(text: str, earliest: str, latest: str) -> None:
    allowed = bounds(text)
    assert str(allowed.earliest or "none") == earliest
    assert ("open" if allowed.open_end else str(allowed.latest or "none")) == latest


@pytest.mark.parametrize(("text", "earliest", "latest"), rows("lengths"))
def test_a_start_is_worked_out_as_the_table_says(text: str, earliest: str, latest: str) -> None:
    start = derive_start(bounds("2025-08-31"), parse_length(text))
    assert (str(start.earliest), str(start.latest)) == (earliest, latest)
