"""The page of benchmarks can be written, and says when answers do not agree."""

import doctest

import pytest

from benchmarks import page
from benchmarks.__main__ import SECTIONS
from benchmarks.page import PAGE, Table, written

TABLE = Table("Made up", ("way", "s"), [["loop", 12.345], ["kb", None]])


@pytest.mark.parametrize("section", [*SECTIONS, "peers"])
def test_each_section_has_its_place_in_the_page(section):
    text = PAGE.read_text(encoding="utf-8")
    fresh = written(text, section, [TABLE])
    assert (
        "Made up. All answers in it agree.\n\n| way | s |\n| --- | ---: |\n| loop | 12.3 |\n| kb |  |\n"
        in fresh
    )
    assert fresh.count("<!-- bench: ") == text.count("<!-- bench: ") == fresh.count("<!-- end -->")
    assert written(fresh, section, [TABLE]) == fresh


def test_a_table_whose_answers_differ_says_so():
    assert "**The answers do not agree.**" in str(Table("Made up", ("way",), [["loop"]], agree=False))


def test_the_examples_of_the_page_hold():
    assert doctest.testmod(page).failed == 0
