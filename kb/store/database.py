"""A graph database over Bolt, the same on both engines: read, write, batches, constraints, the load lock."""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any

from neo4j.exceptions import TransientError

from kb.errors import QueryError, ReadOnlyError
from kb.store.call import Call
from kb.store.call import Result as Result
from kb.store.cypher_text import loads_csv
from kb.store.engines import Engine, EngineInfo, engine, translated
from kb.store.failures import READ_ONLY_HINT, WENT_AWAY
from kb.store.settings import Settings

BATCH = 10_000  # rows; 5,000 to 50,000 are alike on Neo4j, 1,000 is 8 % slower
_RETRIES = 8
_BACK = 0.5  # seconds that a server which went away gets before it is asked again


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

        A batch that the server takes back, for want of memory or a deadlock, is tried again in halves.
        After each batch `on_batch` is told how many rows it had.
        """
        for batch in _batches(rows, size):
            with translated(self._engine, write=True):
                self._write_rows(statement, batch, _pauses())
            if on_batch is not None:
                on_batch(len(batch))

    def _write_rows(self, statement: str, rows: Sequence[Sequence[Any]], pauses: Iterator[float]) -> None:
        while True:
            try:
                self._call(statement, {"rows": rows}, write=True, timeout=None)
                return
            except TransientError:
                pause = next(pauses, None)
                if pause is None:
                    raise
                time.sleep(pause)
                if len(rows) > 1:
                    half = -(-len(rows) // 2)
                    self._write_rows(statement, rows[:half], pauses)
                    self._write_rows(statement, rows[half:], pauses)
                    return

    def schema(self, statements: Iterable[str]) -> None:
        """Run constraint and index statements, one by one."""
        for statement in statements:
            self.write(statement)

    def load_lock(self) -> AbstractContextManager[None]:
        """Be the only load of this database. Raises: LoadRefused at once if there is another."""
        return self._engine.load_lock()

    def place(self) -> tuple[str, str | None]:
        """Where the server is, and the name of the database if one was given: no other has both."""
        return self._engine.where, self._engine.database

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
            return self._call(cypher, parameters, write=write, timeout=timeout, limit=limit)

        return self._retried(call, write=write)

    def _call(
        self,
        cypher: str,
        parameters: Mapping[str, Any] | None,
        *,
        write: bool,
        timeout: float | None,
        limit: int | None = None,
    ) -> Result:
        return Call(self._engine, cypher, parameters, write=write, timeout=timeout, limit=limit).result()

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
                    time.sleep(_BACK)


def _batches(rows: Iterable[Sequence[Any]], size: int) -> Iterator[list[Sequence[Any]]]:
    each = iter(rows)
    while batch := list(islice(each, size)):
        yield batch


def _pauses() -> Iterator[float]:
    """Seconds to wait between tries, longer each time, no two processes alike."""
    for n in range(_RETRIES):
        yield 0.05 * 2**n * random.uniform(0.5, 1.5)  # noqa: S311
