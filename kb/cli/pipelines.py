"""`kb pipelines`: where people come from and go to, by which ways, who came back, and where alumni are."""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from kb.cli.analysis import counting_options, tell_excluded, time_options
from kb.cli.listed import Listed
from kb.cli.options import Output, row_options
from kb.cli.reading import Reading, snapshot_options

if TYPE_CHECKING:
    from kb.analysis import Channels, Excluded, Paths


def lineage_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--lineage`, where a team always counts as its organization."""
    return click.option(
        "--lineage",
        type=click.Choice(["point-in-time", "pro-forma"]),
        default="point-in-time",
        help="Organizations as they stood then, or what was renamed, acquired or merged as it is now. "
        "Default: point-in-time.",
    )(function)


def show(output: Output, kind: type, items: Sequence[Any], *shown: str) -> None:
    """Print what an analysis found: in a table the fields `shown`, else every field."""
    from kb.views.measures import measured

    output.rows(*measured(kind, items, form=output.form, shown=shown))


def tell(counts: dict[str, int], excluded: "Excluded | None" = None, at: str | None = None) -> None:
    """Say on stderr what is in no row: `moves without a day (2)`, and which spells, at one organization."""
    sys.stdout.flush()  # the rows come first, wherever both go
    parts = [f"{what} ({number:,})" for what, number in counts.items() if number]
    if parts:
        click.echo(f"Not in the rows: {', '.join(parts)}", err=True)
    if excluded:
        tell_excluded(excluded, *filter(None, [at]))


@click.group(cls=Listed, invoke_without_command=True)
@click.option("--from", "from_", metavar="ORG", help="Where its people go; with --to: by which ways.")
@click.option("--to", metavar="ORG", help="Where its people come from; with --from: by which ways.")
@time_options
@counting_options
@snapshot_options
@row_options
@click.pass_context
def pipelines(
    ctx: click.Context,
    /,
    reading: Reading,
    output: Output,
    from_: str | None,
    to: str | None,
    since: str | None,
    until: str | None,
    **counting: Any,
) -> None:
    """Where people come from and go to, by which ways, who came back, and where alumni are.

    With --to alone it is `feeders`, with --from alone `destinations`, with both `path`. What a subcommand
    takes comes after its name.

    \b
    Examples:
      kb pipelines --to anthropic
      kb pipelines --from meta --since 2025
      kb pipelines --from google-brain --to meta --level team
      kb pipelines alumni meta
    """
    given = [name for name in ctx.params if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    if ctx.invoked_subcommand:
        if given:
            raise click.UsageError(f"Options come after the name: kb pipelines {ctx.invoked_subcommand} …")
    elif from_ and to:
        if since or until:
            raise click.UsageError("A path has no --since and no --until.")
        _routes(reading, output, from_, to, counting)
    elif from_ or to:
        _channels(
            reading, output, from_ or to or "", bool(from_), {"since": since, "until": until, **counting}
        )
    elif given:
        raise click.UsageError("Name an organization with --from or --to, or a subcommand.")
    else:
        click.echo(ctx.get_help())


def _channels(reading: Reading, output: Output, organization: str, out: bool, asked: dict[str, Any]) -> None:
    """Feeders or destinations as rows."""
    from kb import analysis

    snapshot, hearsay = reading.everything()
    find = analysis.destinations if out else analysis.feeders
    found: Channels = find(snapshot, organization, include_rumoured=hearsay, **asked)
    shown = ("name", "people", "moves", "share", "first", "last", "sources")
    show(output, analysis.Channel, found.rows, *shown)
    unknown = "who left for an unknown employer" if out else f"whose last {found.by} is unknown"
    tell(
        {
            f"people {unknown}": found.unknown,
            f"{'studies' if found.by == 'university' else 'moves'} that may lie in that time": found.possible,
        },
        found.excluded,
        organization,
    )


@pipelines.command()
@click.argument("organization", metavar="ORG")
@click.option(
    "--by", type=click.Choice(["employer", "university"]), default="employer", help="Default: employer."
)
@time_options
@counting_options
@snapshot_options
@row_options
def feeders(reading: Reading, output: Output, organization: str, **asked: Any) -> None:
    """Where the people of ORG come from: their last employer, or their universities.

    `share` is of all moves to ORG, or of all its people with a known university, with its 95 % interval.
    What rests on one of the `sources` alone can be an artefact of it.

    \b
    Examples:
      kb pipelines feeders anthropic
      kb pipelines feeders meta --by university
    """
    _channels(reading, output, organization, False, asked)


@pipelines.command()
@click.argument("organization", metavar="ORG")
@time_options
@counting_options
@snapshot_options
@row_options
def destinations(reading: Reading, output: Output, organization: str, **asked: Any) -> None:
    """Where the people of ORG go: the next employer.

    `share` is of all moves from ORG, with its 95 % interval.

    \b
    Example:
      kb pipelines destinations meta --format csv
    """
    _channels(reading, output, organization, True, asked)


@pipelines.command()
@click.option(
    "--length", type=click.IntRange(2, 10), default=3, metavar="N", help="Organizations in a row. Default: 3."
)
@click.option("--gaps", is_flag=True, help="Others may lie between them.")
@click.option(
    "--min",
    "minimum",
    type=click.IntRange(min=1),
    default=2,
    metavar="N",
    help="At least N people. Default: 2.",
)
@counting_options
@snapshot_options
@row_options
def sequences(reading: Reading, output: Output, **asked: Any) -> None:
    """Organizations that follow each other in several careers, the most people first.

    `support` is of all people with a career, with its 95 % interval.

    \b
    Examples:
      kb pipelines sequences --length 2 --min 1
      kb pipelines sequences --gaps --min 10
    """
    from kb import analysis

    snapshot, hearsay = reading.everything()
    found = analysis.sequences(snapshot, include_rumoured=hearsay, **asked)
    show(output, analysis.Sequence, found.sequences, "names", "people", "times", "support", "sources")
    tell({"moves without a place in their career": found.unplaced}, found.excluded)


@pipelines.command()
@click.argument("start", metavar="FROM")
@click.argument("end", metavar="TO")
@click.option("--best", type=click.IntRange(min=1), default=3, metavar="K", help="The K best. Default: 3.")
@click.option(
    "--hops", type=click.IntRange(1, 8), default=None, metavar="N", help="At most N. Default: 4; of people 3."
)
@click.option("--alone", is_flag=True, help="Of organizations: one person made the whole way.")
@click.option("--by", metavar="DATE", help="Of people: who could introduce them by then.")
@click.option("--possible", is_flag=True, help="Of people: a time that may have been shared is enough.")
@click.option(
    "--largest",
    type=click.IntRange(min=2),
    default=1000,
    metavar="N",
    help="Of people: no organization of which more than N people are known. Default: 1,000.",
)
@counting_options
@snapshot_options
@row_options
@click.pass_context
def path(ctx: click.Context, /, reading: Reading, output: Output, start: str, end: str, **asked: Any) -> None:
    """How people get from one organization to another, or who could introduce two people.

    Between organizations: moves of one person or several, none before the one that it follows. Between
    people: each was at one organization, or one team with --level team, at the same time as the next; they
    know each other from then on. The fewest hops come first, then what is complete the earliest.

    \b
    Examples:
      kb pipelines path google-brain meta --level team
      kb pipelines path tony-liu afroz-mohiuddin --possible
    """
    from kb import analysis

    snapshot, hearsay = reading.everything()
    between_people = snapshot.entity(start).labels[0] == "Person"
    foreign = ("alone",) if between_people else ("by", "possible", "largest")
    for name in foreign:
        if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--{name} is for {'organizations' if between_people else 'people'}.")
    asked = {name: value for name, value in asked.items() if name not in foreign and value is not None}
    find = analysis.introductions if between_people else analysis.routes
    _paths(output, find(snapshot, start, end, include_rumoured=hearsay, **asked), between_people)


def _routes(reading: Reading, output: Output, from_: str, to: str, counting: dict[str, Any]) -> None:
    from kb import analysis

    snapshot, hearsay = reading.everything()
    _paths(output, analysis.routes(snapshot, from_, to, include_rumoured=hearsay, **counting), False)


def _paths(output: Output, found: "Paths", between_people: bool) -> None:
    """One row a hop, with the number of its path."""
    from kb import analysis
    from kb.views.measures import measured

    by = "where_name" if between_people else "who_name"
    shown = ("from_name", "to_name", by, "earliest", "latest", "people", "certainty", "sources")
    numbered = [
        (n, m, path, hop) for n, path in enumerate(found.paths, 1) for m, hop in enumerate(path.hops, 1)
    ]
    columns, rows = measured(analysis.Hop, [row[3] for row in numbered], form=output.form, shown=shown)
    output.rows(
        ["path", "hop", *columns, "order", "alone", "arrival"],
        [
            [n, m, *row, path.order, path.alone, path.arrival]
            for (n, m, path, _), row in zip(numbered, rows, strict=True)
        ],
    )
    if not found.paths:
        click.echo("No path", err=True)
    what = "spells" if between_people else "moves"
    tell({f"{what} without a day": found.undated, "organizations with too many people": found.crowded})


@pipelines.command()
@click.argument("key", metavar="ORG")
@click.option("--founders", is_flag=True, help="Who founded what, one row each.")
@lineage_option
@snapshot_options
@row_options
def alumni(reading: Reading, output: Output, key: str, founders: bool, lineage: str) -> None:
    """Where the people are who left ORG: an organization, a team or a project.

    `current` of the `people` are known to be there now; of the others it is the last place that is known.
    `founders` are called so by a title, a role or a lead there; `leaders` lead it or hold a role of the
    family leadership. `share` is of the alumni of whom any place is known.

    \b
    Examples:
      kb pipelines alumni meta
      kb pipelines alumni pytorch --founders
    """
    from kb import analysis

    snapshot, hearsay = reading.everything()
    found = analysis.diaspora(snapshot, key, lineage=lineage, include_rumoured=hearsay)
    if founders:
        show(output, analysis.Founder, found.founders, "name", "organization_name", "words", "fact")
    else:
        show(
            output, analysis.Place, found.places,
            "name", "people", "current", "founders", "leaders", "share", "sources",
        )  # fmt: skip
    tell(
        {
            "alumni of whom no place is known": found.nowhere,
            "people who are there": found.still,
            "people of whom nobody says whether they left": found.unknown,
        }
    )


@pipelines.command()
@click.argument("organization", metavar="[ORG]", required=False)
@counting_options
@snapshot_options
@row_options
def returns(reading: Reading, output: Output, organization: str | None, **counting: Any) -> None:
    """Who came back to ORG, or to any organization, after a job at another one.

    `away_least` and `away_most` bound the time between in months, as vague as the dates are.

    \b
    Example:
      kb pipelines returns openai
    """
    from kb import analysis

    snapshot, hearsay = reading.everything()
    found = analysis.returns(snapshot, organization=organization, include_rumoured=hearsay, **counting)
    show(
        output, analysis.Return, found.returns,
        "name", "organization_name", "via_names", "away_least", "away_most", "certainty", "sources",
    )  # fmt: skip
    from kb.views.measures import cell

    click.echo(f"Returned, of those who moved away: {cell(found.share)}", err=True)
    tell({"gaps at one organization with nothing known between": found.gaps}, found.excluded, organization)


@pipelines.command()
@click.argument("organization", metavar="[ORG]", required=False)
@click.option("--months", type=float, default=12.0, metavar="N", help="Shorter than N. Default: 12.")
@click.option(
    "--min", "minimum", type=click.IntRange(min=1), default=1, metavar="N", help="At least N ended spells."
)
@counting_options
@snapshot_options
@row_options
def stays(reading: Reading, output: Output, organization: str | None, **asked: Any) -> None:
    """Ended spells that were short, by organization.

    Surely, or possibly as vague as their dates are. `share` is the surely short of those of which it is sure;
    `share_most` counts the possible as short. Ended spells alone are no retention: for that see `kb
    retention`.

    \b
    Examples:
      kb pipelines stays --months 6
      kb pipelines stays meta
    """
    from kb import analysis

    snapshot, hearsay = reading.everything()
    found = analysis.short_stays(snapshot, organization=organization, include_rumoured=hearsay, **asked)
    show(
        output, analysis.ShortStays, found.rows,
        "name", "ended", "short", "possible", "unknown", "share", "share_most", "sources",
    )  # fmt: skip
    tell({"spells that are not known to have ended": found.open}, found.excluded, organization)
