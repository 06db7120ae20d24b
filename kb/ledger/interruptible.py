"""Work of DuckDB that Ctrl-C and `--timeout` can end.

While DuckDB computes in threads of its own, the caller waits in it, and Python's signal handlers do not run:
a long query would outlast every Ctrl-C. So the main thread lets another one call DuckDB, and waits in Python.
"""

import threading
from collections.abc import Callable
from typing import Final, TypeVar

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
    answers: list[Answer] = []
    errors: list[BaseException] = []
    begun = threading.Event()
    done = threading.Event()  # a join that is interrupted takes a thread for stopped, in Python 3.11

    def call() -> None:
        begun.set()
        try:
            answers.append(work())
        except BaseException as error:
            errors.append(error)
        finally:
            done.set()

    try:
        threading.Thread(target=call, daemon=True).start()
        while not done.wait(_PULSE):
            pass
    except KeyboardInterrupt:
        while begun.wait(1.0) and not done.is_set():  # DuckDB does not hear what comes before its work
            connection.interrupt()
            done.wait(_PULSE)
        raise
    if errors:
        raise errors[0]
    return answers[0]
