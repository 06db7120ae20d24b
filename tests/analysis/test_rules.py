"""Careers against the same rules written a second time, as a plain loop over made-up people."""

import pytest

from benchmarks.made_up_careers import careers_world
from benchmarks.plain import all_rules, plain_rule
from kb.analysis import careers
from kb.resolve.careers import REASONS


@pytest.mark.parametrize("messy", [False, True], ids=["plain", "messy"])
def test_careers_are_those_of_a_plain_loop(messy):
    snapshot = careers_world(3_000, messy=messy, organizations=12)
    found, expected = careers(snapshot), all_rules(snapshot)
    left_out = f"SELECT id, reason FROM {found.spells} WHERE reason IS NOT NULL"
    assert dict(snapshot.execute(left_out)) == expected.reasons
    assert {*expected.reasons.values()} == ({*REASONS} if messy else set())
    employed = snapshot.name("EMPLOYED_AT")
    pairs = snapshot.execute(
        f"""SELECT coalesce(h.id, d.spell), t.id, basis, outcome FROM {found.followed} p
        LEFT JOIN {employed} h ON h.rowid = from_row LEFT JOIN {employed} t ON t.rowid = to_row
        LEFT JOIN {snapshot.name("DEPARTED")} d ON d.rowid = told"""
    )
    assert {(a, b, basis): outcome for a, b, basis, outcome in pairs} == expected.pairs
    for counted in (found.moves, f"(FROM {found.followed} WHERE outcome = 'moved')"):
        rows = snapshot.execute(f"SELECT from_id, to_id, count(*) FROM {counted} GROUP BY ALL")
        assert {(a, b): moves for a, b, moves in rows} == expected.flows


def test_where_careers_are_plain_the_plain_rule_finds_the_same_moves():
    snapshot = careers_world(1_000, messy=False)
    assert plain_rule(snapshot).flows == all_rules(snapshot).flows
