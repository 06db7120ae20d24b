"""Work of DuckDB ends on Ctrl-C, whenever that comes."""

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest

from kb.ledger.interruptible import _Call, _calls, interruptibly

LONG = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3"


@pytest.fixture
def connection():
    with duckdb.connect() as held:
        yield held


@pytest.fixture(autouse=True)
def ctrl_c():
    """It may be ignored where tests run."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def after(seconds, act, *words):
    timer = threading.Timer(seconds, act, words)
    timer.start()
    return timer


def free(connection):
    """Whether nothing runs on it: another use at once is an error of DuckDB's."""
    return connection.execute("SELECT 1").fetchall() == [(1,)]


@pytest.mark.parametrize("last", [0.11, 0.15, 0.19, 0.2, 0.21])
def test_an_interrupt_while_the_work_ends_is_one(connection, last):
    # Work that ends just after it must not hide it, nor be waited for again.
    timer = after(0.1, signal.raise_signal, signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        interruptibly(connection, lambda: time.sleep(last))
        time.sleep(1)
    timer.join()
    assert free(connection)


def test_a_second_ctrl_c_leaves_nothing_running(connection):
    timers = [after(seconds, signal.raise_signal, signal.SIGINT) for seconds in (0.1, 0.15, 0.2)]
    with pytest.raises(KeyboardInterrupt):
        # What does not hear of the first is waited for.
        interruptibly(connection, lambda: time.sleep(0.5))
    assert free(connection)
    for timer in timers:
        timer.join()


def test_what_another_handler_raises_ends_the_work_too(connection):
    def stop(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGUSR1, stop)
    timer = after(0.2, signal.raise_signal, signal.SIGUSR1)
    with pytest.raises(TimeoutError):
        interruptibly(connection, lambda: connection.execute(LONG))
    assert free(connection)
    timer.join()
    signal.signal(signal.SIGUSR1, before)


def test_what_was_given_up_before_it_began_never_runs(connection):
    begun, ran = threading.Event(), []

    def busy():
        begun.set()
        time.sleep(0.5)

    # The thread is busy with a call that nobody waits for, as after an interrupt in the middle of one.
    _calls().put(_Call(busy))
    begun.wait()
    timer = after(0.1, signal.raise_signal, signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        interruptibly(connection, lambda: ran.append("it"))
    timer.join()
    assert interruptibly(connection, lambda: "next") == "next"
    assert ran == []


def test_an_error_is_that_of_the_work(connection):
    with pytest.raises(duckdb.CatalogException, match="nowhere"):
        interruptibly(connection, lambda: connection.execute("SELECT * FROM nowhere"))


def test_a_process_that_is_interrupted_ends_at_once_and_quietly():
    script = f"""
import duckdb, sys
from kb.ledger.interruptible import interruptibly
connection = duckdb.connect()
print("go", flush=True)
try:
    interruptibly(connection, lambda: connection.execute("{LONG}"))
except KeyboardInterrupt:
    sys.exit(130)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", "import signal; signal.signal(2, signal.default_int_handler)\n" + script],
        cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout.readline() == "go\n"
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30) == ("", "")
    assert process.returncode == 130
