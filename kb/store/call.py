"""One query on its way: rows out of it, a limit on its time, and an end to it on Ctrl-C."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import neo4j
import neo4j.time
from neo4j.exceptions import Neo4jError

from kb.errors import KbError
from kb.store.engines import Engine
from kb.store.failures import is_timeout, took_too_long

if TYPE_CHECKING:
    import pandas as pd

_STOP_LIMIT = 2.0  # seconds that a stopped query gets before its server is restarted, if it is ours
_FETCH = 5_000
_COUNTERS = (
    "nodes_created",
    "nodes_deleted",
    "relationships_created",
    "relationships_deleted",
    "properties_set",
    "labels_added",
    "labels_removed",
    "indexes_added",
    "indexes_removed",
    "constraints_added",
    "constraints_removed",
)
_WAIT = 0.2  # on Windows a longer wait would not notice Ctrl-C


@dataclass(frozen=True)
class Result:
    """Rows of an answer. `truncated` says that there were more than the limit that was asked for.

    `changes` counts what a query wrote, e.g. {"nodes created": 1}; it is empty for one that only read.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    truncated: bool = False
    changes: Mapping[str, int] = field(default_factory=dict)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def to_df(self) -> "pd.DataFrame":
        """The rows as a pandas DataFrame."""
        try:
            import pandas as pd
        except ImportError:
            hint = "Install the extra `notebook`"
            raise KbError("a DataFrame needs pandas, which is not installed", hint=hint) from None
        return pd.DataFrame(self.rows, columns=list(self.columns))


class Call:
    """One query in a thread of its own, so that a limit and Ctrl-C can end it whatever the server does."""

    def __init__(
        self,
        engine: Engine,
        cypher: str,
        parameters: Mapping[str, Any] | None,
        *,
        write: bool,
        timeout: float | None,
        limit: int | None,
    ) -> None:
        self._engine, self._write, self._timeout, self._limit = engine, write, timeout or None, limit
        self._mark = f"kb-{uuid4().hex}"
        self._query = engine.marked(cypher, self._mark, self._timeout)
        self._parameters = dict(parameters or {})
        self._driver = engine.driver(write=write)
        self._done = threading.Event()
        self._answer: Result | None = None
        self._error: BaseException | None = None

    def result(self) -> Result:
        """Wait for the answer."""
        threading.Thread(target=self._work, daemon=True).start()
        try:
            in_time = self._wait(None if self._timeout is None else self._timeout + self._engine.grace)
        except KeyboardInterrupt:
            self._stop()
            raise
        if not in_time:
            self._stop()
        if self._answer is not None:
            return self._answer
        if not in_time or (isinstance(self._error, Exception) and is_timeout(self._error)):
            raise took_too_long(self._timeout)
        if self._error is None:
            raise AssertionError
        raise self._error

    def _wait(self, seconds: float | None) -> bool:
        limit = None if seconds is None else time.monotonic() + seconds
        while not self._done.wait(_WAIT if limit is None else max(0, min(_WAIT, limit - time.monotonic()))):
            if limit is not None and time.monotonic() >= limit:
                return False
        return True

    def _stop(self) -> None:
        self._engine.stop(self._mark)
        if not self._done.wait(_STOP_LIMIT):
            self._engine.stop_hard()
            self._done.wait(_STOP_LIMIT)

    def _work(self) -> None:
        try:
            self._answer = self._fetch()
        except BaseException as error:
            self._error = error
        finally:
            self._done.set()

    def _fetch(self) -> Result:
        limit = self._limit
        with self._driver.session(
            database=self._engine.database,
            default_access_mode=neo4j.WRITE_ACCESS if self._write else neo4j.READ_ACCESS,
            fetch_size=_FETCH if limit is None else min(limit + 1, _FETCH),
        ) as session:
            if not (self._write and self._engine.writes_by_record):
                return self._take(session.run(self._query, self._parameters))
            with session.begin_transaction() as transaction:
                answer = self._take(transaction.run(self._query.text, self._parameters))
                transaction.commit()
                return answer

    def _take(self, answer: neo4j.Result) -> Result:
        limit = self._limit
        columns = tuple(answer.keys())
        rows = [tuple(map(_plain, record.values())) for record in islice(answer, limit)]
        truncated = limit is not None and answer.peek() is not None
        if truncated and not self._write:
            self._engine.cut(self._mark)
            with suppress(Neo4jError):
                answer.consume()
        return Result(columns, rows, truncated, _changes(answer.consume()) if self._write else {})


def _changes(summary: neo4j.ResultSummary) -> dict[str, int]:
    counted = ((name, getattr(summary.counters, name)) for name in _COUNTERS)
    return {name.replace("_", " "): number for name, number in counted if number}


_PLAIN = frozenset({str, int, float, bool, type(None)})


def _plain(value: Any) -> Any:
    """Dates and times as Python has them; nodes, edges, paths and durations stay the driver's."""
    if isinstance(value, neo4j.time.Date | neo4j.time.DateTime):
        return value.to_native()
    if isinstance(value, list):
        # A graph that is read back has millions of values, nearly all of which are plain.
        return [each if type(each) in _PLAIN else _plain(each) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return value
