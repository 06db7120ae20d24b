"""Values of a database's answer as plain data that every format can write."""

import math
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any


def plain(value: Any) -> Any:
    """None, booleans, numbers, text, lists and mappings; all else as one of these.

    Dates and lengths become ISO 8601 text, bytes hexadecimal text, numbers that JSON lacks their name; a node
    becomes its id, labels and properties, an edge its id, type, the ids of its ends and its properties.

    >>> plain({"day": date(2025, 8, 31), "of": (b"\\x01", float("nan"))})
    {'day': '2025-08-31', 'of': ['01', 'NaN']}
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else _NAMES.get(str(value), "NaN")
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray):
        return bytes(value).hex()
    # Where there is a value of the driver the driver is loaded; rows without one need not load it.
    if "neo4j" in sys.modules and (found := _of_driver(value)) is not None:
        return found
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=str)
    return str(value)


_NAMES = {"inf": "Infinity", "-inf": "-Infinity"}


def _of_driver(value: Any) -> Any:
    """A value of the driver's own types as plain data; None if it is none."""
    from neo4j.graph import Node, Path, Relationship
    from neo4j.spatial import Point

    if isinstance(value, Node):
        return {"id": _id(value), "labels": sorted(value.labels), "properties": _properties(value)}
    if isinstance(value, Relationship):
        ends = {"start": _id(value.start_node), "end": _id(value.end_node)}
        return {"id": _id(value), "type": value.type, **ends, "properties": _properties(value)}
    if isinstance(value, Path):
        return {
            "nodes": [plain(node) for node in value.nodes],
            "relationships": [plain(edge) for edge in value.relationships],
        }
    if isinstance(value, Point):
        return {"srid": value.srid, **dict(zip("xyz", value, strict=False))}
    if hasattr(value, "iso_format"):  # the driver's own dates, times and durations
        return value.iso_format()
    return None


def _id(entity: Any) -> Any:
    """Our id; what was added by hand may have none, and an edge that came alone does not bring its ends'."""
    return None if entity is None else plain(entity.get("id", entity.element_id))


def _properties(entity: Mapping[str, Any]) -> dict[str, Any]:
    return {key: plain(entity[key]) for key in sorted(entity.keys())}


def distinct(columns: Sequence[str]) -> list[str]:
    """Column names, the second of one name with a number after it, since a mapping holds each once.

    >>> distinct(["name", "id", "name", "name_2"])
    ['name', 'id', 'name_3', 'name_2']
    """
    taken, names = set(columns), list[str]()
    for column in columns:
        name, number = column, 1
        while name in names or (number > 1 and name in taken):
            number += 1
            name = f"{column}_{number}"
        names.append(name)
    return names
