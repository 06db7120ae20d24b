"""`kb export`, from the graph and from seeds, and what `kb load` says of claims that are ids."""

import json
import shlex

import duckdb
import pytest

from kb.cli.export import FORMATS
from kb.store import exports
from tests.folders import person, world, write_folder

ANN = person("Ann", {"at": "meta", "phase": "past", "title": "Engineer"})


@pytest.fixture
def seeds(tmp_path):
    return write_folder(tmp_path / "tiny", world(people={"ann": ANN}))


def test_the_command_knows_the_formats_of_the_library():
    assert tuple(exports.FORMATS) == FORMATS


def test_the_graph_and_its_seeds_are_exported_alike(run_kb, base, seeds, tmp_path):
    base.load(seeds)
    assert run_kb("export", "parquet", str(tmp_path / "one")).exit_code == 0
    assert run_kb("export", "parquet", str(tmp_path / "two"), "--from-seeds", str(seeds)).exit_code == 0
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "two").iterdir())
    for name in names:
        if name != "Dataset.parquet":  # when it was loaded is known to the graph alone
            one, two = (
                duckdb.read_parquet(str(tmp_path / each / name)).fetchall() for each in ("one", "two")
            )
            assert one == two


def test_the_command_for_neo4j_admin_is_printed(run_kb, seeds, tmp_path):
    done = run_kb("export", "neo4j-admin", str(tmp_path / "out"), "--from-seeds", str(seeds))
    assert shlex.split(done.stdout)[:4] == ["neo4j-admin", "database", "import", "full"]
    assert " rows in " in done.stderr


def test_a_folder_that_is_not_empty_is_refused_in_one_line(run_kb, seeds, tmp_path):
    done = run_kb("export", "csv", str(seeds.parent), "--from-seeds", str(seeds))
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "the folder is not empty" in done.stderr


def test_why_tells_where_claims_are_that_are_no_nodes(run_kb, seeds):
    assert run_kb("load", str(seeds), "--provenance", "ids").exit_code == 0
    told = run_kb("why", "ann:employed_at:meta:1", "--format", "table").stdout
    assert "tiny keeps the ids of its claims only" in told
    assert run_kb("plan", str(seeds), "--full", "--format", "json").stdout.strip() == "[]"
    rows = json.loads(run_kb("why", "ann:employed_at:meta:1", "--format", "json").stdout)
    assert {row["reason"] for row in rows} == {"from a claim that the graph keeps the id of, and no more"}
