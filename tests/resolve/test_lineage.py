"""What organizations became and belong to, and who has moved then."""

from typing import Any

import pytest

from kb.errors import KbError
from kb.ledger import Ledger, read_folder
from kb.resolve import Snapshot, resolve
from kb.resolve.careers import make_careers
from kb.resolve.lineage import history, lineage
from tests.folders import person, world, write_folder

ONE = ("a", "b", "c", "d")


@pytest.fixture
def tied(tmp_path):
    """A snapshot of organizations a, b, c, d with these ties, and one person who went from a to b in 2015."""

    def run(*ties: tuple[Any, ...], went: int = 2015, to: str = "b") -> Snapshot:
        organizations: dict[str, Any] = {
            key: {"name": key.upper(), "kind": "company", "lines": 1} for key in ONE
        }
        for start, how, end, *days in ties:
            named = dict(zip(("start", "end"), (day for day in days), strict=False))
            tie = {"organization": end, "how": how, "lines": 2, **{k: v for k, v in named.items() if v}}
            organizations[start].setdefault("part_of", []).append(tie)
        jobs = {"at": "a", "start": 2010, "end": went - 1}, {"at": to, "start": went, "end": ".."}
        data = world(organizations=organizations, people={"ann": person("Ann", *jobs)})
        ledger = Ledger()
        read_folder(write_folder(tmp_path / "tiny", data), ledger)
        return resolve(ledger)

    return run


def moves(snapshot: Snapshot, mode: str) -> list[tuple[str, str]]:
    make_careers(
        snapshot, moves=f"m {mode}", spells=f"s {mode}", pairs=f"p {mode}", bodies=f"b {mode}", lineage=mode
    )
    return snapshot.execute(f"SELECT from_id, to_id FROM {snapshot.name(f'm {mode}')}")


@pytest.mark.parametrize("mode", ["point-in-time", "pro-forma"])
def test_a_rename_is_never_a_move_along_a_chain_too(tied, mode):
    snapshot = tied(("a", "renamed", "c", 2012), ("c", "renamed", "b"))
    assert moves(snapshot, mode) == []
    assert snapshot.count("TALENT_FLOW") == 0
    assert lineage(snapshot, mode=mode) == {"a": "b", "c": "b"}


@pytest.mark.parametrize("how", ["acquired", "merged"])
@pytest.mark.parametrize(
    ("day", "moved"),
    [
        pytest.param(2014, [], id="acquired before the move"),
        pytest.param(2015, [], id="acquired in the year of the move"),
        pytest.param(2016, [("a", "b")], id="acquired after the move"),
        pytest.param(None, [("a", "b")], id="acquired nobody says when"),
    ],
)
def test_what_was_acquired_is_another_organization_until_then(tied, how, day, moved):
    snapshot = tied(("a", how, "b", day))
    assert moves(snapshot, "point-in-time") == moved
    assert moves(snapshot, "pro-forma") == []
    assert lineage(snapshot) == {}
    assert lineage(snapshot, mode="pro-forma") == {"a": "b"}


def test_pro_forma_counts_moves_from_what_was_acquired_as_moves_from_its_owner(tied):
    snapshot = tied(("a", "acquired", "c", 2020), ("c", "renamed", "d", 2021))
    assert moves(snapshot, "point-in-time") == [("a", "b")]
    assert moves(snapshot, "pro-forma") == [("d", "b")]


@pytest.mark.parametrize(
    ("until", "moved"), [pytest.param(2013, [("a", "b")], id="over"), pytest.param(2018, [], id="not over")]
)
@pytest.mark.parametrize("how", ["subsidiary", "acquired"])
def test_what_was_spun_off_is_another_organization_from_then_on(tied, how, until, moved):
    snapshot = tied(("a", how, "b", 2005, until))
    assert moves(snapshot, "point-in-time") == moved
    assert moves(snapshot, "pro-forma") == moved
    assert lineage(snapshot, mode="pro-forma") == {}


def test_a_part_of_a_part_is_a_part_while_both_are(tied):
    assert moves(tied(("a", "subsidiary", "c"), ("c", "division", "b")), "point-in-time") == []


def test_a_part_of_a_part_that_was_sold_is_none(tied):
    snapshot = tied(("a", "subsidiary", "c"), ("c", "division", "b", 2000, 2012))
    assert moves(snapshot, "point-in-time") == [("a", "b")]


def test_a_circle_is_refused_with_its_path(tied):
    with pytest.raises(
        KbError, match=r"in a circle: a renamed c acquired b merged a\. Give the tie that is over"
    ):
        tied(("a", "renamed", "c"), ("c", "acquired", "b"), ("b", "merged", "a"))


def test_a_circle_of_which_one_tie_is_over_is_none(tied):
    snapshot = tied(("a", "acquired", "b", 2001, 2005), ("b", "merged", "a", 2008))
    assert lineage(snapshot, mode="pro-forma") == {"b": "a"}


def test_of_two_successors_the_later_one_counts(tied):
    assert lineage(tied(("a", "acquired", "c", 2010), ("a", "acquired", "d", 2012)), mode="pro-forma") == {
        "a": "d"
    }


def test_a_history_follows_chains_both_ways(tied):
    snapshot = tied(("a", "renamed", "b", 2010), ("b", "acquired", "c", 2012), ("d", "subsidiary", "c"))
    found = history(snapshot, "b", mode="pro-forma")
    assert (found.organization, found.counts_as) == ("b", "c")
    assert [tie.id for tie in found.before] == ["a:part_of:b:1"]
    assert [tie.id for tie in found.after] == ["b:part_of:c:1"]
    assert [tie.id for tie in history(snapshot, "c").before] == ["a:part_of:b:1", "b:part_of:c:1"]
    assert [tie.id for tie in history(snapshot, "c").parts] == ["d:part_of:c:1"]
    with pytest.raises(KbError, match="no organization, but a person"):
        history(snapshot, "ann")


def test_as_of_a_day_before_it_nothing_was_renamed(tied):
    snapshot = tied(("a", "renamed", "b", 2014))
    assert lineage(snapshot.at(as_of="2013")) == {}
    assert lineage(snapshot.at(as_of="2014-12")) == {"a": "b"}


def test_a_mode_that_there_is_not_is_refused(tied):
    with pytest.raises(KbError, match=r"no lineage `now`\. There are point-in-time and pro-forma"):
        lineage(tied(), mode="now")
