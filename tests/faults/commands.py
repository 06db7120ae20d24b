"""`kb` in a process of its own, which can be killed, and what a user must see when something goes wrong."""

import multiprocessing
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

# One process has imported what a load needs, and makes a copy of itself for each command: 1 s faster.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["kb.cli.load", "kb.store.load", "kb.views.plan", "click.testing"])
_LIMIT = 120.0


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    exit_code: int
    stdout: str
    stderr: str


class Command:
    """A `kb` that runs beside the test."""

    def __init__(self, *words: str, environment: Mapping[str, str]) -> None:
        self._answer, theirs = _CONTEXT.Pipe(duplex=False)
        self._process = _CONTEXT.Process(target=_run, args=(words, dict(environment), theirs), daemon=True)
        self._process.start()
        theirs.close()

    def kill(self) -> None:
        """End it as the operating system does, with no time for last words."""
        self._process.kill()

    def run(self, seconds: float) -> None:
        """Let it run so long; it must not end before."""
        assert not self._answer.poll(seconds), "it did not wait"

    def until(self, condition: Callable[[], bool]) -> None:
        """Let it run until a condition holds."""
        limit = time.monotonic() + _LIMIT
        while not condition():
            assert time.monotonic() < limit, "it did not happen"
            time.sleep(0.01)

    def done(self) -> Done | None:
        """Wait for its end; None if it was killed."""
        said = None
        with suppress(EOFError):
            if self._answer.poll(_LIMIT):
                said = self._answer.recv()
        self._process.join(10)
        alive = self._process.is_alive()
        self._process.kill()
        assert not alive, "it hangs"
        return said


def _run(words: tuple[str, ...], environment: dict[str, str], answer: Connection) -> None:
    from click.testing import CliRunner

    from kb.cli import main

    os.environ.update(environment)
    result = CliRunner().invoke(main, list(words))
    answer.send(Done(result.exit_code, result.stdout, result.stderr))


def is_refused(done: object) -> str:
    """See that a command ended as one that is refused must, and give the line that it said."""
    code, line = done.exit_code, done.stderr  # type: ignore[attr-defined]
    assert code == 1, (code, line)
    assert line.startswith("kb: "), line
    assert line.count("\n") == 1, line
    assert "internal error" not in line, line
    assert "Traceback" not in line, line
    return line.removeprefix("kb: ").rstrip("\n")
