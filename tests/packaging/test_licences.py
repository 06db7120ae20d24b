"""The page of licences says what the installed libraries say."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "licences.md"


def test_the_page_is_what_the_installed_libraries_say() -> None:
    made = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "licences.py")], capture_output=True, text=True, check=True
    )
    assert made.stdout == PAGE.read_text(encoding="utf-8"), "after a change of libraries: make licences"


@pytest.mark.parametrize("word", ["GPL", "SSPL", "BUSL", "AGPL", "not said", "UNKNOWN"])
def test_no_library_forbids_to_ship_the_project(word: str) -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert not [row for row in rows if word in row]
