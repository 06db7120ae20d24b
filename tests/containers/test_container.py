"""The commands against Neo4j in a container; tests/containers/run makes all that this needs."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

IMAGE = os.environ.get("KB_NEO4J_IMAGE")

pytestmark = pytest.mark.skipif(
    IMAGE is None, reason="`make containers` starts a Neo4j container and runs this"
)

Kb = Callable[..., str]


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kb]:
    """`kb(*words)` runs the command on a fresh Neo4j with the seeds loaded, and gives what it prints."""
    from testcontainers.community.neo4j import Neo4jContainer

    home = tmp_path_factory.mktemp("home")
    with Neo4jContainer(IMAGE, password="a-password-for-a-test") as server:
        settings = {
            "NEO4J_URI": server.get_connection_url(),
            "NEO4J_USERNAME": server.username,
            "NEO4J_PASSWORD": server.password,
            "KB_HOME": str(home),
        }

        def run(*words: str) -> str:
            command = [sys.executable, "-c", "from kb.cli import main; main()", *words]
            done = subprocess.run(
                command, env=os.environ | settings, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
            return done.stdout

        run("load")
        yield run


def test_a_second_load_changes_nothing(kb: Kb) -> None:
    before = kb("query", "MATCH (n) RETURN count(*) AS nodes", "--format", "json")
    kb("load")
    assert kb("plan", "--format", "json").strip() == "[]"
    assert kb("query", "MATCH (n) RETURN count(*) AS nodes", "--format", "json") == before


def test_it_tells_who_left_meta(kb: Kb) -> None:
    rows = ask(
        kb,
        "MATCH (p:Person)-[d:DEPARTED]->(:Company {id: 'meta'}) WHERE d.certainty <> 'rumoured' "
        "RETURN p.name AS person, d.destination AS destination ORDER BY person",
    )
    assert {"person": "Bert Maher", "destination": "anthropic"} in rows


def test_it_tells_where_those_who_made_pytorch_worked(kb: Kb) -> None:
    rows = ask(
        kb,
        "MATCH (p:Person)-[:WORKED_ON]->(:Project {id: 'pytorch'}), (p)-[s:EMPLOYED_AT]->(o:Company) "
        "RETURN p.name AS person, o.name AS company, s.phase AS phase",
    )
    assert rows
    assert {row["phase"] for row in rows} <= {"planned", "current", "past"}


def test_every_fact_leads_to_its_sources(kb: Kb) -> None:
    [spell] = ask(
        kb, "MATCH (:Person {id: 'bert-maher'})-[s:EMPLOYED_AT]->(:Company {id: 'meta'}) RETURN s.id AS id"
    )
    rows = ask(
        kb,
        "MATCH (c:Claim)-[:FROM_SOURCE]->(s:Source) WHERE c.fact = $id "
        "RETURN s.name AS source, c.locator AS locator, c.certainty AS certainty",
        "-p", "id", spell["id"],
    )  # fmt: skip
    assert rows
    assert all(row["locator"] for row in rows)


def ask(kb: Kb, query: str, *options: str) -> list[dict[str, str]]:
    """The rows that a query gives."""
    rows: list[dict[str, str]] = json.loads(kb("query", query, *options, "--format", "json"))
    return rows
