"""The embedded server, by real processes: it is there when needed, and gone when nobody needs it."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import neo4j
import pytest

from kb.errors import EmbeddedError
from kb.store import embedded
from kb.store.embedded import Embedded
from kb.store.home import Home

ROOT = Path(__file__).parents[2]
LINGER = 1.0
CLIENT = """
import sys, time
from pathlib import Path
from kb.store.embedded import Embedded
server = Embedded(Path(sys.argv[1]), linger=float(sys.argv[2]))
print(server.endpoint().pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def home(tmp_path):
    path = tmp_path / "home"
    yield path
    if Home(path).is_ours():
        embedded.stop(path)


@pytest.fixture
def server(home):
    held = Embedded(home, linger=LINGER)
    yield held
    held.close()


def ask(endpoint, query="RETURN 1 AS answer", login="reader"):
    with (
        neo4j.GraphDatabase.driver(endpoint.uri, auth=getattr(endpoint, login)) as driver,
        driver.session(database="kb") as session,
    ):
        return session.run(query).value()


def client(home, **options):
    """Another process that uses the server; gives it and the server's process id."""
    command = [sys.executable, "-c", CLIENT, str(home), str(LINGER)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, **options)
    return process, int(process.stdout.readline())


def end(*processes):
    for process in processes:
        process.kill()
        process.communicate()


def wait_until(condition, seconds=20.0):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not happen in time"
        time.sleep(0.05)


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_it_answers(home, server):
    assert ask(server.endpoint()) == [1]


def test_it_keeps_what_was_written(home, server):
    ask(server.endpoint(), "CREATE (:Person {id: 'ann'})", login="admin")
    embedded.stop(home)
    assert ask(server.endpoint(), "MATCH (p:Person) RETURN p.id") == ["ann"]


def test_processes_share_one_server(home, server):
    pid = server.endpoint().pid
    other, seen = client(home)
    assert seen == pid
    assert embedded.status(home).clients == 2
    end(other)
    wait_until(lambda: embedded.status(home).clients == 1)


@pytest.mark.parametrize("number", range(4))  # which of them comes first is left to chance
def test_processes_that_start_together_make_one_folder_and_start_one_server(home, number):
    command = [sys.executable, "-c", CLIENT, str(home), str(LINGER)]
    clients = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    try:
        said = [process.stdout.readline() for process in clients]
        assert all(said), [process.stderr.read() for process in clients if process.poll() is not None]
        assert len(set(said)) == 1
    finally:
        end(*clients)


def test_a_start_that_was_cut_off_before_its_marker_is_begun_again(home, server):
    home.mkdir()
    (home / "start.lock").touch()
    (home / ".store.json.x1").touch()
    assert ask(server.endpoint()) == [1]


def test_it_stops_when_its_last_client_was_killed(home):
    first, pid = client(home)
    second, _ = client(home)
    end(first)
    time.sleep(LINGER + 2.5)
    assert is_alive(pid)
    end(second)
    wait_until(lambda: not is_alive(pid))
    assert not embedded.status(home).running
    assert list(Home(home).clients.iterdir()) == []


def test_it_does_not_end_with_the_terminal_of_its_starter(home):
    starter, pid = client(home, start_new_session=True)
    other, _ = client(home)
    os.killpg(starter.pid, signal.SIGINT)
    starter.communicate()
    time.sleep(0.5)
    assert is_alive(pid)
    end(other)


def test_it_is_started_again_after_it_was_killed(home, server):
    first = server.endpoint()
    ask(first, "CREATE (:Person {id: 'ann'})", login="admin")
    os.kill(first.pid, signal.SIGKILL)
    wait_until(lambda: not is_alive(first.pid))
    second = server.endpoint()
    assert second.pid != first.pid
    assert ask(second, "MATCH (p:Person) RETURN p.id") == ["ann"]


def test_a_stale_runtime_file_is_not_believed_and_its_process_not_harmed(home, server):
    server.endpoint()
    embedded.stop(home)
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    stale = {"pid": other.pid, "bolt_port": 1, "http_port": 2, "started": "", "version": ""}
    Home(home).running_file.write_text(json.dumps(stale))
    assert not embedded.status(home).running
    assert not embedded.stop(home)
    assert ask(server.endpoint()) == [1]
    assert other.poll() is None
    end(other)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}'])
