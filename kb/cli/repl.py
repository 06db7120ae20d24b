"""What the shell does with an entry: a statement, or a command that begins with a colon."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import click

from kb.cli.options import Output
from kb.errors import KbError
from kb.names import nearest
from kb.ontology import Node, types
from kb.queries import (
    find,
    is_complete,
    library,
    named_values,
    parameters,
    statements,
    written,
)
from kb.store import Base


@dataclass
class Repl:
    """An open base, how answers are printed, and the parameters that were set."""

    base: Base
    output: Output
    timeout: float | None = 30.0
    write: bool = False
    parameters: dict[str, Any] = field(default_factory=dict)
    over: bool = field(default=False, init=False)

    def run(self, entry: str) -> None:
        """Do what an entry says. Raises: KbError; the next entry can still be run."""
        if entry.lstrip().startswith(":"):
            self._command(entry.strip())
            return
        for statement in statements(entry):
            wanted = parameters(statement)
            given = {name: value for name, value in self.parameters.items() if name in wanted}
            missing = next((name for name in wanted if name not in given), None)
            if missing is not None:
                raise KbError(
                    f"no value for parameter ${missing}", hint=f"Set it with :param {missing} VALUE"
                )
            self._ask(statement, given)

    def run_all(self, text: str) -> None:
        """Run the entries of a text until one fails; the last statement may lack its semicolon."""
        entry = ""
        for line in text.splitlines(keepends=True):
            entry += line
            if is_entry(entry):
                self.run(entry)
                entry = ""
            if self.over:
                return
        self.run(entry)

    def _ask(self, cypher: str, given: dict[str, Any]) -> None:
        database = self.base.database
        if self.write:
            answer = database.write(cypher, given, timeout=self.timeout)
        else:
            answer = database.read(cypher, given, timeout=self.timeout, limit=self.output.most)
        self.output.answer(answer, cypher)

    def _command(self, entry: str) -> None:
        try:
            name, *words = shlex.split(entry)
        except ValueError as error:
            raise KbError(f"`{entry}` is not written as a shell would take it ({error})") from None
        if name not in COMMANDS:
            near = nearest(name, COMMANDS)
            hint = f"Did you mean {near[0]}?" if near else ":help lists what there is"
            raise KbError(f"no command `{name}`", hint=hint)
        COMMANDS[name].run(self, words)


def is_entry(text: str) -> bool:
    """Whether a text is whole: a command, a statement with its semicolon, or nothing at all.

    >>> is_entry(":help"), is_entry("RETURN 1;"), is_entry("RETURN 1"), is_entry(" ")
    (True, True, False, True)
    """
    return not text.strip() or text.lstrip().startswith(":") or is_complete(text)


def _help(repl: Repl, words: list[str]) -> None:
    width = max(len(command.usage) for command in COMMANDS.values())
    for command in COMMANDS.values():
        click.echo(f"{command.usage:{width}}  {command.meaning}")
    click.echo("\nAll else is Cypher, up to a semicolon.")


def _queries(repl: Repl, words: list[str]) -> None:
    rows = [(query.name, query.meaning, query.takes) for query in library()]
    repl.output.rows(("query", "answers", "parameters"), rows)


def _run(repl: Repl, words: list[str]) -> None:
    if not words:
        raise KbError(":run needs the name of a query", hint=":queries lists them")
    query = find(words[0])
    pairs = [word.partition("=") for word in words[1:]]
    loose = next((key for key, equals, _ in pairs if not equals), None)
    if loose is not None:
        raise KbError(
            f"`{loose}` is not NAME=VALUE", hint=f"Example: :run {query.name} {_example(query.example)}"
        )
    given = query.bind(named_values((key, text) for key, _, text in pairs))
    answer = repl.base.database.read(query.text, given, timeout=repl.timeout, limit=repl.output.most)
    repl.output.answer(answer, query.text)


def _example(example: Any) -> str:
    return " ".join(f"{name}={shlex.quote(written(given))}" for name, given in example.items())


def _param(repl: Repl, words: list[str]) -> None:
    if len(words) == 2:
        repl.parameters |= named_values([(words[0].removeprefix("$"), words[1])])
    elif words:
        raise KbError(":param takes a name and a value", hint="Example: :param org meta")
    else:
        repl.output.rows(("parameter", "value"), sorted(repl.parameters.items()))


def _schema(repl: Repl, words: list[str]) -> None:
    rows = [
        (
            kind.label if isinstance(kind, Node) else f"[:{kind.label}]",
            "" if isinstance(kind, Node) else f"{'|'.join(kind.starts)} to {'|'.join(kind.ends)}",
            [prop.name for prop in kind.props],
        )
        for kind in types()
    ]
    repl.output.rows(("type", "joins", "properties"), rows)


def _quit(repl: Repl, words: list[str]) -> None:
    repl.over = True


@dataclass(frozen=True)
class Command:
    """A command of the shell."""

    usage: str
    meaning: str
    run: Callable[[Repl, list[str]], None]


COMMANDS: Final = {
    command.usage.split()[0]: command
    for command in (
        Command(":help", "this list", _help),
        Command(":schema", "what can be asked about", _schema),
        Command(":queries", "the library of named queries", _queries),
        Command(":run NAME [PARAMETER=VALUE ...]", "run one of them", _run),
        Command(":param [NAME VALUE]", "set a parameter for later statements, or list them", _param),
        Command(":quit", "leave, as does Ctrl-D", _quit),
    )
}
