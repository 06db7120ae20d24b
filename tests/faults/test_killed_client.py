"""`kill -9` of a load at points of what it sends: what a reader sees, and what the next load makes of it."""

import time

import pytest

from tests.faults.commands import Command
from tests.faults.conftest import POINTS, picture, wire
from tests.faults.journeys import measured


@pytest.fixture(scope="module")
def journeys(engine, shared_base, tmp_path_factory):
    return measured(engine, shared_base, tmp_path_factory.mktemp("journeys") / "tiny")


def until_free(run_kb, *words):
    """Repeat what the lock of a dead process refuses: a server needs a moment to see that it is gone."""
    for _ in range(100):
        result = run_kb(*words)
        if "another load is running" not in result.stderr:
            break
        time.sleep(0.1)
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize("number", range(POINTS))
def test_a_load_killed_at_any_point_is_completed_by_the_next(shared_base, engine, journeys, run_kb, number):
    journey = journeys[number % len(journeys)]
    point = journey.point(number, POINTS)
    journey.start()
    with wire(engine, at=point, strike=lambda: command.kill()) as (passed, environment):
        command = Command(*journey.words, environment=environment)
        assert command.done() is None
        assert passed.struck

    states = [dataset["state"] for dataset in shared_base.datasets()]
    journey.allows(picture(shared_base), states, point)
    if "running" in states:
        assert "goes on, or was cut off" in run_kb("find", "Person").stderr
    if states or journey.kind != "unload":
        until_free(run_kb, *journey.words)
    assert picture(shared_base) == journey.after
