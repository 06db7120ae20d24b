"""Time and memory of one thing at a time: each in a process of its own, the best of several rounds."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
ROUNDS: Final = 3
BUDGET: Final = 40.0  # seconds: what takes longer runs once


@dataclass(frozen=True)
class Taken:
    """Seconds by the clock and of the processors, each the smallest of the rounds."""

    wall: float
    cpu: float


def best(
    work: Callable[[], Any], *, before: Callable[[], Any] = lambda: None, rounds: int = ROUNDS
) -> tuple[Taken, Any]:
    """The smallest times of the rounds, and the last answer. Neighbours on the machine only add to them.

    `before` runs before each round, outside the clock.
    """
    walls, cpus = list[float](), list[float]()
    while len(walls) < rounds and sum(walls) < BUDGET:
        before()
        wall, cpu = time.perf_counter(), processors()
        answer = work()
        walls.append(time.perf_counter() - wall)
        cpus.append(processors() - cpu)
    return Taken(min(walls), min(cpus)), answer


def processors() -> float:
    """Seconds that the processors spent on this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def most_memory() -> float:
    """The most memory that this process had so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def alone(
    function: Callable[..., dict[str, Any]], *, without: Sequence[str] = (), **given: Any
) -> dict[str, Any]:
    """What a function of a module says, run in a process of its own so that its memory is its own.

    What it is given and what it says must be plain: numbers, text, lists, dicts. `without` names modules that
    cannot be imported there.
    """
    module = function.__module__ if function.__module__ != "__main__" else _named_by(function)
    told = json.dumps([module, function.__name__, list(without), given])
    command = [sys.executable, "-m", "benchmarks.measure", told]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    # A long run shows what it has; what is long in it, lists and mappings, is left out.
    plain = {name: value for name, value in answer.items() if not isinstance(value, list | dict)}
    print(f"{function.__name__}({given}): {plain}", file=sys.stderr, flush=True)
    return answer


def _named_by(function: Callable[..., Any]) -> str:
    """The module of a function of the script that was started."""
    return f"benchmarks.{Path(function.__code__.co_filename).stem}"


def digest(rows: Any) -> str:
    """One short text for rows of any order: equal for equal rows."""
    lines = sorted("\t".join(map(str, row)) for row in rows)
    return sha256("\n".join(lines).encode()).hexdigest()[:16]


if __name__ == "__main__":
    _module, _name, _without, _given = json.loads(sys.argv[1])
    sys.modules.update(dict.fromkeys(_without))  # type: ignore[arg-type]
    print(json.dumps(getattr(import_module(_module), _name)(**_given)))
