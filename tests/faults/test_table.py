"""The table of docs/explanation/faults.md says what these tests see."""

import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "explanation" / "faults.md"


def rows():
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    # The line of dashes begins with a bar and a blank too.
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_file_of_faults_has_a_row_and_every_row_a_file():
    files = {path.name for path in HERE.glob("test_*.py")} - {Path(__file__).name}
    assert {row[4].strip("`") for row in rows()} == files


def test_what_a_row_quotes_is_what_its_test_looks_for():
    for fault, seen, _, _, test in rows():
        text = (HERE / test.strip("`")).read_text(encoding="utf-8")
        for quoted in re.findall(r"`([^`]+)`", seen):
            assert quoted in text, fault
