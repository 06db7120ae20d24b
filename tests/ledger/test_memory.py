"""How much memory the tables of a ledger take."""

import pytest

from kb.errors import KbError
from kb.ledger import Ledger

ROWS = 400_000
LIMIT = 64  # megabytes


@pytest.mark.parametrize(
    ("given", "limit"),
    [pytest.param("1GB", "953.6 MiB", id="given"), pytest.param("", "1.8 GiB", id="else two gigabytes")],
)
def test_tables_are_held_in_the_memory_that_they_may_take(monkeypatch, given, limit):
    monkeypatch.setenv("KB_MEMORY", given)
    assert Ledger().execute("SELECT current_setting('memory_limit')") == [(limit,)]


def test_what_memory_cannot_hold_goes_to_the_disk_and_is_all_there(monkeypatch):
    monkeypatch.setenv("KB_MEMORY", f"{LIMIT}MB")
    ledger = Ledger()
    ledger.execute(
        f"CREATE TABLE many AS SELECT n, md5(n::VARCHAR) || md5((n + 1)::VARCHAR) || md5((n + 2)::VARCHAR) "
        f"|| md5((n + 3)::VARCHAR) || md5((n + 4)::VARCHAR) AS text FROM range({ROWS}) t(n)"
    )
    (found,) = ledger.execute("SELECT count(*), sum(length(text)) // 1000000 FROM many")
    assert found == (ROWS, LIMIT)
    assert ledger.execute("SELECT sum(size) > 0 FROM duckdb_temporary_files()") == [(True,)]


def test_a_size_that_is_none_is_one_clear_line(monkeypatch):
    monkeypatch.setenv("KB_MEMORY", "lots")
    with pytest.raises(KbError, match="KB_MEMORY: `lots` is no size"):
        Ledger()
