"""Profiles as the graph gives them, on both engines."""

import pytest

from kb.errors import NotFound
from kb.store.look import profile
from kb.store.trace import trace


def test_a_profile_has_every_edge_and_the_names_at_its_ends(small_world):
    ann = profile(small_world, "ann")
    assert [(each.id, ann.name(each.end)) for each in ann.relations] == [
        ("ann:departed:meta:1", "Meta"),
        ("ann:employed_at:meta:1", "Meta"),
        ("ann:employed_at:openai:1", "Openai"),
        ("ann:held_role:engineer:meta:1", "Engineer"),
        ("ann:worked_on:torch:1", "Torch"),
    ]
    assert [(cited.id, cited.claims) for cited in ann.cited] == [("talk-tiny", 6)]


def test_a_profile_of_an_organization_has_what_comes_in_and_goes_out(small_world):
    meta = profile(small_world, "meta")
    assert {relation.id for relation in meta.relations} == {
        "ann:departed:meta:1",
        "ann:employed_at:meta:1",
        "bob:employed_at:meta:1",
        "freeze:involves:meta:1",
        "meta:talent_flow:openai:1",
        "movers:about:meta:2",
    }
    assert meta.name("openai") == "Openai"
    assert meta.others["movers"].properties["value"] == 140


@pytest.mark.parametrize(
    ("key", "label", "relations"),
    [
        pytest.param("torch", "Project", ["ann:worked_on:torch:1"], id="project"),
        pytest.param("engineer", "Role", ["ann:held_role:engineer:meta:1"], id="role"),
        pytest.param("movers", "Statistic", ["movers:about:meta:2"], id="statistic"),
        pytest.param("freeze", "Event", ["freeze:involves:meta:1"], id="event"),
        pytest.param("talk-tiny", "Source", [], id="source"),
        pytest.param("tiny", "Dataset", [], id="dataset"),
        pytest.param(
            "tiny/bob",
            "Claim",
            ["tiny/bob:about:bob:1", "tiny/bob:from_source:talk-tiny:1"],
            id="claim",
        ),
    ],
)
def test_anything_with_an_id_has_a_profile(small_world, key, label, relations):
    found = profile(small_world, key)
    assert found.entity.labels[0] == label
    assert [relation.id for relation in found.relations] == relations


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        pytest.param("an", "Did you mean ann?", id="mistyped id"),
        pytest.param("opnai", "Did you mean openai", id="another beginning"),
        pytest.param("ann:employed_at:meta", "Did you mean ann:employed_at:meta:1?", id="no number"),
        pytest.param("ann:employed_at:mta:1", "Did you mean ann:employed_at:meta:1", id="mistyped fact"),
        pytest.param("ann:xyz", "`kb show ann` lists the facts of `ann`", id="no such fact"),
        pytest.param("qqqqqq", "Search with `kb find`", id="nothing like it"),
    ],
)
def test_an_id_that_is_not_there_names_the_nearest(small_world, key, hint):
    with pytest.raises(NotFound) as error:
        trace(small_world, key)
    assert error.value.hint.startswith(hint)
