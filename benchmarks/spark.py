"""The expression from spells to flows on DuckDB and on a local Spark, in the same run, from the same Parquet.

The spells are those of `careers.py`, made up and always the same. Both engines read the same files and their
answers are compared. Spark is timed apart from its start, and once before it is measured, so that it has
compiled what it runs; the best of the rounds counts.

Usage: python -m benchmarks.spark [PEOPLE...]
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.careers import made_up
from kb.analysis import FlowCount
from kb.scale import Spark, flows_of_parquet, local_spark, write_spells

ROUNDS = 2


def best(work: Callable[[], list[FlowCount]]) -> tuple[float, float, list[FlowCount]]:
    """Seconds of the first round, of the fastest one after it, and the answer, which stays the same."""
    seconds, answers = [], []
    for _ in range(1 + ROUNDS):
        start = time.perf_counter()
        answers.append(work())
        seconds.append(time.perf_counter() - start)
    assert all(answer == answers[0] for answer in answers)
    return seconds[0], min(seconds[1:]), answers[0]


def one(people: int, spark: Spark) -> None:
    """One size: a row of the table."""
    with TemporaryDirectory(prefix="kb-bench-") as folder:
        snapshot = made_up(people, messy=True)
        number = snapshot.count("EMPLOYED_AT")
        spells, _ = write_spells(snapshot, Path(folder))
        snapshot.connection.close()
        _, duck, ours = best(lambda: flows_of_parquet(spells))
        first, warm, theirs = best(lambda: flows_of_parquet(spells, engine="spark", spark=spark))
        assert ours == theirs
        size = spells.stat().st_size / 2**20
    moves = sum(flow.moves for flow in ours)
    print(
        f"| {people:,} | {number:,} | {moves:,} | {size:,.0f} | {duck:.2f} | {first:.2f} | {warm:.2f} "
        f"| {warm / duck:.1f} |",
        flush=True,
    )


def main(sizes: list[int]) -> None:
    start = time.perf_counter()
    with local_spark(memory="4g") as spark:
        print(f"Spark started in {time.perf_counter() - start:.1f} s, {os.cpu_count()} cores\n")
        print("| people | spells | moves | MiB | DuckDB, s | Spark, first, s | Spark, s | Spark to DuckDB |")
        print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        for size in sizes:
            one(size, spark)


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [100_000, 1_000_000])
