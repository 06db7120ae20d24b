"""The library of named queries, and the values that queries are given."""

from kb.queries.checks import strangers
from kb.queries.files import find, library, names
from kb.queries.named import Column, NamedQuery, Parameter, parse_query
from kb.queries.text import columns, decoded, is_complete, one_statement, parameters, statements
from kb.queries.values import check_parameters, named_values, value, written

__all__ = [
    "Column",
    "NamedQuery",
    "Parameter",
    "check_parameters",
    "columns",
    "decoded",
    "find",
    "is_complete",
    "library",
    "named_values",
    "names",
    "one_statement",
    "parameters",
    "parse_query",
    "statements",
    "strangers",
    "value",
    "written",
]
