"""`kb lineage`, on seeds without a graph."""

import json

from click.testing import CliRunner

from kb.cli import main


def kb(*words):
    result = CliRunner().invoke(main, ["lineage", *words, "--from-seeds", "meta-ai-2025"])
    assert result.exit_code == 0, result.stderr
    return result


def test_show_prints_the_parts_of_an_organization():
    found = [json.loads(line) for line in kb("show", "meta", "--format", "nl").stdout.splitlines()]
    assert {(row["relation"], row["how"], row["other"]) for row in found} == {("part", "division", "meta")}
    assert "fair" in {row["organization"] for row in found}
    lines = kb("show", "fair", "--format", "table").stdout.splitlines()
    assert [lines[0].split(), lines[1]] == [["FAIR", "fair"], "Part of"]


def test_suggest_prints_the_evidence():
    rows = json.loads(kb("suggest", "--people", "1", "--format", "json").stdout)
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)
    assert {"origin", "destination", "share", "together", "alike"} <= set(rows[0])