def test_a_file_that_was_cut_off_is_made_again(home, server, text):
    server.endpoint()
    embedded.stop(home)
    for file in (Home(home).running_file, Home(home).secrets_file, home / "store.json"):
        file.write_text(text)
    # Without its mark the folder is not known as a store, so it is not touched.
    with pytest.raises(EmbeddedError, match="holds other files"):
        server.endpoint()
    (home / "store.json").write_text('{"store": "ai-talent-kb", "format": 1}')
    assert ask(server.endpoint()) == [1]


def test_a_taken_port_is_left_to_who_has_it(home):
    Home(home).prepare()
    with socket.create_server(("127.0.0.1", 0)) as bolt, socket.create_server(("127.0.0.1", 0)) as http:
        taken = [listener.getsockname()[1] for listener in (bolt, http)]
        program = "import sys; from kb.store.serve import main; main(sys.argv[1:])"
        command = [sys.executable, "-c", program, str(home), "60", *map(str, taken)]
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        wait_until(lambda: Home(home).running() is not None)
        running = Home(home).running()
        embedded.stop(home)
        assert process.wait(20) == 0
    assert not {running.bolt_port, running.http_port} & set(taken)


def test_only_this_machine_can_reach_it(home, server):
    endpoint = server.endpoint()
    running = Home(home).running()
    for port in (running.bolt_port, running.http_port):
        # A listener on every interface would answer here too.
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port), timeout=2)
    assert endpoint.uri.startswith("bolt://127.0.0.1:")


def test_its_files_are_for_their_owner_alone(home, server):
    server.endpoint()
    assert home.stat().st_mode & 0o777 == 0o700
    for name in ("running.json", "secrets.json", "server.log", "start.lock"):
        assert (home / name).stat().st_mode & 0o077 == 0, name


def test_passwords_are_random_and_not_shown(home, server):
    endpoint = server.endpoint()
    assert endpoint.admin[1] not in repr(endpoint)
    assert endpoint.reader[1] not in repr(endpoint)
    assert endpoint.admin[1] not in Path(f"/proc/{endpoint.pid}/cmdline").read_text()
    driver = neo4j.GraphDatabase.driver(endpoint.uri, auth=("root", "playwithdata"))
    with pytest.raises(neo4j.exceptions.AuthError), driver:
        driver.verify_connectivity()


@pytest.mark.parametrize(
    "query",
    [
        "CREATE (:Person {id: 'bob'})",
        "MERGE (:Person {id: 'bob'})",
        "MATCH (n) DETACH DELETE n",
        "MATCH (n) SET n.x = 1",
        "MATCH (n) REMOVE n.id",
        "MATCH (n) SET n:Robot",
        "CREATE INDEX by_name FOR (n:Person) ON (n.name)",
        "CREATE USER eve SET PASSWORD 'eve-eve-eve'",
        "FOREACH (x IN [1] | CREATE (:Person))",
        "LOAD CSV FROM 'file:///etc/hostname' AS row RETURN row",
    ],
)
def test_the_reader_cannot_change_anything(home, server, query):
    endpoint = server.endpoint()
    ask(endpoint, "CREATE (:Person {id: 'ann', name: 'Ann'})", login="admin")
    with pytest.raises(neo4j.exceptions.Forbidden):
        ask(endpoint, query)
    assert ask(endpoint, "MATCH (n) RETURN properties(n)") == [{"id": "ann", "name": "Ann"}]


def test_no_login_reads_files_of_the_machine(home, server):
    with pytest.raises(neo4j.exceptions.Neo4jError, match="file:/// URLs are disabled"):
        ask(server.endpoint(), "LOAD CSV FROM 'file:///etc/hostname' AS row RETURN row", login="admin")


def test_start_lets_it_stay_until_stop(home):
    started = embedded.start(home)
    assert started.running
    assert started.pinned
    assert embedded.start(home).pid == started.pid
    assert embedded.stop(home)
    assert not is_alive(started.pid)
    assert not embedded.stop(home)


def test_a_server_that_is_pinned_outlives_its_clients(home, server):
    server.endpoint()
    pid = embedded.start(home).pid
    server.close()
    time.sleep(LINGER + 2.5)
    assert is_alive(pid)


def test_status_starts_nothing(home):
    shown = embedded.status(home)
    assert not shown.running
    assert not home.exists()
    embedded.start(home)
    shown = embedded.status(home)
    assert shown.uri.startswith("bolt://127.0.0.1:")
    assert shown.size > 0
    assert shown.version
    assert shown.started


