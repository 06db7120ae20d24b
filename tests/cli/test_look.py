"""`kb find`, `kb show`, `kb why` and `kb schema`, on both engines."""

import json

import jsonschema
import pytest
from click.testing import CliRunner

from kb.cli import main
from kb.store.statements import schema_file
from tests.folders import person, world, write_folder

ANN = person(
    "Ann Lee",
    {"at": "meta", "title": "Engineer", "left": {"date": "2025-08", "to": "openai", "lines": 3}},
    {"at": "openai", "phase": "planned", "certainty": "rumoured"},
    name_zh="安·李",
)


@pytest.fixture(scope="module")
def loaded_once(shared_base, tmp_path_factory):
    shared_base.write("MATCH (n) DETACH DELETE n", timeout=None)
    shared_base.load(write_folder(tmp_path_factory.mktemp("seeds") / "tiny", world(people={"ann": ANN})))


@pytest.fixture
def loaded(loaded_once, engine, monkeypatch):
    for name, value in engine.environment.items():
        monkeypatch.setenv(name, value)
    return kb


def kb(*words):
    return CliRunner().invoke(main, list(words))


def ok(result):
    assert result.exit_code == 0, result.stderr
    return result


def rows(result):
    return [json.loads(line) for line in ok(result).stdout.splitlines()]


@pytest.mark.parametrize("words", [["安"], ["an li"], ["an", "li"], ["LEE"]], ids=str)
def test_find_prints_who_it_found_and_by_which_name(loaded, words):
    [row] = rows(loaded("find", *words))
    matched = row.pop("matched")
    assert matched in ("Ann Lee", "安·李")
    assert row == {"id": "ann", "type": "Person", "name": "Ann Lee", "name_zh": "安·李"}


def test_find_can_look_for_one_type(loaded):
    assert [row["id"] for row in rows(loaded("find", "a", "--type", "person"))] == ["ann"]
    assert ok(loaded("find", "ann", "--type", "company")).stdout == ""


@pytest.mark.parametrize(("form", "stdout"), [("table", ""), ("json", "[]\n"), ("nl", "")])
def test_find_says_on_stderr_that_it_found_nothing(loaded, form, stdout):
    result = ok(loaded("find", "zzzz", "--format", form))
    assert (result.stdout, result.stderr) == (stdout, "kb: nothing has a name like `zzzz`\n")


def test_find_stops_at_the_limit(loaded):
    result = ok(loaded("find", "e", "--limit", "1"))
    assert len(result.stdout.splitlines()) == 1
    assert result.stderr.startswith("1 row shown, there are more")


def test_show_prints_a_career_with_its_certainties(loaded):
    text = ok(loaded("show", "ann", "--include-rumoured", "--format", "table")).stdout
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert lines[0] == "Ann Lee 安·李 ann · Person"
    assert lines[1:6] == [
        "",
        "Timeline",
        "until 2025-08 Engineer at Meta • reported ann:employed_at:meta:1",
        "2025-08 left Meta for Openai • reported ann:departed:meta:1",
        "planned at Openai ? rumoured, planned ann:employed_at:openai:1",
    ]
    assert lines[-2:] == [
        "4 claims from 1 source: A talk (talk-tiny)",
        "What a fact rests on: kb why ann:employed_at:meta:1",
    ]


def test_show_prints_rows(loaded):
    found = {row["kind"]: row for row in rows(loaded("show", "ann"))}
    assert found["departed"] == {
        "kind": "departed",
        "id": "ann:departed:meta:1",
        "what": "left Meta for Openai",
        "when": "2025-08",
        "certainty": "reported",
        "phase": "past",
    }
    assert (found["name_zh"]["id"], found["name_zh"]["what"]) == ("ann", "安·李")


def test_show_leaves_rumours_out_and_says_how_many(loaded):
    result = ok(loaded("show", "ann"))
    assert "openai:1" not in result.stdout
    assert result.stderr == "1 rumoured fact left out: --include-rumoured shows it\n"


def test_show_of_a_day_has_the_facts_of_that_day(loaded):
    found = {row["id"]: row for row in rows(loaded("show", "ann", "--as-of", "2025-07"))}
    assert "ann:departed:meta:1" not in found
    assert found["ann:employed_at:meta:1"] == {
        "kind": "employed_at",
        "id": "ann:employed_at:meta:1",
        "what": "Engineer at Meta",
        "when": None,
        "certainty": "reported",
        "phase": "current",
        "as_of": "possible",
    }
    text = ok(loaded("show", "ann", "--as-of", "2025-07", "--format", "table")).stdout
    assert "• reported, possible" in text


def test_show_of_what_was_known_at_a_day_has_no_more(loaded):
    result = loaded("show", "ann", "--known-at", "2025-07")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("kb: nothing has the id `ann` known at 2025-07-31")
    assert ok(loaded("show", "ann", "--known-at", "2025-08")).stdout


