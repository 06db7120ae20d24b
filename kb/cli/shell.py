"""`kb shell`: Cypher line by line."""

import sys

import click

from kb.cli.options import ROW_CAP, Output, row_options, stored_only, timeout_option
from kb.cli.session import Session


@click.command()
@click.option("--write", is_flag=True, help="Allow statements to change the graph.")
@row_options(limit=ROW_CAP)
@timeout_option
@stored_only
@click.pass_obj
def shell(session: Session, write: bool, output: Output, timeout: float | None) -> None:
    """Ask in Cypher, statement by statement.

    A statement may take several lines and ends with a semicolon. Tab completes names of the ontology, `:help`
    lists what else there is, Ctrl-C cancels, Ctrl-D leaves. From a file or a pipe, statements run one after
    the other until one fails.

    \b
    Examples:
      kb shell
      kb shell --format csv < questions.cypher
    """
    from kb.cli.repl import Repl

    repl = Repl(session.base, output, timeout=timeout, write=write)
    if sys.stdin.isatty() and sys.stdout.isatty():
        from kb.cli.prompt import converse

        converse(repl, session.folder)
    else:
        from kb.queries import decoded

        repl.run_all(decoded(sys.stdin.buffer.read(), "standard input"))
