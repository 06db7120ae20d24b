"""Decisions: which ids are one, what is retracted, which sources are independent; each can be undone."""

import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from kb.errors import AmbiguousSpell, KbError, SeedError
from kb.ledger import Ledger, read_folder
from kb.ledger.decisions import unheard_of
from kb.resolve import Snapshot, resolve
from kb.resolve.identity import Decided, survivors
from kb.store.readback import read_ledger
from tests.folders import datasets, person, world, write_folder

DAY = date(2025, 9, 1)
BOOKS = {"who": "curator", "when": "2025-09-01", "why": "The same page names both."}
SOME = settings(max_examples=3, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])


def decisions(name: str = "judge", **sections):
    """A dataset that only decides."""
    return {"dataset": {"id": name, "title": "Decisions", "licence": "CC0-1.0"}, **sections}


def same(*ids: str, **more):
    return {"same": list(ids), **BOOKS, **more}


def different(*ids: str, **more):
    return {"different": list(ids), **BOOKS, **more}


def ledger_of(*data):
    ledger = Ledger()
    with tempfile.TemporaryDirectory() as top:
        for each in data:
            read_folder(write_folder(Path(top) / each["dataset"]["id"], each), ledger)
    return ledger


def facts(*data, known_at: date | None = None) -> Snapshot:
    return resolve(ledger_of(*data), known_at)


def only(snapshot: Snapshot, label: str):
    (found,) = snapshot.nodes(label) if label == "Person" else snapshot.edges(label)
    return found


TWO = world(
    people={
        "ann": person("Ann", {"at": "meta", "phase": "past", "start": 2015, "end": 2018}, aliases=["A."]),
        "ann-lee": person("Ann Lee", {"at": "openai", "phase": "current", "start": 2018}, name_zh="安李"),
    },
    events={"meeting": {"name": "M", "kind": "meeting", "lines": 1, "involves": ["ann-lee"]}},
)


def test_a_merged_person_has_the_facts_and_the_names_of_both():
    merged = facts(TWO, decisions(identity=[same("ann", "ann-lee")]))
    ann = only(merged, "Person")
    assert (ann.id, ann.name) == ("ann", "Ann")
    assert ann.properties["aliases"] == ["A.", "Ann Lee"]
    assert [spell.id for spell in merged.edges("EMPLOYED_AT")] == [
        "ann:employed_at:meta:1",
        "ann:employed_at:openai:1",
    ]
    assert only(merged, "INVOLVES").end == "ann"
    assert only(merged, "TALENT_FLOW").id == "meta:talent_flow:openai:1"


def test_a_decision_can_name_the_id_that_survives():
    merged = facts(TWO, decisions(identity=[same("ann", "ann-lee", keep="ann-lee")]))
    assert only(merged, "Person").id == "ann-lee"


def test_claims_keep_the_ids_that_they_came_with():
    merged = facts(TWO, decisions(identity=[same("ann", "ann-lee")]))
    claims = {claim.id: claim.properties for claim in merged.nodes("Claim")}
    assert '"subject":"ann-lee"' in claims["tiny/ann-lee"]["content"]
    assert claims["tiny/ann-lee"]["fact"] == "ann"


def test_an_organization_takes_over_people_destinations_and_figures():
    left = {"date": "2020", "to": "google", "lines": 3}
    data = world(
        people={"ann": person("Ann", {"at": "meta", "left": left}, {"at": "openai", "phase": "current"})}
    )
    merged = facts(data, decisions(identity=[same("google", "openai", keep="openai")]))
    assert only(merged, "DEPARTED").properties["destination"] == "openai"
    openai = merged.entity("openai")
    assert {openai.name, *openai.properties["aliases"]} == {"Google", "Openai"}


def test_a_departure_to_what_is_the_same_organization_leads_nowhere():
    left = {"date": "2020", "to": "google", "lines": 3}
    data = world(people={"ann": person("Ann", {"at": "meta", "left": left})})
    merged = facts(data, decisions(identity=[same("google", "meta")]))
    gone = only(merged, "DEPARTED").properties
    assert "destination" not in gone and gone["destination_known"] is False
    assert merged.count("TALENT_FLOW") == 0


