"""The shell on a terminal: a line editor with history and completion around `Repl`."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click
from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from kb.cli.messages import explain
from kb.cli.repl import COMMANDS, Repl, is_entry
from kb.cli.suggest import suggestions
from kb.errors import KbError

HISTORY = "history"


class Words(Completer):
    """Completion from the ontology and the commands of the shell."""

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        word, choices = suggestions(document.text_before_cursor, COMMANDS)
        return (Completion(choice, start_position=-len(word)) for choice in choices)


class Lines(FileHistory):
    """History in a file; a disk that is full costs the history and not the shell."""

    def store_string(self, string: str) -> None:
        with suppress(OSError):
            super().store_string(string)


def history(folder: Path) -> History:
    """The history of a folder, which only its owner may read; in memory where none can be written."""
    path = folder / HISTORY
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
        path.chmod(0o600)
        return Lines(path)
    except OSError:
        return InMemoryHistory()


def converse(repl: Repl, folder: Path) -> None:
    """Read entries and run them until the user leaves; what fails is said, and the next one is read."""
    unfinished = Condition(lambda: not is_entry(get_app().current_buffer.text))
    line: PromptSession[str] = PromptSession(
        "kb> ",
        multiline=unfinished,
        prompt_continuation="... ",
        history=history(folder),
        completer=Words(),
        complete_while_typing=False,
    )
    engine = repl.base.database.engine_info()
    mode = "writing" if repl.write else "read-only"
    click.echo(f"{engine.name} {engine.version}, {mode}; a statement ends with `;`, :help says more")
    while not repl.over:
        try:
            entry = line.prompt()
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        try:
            repl.run(entry)
        except KbError as error:
            explain(error)
        except KeyboardInterrupt:
            click.echo("Interrupted", err=True)
