"""A load that is killed with -9: what the next one finds, and what a reader sees in between."""

import os
import signal
import subprocess
import sys
import time

import pytest

from kb.errors import LoadRefused
from kb.ledger import read_folder
from kb.resolve import resolve
from tests.folders import person, world, write_folder

LOAD = "import sys, kb; base = kb.connect(); print('loading', flush=True); base.load(*sys.argv[1:])"
MANY = 1_500


@pytest.fixture
def folder(tmp_path):
    people = {
        f"person-{n}": person(
            f"Person {n}",
            {"at": "meta", "start": 2010, "end": 2015},
            {"at": "openai", "start": 2016, "phase": "current"},
        )
        for n in range(MANY)
    }
    return write_folder(tmp_path / "big", world("big", people=people))


def start_load(engine, *folders):
    environment = {**os.environ, **engine.environment}
    process = subprocess.Popen(
        [sys.executable, "-c", LOAD, *map(str, folders)], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "loading\n"
    return process


def written(base):
    return base.query("MATCH (n:Person) RETURN count(*) AS n").rows[0][0]


def wait_until(condition, seconds=60):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not come to that"
        time.sleep(0.02)


def test_a_load_killed_halfway_is_completed_by_the_next(base, engine, folder):
    process = start_load(engine, folder)
    wait_until(lambda: written(base) > 0)
    with pytest.raises(LoadRefused):
        base.load(folder)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert [dataset["state"] for dataset in base.datasets()] == ["running"]
    wait_until(lambda: not refused(base, folder))
    assert base.plan(folder) == []
    assert [dataset["state"] for dataset in base.datasets()] == ["complete"]
    assert base.snapshot() == resolve(read_folder(folder))


def refused(base, folder):
    """Whether the killed process still holds its lock: a server needs a moment to see that it is gone."""
    try:
        base.load(folder)
    except LoadRefused:
        return True
    return False


def test_an_unload_killed_halfway_is_completed_by_the_next_load(base, engine, folder, tmp_path):
    small = write_folder(
        tmp_path / "small", world("small", people={"ann": person("Ann", {"at": "meta", "phase": "past"})})
    )
    base.load(folder, small)
    script = "import sys, kb; base = kb.connect(); print('loading', flush=True); base.unload('big')"
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        env={**os.environ, **engine.environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: written(base) < MANY + 1 or process.poll() is not None)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    wait_until(lambda: not refused(base, small))
    assert base.plan(small) == []
    assert base.snapshot() == resolve(read_folder(small))
