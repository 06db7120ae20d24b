"""`kb shell`: statements one after the other, and the commands that begin with a colon."""

import json
import stat

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from kb.cli.options import Output
from kb.cli.prompt import Words, converse, history
from kb.cli.repl import COMMANDS, Repl
from kb.cli.suggest import suggestions


def rows(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_statements_run_one_after_the_other(run_kb):
    result = run_kb(
        "shell", stdin="RETURN 1\n  AS n;\n\nRETURN ';' AS n; RETURN 3 AS n; // end\nRETURN 4 AS n"
    )
    assert [row["n"] for row in rows(result)] == [1, ";", 3, 4]
    assert (result.exit_code, result.stderr) == (0, "")


def test_a_statement_that_fails_ends_the_run(run_kb):
    result = run_kb("shell", stdin="RETURN 1 AS n;\nRETURN nonsense;\nRETURN 3 AS n;\n")
    assert rows(result) == [{"n": 1}]
    assert result.exit_code == 1
    assert result.stderr.startswith("kb: ")
    assert result.stderr.count("\n") == 1


def test_the_shell_only_reads_unless_it_is_told_to_write(run_kb, base):
    statement = "CREATE (:Person {id: 'zed', name: 'Zed'});"
    assert run_kb("shell", stdin=statement).exit_code == 1
    assert base.query("MATCH (p:Person) RETURN p.id").rows == []
    assert run_kb("shell", "--write", stdin=statement).exit_code == 0
    assert base.query("MATCH (p:Person) RETURN p.id").rows == [("zed",)]


def test_parameters_last_for_the_whole_shell(run_kb):
    result = run_kb(
        "shell", stdin=":param n 2\n:param $m '\"x\"'\nRETURN $n + 1 AS n;\nRETURN $m AS m;\n:param\n"
    )
    assert rows(result) == [
        {"n": 3},
        {"m": "x"},
        {"parameter": "m", "value": "x"},
        {"parameter": "n", "value": 2},
    ]


def test_rows_keep_the_format_and_the_limit_of_the_command(run_kb):
    result = run_kb("shell", "--format", "tsv", "--limit", "1", stdin="UNWIND [1, 2] AS n RETURN n;")
    assert result.stdout == "n\n1\n"
    assert "--limit 0" in result.stderr


def test_a_query_of_the_library_runs_in_the_shell(run_kb, base):
    result = run_kb("shell", stdin=":run departures org=meta\n:run events\n")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        pytest.param(":halp", "no command `:halp`. Did you mean :help?", id="unknown"),
        pytest.param(":run", ":run needs the name of a query", id="no name"),
        pytest.param(
            ":run departures meta", "`meta` is not NAME=VALUE. Example: :run departures org=meta", id="loose"
        ),
        pytest.param(":run departures", "`departures` needs `org`", id="missing"),
        pytest.param(":param a", ":param takes a name and a value", id="no value"),
        pytest.param(":run 'a", "is not written as a shell would take it", id="open quote"),
        pytest.param("RETURN $x;", "no value for parameter $x. Set it with :param x VALUE", id="unset"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(run_kb, entry, message):
    result = run_kb("shell", stdin=entry)
    assert result.exit_code == 1
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


def test_help_schema_and_queries_show_what_there_is(run_kb):
    text = run_kb("shell", stdin=":help").output
    assert all(name in text for name in COMMANDS)
    found = {row["type"]: row for row in rows(run_kb("shell", stdin=":schema"))}
    assert "name_zh" in found["Person"]["properties"]
    assert found["[:EMPLOYED_AT]"]["joins"] == "Person to Organization"
    assert "departures" in {row["query"] for row in rows(run_kb("shell", stdin=":queries"))}


def test_quitting_leaves_the_rest_alone(run_kb):
    assert rows(run_kb("shell", stdin="RETURN 1 AS n;\n:quit\nRETURN 2 AS n;")) == [{"n": 1}]


@pytest.mark.parametrize(
    ("before", "word", "some"),
    [
        pytest.param("MATCH (p:", "", {"Person", "Company", "Event"}, id="labels"),
        pytest.param("MATCH (p)-[e:emp", "emp", {"EMPLOYED_AT"}, id="types of edges"),
        pytest.param("MATCH (p)-[e:LEADS|MEM", "MEM", {"MEMBER_OF"}, id="a second type"),
        pytest.param("MATCH (p)-[e:LEADS]->(t:Te", "Te", {"Team"}, id="a label after an edge"),
        pytest.param("MATCH (p)-[e:DEPARTED]->() RETURN e.dest", "dest", {"destination"}, id="properties"),
        pytest.param("MATCH (n) RETURN n.sha", "sha", {"sha256"}, id="properties of anything"),
        pytest.param("mat", "mat", {"MATCH"}, id="words"),
        pytest.param(":he", ":he", {":help"}, id="commands"),
        pytest.param(":run dep", "dep", {"departures"}, id="names of queries"),
    ],
)
def test_what_may_come_next(before, word, some):
    found, choices = suggestions(before, COMMANDS)
    assert found == word
    assert some <= set(choices)


@pytest.mark.parametrize(
    "before", ["RETURN 'mat", "// mat", "RETURN $mat", "RETURN ", "", ":run departures o"]
)
def test_nothing_is_offered_where_anything_may_stand(before):
    assert suggestions(before, COMMANDS)[1] == []


def test_the_editor_completes_the_word_at_the_cursor():
    document = Document("MATCH (p:Per) RETURN p", cursor_position=len("MATCH (p:Per"))
    [completion] = Words().get_completions(document, CompleteEvent())
    assert (completion.text, completion.start_position) == ("Person", -3)


def test_history_is_for_its_owner_alone(tmp_path):
    kept = history(tmp_path / "home")
    kept.append_string("RETURN 1;")
    path = tmp_path / "home" / "history"
    assert "RETURN 1;" in path.read_text(encoding="utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_written_costs_the_history_only(tmp_path):
    (tmp_path / "home").write_text("a file")
    assert isinstance(history(tmp_path / "home"), InMemoryHistory)


def test_on_a_terminal_a_mistake_does_not_end_the_shell(base, tmp_path, capsys):
    keys = "RETURN 1\rAS n;\r:halp\rRETURN\x03:param n 2\rRETURN $n AS n;\r\x04"
    with create_pipe_input() as typed, create_app_session(input=typed, output=DummyOutput()):
        typed.send_text(keys)
        converse(Repl(base, Output("nl", 0)), tmp_path)
    shown = capsys.readouterr()
    assert [line for line in shown.out.splitlines() if line.startswith("{")] == ['{"n": 1}', '{"n": 2}']
    assert shown.err == "kb: no command `:halp`. Did you mean :help?\n"
