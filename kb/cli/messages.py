"""What `kb` says on stderr: one line, in colour only on a terminal that wants it."""

import click

from kb.errors import KbError, SeedError


def say(message: str) -> None:
    """One line that begins with `kb:`."""
    line = " ".join(message.splitlines())
    click.echo(click.style("kb:", fg="red", bold=True) + " " + line, err=True)


def explain(error: KbError) -> None:
    """An error of the library; of mistakes in seed files, every one in a line of its own."""
    if isinstance(error, SeedError):
        for problem in error.problems:
            click.echo(str(problem), err=True)
        count = len(error.problems)
        say(f"{count:,} mistake{'s' * (count > 1)} in the seeds, nothing was loaded")
    else:
        say(str(error))
