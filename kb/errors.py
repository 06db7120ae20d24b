"""Every error that a user can meet, in one tree.

KbError
├── DateError           a date or a length that is not written as the rules ask
├── SeedError           mistakes in seed files: carries every problem, not only the first
├── AmbiguousSpell      a claim fits more than one spell
├── OntologyError       a name that the ontology does not know
├── QueryError          Cypher that the server refused, or that ran too long
│   └── ReadOnlyError   a write through a read-only session
├── StoreError          the database: not there, not ours, not willing
│   ├── WentAway        no server answers, or it went away in the midst of something
│   ├── LoadRefused     a load that cannot start or go on: another one runs, or a node is in the way
│   └── EmbeddedError   the embedded server: its folder, its ports, its data
├── NotEnoughData       too few spells or moves to say what was asked
├── MissingExtra        a library of an extra that is not installed; says how to install it
└── NotFound            an id that is not there; names the nearest ones
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_LONGEST: Final = 600


class KbError(Exception):
    """What was refused, where, and what to do next, in one line that a user can read.

    >>> str(KbError("no such seeds folder", where="seeds/meta", hint="Run `kb validate` on a folder"))
    'seeds/meta: no such seeds folder. Run `kb validate` on a folder'
    """

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        self.what, self.where, self.hint = what, where, hint
        super().__init__((f"{where}: " if where else "") + what + (f". {hint}" if hint else ""))


class DateError(KbError):
    """A date or a length that is not written as the rules ask."""


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in a seed file, and what to do about it."""

    file: str
    line: int
    column: int
    what: str
    hint: str = ""

    def __str__(self) -> str:
        said = _short(self.what) + (f", {_short(self.hint)}" if self.hint else "")
        return f"{self.file}:{self.line}:{self.column}: {said}"


def _short(text: str) -> str:
    """A text whose middle is left out if it is long: what a file holds can be of any length."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]}…{text[-_LONGEST // 2 :]}"


class SeedError(KbError):
    """Mistakes in seed files; `problems` has all of them, sorted by place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = sorted(set(problems))
        more = f" (and {len(self.problems) - 1} more: run `kb validate`)" if len(self.problems) > 1 else ""
        super().__init__(f"{self.problems[0]}{more}")


class AmbiguousSpell(KbError):
    """A claim fits more than one spell of the same person at the same organization."""


class OntologyError(KbError):
    """A label, an edge type or a property that the ontology does not declare."""


class QueryError(KbError):
    """Cypher that the server refused, or that ran too long."""


class ReadOnlyError(QueryError):
    """A write through a read-only session."""


class StoreError(KbError):
    """The database is not there, not ours, or not willing."""


class WentAway(StoreError):
    """No server answers, or it went away: whether the last write is in is unknown."""


class LoadRefused(StoreError):
    """A load cannot start: another one runs, or a node that no dataset owns is in the way."""


class EmbeddedError(StoreError):
    """The embedded server cannot start or has died: its folder, its ports, its data."""


class NotEnoughData(KbError):
    """Too few spells or moves to say what was asked."""


class MissingExtra(KbError):
    """A library that an extra brings is not installed."""


class NotFound(KbError):
    """An id that is not there."""
