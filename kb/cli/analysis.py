"""`kb flows`, `kb departures`, `kb coverage`: who moves where, who left, and how much of it is known."""

from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from kb.cli.counting import counting_options, show, tell_excluded, time_options
from kb.cli.messages import remark
from kb.cli.options import Output, is_given, row_options
from kb.cli.reading import Reading, snapshot_options

if TYPE_CHECKING:
    from kb.analysis import Flow, FlowCount
    from kb.resolve import Snapshot


@click.command()
@click.option("--from", "from_", metavar="ORG", help="Only moves from this organization.")
@click.option("--to", metavar="ORG", help="Only moves to this organization.")
@time_options
@counting_options
@click.option(
    "--min", "minimum", type=click.IntRange(min=1), default=1, metavar="N", help="At least N people."
)
@click.option(
    "--matrix",
    is_flag=True,
    help="Moves as a matrix of the largest organizations: 10 in a table, else 20, or --limit. The heads of a "
    "table's columns are the numbers of its rows.",
)
@click.option("--totals", is_flag=True, help="One row an organization: in, out, attrition.")
@click.option("--surprise", is_flag=True, help="Flows against what sizes make likely.")
@click.option("--explain", is_flag=True, help="What was counted, what was left out, and why.")
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    help="Where moves are counted: spark starts one on this machine, for people and moves alone. "
    "Default: duckdb.",
)
@snapshot_options
@row_options
def flows(
    reading: Reading,
    output: Output,
    from_: str | None,
    to: str | None,
    since: str | None,
    until: str | None,
    level: str,
    lineage: str,
    minimum: int,
    engine: str,
    **views: bool,
) -> None:
    """People and moves from one organization to another, the largest flows first.

    A move is a pair of spells of kind job that follow each other, ordered by the middle of their time, or a
    departure with its destination. `possible` counts moves more that may lie in the time asked for.
    `direction` is moves over those the other way, `exits` and `hires` are the shares in all moves from the
    first and to the second, each with its 95 % interval. A flow that rests on one source can be an artefact
    of it.

    \b
    Examples:
      kb flows --to openai
      kb flows --from meta --since 2025 --format csv
      kb flows --totals --from-seeds meta-ai-2025
      kb flows --explain
      kb flows --engine spark
    """
    from kb import analysis

    asked = [name for name, wanted in views.items() if wanted]
    view = asked[0] if asked else None
    if len(asked) > 1:
        raise click.UsageError(f"--{asked[0]} and --{asked[1]} are two questions: ask one.")
    if from_ and from_ == to:
        raise click.UsageError("--from and --to are two organizations: nobody moves from one to itself.")
    if view == "totals" and since:
        raise click.UsageError("--totals has no --since: attrition is of the 12 months before --until.")
    if view == "explain" and (since or until or is_given("minimum")):
        raise click.UsageError("--explain is of all moves: it has no --since, --until and --min.")
    if engine != "duckdb" and (view or since or until):
        raise click.UsageError(
            f"--engine {engine} counts people and moves of all times, without --since and views."
        )
    if view and (from_ or to):
        raise click.UsageError(f"--{view} is of all organizations: it has no --from and no --to.")
    snapshot, hearsay = reading.everything()
    counting: dict[str, Any] = {"level": level, "lineage": lineage, "include_rumoured": hearsay}
    if engine != "duckdb":
        from kb.scale import flows_at_scale

        cells = flows_at_scale(snapshot, engine=engine, from_=from_, to=to, minimum=minimum, **counting)
        _counted(output, cells, snapshot)
        _account(snapshot, counting, from_, to)
        return
    if view == "explain":
        show(output, analysis.Explained, analysis.explain(snapshot, **counting))
        return
    if view == "totals":
        found = analysis.turnover(snapshot, until=until, minimum=minimum, **counting)
        show(output, analysis.Turnover, found, *_TOTALS)
    elif view == "surprise":
        rows = analysis.surprise(snapshot, since=since, until=until, **counting)
        show(output, analysis.Surprise, [row for row in rows if row.moves >= minimum], *_SURPRISE)
    else:
        flows = analysis.flows(
            snapshot, from_=from_, to=to, since=since, until=until, minimum=minimum, **counting
        )
        if view == "matrix":
            _matrix(output, flows)
        else:
            show(output, analysis.Flow, flows, *_FLOWS)
    _account(snapshot, counting, from_, to)


