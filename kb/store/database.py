"""A graph database over Bolt, the same on both engines: read, write, batches, constraints, the load lock."""

import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import neo4j
import neo4j.time
from neo4j.exceptions import TransientError

from kb.errors import KbError, QueryError, ReadOnlyError
from kb.store.cypher_text import loads_csv
from kb.store.engines import Engine, EngineInfo, engine, translated
from kb.store.failures import READ_ONLY_HINT, WENT_AWAY, is_timeout, took_too_long
from kb.store.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

BATCH = 10_000
_STOP_LIMIT = 2.0  # seconds that a stopped query gets before its server is restarted, if it is ours
_RETRIES = 8
_FETCH = 5_000
_WAIT = 0.2  # on Windows a longer wait would not notice Ctrl-C


@dataclass(frozen=True)
class Result:
    """Rows of an answer. `truncated` says that there were more than the limit that was asked for."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    truncated: bool = False

    def to_df(self) -> "pd.DataFrame":
        """The rows as a pandas DataFrame."""
        try:
            import pandas as pd
        except ImportError:
            hint = "Install the extra `notebook`"
            raise KbError("a DataFrame needs pandas, which is not installed", hint=hint) from None
        return pd.DataFrame(self.rows, columns=list(self.columns))


class Database:
    """An open database. A context manager; all that goes wrong is a `KbError`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, settings: Settings) -> "Database":
        """Open the database that settings name, and see that it answers.

        Raises: StoreError if it does not: no server, a refused login, no such database, a server too old.
        """
        database = cls(engine(settings))
        try:
            database.read("RETURN 1 AS answer")
        except BaseException:
            database.close()
            raise
        return database

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the server. An embedded one that nobody else uses stops by itself."""
        self._engine.close()

    def read(
        self,
        cypher: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = 30.0,
        limit: int | None = None,
    ) -> Result:
        """Run a query that only reads, and give its rows, at most `limit` of them.

        Raises: ReadOnlyError if it would write; QueryError if it is refused or runs longer than `timeout`.
        """
        if loads_csv(cypher):
            raise ReadOnlyError("LOAD CSV reads files of the server, and is refused", hint=READ_ONLY_HINT)
        return self._run(cypher, parameters, write=False, timeout=timeout, limit=limit)

    def write(
        self, cypher: str, parameters: Mapping[str, Any] | None = None, *, timeout: float | None = None
    ) -> Result:
        """Run a query that may write, in a transaction of its own."""
        return self._run(cypher, parameters, write=True, timeout=timeout)

    def write_together(self, steps: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """Run several statements, with their parameters, in one transaction: all of them or none."""

        def call() -> Result:
            with (
                self._engine.driver(write=True).session(database=self._engine.database) as session,
                session.begin_transaction(timeout=0) as transaction,
            ):
                for statement, parameters in steps:
                    transaction.run(statement, dict(parameters)).consume()
                transaction.commit()
            return Result((), [])

        self._retried(call, write=True)

    def write_batches(
        self,
        statement: str,
        rows: Iterable[Sequence[Any]],
        *,
        size: int = BATCH,
        on_batch: Callable[[int], None] | None = None,
    ) -> None:
        """Run a statement over rows, which it finds in `$rows`, one transaction a batch.

        After each batch `on_batch` is told how many rows it had.
        """
        for batch in _batches(rows, size):
            self.write(statement, {"rows": batch})
            if on_batch is not None:
                on_batch(len(batch))

    def schema(self, statements: Iterable[str]) -> None:
        """Run constraint and index statements, one by one."""
        for statement in statements:
            self.write(statement)

    def load_lock(self) -> AbstractContextManager[None]:
        """Be the only load of this database. Raises: LoadRefused at once if there is another."""
        return self._engine.load_lock()

    def engine_info(self) -> EngineInfo:
        """Which server answers, and its version."""
        return self._engine.info()

    def _run(
        self,
        cypher: str,
        parameters: Mapping[str, Any] | None,
        *,
        write: bool,
        timeout: float | None,
        limit: int | None = None,
    ) -> Result:
        if not cypher.strip():
            raise QueryError("the query is empty")

        def call() -> Result:
            return _Call(self._engine, cypher, parameters, write=write, timeout=timeout, limit=limit).result()

        return self._retried(call, write=write)

    def _retried(self, call: Callable[[], Result], *, write: bool) -> Result:
        pauses, went_away = _pauses(), False
        with translated(self._engine, write=write):
            while True:
                try:
                    return call()
                except TransientError:
                    # The server took it back as a whole, so trying again loses and doubles nothing.
                    pause = next(pauses, None)
                    if pause is None:
                        raise
                    time.sleep(pause)
                except WENT_AWAY:
                    # Whether a write is in is unknown then. Reading twice does no harm: an embedded server
                    # is started again, a Neo4j may be back.
                    if write or went_away:
                        raise
                    went_away = True


class _Call:
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
            answer = session.run(self._query, self._parameters)
            columns = tuple(answer.keys())
            rows = [tuple(map(_plain, record.values())) for record in islice(answer, limit)]
            return Result(columns, rows, truncated=limit is not None and answer.peek() is not None)


def _batches(rows: Iterable[Sequence[Any]], size: int) -> Iterator[list[Sequence[Any]]]:
    each = iter(rows)
    while batch := list(islice(each, size)):
        yield batch


def _pauses() -> Iterator[float]:
    """Seconds to wait between tries, longer each time, no two processes alike."""
    for n in range(_RETRIES):
        yield 0.05 * 2**n * random.uniform(0.5, 1.5)  # noqa: S311


def _plain(value: Any) -> Any:
    """Dates and times as Python has them; nodes, edges, paths and durations stay the driver's."""
    if isinstance(value, neo4j.time.Date | neo4j.time.DateTime):
        return value.to_native()
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return value
