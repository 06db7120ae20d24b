"""Options that several commands share, in the same words everywhere, and the object that prints rows."""

import math
import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, TypeVar, overload

import click

from kb.cli.messages import say, warn_of_parts
from kb.cli.meter import waiting
from kb.cli.session import Session

if TYPE_CHECKING:
    from kb.resolve import Snapshot
    from kb.store.database import Database, Result

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


@dataclass(frozen=True)
class Reading:
    """What a command is to read: which facts, known when, true when, and from where."""

    session: Session
    known_at: str | None
    as_of: str | None
    include_rumoured: bool
    seeds: tuple[str, ...]

    @property
    def as_stored(self) -> bool:
        """Whether the graph as it is stored has the answer: it is asked for no other time or place."""
        return not (self.known_at or self.as_of or self.seeds)

    @property
    def with_rumours(self) -> "Reading":
        """The same with hearsay: for a command that tells by itself what it leaves out."""
        return replace(self, include_rumoured=True)

    @property
    def of_all_times(self) -> "Reading":
        """The same without a day at which it is to be true."""
        return replace(self, as_of=None)

    @property
    def database(self) -> "Database":
        """The graph as it is stored, after a warning if it may be a part."""
        database = self.session.base.database
        warn_of_parts(database)
        return database

    def snapshot(self, *, beside: "Snapshot | None" = None) -> "Snapshot":
        """The facts that were asked for. It is read from the graph, or from `--from-seeds` without one.

        `beside` another snapshot it is in the same DuckDB.
        Raises: KbError as `Base.snapshot` and `Snapshot.from_seeds` do, e.g. for what is no date.
        """
        from kb.resolve import Snapshot, last_day

        when: dict[str, Any] = {
            "known_at": self.known_at,
            "as_of": self.as_of,
            "include_rumoured": self.include_rumoured,
            "beside": beside,
        }
        for moment in (self.known_at, self.as_of):
            if moment is not None:
                last_day(moment)  # a date that is none is said before a server is started
        if self.seeds:
            with waiting("Reading seeds"):
                found = Snapshot.from_seeds(*self.seeds, **when, home=self.session.own_home)
        else:
            warn_of_parts(self.session.base.database)
            with warnings.catch_warnings(), waiting("Reading the graph"):
                warnings.simplefilter("ignore")  # the same was just said, in one line
                found = self.session.base.snapshot(**when)
        if not found.count("Dataset"):
            say("no dataset is loaded: run `kb load`" if not self.known_at else "nothing was known by then")
        return found


def snapshot_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--as-of`, `--known-at`, `--include-rumoured`, `--from-seeds`; the command gets one `reading`.

    A command uses it like this, and opens no knowledge base where seeds are named:

        @click.command()
        @snapshot_options
        @row_options
        def flows(reading: Reading, output: Output) -> None:
            answer = kb.analysis.flows(reading.snapshot())
    """

    @click.option(
        "--as-of",
        metavar="DATE",
        help="What was true on this day, or on the last day of a month or a year. Default: all times.",
    )
    @click.option(
        "--known-at",
        metavar="DATE",
        help="What had been published by this day, or by the end of a month or a year. Default: all.",
    )
    @click.option("--include-rumoured", is_flag=True, help="With facts that are hearsay.")
    @click.option(
        "--from-seeds",
        "seeds",
        multiple=True,
        metavar="SEEDS",
        help="Read this folder of seeds, or this shipped dataset, instead of the graph. Repeatable.",
    )
    @wraps(function)
    def wrapper(
        *args: Any,
        known_at: str | None,
        as_of: str | None,
        include_rumoured: bool,
        seeds: tuple[str, ...],
        **kwargs: Any,
    ) -> Any:
        session = click.get_current_context().ensure_object(Session)
        reading = Reading(session, known_at, as_of, include_rumoured, seeds)
        return function(*args, reading=reading, **kwargs)

    return wrapper


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


def timeout_option(function: Function) -> Function:
    """`--timeout`; the command gets seconds, or None for no limit, as the library takes it."""

    def none_for_zero(ctx: click.Context, param: click.Parameter, value: float) -> float | None:
        return value or None

    return click.option(
        "--timeout",
        type=Finite(min=0),
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