_FLOWS = (
    "from_name",
    "to_name",
    "people",
    "moves",
    "possible",
    "back",
    "direction",
    "exits",
    "hires",
    "sources",
)
_TOTALS = (
    "name",
    "hires",
    "exits",
    "net",
    "direction",
    "headcount_then",
    "headcount_now",
    "attrition",
)
_SURPRISE = ("from_name", "to_name", "moves", "expected", "q", "exits", "hires", "sources")
_DEPARTURES = (
    "name", "phase", "certainty", "earliest", "latest", "months_low", "months_high", "tenure",
    "destination_name", "destination_basis",
)  # fmt: skip


def _counted(output: Output, cells: "list[FlowCount]", snapshot: "Snapshot") -> None:
    """Counts of another engine, which knows no names."""
    from kb.views.measures import called

    names = snapshot.names("Organization")
    ids = {key: names.get(key, key) for cell in cells for key in (cell.from_id, cell.to_id)}
    if output.form == "table":
        labels = called(ids.items())
        rows = [[labels[one.from_id], labels[one.to_id], one.people, one.moves] for one in cells]
        output.rows(("from", "to", "people", "moves"), rows)
        return
    output.rows(
        ("from_id", "from_name", "to_id", "to_name", "people", "moves"),
        [[one.from_id, ids[one.from_id], one.to_id, ids[one.to_id], one.people, one.moves] for one in cells],
    )


def _matrix(output: Output, flows: "list[Flow]") -> None:
    from kb import analysis
    from kb.views.measures import called

    table = output.form == "table"
    all_or_few = 2 * len(flows) if is_given("limit") else 10 if table else 20
    found = analysis.matrix(flows, size=output.most or all_or_few)
    if table:  # columns have the numbers of the rows: names would not fit
        ends = [((flow.from_id, flow.from_name), (flow.to_id, flow.to_name)) for flow in flows]
        labels = called(chain.from_iterable(ends))
        lines = enumerate(zip(found.ids, found.moves, strict=True), 1)
        heads: list[str] = ["from", "no", *(str(number + 1) for number in range(len(found.ids)))]
        output.rows(heads, [[labels[key], n, *(moves or None for moves in row)] for n, (key, row) in lines])
    else:
        output.rows(["from", *found.ids], [[k, *row] for k, row in zip(found.ids, found.moves, strict=True)])
    if found.elsewhere:
        remark(f"{found.elsewhere:,} moves have an end elsewhere")


def _account(snapshot: "Snapshot", counting: dict[str, Any], *organizations: str | None) -> None:
    """What was left out of what was asked for, in one line on stderr."""
    from kb import analysis

    asked = list(filter(None, organizations))
    found = analysis.careers(snapshot, **counting)
    excluded = found.left_out(*asked) if asked else found.excluded
    tell_excluded(excluded, *asked)


@click.command()
@click.argument("organization", metavar="ORG")
@time_options
@counting_options
@snapshot_options
@row_options
def departures(
    reading: Reading,
    output: Output,
    organization: str,
    since: str | None,
    until: str | None,
    level: str,
    lineage: str,
) -> None:
    """Who left ORG: when, after how long, and where to; planned departures come last.

    A departure is told by a source (basis stated), or follows from a spell that has ended (ended). How long
    is in months, from the least to the most that the dates allow; `tenure` is what a source says. Where to is
    what a source says (stated), or the next spell in the career (dates). Hearsay comes with
    --include-rumoured alone.

    \b
    Examples:
      kb departures meta
      kb departures meta --since 2025-08 --format json
      kb departures openai --from-seeds meta-ai-2025
    """
    from kb import analysis

    snapshot, hearsay = reading.everything()
    found = analysis.departures(
        snapshot, organization=organization, since=since, until=until, level=level, lineage=lineage,
        include_rumoured=hearsay,
    )  # fmt: skip
    show(output, analysis.Departure, found, *_DEPARTURES)


@click.command()
@click.argument("organization", metavar="[ORG]", required=False)
@snapshot_options
@row_options
def coverage(reading: Reading, output: Output, organization: str | None) -> None:
    """Reported numbers of people beside those whom the graph names: 1 of 140.

    `held` counts people with such a move, departure or job; `planned` and `rumoured` those who come on top by
    plans and by hearsay. The names are no sample of the figure, so there is no ratio. With ORG only figures
    that speak of it. Figures that do not count people are left out.

    \b
    Examples:
      kb coverage
      kb coverage openai --format json
    """
    from kb import analysis

    found = analysis.coverage(reading.everything()[0], organization=organization)
    show(output, analysis.Coverage, found, "statistic", "from_names", "to_names", "subject_names", "text")
