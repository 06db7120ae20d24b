"""Work of DuckDB that Ctrl-C and `--timeout` can end.

While DuckDB computes in threads of its own, the caller waits in it, and Python's signal handlers do not run:
a long query would outlast every Ctrl-C. So the main thread lets another one call DuckDB, and waits in Python.
"""

import os
import threading
from collections.abc import Callable
from functools import cache
from queue import SimpleQueue
from typing import Any, Final, TypeVar

import duckdb

_PULSE: Final = 0.1  # seconds between two looks at whether it is to end
Answer = TypeVar("Answer")


def interruptibly(connection: duckdb.DuckDBPyConnection, work: Callable[[], Answer]) -> Answer:
    """What `work` gives, which uses `connection`; a KeyboardInterrupt ends what DuckDB is doing for it.

    >>> connection = duckdb.connect()
    >>> interruptibly(connection, lambda: connection.execute("SELECT 42").fetchall())
    [(42,)]

    Raises: what `work` raises, and KeyboardInterrupt when DuckDB has stopped.
    """
    if threading.current_thread() is not threading.main_thread():
        return work()  # signals are not for this thread
    call = _Call(work)
    try:
        _calls().put(call)
        while not call.ended.wait(_PULSE):
            pass
    except BaseException:  # Ctrl-C, or what else a handler of signals raises
        call.end(connection)
        raise
    if call.error is not None:
        try:
            raise call.error
        finally:
            del call  # else it and its traceback hold each other
    answer: Answer = call.answer
    return answer


class _Call:
    """Work for the other thread, and what came of it."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.work = work
        self.answer: Any = None
        self.error: BaseException | None = None
        self.ended = threading.Event()
        self._guard = threading.Lock()
        self._begun = self._cancelled = False

    def run(self) -> None:
        with self._guard:
            if self._cancelled:
                return
            self._begun = True
        try:
            self.answer = self.work()
        except BaseException as error:
            self.error = error
        finally:
            self.ended.set()

    def end(self, connection: duckdb.DuckDBPyConnection) -> None:
        """See to it that the work is not begun, or has stopped; another Ctrl-C does not hurry it."""
        while True:
            try:
                with self._guard:
                    self._cancelled = True
                    if not self._begun:
                        return
                while not self.ended.is_set():
                    connection.interrupt()  # again and again: DuckDB does not hear what comes before its work
                    self.ended.wait(_PULSE)
                return
            except KeyboardInterrupt:
                continue


@cache
def _calls() -> "SimpleQueue[_Call]":
    """The queue of the one thread that works for the main one; it is made at the first use."""
    calls: SimpleQueue[_Call] = SimpleQueue()

    def serve() -> None:
        while True:
            calls.get().run()

    threading.Thread(target=serve, name="DuckDB", daemon=True).start()
    return calls


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_calls.cache_clear)  # a process that was forked has no such thread
