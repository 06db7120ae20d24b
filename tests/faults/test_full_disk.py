"""A disk that fills: a small file system, mounted for one process, under the store or under an export."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# What each of these scripts begins with. `fill` leaves so many bytes of the disk, `empty` gives them back.
HEAD = """
import os, sys
from pathlib import Path
from click.testing import CliRunner
from kb.cli import main
from kb.store import connect
from kb.store.embedded import reset
from tests.faults.commands import is_refused
from tests.faults.worlds import facts, first, picture, second
disk, other = map(Path, sys.argv[1:])
def kb(*words):
    return CliRunner().invoke(main, list(map(str, words)))
def done(*words):
    result = kb(*words)
    assert (result.exit_code, result.stderr) == (0, ""), result.stderr
    return result.stdout
def fill(room):
    state = os.statvfs(disk)
    (disk / "ballast").write_bytes(b"x" * max(0, state.f_bavail * state.f_frsize - room))
def empty():
    (disk / "ballast").unlink()
"""


def on_a_disk_of(size, script, tmp_path):
    """Run a script with two folders: on a disk of this size, which is `ro` to be read only, and not."""
    disk, other = tmp_path / "disk", tmp_path / "other"
    disk.mkdir()
    other.mkdir()
    options = "ro" if size == "ro" else f"size={size}"
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    mount = 'mount -t tmpfs -o "$2" tmpfs "$1" && shift 2 && exec "$@"'
    command = ["unshare", *user, "--mount", "sh", "-c", mount, "sh", str(disk), options]
    if shutil.which("unshare") is None or subprocess.run([*command, "true"], check=False).returncode:
        pytest.skip("a file system of its own cannot be mounted here")
    run = [sys.executable, "-c", HEAD + script, str(disk), str(other)]
    found = subprocess.run([*command, *run], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, ""), found.stderr
    return found.stdout


def test_a_disk_that_fills_in_a_load_is_one_clear_line_and_the_next_load_is_whole(tmp_path):
    on_a_disk_of(
        "64m",
        """
os.environ["KB_HOME"] = str(disk / "home")
seeds = first(other / "tiny")
done("load", seeds)
with connect(home=disk / "home") as base:
    before = facts(picture(base))
for room, change in ((0, second), (100_000, first)):
    change(seeds)
    fill(room)
    assert "home: no space left on the disk. Make room, then try again" in is_refused(kb("load", seeds))
    assert "goes on, or was cut off" in kb("find", "Person").stderr
    empty()
    done("load", seeds)
assert done("plan", seeds, "--format", "json") == "[]\\n"
with connect(home=disk / "home") as base:
    assert facts(picture(base)) == before
done("db", "stop")
""",
        tmp_path,
    )


def test_a_disk_that_is_full_from_the_start_is_one_clear_line_and_harms_nothing(tmp_path):
    on_a_disk_of(
        "64m",
        """
os.environ["KB_HOME"] = str(disk / "home")
seeds = first(other / "tiny")
fill(20_000)
said = is_refused(kb("load", seeds))
assert "home: no space left on the disk. Make room, or choose another folder with KB_HOME" in said, said
empty()
done("load", seeds)
assert done("plan", seeds, "--format", "json") == "[]\\n"
done("db", "stop")
""",
        tmp_path,
    )


def test_a_store_that_can_only_be_read_is_one_clear_line(tmp_path):
    on_a_disk_of(
        "ro",
        """
os.environ["KB_HOME"] = str(disk / "home")
assert "home: the store's folder cannot be used (Read-only file system)" in is_refused(kb("load"))
""",
        tmp_path,
    )


def test_an_export_that_fills_the_disk_leaves_nothing_that_looks_whole(tmp_path):
    on_a_disk_of(
        "1m",
        """
from kb import KbError, Snapshot
from kb.store.exports import export
seeds = first(other / "tiny")
fill(0)
said = is_refused(kb("export", "parquet", disk / "out", "--from-seeds", seeds))
assert "out: No space left on device. Make room, then try again" in said, said
snapshot = Snapshot.from_seeds(str(seeds))
for form in ("neo4j-admin", "parquet", "csv", "graphml", "ftm"):
    try:
        export(snapshot, disk / "out", form=form)
        raise AssertionError
    except KbError as error:
        assert "No space left on device. Make room, then try again" in str(error), error
    assert list((disk / "out").iterdir()) == []
empty()
assert kb("export", "parquet", disk / "out", "--from-seeds", seeds).exit_code == 0
""",
        tmp_path,
    )


def test_a_list_of_whom_to_leave_out_is_as_it_was_when_the_disk_is_full(tmp_path):
    on_a_disk_of(
        "1m",
        """
os.environ["KB_HOME"] = str(other / "home")
folder, file = disk / "left-out", disk / "left-out" / "forgotten.yaml"
forget = ("forget", "--folder", folder, "--name")
assert kb(*forget, "Ann Lee", "ann-lee").exit_code == 0
before = file.read_text()
fill(0)
said = is_refused(kb(*forget, "Bob Ray", "bob-ray"))
assert "forgotten.yaml: the list cannot be written (No space left on device). It is as it was" in said, said
assert [each.name for each in folder.iterdir()] == ["forgotten.yaml"]
assert file.read_text() == before
empty()
assert kb(*forget, "Bob Ray", "bob-ray").exit_code == 0
assert file.read_text() != before
reset(other / "home", force=True)
""",
        tmp_path,
    )


def test_a_disk_too_small_for_what_memory_cannot_hold_is_one_clear_line(tmp_path):
    on_a_disk_of(
        "1m",
        """
import tempfile
from kb.errors import KbError
from kb.ledger import Tables
tempfile.tempdir = str(disk)
tables = Tables()
tables.execute("SET memory_limit = '40MB'")
tables.execute("SET threads = 1")
try:
    tables.execute("CREATE TABLE t AS SELECT md5(i::VARCHAR) AS x FROM range(3_000_000) r(i) ORDER BY x")
    raise AssertionError
except KbError as error:
    assert str(error).startswith(f"{disk}: neither memory nor disk is enough for what was asked. Make room")
""",
        tmp_path,
    )
