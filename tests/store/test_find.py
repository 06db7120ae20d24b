"""Searching by name, on both engines."""

import pytest

from kb.store.find import find


@pytest.mark.parametrize(
    ("text", "first"),
    [
        pytest.param("ann lee", "ann", id="name"),
        pytest.param("LEE", "ann", id="part of a name, other case"),
        pytest.param("安·李", "ann", id="Chinese"),
        pytest.param("李", "ann", id="part of a Chinese name"),
        pytest.param("anli", "ann", id="pinyin"),
        pytest.param("A. Lee", "ann", id="alias"),
        pytest.param("angstrom", "bob", id="without accents"),
        pytest.param("opnai", "openai", id="mistyped"),
        pytest.param("bob", "bob", id="id"),
        pytest.param("torch", "torch", id="project"),
        pytest.param("talk-tiny", "talk-tiny", id="source"),
    ],
)
def test_a_search_finds_by(small_world, text, first):
    assert find(small_world, text)[0].id == first


def test_a_search_tells_which_name_fits(small_world):
    [hit] = find(small_world, "a. lee")
    assert (hit.type, hit.name, hit.name_zh, hit.matched) == ("Person", "Ann Lee", "安·李", "A. Lee")


def test_names_that_are_only_alike_are_found_when_nothing_fits_better(small_world):
    assert [hit.id for hit in find(small_world, "metta")] == ["meta"]
    assert [hit.id for hit in find(small_world, "meta")] == ["meta"]


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        pytest.param("organization", ["google", "meta", "openai"], id="type"),
        pytest.param("company", ["google", "meta", "openai"], id="kind"),
        pytest.param("person", [], id="other type"),
    ],
)
def test_a_search_can_be_for_one_type(small_world, kind, found):
    hits = [hit.id for name in ("google", "meta", "openai") for hit in find(small_world, name, kind=kind)]
    assert hits == found
