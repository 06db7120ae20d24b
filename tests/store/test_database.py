"""Reading, writing and locking, the same on both engines."""

import json
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import neo4j
import pytest

from kb.errors import EmbeddedError, LoadRefused, QueryError, ReadOnlyError, StoreError
from kb.store import embedded
from kb.store.database import Database
from kb.store.settings import read_settings

ROOT = Path(__file__).parents[2]
CONSTRAINT = "CREATE CONSTRAINT person_id IF NOT EXISTS FOR (n:Person) REQUIRE n.id IS UNIQUE"
ENDLESS = {
    "unwind": "UNWIND range(1, 1000000) AS x UNWIND range(1, 1000000) AS y WITH x WHERE x < 0 RETURN x",
    "match": "MATCH (a), (b), (c), (d), (e) WHERE a.id + b.id + c.id + d.id + e.id = '' RETURN a.id",
}
# An expression that the embedded engine does not interrupt: only the end of the server ends it.
DEAF = "RETURN reduce(s = 0, x IN range(1, 50000000) | s + size([y IN range(1, 1000) WHERE y > x])) AS s"


@pytest.fixture
def database(base):
    base.database.schema([CONSTRAINT])
    return base.database


@pytest.fixture
def people(database):
    database.write_batches(
        "UNWIND $rows AS row CREATE (:Person {id: row[0]})", [[f"p{n}"] for n in range(60)]
    )
    return database


def count(database):
    return database.read("MATCH (n:Person) RETURN count(*) AS n").rows[0][0]


def test_a_read_gives_columns_and_rows(database):
    result = database.read("UNWIND $names AS name RETURN name, size(name) AS size", {"names": ["Ann", "Bo"]})
    assert result.columns == ("name", "size")
    assert result.rows == [("Ann", 3), ("Bo", 2)]
    assert not result.truncated


def test_a_result_can_be_a_data_frame(database):
    frame = database.read("UNWIND [1, 2] AS x RETURN x, x * x AS y").to_df()
    assert frame.to_dict("list") == {"x": [1, 2], "y": [1, 4]}


def test_a_limit_cuts_and_says_so(database):
    numbers = "UNWIND range(1, 10) AS x RETURN x"
    assert len(database.read(numbers, limit=3).rows) == 3
    assert database.read(numbers, limit=3).truncated
    assert not database.read(numbers, limit=10).truncated
    assert database.read(numbers, limit=0).rows == []


def test_a_limit_does_not_wait_for_the_rows_it_cuts(database):
    begin = time.monotonic()
    result = database.read(
        "UNWIND range(1, 1000000) AS x UNWIND range(1, 1000000) AS y RETURN x, y", limit=5, timeout=60
    )
    assert result.rows == [(1, n) for n in range(1, 6)]
    assert time.monotonic() - begin < 10


def test_dates_come_back_as_python_has_them(database):
    query = "RETURN date('2025-08-24') AS d, datetime('2025-08-24T10:00:00Z') AS t, [date('2025-08-25')] AS l"
    day, moment, days = database.read(query).rows[0]
    assert day == date(2025, 8, 24)
    assert moment == datetime(2025, 8, 24, 10, tzinfo=UTC)
    assert days == [date(2025, 8, 25)]
    assert database.read("RETURN $d AS d", {"d": date(2025, 8, 24)}).rows == [(date(2025, 8, 24),)]


def test_nodes_and_edges_stay_the_drivers(people):
    people.write("MATCH (a:Person {id: 'p1'}), (b:Person {id: 'p2'}) CREATE (a)-[:KNOWS {since: 1}]->(b)")
    node, edge, path = people.read("MATCH p = (a:Person)-[r:KNOWS]->() RETURN a, r, p").rows[0]
    assert isinstance(node, neo4j.graph.Node)
    assert (edge.type, dict(edge)) == ("KNOWS", {"since": 1})
    assert [each["id"] for each in path.nodes] == ["p1", "p2"]


@pytest.mark.parametrize(
    "query",
    [
        "CREATE (:Person {id: 'x'})",
        "CREATE (:NeverSeen {id: 'x'})",
        "MERGE (:Person {id: 'x'})",
        "MATCH (n) DETACH DELETE n",
        "MATCH (n) SET n.x = 1",
        "MATCH (n) REMOVE n.id",
        "CREATE INDEX by_name FOR (n:Person) ON (n.name)",
        "DROP CONSTRAINT person_id",
        "CREATE USER eve SET PASSWORD 'eve-eve-eve'",
        "CALL { CREATE (n:Person {id: 'x'}) RETURN n } RETURN n",
        "FOREACH (x IN [1] | CREATE (:Person {id: 'x'}))",
    ],
)
def test_a_read_never_writes(people, query):
    with pytest.raises(ReadOnlyError, match="Use `--write`"):
        people.read(query)
    assert people.read("MATCH (n) RETURN count(*) AS n, count(n.id) AS ids, count(n.x) AS x").rows == [
        (60, 60, 0)
    ]


