"""The progress of a load, on stderr: only on a terminal, and only for what takes longer than a moment."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_MOMENT: Final = 1.0  # seconds


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Say on stderr what is being waited for, on a terminal, and take it away at the end."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{what} …"):
        yield


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