def test_reset_empties_the_store(home, server):
    ask(server.endpoint(), "CREATE (:Person)", login="admin")
    with pytest.raises(EmbeddedError, match="in use by 1 connection"):
        embedded.reset(home)
    server.close()
    embedded.reset(home)
    assert ask(server.endpoint(), "MATCH (n) RETURN count(*) AS n") == [0]


def test_reset_by_force_takes_it_from_its_clients(home, server):
    ask(server.endpoint(), "CREATE (:Person)", login="admin")
    embedded.reset(home, force=True)
    assert ask(server.endpoint(), "MATCH (n) RETURN count(*) AS n") == [0]


def test_reset_of_nothing_is_nothing(home):
    embedded.reset(home)
    assert not home.exists()


@pytest.mark.parametrize("names", [["thesis.txt"], ["start.lock", "thesis.txt"]])
def test_a_folder_of_someone_else_is_not_touched(home, server, names):
    home.mkdir()
    for name in names:
        (home / name).write_text("years of work")
    for act in (server.endpoint, lambda: embedded.start(home), lambda: embedded.reset(home, force=True)):
        with pytest.raises(EmbeddedError, match="the folder holds other files"):
            act()
    assert {file.name: file.read_text() for file in home.iterdir()} == dict.fromkeys(names, "years of work")


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedError, match=r"cannot be used .*KB_HOME$") as caught:
        Embedded(tmp_path / "file" / "home").endpoint()
    assert "\n" not in str(caught.value)


def garble(file):
    file.write_bytes(random.Random(1).randbytes(file.stat().st_size))  # noqa: S311


@pytest.mark.parametrize(
    ("pattern", "harm"),
    [
        pytest.param("*", garble, id="everything"),
        pytest.param("P_0.*.bucket", garble, id="records"),
        pytest.param("P_0.*.bucket", lambda file: os.truncate(file, 100), id="records cut off"),
        pytest.param("*idx", garble, id="index"),
        pytest.param("schema*", garble, id="schema"),
        pytest.param("schema*", Path.unlink, id="schema gone"),
        pytest.param("*.dict", garble, id="dictionary"),
    ],
)
def test_a_corrupt_store_is_one_clear_line_and_reset_mends_it(home, server, pattern, harm):
    ask(server.endpoint(), "CREATE CONSTRAINT p FOR (n:P) REQUIRE n.id IS UNIQUE", login="admin")
    ask(server.endpoint(), "UNWIND range(1, 500) AS x CREATE (:P {id: x})", login="admin")
    embedded.stop(home)
    for file in (home / "engine" / "databases" / "kb").glob(pattern):
        harm(file)
    with pytest.raises(EmbeddedError, match=r"the store is damaged \(.*kb db reset") as caught:
        server.endpoint()
    assert "\n" not in str(caught.value)
    embedded.reset(home, force=True)
    assert ask(server.endpoint(), "MATCH (n) RETURN count(*) AS n") == [0]


def test_a_killed_store_is_not_taken_for_a_corrupt_one(home, server):
    for _ in range(3):
        endpoint = server.endpoint()
        ask(endpoint, "UNWIND range(1, 500) AS x CREATE (:P {x: x})-[:Q]->(:P)", login="admin")
        os.kill(endpoint.pid, signal.SIGKILL)
        wait_until(lambda pid=endpoint.pid: not is_alive(pid))
    assert ask(server.endpoint(), "MATCH (n)-[:Q]->(m) RETURN count(*) AS n") == [1500]


def test_an_engine_that_is_not_installed_is_one_clear_line(home, tmp_path, monkeypatch):
    (tmp_path / "shadow").mkdir()
    (tmp_path / "shadow" / "arcadedb.py").write_text("raise ModuleNotFoundError('no arcadedb')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "shadow"))
    with pytest.raises(EmbeddedError, match="Install `arcadedb`"):
        Embedded(home).endpoint()


def test_a_new_lease_is_not_lost_to_a_sweep_of_dead_ones(tmp_path):
    home, done = Home(tmp_path / "home"), threading.Event()
    home.prepare()

    def sweep():
        while not done.is_set():
            home.live_leases()

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    try:
        for _ in range(300):
            with home.new_lease() as lease:
                assert Path(lease.lock_file).exists()
    finally:
        done.set()
        sweeper.join()
