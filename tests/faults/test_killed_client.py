"""`kill -9` of a load at points of what it sends: what a reader sees, and what the next load makes of it."""

import time

import pytest

from tests.faults.commands import Command
from tests.faults.journeys import POINTS
from tests.faults.proxy import wire
from tests.faults.worlds import first, picture
from tests.folders import person, world, write_folder


def until_free(run_kb, *words):
    """Repeat what the lock of a dead process refuses: a server needs a moment to see that it is gone."""
    for _ in range(100):
        result = run_kb(*words)
        if "another load is running" not in result.stderr:
            break
        time.sleep(0.1)
    assert (result.exit_code, result.stderr) == (0, "")


def kill_at(engine, at, *words):
    """Run a command that is killed when it has sent so much, the last of which is all that arrives."""

    def strike():
        command.kill()
        passed.cut()

    with wire(engine, at=at, strike=strike) as (passed, environment):
        command = Command(*words, environment=environment)
        assert command.done() is None
        assert passed.wait()


@pytest.mark.parametrize("number", range(POINTS))
def test_a_load_killed_at_any_point_is_completed_by_the_next(shared_base, engine, journeys, run_kb, number):
    journey = journeys[number % len(journeys)]
    point = journey.point(number, POINTS)
    journey.start()
    kill_at(engine, point, *journey.words)

    states = [dataset["state"] for dataset in shared_base.datasets()]
    journey.allows(picture(shared_base), states, point)
    if "running" in states:
        assert "goes on, or was cut off" in run_kb("find", "Person").stderr
    if states or journey.kind != "unload":
        until_free(run_kb, *journey.words)
    assert picture(shared_base) == journey.after


def test_an_unload_that_was_killed_is_completed_by_a_load_of_another_dataset(base, engine, run_kb, tmp_path):
    ann = person("Ann", {"at": "meta", "phase": "past"})
    small = write_folder(tmp_path / "small", world("small", people={"ann": ann}))
    big = first(tmp_path / "big")
    base.load(small)
    alone = picture(base)
    base.load(big)
    kill_at(engine, b"DETACH DELETE n", "unload", "tiny")
    states = {dataset["id"]: dataset["state"] for dataset in base.datasets()}
    assert states == {"tiny": "running", "small": "complete"}
    until_free(run_kb, "load", str(small))
    assert picture(base) == alone
