"""Options that several commands share, in the same words everywhere, and the object that prints rows."""

import math
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, TypeVar, overload

import click

from kb.cli.messages import remark
from kb.cli.session import Session

if TYPE_CHECKING:
    from kb.store.database import Result

FORMATS: Final = ("table", "json", "nl", "csv", "tsv")
ROW_CAP: Final = 1_000

Function = TypeVar("Function", bound=Callable[..., Any])


class Finite(click.FloatRange):
    """A number in a range, and no `nan` or `inf`, which are floats too."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value!r} is no number.", param, ctx)
        return number


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

        context = click.get_current_context(silent=True)  # none in the shell
        if context is not None:
            context.ensure_object(Session).waiting.done()
        shown, more = write_rows(columns, rows, form=self.form, stream=sys.stdout, limit=self.most)
        self.note(shown, more or truncated)

    def note(self, shown: int, more: bool) -> None:
        """Say on stderr when there is more than was shown."""
        if more:
            note = f"{shown:,} row{'s' * (shown != 1)} shown, there are more: --limit 0 for all"
            remark(note)

    def answer(self, result: "Result", cypher: str) -> None:
        """Print what the database answered to a query; one that only wrote has no rows to print."""
        from kb.queries import columns, strangers

        # The embedded engine names no columns where there are no rows.
        names = result.columns or columns(cypher)
        if names:
            self.rows(names, result.rows, truncated=result.truncated)
        changes = [_counted(number, *what.split()) for what, number in result.changes.items()]
        if changes or not names:
            remark(", ".join(changes) or "Nothing changed")
        if not result.changes:
            for name, near in strangers(cypher).items():
                if near or not result.rows:
                    hint = f": did you mean {' or '.join(near)}?" if near else ""
                    remark(f"The ontology has no `{name}`{hint}")


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


def stored_only(function: Function) -> Function:
    """Refuse `--as-of` and `--known-at` and say why: Cypher reads the graph as it is stored."""

    def refuse(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
        if value is not None:
            what = f"{param.opts[0]} is not for Cypher, which reads the graph as it is stored. "
            raise click.UsageError(what + "Put a condition on dates or `known_from` into the query.")

    for name in ("--as-of", "--known-at"):
        option = click.option(
            name,
            hidden=True,
            expose_value=False,
            callback=refuse,
            metavar="DATE",
            help="Refused: Cypher reads the graph as it is stored.",
        )
        function = option(function)
    return function


@overload
def timeout_option(command: Function, /) -> Function: ...
@overload
def timeout_option(*, default: float) -> Callable[[Function], Function]: ...
def timeout_option(command: Any = None, /, *, default: float = 30.0) -> Any:
    """`--timeout`; the command gets seconds, or None for no limit, as the library takes it."""

    def none_for_zero(ctx: click.Context, param: click.Parameter, value: float) -> float | None:
        return value or None

    option = click.option(
        "--timeout",
        type=Finite(min=0),
        default=default,
        metavar="SECONDS",
        callback=none_for_zero,
        help=f"Give up after so many seconds, 0 for never. Default: {default:g}.",
    )
    return option if command is None else option(command)


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


def is_given(name: str) -> bool:
    """Whether the user gave the option on the command line, by the name of its parameter."""
    source = click.get_current_context().get_parameter_source(name)
    return source is click.core.ParameterSource.COMMANDLINE


def pass_base(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give the command the opened `Base` as its first argument.

    A command that may end before it needs one takes the `Session` with `click.pass_obj` instead.
    """

    @click.pass_obj
    @wraps(function)
    def wrapper(session: Session, *args: Any, **kwargs: Any) -> Any:
        return function(session.base, *args, **kwargs)

    return wrapper
