"""The library of named queries, and the values that queries are given."""

from kb.queries.library import find, library, names
from kb.queries.named import Column, NamedQuery, Parameter, parse_query
from kb.queries.text import is_complete, parameters, statements
from kb.queries.values import check_parameters, named_values, value, written

__all__ = [
    "Column",
    "NamedQuery",
    "Parameter",
    "check_parameters",
    "find",
    "is_complete",
    "library",
    "named_values",
    "names",
    "parameters",
    "parse_query",
    "statements",
    "value",
    "written",
]
