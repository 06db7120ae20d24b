"""Checks that load nothing: mistakes of several folders, and documents against their sources."""

import hashlib

import pytest

from kb.ledger.check import check
from tests.folders import person, world, write_folder

TEXT = b"one\ntwo\nthree\n"


def folder_of(tmp_path, data=TEXT, **fields):
    content = world(people={"ann": person("Ann")})
    source = content["sources"]["talk-tiny"]
    source |= {"sha256": hashlib.sha256(data).hexdigest(), "line_count": 3} | fields
    source |= {name: None for name, value in fields.items() if value is None}
    return write_folder(tmp_path / "tiny", content)


def told(tmp_path, folder, data):
    document = tmp_path / "talk.txt"
    document.write_bytes(data)
    checked = check(folder, documents=[document])
    return [f"{problem.what}, {problem.hint}" for problem in checked.problems], checked.documents


def test_mistakes_of_all_folders_are_told_together(tmp_path):
    bad = {"ann": person("Ann", {"at": "mta", "phase": "past"})}
    folders = [write_folder(tmp_path / name, world(name, people=bad)) for name in ("a", "b")]
    assert [problem.what for problem in check(*folders).problems] == ["unknown id `mta`"] * 2


def test_entities_claims_and_sources_are_counted(tmp_path):
    assert check(folder_of(tmp_path)).counts() == (6, 6, 1, 0)


def test_a_document_is_known_by_its_hash(tmp_path):
    problems, documents = told(tmp_path, folder_of(tmp_path), TEXT)
    assert problems == []
    assert documents == [(str(tmp_path / "talk.txt"), "talk-tiny")]


def test_a_last_line_without_an_end_counts(tmp_path):
    data = TEXT.rstrip()
    assert told(tmp_path, folder_of(tmp_path, data), data)[0] == []


@pytest.mark.parametrize(
    ("data", "difference"),
    [
        pytest.param(TEXT.replace(b"\n", b"\r\n"), "its lines end in CRLF", id="CRLF"),
        pytest.param(b"\xef\xbb\xbf" + TEXT, "it begins with a byte order mark (BOM)", id="BOM"),
        pytest.param(
            b"\xef\xbb\xbf" + TEXT.replace(b"\n", b"\r\n"),
            "it begins with a byte order mark (BOM) and its lines end in CRLF",
            id="both",
        ),
        pytest.param(TEXT.rstrip(), "the last line end is missing", id="last line"),
        pytest.param(TEXT + b"\n", "there are empty lines at the end", id="empty lines"),
    ],
)
def test_a_document_that_an_editor_changed_is_told_from_another_one(tmp_path, data, difference):
    problems, _ = told(tmp_path, folder_of(tmp_path), data)
    assert len(problems) == 1
    assert problems[0].startswith(f"not `talk-tiny` byte for byte: {difference}, ")


def test_another_document_is_refused_and_the_right_one_named(tmp_path):
    ours, theirs = (hashlib.sha256(data).hexdigest()[:8] for data in (TEXT, b"else"))
    assert told(tmp_path, folder_of(tmp_path), b"else")[0] == [
        f"another document: its sha256 is {theirs}…, "
        f"give the one that the locators mean: `talk-tiny` ({ours}…)"
    ]


def test_a_line_count_that_does_not_fit_is_a_mistake(tmp_path):
    problems, _ = told(tmp_path, folder_of(tmp_path, line_count=4), TEXT)
    assert problems == [
        "it is `talk-tiny`, which has 3 lines, and not 4 as `line_count` says, write `line_count: 3`"
    ]


def test_locators_are_checked_against_a_document_whose_line_count_nobody_states(tmp_path):
    problems, _ = told(tmp_path, folder_of(tmp_path, b"one\n", line_count=None), b"one\n")
    assert problems == ["`talk-tiny` has no line 2: it ends with line 1, check the lines"]


def test_sources_without_a_hash_say_what_to_write(tmp_path):
    digest = hashlib.sha256(TEXT).hexdigest()
    problems, _ = told(tmp_path, folder_of(tmp_path, sha256=None), TEXT)
    assert problems == [f"no source of the seeds has a `sha256`, write `sha256: {digest}` under its source"]
