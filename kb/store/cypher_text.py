"""What can be told from the text of a query without running it."""

import re

_UNICODE_ESCAPE = re.compile(r"\\u+([0-9a-fA-F]{4})")
_NOT_CODE = re.compile(
    r"""'(?:\\.|[^'\\])*'      # text
    | "(?:\\.|[^"\\])*"
    | `(?:``|[^`])*`           # a quoted name
    | //[^\r\n]*               # comments
    | /\*.*?\*/
    """,
    re.VERBOSE | re.DOTALL,
)
_LOAD_CSV = re.compile(r"\bLOAD\s+CSV\b", re.IGNORECASE)


def loads_csv(cypher: str) -> bool:
    r"""Whether a query has a LOAD CSV clause, which can read the server's files.

    >>> loads_csv("load /* the */ csv FROM 'file:///x' AS row RETURN row")
    True
    >>> loads_csv("MATCH (n {name: 'LOAD CSV'}) RETURN n // LOAD CSV")
    False
    """
    # Neo4j decodes these before it looks at anything else, so a blank can be written as one.
    text = _UNICODE_ESCAPE.sub(lambda match: chr(int(match[1], 16)), cypher)
    return _LOAD_CSV.search(_NOT_CODE.sub(_blank, text)) is not None


def _blank(match: re.Match[str]) -> str:
    # Text must stay something between two words, a comment may be all there is.
    return " " if match[0].startswith("/") else "''"
