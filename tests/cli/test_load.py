"""`kb load`, `kb plan`, `kb unload` and `kb validate`, on both engines."""

import hashlib
import io
import json

import pytest

from kb.cli.meter import Meter
from tests.folders import person, world, write_folder

ANN = person("Ann", {"at": "meta", "phase": "past", "title": "Engineer"})


@pytest.fixture
def seeds(tmp_path):
    return write_folder(tmp_path / "tiny", world(people={"ann": ANN}))


def ok(result):
    assert result.exit_code == 0, result.stderr
    return result


def test_a_load_tells_in_one_line_what_it_did(run_kb, seeds):
    first = ok(run_kb("load", str(seeds)))
    assert first.stdout.endswith(" created, 0 changed, 0 removed; datasets: tiny\n")
    assert first.stderr == ""


def test_a_second_load_says_0_changes(run_kb, seeds):
    ok(run_kb("load", str(seeds)))
    assert ok(run_kb("load", str(seeds))).stdout == "0 changes; datasets: tiny\n"


def test_a_load_tells_it_as_json(run_kb, seeds):
    ok(run_kb("load", str(seeds)))
    [told] = json.loads(ok(run_kb("load", str(seeds), "--format", "json")).stdout)
    assert told == {"created": 0, "changed": 0, "removed": 0, "changes": 0, "datasets": ["tiny"]}


def test_a_load_without_seeds_takes_the_shipped_ones(run_kb):
    assert ok(run_kb("load")).stdout.endswith("datasets: meta-ai-2025\n")


def test_a_load_of_broken_seeds_names_every_mistake(run_kb, tmp_path):
    people = {"ann": person("Ann", {"at": "mta", "phase": "past"}, {"at": "gogle", "phase": "past"})}
    folder = write_folder(tmp_path / "tiny", world(people=people))
    result = run_kb("load", str(folder))
    assert result.exit_code == 1
    assert "unknown id `mta`, did you mean `meta`?" in result.stderr
    assert "unknown id `gogle`, did you mean `google`?" in result.stderr


def test_a_folder_that_is_not_there_is_one_clear_line(run_kb):
    result = run_kb("load", "nowhere")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert (
        "nowhere: no such folder of seeds. Shipped with kb: aiwatch, meta-ai-2025, openstack" in result.stderr
    )


def test_unload_takes_a_dataset_out(run_kb, base, seeds):
    ok(run_kb("load", str(seeds)))
    assert ok(run_kb("unload", "tiny")).stdout.endswith(" removed; no datasets\n")
    assert base.datasets() == []


def test_unload_of_what_is_not_there_names_the_nearest(run_kb, seeds):
    ok(run_kb("load", str(seeds)))
    result = run_kb("unload", "tinny")
    assert result.exit_code == 1
    assert "no dataset `tinny` in the graph. Did you mean tiny?" in result.stderr


def test_a_plan_shows_what_is_created_changed_and_removed(run_kb, seeds, tmp_path):
    ok(run_kb("load", str(seeds)))
    changed = world(people={"ann": person("Ann Lee"), "bob": person("Bob")})
    write_folder(tmp_path / "tiny", changed)
    lines = ok(run_kb("plan", str(seeds), "--format", "table")).stdout.splitlines()
    assert "+ Person bob" in lines
    assert "- EMPLOYED_AT ann:employed_at:meta:1" in lines
    assert lines[lines.index("~ Person ann") + 1] == "    name: Ann → Ann Lee"
    signs = [line[0] for line in lines[:-1] if line[0] != " "]
    assert signs == sorted(signs, key="+~-".index)
    assert lines[-1] == "2 to create, 3 to change, 2 to remove"


def test_a_plan_as_json_lists_objects(run_kb, seeds, tmp_path):
    ok(run_kb("load", str(seeds)))
    write_folder(tmp_path / "tiny", world(people={"ann": ANN | {"name": "Ann Lee"}}))
    plan = json.loads(ok(run_kb("plan", str(seeds), "--format", "json")).stdout)
    [change] = [row for row in plan if row["type"] == "Person"]
    assert change == {
        "action": "change",
        "type": "Person",
        "id": "ann",
        "properties": {"name": ["Ann", "Ann Lee"]},
    }


