"""Seed files: each mistake is told with file, line, column and what to do; all of them at once."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.errors import KbError, SeedError
from kb.ledger import Ledger, read_folder
from kb.ledger.marks import parse

GOOD = """\
source: talk
dataset: {id: tiny, title: Tiny, licence: CC0-1.0}
sources:
  talk: {name: A talk, kind: talk, published: 2025-08, line_count: 50}
organizations:
  meta: {name: Meta, kind: company, lines: 1}
  openai: {name: OpenAI, kind: company, lines: 2}
  fair: {name: FAIR, kind: team, lines: 2}
people:
  jane-doe:
    name: Jane Doe
    lines: 3
    jobs:
      - {at: meta, phase: past, lines: 3-4}
"""


def mistakes(folder: Path, text: str) -> list[str]:
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SeedError) as caught:
        read_folder(folder)
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]


def test_a_good_folder_is_read_claim_by_claim(tmp_path):
    (tmp_path / "a.yaml").write_text(GOOD, encoding="utf-8")
    ledger = read_folder(tmp_path)
    assert ledger.datasets == ("tiny",)
    assert ledger.execute(f"SELECT claim, locator, phase FROM {ledger.name('EMPLOYED_AT')}") == [
        ("tiny/jane-doe:employed_at:meta", "lines 3-4", "past")
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            "at: meta,", "at: mta,", "a.yaml:14:14: unknown id `mta`, did you mean `meta`?", id="unknown id"
        ),
        pytest.param("phase: past", "end: 2025-13", "a.yaml:14:25: ", id="impossible date"),
        pytest.param(
            "phase: past",
            "start: 2020, end: 2019",
            "a.yaml:14:38: `end` (2019) is before `start` (2020), check both dates",
            id="end before start",
        ),
        pytest.param(
            "  openai:",
            "  meta:",
            "a.yaml:7:3: duplicate `meta`, it stands in line 6 already",
            id="duplicate",
        ),
        pytest.param(
            "  jane-doe:",
            "  meta:",
            "a.yaml:10:3: duplicate id `meta`, FOLDER/a.yaml:6 declares it already",
            id="duplicate id in another section",
        ),
        pytest.param(
            "phase: past",
            "fase: past",
            "a.yaml:14:20: unknown property `fase`, did you mean `phase`?",
            id="unknown property",
        ),
        pytest.param(
            "source: talk\n", "", "no source for this claim, add `source:` here or at the top", id="no source"
        ),
        pytest.param(
            "source: talk\n",
            "source: tlk\n",
            "a.yaml:1:9: unknown source `tlk`, did you mean `talk`?",
            id="unknown source",
        ),
        pytest.param(
            "lines: 3-4",
            "lines: 3-51",
            "a.yaml:14:40: lines 3-51 are outside `talk`, it has 50 lines",
            id="outside",
        ),
        pytest.param(
            "lines: 3-4", "lines: 4-3", "a.yaml:14:40: `4-3` is no range of lines", id="reversed lines"
        ),
        pytest.param(
            ", lines: 3-4",
            "",
            "a.yaml:14:9: where the source says it is missing, add `lines:`",
            id="no lines",
        ),
        pytest.param(
            "    jobs:\n      - {at: meta, phase: past,",
            "    member_of:\n      - {team: meta,",
            "a.yaml:14:16: `meta` is of type Company, not Team, name one of the right kind",
            id="edge between wrong types",
        ),
        pytest.param(
            "phase: past, ", "", "the phase of this spell is not clear, add `phase: past`", id="no phase"
        ),
        pytest.param(
            "name: OpenAI, ", "", "a.yaml:7:3: `name` is missing, add `name:`", id="missing property"
        ),
        pytest.param(
            "kind: team", "kind: tem", "`kind` cannot be `tem`, did you mean `team`?", id="bad value"
        ),
        pytest.param(
            "  jane-doe:", "  Jane Doe:", "a.yaml:10:3: `Jane Doe` is no id, write `jane-doe`", id="bad id"
        ),
        pytest.param("jobs:\n      - {", "jobs:\n      {", "is a list", id="not a list"),
        pytest.param(
            "published: 2025-08, ", "", "`talk` does not say when it was published", id="no publication date"
        ),
        pytest.param(
            "dataset: {id: tiny, title: Tiny, licence: CC0-1.0}\n",
            "",
            "no file says what dataset this is",
            id="no dataset",
        ),
        pytest.param("source: talk\n", "source: [talk\n", "not YAML", id="broken YAML"),
        pytest.param("name: Jane Doe", "name: &a Jane Doe", "anchors and aliases are not read", id="anchor"),
        pytest.param("name: Jane Doe", "name: !!python/name:os.system x", "tags are not read", id="tag"),
        pytest.param(
            "name: Jane Doe", 'name: "a\\u202eb\\u0007"', "a control character", id="control character"
        ),
    ],
)
def test_a_mistake_is_told_where_it_is_with_what_to_do(tmp_path, old, new, expected):
    assert old in GOOD
    found = mistakes(tmp_path, GOOD.replace(old, new, 1))
    assert any(expected.replace("FOLDER", str(tmp_path)) in line for line in found), found


def test_all_mistakes_are_told_at_once(tmp_path):
    text = (
        GOOD.replace("at: meta", "at: mta")
        .replace("lines: 3-4", "lines: 77")
        .replace("openai: {", "openai: {part_of: [{organization: x, how: division, lines: 1}], ")
    )
    assert len(mistakes(tmp_path, text)) == 3


def test_a_mistake_of_form_hides_no_other_mistake(tmp_path):
    text = GOOD.replace("kind: team", "kind: tem").replace(
        "at: meta, phase", "at: mta, start: 2025-13, fase: 1, phase"
    )
    text += "      - {at: openai, end: 2020, lines: 99}\n    member_of:\n      - {team: fair, lines: 5}\n"
    found = [line.split(": ", 1)[1].split(",")[0] for line in mistakes(tmp_path, text)]
    assert found == [
        "`kind` cannot be `tem`",
        "unknown id `mta`",
        "'2025-13' is not a date: there is no month 13",
        "unknown property `fase`",
        "lines 99 are outside `talk`",
    ]


def test_nothing_is_added_while_a_mistake_remains(tmp_path):
    ledger = Ledger()
    (tmp_path / "a.yaml").write_text(GOOD.replace("at: meta", "at: mta"), encoding="utf-8")
    with pytest.raises(SeedError):
        read_folder(tmp_path, ledger)
    assert ledger.datasets == ()
    assert ledger.stated == ()


def test_a_second_spell_at_one_place_needs_a_number(tmp_path):
    text = GOOD + "      - {at: meta, phase: past, lines: 5}\n"
    assert mistakes(tmp_path, text) == [
        "a.yaml:15:9: a second spell of `jane-doe` at `meta`, number them with `spell: 1`, `spell: 2`"
    ]


def test_an_id_of_one_file_can_be_used_in_another(tmp_path):
    head, people = GOOD.split("people:")
    (tmp_path / "z.yaml").write_text(head, encoding="utf-8")
    (tmp_path / "a.yaml").write_text("source: talk\npeople:" + people, encoding="utf-8")
    assert read_folder(tmp_path).datasets == ("tiny",)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param(b"a: \xff\n", "1:1: not UTF-8", id="not UTF-8"),
        pytest.param(b"", "no file says what dataset this is", id="empty"),
        pytest.param(b"- a\n", "a seed file is a mapping", id="a list"),
        pytest.param(b"a: 1\n---\nb: 2\n", "2:1: a second document", id="two documents"),
        pytest.param(b"[" * 5000, "nested deeper", id="deep"),
        pytest.param(b"a: \x00\n", "not YAML", id="NUL"),
        pytest.param(b"{a: 1}: 2\n", "a key must be plain text", id="key is a mapping"),
    ],
)
def test_a_file_that_is_no_seed_file_is_one_clear_error(tmp_path, raw, expected):
    (tmp_path / "a.yaml").write_bytes(raw)
    with pytest.raises(SeedError) as caught:
        read_folder(tmp_path)
    assert expected in str(caught.value)


@pytest.mark.parametrize("name", ["nowhere", "a.yaml"])
def test_what_is_no_folder_of_seeds_is_told(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text("")
    with pytest.raises(KbError, match=name):
        read_folder(name)


def test_a_folder_without_seed_files_is_told(tmp_path):
    with pytest.raises(KbError, match=r"no \*\.yaml files"):
        read_folder(tmp_path)


@given(st.text())
@settings(max_examples=300)
def test_any_text_is_read_or_refused(text):
    try:
        parse(text, "x.yaml")
    except SeedError as error:
        assert "\n" not in str(error.problems[0])
