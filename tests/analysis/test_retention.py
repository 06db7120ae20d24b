"""Retention against scipy on the same spells, hand-worked cases, and what is left out."""

import warnings
from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kb.analysis import Step, curve, logrank, retention, retention_at
from kb.errors import KbError, NotEnoughData, NotFound
from kb.ledger import Ledger, read_folder
from kb.resolve import Snapshot, resolve
from tests.folders import person, world, write_folder

START, HEARD = date(2010, 1, 1), date(2025, 8, 31)
COLUMNS = ("from_id", "to_id", "id", "certainty", "phase", "kind", "last_heard")
DATES = ("start_earliest", "start_latest", "end_earliest", "end_latest")
STATES = {
    True: lambda until: ("past", HEARD, until),
    False: lambda until: ("current", until, None),
    None: lambda until: (None, until, None),  # nobody says whether it has ended
}
few = settings(max_examples=8)


@cache
def empty():
    """One snapshot for all random cases: to make its tables takes longer than a test."""
    return Snapshot()


def snapshot_of(spells):
    """A snapshot of exact spells: organization, days that it lasted, whether it has ended."""
    snapshot = empty()
    made = "SELECT table_name, table_type = 'VIEW' FROM information_schema.tables WHERE table_schema = ?"
    for table, view in snapshot.execute(made, [snapshot.schema]):
        if " " in table:  # what `careers` keeps
            snapshot.execute(f"DROP {'VIEW' if view else 'TABLE'} {snapshot.name(table)}")
    for table in ("Organization", "EMPLOYED_AT"):
        snapshot.execute(f"DELETE FROM {snapshot.name(table)}")
    organizations = sorted({organization for organization, _, _ in spells})
    snapshot.insert("Organization", ("id", "name", "kind"), [(key, key, "company") for key in organizations])
    rows = []
    for n, (organization, days, over) in enumerate(spells):
        until = START + timedelta(days=days)
        phase, heard, end = STATES[over](until)
        rows.append(
            (f"p{n}", organization, f"p{n}:1", "reported", phase, "job", heard, START, START, end, end)
        )
    snapshot.insert("EMPLOYED_AT", (*COLUMNS, *DATES), rows)
    return snapshot


def resolved(tmp_path, **people):
    ledger = Ledger()
    read_folder(write_folder(tmp_path, world(people=people)), ledger)
    return resolve(ledger)


lengths = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 2000), st.booleans()), min_size=1, max_size=60
)


def ecdf(spells):
    ended = [days for _, days, over in spells if over]
    still = [days for _, days, over in spells if not over]
    return stats.ecdf(stats.CensoredData(uncensored=ended, right=still)).sf


@few
@given(lengths)
def test_the_share_and_its_band_are_those_of_scipy(spells):
    [tenure] = retention(snapshot_of(spells), by="all", years=(1, 2, 3)).tenures
    if not any(over for _, _, over in spells):
        assert all(point.share in (1, None) for point in tenure.points)
        return
    sf = ecdf(spells)
    with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
        interval = sf.confidence_interval(method="linear")
    for point in tenure.points:
        days = point.years * 365.25
        share = float(sf.evaluate(days))
        if point.share is None:
            assert share > 0
            assert max(length for _, length, _ in spells) < days
            continue
        assert point.share == pytest.approx(share, abs=1e-12)
        low = float(interval.low.evaluate(days))
        if share in (0, 1):
            assert (point.low, point.high) == (None, None)  # Greenwood's formula gives no width there
        elif not np.isnan(low):
            # 1.96 is rounded: 1.959964
            assert point.low == pytest.approx(low, abs=1e-4)
            assert point.high == pytest.approx(float(interval.high.evaluate(days)), abs=1e-4)


@few
@given(lengths)
def test_the_median_is_where_scipys_curve_comes_to_one_half(spells):
    [tenure] = retention(snapshot_of(spells), by="all").tenures
    if any(over for _, _, over in spells):
        sf = ecdf(spells)
        below = sf.quantiles[sf.probabilities <= 0.5 + 1e-9]
        assert tenure.median == (pytest.approx(below[0] / 365.25) if below.size else None)
    else:
        assert tenure.median is None


