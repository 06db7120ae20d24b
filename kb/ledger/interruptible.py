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
        while not call.done.acquire(timeout=_PULSE):
            pass
    except KeyboardInterrupt:
        while call.begun.wait(1.0):  # it may never have got into the queue
            connection.interrupt()  # DuckDB does not hear what comes before its work, so say it again
            if call.done.acquire(timeout=_PULSE):
                break
        raise
    if call.error is not None:
        raise call.error
    answer: Answer = call.answer
    return answer


class _Call:
    """Work for the other thread, and what came of it; `done` is locked until then."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.work = work
        self.answer: Any = None
        self.error: BaseException | None = None
        self.begun = threading.Event()
        self.done = threading.Lock()
        self.done.acquire()

    def run(self) -> None:
        self.begun.set()
        try:
            self.answer = self.work()
        except BaseException as error:
            self.error = error
        finally:
            self.done.release()


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
