"""`kb find`, `kb show` and `kb why` in a graph that is not as one load leaves it, on both engines."""

import json

import pytest

from tests.folders import person, world, write_folder

ANN = person("Ann Lee", {"at": "meta", "phase": "past"})


def ok(result):
    assert result.exit_code == 0, result.stderr
    return result


def rows(result):
    return [json.loads(line) for line in ok(result).stdout.splitlines()]


def test_find_in_an_empty_graph_says_to_load(run_kb):
    assert "no dataset is loaded: run `kb load`" in ok(run_kb("find", "ann")).stderr


def test_show_can_be_told_which_of_two_is_meant(base, run_kb, tmp_path):
    base.load(write_folder(tmp_path / "tiny", world(people={"ann": ANN})))
    base.write("CREATE (:Source {id: 'ann', name: 'Ann, a weekly'})")
    assert "Ann Lee" in ok(run_kb("show", "ann")).stdout
    assert "Ann, a weekly" in ok(run_kb("show", "ann", "--type", "source")).stdout


def test_why_prints_what_lost_and_what_was_denied(base, run_kb, tmp_path):
    def data(name, published, **job):
        ann = person("Ann", {"at": "meta", "phase": "past", **job})
        return write_folder(tmp_path / name, world(name, published, people={"ann": ann}))

    base.load(
        data("a", "2024-01", title="Engineer", end=2023, certainty="rumoured"),
        data("b", "2024-02", title="engineer", end=2022, certainty="confirmed"),
        data("c", "2024-03", denies=True, note="They say so."),
    )
    text = ok(run_kb("why", "ann:employed_at:meta:1", "--format", "table")).stdout
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "title engineer [2]" in lines
    assert "denied: denied by c/ann:employed_at:meta, which is surer, or as sure and no earlier" in lines
    assert "denies" in lines
    assert "They say so." in lines
    standings = {row["standing"] for row in rows(run_kb("why", "ann:employed_at:meta:1"))}
    assert standings == {"held", "denied", "denies"}
    base.unload("c")
    lost = [row for row in rows(run_kb("why", "ann:employed_at:meta:1")) if row["standing"] == "lost"]
    assert [(row["property"], row["value"], row["reason"]) for row in lost] == [
        ("title", "Engineer", "rumoured, not confirmed"),
        ("end", "2023", "rumoured, not confirmed"),
    ]


@pytest.mark.parametrize("words", [("find", "ann"), ("show", "ann"), ("why", "ann")], ids=" ".join)
def test_a_load_that_was_cut_off_is_told_on_stderr(base, run_kb, tmp_path, words):
    base.load(write_folder(tmp_path / "tiny", world(people={"ann": ANN})))
    base.write("MATCH (d:Dataset) SET d.state = 'running'")
    result = ok(run_kb(*words))
    assert "the load of dataset tiny goes on, or was cut off" in result.stderr
    assert "Run `kb load`" in result.stderr
    assert result.stdout


def test_what_a_node_is_called_cannot_command_the_terminal(base, run_kb, tmp_path):
    name = "[link=x]Ann[/link] \u202eeel"
    base.load(write_folder(tmp_path / "tiny", world(people={"ann": person(name)})))
    safe = "[link=x]Ann[/link] \\u202eeel"
    for words in (("find", "ann"), ("show", "ann"), ("why", "ann")):
        assert safe in ok(run_kb(*words, "--format", "table")).stdout