@few
@given(lengths)
def test_one_curve_in_hand_says_what_the_table_says(spells):
    snapshot = snapshot_of(spells)
    steps = curve(snapshot)
    [tenure] = retention(snapshot, by="all", years=(0.5, 2)).tenures
    for point in tenure.points:
        if point.share is None:
            with pytest.raises(NotEnoughData):
                retention_at(steps, years=point.years)
        else:
            found = retention_at(steps, years=point.years)
            assert found.share == pytest.approx(point.share)
            assert (found.low, found.high) == (
                (None, None) if point.low is None else pytest.approx((point.low, point.high))
            )
            assert (found.spells, found.ended) == (tenure.spells, point.ended)


@few
@given(lengths)
def test_the_log_rank_test_is_that_of_scipy(spells):
    spells = [*spells, ("a", 700, True), ("b", 800, True), ("b", 700, True)]
    found = logrank(snapshot_of(spells), "a", versus="b")
    a, b = (
        stats.CensoredData(
            uncensored=[days for org, days, over in spells if org == key and over],
            right=[days for org, days, over in spells if org == key and not over],
        )
        for key in "ab"
    )
    expected = stats.logrank(x=a, y=b)
    assert found.statistic == pytest.approx(float(expected.statistic) ** 2)
    assert found.p == pytest.approx(float(expected.pvalue))
    assert sum(found.expected) == pytest.approx(sum(found.ended))


