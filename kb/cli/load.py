"""`kb load`, `kb plan`, `kb unload`, `kb validate`: from files to the graph, and what stands in the way."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli.messages import remark
from kb.cli.options import FORMATS, Output, pass_base, row_options

if TYPE_CHECKING:
    from kb.ledger.check import Checked
    from kb.ledger.notices import Notice
    from kb.store import Base, Loaded
    from kb.store.prepare import Provenance

_format_option = click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="table",
    help="How the answer is printed; table is a line for people, nl a JSON object a line. Default: table.",
)


_full_option = click.option(
    "--full",
    is_flag=True,
    help="Read back and compare all of the graph, also where the last load's books say that it is the same.",
)


@click.command()
@click.argument("seeds", nargs=-1, metavar="[SEEDS]...")
@click.option(
    "--provenance",
    type=click.Choice(("full", "ids")),
    help="Whether claims become nodes, or facts only keep their ids. Default: as it was, else full.",
)
@_full_option
@_format_option
@pass_base
def load(
    base: "Base", seeds: tuple[str, ...], provenance: "Provenance | None", full: bool, form: str
) -> None:
    """Load folders of seeds into the graph, or the shipped ones if none is named.

    The graph is then what all its datasets say together. Loading again what did not change changes nothing,
    and a load that was cut off is completed by the next one. What was added by hand is never touched.

    A graph of more than 25,000 nodes and edges is compared by the numbers and digests that the last load
    left in it. They do not show a value that was changed by hand since: --full does.

    \b
    Examples:
      kb load
      kb load seeds/meta-ai-2025 ~/my-seeds
      kb load ~/big-table --provenance ids
      kb load --format json
    """
    from kb.cli.meter import Meter

    with Meter() as meter:
        loaded = base.load(*seeds, provenance=provenance, full=full, report=meter)
    _tell(loaded, form)


@click.command()
@click.argument("dataset", metavar="ID")
@_format_option
@pass_base
def unload(base: "Base", dataset: str, form: str) -> None:
    """Take the dataset ID out of the graph. What other datasets say stays.

    \b
    Example:
      kb unload meta-ai-2025
    """
    from kb.cli.meter import Meter

    with Meter() as meter:
        loaded = base.unload(dataset, report=meter)
    _tell(loaded, form)


@click.command()
@click.argument("seeds", nargs=-1, metavar="[SEEDS]...")
@_full_option
@row_options
@pass_base
def plan(base: "Base", seeds: tuple[str, ...], full: bool, output: Output) -> None:
    """Show what `kb load` would create (+), change (~) and remove (-), and change nothing.

    What only ties a claim to its source is not listed: it comes and goes with the claim. Of a big graph what
    the last load's books say is the same is not compared, unless you say --full: see `kb load --help`.

    \b
    Examples:
      kb plan
      kb plan ~/my-seeds --format json
    """
    from kb.views.plan import COLUMNS, rows, write_plan

    changes = base.plan(*seeds, full=full)
    if output.form == "table":
        output.note(*write_plan(changes, sys.stdout, limit=output.most))
    else:
        output.rows(COLUMNS, rows(changes))


@click.command()
@click.argument("seeds", nargs=-1, metavar="[SEEDS]...")
@click.option(
    "--source",
    "documents",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    metavar="FILE",
    help="Check that this document is one that the locators of the seeds mean. Repeatable.",
)
@_format_option
@click.pass_context
def validate(ctx: click.Context, seeds: tuple[str, ...], documents: tuple[Path, ...], form: str) -> None:
    """Check folders of seeds, or the shipped ones, and load nothing.

    Prints every mistake as file:line:column, what it is and what to do about it. The exit code is 1 if there
    is any. Of tables it also prints, for each rule that was applied, how many rows it concerns and the first
    of them; that is no mistake. In other formats than table, `level` tells the two apart.

    \b
    Examples:
      kb validate ~/my-seeds
      kb validate seeds/meta-ai-2025 --source transcript.txt
      kb validate seeds/aiwatch --format json
    """
    from kb.ledger import SHIPPED
    from kb.ledger.check import check
    from kb.resolve import resolve
    from kb.views.validation import COLUMNS, rows

    checked = check(*(seeds or SHIPPED), documents=documents)
    notices = sorted(checked.ledger.notices)
    if not checked.problems:
        # Claims can fit one by one and yet not together.
        notices += resolve(checked.ledger, claims=False).notices
    if form != "table":
        Output(form, 0).rows(COLUMNS, rows(checked.problems, notices))
    else:
        _report(checked, notices)
    if checked.problems:
        ctx.exit(1)


def _report(checked: "Checked", notices: Sequence["Notice"]) -> None:
    from kb.ledger.decisions import unheard_of
    from kb.views.page import count
    from kb.views.text import visible
    from kb.views.validation import sentence

    for problem in checked.problems:
        click.echo(visible(str(problem)))
    if checked.problems:
        click.echo(count(len(checked.problems), "mistake"), err=True)
        return
    for notice in notices:
        click.echo(visible(sentence(notice)))
    entities, claims, sources, decisions = checked.counts()
    numbers = [count(entities, "entity", "entities"), count(claims, "claim"), count(sources, "source")]
    numbers = [
        *(numbers if claims or not decisions else ()),
        *([count(decisions, "decision")] * (decisions > 0)),
    ]
    click.echo(f"{', '.join(checked.ledger.datasets)}: {', '.join(numbers)}")
    for document, source in checked.documents:
        click.echo(visible(f"{document} is {source}"))
    strange = unheard_of(checked.ledger)
    for line in strange:
        click.echo(visible(line), err=True)
    if strange:
        remark("Another dataset may have what is not here: kb validate takes several folders")


def _tell(loaded: "Loaded", form: str) -> None:
    from kb.views.plan import summary

    if form == "table":
        click.echo(summary(loaded))
        return
    names = ("created", "changed", "removed", "changes", "datasets")
    Output(form, 0).rows(names, [[getattr(loaded, name) for name in names]])
