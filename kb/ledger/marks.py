"""YAML text to plain data that remembers where each value stands.

Scalars stay text, as the curator wrote them: `2025-08` is no number and `no` is no boolean. What the seeds do
not need (anchors, aliases, tags, several documents, deep nesting) is refused, which also keeps bombs out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from kb.errors import Problem, SeedError

Steps = tuple[str | int, ...]
Mark = tuple[int, int]

DEEPEST: Final = 20
_PLAIN_NULLS: Final = ("", "~", "null")


@dataclass(frozen=True)
class Document:
    """Plain data of one file; `keys` and `values` have the line and column of each path, from 1."""

    file: str
    data: Any
    keys: Mapping[Steps, Mark]
    values: Mapping[Steps, Mark]

    def problem(self, path: Steps, what: str, hint: str = "", *, at_key: bool = False) -> Problem:
        """A mistake at a path, or at the nearest place above it that the file has.

        >>> parse("a:\\n  b: 1\\n", "x.yaml").problem(("a", "b"), "no good")
        Problem(file='x.yaml', line=2, column=6, what='no good', hint='')
        """
        marks = (self.keys, self.values) if at_key else (self.values, self.keys)
        for end in range(len(path), -1, -1):
            for places in marks:
                if path[:end] in places:
                    return Problem(self.file, *places[path[:end]], what, hint)
        return Problem(self.file, 1, 1, what, hint)


class _Builder:
    """Puts events together, with a stack in place of recursion, so that depth is ours to limit."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Any = None
        self.stack: list[tuple[Steps, Any]] = []
        self.key: str | None = None
        self.keys: dict[Steps, Mark] = {}
        self.values: dict[Steps, Mark] = {}
        self.problems: list[Problem] = []

    def complain(self, mark: Mark, what: str, hint: str = "") -> None:
        self.problems.append(Problem(self.file, *mark, what, hint))

    def place(self, value: Any, mark: Mark) -> Steps:
        """Put a value where it belongs and say which path that is."""
        path: Steps = ()
        if not self.stack:
            self.root = value
        else:
            above, holder = self.stack[-1]
            if isinstance(holder, list):
                path = (*above, len(holder))
                holder.append(value)
            else:
                assert self.key is not None  # noqa: S101  a mapping's events come in pairs
                path = (*above, self.key)
                holder[self.key] = value
                self.key = None
        self.values[path] = mark
        return path

    def take_key(self, text: str, mark: Mark) -> None:
        above, holder = self.stack[-1]
        path = (*above, text)
        if text in holder:
            first = self.keys[path][0]
            self.complain(mark, f"duplicate `{text}`", f"it stands in line {first} already")
        self.keys[path], self.key = mark, text

    def feed(self, event: yaml.Event) -> None:
        at = event.start_mark
        mark = (at.line + 1, at.column + 1) if at else (1, 1)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise SeedError(
                [Problem(self.file, *mark, "anchors and aliases are not read", "write the value out")]
            )
        if getattr(event, "tag", None):
            raise SeedError([Problem(self.file, *mark, "tags are not read", "write plain text")])
        expects_key = bool(self.stack) and isinstance(self.stack[-1][1], dict) and self.key is None
        if isinstance(event, yaml.ScalarEvent):
            if expects_key:
                self.take_key(event.value, mark)
            else:
                empty = event.style in (None, "") and event.value in _PLAIN_NULLS
                self.place(None if empty else event.value, mark)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            if expects_key:
                raise SeedError([Problem(self.file, *mark, "a key must be plain text")])
            if len(self.stack) >= DEEPEST:
                raise SeedError([Problem(self.file, *mark, f"nested deeper than {DEEPEST} levels")])
            value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
            self.stack.append((self.place(value, mark), value))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self.stack.pop()
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            raise SeedError([Problem(self.file, *mark, "a second document", "one file holds one")])


def parse(text: str, file: str) -> Document:
    """Read YAML text; `file` is its name in messages.

    Raises: SeedError with the line and column of what is not YAML, or not the part of it that seeds use.

    >>> parse("people:\\n  jane-doe: {name: Jane, start: 2025-08}\\n", "x.yaml").data
    {'people': {'jane-doe': {'name': 'Jane', 'start': '2025-08'}}}
    """
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            builder.feed(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = f"not YAML: {error.problem or error.context}".replace("\n", " ")
        raise SeedError([*builder.problems, Problem(file, line, column, what)]) from None
    except yaml.YAMLError as error:
        # The position is one of bytes.
        line = text.encode()[: getattr(error, "position", 0)].count(b"\n") + 1
        raise SeedError(
            [Problem(file, line, 1, f"not YAML: {getattr(error, 'reason', 'unreadable')}")]
        ) from None
    if builder.problems:
        raise SeedError(builder.problems)
    return Document(file, builder.root, builder.keys, builder.values)
