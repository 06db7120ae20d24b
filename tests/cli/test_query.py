"""`kb query`, `kb queries` and `kb run`, on both engines."""

import json

import pytest
from click.testing import CliRunner

from kb.cli import main
from tests.folders import person, world, write_folder

ANN = person("Ann [b]", {"at": "meta", "left": {"date": "2025-08", "to": "openai", "lines": 3}}, name_zh="安")


@pytest.fixture
def loaded(base, run_kb, tmp_path):
    base.load(write_folder(tmp_path / "tiny", world(people={"ann": ANN})))
    return run_kb


def rows(result):
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_query_prints_its_rows(loaded):
    text = "MATCH (p:Person {id: $id}) RETURN p.name AS person, p.name_zh AS zh, p.website AS website"
    result = loaded("query", text, "-p", "id", "ann")
    assert rows(result) == [{"person": "Ann [b]", "zh": "安", "website": None}]
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("text", "note"),
    [
        pytest.param("MATCH (p:Persn) RETURN count(*) AS n", "`Persn`: did you mean Person?", id="label"),
        pytest.param(
            "MATCH (p:Person)-[d:DEPARTD]->() RETURN count(*) AS n", "`DEPARTD`: did you mean", id="type"
        ),
    ],
)
def test_a_misspelt_label_is_told_beside_the_rows(loaded, text, note):
    result = loaded("query", text)
    assert rows(result) == [{"n": 0}]
    assert result.stderr.startswith(f"The ontology has no {note}")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param("claims -p fact nope", "nothing has the id `nope`", id="no fact"),
        pytest.param("departures -p org ann", "`ann` is no organization, but a person", id="a person"),
        pytest.param("departures -p org mta", "Did you mean meta?", id="a misspelt id"),
    ],
)
def test_a_query_without_rows_says_what_is_wrong_with_its_ids(loaded, words, said):
    result = loaded("run", *words.split())
    assert (result.exit_code, result.stdout) == (0, "")
    assert said in result.stderr


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        pytest.param("table", "person    n\n───────────\nAnn [b]   1\n", id="table"),
        pytest.param("json", '[\n{"person": "Ann [b]", "n": 1}\n]\n', id="json"),
        pytest.param("nl", '{"person": "Ann [b]", "n": 1}\n', id="nl"),
        pytest.param("csv", "person,n\nAnn [b],1\n", id="csv"),
        pytest.param("tsv", "person\tn\nAnn [b]\t1\n", id="tsv"),
    ],
)
def test_a_query_prints_in_every_format(loaded, form, expected):
    assert (
        loaded("query", "MATCH (p:Person) RETURN p.name AS person, 1 AS n", "--format", form).output
        == expected
    )


def test_an_answer_without_rows_still_has_its_columns(run_kb):
    query = "MATCH (p:Person) RETURN p.name AS person, count(*) AS n ORDER BY n"
    assert run_kb("query", query, "--format", "csv").output == "person,n\n"


def test_nodes_edges_and_dates_are_printed_as_plain_data(loaded):
    [row] = rows(
        loaded("query", "MATCH p = (a:Person)-[d:DEPARTED]->(o:Company) RETURN a, d, p, d.date_latest AS day")
    )
    assert row["a"]["id"] == "ann"
    assert row["a"]["labels"] == ["Person"]
    assert row["d"]["type"] == "DEPARTED"
    assert row["d"]["properties"]["date_text"] == "2025-08"
    assert [node["id"] for node in row["p"]["nodes"]] == ["ann", "meta"]
    assert row["p"]["nodes"][1]["labels"] == ["Company", "Organization"]
    assert (row["p"]["relationships"][0]["start"], row["p"]["relationships"][0]["end"]) == ("ann", "meta")
    assert row["day"] == "2025-08-31"


