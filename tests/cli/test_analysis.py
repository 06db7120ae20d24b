"""`kb flows`, `kb departures`, `kb coverage` on seeds: their words, and what they say beside the rows."""

import json

import pytest
from click.testing import CliRunner

import kb
from kb.cli import main
from tests.folders import person, world, write_folder


def from_seeds(*words: str, seeds: str = "meta-ai-2025", form: str = "json"):
    return CliRunner().invoke(main, [*words, "--from-seeds", seeds, "--format", form])


def test_shell_and_python_give_the_same_flows():
    rows = json.loads(from_seeds("flows").stdout)
    found = kb.analysis.flows(kb.Snapshot.from_seeds("meta-ai-2025"))
    assert [(row["from_id"], row["to_id"], row["hires_of"]) for row in rows] == [
        (flow.from_id, flow.to_id, flow.hires.of) for flow in found
    ]


def test_no_engine_is_opened_for_seeds(monkeypatch):
    monkeypatch.setattr("kb.store.connect", None)
    assert from_seeds("departures", "meta").exit_code == 0


def test_what_was_left_out_is_said_beside_the_flows():
    answer = from_seeds("flows", form="table")
    assert answer.stderr == "Spells left out: 3 planned, 1 rumoured, 8 undated (kb flows --explain)\n"
    assert "1 of 2: 50 % (9–91)" in answer.stdout


def test_the_note_below_flows_of_one_organization_counts_its_own_spells():
    answer = from_seeds("flows", "--from", "meta", form="table")
    assert answer.stderr == "Spells at meta left out: 4 undated (kb flows --explain)\n"


def test_a_table_names_organizations_and_tells_namesakes_apart_by_their_ids(tmp_path):
    seeds = world(
        people={
            "ann": person("Ann", {"at": "meta", "end": 2012}, {"at": "openai", "start": 2013, "end": 2014})
        }
    )
    for body in seeds["organizations"].values():
        body["name"] = "Lab"
    answer = from_seeds("flows", seeds=str(write_folder(tmp_path / "a", seeds)), form="table")
    assert answer.stdout.splitlines()[2].split()[:4] == ["Lab", "(meta)", "Lab", "(openai)"]
    assert "Meta  " in from_seeds("flows", form="table").stdout


def test_the_matrix_says_what_it_has_no_room_for():
    answer = CliRunner().invoke(
        main, ["flows", "--matrix", "--from-seeds", "meta-ai-2025", "--format", "csv", "--limit", "2"]
    )
    assert answer.stdout.splitlines() == ["from,meta,openai", "meta,0,1", "openai,0,0"]
    assert "4 moves have an end elsewhere" in answer.stderr


def test_a_matrix_for_people_has_numbers_for_heads():
    lines = from_seeds("flows", "--matrix", "--limit", "2", form="table").stdout.splitlines()
    assert lines[0].split() == ["from", "no", "1", "2"]
    assert [line.split() for line in lines[2:]] == [["Meta", "1", "1"], ["OpenAI", "2"]]
    assert len(lines[2]) == len(lines[0])  # the move stands in the last column, which is that of OpenAI
    found = [from_seeds("flows", "--matrix", *more, form="csv").stdout for more in ([], ["--limit", "0"])]
    assert found[0] == found[1]


def test_planned_departures_are_marked_and_hearsay_comes_on_request(tmp_path):
    left = {"phase": "past", "certainty": "rumoured", "lines": 3}
    soon = {"phase": "planned", "lines": 3}
    job = {"at": "meta", "phase": "current"}
    people = {"ann": person("Ann", {**job, "left": left}), "bob": person("Bob", {**job, "left": soon})}
    folder = str(write_folder(tmp_path / "a", world(people=people)))
    rows = json.loads(from_seeds("departures", "meta", seeds=folder).stdout)
    assert [(row["name"], row["phase"]) for row in rows] == [("Bob", "planned")]
    rows = json.loads(from_seeds("departures", "meta", "--include-rumoured", seeds=folder).stdout)
    assert [(row["name"], row["certainty"]) for row in rows] == [("Ann", "rumoured"), ("Bob", "reported")]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param("flows --matrix --to meta", "--matrix is of all organizations", id="matrix of one"),
        pytest.param("flows --totals --since 2024", "--totals has no --since", id="totals since"),
        pytest.param("flows --matrix --totals", "--matrix and --totals are two questions", id="two views"),
        pytest.param("flows --from meta --to meta", "nobody moves from one to itself", id="to itself"),
        pytest.param("flows --explain --min 2", "--explain is of all moves", id="explain of some"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(words, message):
    answer = from_seeds(*words.split())
    assert answer.exit_code == 2
    assert message in answer.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param("departures mata", "kb: no entity `mata`. Did you mean meta", id="unknown"),
        pytest.param(
            "departures msl",
            "kb: `msl` counts as `meta` here. Ask for meta, or by team (--level team)",
            id="team",
        ),
        pytest.param(
            "departures hpe --from-seeds openstack",
            "kb: no entity `hpe`. Did you mean openstack/hpe?",
            id="id of a table",
        ),
        pytest.param("flows --since soon", "kb: 'soon' is not a date", id="no date"),
        pytest.param("coverage bert-maher", "kb: `bert-maher` is no organization, but a person", id="person"),
        pytest.param("flows --surprise", "kb: 5 moves, and surprise needs 20", id="too few"),
    ],
)
def test_what_cannot_be_answered_is_said_in_one_line(words, message):
    answer = from_seeds(*words.split())
    assert answer.exit_code == 1
    assert answer.stderr.startswith(message)
    assert answer.stderr.count("\n") == 1
