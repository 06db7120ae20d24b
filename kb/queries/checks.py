"""Whether a named query keeps its word: header against body, and names against the ontology."""

import re
from collections.abc import Iterator
from typing import Final

from kb.names import nearest
from kb.ontology import EDGES, KIND_LABELS, NODES, Edge, Node, primary
from kb.queries.named import NamedQuery
from kb.queries.text import columns, parameters, tokens

_LABELS: Final = {*NODES, *KIND_LABELS.values()}
# `(p:Person {id: …})` and `[d:DEPARTED|LEADS*0..3 {…}]`: variable, names, property map.
_NODE: Final = re.compile(r"\(\s*(\w*)((?:\s*[:|]\s*\w+)*)\s*(\{[^{}]*\})?\s*\)")
_EDGE: Final = re.compile(r"\[\s*(\w*)((?:\s*[:|]\s*\w+)*)\s*(?:\*[\d.]*)?\s*(\{[^{}]*\})?\s*\]")
_KEY: Final = re.compile(r"(\w+)\s*:")
_PROPERTY: Final = re.compile(r"\b([^\W\d]\w*)\.([^\W\d]\w*)\b(?!\s*\()")


def problems(query: NamedQuery) -> list[str]:
    """Everything that is wrong with a query, a line each; empty for a good one."""
    return [f"{query.name}: {problem}" for problem in (*_header(query), *_ontology(query))]


def strangers(cypher: str) -> dict[str, list[str]]:
    """Labels and types in a query that the ontology does not have, with the nearest that it has.

    >>> strangers("MATCH (p:Persn)-[:DEPARTED]->(o) RETURN ':Nobody' AS p")
    {'Persn': ['Person']}
    """
    code, found = "".join(_code(cypher)), dict[str, list[str]]()
    for pattern, known in ((_NODE, _LABELS), (_EDGE, set(EDGES))):
        for _, names, _ in pattern.findall(code):
            for label in re.findall(r"\w+", names):
                if label not in known:
                    found[label] = nearest(label, sorted(known), 3)
    return found


def _header(query: NamedQuery) -> Iterator[str]:
    declared = {parameter.name for parameter in query.parameters}
    used = set(parameters(query.text))
    for name in sorted(declared ^ used):
        yield f"parameter {name} is " + ("not used" if name in declared else "not in the header")
    given, returned = [column.name for column in query.columns], columns(query.text)
    if given != returned:
        yield f"the header says columns {', '.join(given)}, the query returns {', '.join(returned)}"
    for name in sorted(set(query.example) - declared):
        yield f"the example gives {name}, which is no parameter"
    for parameter in query.parameters:
        if parameter.required and parameter.name not in query.example:
            yield f"the example does not give {parameter.name}"


def _ontology(query: NamedQuery) -> Iterator[str]:
    code = "".join(_code(query.text))
    types: dict[str, list[Node | Edge]] = {}
    for pattern, known in ((_NODE, _LABELS), (_EDGE, set(EDGES))):
        for variable, names, fields in pattern.findall(code):
            labels = re.findall(r"\w+", names)
            for label in labels:
                if label not in known:
                    yield f"the ontology has no {label}"
            found = [_type(label) for label in labels if label in known]
            if variable and found:
                types.setdefault(variable, found)
            for key in _KEY.findall(fields):
                if not _has(found, key):
                    yield f"{' or '.join(labels) or 'no type'} has no property {key}"
    for variable, key in _PROPERTY.findall(code):
        if variable in types and not _has(types[variable], key):
            yield f"{variable} has no property {key}"


def _code(text: str) -> Iterator[str]:
    """The query without comments, with every text emptied, so that what is left is code."""
    for token in tokens(text):
        if token.kind != "comment":
            yield "''" if token.kind == "string" else token.text.replace("`", "")


def _type(label: str) -> Node | Edge:
    return EDGES[label] if label in EDGES else NODES[primary(label)]


def _has(types: list[Node | Edge], key: str) -> bool:
    """Whether one of the types has the property, or any type if none is named."""
    every = types or [*NODES.values(), *EDGES.values()]
    return any(key == prop.name for kind in every for prop in kind.props)
