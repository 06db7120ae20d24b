"""The `kb` command in this process, on the engine of the test."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kb.cli import main
from kb.store import Base


class Shared(Base):
    """A base that stays open when the command that used it ends."""

    def close(self) -> None:
        """The fixture that opened it closes it."""


@pytest.fixture
def run_kb(base: Base, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Call it with the words after `kb`; `stdin` is what the command can read."""

    def connect(*_: Any, **__: Any) -> Base:
        return Shared(base.database)

    def run(*words: str, stdin: str | bytes = "") -> Result:
        return CliRunner().invoke(main, list(words), input=stdin)

    monkeypatch.setattr("kb.store.connect", connect)
    return run
