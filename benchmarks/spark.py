"""The expression from spells to flows on DuckDB and on a local Spark, in the same run, from the same Parquet.

The spells are made up and always the same. Both engines read the same files and their
answers are compared. Spark is timed apart from its start, and once before it is measured, so that it has
compiled what it runs; the best of the rounds counts.
"""

import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.made_up_careers import careers_world
from benchmarks.page import Table
from kb.analysis import FlowCount
from kb.scale import Spark, flows_of_parquet, local_spark, write_spells

ROUNDS: Final = 2
SIZES: Final = {"small": (10_000,), "full": (100_000, 1_000_000)}


def best(work: Callable[[], list[FlowCount]]) -> tuple[float, float, list[FlowCount]]:
    """Seconds of the first round, of the fastest one after it, and the answer, which stays the same."""
    seconds, answers = [], []
    for _ in range(1 + ROUNDS):
        start = time.perf_counter()
        answers.append(work())
        seconds.append(time.perf_counter() - start)
    assert all(answer == answers[0] for answer in answers)
    return seconds[0], min(seconds[1:]), answers[0]


def one(people: int, spark: Spark) -> tuple[list[Any], bool]:
    """One size: a row of the table, and whether the answers are equal."""
    with TemporaryDirectory(prefix="kb-bench-") as folder:
        snapshot = careers_world(people, messy=True)
        number = snapshot.count("EMPLOYED_AT")
        spells, _ = write_spells(snapshot, Path(folder))
        snapshot.connection.close()
        _, duck, ours = best(lambda: flows_of_parquet(spells))
        first, warm, theirs = best(lambda: flows_of_parquet(spells, engine="spark", spark=spark))
        size = spells.stat().st_size / 2**20
    moves = sum(flow.moves for flow in ours)
    return [people, number, moves, size, duck, first, warm, warm / duck], ours == theirs


def run(size: str) -> list[Table]:
    """Each size."""
    start = time.perf_counter()
    with local_spark(memory="4g") as spark:
        started = time.perf_counter() - start
        found = [one(people, spark) for people in SIZES[size]]
    columns = (
        "people", "spells", "moves", "MiB", "DuckDB, s", "Spark, first, s", "Spark, s", "Spark to DuckDB",
    )  # fmt: skip
    title = f"From placed spells to flows; Spark started in {started:.1f} s, which is in no column"
    return [Table(title, columns, [row for row, _ in found], all(equal for _, equal in found))]
