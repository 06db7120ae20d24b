"""What goes on, on stderr: only on a terminal, and only for what takes longer than a moment."""

import sys
import threading
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID
    from rich.status import Status

_MOMENT: Final = 1.0  # seconds


class Waiting:
    """What is being waited for, said on stderr: on a terminal, after a moment, until the answer is printed.

    A context manager that takes it away at the end.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._what = ""  # empty: nothing is waited for
        self._timer: threading.Timer | None = None
        self._status: Status | None = None

    def __enter__(self) -> "Waiting":
        return self

    def __exit__(self, *error: object) -> None:
        self.done()

    def __call__(self, what: str) -> None:
        """Say what is done now."""
        if not sys.stderr.isatty():
            return
        with self._lock:
            self._what = f"{what} …"
            if self._status is not None:
                self._status.update(self._what)
            elif self._timer is None:
                self._timer = threading.Timer(_MOMENT, self._show)
                self._timer.daemon = True
                self._timer.start()

    def done(self) -> None:
        """Say no more: the answer comes, or a part of it."""
        with self._lock:
            self._what = ""
            if self._timer is not None:
                self._timer.cancel()
            if self._status is not None:
                self._status.stop()
            self._timer = self._status = None

    def _show(self) -> None:
        from rich.console import Console

        with self._lock:
            if self._what and self._status is None:
                self._status = Console(stderr=True).status(self._what)
                self._status.start()


class Meter:
    """What `Base.load` reports to; a context manager that takes the bar away at the end, however it ends."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> "Meter":
        return self

    def __exit__(self, *error: object) -> None:
        if self._progress is not None:
            self._progress.stop()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show what is being done, and how much of it, if its amount is known."""
        if self._progress is None:
            if time.monotonic() - self._begun < _MOMENT or not sys.stderr.isatty():
                return
            self._start()
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, description=what, completed=done, total=total or None)

    def _start(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task("", total=None)
        self._progress.start()
