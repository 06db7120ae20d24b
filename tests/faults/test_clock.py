"""A clock that steps back, between loads and in the midst of one, and files that are dated wrongly."""

import os
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kb.store import connect, embedded, load
from kb.store.home import Home
from tests.faults.worlds import first, picture, second

REAL = time.time  # noqa: TID251
DAY = 86_400


@pytest.fixture
def step(monkeypatch):
    """Set the clock that Python reads by so many days; the one that waits go by has no hands to move."""

    class Stepped(datetime):
        days = 0

        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(days=cls.days)

    def set_back(days):
        Stepped.days = days
        monkeypatch.setattr(time, "time", lambda: REAL() + days * DAY)

    monkeypatch.setattr(load, "datetime", Stepped)
    return set_back


def test_a_clock_that_steps_back_between_loads_changes_nothing_but_when_they_were(base, tmp_path, step):
    folder = first(tmp_path / "tiny")
    base.load(folder)
    [before] = base.datasets()
    step(-400)
    assert base.load(folder).changes == 0
    second(folder)
    base.load(folder)
    [after] = base.datasets()
    assert after["loaded_at"] < before["loaded_at"]
    assert base.plan(folder) == []


def test_a_clock_that_steps_back_in_a_load_disturbs_it_not(shared_base, journeys, step):
    journey = journeys[1]
    journey.start()

    def report(what, done, total):
        if what == "writing" and done:
            step(-done)

    assert shared_base.load(journey.folder, report=report).changes > 0
    assert picture(shared_base) == journey.after
    step(0)
    assert shared_base.load(journey.folder).changes == 0


def test_files_of_the_store_that_are_dated_in_the_future_hold_nobody_up(tmp_path, seeds):
    home, later = Home(tmp_path / "home"), REAL() + 400 * DAY
    try:
        for _ in range(2):
            with connect(home=home.path) as base:
                base.load(seeds)
                assert base.plan(seeds) == []
            embedded.stop(home.path)
            for file in home.path.rglob("*"):
                os.utime(file, (later, later))
    finally:
        embedded.reset(home.path, force=True)


def test_a_changed_file_is_seen_whatever_its_date_and_size_say(base, tmp_path):
    folder = first(tmp_path / "tiny")
    base.load(folder)
    file: Path = folder / "seeds.yaml"
    dated = file.stat().st_mtime_ns
    text = file.read_text()
    file.write_text(text.replace("Person 3", "Person X"))
    os.utime(file, ns=(dated, dated))
    assert [change.id for change in base.plan(folder) if change.type == "Person"] == ["person-3"]
