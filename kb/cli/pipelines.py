"""`kb pipelines`: where people come from and go to, by which ways, who came back, and where alumni are."""

from typing import TYPE_CHECKING, Any

import click

from kb.cli.counting import counting_options, lineage_option, show, tell, time_options
from kb.cli.listed import Listed
from kb.cli.messages import remark
from kb.cli.options import Output, is_given, row_options
from kb.cli.paths import path, show_routes
from kb.cli.reading import Reading, snapshot_options

if TYPE_CHECKING:
    from kb.analysis import Channels


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
    given = [name for name in ctx.params if is_given(name)]
    if ctx.invoked_subcommand:
        if given:
            raise click.UsageError(f"Options come after the name: kb pipelines {ctx.invoked_subcommand} …")
    elif from_ and to:
        if since or until:
            raise click.UsageError("A path has no --since and no --until.")
        show_routes(reading, output, from_, to, counting)
    elif from_ or to:
        _channels(
            reading, output, from_ or to or "", bool(from_), {"since": since, "until": until, **counting}
        )
    elif given:
        raise click.UsageError("Name an organization with --from or --to, or a subcommand.")
    else:
        click.echo(ctx.get_help())


pipelines.add_command(path)


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

    remark(f"Returned, of those who moved away: {cell(found.share)}")
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