def test_find_can_look_at_what_was_known_at_a_day(loaded):
    assert ok(loaded("find", "ann", "--known-at", "2025-07")).stdout == ""
    assert [row["id"] for row in rows(loaded("find", "ann", "--known-at", "2025-08"))] == ["ann"]


def test_why_says_what_a_fact_was_on_a_day(loaded):
    found = rows(loaded("why", "ann:employed_at:meta:1", "--as-of", "2025-07"))
    told = {row["property"]: row["value"] for row in found if row["standing"] == "as_of"}
    assert told["as_of"] == "possible"
    assert (told["phase"], told["end_text"]) == ("current", "..")
    held = {row["property"]: row["value"] for row in found if row["standing"] == "held"}
    assert (held["phase"], held["end"]) == ("past", "2025-08")
    text = ok(loaded("why", "ann:departed:meta:1", "--as-of", "2025-07", "--format", "table")).stdout
    assert "Does not hold on 2025-07-31" in text


def test_why_of_a_rumour_says_that_others_leave_it_out(loaded):
    assert "--include-rumoured" in ok(loaded("why", "ann:employed_at:openai:1")).stderr
    assert ok(loaded("why", "ann:employed_at:openai:1", "--include-rumoured")).stderr == ""


def test_seeds_are_read_without_a_graph(monkeypatch, tmp_path):
    monkeypatch.setenv("KB_HOME", str(tmp_path / "none"))
    for words in (["show", "bert-maher"], ["find", "bert"], ["why", "bert-maher:departed:meta:1"]):
        result = ok(kb(*words, "--from-seeds", "meta-ai-2025", "--as-of", "2025-08"))
        assert "bert-maher" in result.stdout
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("option", ["--as-of", "--known-at"])
def test_a_day_that_is_none_is_said_in_one_line(option):
    result = kb("show", "ann", option, "soon", "--from-seeds", "meta-ai-2025")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("kb: 'soon' is not a date")


@pytest.mark.parametrize("words", [["query", "RETURN 1 AS n"], ["run", "rumours"], ["shell"]], ids=str)
def test_cypher_is_not_asked_of_another_time(words):
    result = kb(*words, "--as-of", "2025")
    assert result.exit_code == 2
    assert "--as-of is not for Cypher" in result.stderr


def test_show_prints_no_more_than_the_limit(loaded):
    result = ok(loaded("show", "ann", "--include-rumoured", "--format", "table", "--limit", "1"))
    assert result.stdout.count("employed_at") == 2  # one fact, and the hint
    assert result.stderr == "1 row shown, there are more: --limit 0 for all\n"


def test_show_of_an_id_that_is_not_there_names_the_nearest(loaded):
    result = loaded("show", "anna")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "kb: nothing has the id `anna`. Did you mean ann?\n"


def test_why_prints_values_with_their_claims(loaded):
    text = ok(loaded("why", "ann:employed_at:meta:1", "--format", "table")).stdout
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert lines[0] == "ann:employed_at:meta:1 Ann Lee · EMPLOYED_AT · Meta"
    assert "title Engineer [1]" in lines
    assert "end 2025-08 from the departure" in lines
    assert "[1] • reported A talk, line 2, published by 2025-08-31" in lines
    assert "tiny/ann:employed_at:meta · talk-tiny" in lines
    assert lines[-1] == "Its departure: ann:departed:meta:1"


def test_why_of_a_fact_without_its_number_names_the_fact(loaded):
    result = loaded("why", "ann:employed_at:meta")
    assert result.exit_code == 1
    assert "Did you mean ann:employed_at:meta:1?" in result.stderr


def test_find_needs_something_to_look_for(loaded):
    result = loaded("find", " ")
    assert result.exit_code == 2, result.stderr


def test_schema_prints_a_type():
    text = ok(kb("schema", "--label", "person", "--format", "table")).stdout
    assert text.startswith("(:Person)   A human being whom a source names.\n")


def test_schema_prints_rows():
    found = rows(kb("schema", "--label", "DEPARTED"))
    assert found[0]["from"] == ["Person"]
    phase = next(row for row in found if row["property"] == "phase")
    assert (phase["holds"], phase["values"]) == ("text", ["planned", "current", "past"])


def test_schema_prints_the_constraints():
    assert ok(kb("schema", "--format", "cypher")).stdout == schema_file()


def test_schema_prints_a_diagram():
    assert ok(kb("schema", "--format", "mermaid")).stdout.startswith("erDiagram\n    Person {\n")


def test_schema_prints_what_editors_check_seeds_with():
    schema = json.loads(ok(kb("schema", "--format", "jsonschema")).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(world(people={"ann": ANN}), schema)


def test_schema_of_a_type_that_is_not_there_names_the_nearest():
    result = kb("schema", "--label", "Persom")
    assert (result.exit_code, result.stderr) == (
        1,
        "kb: no label or edge type `Persom`. Did you mean Person?\n",
    )


def test_schema_refuses_to_cut_what_is_one_for_all_types():
    assert kb("schema", "--label", "Person", "--format", "cypher").exit_code == 2
