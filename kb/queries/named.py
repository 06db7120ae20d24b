"""A named query: its text, and its header, which says what it takes and what it gives."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from kb.errors import KbError
from kb.names import nearest
from kb.queries.values import named_values, value, written

_FIRST: Final = re.compile(r"(?P<name>[a-z][a-z0-9-]*): (?P<meaning>.+)")
_PARAMETER: Final = re.compile(
    r"param (?P<name>\w+): (?P<meaning>.+) \((?:required|default: (?P<default>.+))\)"
)
_COLUMN: Final = re.compile(r"(?P<name>\w+): (?P<meaning>.+)")


@dataclass(frozen=True)
class Parameter:
    """What a query asks for; one that is not required has a default."""

    name: str
    meaning: str
    required: bool
    default: Any = None


@dataclass(frozen=True)
class Column:
    """What a query gives."""

    name: str
    meaning: str


@dataclass(frozen=True)
class NamedQuery:
    """A query of the library. `text` is the whole file: its header is comments, so it runs as it is."""

    name: str
    meaning: str
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    example: Mapping[str, Any]
    text: str

    @property
    def takes(self) -> list[str]:
        """Its parameters, those that are not required with their default: `org`, `least=2`."""
        return [
            parameter.name if parameter.required else f"{parameter.name}={written(parameter.default)}"
            for parameter in self.parameters
        ]

    @property
    def usage(self) -> str:
        """A command that runs the example."""
        words = [f"-p {name} {shlex.quote(written(given))}" for name, given in self.example.items()]
        return " ".join(["kb run", self.name, *words])

    def bind(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The values that the query runs with: those that are given, and defaults for the rest.

        Raises: KbError that names what is missing, or what the query does not have.
        """
        known = [parameter.name for parameter in self.parameters]
        for name in given:
            if name not in known:
                near = nearest(name, known)
                hint = f"Did you mean {near[0]}?" if near else f"It has: {', '.join(known) or 'none'}"
                raise KbError(f"`{self.name}` has no parameter `{name}`", hint=hint)
        for parameter in self.parameters:
            if parameter.required and given.get(parameter.name) is None:
                what = f"`{self.name}` needs `{parameter.name}`, {parameter.meaning}"
                raise KbError(what, hint=f"Example: {self.usage}")
        return {parameter.name: parameter.default for parameter in self.parameters} | dict(given)


def parse_query(name: str, text: str) -> NamedQuery:
    """A query from the text of its file.

    The header is the comment lines that the file starts with: `// NAME: what it answers`, then
    `// param NAME: meaning (required)` or `(default: VALUE)` for each parameter,
    `// column NAME: meaning; …` and `// example: NAME=VALUE …`. Values are written as for `-p`.

    Raises: KbError that names the line.

    >>> parse_query("people", "// people: everyone\\n// column person: name\\nMATCH …").columns
    (Column(name='person', meaning='name'),)
    """
    meaning, example = "", dict[str, Any]()
    parameters, columns = list[Parameter](), list[Column]()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("//"):
            break
        said, where = line.removeprefix("//").strip(), f"{name}.cypher:{number}"
        if number == 1:
            meaning = _meaning(name, said, where)
        elif said.startswith("param "):
            parameters.append(_parameter(said, where))
        elif said.startswith("column "):
            columns += _columns(said, where)
        elif said.startswith("example:"):
            pairs = [word.partition("=") for word in shlex.split(said.removeprefix("example:"))]
            example = named_values((key, given) for key, _, given in pairs)
        else:
            raise KbError(f"a header has no `{said}`", where=where, hint="It has param, column, example")
    if not meaning:
        raise KbError("no header", where=f"{name}.cypher:1", hint=f"Start with // {name}: what it answers")
    return NamedQuery(name, meaning, tuple(parameters), tuple(columns), example, text)


def _meaning(name: str, said: str, where: str) -> str:
    found = _match(_FIRST, said, where, f"// {name}: what it answers")
    if found["name"] != name:
        raise KbError(f"the header names `{found['name']}`", where=where, hint=f"Write {name}")
    return found["meaning"]


def _parameter(said: str, where: str) -> Parameter:
    found = _match(_PARAMETER, said, where, "// param NAME: meaning (required)")
    default = found["default"]
    return Parameter(
        found["name"], found["meaning"], default is None, None if default is None else value(default)
    )


def _columns(said: str, where: str) -> list[Column]:
    parts = said.removeprefix("column ").split(";")
    form = "// column NAME: meaning; NAME: meaning"
    matches = [_match(_COLUMN, part.strip(), where, form) for part in parts]
    return [Column(found["name"], found["meaning"]) for found in matches]


def _match(pattern: re.Pattern[str], said: str, where: str, form: str) -> re.Match[str]:
    found = pattern.fullmatch(said)
    if found is None:
        raise KbError(f"`{said}` is not as a header must be", where=where, hint=f"Write {form}")
    return found
