"""Flows by one expression: DuckDB by our own SQL, DuckDB by ibis, and a real Spark count the same."""

import os
import shutil

import pytest

from kb.analysis import FlowCount, flows
from kb.resolve import Snapshot
from kb.scale import flows_at_scale, flows_of_parquet, local_spark, write_spells
from tests.folders import person, world


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
