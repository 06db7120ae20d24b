"""Rows in five formats, for people, programs and spreadsheets."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from neo4j.graph import Graph, Node, Path, Relationship
from neo4j.spatial import WGS84Point
from neo4j.time import Duration, Time
from rich.cells import cell_len

from kb.views.rows import FORMATS, write_rows
from kb.views.values import distinct, plain

HOSTILE = "a\x1b[2J\x9b31m\u202eb\u200b\r\n\tc[bold]:smile:"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def written(columns, rows, form, *, stream=None, limit=None):
    stream = stream if stream is not None else io.StringIO()
    write_rows(columns, rows, form=form, stream=stream, limit=limit)
    return stream.getvalue()


def without_bold(text):
    return text.replace("\x1b[1m", "").replace("\x1b[0m", "")  # the table's own


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_says_how_many_rows_it_wrote_and_whether_there_are_more(form):
    rows = [("a",), ("b",), ("c",)]
    for limit, expected in [(None, (3, False)), (3, (3, False)), (2, (2, True)), (0, (0, True))]:
        assert write_rows(["x"], rows, form=form, stream=io.StringIO(), limit=limit) == expected


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        pytest.param("table", "no rows\n", id="table"),
        pytest.param("json", "[]\n", id="json"),
        pytest.param("nl", "", id="nl"),
        pytest.param("csv", "a,b\r\n", id="csv"),
        pytest.param("tsv", "a\tb\n", id="tsv"),
    ],
)
def test_no_rows_are_still_a_whole_answer(form, expected):
    assert written(["a", "b"], [], form) == expected


def test_rows_are_written_as_they_come():
    def rows():
        for number in range(3):
            assert stream.getvalue().count("\n") == number
            yield (number,)

    stream = io.StringIO()
    write_rows(["n"], rows(), form="nl", stream=stream)


@given(st.lists(st.tuples(st.text(), st.none() | st.integers() | st.floats(allow_nan=False), st.booleans())))
def test_json_reads_back_what_was_written(rows):
    expected = [{"a": a, "b": plain(b), "c": c} for a, b, c in rows]
    assert json.loads(written(["a", "b", "c"], rows, "json")) == expected
    assert [json.loads(line) for line in written(["a", "b", "c"], rows, "nl").splitlines()] == expected


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1))
def test_tsv_is_one_line_a_row_and_reads_back(texts):
    lines = written(["a"], [(text,) for text in texts], "tsv").split("\n")[1:-1]
    meanings = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}
    assert len(lines) == len(texts)
    for line, text in zip(lines, texts, strict=True):
        back, rest = "", line
        while rest:
            step = 2 if rest[:2] in meanings else 1
            back, rest = back + meanings.get(rest[:step], rest[:step]), rest[step:]
        assert back == text


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1))
def test_csv_reads_back_and_begins_no_cell_as_a_formula(texts):
    text = written(["a"], [(text,) for text in texts], "csv")
    cells = [row[0] if row else "" for row in csv.reader(io.StringIO(text, newline=""))][1:]
    assert len(cells) == len(texts)
    for cell, given_text in zip(cells, texts, strict=True):
        assert cell in (given_text, f"'{given_text}")
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_negative_number_in_csv_stays_a_number():
    assert written(["=a"], [(-5,), ("-5",)], "csv") == "'=a\r\n-5\r\n'-5\r\n"


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_that_a_terminal_obeys_reaches_it(form):
    text = written([HOSTILE], [(HOSTILE,), ([HOSTILE],), ({HOSTILE: HOSTILE},)], form, stream=Terminal())
    shown = without_bold(text)
    assert not set("\x1b\x9b\u202e\u200b\t") & set(shown.replace("\t", "" if form == "tsv" else "\t"))
    assert "[bold]:smile:" in shown


def test_a_file_gets_csv_as_it_is():
    assert HOSTILE in written(["a"], [(HOSTILE,)], "csv")


def test_a_table_that_no_terminal_shows_is_plain_and_complete():
    text = written(["name", "n"], [("x" * 300, 140.0), ("伯特·马赫", None)], "table")
    lines = text.splitlines()
    assert lines[2] == "x" * 300 + "   140"
    assert lines[3] == "伯特·马赫"
    assert "\x1b" not in text


def test_wide_characters_keep_the_columns_of_a_table_straight():
    lines = written(["name", "at"], [("伯特·马赫", "m"), ("Ann", "m")], "table").splitlines()
    assert {cell_len(line.rpartition("m")[0]) for line in lines[2:]} == {len("伯特·马赫") * 2 - 1 + 3}


def test_a_table_keeps_within_its_terminal_and_loses_nothing(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    text = written(["name", "note"], [("Ann", "word " * 30)], "table", stream=Terminal())
    assert all(cell_len(line) <= 40 for line in without_bold(text).splitlines())
    assert text.count("word") == 30


def test_a_table_folds_its_longest_texts_before_it_breaks_a_word(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    rows = [("Afroz Mohiuddin", 8, "2025-08-01", "1 of 2: 50 % (9–91)")]
    text = without_bold(written(["name", "moves_back", "day", "exits"], rows, "table", stream=Terminal()))
    lines = text.splitlines()
    assert all(cell_len(line) <= 40 for line in lines)
    assert {"Afroz", "Mohiuddin", "moves_", "back", "2025-08-01", "(9–91)"} <= set(text.split())


@given(
    st.lists(st.text("ab 伯_.-", max_size=40), min_size=1, max_size=9),
    st.lists(st.text("ab 伯_.-", max_size=60), min_size=9, max_size=9),
    st.integers(20, 160),
)
def test_a_table_of_any_cells_keeps_within_any_terminal(heads, cells, width):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(width))
        text = written(heads, [cells[: len(heads)]], "table", stream=Terminal())
    assert all(cell_len(line) <= width for line in without_bold(text).splitlines())
    letters = "".join(cells[: len(heads)]) + "".join(heads)
    assert all(text.count(each) >= letters.count(each) for each in "ab伯")


def test_a_row_of_many_columns_is_shown_as_lines_on_a_narrow_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    columns = [f"column{n}" for n in range(8)]
    text = written(columns, [[f"value{n}" for n in range(8)]] * 2, "table", stream=Terminal())
    assert without_bold(text).splitlines()[0].split() == ["column0", "value0"]
    assert text.count("value7") == 2


def test_of_two_columns_with_one_name_both_are_kept():
    assert json.loads(written(["a", "a"], [(1, 2)], "nl")) == {"a": 1, "a_2": 2}
    assert distinct(["a", "a_2", "a", "a"]) == ["a", "a_2", "a_3", "a_4"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(date(2025, 8, 31), "2025-08-31", id="day"),
        pytest.param(datetime(2025, 8, 31, 12, tzinfo=UTC), "2025-08-31T12:00:00+00:00", id="time with zone"),
        pytest.param(Time(12, 30), "12:30:00.000000000", id="time of the driver"),
        pytest.param(Duration(months=14, days=3), "P1Y2M3D", id="length"),
        pytest.param(timedelta(days=1), "1 day, 0:00:00", id="anything else"),
        pytest.param(WGS84Point((1.0, 2.0)), {"srid": 4326, "x": 1.0, "y": 2.0}, id="point"),
        pytest.param(b"\x00\xff", "00ff", id="bytes"),
        pytest.param(float("-inf"), "-Infinity", id="a number that JSON lacks"),
        pytest.param({"b": (1, None), "a": {"c"}}, {"b": [1, None], "a": ["c"]}, id="nested"),
    ],
)
def test_every_value_of_a_database_has_a_plain_form(value, expected):
    assert plain(value) == expected


def test_nodes_edges_and_paths_are_mappings_with_our_ids():
    graph = Graph()
    ann = Node(graph, "4:1", 1, ["Person"], {"name": "Ann", "id": "ann"})
    meta = Node(graph, "4:2", 2, ["Organization", "Company"], {"id": "meta"})
    edge = graph.relationship_type("LEADS")(graph, "5:1", 1, {"id": "ann:leads:meta:1"})
    edge._start_node, edge._end_node = ann, meta
    shown = {"id": "ann", "labels": ["Person"], "properties": {"id": "ann", "name": "Ann"}}
    assert isinstance(edge, Relationship)
    assert plain(ann) == shown
    assert plain(meta)["labels"] == ["Company", "Organization"]
    assert plain(edge) == {
        "id": "ann:leads:meta:1",
        "type": "LEADS",
        "start": "ann",
        "end": "meta",
        "properties": {"id": "ann:leads:meta:1"},
    }
    assert plain(Path(ann, edge))["nodes"] == [shown, plain(meta)]
