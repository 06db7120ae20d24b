"""Exports, each read back by a reader of its own world."""

import csv
import json
import os
import re
import subprocess
from pathlib import Path

import duckdb
import networkx as nx
import pandas as pd
import pytest

from kb.errors import KbError
from kb.ontology import EDGES, NODES
from kb.resolve import Snapshot
from kb.store import connect
from kb.store.exports import FORMATS, export
from tests.folders import person, world, write_folder
from tests.servers.neo4j import Unavailable, neo4j_import

HOSTILE = 'Robert\'); "quoted", <b>&amp; a\\b; c ✓ 安'
ANN = person(
    "Ann",
    {"at": "meta", "start": "2010-05", "left": {"date": "2015-06-01", "to": "openai", "lines": 3}},
    {"at": "openai", "phase": "current", "start": 2016, "certainty": "rumoured"},
    aliases=["A; B", "安"],
    studied_at=[{"university": "eth", "degree": "PhD", "lines": 4}],
    member_of=[{"team": "fair", "phase": "past", "lines": 4}],
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    data = world(people={"ann": ANN, "bob": person(HOSTILE)})
    data["organizations"]["openai"]["part_of"] = [{"organization": "meta", "how": "acquired", "lines": 5}]
    return write_folder(tmp_path_factory.mktemp("seeds") / "tiny", data)


@pytest.fixture(scope="module")
def snapshot(folder):
    return Snapshot.from_seeds(str(folder))


def test_parquet_is_read_by_duckdb(snapshot, tmp_path):
    done = export(snapshot, tmp_path / "out", form="parquet")
    labels = [path.stem for path in done.files]
    assert done.rows == sum(snapshot.count(label) for label in (*NODES, *EDGES))
    for label in labels:
        rows = duckdb.sql(f"SELECT * FROM '{tmp_path}/out/{label}.parquet' ORDER BY id").fetchall()
        assert rows == snapshot.execute(f"SELECT * FROM {snapshot.name(label)} ORDER BY id")


def test_csv_is_read_by_pandas(snapshot, tmp_path):
    export(snapshot, tmp_path / "out", form="csv")
    people = pd.read_csv(tmp_path / "out" / "Person.csv").set_index("id")
    assert people.loc["bob", "name"] == HOSTILE
    assert json.loads(people.loc["ann", "aliases"]) == ["A; B", "安"]


def test_graphml_is_read_by_networkx(snapshot, tmp_path):
    export(snapshot, tmp_path / "out", form="graphml")
    read = nx.read_graphml(tmp_path / "out" / "graph.graphml", force_multigraph=True)
    ours = snapshot.to_networkx()
    assert set(read.nodes) == set(ours.nodes)
    assert set(read.edges(keys=True)) == set(ours.edges(keys=True))
    assert read.nodes["bob"]["name"] == HOSTILE
    for start, end, key, held in ours.edges(keys=True, data=True):
        there = {name: value for name, value in read.edges[start, end, key].items() if name != "id"}
        assert there == {
            name: json.dumps(value, separators=(",", ":"), ensure_ascii=False)
            if isinstance(value, list)
            else value
            if isinstance(value, bool | int | float)
            else str(value)
            for name, value in held.items()
        }


def test_entities_say_what_followthemoney_has_a_word_for(snapshot, tmp_path):
    done = export(snapshot, tmp_path / "out", form="ftm")
    lines = (tmp_path / "out" / "entities.ftm.json").read_text(encoding="utf-8").splitlines()
    entities = {entity["id"]: entity for entity in map(json.loads, lines)}
    # What `ftm validate` takes for an id.
    assert all(re.fullmatch(r"[0-9a-zA-Z]([0-9a-zA-Z._-]*[0-9a-zA-Z])?", key) for key in entities)
    assert done.rows == len(entities)
    assert entities["ann.employed_at.meta.1"] == {
        "id": "ann.employed_at.meta.1",
        "schema": "Employment",
        "properties": {
            "employee": ["ann"],
            "employer": ["meta"],
            "status": ["past"],
            "startDate": ["2010-05"],
            "endDate": ["2015-06-01"],
        },
    }
    assert entities["bob"]["properties"]["name"] == [HOSTILE]
    assert entities["openai.part_of.meta.1"]["schema"] == "Ownership"
    assert "ann.employed_at.openai.1" not in entities, "what is rumoured is left out"


def test_neo4j_admin_imports_the_files_and_a_plan_finds_nothing_to_do(folder, tmp_path):
    snapshot = Snapshot.from_seeds(str(folder))
    done = export(snapshot, tmp_path / "out", form="neo4j-admin")
    try:
        with neo4j_import(tmp_path / "neo4j", done.command) as environment:
            auth = (environment["NEO4J_USERNAME"], environment["NEO4J_PASSWORD"])
            with connect(environment["NEO4J_URI"], auth=auth) as base:
                assert base.plan(str(folder)) == []
                assert base.snapshot() == snapshot
                assert base.load(str(folder)).changes == 0
                rows = base.query("SHOW CONSTRAINTS YIELD name RETURN count(*) AS n").rows
                assert rows[0][0] >= len(NODES)
    except Unavailable as error:
        if os.environ.get("KB_REQUIRE_NEO4J") == "1":
            pytest.fail(str(error))
        pytest.skip(str(error))


def test_the_script_is_the_command(snapshot, tmp_path):
    done = export(snapshot, tmp_path / "out", form="neo4j-admin")
    show = tmp_path / "neo4j-admin"
    show.write_text('#!/bin/sh\nfor word in "$@"; do printf "%s\\n" "$word"; done\n')
    show.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    said = subprocess.run(
        [tmp_path / "out" / "import.sh"], env=environment, capture_output=True, text=True, check=True
    )
    assert tuple(said.stdout.splitlines()) == done.command[1:]


def test_each_header_fits_its_data(snapshot, tmp_path):
    done = export(snapshot, tmp_path / "out", form="neo4j-admin")
    for header in (path for path in done.files if path.name.endswith(".header.csv")):
        data = Path(re.sub(r"\.header\.csv$", ".csv", str(header)))
        width = len(header.read_text().split(","))
        with data.open(newline="", encoding="utf-8") as stream:
            assert {len(row) for row in csv.reader(stream)} == {width}


def test_a_folder_that_holds_something_is_not_written_into(snapshot, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    for form in FORMATS:
        with pytest.raises(KbError, match="not empty"):
            export(snapshot, tmp_path, form=form)
    with pytest.raises(KbError, match="this is a file"):
        export(snapshot, tmp_path / "mine.txt", form="csv")
