"""What a command reads of the graph or of seeds, and for how long: the options that all analyses share."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from kb.cli.deadline import deadline
from kb.cli.messages import say, warn_of_parts
from kb.cli.options import timeout_option
from kb.cli.session import Session

if TYPE_CHECKING:
    from kb.resolve import Snapshot
    from kb.store.database import Database


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

    def snapshot(self, *, beside: "Snapshot | None" = None, lazy: bool = False) -> "Snapshot":
        """The facts that were asked for. It is read from the graph, or from `--from-seeds` without one.

        `beside` another snapshot it is in the same DuckDB. With `lazy` a type is read from the graph when it
        is first asked for.
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
            self.session.waiting("Reading seeds")
            found = Snapshot.from_seeds(*self.seeds, **when, home=self.session.own_home)
        else:
            warn_of_parts(self.session.base.database)
            self.session.waiting("Reading the graph")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the same was just said, in one line
                found = self.session.base.snapshot(**when, lazy=lazy, report=self.session.reading)
        if not self.known_at and not found.count("Dataset"):
            say("no dataset is loaded: run `kb load`")
        if lazy:
            self.session.waiting("Counting")
        else:
            self.session.waiting.done()
        return found

    def everything(self) -> "tuple[Snapshot, bool]":
        """The snapshot with its hearsay, which analyses leave out and count, and whether they take it."""
        return self.with_rumours.snapshot(lazy=True), self.include_rumoured


def snapshot_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--as-of`, `--known-at`, `--include-rumoured`, `--from-seeds`, `--timeout`; the command gets `reading`.

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
    @timeout_option(default=0)
    @wraps(function)
    def wrapper(
        *args: Any,
        known_at: str | None,
        as_of: str | None,
        include_rumoured: bool,
        seeds: tuple[str, ...],
        timeout: float | None,
        **kwargs: Any,
    ) -> Any:
        session = click.get_current_context().ensure_object(Session)
        reading = Reading(session, known_at, as_of, include_rumoured, seeds)
        with deadline(timeout), session.waiting:
            return function(*args, reading=reading, **kwargs)

    return wrapper
