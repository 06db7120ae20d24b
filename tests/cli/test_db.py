"""`kb db` on a store of its own, and `kb doctor` on both engines."""

import json
import os
import shutil
from collections import namedtuple

import pytest
from click.testing import CliRunner

from kb.cli import main
from kb.store.doctor import examine
from kb.store.embedded import Embedded, status
from kb.store.home import Home
from tests.folders import world, write_folder


@pytest.fixture
def home(tmp_path):
    path = tmp_path / "home"
    yield path
    if path.is_dir():
        CliRunner().invoke(main, ["--home", str(path), "db", "stop"])


@pytest.fixture
def db(home, monkeypatch):
    for name in ("NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    return lambda *words: CliRunner().invoke(main, ["--home", str(home), "db", *words])


def ok(result):
    assert result.exit_code == 0, result.stderr
    return result


def test_path_prints_the_folder_and_makes_none(db, home):
    assert ok(db("path")).stdout == f"{home}\n"
    assert not home.exists()


def test_a_server_is_started_shown_and_stopped(db, home):
    found = json.loads(ok(db("start")).stdout)
    assert (found["running"], found["pinned"], found["path"]) == (True, True, str(home))
    text = ok(db("status", "--format", "table")).stdout
    assert f"running at {found['uri']}, process {found['pid']}, until `kb db stop`" in text
    assert ok(db("stop")).stdout == "stopped\n"
    assert json.loads(ok(db("status")).stdout)["running"] is False
    assert ok(db("stop")).stdout == "it was not running\n"


def test_status_of_a_store_that_is_not_there_makes_none(db, home):
    assert "not running; it starts when it is needed" in ok(db("status", "--format", "table")).stdout
    assert not home.exists()


def test_no_password_is_ever_printed(db, home):
    printed = ok(db("start")).output + ok(db("status")).output + ok(db("status", "--format", "table")).output
    doctor = CliRunner().invoke(main, ["--home", str(home), "doctor"])
    secrets = json.loads(Home(home).secrets_file.read_text())
    assert not [word for word in secrets.values() if word in printed + doctor.output]


def test_reset_asks_first(db, home):
    ok(db("start"))
    result = db("reset")
    assert result.exit_code == 2
    assert "say --yes" in result.stderr
    assert status(home).running


def test_reset_empties_the_store(db, home):
    ok(db("start"))
    assert ok(db("reset", "--yes")).stdout == f"{home} is empty\n"
    assert not Home(home).engine.exists()


def test_reset_refuses_a_store_in_use_unless_forced(db, home):
    embedded = Embedded(home)
    embedded.endpoint()
    result = db("reset", "--yes")
    assert result.exit_code == 1
    assert "the store is in use by 1 connection" in result.stderr
    ok(db("reset", "--yes", "--force"))
    embedded.close()


def test_that_other_commands_use_another_server_is_said(db, monkeypatch):
    monkeypatch.setenv("NEO4J_URI", "neo4j://elsewhere:7687")
    assert "Other commands use neo4j://elsewhere:7687" in ok(db("status")).stderr


def test_the_doctor_finds_all_well(base, run_kb, monkeypatch, tmp_path):
    monkeypatch.setattr("kb.store.doctor.SHIPPED", (write_folder(tmp_path / "tiny", world()),))
    base.load(tmp_path / "tiny")
    result = ok(run_kb("doctor", "--format", "table"))
    assert {line.split()[0] for line in result.stdout.splitlines()} == {"ok"}
    checks = [json.loads(line) for line in ok(run_kb("doctor")).stdout.splitlines()]
    told = {check["check"]: check["what"] for check in checks}
    assert {"python", "packages", "settings", "engine", "datasets", "seeds"} <= told.keys()
    assert told["datasets"] == "tiny is complete"


def test_the_doctor_says_what_is_not_loaded(base, run_kb):
    checks = {check["check"]: check for check in json.loads(ok(run_kb("doctor", "--format", "json")).stdout)}
    assert (checks["datasets"]["state"], checks["datasets"]["hint"]) == ("warn", "Run `kb load`")


def states(base, **options):
    return {check.check: (check.state, check.what, check.hint) for check in examine(lambda: base, **options)}


def test_the_doctor_tells_a_load_that_was_cut_off_and_other_seeds(base, monkeypatch, tmp_path):
    folder = write_folder(tmp_path / "tiny", world())
    base.load(folder)
    monkeypatch.setattr("kb.store.doctor.SHIPPED", (folder,))
    base.write("MATCH (d:Dataset) SET d.state = 'running', d.hash = 'x'")
    found = states(base)
    assert found["datasets"] == ("warn", "the load of tiny goes on, or was cut off", "Run `kb load`")
    assert found["seeds"][:2] == ("warn", "tiny was loaded from other files than the shipped ones")


def test_the_doctor_fails_where_nothing_answers(monkeypatch):
    monkeypatch.setattr("kb.store.engines._LATE", 0.0)
    monkeypatch.setenv("NEO4J_URI", "bolt://127.0.0.1:1")
    result = CliRunner().invoke(main, ["doctor", "--format", "table"])
    assert result.exit_code == 1
    last = result.stdout.splitlines()[-1]
    assert last == (
        "FAIL  engine    bolt://127.0.0.1:1: no server answers. Check NEO4J_URI, and that the server runs"
    )


def test_the_doctor_fails_on_settings_that_are_wrong(monkeypatch):
    monkeypatch.setenv("NEO4J_URI", "http://x:secret@localhost")
    result = CliRunner().invoke(main, ["doctor", "--format", "table"])
    assert result.exit_code == 1
    assert "NEO4J_URI: `http` is not a scheme of Neo4j" in result.stdout
    assert "secret" not in result.stdout


def refused():
    raise AssertionError("the doctor went on")


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX")
def test_the_doctor_warns_of_a_folder_that_others_can_read(home):
    home.mkdir()
    home.chmod(0o755)
    folder = next(check for check in examine(refused, home=home) if check.check == "folder")
    assert (folder.state, folder.hint) == ("warn", f"chmod 700 {home}")


def test_the_doctor_fails_on_a_folder_with_other_files(home):
    home.mkdir(mode=0o700)
    (home / "letter.txt").write_text("mine")
    checks = examine(refused, home=home)
    folder = next(check for check in checks if check.check == "folder")
    assert (folder.state, folder.what) == ("fail", f"{home} holds other files, and no store")


@pytest.mark.parametrize(("free", "state"), [(5e9, "ok"), (5e8, "warn"), (5e6, "fail")])
def test_the_doctor_looks_at_the_disk(home, monkeypatch, free, state):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(1e12, 1e12 - free, free))
    disk = next(check for check in examine(refused, home=home) if check.check == "disk")
    assert disk.state == state


def test_the_doctor_names_packages_that_are_missing(monkeypatch):
    monkeypatch.setattr("kb.store.doctor.PACKAGES", ("click", "no-such-package"))
    packages = next(check for check in examine(refused) if check.check == "packages")
    assert (packages.state, packages.hint) == ("fail", "python -m pip install no-such-package")
