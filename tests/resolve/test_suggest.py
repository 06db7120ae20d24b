"""Proposals of pairs that may be one: with reasons, never merged, never those decided to be different."""

import pytest

from kb.errors import KbError
from kb.resolve.suggest import suggestions
from tests.folders import person, world
from tests.resolve.test_identity import decisions, different, facts, same


def pairs(snapshot, **more):
    return {(each.one, each.other): each for each in suggestions(snapshot, **more)}


def people(*names, **aliases):
    return world(
        people={f"p{n}": person(name, {"at": "meta", "phase": "current"}) for n, name in enumerate(names)}
    )


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        pytest.param("Ann Lee", "LEE, Ánn", "same name: ann lee", id="order, case, accents"),
        pytest.param("王小明", "Xiaoming Wang", "same name: wang xiaoming", id="pinyin"),
        pytest.param("A. Lee", "Ann Lee", "initial and family name: a lee", id="an initial"),
    ],
)
def test_names_that_may_be_one_are_proposed_with_the_reason(one, other, reason):
    (found,) = suggestions(facts(people(one, other)), kinds=["person"], least=0.5)
    assert (found.one, found.other) == ("p0", "p1")
    assert found.reasons == (reason, "shared employers: 1, as meta")


def test_shared_employers_and_times_raise_the_score():
    job = {"at": "meta", "start": 2015, "end": 2018}
    data = world(
        people={
            "a": person("Ann Lee", job),
            "b": person("Ann Lee", job),
            "c": person("Ann Lee", {"at": "openai", "phase": "current"}),
        }
    )
    found = pairs(facts(data), kinds=["person"])
    assert found["a", "b"].score == 0.95
    assert found["a", "c"].score == 0.6


def test_other_names_are_not_proposed():
    assert suggestions(facts(people("Ann Lee", "Bob Lee", "Ann Ray")), kinds=["person"], least=0) == []


def test_what_was_decided_to_be_different_is_not_proposed_again():
    data = world(people={key: person("Ann Lee") for key in ("a", "b", "c")})
    judged = decisions(identity=[different("a", "b")])
    assert set(pairs(facts(data, judged), kinds=["person"])) == {("a", "c"), ("b", "c")}
    merged = decisions(identity=[different("a", "c"), same("b", "c", keep="b")])
    assert pairs(facts(data, merged), kinds=["person"]) == {}


def organizations(*names):
    data = world()
    data["organizations"] |= {
        f"o{n}": {"name": name, "kind": "other", "lines": 1} for n, name in enumerate(names)
    }
    return data


@pytest.mark.parametrize(
    ("one", "other", "least"),
    [
        pytest.param("The Ark Society Inc.", "Ark Society", 0.9, id="article and form"),
        pytest.param("Law & Order", "Law and Order", 0.9, id="and"),
        pytest.param("Frontier Alignment Research", "FAR.AI", 0.65, id="initials"),
        pytest.param("Deepthought", "Galactic Deepthought", 0.55, id="all words of one"),
    ],
)
def test_second_names_of_organizations_are_proposed(one, other, least):
    assert ("o0", "o1") in pairs(facts(organizations(one, other)), kinds=["organization"], least=least)


def test_there_are_no_suggestions_for_other_types():
    with pytest.raises(KbError, match="no suggestions for `role`"):
        suggestions(facts(world()), kinds=["role"])
