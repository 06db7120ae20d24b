"""What an undisturbed command does to the graph and sends to the server, and points to disturb it at."""

import os
import random
from collections.abc import Sequence
from pathlib import Path

from kb.store import Base
from kb.store.statements import schema
from tests.conftest import Engine
from tests.faults.commands import Command
from tests.faults.proxy import wire
from tests.faults.worlds import facts, first, picture, second

LONG = os.environ.get("KB_FAULTS") == "long"
POINTS = 20 if LONG else 8  # of a load, at which something happens
_ROWS = b"$rows AS row"


class Journey:
    """From one state of the graph to another by one command."""

    def __init__(self, kind: str, base: Base, folder: Path) -> None:
        self.kind, self.base, self.folder = kind, base, folder
        self.words = ("unload", "tiny") if kind == "unload" else ("load", str(folder))

    def measure(self, engine: Engine) -> "Journey":
        """Go it once: note the graph before and after, and all that the command sends."""
        self._write()
        self.before = picture(self.base)
        with wire(engine) as (passed, environment):
            done = Command(*self.words, environment=environment).done()
        assert done is not None
        assert (done.exit_code, done.stderr) == (0, "")
        self.sent, self.asked = bytes(passed.sent), sorted(set(passed.asked))
        self.after = picture(self.base)
        # Between the first rows and the last ones a dataset must not look whole.
        self.writing = range(self.sent.index(_ROWS), self.sent.rindex(_ROWS))
        if self.kind != "unload":
            # A graph that is equal to this one, books and all, has this plan too.
            assert self.base.plan(self.folder) == []
        return self

    def start(self) -> None:
        """Make the graph what it is before the command, unless it is, and the folder what it then finds."""
        if picture(self.base) != self.before:
            self.base.write("MATCH (n) DETACH DELETE n", timeout=None)
            if self.kind != "first load":
                (second if self.kind == "unload" else first)(self.folder)
                self.base.load(self.folder)
        self._write()

    def _write(self) -> None:
        (first if self.kind == "first load" else second)(self.folder)

    def point(self, number: int, points: int) -> int:
        """A place in the bytes of one part of the command, the same each time.

        Every other one is the end of a question: the client has asked, and never hears the answer.
        """
        part = len(self.sent) // points
        place = part * number + random.Random(number).randrange(part) + 1  # noqa: S311
        if number % 2:
            place = next((end for end in self.asked if end >= place), place)
        return min(place, len(self.sent) - 1)

    def allows(self, seen: frozenset[str], states: Sequence[str], point: int) -> None:
        """See that a graph in which the command broke off at a point is none that looks whole and is not."""
        if point in self.writing:
            assert states == ["running"]
        if "running" in states:
            assert facts(seen) <= facts(self.before) | facts(self.after)
        else:
            assert seen in (self.before, self.after)


def measured(engine: Engine, base: Base, folder: Path) -> list[Journey]:
    """A first load, a load that changes what is there, and an unload: each begins where the last one ends."""
    base.write("MATCH (n) DETACH DELETE n", timeout=None)
    base.database.schema(schema())  # which only the very first load of a database sends
    kinds = ("first load", "change", "unload")
    return [Journey(kind, base, folder).measure(engine) for kind in kinds]