@pytest.mark.parametrize(
    "query",
    [
        "LOAD CSV FROM 'file:///etc/hostname' AS row RETURN row",
        "load\ncsv with headers from 'http://127.0.0.1/x' as row return row",
        "LOAD /* not */ CSV FROM 'file:///x' AS row RETURN row",
        r"LOAD\u0020CSV FROM 'file:///x' AS row RETURN row",
        "RETURN '' // '\nUNION LOAD CSV FROM 'file:///x' AS row RETURN row",
    ],
)
def test_a_read_never_reads_files(database, query):
    with pytest.raises(ReadOnlyError, match="LOAD CSV"):
        database.read(query)


@pytest.mark.parametrize(
    "query",
    [
        "RETURN 'LOAD CSV' AS x",
        "RETURN 'it\\'s LOAD CSV' AS x",
        'RETURN "LOAD CSV" AS x',
        "RETURN 1 AS `LOAD CSV`",
        "RETURN 1 AS x // LOAD CSV",
        "RETURN 1 AS x /* LOAD CSV */",
        "WITH 1 AS load, 2 AS csv RETURN load, csv",
    ],
)
def test_text_about_files_is_not_taken_for_reading_them(database, query):
    assert len(database.read(query).rows) == 1


@pytest.mark.parametrize(
    ("query", "said"),
    [
        pytest.param("RETRUN 1", "RETRUN", id="not Cypher"),
        pytest.param("RETURN $x AS x", "x. Give a parameter with `-p NAME VALUE`", id="parameter missing"),
        pytest.param("RETURN 1 / 0 AS x", "/ by zero", id="arithmetic"),
        pytest.param("RETURN 1 AS x; RETURN 2 AS x", "", id="two queries"),
        pytest.param("  \n", "the query is empty", id="empty"),
        pytest.param("// nothing", "", id="only a comment"),
        pytest.param("CALL no.such.procedure()", "no.such.procedure", id="unknown procedure"),
    ],
)
def test_a_query_that_is_refused_is_one_clear_line(database, query, said):
    with pytest.raises(QueryError) as caught:
        database.read(query)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_value_that_no_server_takes_is_one_clear_line(database):
    with pytest.raises(QueryError, match="object"):
        database.read("RETURN $x AS x", {"x": object()})


@pytest.mark.parametrize("query", ENDLESS.values(), ids=ENDLESS)
def test_a_query_that_runs_too_long_is_stopped_and_the_next_one_answers(people, query):
    with pytest.raises(QueryError, match=r"ran into the limit of 0.5 s .*--timeout"):
        people.read(query, timeout=0.5)
    assert count(people) == 60


@pytest.mark.parametrize("engine", ["embedded"], indirect=True, scope="session")
def test_a_server_of_ours_that_is_deaf_to_a_limit_is_started_again(people):
    with pytest.raises(QueryError, match=r"ran into the limit of 0.5 s"):
        people.read(DEAF, timeout=0.5)
    assert count(people) == 60


def test_a_write_that_runs_too_long_leaves_nothing(people):
    with pytest.raises(QueryError, match=r"ran into the limit of 1 s"):
        people.write("UNWIND range(1, 50000000) AS x CREATE (:Person {id: toString(x)})", timeout=1)
    assert count(people) == 60


INTERRUPTED = """
import sys, threading, time, _thread
from tests.store.test_database import settings_from
from kb.store.database import Database
with Database.open(settings_from(sys.argv[1])) as database:
    threading.Timer(1.0, _thread.interrupt_main).start()
    begin = time.monotonic()
    try:
        database.read(sys.argv[2], timeout=None)
    except KeyboardInterrupt:
        print("interrupted", time.monotonic() - begin < 8)
    print(database.read("RETURN 1 AS x").rows)
"""


def settings_from(text):
    """Settings that a test handed to another process."""
    return read_settings(environ=json.loads(text))


@pytest.mark.parametrize("query", ENDLESS.values(), ids=ENDLESS)
def test_ctrl_c_stops_a_query(people, engine, query):
    done = run_beside(INTERRUPTED, engine, query)
    assert done.stdout.splitlines() == ["interrupted True", "[(1,)]"], done.stderr
    running = people.read("SHOW TRANSACTIONS YIELD currentQuery RETURN currentQuery").rows
    assert not [text for (text,) in running if text.startswith(query)]


