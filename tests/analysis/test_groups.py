"""Group departures: statistic and p against worlds worked out by hand, and against a plain enumeration."""

from datetime import date, timedelta
from itertools import permutations

import pytest

from kb.analysis import groups
from kb.errors import KbError
from kb.resolve import Snapshot


def leavers(*moves, origin="meta"):
    """A snapshot of people who left the origin for a destination on a day, counted from 2010."""
    snapshot = Snapshot()
    names = ("from_label", "from_id", "to_label", "to_id", "id", "certainty", "phase", "kind", "datasets",
             "start_earliest", "start_latest", "end_earliest", "end_latest", "ongoing")  # fmt: skip
    rows = []
    for n, (to, day, *vague) in enumerate(moves):
        first = date(2010, 1, 1) + timedelta(day)
        last = first + timedelta(vague[0] if vague else 0)
        for at, begin, begun, over in (
            (origin, date(2000, 1, 1), date(2000, 1, 1), first),
            (to, first, last, date(2029, 1, 1)),
        ):
            spell = f"p{n}:employed_at:{at}:1"
            rows.append(
                ("Person", f"p{n}", "Organization", at, spell, "reported", "past", "job", ["d"],
                 begin, begun, over, over, False)
            )  # fmt: skip
    snapshot.insert("EMPLOYED_AT", names, rows)
    snapshot.insert("Organization", ("id", "name", "kind"), [(origin, origin, "company")])
    return snapshot


SCATTERED = [("google", day) for day in range(0, 4000, 200)]


def test_several_who_leave_together_among_scattered_ones_are_no_chance():
    found = groups(leavers(*SCATTERED, ("openai", 1000), ("openai", 1010), ("openai", 1020)))
    [group] = found.groups
    assert (group.origin, group.destination, group.together, group.exits) == ("meta", "openai", 3, 23)
    assert group.people == ("p20", "p21", "p22")
    assert (group.first, group.last) == ("2012-09-27", "2012-10-17")
    assert group.p < 0.05
    assert group.q == pytest.approx(min(1, 2 * group.p))  # two pairs were tested
    assert found.tested == 2


def test_a_wave_to_everywhere_is_no_group():
    wave = [
        (to, 1000 + n) for n, to in enumerate(["google", "openai", "google", "openai", "google", "openai"])
    ]
    assert all(group.p == 1 for group in groups(leavers(*wave)).groups)


def test_p_is_near_that_of_all_orders():
    moves = [("a", 0), ("a", 5), ("a", 10), ("b", 300), ("b", 600), ("b", 900), ("b", 1200)]
    days = [day for _, day in moves]

    def together(order):
        own = sorted(order[:3])
        return max(sum(a <= b <= a + 90 for b in own) for a in own)

    exact = sum(together(order) >= 3 for order in permutations(days)) / 5040  # 1 in 35
    [group] = groups(leavers(*moves), draws=20_000).groups
    assert (group.destination, group.together) == ("a", 3)
    assert group.p == pytest.approx(exact, abs=4 * (exact / 20_000) ** 0.5)
    expected = sum(together(order) for order in permutations(days)) / 5040
    assert group.expected == pytest.approx(expected, abs=0.05)


def test_a_p_is_never_zero_and_the_same_seed_gives_it_again():
    snapshot = leavers(*SCATTERED, ("openai", 1000), ("openai", 1010), ("openai", 1020))
    assert groups(snapshot, draws=9).groups[0].p >= 0.1
    assert groups(snapshot, seed=7) == groups(snapshot, seed=7)
    assert groups(snapshot, "meta", seed=7).groups == groups(snapshot, seed=7).groups


def test_vague_days_and_pairs_that_cannot_be_tested_are_counted():
    found = groups(leavers(("a", 0), ("a", 1), ("a", 2), ("a", 3, 364)))
    assert (found.groups, found.tested, found.alone, found.vague) == ((), 0, 1, 1)
    found = groups(leavers(("a", 0), ("a", 1), ("b", 2)))
    assert (found.tested, found.too_few) == (0, 2)


def test_a_project_is_an_origin_by_its_contributors():
    snapshot = leavers(*SCATTERED, ("openai", 1000), ("openai", 1010), ("openai", 1020))
    edge = ("from_label", "from_id", "to_label", "to_id", "id", "certainty")
    snapshot.insert("Project", ("id", "name", "kind"), [("torch", "Torch", "framework")])
    snapshot.insert("DEVELOPS", edge, [("Organization", "meta", "Project", "torch", "d", "reported")])
    snapshot.insert(
        "WORKED_ON",
        edge,
        [("Person", f"p{n}", "Project", "torch", f"w{n}", "reported") for n in (0, 10, 15, 20, 21, 22)],
    )
    [group] = groups(snapshot, "torch").groups
    assert (group.origin, group.together, group.exits) == ("torch", 3, 6)


def test_impossible_numbers_are_refused():
    for wrong in ({"days": 0}, {"minimum": 1}, {"draws": 0}):
        with pytest.raises(KbError, match="a group is 2 people or more"):
            groups(Snapshot(), **wrong)
