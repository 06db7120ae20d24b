"""`kill -9` of the server at points of a load: the load goes on with the next server, or can be repeated."""

import os
import signal

import pytest

from kb.store.embedded import status
from tests.faults.commands import Command, is_refused
from tests.faults.journeys import LONG, POINTS
from tests.faults.proxy import wire
from tests.faults.worlds import picture

FEW = POINTS if LONG else 2  # for a Neo4j, which takes ten seconds to come back


@pytest.fixture
def server(engine):
    """The server of the test, as what can be killed; it comes back by itself or is started."""
    if engine.settings.embedded:
        return Embedded(engine.settings.home)
    if engine.process is None:
        pytest.skip("this Neo4j was not started by the tests, so they do not kill it")
    return engine.process


class Embedded:
    def __init__(self, home):
        self._home = home

    def kill(self):
        os.kill(status(self._home).pid, signal.SIGKILL)

    def start(self):
        """Whoever needs it starts it."""


@pytest.fixture
def kill(shared_base, engine, journeys, server, run_kb):
    """Kill the server at one of so many points of a load; the graph must be that of an undisturbed one."""

    def at(number, points):
        journey = journeys[number % len(journeys)]
        journey.start()
        with wire(engine, at=journey.point(number, points), strike=server.kill) as (passed, environment):
            command = Command(*journey.words, environment=environment)
            assert passed.wait()
            server.start()
            done = command.done()
        if done.exit_code:
            is_refused(done)
            again = run_kb(*journey.words)
            assert (again.exit_code, again.stderr) == (0, "")
        assert picture(shared_base) == journey.after

    return at


@pytest.mark.parametrize("number", range(POINTS))
@pytest.mark.parametrize("engine", ["embedded"], indirect=True, scope="session")
def test_a_load_goes_on_when_an_embedded_server_is_killed_and_comes_back(kill, number):
    kill(number, POINTS)


@pytest.mark.parametrize("number", range(FEW))
@pytest.mark.parametrize("engine", ["neo4j"], indirect=True, scope="session")
def test_a_load_goes_on_when_a_neo4j_is_killed_and_comes_back(kill, number):
    kill(number, FEW)
