"""`kb lineage`: other names, owners and parts of organizations, and which may be missing."""

import sys

import click

from kb.cli.listed import Listed
from kb.cli.options import Output, row_options
from kb.cli.reading import Reading, snapshot_options


@click.group(cls=Listed)
def lineage() -> None:
    """Show what organizations became and belong to, and suggest what may be missing.

    \b
    Examples:
      kb lineage show meta
      kb lineage suggest --from-seeds openstack
    """


@lineage.command()
@click.argument("key", metavar="ORG")
@click.option(
    "--lineage",
    "mode",
    type=click.Choice(["point-in-time", "pro-forma"]),
    default="point-in-time",
    help="How it counts: as it stood then (default), or as it stands now.",
)
@snapshot_options
@row_options
def show(key: str, mode: str, reading: Reading, output: Output) -> None:
    """Show what became ORG, what it became, its parts and what it is a part of, along chains.

    \b
    Examples:
      kb lineage show google-deepmind
      kb lineage show meta --as-of 2015
    """
    from kb.resolve.lineage import history
    from kb.views.lineage import COLUMNS, rows, write_lineage

    snapshot = reading.snapshot()
    found = history(snapshot, key, mode=mode)
    if output.form == "table":
        write_lineage(found, snapshot, sys.stdout)
    else:
        output.rows(COLUMNS, rows(found))


@lineage.command()
@click.option("--people", type=click.IntRange(min=1), default=4, metavar="N", help="At least N. Default: 4.")
@click.option(
    "--days",
    type=click.IntRange(min=1),
    default=31,
    metavar="N",
    help="How short a time people go together in. Default: 31.",
)
@snapshot_options
@row_options(limit=50)
def suggest(people: int, days: int, reading: Reading, output: Output) -> None:
    """Suggest which organizations were renamed, acquired or merged, with the evidence.

    The best come first. Evidence is how many people went from the one to the other, the share of those who
    left, how many of them within a short time, and how alike the names are. Nothing is applied: what you find
    to be so, write as `part_of` into a seed file, with its source.

    \b
    Examples:
      kb lineage suggest --from-seeds openstack
      kb lineage suggest --people 10 --format csv
    """
    from kb.analysis.lineage import suggest_lineage
    from kb.views.lineage import suggested

    found = suggest_lineage(reading.snapshot(), people=people, days=days)
    output.rows(*suggested(found, form=output.form))
