"""The laws of loading, on random datasets, on each engine."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from kb.errors import KbError
from kb.ledger import Ledger, read_folder
from kb.resolve import resolve
from kb.store import Base
from kb.store.readback import read_ledger
from tests.folders import datasets, write_folder

FEW = settings(max_examples=3, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
Data = dict[str, Any]


@contextmanager
def folders(*data: Data) -> Iterator[list[Path]]:
    """The datasets as folders, if their claims can be resolved together; no load takes an ambiguity."""
    with tempfile.TemporaryDirectory() as top:
        paths = [write_folder(Path(top) / each["dataset"]["id"], each) for each in data]
        ledger = Ledger()
        try:
            for path in paths:
                read_folder(path, ledger)
            resolve(ledger)
        except KbError:
            assume(False)
        yield paths


def after(base: Base, *steps: Callable[[Base], object]) -> Any:
    """The graph as it is after some steps from an empty one, as a comparable snapshot."""
    base.write("MATCH (n) DETACH DELETE n")
    for step in steps:
        step(base)
    return base.snapshot()


@FEW
@given(datasets("a"))
def test_law_1_a_second_load_changes_nothing(shared_base, a):
    with folders(a) as (path,):
        once = after(shared_base, lambda base: base.load(path))
        assert shared_base.plan(path) == []
        assert shared_base.load(path).changes == 0
        assert shared_base.snapshot() == once


@FEW
@given(datasets("a"), datasets("b"))
def test_law_2_the_order_of_loads_does_not_matter(shared_base, a, b):
    with folders(a, b) as (one, two):
        first = after(shared_base, lambda base: base.load(one), lambda base: base.load(two))
        second = after(shared_base, lambda base: base.load(two), lambda base: base.load(one))
        together = after(shared_base, lambda base: base.load(two, one))
        assert first == second == together


@FEW
@given(datasets("a"), datasets("b"))
def test_law_3_unloading_undoes_loading(shared_base, a, b):
    with folders(a, b) as (one, two):
        alone = after(shared_base, lambda base: base.load(one))
        assert alone == after(shared_base, lambda base: base.load(one, two), lambda base: base.unload("b"))


@FEW
@given(datasets("a"), datasets("b"))
def test_law_5_the_snapshot_of_the_seeds_is_the_snapshot_read_back(shared_base, a, b):
    with folders(a, b) as (one, two):
        ledger = Ledger()
        read_folder(one, ledger)
        read_folder(two, ledger)
        assert after(shared_base, lambda base: base.load(one, two)) == resolve(ledger)


@FEW
@given(datasets("a"), datasets("b"))
def test_the_ledger_read_back_resolves_to_the_same_facts(shared_base, a, b):
    with folders(a, b) as (one, two):
        held = after(shared_base, lambda base: base.load(one, two))
        ledger = Ledger(held.connection)
        read_ledger(held, ["a", "b"], ledger)
        assert resolve(ledger) == held


class CutOff(Exception):
    """Stands for whatever ends a load halfway."""


@FEW
@given(datasets("a"), datasets("b"), st.integers(1, 30))
def test_law_6_a_load_cut_off_anywhere_and_repeated_is_a_load(shared_base, a, b, writes):
    with folders(a, b) as (one, two):
        whole = after(shared_base, lambda base: base.load(one), lambda base: base.load(two))
        after(shared_base, lambda base: base.load(one))
        cut_off_after(shared_base, writes, two)
        shared_base.load(two)
        assert shared_base.snapshot() == whole
        assert shared_base.plan(two) == []


@FEW
@given(datasets("a"), datasets("b"), st.integers(1, 30))
def test_law_6_another_load_completes_one_that_was_cut_off(shared_base, a, b, writes):
    with folders(a, b) as (one, two):
        whole = after(shared_base, lambda base: base.load(one, two))
        after(shared_base)
        cut_off_after(shared_base, writes, one)
        shared_base.load(two, one) if not shared_base.datasets() else shared_base.load(two)
        assert shared_base.snapshot() == whole


def cut_off_after(base: Base, batches: int, folder: Path) -> None:
    """Load, but stop after some batches as a killed process would: no clean-up of ours runs."""

    def report(what: str, done: int, total: int) -> None:
        nonlocal batches
        batches -= what == "writing"
        if not batches:
            raise CutOff

    try:
        base.load(folder, report=report)
    except CutOff:
        assert any(dataset["state"] == "running" for dataset in base.datasets())


@FEW
@given(datasets("a"), datasets("b"))
def test_law_7_what_was_added_by_hand_is_never_touched(shared_base, a, b):
    b["organizations"]["eth"]["kind"] = a["organizations"]["eth"]["kind"]
    with folders(a, b) as (one, two):
        after(shared_base, lambda base: base.load(one))
        shared_base.write(
            "MATCH (o:Organization {id: 'meta'}) "
            "CREATE (n:Note {text: 'mine', day: date('2025-08-31')})-[:ON {weight: 2}]->(o) SET o.rank = 7"
        )
        shared_base.write(
            "MATCH (a:Organization {id: 'eth'}) MATCH (b:Organization {id: 'meta'}) "
            "CREATE (a)-[:KNOWS {since: 1}]->(b) SET a.mark = 'x'"
        )
        before = by_hand(shared_base)
        shared_base.load(two)
        shared_base.unload("a")
        shared_base.load(one, two)
        assert by_hand(shared_base) == before


def by_hand(base: Base) -> list[tuple[Any, ...]]:
    """All that the test added by hand, with what it hangs on."""
    return [
        *base.query(
            "MATCH (n:Note)-[r:ON]->(o:Organization) RETURN n.text, n.day, r.weight, o.id, o.rank"
        ).rows,
        *base.query("MATCH (a)-[r:KNOWS]->(b) RETURN a.id, a.mark, r.since, b.id").rows,
    ]
