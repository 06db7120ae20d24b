"""`--timeout` of commands that read and count: what it ends, and what it leaves alone."""

import signal
import threading
import time

import pytest
from click.testing import CliRunner

from kb.cli import main
from kb.cli.deadline import deadline
from kb.errors import KbError
from kb.ledger.ledger import Tables


def sql():
    tables = Tables()
    try:
        # A few minutes of DuckDB's time.
        tables.execute(
            "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3"
        )
    finally:
        assert tables.execute("SELECT 1") == [(1,)]  # waits if the other still runs


def python():
    while True:
        time.sleep(0.01)


# Which of its threads takes the work is left to DuckDB, and with it what hears of an interrupt.
@pytest.mark.parametrize("work", [sql, sql, sql, python])
def test_what_takes_longer_than_the_limit_is_ended_with_one_clear_line(work):
    begun = time.monotonic()
    said = r"the limit of 0.2 s and was stopped. Raise it with `--timeout"
    with pytest.raises(KbError, match=said), deadline(0.2):
        work()
    assert time.monotonic() - begun < 30


def test_what_is_done_in_time_is_not_disturbed_later():
    with deadline(0.1):
        pass
    time.sleep(0.2)


@pytest.mark.parametrize("number", range(3))
def test_ctrl_c_ends_what_duckdb_does(number):
    threading.Timer(0.2, signal.raise_signal, [signal.SIGINT]).start()
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt), deadline(60):  # Ctrl-C may be ignored where tests run
        sql()
    assert time.monotonic() - begun < 30


def test_ctrl_c_stays_ctrl_c():
    with pytest.raises(KeyboardInterrupt), deadline(60):
        raise KeyboardInterrupt


# An import that is cut off leaves its file to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_command_gives_up_with_exit_code_1():
    found = CliRunner().invoke(main, ["flows", "--from-seeds", "meta-ai-2025", "--timeout", "0.05"])
    assert (found.exit_code, found.stdout) == (1, "")
    assert found.stderr.startswith("kb: the command ran into the limit of 0.05 s")
    assert found.stderr.count("\n") == 1
