"""What commands read of a snapshot is what they read of the graph, on both engines."""

import pytest

from kb.errors import KbError, NotFound
from kb.resolve import Snapshot
from kb.store.find import find, find_in
from kb.store.held import moment_of, profile_in, trace_in
from kb.store.look import profile
from kb.store.readback import read_snapshot
from kb.store.trace import trace

IDS = ("ann", "meta", "openai", "torch", "engineer", "movers", "freeze", "talk-tiny", "tiny")
FACTS = ("ann", "ann:departed:meta:1", "ann:employed_at:meta:1", "meta:talent_flow:openai:1", "freeze")


@pytest.fixture(scope="module")
def snapshot(small_world):
    return read_snapshot(small_world)


@pytest.mark.parametrize("key", IDS)
def test_a_profile_is_that_of_the_graph(small_world, snapshot, key):
    assert profile_in(snapshot, key) == profile(small_world, key)


@pytest.mark.parametrize("key", FACTS)
def test_a_trace_is_that_of_the_graph(small_world, snapshot, key):
    assert trace_in(snapshot, key) == trace(small_world, key)


@pytest.mark.parametrize("text", ["an", "meta", "movers", "zzz"])
def test_a_search_finds_what_it_finds_in_the_graph(small_world, snapshot, text):
    assert find_in(snapshot, text) == find(small_world, text)


def test_what_is_not_there_is_said_with_the_time_that_was_asked_for(snapshot):
    with pytest.raises(NotFound, match=r"nothing has the id `an` as of 2020-12-31\. Did you mean ann"):
        profile_in(snapshot.at(as_of="2020"), "an")
    with pytest.raises(NotFound, match="`kb show ann` lists the facts"):
        trace_in(snapshot, "ann:departed:zzz:1")
    with pytest.raises(KbError, match="rests on no claims"):
        trace_in(snapshot, "talk-tiny")


def test_a_fact_that_is_not_held_has_no_moment():
    snapshot = Snapshot.from_seeds("meta-ai-2025")
    found = trace_in(snapshot, "bert-maher:departed:meta:1")
    moment = moment_of(found, snapshot.at(as_of="2020"))
    assert moment is not None
    assert moment.answer == "no"
    assert moment_of(found, snapshot) is None