def test_an_edge_between_two_that_became_one_says_nothing():
    data = world()
    data["organizations"]["fair"]["part_of"] = [{"organization": "meta", "how": "division", "lines": 2}]
    merged = facts(data, decisions(identity=[same("fair", "meta", keep="meta")]))
    assert merged.count("PART_OF") == 0
    ties = [edge.id for edge in merged.edges("ABOUT")]
    assert len(ties) == len(set(ties))


def test_projects_and_roles_merge_too():
    data = world(
        people={
            "ann": person(
                "Ann",
                {"at": "meta", "phase": "past", "role": ["coder", "engineer"]},
                worked_on=[{"project": "torch", "lines": 3}, {"project": "pytorch", "lines": 4}],
            )
        },
        projects={key: {"name": key, "kind": "framework", "lines": 1} for key in ("torch", "pytorch")},
        roles={key: {"name": key, "family": "engineering", "lines": 1} for key in ("coder", "engineer")},
    )
    both = [same("torch", "pytorch", keep="pytorch"), same("coder", "engineer")]
    merged = facts(data, decisions(identity=both))
    assert only(merged, "WORKED_ON").end == "pytorch"
    assert len(only(merged, "WORKED_ON").properties["claims"]) == 2
    assert only(merged, "HELD_ROLE").end == "coder"


def test_two_people_with_one_name_stay_two():
    twins = world(people={"ann": person("Ann Lee"), "ann-lee": person("Ann Lee")})
    assert facts(twins).count("Person") == 2
    assert facts(twins, decisions(identity=[different("ann", "ann-lee")])).count("Person") == 2


def test_two_types_are_never_the_same():
    with pytest.raises(KbError, match=r"`ann` is of type Person and `meta` is of type Organization"):
        facts(TWO, decisions(identity=[same("ann", "meta")]))


def test_a_global_id_survives_one_of_a_dataset_and_chains_are_followed():
    found = survivors(
        [
            Decided("1", True, ("x/bob", "robert"), DAY),
            Decided("2", True, ("y/bob", "x/bob"), date(2025, 10, 1)),
            Decided("3", True, ("robert", "y/bob"), date(2025, 11, 1)),
        ]
    )
    assert {key: (to.id, to.since) for key, to in found.items()} == {
        "x/bob": ("robert", DAY),
        "y/bob": ("robert", date(2025, 10, 1)),
    }


def test_a_contradiction_is_refused_with_the_path():
    with pytest.raises(KbError) as caught:
        facts(
            TWO,
            decisions("one", identity=[same("ann", "x/ann"), same("x/ann", "ann-lee")]),
            decisions("two", identity=[different("ann", "ann-lee")]),
        )
    assert (
        "two/different:ann:ann-lee says that `ann` and `ann-lee` are different, but they are the same: "
        "`ann` = `x/ann` (one/same:ann:x/ann), `x/ann` = `ann-lee` (one/same:ann-lee:x/ann)"
    ) in str(caught.value)
    assert "seeds.yaml:" in str(caught.value)


def test_two_ids_cannot_both_be_kept():
    with pytest.raises(KbError, match="keeps another of them"):
        survivors([Decided("1", True, ("a", "b"), DAY, "a"), Decided("2", True, ("a", "b"), DAY, "b")])


def test_a_merge_takes_no_number_from_a_spell_of_the_survivor():
    old = world("old", "2020", people={"bob": person("Bob", {"at": "meta", "start": 2010, "end": 2012})})
    new = world("new", "2024", people={"ann": person("Ann", {"at": "meta", "start": 2015, "end": 2018})})
    merged = facts(old, new, decisions(identity=[same("ann", "bob")]))
    starts = {spell.id: spell.properties["start_text"] for spell in merged.edges("EMPLOYED_AT")}
    assert starts == {"ann:employed_at:meta:1": "2015", "ann:employed_at:meta:2": "2010"}


