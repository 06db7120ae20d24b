"""`kb retention`: how long spells last."""

from typing import TYPE_CHECKING, Any

import click

from kb.cli.counting import counting_options
from kb.cli.messages import remark
from kb.cli.options import Finite, Output, is_given, row_options
from kb.cli.reading import Reading, snapshot_options

if TYPE_CHECKING:
    from kb.analysis import LogRank, Point, Tenure, Tenures
    from kb.analysis.tenure import By

_COLUMNS = (
    "part",
    "name",
    "years",
    "share",
    "low",
    "high",
    "shortest",
    "longest",
    "running",
    "ended",
    "spells",
    "ended_in_all",
    "unknown_end",
    "median",
    "median_low",
    "median_high",
    "sources",
)


@click.command()
@click.argument("organization", metavar="[ORG]", required=False)
@click.option(
    "--by",
    type=click.Choice(["organization", "cohort", "family", "level", "all"]),
    default="organization",
    help="Part spells by organization, by year of start, by family or level of the role, or not at all. "
    "Default: organization.",
)
@click.option("--versus", metavar="ORG", help="Compare with this organization, by a log-rank test.")
@click.option(
    "--years",
    type=Finite(min=0, min_open=True),
    multiple=True,
    default=(1.0, 2.0, 3.0),
    metavar="N",
    help="After how many years. Repeatable. Default: 1, 2 and 3.",
)
@click.option(
    "--unit",
    type=click.Choice(["spell", "stay"]),
    default="spell",
    help="stay: spells of a person at one organization that follow each other within 31 days are one. "
    "Default: spell.",
)
@click.option(
    "--min",
    "minimum",
    type=click.IntRange(min=1),
    default=10,
    metavar="N",
    help="Parts of at least N spells. Default: 10.",
)
@counting_options
@snapshot_options
@row_options
def retention(
    reading: Reading,
    output: Output,
    organization: str | None,
    by: "By",
    versus: str | None,
    years: tuple[float, ...],
    unit: str,
    minimum: int,
    level: str,
    lineage: str,
) -> None:
    """The share of spells that outlast some years (Kaplan-Meier), and the median tenure.

    Each share has its 95 % band. A spell that is still going counts as open, up to the last publication that
    speaks of it. Partial dates count by their middle; `shortest` and `longest` are the shares if they lay so
    that spells are shortest or longest. Parts with few spells are left out, and so is what has no known
    start; both are counted. Where no spell has ended, or all have, there is no band: Greenwood's has no width
    there.

    \b
    Examples:
      kb retention meta
      kb retention --by cohort --years 1 --years 5
      kb retention meta --versus openai
      kb retention --from-seeds meta-ai-2025 --min 2 --format csv
    """
    from kb import analysis
    from kb.views.measures import called

    given = [name for name in ("by", "years") if is_given(name)]
    if versus and not organization:
        raise click.UsageError("--versus needs the ORG to compare with.")
    if versus and versus == organization:
        raise click.UsageError("--versus is another organization than ORG.")
    if versus and given:
        raise click.UsageError(f"--versus compares the whole time of two: it has no --{given[0]}.")
    if is_given("minimum") and (versus or by == "all" or (organization and by == "organization")):
        raise click.UsageError("--min is for several parts: here there is one.")
    snapshot, hearsay = reading.everything()
    how: dict[str, Any] = {"unit": unit, "level": level, "lineage": lineage, "include_rumoured": hearsay}
    if versus and organization:
        _compared(output, analysis.logrank(snapshot, organization, versus=versus, **how))
        return
    found = analysis.retention(
        snapshot, organization=organization, by=by, years=years, minimum=minimum, **how
    )  # fmt: skip
    if output.form == "table":
        names = [f"{year:g} year{'s' * (year != 1)}" for year in sorted(set(years))]
        labels = called((tenure.part, tenure.name) for tenure in found.tenures)
        lines = ([labels[tenure.part], *_line(tenure)] for tenure in found.tenures)
        output.rows([by, "spells", "ended", "median", *names], lines)
    else:
        rows = ([*_row(tenure, point)] for tenure in found.tenures for point in tenure.points)
        output.rows(_COLUMNS, rows)
    _account(found)


