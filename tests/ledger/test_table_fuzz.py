"""Whatever stands in a table or in its mapping: it is read, or refused with a mistake that has a place."""

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kb.errors import KbError, SeedError
from kb.ledger import Ledger, read_folder
from kb.ledger.table_ids import _ASCII_SLUG
from kb.names import slug
from kb.resolve import resolve
from tests.folders import write_folder
from tests.tables import SPELLS, mapped

SOME = settings(max_examples=25, deadline=None)
CELLS = st.text(max_size=12) | st.sampled_from(
    [
        "",
        " ",
        "Ann",
        "Acme",
        "2020",
        "2020-13",
        "..",
        "NULL",
        '"',
        "a,b",
        "\t",
        "=1+1",
        "安",
        "'; DROP TABLE x",
        "\x00",
    ]
)
NAMES = ["spells.csv", "spells.tsv", "spells.jsonl", "spells.json", "spells.parquet", "spells.csv.gz"]
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | CELLS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(CELLS | st.sampled_from(sorted(SPELLS)), inner, max_size=3)
    ),
    max_leaves=6,
)


def read_or_refuse(folder: Path) -> Ledger | None:
    try:
        ledger = read_folder(folder)
        resolve(ledger, claims=False)
        return ledger
    except SeedError as error:
        assert all(
            problem.line >= 1 and problem.what and "\n" not in str(problem) for problem in error.problems
        )
    except KbError as error:
        assert "\n" not in str(error)
    return None


@SOME
@given(st.lists(st.lists(CELLS, min_size=1, max_size=6), max_size=4), st.sampled_from(NAMES[:2]))
def test_rows_of_any_texts_are_read_or_refused(rows, name):
    separator = "\t" if name.endswith("tsv") else ","
    lines = [
        separator.join(("who", "where", "title", "start", "end")),
        *[separator.join(row) for row in rows],
    ]
    with tempfile.TemporaryDirectory() as top:
        read_or_refuse(
            mapped(Path(top) / "tab", "\n".join(lines).encode("utf-8", "surrogatepass"), file=name)
        )


@SOME
@given(st.binary(max_size=200), st.sampled_from(NAMES))
def test_a_file_of_any_bytes_is_read_or_refused(content, name):
    with tempfile.TemporaryDirectory() as top:
        folder = mapped(Path(top) / "tab", "", file=name)
        (folder / name).write_bytes(content)
        read_or_refuse(folder)


@SOME
@given(st.lists(VALUES, max_size=4), st.booleans())
def test_records_of_any_json_are_read_or_refused(records, lines):
    text = "\n".join(map(json.dumps, records)) if lines else json.dumps(records)
    with tempfile.TemporaryDirectory() as top:
        read_or_refuse(mapped(Path(top) / "tab", text, file="spells.jsonl" if lines else "spells.json"))


@SOME
@given(
    st.dictionaries(
        st.sampled_from([*sorted(SPELLS), "rules", "ids", "kinds", "only", "skip", "locator", "each"]),
        VALUES,
        max_size=3,
    )
)
def test_a_mapping_of_anything_is_taken_or_refused(changes):
    with tempfile.TemporaryDirectory() as top:
        data = {
            "source": "list",
            "dataset": {"id": "tab", "title": "A table", "licence": "CC0-1.0"},
            "sources": {"list": {"name": "A list", "kind": "data set", "published": "2025"}},
            "tables": {"spells": {**SPELLS, **changes}},
        }
        folder = write_folder(Path(top) / "tab", data)
        (folder / "spells.csv").write_text("who,where,title,start,end\nAnn,Acme,,2020,\n")
        read_or_refuse(folder)


@given(st.text(st.characters(min_codepoint=1, max_codepoint=127), max_size=30))
def test_slugs_made_by_sql_are_those_of_names(text):
    made = Ledger().execute(f"SELECT {_ASCII_SLUG} FROM (SELECT ? AS key)", [text])[0][0]
    assert made == slug(text)