def test_a_query_comes_from_a_file_or_from_standard_input(run_kb, tmp_path):
    (tmp_path / "q.cypher").write_text("// one\nRETURN 1 AS n;\n", encoding="utf-8")
    assert rows(run_kb("query", "-f", str(tmp_path / "q.cypher"))) == [{"n": 1}]
    assert rows(run_kb("query", "-", stdin="RETURN 2 AS n")) == [{"n": 2}]
    assert rows(run_kb("query", "-f", "-", stdin="RETURN 3 AS n")) == [{"n": 3}]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param([], "Give one query", id="none"),
        pytest.param(["RETURN 1", "-f", "-"], "Give one query", id="two"),
        pytest.param([" "], "The query is empty", id="empty"),
        pytest.param(["-f", "nowhere.cypher"], "nowhere.cypher", id="no file"),
        pytest.param(["RETURN 1", "--limit", "-1"], "--limit", id="limit"),
        pytest.param(["RETURN 1", "--format", "xml"], "--format", id="format"),
    ],
)
def test_wrong_usage_is_exit_code_2(words, message):
    result = CliRunner().invoke(main, ["query", *words])
    assert result.exit_code == 2
    assert message in result.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(["RETURN 1; RETURN 2"], "kb: 2 statements in one query", id="two statements"),
        pytest.param(
            ["RETURN $id"], "kb: no value for parameter $id. Give it with -p id VALUE", id="missing"
        ),
        pytest.param(
            ["RETURN $id", "-p", "ids", "1"], "kb: the query has no parameter `ids`. Did", id="unknown"
        ),
        pytest.param(["RETURN $a", "-p", "a", "date:x"], "kb: `date:x` is not a day", id="no day"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_opened(words, message):
    result = CliRunner().invoke(main, ["query", *words])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(message)
    assert result.stderr.count("\n") == 1


def test_cypher_that_is_not_understood_is_one_line(run_kb):
    result = run_kb("query", "MATCH (p RETURN p")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1


def test_parameters_have_types(run_kb):
    words = ["-p", "n", "2", "-p", "text", '"2"', "-p", "list", '["a"]', "-p", "day", "date:2025-08-01"]
    query = "RETURN $n + 1 AS n, $text AS text, size($list) AS size, $day AS day, $day.year AS year"
    assert rows(run_kb("query", query, *words)) == [
        {"n": 3, "text": "2", "size": 1, "day": "2025-08-01", "year": 2025}
    ]


def test_parameters_may_have_the_names_of_our_own_options(run_kb):
    words = ["-p", "limit", "1", "-p", "timeout", "2", "-p", "cypher", "3"]
    assert rows(run_kb("query", "RETURN $limit + $timeout + $cypher AS n", *words)) == [{"n": 6}]


@pytest.mark.parametrize(
    "query", ["MATCH (n) DETACH DELETE n", "CREATE (:Zed)", "MATCH (p:Person) SET p.name = 'x'"]
)
def test_a_query_that_writes_is_refused_and_the_graph_unharmed(loaded, base, query):
    before = base.snapshot()
    result = loaded("query", query)
    assert result.exit_code == 1
    assert "--write" in result.stderr
    assert base.snapshot() == before


def test_a_query_may_write_when_it_is_told_so(loaded, base):
    result = loaded("query", "--write", "MATCH (p:Person) SET p.starred = $yes", "-p", "yes", "true")
    assert (result.exit_code, result.stdout) == (0, "")
    assert base.query("MATCH (p:Person) RETURN p.starred").rows == [(True,)]


def test_rows_past_the_limit_are_cut_and_the_user_is_told(run_kb):
    result = run_kb("query", "UNWIND range(1, 5) AS n RETURN n", "--limit", "3")
    assert [row["n"] for row in rows(result)] == [1, 2, 3]
    assert result.stderr == "3 rows shown, there are more: --limit 0 for all\n"
    result = run_kb("query", "UNWIND range(1, 1001) AS n RETURN n")
    assert len(rows(result)) == 1000
    assert result.stderr == "1,000 rows shown, there are more: --limit 0 for all\n"
    result = run_kb("query", "UNWIND range(1, 1001) AS n RETURN n", "--limit", "0")
    assert (len(rows(result)), result.stderr) == (1001, "")


def test_a_query_that_runs_too_long_is_stopped(run_kb):
    text = "UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b RETURN count(*) AS n"
    result = run_kb("query", text, "--timeout", "1")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "--timeout" in result.stderr


def test_the_library_is_listed_with_examples():
    result = CliRunner().invoke(main, ["queries"])
    found = {row["query"]: row for row in rows(result)}
    assert found["departures"]["parameters"] == ["org"]
    assert found["departures"]["example"] == "kb run departures -p org meta"


def test_a_query_of_the_library_can_be_printed_and_run_as_a_file(loaded, tmp_path):
    text = CliRunner().invoke(main, ["queries", "departures"]).output
    (tmp_path / "mine.cypher").write_text(text, encoding="utf-8")
    mine = loaded("query", "-f", str(tmp_path / "mine.cypher"), "-p", "org", "meta")
    assert mine.output == loaded("run", "departures", "-p", "org", "meta").output


def test_a_query_of_the_library_runs_by_name(loaded):
    [row] = rows(loaded("run", "departures", "-p", "org", "meta"))
    assert (row["person"], row["destination"], row["date"]) == ("Ann [b]", "openai", "2025-08")
    assert rows(loaded("run", "events")) == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(["departures"], "`departures` needs `org`", id="missing"),
        pytest.param(
            ["departures", "-p", "orgs", "x"], "no parameter `orgs`. Did you mean org?", id="unknown"
        ),
        pytest.param(["departure"], "no query `departure`. Did you mean departures", id="no such query"),
    ],
)
def test_a_query_of_the_library_refuses_what_does_not_fit(words, message):
    result = CliRunner().invoke(main, ["run", *words])
    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr


def test_a_query_that_writes_says_what_it_changed(run_kb):
    made = run_kb("query", "--write", "CREATE (n:Note {text: 'x', weight: 1})")
    assert made.exit_code == 0
    assert "1 node created, 2 properties set" in made.stderr
    assert "Nothing changed" in run_kb("query", "--write", "MATCH (n:Nobody) DELETE n").stderr


def test_a_query_of_the_library_says_when_an_id_is_not_there(run_kb):
    run_kb("query", "--write", "CREATE (:Dataset {id: 'd', state: 'complete'}), (:Organization {id: 'meta'})")
    answer = run_kb("run", "departures", "-p", "org", "Meta")
    assert answer.exit_code == 0
    assert "nothing has the id `Meta`. Did you mean meta?" in answer.stderr
    assert "nothing has the id" not in run_kb("run", "departures", "-p", "org", "meta").stderr


def test_a_query_warns_when_a_load_was_cut_off(run_kb):
    run_kb("query", "--write", "CREATE (:Dataset {id: 'd', state: 'running'})")
    for words in (("query", "RETURN 1 AS one"), ("run", "departures", "-p", "org", "meta")):
        assert "the load of dataset d goes on, or was cut off" in run_kb(*words).stderr