@pytest.mark.parametrize(("form", "expected"), [("json", "[]\n"), ("nl", ""), ("table", "0 changes\n")])
def test_a_plan_of_what_is_loaded_is_empty(run_kb, seeds, form, expected):
    ok(run_kb("load", str(seeds)))
    assert ok(run_kb("plan", str(seeds), "--format", form)).stdout == expected


def test_a_plan_stops_at_the_limit_and_says_so(run_kb, seeds):
    result = ok(run_kb("plan", str(seeds), "--format", "table", "--limit", "2"))
    assert len(result.stdout.splitlines()) == 3
    assert result.stderr == "2 rows shown, there are more: --limit 0 for all\n"


def test_hostile_names_reach_the_terminal_harmless(run_kb, seeds, tmp_path):
    ok(run_kb("load", str(seeds)))
    name = "[red]Ann[/red] \u202egnp"
    write_folder(tmp_path / "tiny", world(people={"ann": ANN | {"name": name}}))
    plan = ok(run_kb("plan", str(seeds), "--format", "table")).stdout
    assert "    name: Ann → [red]Ann[/red] \\u202egnp\n" in plan


def test_validate_counts_what_is_there_and_opens_no_database(run_kb, seeds, monkeypatch):
    monkeypatch.setattr("kb.store.connect", None)
    assert ok(run_kb("validate", str(seeds))).stdout == "tiny: 6 entities, 7 claims, 1 source\n"


def test_validate_prints_every_mistake_with_its_place(run_kb, tmp_path):
    people = {"ann": person("Ann", {"at": "mta", "phase": "past"}, {"at": "gogle", "phase": "past"})}
    folder = write_folder(tmp_path / "tiny", world(people=people))
    result = run_kb("validate", str(folder))
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert [line.split(": ", 1)[1] for line in lines] == [
        "unknown id `mta`, did you mean `meta`?",
        "unknown id `gogle`, did you mean `google`?",
    ]
    assert result.stderr == "2 mistakes\n"
    rows = json.loads(run_kb("validate", str(folder), "--format", "json").stdout)
    assert [(row["what"], row["hint"]) for row in rows] == [
        ("unknown id `mta`", "did you mean `meta`?"),
        ("unknown id `gogle`", "did you mean `google`?"),
    ]


def test_validate_finds_claims_that_do_not_fit_together(run_kb, tmp_path):
    jobs = [{"at": "meta", "spell": n, "start": 2010 + n, "end": 2010 + n} for n in (1, 2)]
    one = write_folder(tmp_path / "a", world("a", people={"ann": person("Ann", *jobs)}))
    two = write_folder(
        tmp_path / "b", world("b", people={"ann": person("Ann", {"at": "meta", "phase": "past"})})
    )
    result = run_kb("validate", str(one), str(two))
    assert result.exit_code == 1
    assert "fits more than one spell of ann at meta" in result.stderr


def test_validate_names_the_source_that_a_document_is(run_kb, tmp_path):
    document = tmp_path / "talk.txt"
    document.write_bytes(b"line\n" * 99)
    data = world()
    data["sources"]["talk-tiny"]["sha256"] = hashlib.sha256(document.read_bytes()).hexdigest()
    folder = write_folder(tmp_path / "tiny", data)
    result = ok(run_kb("validate", str(folder), "--source", str(document)))
    assert result.stdout.splitlines()[1] == f"{document} is talk-tiny"
    document.write_bytes(b"line\r\n" * 99)
    result = run_kb("validate", str(folder), "--source", str(document))
    assert result.exit_code == 1
    assert f"{document}:1:1: not `talk-tiny` byte for byte: its lines end in CRLF, save it" in result.stdout


class Terminal(io.StringIO):
    """A stream that takes itself for a terminal."""

    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "seconds", "shown"),
    [
        pytest.param(Terminal(), 2.0, True, id="long, on a terminal"),
        pytest.param(Terminal(), 0.1, False, id="short, on a terminal"),
        pytest.param(io.StringIO(), 2.0, False, id="long, in a file"),
    ],
)
def test_progress_is_shown_for_what_takes_long_and_on_a_terminal_only(monkeypatch, stream, seconds, shown):
    monkeypatch.setattr("sys.stderr", stream)
    clock = iter([0.0, *[seconds] * 9])
    monkeypatch.setattr("kb.cli.meter.time.monotonic", lambda: next(clock))
    with Meter() as meter:
        meter("reading seeds", 0, 0)
        meter("writing", 500, 1000)
    assert ("500/1000" in stream.getvalue()) == shown
