"""`kb diff`: what changed between two moments, or between two folders of seeds."""

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from kb.cli.messages import remark
from kb.cli.options import Output, row_options
from kb.cli.reading import Reading, snapshot_options

if TYPE_CHECKING:
    from kb.resolve import Snapshot

_BY = ("known-at", "as-of")


@click.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option(
    "--by",
    type=click.Choice(_BY),
    help="What A and B are, where they are dates: known-at, what had been published by then (default); "
    "as-of, what was true then.",
)
@snapshot_options
@row_options
def diff(a: str, b: str, by: str | None, reading: Reading, output: Output) -> None:
    """Show what changed from A to B: two dates, or two folders of seeds.

    Told is who joined, left and moved, what was planned and what came true, what was renamed, corrected and
    retracted, each with the id of its fact. Between two as-of dates, a change that may lie outside of them is
    said to be possible. As JSON it is a feed for programs: fields and order stay the same.

    \b
    Examples:
      kb diff 2025-07 2025-09
      kb diff 2025-07 2025-09 --by as-of --format json
      kb diff old-seeds/ new-seeds/
    """
    from kb.resolve.diff import diff as differences
    from kb.views.diff import COLUMNS, rows, write_diff

    before, after = _two(a, b, by, reading)
    found = differences(before, after)
    if output.form == "table":
        output.note(*write_diff(found, (after, before), sys.stdout, limit=output.most))
        vague = sum(each.as_of == "possible" for each in found[: output.most])
        if vague and by == "as-of":
            remark(f"{vague:,} possible: as vague as their dates are, they may lie before {a} or after {b}")
    else:
        output.rows(COLUMNS, rows(found))


def _two(a: str, b: str, by: str | None, reading: Reading) -> "tuple[Snapshot, Snapshot]":
    """The two snapshots, in one DuckDB."""
    seeds = [_is_seeds(each) for each in (a, b)]
    if all(seeds):
        if by or reading.seeds:
            raise click.UsageError(f"--{'by' if by else 'from-seeds'} is for two dates, not for two folders.")
        before = replace(reading, seeds=(a,)).snapshot()
        return before, replace(reading, seeds=(b,)).snapshot(beside=before)
    if any(seeds):
        raise click.UsageError("Give two dates, or two folders of seeds.")
    _in_order(a, b)
    if by == "as-of":
        if reading.as_of:
            raise click.UsageError("--as-of is what A and B are already.")
        known = reading.snapshot()
        return known.at(as_of=a), known.at(as_of=b)
    if reading.known_at:
        raise click.UsageError("--known-at is what A and B are already.")
    before = replace(reading, known_at=a).snapshot()
    return before, replace(reading, known_at=b).snapshot(beside=before)


def _in_order(a: str, b: str) -> None:
    """Two dates, the earlier one first: what was not known yet is not retracted."""
    from kb.errors import DateError
    from kb.resolve import last_day

    try:
        days = last_day(a), last_day(b)
    except DateError as error:
        raise click.UsageError(f"{error} A and B are two dates, or two folders of seeds.") from None
    if days[0] > days[1]:
        raise click.UsageError(f"{a} is later than {b}. Swap the two.")


def _is_seeds(text: str) -> bool:
    """Whether it names a folder or a shipped dataset, as `kb load` takes them."""
    from kb.errors import KbError
    from kb.ledger import locate

    try:
        locate(text)
    except KbError:
        return False
    return True
