"""Law 8: what was known at a day depends on nothing that was published after it."""

import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given, settings

from kb.errors import KbError
from kb.ledger import Ledger, read_folder
from kb.resolve import Snapshot, resolve
from tests.folders import datasets, person, world, write_folder

JULY = date(2025, 7, 31)


def resolved(*data, known_at=None) -> Snapshot:
    with tempfile.TemporaryDirectory() as top:
        ledger = Ledger()
        for each in data:
            read_folder(write_folder(Path(top) / each["dataset"]["id"], each), ledger)
        return resolve(ledger, known_at)


def published(data, when):
    """The dataset with all its sources published then."""
    sources = {key: {**source, "published": when} for key, source in data["sources"].items()}
    return {**data, "sources": sources}


@settings(max_examples=4)
@given(datasets("a"), datasets("b"))
def test_law_8_known_at_depends_on_nothing_published_later(a, b):
    early, late = published(a, "2025-07"), published(b, "2025-08")
    try:
        alone = resolved(early, known_at=JULY)
    except KbError:
        assume(False)
    both = resolved(early, late, known_at=JULY)
    assert both == alone
    assert both.at(as_of="2020") == alone.at(as_of="2020")


def test_a_dataset_whose_sources_all_came_later_was_not_there():
    later = published(world("b"), "2025-08")
    then = resolved(published(world("a"), "2025-07"), later, known_at=JULY)
    assert [node.id for node in then.nodes("Dataset")] == ["a"]


def test_a_source_that_is_described_in_another_way_later_makes_no_conflict_before():
    early = world("a", "2025-07", people={"ann": person("Ann")})
    late = world("b", "2025-08", people={"ann": person("Ann B.")})
    late["source"], late["sources"] = "talk-a", {"talk-a": late["sources"]["talk-b"]}
    with pytest.raises(KbError, match="described differently"):
        resolved(early, late)
    then = resolved(early, late, known_at=JULY)
    assert then == resolved(early, known_at=JULY)
    assert then.entity("ann").name == "Ann"