def run_beside(script, engine, *words):
    command = [sys.executable, "-c", script, json.dumps(engine.environment), *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def test_batches_are_told_and_hold_every_row(database):
    sizes = []
    rows = ([f"q{n}", None, ["a", "b"], "2025-08-24"] for n in range(2_500))
    statement = "UNWIND $rows AS row CREATE (:Person {id: row[0], x: row[1], l: row[2], d: date(row[3])})"
    database.write_batches(statement, rows, size=1_000, on_batch=sizes.append)
    assert sizes == [1_000, 1_000, 500]
    query = "MATCH (n:Person {id: 'q2499'}) RETURN properties(n)"
    assert database.read(query).rows[0][0] == {"id": "q2499", "l": ["a", "b"], "d": date(2025, 8, 24)}
    assert count(database) == 2_500


def test_no_rows_are_no_batch(database):
    database.write_batches("not even Cypher", [])


def test_a_batch_is_written_whole_or_not_at_all(people):
    rows = [["new-1"], ["new-2"], ["p1"]]
    with pytest.raises(QueryError, match="an id that must be unique is taken"):
        people.write_batches("UNWIND $rows AS row CREATE (:Person {id: row[0]})", rows)
    assert count(people) == 60
    with pytest.raises(QueryError):
        people.write("MATCH (n:Person) SET n.x = 1 / (CASE n.id WHEN 'p59' THEN 0 ELSE 1 END)")
    assert people.read("MATCH (n:Person) RETURN count(n.x) AS n").rows == [(0,)]


def test_steps_are_written_together_or_not_at_all(people):
    create = "CREATE (:Person {id: $id})"
    with pytest.raises(QueryError):
        people.write_together([(create, {"id": "new"}), (create, {"id": "p1"})])
    assert count(people) == 60
    people.write_together([(create, {"id": "new"}), ("MATCH (n:Person {id: $id}) DELETE n", {"id": "p1"})])
    assert people.read("MATCH (n:Person) WHERE n.id IN ['new', 'p1'] RETURN n.id").rows == [("new",)]


def test_writers_that_collide_lose_nothing(people):
    def add():
        for _ in range(25):
            people.write("MATCH (n:Person {id: 'p1'}) SET n.sum = coalesce(n.sum, 0) + 1")

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert people.read("MATCH (n:Person {id: 'p1'}) RETURN n.sum").rows == [(100,)]


def test_constraints_can_be_stated_again(database):
    database.schema([CONSTRAINT, CONSTRAINT])
    database.write("CREATE (:Person {id: 'ann'})")
    with pytest.raises(QueryError, match="unique"):
        database.write("CREATE (:Person {id: 'ann'})")


def test_the_second_load_is_refused_at_once(database, engine):
    with database.load_lock():
        database.schema(["CREATE CONSTRAINT dataset_id IF NOT EXISTS FOR (n:Dataset) REQUIRE n.id IS UNIQUE"])
        database.write("CREATE (:Dataset {id: 'a'})")
        with Database.open(engine.settings) as other:
            begin = time.monotonic()
            with pytest.raises(LoadRefused, match="another load is running"), other.load_lock():
                pytest.fail("two loads at once")
            assert time.monotonic() - begin < 5  # 1.5 s, on a machine with nothing else to do
    with Database.open(engine.settings) as other, other.load_lock():
        assert database.read("MATCH (d:Dataset) RETURN d.id").rows == [("a",)]


def test_the_lock_is_free_after_an_error(database):
    with pytest.raises(ZeroDivisionError), database.load_lock():
        raise ZeroDivisionError
    with database.load_lock():
        pass


LOADING = """
import sys, time
from tests.store.test_database import settings_from
from kb.store.database import Database
database = Database.open(settings_from(sys.argv[1]))
with database.load_lock():
    print("loading", flush=True)
    time.sleep(600)
"""


def test_a_load_that_was_killed_holds_no_lock(database, engine):
    command = [sys.executable, "-c", LOADING, json.dumps(engine.environment)]
    holder = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "loading\n"
    with pytest.raises(LoadRefused), database.load_lock():
        pass
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    with database.load_lock():
        pass


def test_the_engine_says_what_it_is(database):
    info = database.engine_info()
    assert info.name
    assert info.version[0].isdigit()
    assert info.where


def test_an_embedded_server_that_died_is_started_again(tmp_path):
    home = tmp_path / "home"
    with Database.open(read_settings(home=home, environ={})) as database:
        database.write("CREATE (:Person {id: 'ann'})")
        for use in (count, lambda d: d.write("MATCH (n:Person) SET n.x = 1"), lambda d: d.load_lock()):
            embedded.stop(home)
            use(database)
        assert count(database) == 1
        embedded.reset(home, force=True)


def test_a_folder_that_cannot_be_used_is_a_store_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedError):
        Database.open(read_settings(home=tmp_path / "file" / "home", environ={}))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"database": "nowhere"}, "no database `nowhere`", id="database"),
        pytest.param({"uri": "bolt://127.0.0.1:1"}, "no server answers", id="nobody there"),
        pytest.param({"uri": "neo4j://127.0.0.1:1"}, "no server answers", id="nobody there, routed"),
        pytest.param({"uri": "bolt://no-such-host.invalid:7687"}, "no server answers", id="no such host"),
    ],
)
@pytest.mark.parametrize("engine", ["neo4j"], indirect=True, scope="session")
def test_a_neo4j_that_cannot_be_used_is_one_clear_line(engine, change, said, monkeypatch):
    monkeypatch.setattr("kb.store.engines._LATE", 0.5)
    settings = replace(engine.settings, **change)
    begin = time.monotonic()
    with pytest.raises(StoreError) as caught:
        Database.open(settings)
    assert said in str(caught.value)
    assert str(caught.value).startswith(settings.uri)
    assert settings.password not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert time.monotonic() - begin < 20