def _row(tenure: "Tenure", point: "Point") -> tuple[Any, ...]:
    return (
        tenure.part, tenure.name, point.years, point.share, point.low, point.high, point.shortest,
        point.longest, point.running, point.ended, tenure.spells, tenure.ended, tenure.unknown_end,
        tenure.median, tenure.median_low, tenure.median_high, tenure.sources,
    )  # fmt: skip


def _line(tenure: "Tenure") -> list[Any]:
    """What is known of a part, as people read it; a median is `1.1 (0.9–1.4)` years."""
    median = "" if tenure.median is None else f"{tenure.median:.1f}"
    if tenure.median_low is not None:
        high = "" if tenure.median_high is None else f"{tenure.median_high:.1f}"
        median = f"{median or 'not reached'} ({tenure.median_low:.1f}–{high})"
    return [tenure.spells, tenure.ended, median, *map(_cell, tenure.points)]


def _cell(point: "Point") -> str:
    """`72 % (66–78), by dates 60–80`, without a band where none ended, or all; or what dates allow alone."""
    dates = "" if point.shortest is None else f"{point.shortest * 100:.0f}"
    if point.shortest != point.longest:
        dates += "–" if point.longest is None else f"–{point.longest * 100:.0f}"
    if point.share is None:
        return f"by dates {dates} %" if dates else "not followed so long"
    text = f"{point.share * 100:.0f} %"
    if point.low is not None and point.high is not None:
        text += f" ({point.low * 100:.0f}–{point.high * 100:.0f})"
    return f"{text}, by dates {dates}" if point.shortest != point.longest else text


def _compared(output: Output, found: "LogRank") -> None:
    """One row an organization; the statistic and p stand in both."""
    from kb.views.measures import called

    table = output.form == "table"
    labels = called(zip(found.organizations, found.names, strict=True))
    rows: list[list[Any]] = []
    for place, key in enumerate(found.organizations):
        numbers: list[Any] = [found.expected[place], found.statistic, found.p]
        if table:
            numbers = [f"{number:.3g}" for number in numbers]
        names = [labels[key]] if table else [key, found.names[place]]
        rows.append([*names, found.spells[place], found.ended[place], *numbers])
    columns = ("organization", "name", "spells", "ended", "expected", "statistic", "p")
    output.rows(columns[1:] if table else columns, rows)


def _account(found: "Tenures") -> None:
    """What is not in the rows, and what they rest on, on stderr."""
    from kb.views.page import count

    unknown = sum(tenure.unknown_end for tenure in found.tenures)
    notes = []
    if found.left_out:
        notes.append(f"Spells left out: {', '.join(f'{n:,} {reason}' for reason, n in found.left_out)}")
    if unknown:
        has = f"{unknown:,} more {'has' if unknown == 1 else 'have'} an unknown end"
        notes.append(f"{has}: where they are over a tenth, only bounds are given")
    if found.no_part:
        notes.append(f"{found.no_part:,} {'has' if found.no_part == 1 else 'have'} no {found.by}")
    if found.small:
        small = f"{found.small:,} with fewer than {count(found.minimum, 'spell')}"
        small += f" ({found.small_spells:,} in all)"
        notes.append(f"Not shown: {small}")
    if found.unit == "spell" and found.continued:
        what = "another spell at the same organization, and count as ended: --unit stay joins them"
        goes = "goes" if found.continued == 1 else "go"
        notes.append(f"{found.continued:,} {goes} on in {what}")
    if found.tenures and all(tenure.sources == 1 for tenure in found.tenures):
        notes.append(
            "All this rests on one source" if len(found.tenures) == 1 else "Each rests on one source"
        )
    for note in notes:
        remark(note)
