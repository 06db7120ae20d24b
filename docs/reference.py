"""Writes the generated pages of docs/reference: analysis, commands, ontology, python, queries, seed-files.

They come from the click tree, `kb/ontology.py`, the headers in `cypher/queries` and the docstrings of the
public API, so that they cannot fall behind; a test compares them byte for byte.

Usage: python docs/reference.py
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
from reference_ontology import ontology_page, seed_files_page
from reference_python import analysis_page, python_page
from reference_table import MADE, table

from kb.cli import COMMANDS
from kb.cli import main as command_tree
from kb.queries import NamedQuery, library

FOLDER: Final = Path(__file__).parent / "reference"
WIDTH: Final = 100


def paths(command: click.Command, context: click.Context) -> Iterator[tuple[click.Command, click.Context]]:
    """A command and all below it, each with the context that its help is made in."""
    yield command, context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None and not child.hidden:
                yield from paths(child, click.Context(child, info_name=name, parent=context))


def commands_page() -> str:
    """Every command, with its help as a terminal shows it."""
    wide = {**command_tree.context_settings, "terminal_width": WIDTH, "max_content_width": WIDTH}
    root = click.Context(command_tree, info_name="kb", **wide)
    found = {context.command_path: (command, context) for command, context in paths(command_tree, root)}
    text = COMMANDS_INTRODUCTION
    for title, section in COMMANDS.items():
        names = [
            path
            for path in found
            if path.split()[1:2] and path.split()[1] in section and path.count(" ") == 1
        ]
        rows = [
            [f"[`{path}`](#{path.replace(' ', '-')})", found[path][0].get_short_help_str(WIDTH)]
            for path in names
        ]
        if rows:
            text += f"\n{title}:\n\n{table(['command', 'does'], rows)}"
    for path, (command, context) in found.items():
        level = "###" if path.count(" ") > 1 else "##"
        text += f"\n{level} {path}\n\n```text\n{command.get_help(context).rstrip()}\n```\n"
    return text


def queries_page() -> str:
    """Every named query, from its header."""
    found = library()
    rows = [[f"[`{query.name}`](#{query.name})", query.meaning] for query in found]
    return (
        QUERIES_INTRODUCTION + "\n" + table(["query", "answers"], rows) + "".join(map(query_section, found))
    )


def query_section(query: NamedQuery) -> str:
    """One named query."""
    text = f"\n## {query.name}\n\n{query.meaning[0].upper()}{query.meaning[1:]}. "
    text += f"[Its Cypher](../../cypher/queries/{query.name}.cypher)\n\n```sh\n{query.usage}\n```\n\n"
    if query.parameters:
        given = zip(query.parameters, query.takes, strict=True)
        rows = [
            [f"`{p.name}`", p.meaning, "required" if p.required else f"default `{takes.partition('=')[2]}`"]
            for p, takes in given
        ]
        text += table(["parameter", "meaning", ""], rows) + "\n"
    return text + table(["column", "meaning"], ([f"`{c.name}`", c.meaning] for c in query.columns))


COMMANDS_INTRODUCTION = f"""\
# Commands

{MADE}

Results go to standard output, all else to standard error. A command ends with 0 when it is done, with 1
when it was refused or failed, and says why in one line, with 2 when it was called in a wrong way.
"""
QUERIES_INTRODUCTION = f"""\
# Queries

{MADE} `kb queries` lists them in a terminal, `kb run NAME -p PARAMETER VALUE` runs one. How to write
one: [Write a query](../how-to/write-a-query.md).
"""


def pages() -> dict[str, str]:
    """The generated pages by name."""
    return {
        "analysis.md": analysis_page(),
        "commands.md": commands_page(),
        "ontology.md": ontology_page(),
        "python.md": python_page(),
        "queries.md": queries_page(),
        "seed-files.md": seed_files_page(),
    }


if __name__ == "__main__":
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
