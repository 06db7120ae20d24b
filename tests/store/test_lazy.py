"""A snapshot that is read as it is used: the same, and no more of it than is asked for."""

import pytest

from kb.analysis import coverage, flows
from kb.errors import StoreError
from kb.ontology import types
from kb.store import readback


def test_a_lazy_snapshot_reads_what_is_asked_for_and_is_the_whole_one_when_all_is(base):
    base.load()
    whole, read = base.snapshot(), list[str]()
    snapshot = base.snapshot(lazy=True, report=read.append)
    assert flows(snapshot) == flows(whole)
    assert not {"Claim", "FROM_SOURCE", "ABOUT", "Person"} & {*read}
    assert coverage(snapshot) == coverage(whole)
    figures = snapshot.name("ABOUT", start="Statistic")
    assert snapshot.execute(f"SELECT DISTINCT from_label FROM {figures}") == [("Statistic",)]
    assert snapshot == whole
    assert {*read} == {kind.table for kind in types()}
    assert read.count("EMPLOYED_AT") == 1


def test_a_type_whose_reading_failed_is_read_again(base, monkeypatch):
    base.load("meta-ai-2025")
    snapshot, whole = base.snapshot(lazy=True), readback.read_types
    with monkeypatch.context() as patch:

        def half(database, snapshot, tables, **more):
            whole(database, snapshot, tables, **more)
            raise StoreError("gone")

        patch.setattr(readback, "read_types", half)
        with pytest.raises(StoreError):
            snapshot.count("EMPLOYED_AT")
    assert snapshot.count("EMPLOYED_AT") == base.snapshot().count("EMPLOYED_AT")
