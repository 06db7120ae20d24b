"""A limit on the time of a command, whatever it is busy with: the database, DuckDB or Python."""

import _thread
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from kb.errors import KbError

_LONGEST = 1e8  # seconds, three years: the system's clock cannot be asked to wait for ever


@contextmanager
def deadline(seconds: float | None) -> Iterator[None]:
    """End what is inside after so many seconds, as Ctrl-C would; None is no limit.

    What stops on Ctrl-C stops here too: a query of the database is ended there, and DuckDB's where it is. A
    call of a library that does not look for Ctrl-C is waited for.
    Raises: KbError when the time is over.
    """
    if seconds is None:
        yield
        return
    lock, expired, over = threading.Lock(), threading.Event(), threading.Event()

    def end() -> None:
        with lock:
            if not over.is_set():
                expired.set()
                _thread.interrupt_main()

    timer = threading.Timer(min(seconds, _LONGEST), end)
    timer.daemon = True
    # In the background of a script Ctrl-C is ignored, and Spark answers it in its own way.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        timer.start()
        try:
            yield
        finally:
            with lock:  # from here on no interrupt comes; one on its way arrives before the next line
                over.set()
    except KeyboardInterrupt:
        if not expired.is_set():
            raise
        what = f"the command ran into the limit of {seconds:g} s and was stopped"
        raise KbError(what, hint="Raise it with `--timeout SECONDS`") from None
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, handler)
