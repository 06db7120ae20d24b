"""Options that several commands share, in the same words everywhere, and the object that prints rows."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, TypeVar, overload

import click

from kb.cli.session import Session

if TYPE_CHECKING:
    from kb.store.database import Result

FORMATS: Final = ("table", "json", "nl", "csv", "tsv")
ROW_CAP: Final = 1_000

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Output:
    """Where and how a command prints its rows. No `format`: a table on a terminal, else one JSON a line."""

    format: str | None
    limit: int  # 0: no limit

    @property
    def most(self) -> int | None:
        """The limit as the library takes it: None if there is none."""
        return self.limit or None

    @property
    def form(self) -> str:
        """The format that was asked for, or the one that fits the output."""
        return self.format or ("table" if sys.stdout.isatty() else "nl")

    def rows(self, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, truncated: bool = False) -> None:
        """Print rows to stdout, no more than the limit; say on stderr when there are more.

        `truncated` says that `rows` were cut before they came here.
        """
        from kb.views.rows import write_rows

        shown, more = write_rows(columns, rows, form=self.form, stream=sys.stdout, limit=self.most)
        self.note(shown, more or truncated)

    def note(self, shown: int, more: bool) -> None:
        """Say on stderr when there is more than was shown."""
        if more:
            sys.stdout.flush()
            note = f"{shown:,} row{'s' * (shown != 1)} shown, there are more: --limit 0 for all"
            click.echo(note, err=True)

    def answer(self, result: "Result", cypher: str) -> None:
        """Print what the database answered to a query; one that only wrote has no rows to print."""
        from kb.queries import columns

        # The embedded engine names no columns where there are no rows.
        names = result.columns or columns(cypher)
        if names:
            self.rows(names, result.rows, truncated=result.truncated)
        changes = [_counted(number, *what.split()) for what, number in result.changes.items()]
        if changes or not names:
            click.echo(", ".join(changes) or "Nothing changed", err=True)


def _counted(number: int, what: str, done: str) -> str:
    """`1 node created`, `2 properties set`."""
    one = {"properties": "property", "indexes": "index"}.get(what, what.removesuffix("s"))
    return f"{number:,} {one if number == 1 else what} {done}"


@overload
def row_options(command: Function, /) -> Function: ...
@overload
def row_options(*, limit: int) -> Callable[[Function], Function]: ...
def row_options(command: Any = None, /, *, limit: int = 0) -> Any:
    """`--format` and `--limit`; the command gets them as one `output`. `limit` is the default, 0 is none."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @click.option(
            "--format",
            "form",
            type=click.Choice(FORMATS),
            help="How rows are printed; nl is one JSON object a line. Default: table on a terminal, else nl.",
        )
        @click.option(
            "--limit",
            type=click.IntRange(min=0),
            default=limit,
            metavar="N",
            help=f"At most N rows, 0 for all. Default: {f'{limit:,}' if limit else 'all'}.",
        )
        @wraps(function)
        def wrapper(*args: Any, form: str | None, limit: int, **kwargs: Any) -> Any:
            return function(*args, output=Output(form, limit), **kwargs)

        return wrapper

    return decorate if command is None else decorate(command)


def timeout_option(function: Function) -> Function:
    """`--timeout`; the command gets seconds, or None for no limit, as the library takes it."""

    def none_for_zero(ctx: click.Context, param: click.Parameter, value: float) -> float | None:
        return value or None

    return click.option(
        "--timeout",
        type=click.FloatRange(min=0),
        default=30.0,
        metavar="SECONDS",
        callback=none_for_zero,
        help="Give up after so many seconds, 0 for never. Default: 30.",
    )(function)


def parameter_option(function: Function) -> Function:
    """`-p NAME VALUE`; the command gets pairs of text as `values`, for `kb.queries.named_values`."""
    return click.option(
        "-p",
        "--param",
        "values",
        type=(str, str),
        multiple=True,
        metavar="NAME VALUE",
        help="Value of a parameter: a number, true, false, null, a JSON list or object, date:2025-08-01; "
        "anything else, or what stands in double quotes, is text. Repeatable.",
    )(function)


def pass_base(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give the command the opened `Base` as its first argument.

    A command that may end before it needs one takes the `Session` with `click.pass_obj` instead.
    """

    @click.pass_obj
    @wraps(function)
    def wrapper(session: Session, *args: Any, **kwargs: Any) -> Any:
        return function(session.base, *args, **kwargs)

    return wrapper
