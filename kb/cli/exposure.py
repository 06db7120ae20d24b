"""`kb exposure`, `kb groups`: what a project has lost, and who left together."""

from typing import Any

import click

from kb.cli.counting import counting_options, lineage_option, show, tell
from kb.cli.messages import remark
from kb.cli.options import Output, row_options
from kb.cli.reading import Reading, snapshot_options


@click.command()
@click.argument("key", metavar="PROJECT")
@click.option(
    "--at", "organization", metavar="ORG", help="Held against this organization. Default: the developer."
)
@lineage_option
@snapshot_options
@row_options
def exposure(reading: Reading, output: Output, key: str, organization: str | None, lineage: str) -> None:
    """The known contributors of a project or a team: who left, when, to whom, and who is left.

    They are held against the organization that develops the project, or that the team belongs to: there,
    leaving (announced), left, unknown (nobody says), or outside (no spell there is known). They are those
    whom sources name, and no count of the team. `certainty` is the weaker of two: that of the contribution,
    and that of the status.

    \b
    Examples:
      kb exposure pytorch
      kb exposure triton --at meta --format json
    """
    from kb import analysis
    from kb.views.measures import cell

    snapshot, hearsay = reading.everything()
    found = analysis.exposure(
        snapshot, key, organization=organization, lineage=lineage, include_rumoured=hearsay
    )
    show(
        output, analysis.Contributor, found.contributors,
        "name", "capacity", "status", "earliest", "latest", "to_name", "certainty", "sources",
    )  # fmt: skip
    names = snapshot.names("Organization")
    of = " or ".join(names.get(one, one) for one in found.organizations)
    remark(f"Left {of}: {cell(found.gone)}; there: {found.there}, leaving: {found.leaving}")
    tell({"contributors by hearsay alone": found.rumoured})


@click.command()
@click.argument("origin", metavar="[ORG]", required=False)
@click.option(
    "--days", type=click.IntRange(min=1), default=90, metavar="N", help="Within N days. Default: 90."
)
@click.option(
    "--min",
    "minimum",
    type=click.IntRange(min=2),
    default=3,
    metavar="N",
    help="At least N people. Default: 3.",
)
@click.option(
    "--draws",
    type=click.IntRange(min=1),
    default=999,
    metavar="N",
    help="Shuffles of the test. Default: 999.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, metavar="N", help="Of the shuffles. Default: 0."
)
@counting_options
@snapshot_options
@row_options
def groups(reading: Reading, output: Output, origin: str | None, **asked: Any) -> None:
    """Several people who went from one place to one other within a short time.

    The most surprising come first. ORG is an organization, a team or a project; without it all organizations
    are searched. `together` is held against shuffles of the days among all moves from the same origin:
    `expected` is their mean, `p` how often they reach as many, `q` that after Benjamini and Hochberg over all
    pairs that were tested.

    \b
    Examples:
      kb groups
      kb groups meta --days 60 --min 2
    """
    from kb import analysis
    from kb.views.page import count

    snapshot, hearsay = reading.everything()
    found = analysis.groups(snapshot, origin, include_rumoured=hearsay, **asked)
    show(
        output, analysis.Group, found.groups,
        "origin_name", "destination_name", "together", "first", "last", "moves", "exits", "expected", "q",
        "sources",
    )  # fmt: skip
    remark(f"{count(found.tested, 'pair')} tested, {found.too_few:,} with too few dated moves")
    tell(
        {
            "pairs that are all the moves of their origin": found.alone,
            "moves without a day": found.undated,
            "moves with a day vaguer than the window": found.vague,
        }
    )
