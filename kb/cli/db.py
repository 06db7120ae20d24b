"""`kb db`, the embedded server and its store, and `kb doctor`."""

import sys
from typing import TYPE_CHECKING

import click

from kb.cli.listed import Listed
from kb.cli.options import Output, row_options
from kb.cli.session import Session

if TYPE_CHECKING:
    from kb.store.embedded import Status

_LABELS = {"ok": ("ok", "green"), "warn": ("warn", "yellow"), "fail": ("FAIL", "red")}


@click.group(cls=Listed)
def db() -> None:
    """The embedded server and the folder of its store.

    It starts by itself when a command needs it, and stops by itself when none does.

    \b
    Examples:
      kb db status
      kb db start
    """


@db.command()
@row_options
@click.pass_obj
def start(session: Session, output: Output) -> None:
    """Start the embedded server, and let it stay until `kb db stop`.

    \b
    Example:
      kb db start
    """
    from kb.store.embedded import start as start_server

    _show(start_server(session.folder), output)
    _elsewhere(session)


@db.command()
@click.pass_obj
def stop(session: Session) -> None:
    """Stop the embedded server. A program that still uses it starts it again with its next query.

    \b
    Example:
      kb db stop
    """
    from kb.store.embedded import stop as stop_server

    click.echo("stopped" if stop_server(session.folder) else "it was not running")


@db.command()
@row_options
@click.pass_obj
def status(session: Session, output: Output) -> None:
    """Show whether the embedded server runs, where it answers and how large its store is. Starts nothing.

    \b
    Examples:
      kb db status
      kb db status --format json
    """
    from kb.store.embedded import status as find_status

    _show(find_status(session.folder), output)
    _elsewhere(session)


@db.command()
@click.pass_obj
def path(session: Session) -> None:
    """Print the folder of the embedded store.

    \b
    Example:
      du -sh "$(kb db path)"
    """
    click.echo(session.folder)


@db.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--force", is_flag=True, help="Even while other programs use the store.")
@click.pass_obj
def reset(session: Session, yes: bool, force: bool) -> None:
    """Delete all that the embedded store holds, what was added by hand included. `kb load` fills it again.

    \b
    Example:
      kb db reset --yes && kb load
    """
    from kb.store.embedded import reset as delete

    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("There is no terminal to ask on: say --yes to delete the store.")
        click.confirm(f"Delete all that is in {session.folder}?", abort=True, err=True)
    delete(session.folder, force=force)
    click.echo(f"{session.folder} is empty")


@click.command()
@row_options
@click.pass_context
def doctor(ctx: click.Context, output: Output) -> None:
    """Look at all that kb needs, and say what is wrong here and what to do. Exit code 1 if something fails.

    \b
    Examples:
      kb doctor
      kb doctor --format json
    """
    from kb.store.doctor import Check, examine
    from kb.views.text import visible

    session: Session = ctx.obj
    failed = False
    checks: list[Check] = []
    for check in examine(lambda: session.base, uri=session.uri, home=session.home):
        failed = failed or check.state == "fail"
        checks.append(check)
        if output.form == "table":  # one by one, since a server may take its time
            word, colour = _LABELS[check.state]
            hint = f". {check.hint}" if check.hint else ""
            click.echo(
                click.style(f"{word:4}", fg=colour) + visible(f"  {check.check:8}  {check.what}{hint}")
            )
    if output.form != "table":
        columns = ("check", "state", "what", "hint")
        output.rows(columns, [[getattr(check, name) or None for name in columns] for check in checks])
    if failed:
        ctx.exit(1)


def _show(found: "Status", output: Output) -> None:
    if output.form == "table":
        from kb.views.page import pairs, write_page

        write_page([pairs(_lines(found))], sys.stdout)
        return
    columns = ("path", "running", "pinned", "pid", "uri", "started", "version", "clients", "size")
    output.rows(columns, [[getattr(found, name) for name in columns]])


def _lines(found: "Status") -> list[tuple[str, str]]:
    lines = [("folder", str(found.path)), ("size", f"{found.size / 1e6:,.1f} MB")]
    if not found.running:
        return [*lines, ("server", "not running; it starts when it is needed")]
    ends = "`kb db stop`" if found.pinned else "nobody needs it"
    return [
        *lines,
        ("server", f"running at {found.uri}, process {found.pid}, until {ends}"),
        ("version", f"ArcadeDB {found.version}"),
        ("clients", str(found.clients)),
    ]


def _elsewhere(session: Session) -> None:
    """Say on stderr that other commands use another server, if they do."""
    from kb.store.settings import read_settings

    settings = read_settings(uri=session.uri, home=session.home)
    if not settings.embedded:
        click.echo(f"Other commands use {settings.uri}, which NEO4J_URI or --uri names", err=True)
