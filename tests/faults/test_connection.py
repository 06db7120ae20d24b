"""A connection that is lost or never made: late servers, cut wires, strangers on the port, wrong logins."""

import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from kb.store import embedded, engines, load
from kb.store.home import Home
from tests.faults.commands import Command, is_refused
from tests.faults.proxy import proxy, wire
from tests.faults.worlds import picture, second

ROOT = Path(__file__).parents[2]
ONLY = {"indirect": ["engine"], "scope": "session"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# Late


@pytest.mark.parametrize("engine", ["neo4j"], **ONLY)
def test_a_neo4j_that_listens_late_is_waited_for(base, engine, seeds):
    address, port = urlsplit(engine.settings.uri), free_port()
    environment = {**engine.environment, "NEO4J_URI": f"bolt://127.0.0.1:{port}"}
    command = Command("load", str(seeds), environment=environment)
    command.run(1.5)
    with proxy((address.hostname, address.port), port=port):
        done = command.done()
    assert (done.exit_code, done.stderr) == (0, "")
    assert base.plan(seeds) == []


def test_an_embedded_server_that_starts_slowly_is_waited_for(tmp_path, seeds):
    home = Home(tmp_path / "home")
    home.prepare()
    program = "import sys; from kb.store.serve import main; main(sys.argv[1:])"
    words = [sys.executable, "-c", program, str(home.path), "5"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(words, cwd=ROOT, start_new_session=True, **quiet) as server:
        try:
            while not home.has_server():
                assert server.poll() is None
            server.send_signal(signal.SIGSTOP)
            assert home.running() is None
            command = Command("load", str(seeds), environment={"KB_HOME": str(home.path)})
            command.run(1.5)
            server.send_signal(signal.SIGCONT)
            done = command.done()
            assert (done.exit_code, done.stderr) == (0, "")
            assert home.running().pid == server.pid
        finally:
            embedded.reset(home.path, force=True)


@pytest.mark.parametrize("engine", ["embedded"], **ONLY)
def test_a_server_that_never_comes_is_one_clear_line(run_kb, seeds, monkeypatch, uri):
    monkeypatch.setattr(engines, "_LATE", 0.5)
    uri(f"bolt://127.0.0.1:{free_port()}")
    assert "no server answers. Check NEO4J_URI, and that the server runs" in is_refused(
        run_kb("load", str(seeds))
    )


# Lost


@pytest.mark.parametrize("tenths", [1, 5, 9])
def test_a_load_goes_on_after_its_connections_were_cut(shared_base, engine, journeys, tenths):
    journey = journeys[tenths % len(journeys)]
    journey.start()
    place = len(journey.sent) * tenths // 10
    with wire(engine, at=place, strike=lambda: passed.cut()) as (passed, environment):
        done = Command(*journey.words, environment=environment).done()
        assert passed.wait()
    assert (done.exit_code, done.stderr) == (0, "")
    assert picture(shared_base) == journey.after


def test_a_load_whose_server_cannot_be_reached_any_more_ends_and_can_be_repeated(
    shared_base, engine, journeys, run_kb, monkeypatch
):
    monkeypatch.setattr(load, "_BACK", 1.0)
    journey = journeys[0]
    journey.start()
    with wire(engine, at=len(journey.sent) // 2, strike=lambda: passed.close()) as (passed, environment):
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            said = is_refused(run_kb(*journey.words))
        assert passed.wait()
    assert "the server went away during a write" in said
    assert "a load that is repeated goes on from there" in said
    assert [dataset["state"] for dataset in shared_base.datasets()] == ["running"]
    assert run_kb(*journey.words).exit_code == 0
    assert picture(shared_base) == journey.after


# Something else


@contextmanager
def answering(answer):
    """A port on which something answers each connection with these bytes, or with nothing at all."""
    held = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                held.append(client)
                if answer:
                    client.recv(1000)
                    client.sendall(answer)
                    client.close()

        threading.Thread(target=serve, daemon=True).start()
        yield f"bolt://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
    for client in held:
        client.close()


@pytest.fixture
def uri(monkeypatch):
    """Have commands use a server with a login of this test."""

    def use(text, user="neo4j", password="not-yours"):  # noqa: S107
        for name, value in (("URI", text), ("USERNAME", user), ("PASSWORD", password)):
            monkeypatch.setenv(f"NEO4J_{name}", value)

    return use


@pytest.mark.parametrize("engine", ["embedded"], **ONLY)
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", id="web server"),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n", id="another protocol"),
        pytest.param(b"\0\0\0\0", id="no version in common"),
        pytest.param(b"\0\0\0\3", id="Bolt of Neo4j 3.5"),
    ],
)
@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_what_is_no_neo4j_is_told_at_once(run_kb, seeds, uri, answer, scheme):
    with answering(answer) as address:
        uri(address.replace("bolt", scheme))
        said = is_refused(run_kb("load", str(seeds)))
    assert "what answers there is no Neo4j, or one that is too old. Check the port in NEO4J_URI" in said