def test_a_decision_counts_from_its_day():
    judged = decisions(identity=[same("ann", "ann-lee")])
    assert facts(TWO, judged, known_at=date(2025, 8, 31)).count("Person") == 2
    assert facts(TWO, judged, known_at=DAY).count("Person") == 1


def test_a_retracted_claim_supports_nothing_from_its_day_on():
    taken = decisions(retractions=[{"claim": "tiny/ann:employed_at:meta", **BOOKS}])
    snapshot = facts(TWO, taken)
    assert [spell.end for spell in snapshot.edges("EMPLOYED_AT")] == ["openai"]
    retracted = [claim.id for claim in snapshot.nodes("Claim") if claim.properties["retracted"]]
    assert retracted == ["tiny/ann:employed_at:meta"]
    assert facts(TWO, taken, known_at=date(2025, 8, 31)).count("EMPLOYED_AT") == 2


def test_a_retracted_source_takes_all_its_claims_along():
    other = world("b", people={"ann": person("ANN")})
    snapshot = facts(TWO, other, decisions(retractions=[{"source": "talk-tiny", **BOOKS}]))
    assert only(snapshot, "Person").name == "ANN"
    assert snapshot.count("EMPLOYED_AT") == 0


@pytest.mark.parametrize(
    ("certainty", "called", "expected"),
    [
        pytest.param("reported", True, "confirmed", id="independent"),
        pytest.param("reported", False, "reported", id="two sources alone"),
        pytest.param("rumoured", True, "reported", id="a rumour confirms nothing"),
    ],
)
def test_only_sources_that_a_decision_calls_independent_confirm_each_other(certainty, called, expected):
    job = {"at": "meta", "phase": "current"}
    one = world("a", people={"ann": person("Ann", job)})
    two = world("b", people={"ann": person("Ann", {**job, "certainty": certainty})})
    judged = decisions(independent=[{"sources": ["talk-a", "talk-b"], **BOOKS}] if called else [])
    assert only(facts(one, two, judged), "EMPLOYED_AT").properties["certainty"] == expected


MISTAKES = [
    pytest.param({"identity": [{**BOOKS}]}, "a decision has either `same` or `different`", id="neither"),
    pytest.param({"identity": [same("ann")]}, "should have at least 2 items", id="one id"),
    pytest.param({"identity": [same("ann", "Ann Lee")]}, "`Ann Lee` is no id", id="a name"),
    pytest.param({"identity": [same("a", "a")]}, "an id stands there twice", id="twice"),
    pytest.param({"identity": [same("a", "b", keep="c")]}, "`c` is not among the same ids", id="keep"),
    pytest.param({"identity": [same("a", "b", when="2025/..")]}, "`when` has no last day", id="open"),
    pytest.param(
        {"identity": [{"same": ["a", "b"], "when": "2025", "who": "x"}]}, "`why` is missing", id="why"
    ),
    pytest.param({"retractions": [{**BOOKS}]}, "a decision has either `claim` or `source`", id="of nothing"),
    pytest.param({"forgotten": [{"hashes": ["Ann"], "when": "2025"}]}, "should match pattern", id="no hash"),
]


@pytest.mark.parametrize(("sections", "what"), MISTAKES)
def test_a_decision_that_is_not_whole_is_a_mistake_with_its_place(sections, what):
    with pytest.raises(SeedError, match=what) as caught:
        facts(decisions(**sections))
    assert all(problem.line > 1 for problem in caught.value.problems)


def test_ids_that_no_dataset_has_are_told_and_harmless():
    judged = decisions(identity=[same("ann", "x/ann")], retractions=[{"claim": "tiny/bob", **BOOKS}])
    ledger = ledger_of(TWO, judged)
    assert [line.split(": ", 1)[1] for line in unheard_of(ledger)] == [
        "no dataset here has the claim `tiny/bob`",
        "no dataset here has the id `x/ann`",
    ]
    assert resolve(ledger).count("Person") == 2


