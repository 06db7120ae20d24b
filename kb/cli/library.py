"""`kb queries` and `kb run`: the library of named queries."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import click
from click.shell_completion import CompletionItem

from kb.cli.messages import say, warn_of_parts
from kb.cli.options import ROW_CAP, Output, parameter_option, row_options, stored_only, timeout_option
from kb.cli.session import Session

if TYPE_CHECKING:
    from kb.store.database import Database


def _complete_name(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of queries, for the shell."""
    from kb.queries import names

    return [CompletionItem(name) for name in names() if name.startswith(incomplete)]


@click.command()
@click.argument("name", required=False, shell_complete=_complete_name)
@row_options
def queries(name: str | None, output: Output) -> None:
    """List the library of named queries, or print one.

    \b
    Examples:
      kb queries
      kb queries departures
      kb queries departures > mine.cypher && kb query -f mine.cypher -p org meta
    """
    from kb.queries import find, library

    if name is not None:
        click.echo(find(name).text, nl=False)
        return
    columns = ("query", "answers", "parameters", "example")
    output.rows(columns, [(found.name, found.meaning, found.takes, found.usage) for found in library()])


@click.command()
@click.argument("name", shell_complete=_complete_name)
@parameter_option
@row_options(limit=ROW_CAP)
@timeout_option
@stored_only
@click.pass_obj
def run(
    session: Session, name: str, values: list[tuple[str, str]], output: Output, timeout: float | None
) -> None:
    """Run a query of the library.

    \b
    Examples:
      kb run departures -p org meta
      kb run timeline -p person bert-maher --format json
    """
    from kb.queries import find, named_values

    found = find(name)
    given = found.bind(named_values(values))
    database = session.base.database
    warn_of_parts(database)
    answer = database.read(found.text, given, timeout=timeout, limit=output.most)
    output.answer(answer, found.text)
    if not answer.rows:
        _explain_nothing(database, given)


_MEANT: Final = {"org": "Organization", "person": "Person", "project": "Project", "fact": ""}


def _explain_nothing(database: "Database", given: Mapping[str, Any]) -> None:
    """An answer without rows can be true, or come from an id that is not there, or is of something else."""
    from kb.store.look import edge, nodes, not_found

    for name, label in _MEANT.items():
        key = given.get(name)
        if not isinstance(key, str):
            continue
        found = nodes(database, key)
        if not found and (label or edge(database, key) is None):
            say(str(not_found(database, key)))
        elif label and all(node.labels[0] != label for node in found):
            say(f"`{key}` is no {label.lower()}, but a {found[0].labels[0].lower()}")
