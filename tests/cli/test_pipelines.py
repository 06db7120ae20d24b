"""`kb pipelines`, `kb exposure`, `kb groups` on seeds: their words, and what they say beside the rows."""

import json

import pytest
from click.testing import CliRunner

import kb
from kb.cli import main
from tests.folders import person, world, write_folder


def from_seeds(*words: str, seeds: str = "meta-ai-2025", form: str = "json"):
    return CliRunner().invoke(main, [*words, "--from-seeds", seeds, "--format", form])


def rows(*words: str):
    answer = from_seeds(*words)
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def test_shell_and_python_give_the_same_answers():
    snapshot = kb.Snapshot.from_seeds("meta-ai-2025")
    channels = kb.analysis.destinations(snapshot, "meta").rows
    assert [
        (row["organization"], row["share_count"], row["share_of"])
        for row in rows("pipelines", "--from", "meta")
    ] == [(channel.organization, channel.share.count, channel.share.of) for channel in channels]
    known = kb.analysis.exposure(snapshot, "pytorch").contributors
    assert [(row["person"], row["status"], row["to"]) for row in rows("exposure", "pytorch")] == [
        (one.person, one.status, one.to) for one in known
    ]


def test_to_and_from_alone_are_feeders_and_destinations_and_both_are_paths():
    assert rows("pipelines", "--to", "anthropic") == rows("pipelines", "feeders", "anthropic")
    both = rows("pipelines", "--from", "google-brain", "--to", "meta", "--level", "team")
    assert [(row["path"], row["hop"], row["to_id"]) for row in both] == [
        (1, 1, "google-deepmind"),
        (1, 2, "meta"),
    ]


def test_what_is_in_no_row_is_said():
    answer = from_seeds("pipelines", "--from", "meta", form="table")
    assert answer.stderr.splitlines() == [
        "Not in the rows: people who left for an unknown employer (4)",
        "Spells at meta left out: 4 undated (kb flows --explain)",
    ]
    assert "1 of 2: 50 % (9–91)" in answer.stdout
    assert from_seeds("exposure", "pytorch", form="table").stderr == (
        "Left Meta: 2 of 2: 100 % (34–100); there: 0, leaving: 0\n"
    )
    assert from_seeds("groups").stderr.startswith("0 pairs tested, 5 with too few dated moves\n")
    assert from_seeds("pipelines", "path", "tony-liu", "bert-maher").stderr.startswith("No path\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(
            "pipelines --format json feeders meta", "Options come after the name", id="before the name"
        ),
        pytest.param("pipelines --level team", "Name an organization", id="no organization"),
        pytest.param("pipelines --from a --to b --since 2025", "no --since", id="a path in time"),
        pytest.param(
            "pipelines path meta openai --by 2025 --from-seeds meta-ai-2025", "--by is for people", id="by"
        ),
        pytest.param(
            "pipelines path bert-maher tony-liu --alone --from-seeds meta-ai-2025",
            "--alone is for organizations",
            id="alone",
        ),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(words, said):
    answer = CliRunner().invoke(main, words.split())
    assert answer.exit_code == 2
    assert said in answer.stderr


def test_without_words_the_help_is_shown():
    answer = CliRunner().invoke(main, ["pipelines"])
    assert answer.exit_code == 0
    assert "kb pipelines --to anthropic" in answer.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("exposure triton", "no source says who develops `triton`. Name the organization: --at ORG"),
        ("exposure bert-maher", "`bert-maher` is neither a project nor an organization, but a person"),
        ("pipelines --to fair", "`fair` counts as `meta` here. Ask for meta, or by team"),
        ("pipelines alumni midjourney", "nobody is known to have left `midjourney`"),
    ],
)
def test_what_cannot_be_told_is_said_in_one_line(words, said):
    answer = from_seeds(*words.split())
    assert answer.exit_code == 1
    assert said in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_a_founder_and_a_return_are_printed(tmp_path):
    ann = person(
        "Ann",
        {"at": "meta", "start": 2010, "end": 2012},
        {"at": "openai", "start": 2013, "end": 2014, "title": "Co-founder"},
    )
    bob = person(
        "Bob",
        {"at": "meta", "start": 2010, "end": 2012, "spell": 1},
        {"at": "google", "start": 2013, "end": 2014},
        {"at": "meta", "start": 2015, "end": "..", "spell": 2},
    )
    seeds = str(write_folder(tmp_path / "tiny", world(people={"ann": ann, "bob": bob})))
    [founder] = json.loads(from_seeds("pipelines", "alumni", "meta", "--founders", seeds=seeds).stdout)
    assert (founder["person"], founder["organization"], founder["words"]) == ("ann", "openai", "Co-founder")
    answer = from_seeds("pipelines", "returns", "meta", seeds=seeds)
    [back] = json.loads(answer.stdout)
    assert (back["person"], back["via"]) == ("bob", ["google"])
    assert "Returned, of those who moved away: 1 of 2" in answer.stderr
