"""`kb pipelines path`: ways between two organizations, or two people."""

from typing import TYPE_CHECKING, Any

import click

from kb.cli.counting import counting_options, tell
from kb.cli.messages import remark
from kb.cli.options import Output, is_given, row_options
from kb.cli.reading import Reading, snapshot_options

if TYPE_CHECKING:
    from kb.analysis import Paths


@click.command()
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
def path(reading: Reading, output: Output, start: str, end: str, **asked: Any) -> None:
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
        if is_given(name):
            raise click.UsageError(f"--{name} is for {'organizations' if between_people else 'people'}.")
    asked = {name: value for name, value in asked.items() if name not in foreign and value is not None}
    find = analysis.introductions if between_people else analysis.routes
    _paths(output, find(snapshot, start, end, include_rumoured=hearsay, **asked), between_people)


def show_routes(reading: Reading, output: Output, from_: str, to: str, counting: dict[str, Any]) -> None:
    """Ways between two organizations, as `kb pipelines --from A --to B` asks for them."""
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
    of_path = ["order", "alone"] if output.form == "table" else ["order", "alone", "arrival"]
    output.rows(
        ["path", "hop", *columns, *of_path],
        [
            [n, m, *row, *(getattr(path, name) for name in of_path)]
            for (n, m, path, _), row in zip(numbered, rows, strict=True)
        ],
    )
    if not found.paths:
        remark("No path")
    what = "spells" if between_people else "moves"
    tell({f"{what} without a day": found.undated, "organizations with too many people": found.crowded})
