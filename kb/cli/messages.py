"""What `kb` says on stderr: one line, in colour only on a terminal that wants it."""

import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

import click

from kb.errors import KbError, SeedError

if TYPE_CHECKING:
    from kb.store.database import Database


def say(message: str) -> None:
    """One line that begins with `kb:`."""
    line = " ".join(message.splitlines())
    click.echo(click.style("kb:", fg="red", bold=True) + " " + line, err=True)


def remark(text: str) -> None:
    """What else there is to say about rows, after those that were printed; wrapped at words on a terminal."""
    sys.stdout.flush()  # they come first, wherever both go
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns
        text = textwrap.fill(text, width, break_on_hyphens=False, break_long_words=False)
    click.echo(text, err=True)


def explain(error: KbError) -> None:
    """An error of the library; of mistakes in seed files, every one in a line of its own."""
    if isinstance(error, SeedError):
        for problem in error.problems:
            click.echo(str(problem), err=True)
        count = len(error.problems)
        say(f"{count:,} mistake{'s' * (count > 1)} in the seeds, nothing was loaded")
    else:
        say(str(error))


def warn_of_parts(database: "Database") -> None:
    """Say that what is shown may be only a part, if a load goes on or was cut off."""
    from kb.store.state import cut_off

    names = cut_off(database)
    if names:
        which = f"dataset{'s' * (len(names) > 1)} {', '.join(names)}"
        say(f"the load of {which} goes on, or was cut off: what is shown may be a part. Run `kb load`")
