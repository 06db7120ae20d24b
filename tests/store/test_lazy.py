"""A snapshot that is read as it is used: the same, and no more of it than is asked for."""

from kb.analysis import coverage, flows
from kb.ontology import types


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
