"""Retention: the share of spells that outlast a given time, with open spells counted as open."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import prod, sqrt
from typing import Any, Final

from kb.analysis.careers import careers, check_organizations
from kb.analysis.evidence import SPELLS, sources
from kb.analysis.tenure import COUNTED, MOST_UNKNOWN, By, Unit, continued, refuse_unknown_ends, tenures
from kb.errors import NotEnoughData
from kb.ledger.ledger import Tables
from kb.resolve import Snapshot
from kb.resolve.bodies import LEVELS, LINEAGES

YEAR: Final = 365.25  # days
Z: Final = 1.96  # 95 %
HALF: Final = 0.5 + 1e-9  # a product of fractions can miss one half by its last digit


@dataclass(frozen=True)
class Step:
    """After `years`, of `running` spells `ended` end."""

    years: float
    running: int
    ended: int


@dataclass(frozen=True)
class Retention:
    """The share of spells that outlast `years`, its 95 % band, and the counts behind it.

    `spells` were there at the start, and `ended` of them ended within the time.
    """

    years: float
    share: float
    low: float | None
    high: float | None
    spells: int
    ended: int


@dataclass(frozen=True)
class Point:
    """Retention after `years` in a table: None where nobody can say.

    By then `ended` spells had ended, and `running` went on and were followed further. Where none of them
    ended, or all, Greenwood's band has no width and says nothing: `low` and `high` are None. `shortest` and
    `longest` are the shares if every date lay where it makes the spells shortest or longest; there, spells
    with an unknown end are in.
    """

    years: float
    share: float | None
    low: float | None
    high: float | None
    running: int
    ended: int
    shortest: float | None
    longest: float | None


@dataclass(frozen=True)
class Tenure:
    """How long the spells of one part last.

    `name` is the name of a part that is an organization, else the part.
    `spells` are those of the estimate, `ended` and open; those with an unknown end are not among them.
    `median` is the time that half of them outlast, in years, None if that is not reached; `median_low` and
    `median_high` are its 95 % interval. `sources` is how many sources the spells rest on.
    """

    part: str
    name: str
    spells: int
    ended: int
    unknown_end: int
    sources: int
    median: float | None
    median_low: float | None
    median_high: float | None
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Tenures:
    """Retention by part, the most spells first, cohorts by year, and what is not in it.

    `left_out` has spells by reason. `small` parts have fewer than `minimum` spells, and `small_spells` in
    all; `no_part` spells have none, e.g. no role. `continued` spells go on in another one at the same
    organization: a new title, not an exit. They count as ended if the unit is the spell.
    """

    by: By
    unit: Unit
    tenures: tuple[Tenure, ...]
    left_out: tuple[tuple[str, int], ...]
    small: int
    small_spells: int
    minimum: int
    no_part: int
    continued: int


def retention_at(steps: Sequence[Step], *, years: float) -> Retention:
    """Share of spells that outlast `years`, by Kaplan-Meier.

    S(t) = product of (1 - d/n) over the steps up to t: of n spells still running, d end there.
    Band: S ± 1.96 S √Σ d/(n(n - d)) (Greenwood, 95 %), cut to 0..1; none where S is 0 or 1.
    Unit: years since the spell began; `steps` has one row for each distinct length, sorted.
    Left out: kinds other than job, unknown starts. An open spell counts up to its last known day.
    Raises: NotEnoughData if there is no spell, or some are open and none was followed for `years`.
    Source: Kaplan and Meier (1958), JASA 53, 457-481; Greenwood (1926).

    >>> r = retention_at([Step(0.5, running=4, ended=1), Step(2.5, running=3, ended=2)], years=1)
    >>> round(r.share, 2), r.low and round(r.low, 2), r.spells, r.ended
    (0.75, 0.33, 4, 1)
    """
    past = [step for step in steps if step.years <= years]
    share = prod((1 - step.ended / step.running for step in past), start=1.0)
    if not steps or (share and steps[-1].years < years):
        raise NotEnoughData(f"no spell was followed for {years:g} years", hint="Ask for fewer years")
    # Once nobody is left the share is 0, and Greenwood's last term would divide by 0.
    terms = [s.ended / s.running / (s.running - s.ended) for s in past] if share else []
    low, high = band(share, sum(terms))
    return Retention(years, share, low, high, steps[0].running, sum(step.ended for step in past))


def band(share: float, variance: float) -> tuple[float | None, float | None]:
    """The ends of Greenwood's band, cut to 0..1; `variance` is the sum in its root.

    None where nobody has left, or all have: it would have no width there.
    """
    if not 0 < share < 1:
        return None, None
    half = Z * share * sqrt(variance)
    return max(0.0, share - half), min(1.0, share + half)


def curve(
    snapshot: Snapshot,
    *,
    organization: str | None = None,
    unit: Unit = "spell",
    level: str = LEVELS[0],
    lineage: str = LINEAGES[0],
    include_rumoured: bool = False,
) -> list[Step]:
    """The steps of the Kaplan-Meier curve of one organization, or of all: for `retention_at`, or a picture.

    Left out: as in `retention`.
    Raises: NotFound for an id that is not there; NotEnoughData if more than a tenth of the ends is unknown.
    """
    check_organizations(snapshot, organization)
    found = careers(snapshot, level=level, lineage=lineage, include_rumoured=include_rumoured)
    at = [found.counted(organization)] if organization else []
    work = tenures(found, by="all", unit=unit, at=at)
    refuse_unknown_ends(work, "all")
    _steps(work)
    rows = work.execute(
        f"SELECT days, running, ended FROM {work.name('step')} WHERE dates = 'middle' ORDER BY days"
    )
    work.drop()
    return [Step(days / YEAR, running, ended) for days, running, ended in rows]


def retention(
    snapshot: Snapshot,
    *,
    organization: str | None = None,
    by: By = "organization",
    years: Sequence[float] = (1, 2, 3),
    minimum: int = 10,
    unit: Unit = "spell",
    level: str = LEVELS[0],
    lineage: str = LINEAGES[0],
    include_rumoured: bool = False,
) -> Tenures:
    """Share of spells that outlast each of `years`, by organization, cohort, role family or level.

    S(t) and its band as in `retention_at`. The cohort of a spell is the year of its start. Median: the first
    t with S(t) ≤ 1/2; its interval holds every t whose band holds 1/2 (Brookmeyer and Crowley).
    Unit: years of 365.25 days. A partial date counts by the middle of what it allows; `shortest` and
    `longest` show how much hangs on that. With unit `stay`, spells of one person at one organization that
    overlap or follow each other within 31 days are one. `level` and `lineage` say what counts as one
    organization, as in `careers`.
    Left out, and counted: kinds other than job; planned spells; rumoured ones unless asked for; unknown
    starts; ends before the start. A spell with an unknown end is only in `shortest` (it ended as it began)
    and `longest` (it ended when it was last heard of, or goes on if it is not said to be past). Where they
    are more than a tenth of a part there is no share and no median, only these two: those whose end is known
    are mostly those who left.
    Parts with fewer than `minimum` spells have no row, unless they are all spells, or one organization.
    Raises: NotFound for an id that is not there; NotEnoughData if no spell is left.
    Source: Kaplan and Meier (1958), JASA 53, 457-481; Brookmeyer and Crowley (1982), Biometrics 38, 29-41.

    >>> from kb import Snapshot
    >>> (meta,) = retention(Snapshot.from_seeds("meta-ai-2025"), organization="meta").tenures
    >>> meta.spells, meta.ended, [point.share for point in meta.points]
    (4, 2, [1.0, 0.5, 0.5])
    """
    check_organizations(snapshot, organization)
    found = careers(snapshot, level=level, lineage=lineage, include_rumoured=include_rumoured)
    at = [found.counted(organization)] if organization else []
    work = tenures(found, by=by, unit=unit, at=at)
    try:
        least = 1 if by == "all" or (organization and by == "organization") else max(1, minimum)
        return _table(snapshot, work, by, unit, sorted({float(year) for year in years}), least)
    finally:
        work.drop()


def _table(
    snapshot: Snapshot, work: Tables, by: By, unit: Unit, years: Sequence[float], least: int
) -> Tenures:
    tenure = work.name("tenure")
    work.execute(
        f"""CREATE TABLE {work.name("part")} AS SELECT part, count(middle) AS spells,
            count(middle) FILTER (over) AS ended, count(*) - count(middle) AS unknown_end
        FROM {tenure} WHERE part IS NOT NULL GROUP BY part"""
    )
    [(no_part,)] = work.execute(f"SELECT count(*) FROM {tenure} WHERE part IS NULL")
    [(small, small_spells)] = work.execute(
        f"SELECT count(*), coalesce(sum(spells), 0) FROM {work.name('part')} WHERE spells < ?", [least]
    )
    left_out = tuple(
        (str(reason), int(spells))
        for reason, spells in work.execute(
            f"""SELECT state, count(*) FROM {work.name("judged")}
            WHERE state NOT IN {COUNTED} GROUP BY state ORDER BY 2 DESC, 1"""
        )
    )
    goes_on = continued(work)
    work.execute(
        f"""DELETE FROM {tenure} WHERE part IS NULL OR part IN
        (SELECT part FROM {work.name("part")} WHERE spells < ?)""",
        [least],
    )
    _steps(work)
    parts = work.execute(
        f"""SELECT part, spells, ended, unknown_end FROM {work.name("part")}
        WHERE spells >= ? ORDER BY {"part" if by == "cohort" else "spells DESC, part"}""",
        [least],
    )
    if not parts and least == 1:
        why = ", ".join(f"{number:,} {reason}" for reason, number in left_out) or "there are none"
        raise NotEnoughData(f"no spell has a length ({why})", hint="`kb show` tells what is known of an id")
    too_vague = {part for part, spells, _, unknown in parts if unknown > MOST_UNKNOWN * (spells + unknown)}
    points = _points(work, years, too_vague)
    medians = {row[0]: row[1:] for row in work.execute(_MEDIANS.format(step=work.name("step")))}
    stated = sources(snapshot, f"SELECT part AS key, id AS fact FROM {tenure}", of=SPELLS)
    rest_on = dict(snapshot.execute(stated))
    names = snapshot.names("Organization") if by == "organization" else {}
    found = []
    for part, spells, ended, unknown_end in parts:
        median, low, high = (None, None, None) if part in too_vague else medians[part]
        count = int(rest_on.get(part, 0))
        found.append(
            Tenure(
                part,
                names.get(part, part),
                spells,
                ended,
                unknown_end,
                count,
                median,
                low,
                high,
                points[part],
            )
        )
    return Tenures(by, unit, tuple(found), left_out, small, int(small_spells), least, no_part, goes_on)


def _steps(work: Tables) -> None:
    """One row for each distinct length of a part, with the curve up to there."""
    tenure = work.name("tenure")
    # Where all dates of a part are exact, the three curves are one.
    vague = f"""part IN (SELECT part FROM {tenure} GROUP BY part
        HAVING bool_or(shortest <> longest OR middle IS NULL))"""
    work.execute(
        f"""CREATE TABLE {work.name("step")} AS
        WITH lengths AS (
            SELECT part, 'middle' AS dates, middle AS days, over FROM {tenure} WHERE middle IS NOT NULL
            UNION ALL SELECT part, 'shortest', shortest, perhaps_over FROM {tenure} WHERE {vague}
            UNION ALL SELECT part, 'longest', longest, over FROM {tenure} WHERE {vague}),
        counted AS (
            SELECT part, dates, days::DOUBLE AS days, count(*) AS leaving, count(*) FILTER (over) AS ended
            FROM lengths GROUP BY ALL),
        ranked AS (
            SELECT *, sum(leaving) OVER (PARTITION BY part, dates ORDER BY days DESC
                ROWS UNBOUNDED PRECEDING) AS running FROM counted)
        SELECT *, product(1 - ended / running) OVER curve AS share,
            sum(CASE WHEN running > ended THEN ended / running / (running - ended) ELSE 0 END) OVER curve
                AS variance
        FROM ranked WINDOW curve AS (PARTITION BY part, dates ORDER BY days ROWS UNBOUNDED PRECEDING)"""
    )


_MEDIANS: Final = f"""
    SELECT part, min(days) FILTER (share <= {HALF}) / {YEAR},
        min(days) FILTER (share - {Z} * share * sqrt(variance) <= {HALF}) / {YEAR},
        min(days) FILTER (share + {Z} * share * sqrt(variance) <= {HALF}) / {YEAR}
    FROM {{step}} WHERE dates = 'middle' GROUP BY part"""


def _points(work: Tables, years: Sequence[float], too_vague: Collection[str]) -> dict[str, tuple[Point, ...]]:
    """For each part its shares after the years that are asked for."""
    rows = work.execute(
        f"""SELECT part, years, dates, coalesce(arg_max(share, days) FILTER (days <= years * {YEAR}), 1),
            coalesce(arg_max(variance, days) FILTER (days <= years * {YEAR}), 0),
            coalesce(sum(leaving) FILTER (days > years * {YEAR}), 0),
            coalesce(sum(ended) FILTER (days <= years * {YEAR}), 0), max(days) >= years * {YEAR}
        FROM {work.name("step")}, (SELECT unnest(?::DOUBLE[]) AS years)
        GROUP BY part, years, dates ORDER BY part, years""",
        [list(years)],
    )
    found: dict[tuple[str, float], dict[str, Any]] = {}
    for part, year, dates, share, variance, running, ended, followed in rows:
        at = found.setdefault((part, year), {"running": 0, "ended": 0, "low": None, "high": None})
        known = (followed or share == 0) and not (dates == "middle" and part in too_vague)
        at[dates] = share if known else None
        if dates == "middle":
            at |= {"running": int(running), "ended": int(ended)}
            if at["middle"] is not None:
                at["low"], at["high"] = band(share, variance)
    points: dict[str, list[Point]] = {}
    for (part, year), at in found.items():
        points.setdefault(part, []).append(
            Point(
                year,
                at["middle"],
                at["low"],
                at["high"],
                at["running"],
                at["ended"],
                at.get("shortest", at["middle"]),
                at.get("longest", at["middle"]),
            )
        )
    return {part: tuple(each) for part, each in points.items()}
