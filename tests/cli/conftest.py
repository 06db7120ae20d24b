"""The `kb` command in this process, on the engine of the test."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from kb.cli import main
from kb.store import Base


@pytest.fixture
def run_kb(base: Base) -> Callable[..., Result]:
    """Call it with the words after `kb`; `stdin` is what the command can read.

    The command connects by itself: `base` has set the environment for that.
    """

    def run(*words: str, stdin: str | bytes = "") -> Result:
        return CliRunner().invoke(main, list(words), input=stdin)

    return run