@st.composite
def judgements(draw: st.DrawFn):
    """Random decisions on the people, organizations, sources and claims of random datasets."""
    groups = st.sampled_from(
        [["ann", "bob"], ["meta", "openai"], ["google", "meta"], ["engineer", "scientist"]]
    )
    identity = [
        same(
            *ids,
            when=draw(st.sampled_from(["2025-06", "2025-09"])),
            keep=draw(st.sampled_from([None, ids[0]])),
        )
        for ids in draw(st.lists(groups, unique_by=tuple, max_size=2))
    ]
    retractions = draw(
        st.lists(
            st.sampled_from([{"claim": "a/ann"}, {"source": "talk-b"}, {"claim": "b/bob:employed_at:meta"}]),
            unique_by=str,
        )
    )
    return decisions(
        identity=[{key: value for key, value in each.items() if value} for each in identity],
        retractions=[{**each, **BOOKS} for each in retractions],
        independent=draw(st.sampled_from([[], [{"sources": ["talk-a", "talk-b"], **BOOKS}]])),
    )


def outcome(*data, known_at: date | None = None):
    """The snapshot, or the refusal."""
    try:
        return facts(*data, known_at=known_at)
    except (AmbiguousSpell, KbError) as error:
        return type(error)


@SOME
@given(datasets("a"), datasets("b"), judgements())
def test_law_4_decisions_that_are_taken_out_leave_no_trace(a, b, judged):
    held = outcome(a, b, judged)
    assume(isinstance(held, Snapshot))
    # As a load does after an unload of the decisions: the rest is read back from its claims.
    ledger = Ledger(held.connection)
    read_ledger(held, ["a", "b"], ledger)
    undone = resolve(ledger)
    assert undone == facts(a, b)
    assert undone.count("Decision") == 0


@SOME
@given(datasets("a"), datasets("b"), judgements())
def test_law_2_the_order_of_datasets_and_decisions_does_not_matter(a, b, judged):
    turned = {key: value[::-1] if isinstance(value, list) else value for key, value in judged.items()}
    one, other = outcome(a, b, judged), outcome(turned, b, a)
    if isinstance(one, Snapshot):
        # The hash of a file follows its bytes.
        for snapshot in (one, other):
            snapshot.execute(f"UPDATE {snapshot.name('Dataset')} SET hash = ''")
    assert one == other


@SOME
@given(datasets("a"), datasets("b"), judgements())
def test_law_8_a_decision_of_a_later_day_changes_nothing(a, b, judged):
    then = date(2025, 8, 31)
    earlier = {
        key: [each for each in value if each["when"] == "2025-06"] if isinstance(value, list) else value
        for key, value in judged.items()
    }
    one, other = outcome(a, b, judged, known_at=then), outcome(a, b, earlier, known_at=then)
    if isinstance(one, Snapshot):
        for snapshot in (one, other):
            snapshot.execute(f"UPDATE {snapshot.name('Dataset')} SET hash = ''")
    assert one == other


def renamed(value, names):
    """The same data with other ids, as if its author had used those."""
    if isinstance(value, dict):
        return {names.get(key, key): renamed(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [renamed(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value


@SOME
@given(datasets("a"), datasets("b"))
def test_a_merge_is_as_if_all_had_used_the_surviving_id(a, b):
    strangers = renamed(b, {"ann": "zoe", "meta": "facebook"})
    strangers["organizations"]["facebook"]["name"] = b["organizations"]["meta"]["name"]
    for key, fields in b["people"].items():
        strangers["people"]["zoe" if key == "ann" else key]["name"] = fields["name"]
    judged = decisions(identity=[same("ann", "zoe"), same("meta", "facebook", keep="meta")])
    merged, plain = outcome(a, strangers, judged), outcome(a, b, decisions())
    if isinstance(merged, type) or isinstance(plain, type):
        assert merged == plain
        return
    for label in ("EMPLOYED_AT", "DEPARTED", "HELD_ROLE", "WORKED_ON", "TALENT_FLOW"):
        # Numbers of spells may differ: the survivor's come first.
        names = "from_id, to_id, certainty, known_from"
        rows = [
            snapshot.execute(f"SELECT {names} FROM {snapshot.name(label)} ORDER BY ALL")
            for snapshot in (merged, plain)
        ]
        assert rows[0] == rows[1], label
