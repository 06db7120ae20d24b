"""A load that is killed with -9: what the next one finds, and what a reader sees in between."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from kb.errors import LoadRefused
from kb.ledger import read_folder
from kb.resolve import resolve
from tests.folders import person, world, write_folder

# The process stops in the midst of its writing, says so, and waits to be killed.
HALFWAY = """
import sys, time, kb
def report(what, done, total):
    if done:
        print(f"{done} of {total}", flush=True)
        time.sleep(600)
base = kb.connect()
getattr(base, sys.argv[1])(*sys.argv[2:], report=report)
"""


@pytest.fixture
def folder(tmp_path):
    jobs = {"at": "meta", "start": 2010, "end": 2015}, {"at": "openai", "start": 2016, "phase": "current"}
    people = {f"person-{n}": person(f"Person {n}", *jobs) for n in range(200)}
    return write_folder(tmp_path / "big", world("big", people=people))


@contextmanager
def halfway(engine, *words):
    """A process that loads or unloads, in the midst of it; killed at the end."""
    command = [sys.executable, "-c", HALFWAY, *map(str, words)]
    environment = {**os.environ, **engine.environment}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert " of " in process.stdout.readline()
            yield
        finally:
            process.send_signal(signal.SIGKILL)


def until_free(load):
    """Repeat what a lock of a dead process refuses: a server needs a moment to see that it is gone."""
    for _ in range(100):
        try:
            return load()
        except LoadRefused:
            time.sleep(0.1)
    return load()


def test_a_load_killed_halfway_is_completed_by_the_next(base, engine, folder):
    with halfway(engine, "load", folder), pytest.raises(LoadRefused):
        base.load(folder)
    assert [dataset["state"] for dataset in base.datasets()] == ["running"]
    assert until_free(lambda: base.load(folder)).changes > 0
    assert base.plan(folder) == []
    assert [dataset["state"] for dataset in base.datasets()] == ["complete"]
    assert base.snapshot() == resolve(read_folder(folder))


def test_an_unload_killed_halfway_is_completed_by_the_next_load(base, engine, folder, tmp_path):
    ann = person("Ann", {"at": "meta", "phase": "past"})
    small = write_folder(tmp_path / "small", world("small", people={"ann": ann}))
    base.load(folder, small)
    with halfway(engine, "unload", "big"):
        states = {dataset["id"]: dataset["state"] for dataset in base.datasets()}
        assert states == {"big": "running", "small": "complete"}
    until_free(lambda: base.load(small))
    assert base.plan(small) == []
    assert base.snapshot() == resolve(read_folder(small))
