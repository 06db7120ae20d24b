"""What the analyses of careers share: how moves are counted, rows of what was found, and what is in none."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from kb.cli.messages import remark
from kb.cli.options import Output

if TYPE_CHECKING:
    from kb.analysis import Excluded


def lineage_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--lineage`, where a team always counts as its organization."""
    return click.option(
        "--lineage",
        type=click.Choice(["point-in-time", "pro-forma"]),
        default="point-in-time",
        help="Organizations as they stood then, or what was renamed, acquired or merged as it is now. "
        "Default: point-in-time.",
    )(function)


def counting_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--level` and `--lineage`; the command gets them under these names, as the library takes them."""
    return click.option(
        "--level",
        type=click.Choice(["organization", "team"]),
        default="organization",
        help="Count a team as the organization that it belongs to, or by itself. Default: organization.",
    )(lineage_option(function))


def time_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--since` and `--until`."""
    for name, end in (("--until", "last"), ("--since", "first")):
        text = "Only from the first day of this date on." if end == "first" else "Only up to its last day."
        function = click.option(name, metavar="DATE", help=text)(function)
    return function


def show(output: Output, kind: type, items: Sequence[Any], *shown: str) -> None:
    """Print what an analysis found: in a table the fields `shown`, else every field."""
    from kb.views.measures import measured

    output.rows(*measured(kind, items, form=output.form, shown=shown))


def tell(counts: dict[str, int], excluded: "Excluded | None" = None, at: str | None = None) -> None:
    """Say on stderr what is in no row: `moves without a day (2)`, and which spells, at one organization."""
    parts = [f"{what} ({number:,})" for what, number in counts.items() if number]
    if parts:
        remark(f"Not in the rows: {', '.join(parts)}")
    if excluded:
        tell_excluded(excluded, *filter(None, [at]))


def tell_excluded(excluded: "Excluded", *organizations: str) -> None:
    """Say on stderr which spells have no place, at all organizations or at some."""
    parts = [f"{number:,} {reason.replace('_', ' ')}" for reason, number in vars(excluded).items() if number]
    if parts:
        where = f" at {' and '.join(organizations)}" if organizations else ""
        remark(f"Spells{where} left out: {', '.join(parts)} (kb flows --explain)")
