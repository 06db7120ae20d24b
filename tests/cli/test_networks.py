"""`kb retention`, `kb centrality`, `kb communities` on seeds, and what they say beside the rows."""

import json

import pytest
from click.testing import CliRunner

import kb
from kb.cli import main
from tests.folders import person, world, write_folder


@pytest.fixture(scope="module")
def colleagues(tmp_path_factory):
    """Seven people at Meta, of whom two have left, and six at Google, of whom four have."""
    people = {}
    for n in range(13):
        at = "meta" if n < 7 else "google"
        over = n < 2 or 7 <= n < 11
        end = {"end": f"{2015 + n % 3}-01-01", "phase": "past"} if over else {"phase": "current"}
        then = [{"at": "openai", "start": "2018-01-01", "phase": "current"}] if over else []
        people[f"p{n}"] = person(f"P{n}", {"at": at, "start": "2010-01-01", **end}, *then)
    return str(write_folder(tmp_path_factory.mktemp("seeds") / "tiny", world(people=people)))


def answer(seeds, *words, form="json"):
    found = CliRunner().invoke(main, [*words, "--from-seeds", seeds, "--format", form])
    assert found.exit_code == 0, found.stderr
    return found


def test_shell_and_python_say_the_same_of_retention(colleagues):
    rows = json.loads(answer(colleagues, "retention", "meta", "--years", "6").stdout)
    [tenure] = kb.analysis.retention(
        kb.Snapshot.from_seeds(colleagues), organization="meta", years=(6,)
    ).tenures
    assert [(row["part"], row["share"], row["spells"]) for row in rows] == [
        ("meta", tenure.points[0].share, 7)
    ]
    assert tenure.points[0].share == pytest.approx(5 / 7)


def test_a_table_of_retention_shows_share_band_and_notes(colleagues):
    found = answer(colleagues, "retention", "--min", "7", "--years", "6", form="table")
    lines = [" ".join(line.split()) for line in found.stdout.splitlines()]
    assert lines[2] == "Meta 7 2 not reached (6.0–) 71 % (38–100)"
    assert found.stderr == (
        "Not shown: 2 with fewer than 7 spells (12 in all)\nAll this rests on one source\n"
    )


def test_versus_compares_two_organizations(colleagues):
    rows = json.loads(answer(colleagues, "retention", "meta", "--versus", "google").stdout)
    assert [(row["organization"], row["spells"], row["ended"]) for row in rows] == [
        ("meta", 7, 2),
        ("google", 6, 4),
    ]
    assert rows[0]["expected"] + rows[1]["expected"] == pytest.approx(6)
    assert rows[0]["p"] == rows[1]["p"]
    assert "Meta" in answer(colleagues, "retention", "meta", "--versus", "google", form="table").stdout


def test_centrality_says_what_the_graph_is_and_what_has_no_rank(colleagues):
    found = answer(colleagues, "centrality", "--measure", "harmonic")
    rows = {row["organization"]: row for row in json.loads(found.stdout)}
    assert (rows["openai"]["rank"], rows["openai"]["value"], rows["openai"]["arrivals"]) == (1, 1, 6)
    assert (rows["meta"]["rank"], rows["google"]["rank"]) == (None, None)
    assert found.stderr.splitlines()[:2] == [
        "3 organizations and 2 flows (6 moves); exact",
        "2 with fewer than 5 people have no rank",
    ]


def test_colleagues_are_told_by_organization_and_the_cap_is_said(colleagues):
    found = answer(colleagues, "centrality", "--graph", "colleagues", "--cap", "6")
    assert {row["organization"] for row in json.loads(found.stdout)} == {"google", "openai"}
    assert "No colleagues from organizations of over 6 people: Meta 7" in found.stderr


def test_communities_say_how_alike_the_runs_are(colleagues):
    found = answer(colleagues, "communities")
    [row] = json.loads(found.stdout)
    assert (row["community"], row["nodes"], row["organizations"]) == (
        1,
        3,
        {"google": 4, "meta": 2, "openai": 6},
    )
    assert found.stderr.startswith("Modularity 0.000; 20 runs agree to 1.00 (adjusted Rand)\n")
    assert "Openai 6, Google 4, Meta 2" in answer(colleagues, "communities", form="table").stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param("retention --versus meta", "--versus needs the ORG", id="versus nothing"),
        pytest.param("retention meta --versus meta", "--versus is another organization", id="versus itself"),
        pytest.param("retention meta --versus openai --by all", "it has no --by", id="versus by"),
        pytest.param("retention meta --min 3", "--min is for several parts", id="parts of one"),
        pytest.param("retention nobody", "no entity `nobody`", id="unknown organization"),
        pytest.param("retention bert-maher", "is no organization, but a person", id="a person"),
        pytest.param("centrality --measure springrank", "needs 100 moves", id="few moves"),
        pytest.param(
            "centrality --measure springrank --graph colleagues", "have no direction", id="no direction"
        ),
    ],
)
def test_what_cannot_be_said_is_refused_in_one_line(words, message):
    found = CliRunner().invoke(main, [*words.split(), "--from-seeds", "meta-ai-2025"])
    assert found.exit_code in (1, 2)
    assert message in found.stderr
