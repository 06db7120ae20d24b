"""Runs sections of the benchmarks, prints their tables and writes them into docs/benchmarks.md.

Usage: python -m benchmarks [SECTION...] [--size small|full] [--write]
Ends with 1 if any answer is not what it is held against.
"""

import argparse
import sys
import time
from importlib import import_module
from typing import Final

from benchmarks.page import PAGE, written

SECTIONS: Final = ("loads", "tables", "careers", "networks", "retention", "spark")
APART: Final = ("spark", "peers")  # they need what not every machine has: only when named


def main(words: list[str]) -> int:
    """Run what the words ask for; 0 if all answers agree."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("sections", nargs="*", choices=[*SECTIONS, "peers", []], default=[])
    parser.add_argument("--size", choices=("small", "full"), default="full")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/benchmarks.md")
    asked = parser.parse_args(words)
    wrong = []
    for name in asked.sections or [section for section in SECTIONS if section not in APART]:
        start = time.perf_counter()
        tables = import_module(f"benchmarks.{name}").run(asked.size)
        print(f"## {name}, in {time.perf_counter() - start:.0f} s\n", *tables, sep="\n", flush=True)
        if asked.write:
            text = PAGE.read_text(encoding="utf-8")
            PAGE.write_text(written(text, name, tables), encoding="utf-8")
        if not all(table.agree for table in tables):
            wrong.append(name)
    if wrong:
        print(f"the answers do not agree: {', '.join(wrong)}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
