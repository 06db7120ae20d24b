"""What may come next in a statement: labels, types and properties of the ontology, and words of Cypher."""

import re
from collections.abc import Iterable
from typing import Final

from kb.ontology import EDGES, KIND_LABELS, NODES, Edge, Node, primary
from kb.queries import names
from kb.queries.text import tokens

_WORDS: Final = (
    *("MATCH", "OPTIONAL MATCH", "WHERE", "RETURN", "DISTINCT", "ORDER BY", "DESC", "LIMIT", "SKIP", "WITH"),
    *("UNWIND", "UNION", "AND", "OR", "NOT", "IN", "IS NULL", "IS NOT NULL", "AS", "CASE", "WHEN", "THEN"),
    *("ELSE", "END", "STARTS WITH", "ENDS WITH", "CONTAINS", "EXISTS", "CREATE", "MERGE", "SET", "REMOVE"),
    *(
        "DELETE",
        "DETACH DELETE",
        "count(",
        "collect(",
        "coalesce(",
        "type(",
        "labels(",
        "properties(",
        "min(",
    ),
    *("max(", "sum(", "avg(", "size(", "date("),
)
_LABELS: Final = sorted({*NODES, *KIND_LABELS.values()})
_TYPE: Final = re.compile(r"[(\[]\s*(\w+)\s*:\s*(\w+)")


def suggestions(before: str, commands: Iterable[str] = ()) -> tuple[str, list[str]]:
    """The word that is being typed at the end of a text, and what it may become, sorted.

    >>> suggestions("MATCH (p:Per")
    ('Per', ['Person'])
    >>> suggestions("MATCH (o:Team) RETURN o.web")
    ('web', ['website'])
    >>> suggestions("RETURN 'MA")
    ('MA', [])
    """
    started = re.search(r"\w*$", before)
    word = started[0] if started else ""
    if before.startswith(":"):
        return _command(before, commands)
    pieces = list(tokens(before))
    if pieces and pieces[-1].kind in ("comment", "string", "name", "parameter"):
        return word, []
    ahead = before[: len(before) - len(word)].rstrip()
    if ahead.endswith((":", "|")):
        choices: Iterable[str] = EDGES if ahead.rfind("[") > ahead.rfind("(") else _LABELS
    elif ahead.endswith("."):
        variable = re.search(r"(\w+)\s*\.$", ahead)
        choices = _properties(before, variable[1] if variable else "")
    else:
        choices = _WORDS if word else ()
    return word, sorted(choice for choice in choices if choice.lower().startswith(word.lower()))


def _command(before: str, commands: Iterable[str]) -> tuple[str, list[str]]:
    first, blank, rest = before.partition(" ")
    if not blank:
        return before, sorted(name for name in commands if name.startswith(before))
    if first == ":run" and " " not in rest.lstrip():
        return rest.lstrip(), [name for name in names() if name.startswith(rest.lstrip())]
    return "", []


def _properties(text: str, variable: str) -> set[str]:
    """Properties of what the text says that the variable is, or of anything."""
    every: dict[str, Node | Edge] = {**NODES, **EDGES}
    for name, label in _TYPE.findall(text):
        known = label in EDGES or label in _LABELS
        if name == variable and known:
            kind = every[label if label in EDGES else primary(label)]
            return {prop.name for prop in kind.props}
    return {prop.name for kind in every.values() for prop in kind.props}