def test_the_textbook_case_of_leukaemia_patients():
    """Weeks in remission of 21 patients under 6-MP (Freireich and others 1963): S(10) is 0.753."""
    ended, still = [6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    spells = [("drug", days, True) for days in ended] + [("drug", days, False) for days in still]
    steps = curve(snapshot_of(spells), organization="drug")
    share = retention_at(steps, years=10 / 365.25)
    assert (round(share.share, 3), share.spells, share.ended) == (0.753, 21, 5)
    assert (share.high - share.share) / 1.96 == pytest.approx(0.0963, abs=1e-4)


def test_an_open_spell_counts_up_to_when_it_was_last_heard_of(tmp_path):
    snapshot = resolved(
        tmp_path,
        ann=person("Ann", {"at": "meta", "start": "2020-08-31", "end": "2022-08-31"}),
        bob=person("Bob", {"at": "meta", "start": "2023-08-31", "phase": "current"}),
    )
    assert curve(snapshot) == [
        Step(730 / 365.25, running=2, ended=1),
        Step(731 / 365.25, running=1, ended=0),
    ]


def test_a_partial_date_counts_by_its_middle_and_shows_what_hangs_on_it(tmp_path):
    snapshot = resolved(tmp_path, ann=person("Ann", {"at": "meta", "start": "2019", "end": "2020-07-01"}))
    [tenure] = retention(snapshot, by="all", years=(0.75, 1, 1.25)).tenures
    assert [(point.share, point.shortest, point.longest) for point in tenure.points] == [
        (1, 0, 1),
        (0, 0, 1),
        (0, 0, 1),
    ]
    assert tenure.median == 365 / 365.25  # from 2 July 2019


def test_an_unknown_end_is_only_in_the_bounds(tmp_path):
    ann = {"at": "meta", "start": "2020-08-31", "end": "2023-08-31"}
    bob = {"at": "meta", "start": "2020-08-31", "phase": "past"}
    people = {f"ann{n}": person("Ann", ann) for n in range(9)} | {"bob": person("Bob", bob)}
    [tenure] = retention(resolved(tmp_path, **people), by="all", years=(1, 4)).tenures
    assert (tenure.spells, tenure.unknown_end) == (9, 1)
    assert [(p.share, p.shortest, p.longest) for p in tenure.points] == [
        (1, pytest.approx(0.9), 1),
        (0, 0, pytest.approx(0.1)),
    ]


def test_where_many_ends_are_unknown_only_bounds_are_given():
    """Of ten three have left; the seven of whom nobody says so may all be there, or have left at once."""
    snapshot = snapshot_of([("a", 300, True)] * 3 + [("a", 3000, None)] * 7 + [("b", 9, True)] * 10)
    a, b = sorted(retention(snapshot, minimum=1, years=(1,)).tenures, key=lambda tenure: tenure.part)
    assert (a.spells, a.unknown_end, a.median) == (3, 7, None)
    [point] = a.points
    assert (point.share, point.low, point.high) == (None, None, None)
    assert (point.shortest, point.longest) == (0, pytest.approx(0.7))
    assert b.points[0].share == 0
    with pytest.raises(NotEnoughData, match="of 10 spells at `a` 7 have an unknown end"):
        logrank(snapshot, "a", versus="b")
    with pytest.raises(NotEnoughData, match="of 20 spells 7 have an unknown end"):
        curve(snapshot)


def test_what_is_left_out_is_counted_by_reason(tmp_path):
    snapshot = resolved(
        tmp_path,
        ann=person("Ann", {"at": "meta", "start": 2020, "end": 2022}),
        bob=person("Bob", {"at": "meta", "phase": "past"}, {"at": "google", "phase": "planned"}),
        cid=person("Cid", {"at": "meta", "start": 2020, "end": 2021, "certainty": "rumoured"}),
        dee=person("Dee", {"at": "meta", "start": 2020, "end": 2021, "kind": "board"}),
    )
    table = retention(snapshot, by="all")
    assert dict(table.left_out) == {
        "of another kind than job": 1,
        "planned": 1,
        "rumoured": 1,
        "without a known start": 1,
    }
    assert [tenure.spells for tenure in table.tenures] == [1]
    assert retention(snapshot, by="all", include_rumoured=True).tenures[0].spells == 2


def test_a_new_title_is_no_exit_of_a_stay(tmp_path):
    jobs = [
        {"at": "meta", "title": "Engineer", "start": "2015-01-01", "end": "2018-01-01", "spell": 1},
        {"at": "meta", "title": "Manager", "start": "2018-01-15", "end": "2020-01-01", "spell": 2},
        {"at": "meta", "title": "Director", "start": "2022-01-01", "end": "2023-01-01", "spell": 3},
    ]
    snapshot = resolved(tmp_path, ann=person("Ann", *jobs))
    spells, stays = (retention(snapshot, by="all", unit=unit, years=(4,)) for unit in ("spell", "stay"))
    assert (spells.tenures[0].spells, spells.continued, spells.tenures[0].points[0].share) == (3, 1, 0)
    assert (stays.tenures[0].spells, stays.tenures[0].points[0].share) == (2, 0.5)


def test_spells_part_by_organization_cohort_family_and_level(tmp_path):
    data = world(
        roles={"swe": {"name": "Engineer", "family": "engineering", "level": "senior", "lines": 1}},
        people={
            "ann": person("Ann", {"at": "meta", "start": "2020-12", "end": 2022, "role": "swe"}),
            "bob": person("Bob", {"at": "openai", "start": "2021", "end": 2022}),
            "cara": person("Cara", {"at": "meta", "start": "2021", "end": 2022}),
        },
    )
    ledger = Ledger()
    read_folder(write_folder(tmp_path, data), ledger)
    snapshot = resolve(ledger)
    parts = {
        by: [tenure.part for tenure in retention(snapshot, by=by, minimum=1).tenures]
        for by in ("organization", "cohort", "family", "level")
    }
    assert parts == {
        "organization": ["meta", "openai"],
        "cohort": ["2020", "2021"],  # by year, whatever their size
        "family": ["engineering"],
        "level": ["senior"],
    }
    assert retention(snapshot, by="family", minimum=1).no_part == 2


def test_a_part_with_too_few_spells_is_counted_and_has_no_row():
    table = retention(snapshot_of([("a", 10, True)] * 12 + [("b", 10, True)] * 3))
    assert [tenure.part for tenure in table.tenures] == ["a"]
    assert (table.small, table.small_spells, table.minimum) == (1, 3, 10)


def test_what_rests_on_one_source_says_so(tmp_path):
    snapshot = resolved(tmp_path, ann=person("Ann", {"at": "meta", "start": 2020, "end": 2022}))
    assert retention(snapshot, by="all").tenures[0].sources == 1


def test_what_cannot_be_said_is_refused():
    snapshot = snapshot_of([("a", 100, False), ("b", 100, False)])
    with pytest.raises(NotFound, match="no entity `c`"):
        retention(snapshot, organization="c")
    with pytest.raises(NotEnoughData, match="no spell ends while both"):
        logrank(snapshot, "a", versus="b")
    with pytest.raises(NotEnoughData, match="no spell has a length"):
        retention(Snapshot(), by="all")
    with pytest.raises(KbError, match=r"`teams` is not known\. There are all, organization"):
        retention(snapshot, by="teams")
    with pytest.raises(NotEnoughData, match="followed for 1 years"):
        retention_at([], years=1)
