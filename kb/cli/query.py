"""`kb query`: ad-hoc Cypher."""

import sys
from typing import BinaryIO

import click

from kb.cli.messages import warn_of_parts
from kb.cli.options import ROW_CAP, Output, parameter_option, row_options, stored_only, timeout_option
from kb.cli.session import Session


@click.command()
@click.argument("cypher", required=False)
@click.option("-f", "--file", type=click.File("rb"), help="Read the query from a file; - is standard input.")
@parameter_option
@click.option("--write", is_flag=True, help="Allow the query to change the graph.")
@row_options(limit=ROW_CAP)
@timeout_option
@stored_only
@click.pass_obj
def query(
    session: Session,
    cypher: str | None,
    file: BinaryIO | None,
    values: list[tuple[str, str]],
    write: bool,
    output: Output,
    timeout: float | None,
) -> None:
    """Ask in Cypher.

    The query is the argument, the text of a file, or with - standard input. It only reads, unless --write is
    given. It is one statement; `kb shell` runs several.

    \b
    Examples:
      kb query "MATCH (p:Person) RETURN p.name AS person ORDER BY person"
      kb query "MATCH (p:Person {id: \\$id}) RETURN p.name_zh" -p id bert-maher
      kb query -f question.cypher --format csv > answer.csv
      kb query --write "MATCH (p:Person {id: 'bert-maher'}) SET p.starred = true"
    """
    from kb.queries import check_parameters, named_values, one_statement

    text = _text(cypher, file)
    if not text.strip():
        raise click.UsageError("The query is empty.")
    statement = one_statement(text)
    given = named_values(values)
    check_parameters(statement, given)
    database = session.base.database
    warn_of_parts(database)
    if write:
        answer = database.write(statement, given, timeout=timeout)
    else:
        answer = database.read(statement, given, timeout=timeout, limit=output.most)
    output.answer(answer, statement)


def _text(cypher: str | None, file: BinaryIO | None) -> str:
    """The query, from the one place that holds it."""
    from kb.queries import decoded

    if (cypher is None) == (file is None):
        raise click.UsageError("Give one query: as text, with -f FILE, or - to read standard input.")
    if cypher == "-":
        file = sys.stdin.buffer
    if file is None:
        return cypher or ""
    return decoded(file.read(), getattr(file, "name", "standard input"))
