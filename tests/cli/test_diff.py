"""`kb diff`, on both engines."""

import json

import pytest
from click.testing import CliRunner

from kb.cli import main
from tests.folders import person, world, write_folder

EARLY = world("a", "2025-05", people={"ann": person("Ann", {"at": "meta", "start": 2020, "end": ".."})})
LATE = world(
    "b",
    "2025-07",
    people={"ann": person("Ann", {"at": "meta", "start": 2020, "left": {"date": "2025-06", "lines": 3}})},
)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    top = tmp_path_factory.mktemp("seeds")
    return {name: str(write_folder(top / name, data)) for name, data in (("a", EARLY), ("b", LATE))}


def kb(*words):
    return CliRunner().invoke(main, list(words))


def rows(result):
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_diff_of_the_graph_by_known_at_and_by_as_of(base, engine, folders):
    base.load(*folders.values())
    [known] = [
        row for row in rows(kb("diff", "2025-06", "2025-07", "--format", "json")) if row["kind"] == "left"
    ]
    assert known == {
        "kind": "left",
        "fact": "ann:departed:meta:1",
        "person": "ann",
        "origin": "meta",
        "destination": None,
        "earliest": "2025-06-01",
        "latest": "2025-06-30",
        "certainty": "reported",
        "as_of": None,
        "related": [],
        "changes": {},
    }
    [true] = rows(kb("diff", "2025-05", "2025-06", "--by", "as-of", "--format", "json"))
    assert true == {**known, "as_of": "yes"}
    assert (
        rows(kb("diff", "2025-05", "2025-06", "--by", "as-of", "--known-at", "2025-05", "--format", "json"))
        == []
    )


def test_diff_of_two_folders_needs_no_graph(folders):
    found = rows(kb("diff", folders["a"], folders["b"], "--format", "json"))
    assert "left" in {row["kind"] for row in found}
    assert rows(kb("diff", folders["a"], folders["a"], "--format", "json")) == []
    text = kb("diff", folders["a"], folders["b"], "--format", "table").stdout
    assert text.splitlines()[:2][0] == "Left"
    assert "Ann: from Meta" in text


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(["2025", "meta-ai-2025"], "Give two dates, or two folders", id="a date and a folder"),
        pytest.param(
            ["2024", "2025", "--by", "as-of", "--as-of", "2025"], "--as-of is what", id="as-of twice"
        ),
        pytest.param(["2024", "2025", "--known-at", "2025"], "--known-at is what", id="known-at twice"),
        pytest.param(
            ["meta-ai-2025", "meta-ai-2025", "--by", "as-of"], "--by is for two dates", id="folders by"
        ),
    ],
)
def test_diff_refuses_what_has_two_meanings(words, says):
    result = kb("diff", *words, "--from-seeds", "meta-ai-2025") if "2024" in words else kb("diff", *words)
    assert result.exit_code == 2
    assert says in result.stderr