@pytest.mark.parametrize("engine", ["embedded"], **ONLY)
def test_what_takes_a_connection_and_says_nothing_is_not_waited_for_for_ever(run_kb, seeds, uri, monkeypatch):
    monkeypatch.setattr(engines, "_LATE", 0.0)
    monkeypatch.setattr(engines, "_LOGIN_LIMIT", 1.0)
    with answering(b"") as address:
        uri(address)
        assert "no server answers" in is_refused(run_kb("load", str(seeds)))


@pytest.mark.parametrize("engine", ["embedded"], **ONLY)
def test_another_graph_database_is_refused_by_its_name(shared_base, engine, run_kb, seeds, uri):
    home = Home(engine.settings.home)
    uri(f"bolt://127.0.0.1:{home.running().bolt_port}", "root", home.secrets().admin)
    said = is_refused(run_kb("load", str(seeds)))
    assert "Use Neo4j 5.20 or newer" in said


@pytest.mark.parametrize("engine", ["neo4j"], **ONLY)
def test_a_neo4j_of_an_older_version_is_refused_by_its_number(engine, run_kb, seeds, monkeypatch):
    # The server's own answer, with one digit of another version in it.
    with wire(engine, rewrite=lambda sent: sent.replace(b"Neo4j/5.", b"Neo4j/4.")) as (_, environment):
        monkeypatch.setenv("NEO4J_URI", environment["NEO4J_URI"])
        said = is_refused(run_kb("load", str(seeds)))
    assert "this server is Neo4j/4." in said
    assert "Use Neo4j 5.20 or newer" in said


# Logins


@pytest.mark.parametrize("engine", ["neo4j"], **ONLY)
def test_a_wrong_password_is_one_clear_line(engine, run_kb, seeds, monkeypatch):
    monkeypatch.setenv("NEO4J_PASSWORD", "wrong-" + engine.environment["NEO4J_PASSWORD"])
    said = is_refused(run_kb("load", str(seeds)))
    assert "the server refused the login. Check NEO4J_USERNAME and NEO4J_PASSWORD" in said


@contextmanager
def logins(home, admin):
    """The logins of a store changed by hand, for the time of a test."""
    kept = home.secrets()
    home.write_secrets(replace(kept, admin=admin))
    try:
        yield
    finally:
        home.write_secrets(kept)


@pytest.mark.parametrize("engine", ["embedded"], **ONLY)
def test_a_wrong_password_in_the_store_is_one_clear_line_and_its_remedy_works(base, engine, run_kb, seeds):
    home = Home(engine.settings.home)
    base.load(seeds)
    second(seeds)
    with logins(home, "wrong"):
        said = is_refused(run_kb("load", str(seeds)))
        assert "the server refused the login. Delete secrets.json in this folder" in said
        home.secrets_file.unlink()
        assert "the logins of the store are gone. Try again" in is_refused(run_kb("load", str(seeds)))
        assert run_kb("load", str(seeds)).exit_code == 0
        anew = home.secrets()
    home.write_secrets(anew)
    assert base.plan(seeds) == []


@pytest.mark.parametrize("engine", ["embedded"], **ONLY)
def test_a_load_with_a_login_that_only_reads_is_one_clear_line(base, engine, run_kb, seeds, monkeypatch):
    home = Home(engine.settings.home)
    monkeypatch.setattr(embedded, "ADMIN", "reader")
    with logins(home, home.secrets().reader):
        said = is_refused(run_kb("load", str(seeds)))
    assert "the server forbids this write" in said
    monkeypatch.undo()
    assert picture(base) == frozenset()


@pytest.mark.parametrize("engine", ["neo4j"], **ONLY)
def test_a_load_into_a_neo4j_that_comes_back_read_only_is_one_clear_line(
    shared_base, engine, journeys, run_kb
):
    if engine.process is None:
        pytest.skip("this Neo4j was not started by the tests, so they do not start it again")
    journey = journeys[0]
    journey.start()
    try:
        with wire(engine, at=len(journey.sent) // 2, strike=engine.process.kill) as (passed, environment):
            command = Command(*journey.words, environment=environment)
            assert passed.wait()
            engine.process.start({"server.databases.default_to_read_only": "true"})
            said = is_refused(command.done())
        assert "Log in as a user who may write, to a database that takes writes" in said
        assert [dataset["state"] for dataset in shared_base.datasets()] == ["running"]
    finally:
        engine.process.kill()
        engine.process.start()
    assert run_kb(*journey.words).exit_code == 0
    assert picture(shared_base) == journey.after
