"""What can be read from the text of a query: its parameters, its statements, the columns it returns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from kb.errors import QueryError

Kind = Literal["comment", "string", "name", "parameter", "word", "number", "sign", "blank"]

# A comment, a text or a quoted name that is not closed goes on to the end.
_TOKEN: Final = re.compile(
    r"""(?P<comment>//[^\r\n]*|/\*.*?(?:\*/|\Z))
    | (?P<string>'(?:\\.|[^'\\])*(?:'|\Z)|"(?:\\.|[^"\\])*(?:"|\Z))
    | (?P<name>`(?:``|[^`])*(?:`|\Z))
    | (?P<parameter>\$(?:\w+|`(?:``|[^`])*`))
    | (?P<number>\d[\w.]*(?<!\.))
    | (?P<word>\w+)
    | (?P<blank>\s+)
    | (?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
_CLAUSES_AFTER_RETURN: Final = {"ORDER", "SKIP", "OFFSET", "LIMIT", "UNION"}


@dataclass(frozen=True)
class Token:
    """A piece of a query."""

    kind: Kind
    text: str


def tokens(cypher: str) -> Iterator[Token]:
    """The pieces of a query; put together they are its text again."""
    for match in _TOKEN.finditer(cypher):
        kind: Kind = match.lastgroup  # type: ignore[assignment]
        yield Token(kind, match[0])


def parameters(cypher: str) -> list[str]:
    """Names of the parameters of a query, each once, in their order.

    >>> parameters("MATCH (n {id: $id, note: '$not'}) RETURN n // $neither")
    ['id']
    """
    found = (token.text[1:].strip("`") for token in tokens(cypher) if token.kind == "parameter")
    return list(dict.fromkeys(found))


def statements(cypher: str) -> list[str]:
    """The statements of a text, parted by semicolons; what has only comments is none.

    >>> statements("RETURN ';' AS a; // one\\nRETURN 2 AS b;")
    ["RETURN ';' AS a", ' // one\\nRETURN 2 AS b']
    """
    parts: list[list[Token]] = [[]]
    for token in tokens(cypher):
        if token == _SEMICOLON:
            parts.append([])
        else:
            parts[-1].append(token)
    whole = (part for part in parts if any(token.kind not in ("comment", "blank") for token in part))
    # What stands before a statement stays, so that the places in the server's messages are right.
    return ["".join(token.text for token in part).rstrip() for part in whole]


def one_statement(cypher: str) -> str:
    """The statement of a text that has just one, without its semicolon. Raises: QueryError."""
    found = statements(cypher)
    if not found:
        raise QueryError("the query is empty")
    if len(found) > 1:
        raise QueryError(
            f"{len(found)} statements in one query", hint="Run them one by one, or in `kb shell`"
        )
    return found[0]


def decoded(raw: bytes, where: str) -> str:
    """Text of a file or of standard input. Raises: QueryError if it is not UTF-8."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise QueryError("not UTF-8", where=f"{where}:{line}", hint="Save the query as UTF-8") from None


def is_complete(cypher: str) -> bool:
    """Whether a text ends with a semicolon that ends a statement.

    >>> is_complete("RETURN 1; // done"), is_complete("RETURN ';"), is_complete("RETURN 1")
    (True, False, False)
    """
    ends = [token for token in tokens(cypher) if token.kind not in ("comment", "blank")]
    return bool(ends) and ends[-1] == _SEMICOLON


def columns(cypher: str) -> list[str]:
    """The columns that the last RETURN of a query gives.

    >>> columns("MATCH (p) RETURN p.name AS person, count(*) AS n, p.id ORDER BY n")
    ['person', 'n', 'p.id']
    """
    items = _returned([token for token in tokens(cypher) if token.kind != "comment"])
    return [_alias(item) for item in items]


def _returned(pieces: list[Token]) -> list[list[Token]]:
    """The items of the last RETURN that stands in no bracket."""
    items: list[list[Token]] = []
    depth, reading = 0, False
    for piece in pieces:
        depth += (piece.text in "([{") - (piece.text in ")]}") if piece.kind == "sign" else 0
        word = piece.text.upper() if piece.kind == "word" and depth == 0 else ""
        if word == "RETURN":
            items, reading = [[]], True
        elif word in _CLAUSES_AFTER_RETURN or piece == _SEMICOLON:
            reading = False
        elif reading and piece.text == "," and depth == 0:
            items.append([])
        elif reading and word != "DISTINCT":
            items[-1].append(piece)
    return items


def _alias(item: list[Token]) -> str:
    """The name after AS, else the expression itself."""
    for place in range(len(item) - 1, -1, -1):
        if item[place].kind == "word" and item[place].text.upper() == "AS":
            item = item[place + 1 :]
            break
    text = "".join(piece.text for piece in item).strip()
    return text[1:-1] if text.startswith("`") and text.endswith("`") else text


_SEMICOLON: Final = Token("sign", ";")
