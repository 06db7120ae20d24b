"""The `kb` command: finds the command that is asked for, and turns what goes wrong into one line.

A command's module is imported when the command runs or its help is shown, and must import the library inside
its functions: `kb --help` and shell completion load neither DuckDB nor the driver.
"""

import errno
import io
import os
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click

from kb import __version__
from kb.cli.listed import SENTENCE
from kb.cli.messages import explain, say
from kb.cli.session import Session
from kb.errors import KbError

# Sections of the help, and for each command the module of this package that has it under the same name.
COMMANDS: Final[dict[str, dict[str, str]]] = {
    "Load": {"load": "load", "plan": "load", "unload": "load", "validate": "load"},
    "Ask": {"query": "query", "queries": "library", "run": "library", "shell": "shell"},
    "Look": {
        "find": "look",
        "show": "look",
        "why": "look",
        "diff": "diff",
        "conflicts": "decide",
        "schema": "look",
    },
    "Analyse": {
        "flows": "analysis",
        "departures": "analysis",
        "coverage": "analysis",
        "retention": "retention",
        "pipelines": "pipelines",
        "groups": "exposure",
        "exposure": "exposure",
        "centrality": "networks",
        "communities": "networks",
        "lineage": "lineage",
    },
    "Decide": {"identity": "decide", "forget": "decide"},
    "Export": {"export": "export"},
    "Manage": {"db": "db", "doctor": "db", "completion": "completion"},
}
INTERRUPTED: Final = 130  # what shells give for a program that Ctrl-C ended


class Commands(click.Group):
    """A group whose commands are imported on demand; the one place where errors become output."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for section in COMMANDS.values() for name in section]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for section in COMMANDS.values():
            if cmd_name in section:
                module = import_module(f"kb.cli.{section[cmd_name]}")
                command: click.Command = getattr(module, cmd_name)
                return command
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        known = self.list_commands(ctx)
        if name not in known and not name.startswith("-") and not ctx.resilient_parsing:
            raise click.NoSuchCommand(name, possibilities=known, ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, section in COMMANDS.items():
            if not section:
                continue
            with formatter.section(title):
                commands = {name: self.get_command(ctx, name) for name in section}
                lines = [
                    (name, found.get_short_help_str(SENTENCE)) for name, found in commands.items() if found
                ]
                formatter.write_dl(lines)

    def invoke(self, ctx: click.Context) -> Any:
        session = ctx.obj = Session(**ctx.params)
        # What follows concerns output alone; everything else in the environment is for `kb.store.settings`.
        if os.environ.get("NO_COLOR"):
            ctx.color = False
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")  # not every terminal writes every script
        try:
            try:
                answer = super().invoke(ctx)
                sys.stdout.flush()
                return answer
            finally:
                session.close()
        except KbError as error:
            explain(error)
        except (KeyboardInterrupt, click.Abort):
            click.echo("Interrupted", err=True)
            ctx.exit(INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except OSError as error:
            _leave_stdout()
            if error.errno != errno.EPIPE:
                say(f"{error.filename or 'cannot write the output'}: {error.strerror or error}")
        except Exception as error:
            if os.environ.get("KB_DEBUG"):
                traceback.print_exc()
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            say(f"internal error: {reason}; run with KB_DEBUG=1 for the traceback")
        return ctx.exit(1)


def _leave_stdout() -> None:
    """Let the interpreter's own flush at the end go nowhere: it would complain a second time."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  kb load                                    load the shipped seeds
  kb query "MATCH (p:Person) RETURN p.name"  ask in Cypher
  kb run departures -p org meta              run a query of the library
  kb show bert-maher                         a person's timeline

The embedded engine starts by itself. NEO4J_URI, NEO4J_USERNAME, NEO4J_PASSWORD and NEO4J_DATABASE, or the
options above, name another one; KB_HOME is the folder of the embedded store.""",
)
@click.option(
    "--uri", metavar="URI", help="Neo4j server, e.g. neo4j://localhost:7687; else the embedded one."
)
@click.option("--user", metavar="NAME", help="User of that server; asks for the password.")
@click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File whose first line is the user's password.",
)
@click.option("--database", metavar="NAME", help="Database on that server.")
@click.option(
    "--home", type=click.Path(file_okay=False, path_type=Path), help="Folder of the embedded store."
)
@click.version_option(__version__, "--version", prog_name="kb", message="%(prog)s %(version)s")
def main(**connection: Any) -> None:
    """A graph knowledge base of who worked where in AI, on what, when they left and where they went."""
