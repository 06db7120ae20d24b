"""Flows by one expression: DuckDB by our own SQL, DuckDB by ibis, and a real Spark count the same."""

import json
import os
import shutil
import sys
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner
from hypothesis import given, settings

from kb.analysis import FlowCount, flows
from kb.cli import main
from kb.errors import KbError, MissingExtra, NotFound
from kb.ledger import Ledger, read_folder
from kb.resolve import Snapshot, resolve
from kb.scale import flows_at_scale, flows_of_parquet, local_spark, write_spells
from tests.folders import datasets, person, world, write_folder


# PySpark forgets the pipe to a Java that has ended, and the garbage collector closes it.
@pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <_io.FileIO:pytest.PytestUnraisableExceptionWarning"
)
def test_a_java_that_does_not_start_is_quoted(monkeypatch, tmp_path):
    # It stands before the tests with a Spark: there is one in a process.
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'too old for this' >&2\nexit 1\n", encoding="utf-8")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with (
        pytest.raises(KbError, match=r"Spark does not start: too old for this\. Install Java 17"),
        local_spark(),
    ):
        pass


@pytest.fixture(scope="module")
def spark():
    """One real Spark for all of these tests, which compiles little: they are over before that pays."""
    if not shutil.which("java") and os.environ.get("KB_REQUIRE_NEO4J") != "1":
        pytest.skip("the tests on Spark are left out: no Java")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        with local_spark(memory="1g") as session:
            yield session


def by_our_sql(snapshot: Snapshot, **how) -> list[FlowCount]:
    """The answer of `kb.analysis.flows`, as far as the expression has one."""
    return [FlowCount(flow.from_id, flow.to_id, flow.people, flow.moves) for flow in flows(snapshot, **how)]


def job(at: str, start: int | None = None, end: int | None = None, **fields) -> dict:
    dates = {name: year for name, year in (("start", start), ("end", end)) if year}
    return {"at": at, **dates, **fields}


def made_up() -> dict:
    """Moves by dates, moves that a departure adds and overrules, a part, a return, and unknown dates."""
    organizations = world()["organizations"]
    organizations["fair"]["part_of"] = [{"organization": "meta", "how": "division", "lines": 1}]
    labs = [{"organization": "google", "how": "division", "lines": 1}]
    organizations["labs"] = {"name": "Labs", "kind": "company", "lines": 1, "part_of": labs}
    says = {"phase": "past", "lines": 3, "to": "openai"}
    left = job("meta", 2010, 2012, left=says)
    back = job("meta", 2015, 2016, spell=2)
    people = {
        "ann": person("Ann", job("meta", 2010, 2012, spell=1), job("openai", 2012, 2014), back),
        "bob": person("Bob", left, job("google", 2012, 2014), job("openai", 2014, 2016)),
        "cat": person("Cat", left, job("google", 2013, 2015), job("openai", phase="past")),
        "dan": person("Dan", job("fair", 2010, 2012), job("meta", 2012, 2014), job("openai", None, 2016)),
        "eve": person(
            "Eve", job("google", 2010, phase="past"), job("meta", None, 2010), job("openai", 2010, 2010)
        ),
        "gus": person("Gus", job("labs", 2010, 2012), job("google", 2012, 2014), job("meta", 2014, 2015)),
        "fay": person("Fay", left, job("openai", 2012, 2014)),
    }
    return world(organizations=organizations, people=people)


def test_departures_parts_and_vague_dates_count_as_our_sql_counts_them(resolved, spark):
    snapshot = resolved(made_up())
    for how in ({}, {"level": "team"}, {"from_": "meta"}, {"to": "openai", "minimum": 2}):
        ours = by_our_sql(snapshot, **how)
        assert ours
        assert flows_at_scale(snapshot, **how) == ours
        assert flows_at_scale(snapshot, engine="spark", spark=spark, **how) == ours


def test_what_departures_settle_is_no_matter_of_dates(resolved, tmp_path):
    snapshot = resolved(made_up())
    spells, settled = write_spells(snapshot, tmp_path)
    assert flows_of_parquet(spells, settled=settled) == by_our_sql(snapshot)
    assert flows_of_parquet(spells) != by_our_sql(snapshot)


def test_a_table_of_openstack_counts_the_same_by_dates_alone(spark, tmp_path):
    snapshot = Snapshot.from_seeds("openstack", claims=False)
    ours = by_our_sql(snapshot)
    assert len(ours) > 100
    spells, _ = write_spells(snapshot, tmp_path)
    assert flows_of_parquet(spells) == ours
    assert flows_of_parquet(spells, engine="spark", spark=spark) == ours


@settings(max_examples=6)
@given(datasets("a"), datasets("b"))
def test_one_expression_counts_what_our_sql_counts(a, b):
    with TemporaryDirectory() as folder:
        ledger = Ledger()
        for data in (a, b):
            read_folder(write_folder(Path(folder) / data["dataset"]["id"], data), ledger)
        snapshot = resolve(ledger)
    for how in ({}, {"level": "team", "include_rumoured": True}):
        assert flows_at_scale(snapshot, **how) == by_our_sql(snapshot, **how)


def test_the_command_counts_the_same_on_spark(spark, monkeypatch):
    monkeypatch.setattr("kb.scale.flows.local_spark", lambda: nullcontext(spark))
    words = ["flows", "--from-seeds", "meta-ai-2025", "--to", "openai", "--format", "json"]
    rows = json.loads(CliRunner().invoke(main, words).stdout)
    answer = CliRunner().invoke(main, [*words, "--engine", "spark"])
    names = ("from_id", "from_name", "to_id", "to_name", "people", "moves")
    assert json.loads(answer.stdout) == [{name: row[name] for name in names} for row in rows]
    assert answer.stderr.startswith("Spells at openai left out: ")


def test_a_spark_without_java_says_so_in_one_line(monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    answer = CliRunner().invoke(main, ["flows", "--from-seeds", "meta-ai-2025", "--engine", "spark"])
    assert answer.exit_code == 1
    assert answer.stderr.startswith("kb: Spark needs Java, and there is none here. Install Java 17")
    assert answer.stderr.count("\n") == 1


def test_a_second_spark_in_one_process_is_refused(spark):
    with pytest.raises(KbError, match="runs in this process already"), local_spark():
        pass


def test_what_the_extra_brings_is_asked_for_by_name(monkeypatch):
    monkeypatch.setitem(sys.modules, "ibis", None)
    with pytest.raises(MissingExtra, match=r"`ibis`.*ai-talent-kb\[spark\]"):
        flows_at_scale(Snapshot.from_seeds("meta-ai-2025"))


def test_wrong_files_engines_and_ids_are_said(spark, tmp_path):
    for engine in ("duckdb", "spark"):
        with pytest.raises(KbError, match="cannot count these"):
            flows_of_parquet(tmp_path / "none.parquet", engine=engine, spark=spark)
    with pytest.raises(KbError, match=r"no engine `pandas`\. There are duckdb and spark"):
        flows_of_parquet(tmp_path, engine="pandas")
    with pytest.raises(NotFound, match="`mata`"):
        flows_at_scale(Snapshot.from_seeds("meta-ai-2025"), to="mata")


def test_views_and_times_have_no_other_engine():
    for words in (["--since", "2024"], ["--totals"]):
        answer = CliRunner().invoke(main, ["flows", "--engine", "spark", *words])
        assert answer.exit_code == 2
        assert "--engine spark counts people and moves of all times" in answer.stderr
