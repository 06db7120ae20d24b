"""Moves of real tables: the plain rule on their rows, and where the moves of `careers` differ from it.

The plain rule takes a person's rows by the text of their start, the unknown first, then as they stand, and
counts each pair of different organizations. `TRUTH` was counted by others from the same tables.
"""

from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from kb.analysis import careers
from kb.resolve import Snapshot
from kb.resolve.careers import REASONS

SEEDS = Path(__file__).parents[2] / "seeds"


class Counts(NamedTuple):
    """Rows or spells, pairs that follow each other, those of different organizations and of one."""

    rows: int
    pairs: int
    transitions: int
    same: int


TRUTH = {
    "openstack": (2_553, Counts(3_369, 816, 755, 61)),
    "aiwatch": (10_738, Counts(15_254, 4_516, 1_774, 2_742)),
}
_COUNTS = """SELECT count(*), count(next), count(*) FILTER (next <> organization),
    count(*) FILTER (next = organization) FROM"""
OPENSTACK = f"""SELECT person_id AS person, organization, coalesce(start, '') AS start,
        row_number() OVER () AS n
    FROM read_csv('{SEEDS}/openstack/stints.csv.gz', all_varchar = true)
    WHERE organization NOT IN ('*independent', '*robots')"""
# Names that the table writes in two ways, organizations with a new name, and rows filed under another one.
ALIASES = {
    'Centre pour la Sécurité de l"IA - CeSIA': "Centre pour la Sécurité de l'IA",
    "Fund for Alignment Research": "FAR.AI",
    "Institute for Law and AI": "Institute for Law & AI",
    "The Centre for Effective Altruism": "Centre for Effective Altruism",
    "Mercy for Animals": "Mercy For Animals",
    "The Australian National University": "Australian National University",
    "Open Philanthropy": "Coefficient Giving",
    "DeepMind": "Google DeepMind",
}
_CUT = """CASE WHEN try_strptime({0}_date, '%Y-%m-%d') IS NULL THEN ''
    WHEN lower({0}_date_precision) IN ('year', 'multi-year') THEN {0}_date[:4]
    WHEN lower({0}_date_precision) = 'month' THEN {0}_date[:7] ELSE {0}_date END AS {0}"""
AIWATCH = f"""SELECT person, organization, start, min(n) AS n FROM (
        SELECT trim(person) AS person, coalesce(name, trim(organization)) AS organization,
            title, {_CUT.format("start")}, {_CUT.format("end")}, row_number() OVER () AS n
        FROM read_csv('{SEEDS}/aiwatch/positions.csv.gz', all_varchar = true)
        LEFT JOIN alias ON other = trim(organization)
        WHERE organization IS NOT NULL
            AND NOT (organization = 'Methuselah Foundation' AND cites_cser IS NOT NULL))
    GROUP BY person, organization, coalesce(trim(title), ''), start, "end" """


@pytest.mark.parametrize("name", TRUTH)
def test_the_plain_rule_finds_what_others_counted(name):
    rows = {"openstack": OPENSTACK, "aiwatch": AIWATCH}[name]
    with duckdb.connect() as tables:
        tables.execute("CREATE TABLE alias (other VARCHAR, name VARCHAR)")
        tables.executemany("INSERT INTO alias VALUES (?, ?)", list(ALIASES.items()))
        ordered = f"""(SELECT *, lead(organization) OVER (PARTITION BY person ORDER BY start, n) AS next
            FROM ({rows}))"""
        counts = tables.execute(f"{_COUNTS} {ordered}").fetchone()
        people = tables.execute(f"SELECT count(DISTINCT person) FROM ({rows})").fetchone()
    assert (people[0], Counts(*counts)) == TRUTH[name]


# What is left after each step; `spells` is what the claims of the table make, under the names that its
# mapping joins.
STEPS = {
    "openstack": {
        "spells": Counts(3_367, 814, 755, 59),
        "undated": Counts(3_363, 810, 751, 59),
        "contained": Counts(3_360, 807, 748, 59),
        "middle": Counts(3_360, 807, 748, 59),
    },
    "aiwatch": {
        "spells": Counts(15_282, 4_544, 1_909, 2_635),
        "other_kind": Counts(13_101, 3_719, 1_367, 2_352),
        "undated": Counts(12_116, 3_526, 1_212, 2_314),
        "same_time": Counts(11_981, 3_391, 1_133, 2_258),
        "contained": Counts(11_518, 2_928, 841, 2_087),
        "middle": Counts(11_518, 2_928, 842, 2_086),
    },
}


@pytest.mark.parametrize("name", STEPS)
def test_every_difference_from_the_plain_rule_has_its_reason(name):
    snapshot = Snapshot.from_seeds(name, claims=False)
    found = careers(snapshot)
    steps, left_out = {}, list[str]()
    for step in ("spells", *REASONS, "middle"):
        left_out += [step] if step in REASONS else []
        plain = "start, start_latest DESC, id"
        order = "middle, began NULLS FIRST, ended NULLS LAST, id" if step == "middle" else plain
        counts = snapshot.execute(
            f"""{_COUNTS} (SELECT organization, lead(organization) OVER (PARTITION BY person ORDER BY {order})
                AS next FROM (SELECT *, coalesce(start_earliest, DATE '0001-01-01') AS start
                FROM {found.spells} WHERE NOT coalesce(list_contains(?, reason), false)))""",
            [left_out],
        )
        if step == "middle" or Counts(*counts[0]) != list(steps.values() or [None])[-1]:
            steps[step] = Counts(*counts[0])
    assert steps == STEPS[name]
    last = steps["middle"]
    assert (found.placed, found.by_dates.moved, found.by_dates.stayed) == (
        last.rows, last.transitions, last.same,
    )  # fmt: skip
    assert steps["spells"].rows - last.rows == found.excluded.total
    held = snapshot.execute(f"SELECT sum(moves) FROM {snapshot.name('TALENT_FLOW')}")
    assert held == [(last.transitions,)]
