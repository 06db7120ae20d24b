"""The log-rank test: whether spells at two organizations end at the same pace."""

from dataclasses import dataclass
from math import erfc, sqrt
from typing import Final

from kb.analysis.careers import careers, check_organizations
from kb.analysis.tenure import Unit, refuse_unknown_ends, tenures
from kb.errors import KbError, NotEnoughData
from kb.resolve import Snapshot
from kb.resolve.bodies import LEVELS, LINEAGES


@dataclass(frozen=True)
class LogRank:
    """What ended at each of two organizations, and what would be expected if both were alike; the test."""

    organizations: tuple[str, str]
    names: tuple[str, str]
    spells: tuple[int, int]
    ended: tuple[int, int]
    expected: tuple[float, float]
    statistic: float
    p: float


def logrank(
    snapshot: Snapshot,
    one: str,
    *,
    versus: str,
    unit: Unit = "spell",
    level: str = LEVELS[0],
    lineage: str = LINEAGES[0],
    include_rumoured: bool = False,
) -> LogRank:
    """Compare the retention of two organizations over the whole time.

    At each length t at which spells end: of n spells still running, n1 of them at the first organization, d
    end; expected at the first is d n1/n, its variance d (n1/n)(1 - n1/n)(n - d)/(n - 1). The statistic is
    (seen - expected)² / variance, all summed over t; p is its tail in a chi-square with one degree of
    freedom.
    Unit: spells. Left out: as in `retention`, and spells with an unknown end. p is for one comparison: who
    picks two out of many must correct it.
    Raises: NotFound for an id that is not there; KbError if both are one; NotEnoughData if no spell ends
    while both have some running, or if more than a tenth of the ends at one is unknown.
    Source: Mantel (1966), Cancer Chemotherapy Reports 50, 163-170; Peto and Peto (1972), JRSS A 135, 185-207.
    """
    if one == versus:
        raise KbError(f"`{one}` is compared with itself", hint="Name two organizations")
    check_organizations(snapshot, one, versus)
    found = careers(snapshot, level=level, lineage=lineage, include_rumoured=include_rumoured)
    both = [found.counted(one), found.counted(versus)]
    work = tenures(found, by="organization", unit=unit, at=both)
    try:
        refuse_unknown_ends(work, "organization")
        steps = work.execute(_STEPS.format(tenure=work.name("tenure")), both)
    finally:
        work.drop()
    expected = variance = 0.0
    for n1, d1, n2, d2 in steps:
        n, d = n1 + n2, d1 + d2
        expected += d * n1 / n
        variance += d * (n1 / n) * (n2 / n) * (n - d) / (n - 1) if n > 1 else 0.0
    if variance <= 0:
        what = f"no spell ends while both `{one}` and `{versus}` have spells of its length"
        raise NotEnoughData(what, hint="`kb retention` tells how many each has")
    seen = (sum(step[1] for step in steps), sum(step[3] for step in steps))
    statistic = (seen[0] - expected) ** 2 / variance
    names = snapshot.names("Organization")
    spells = (max(step[0] for step in steps), max(step[2] for step in steps))
    return LogRank(
        organizations=(one, versus),
        names=(names[one], names[versus]),
        spells=spells,
        ended=seen,
        expected=(expected, sum(seen) - expected),
        statistic=statistic,
        p=erfc(sqrt(statistic / 2)),
    )


# Of each organization how many spells are running at each length, and how many end there.
_STEPS: Final = """
    WITH counted AS (
        SELECT middle, count(*) FILTER (part = $1) AS out1, count(*) FILTER (part = $1 AND over) AS d1,
            count(*) FILTER (part = $2) AS out2, count(*) FILTER (part = $2 AND over) AS d2
        FROM {tenure} WHERE middle IS NOT NULL GROUP BY middle)
    SELECT sum(out1) OVER later AS n1, d1, sum(out2) OVER later AS n2, d2 FROM counted
    WINDOW later AS (ORDER BY middle DESC) ORDER BY middle"""
