"""`kb conflicts`, `kb identity` and `kb forget`, on both engines."""

import json

import pytest

from tests.folders import person, world, write_folder
from tests.resolve.test_identity import decisions, same

DATA = world(
    people={
        "ann": person("Ann Lee", {"at": "meta", "phase": "current", "start": "2015"}),
        "ann-lee": person("Ann Lee", {"at": "meta", "phase": "current"}),
        "bob": person("Bob Ray"),
    },
    events={"party": {"name": "Party for Bob Ray", "kind": "party", "lines": 1, "involves": ["bob"]}},
)


@pytest.fixture
def loaded(base, tmp_path):
    base.load(write_folder(tmp_path / "tiny", DATA))
    return base


def rows(result):
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_identity_lists_decisions_and_suggests_pairs(loaded, run_kb, tmp_path):
    (pair,) = rows(run_kb("identity", "suggest", "--type", "person", "--format", "json"))
    assert (pair["one"], pair["other"], pair["score"]) == ("ann", "ann-lee", 0.8)
    judged = decisions(identity=[same("ann", "ann-lee")])
    loaded.load(write_folder(tmp_path / "judge", judged))
    assert rows(run_kb("identity", "--format", "json")) == [
        {
            "kind": "same",
            "ids": ["ann", "ann-lee"],
            "survivor": "ann",
            "who": "curator",
            "when": "2025-09-01",
            "why": "The same page names both.",
            "dataset": "judge",
        }
    ]
    assert rows(run_kb("identity", "suggest", "--type", "person", "--format", "json")) == []
    shown = run_kb("why", "ann", "--format", "table").stdout
    assert "Decided" in shown
    assert "same  ann, ann-lee  by curator on 2025-09-01" in shown


def test_conflicts_prints_rows(loaded, run_kb, tmp_path):
    late = world(
        "late",
        "2025-09-30",
        people={"ann": person("Ann Lee", {"at": "meta", "phase": "current", "start": "2016"})},
    )
    loaded.load(write_folder(tmp_path / "late", late))
    (row,) = rows(run_kb("conflicts", "--format", "json"))
    assert row == {
        "fact": "ann:employed_at:meta:1",
        "property": "start",
        "held": "2016",
        "held_claim": "late/ann:employed_at:meta",
        "held_source": "talk-late",
        "lost": "2015",
        "lost_claim": "tiny/ann:employed_at:meta",
        "lost_source": "talk-tiny",
        "rule": "later publication",
    }
    assert rows(run_kb("conflicts", "--known-at", "2025-08", "--format", "json")) == []


def test_forget_writes_hashes_and_the_next_load_takes_the_person_out(loaded, run_kb, tmp_path):
    mine = str(tmp_path / "mine")
    done = run_kb("forget", "bob", "--folder", mine)
    assert done.exit_code == 0
    assert f"`kb load {mine}` takes them out" in done.stderr
    (entry,) = rows(run_kb("forget", "--list", "--folder", mine, "--format", "json"))
    assert "bob" not in json.dumps(entry)
    assert run_kb("show", "party").exit_code == 0
    loaded.load(mine)
    assert run_kb("show", "bob").exit_code == 1
    assert run_kb("show", "party").exit_code == 1, "an event whose name has theirs"
    assert run_kb("forget", "Bob Ray", "--remember", "--folder", mine).exit_code == 0
    loaded.load(mine, tmp_path / "tiny")
    assert run_kb("show", "bob").exit_code == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        pytest.param(["bobb"], 1, "Did you mean bob?", id="a slip"),
        pytest.param(["meta"], 1, "`meta` is no person", id="an organization"),
        pytest.param([], 2, "Say whom: PERSON, or --list.", id="no one"),
        pytest.param(["bob", "--remember"], 1, "`bob` is not on the list", id="not listed"),
    ],
)
def test_forget_refuses_what_is_no_person(loaded, run_kb, tmp_path, words, code, said):
    result = run_kb("forget", *words, "--folder", str(tmp_path / "mine"))
    assert (result.exit_code, said in result.stderr) == (code, True), result.stderr
