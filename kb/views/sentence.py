"""Facts in words, as they read from one of their ends."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from kb.resolve import Entity, Relation
from kb.store.look import employer

Properties = Mapping[str, Any]
Name = Callable[[str], str]

_UNITS: Final = {"Y": "year", "M": "month", "W": "week", "D": "day"}
_QUALIFIERS: Final = {"exact": "", "at_least": "at least ", "at_most": "at most "}
_PLURALS: Final = {"person": "people", **{one: f"{one}s" for one in ("day", "week", "month", "year", "team")}}
_POSITIONS: Final = {
    "internship": "intern",
    "board": "on the board",
    "advisor": "advisor",
    "academic": "academic",
}
_PARTS: Final = {
    "division": "a division of {}",
    "subsidiary": "a subsidiary of {}",
    "acquired": "acquired by {}",
    "renamed": "renamed to {}",
    "merged": "merged into {}",
}
_PARENTS: Final = {
    "division": "{}, a division",
    "subsidiary": "{}, a subsidiary",
    "acquired": "{}, acquired",
    "renamed": "{}, its earlier name",
    "merged": "{}, merged into it",
}


def length(text: str) -> str:
    """A stated length in words.

    >>> length("almost P9Y"), length("P1Y6M"), length("about P7.5Y")
    ('almost 9 years', '1 year 6 months', 'about 7.5 years')
    """
    modifier, _, iso = text.rpartition("P")
    parts = re.findall(r"([0-9.,]+)([YMWD])", iso)
    words = (f"{number} {_UNITS[unit]}{'' if number == '1' else 's'}" for number, unit in parts)
    return modifier + " ".join(words) if parts else text


def partial(properties: Properties, name: str) -> str:
    """A partial date as curated; one without text was worked out, and says so. Empty if there is none.

    >>> from datetime import date
    >>> partial({"end_text": "2025-08~"}, "end")
    '2025-08~'
    >>> partial({"start_earliest": date(2012, 8, 18), "start_latest": date(2014, 2, 28)}, "start")
    '2012-08-18..2014-02-28 (derived)'
    """
    text = properties.get(f"{name}_text")
    if text:
        return str(text)
    days = [properties.get(f"{name}_{bound}") for bound in ("earliest", "latest")]
    return f"{days[0] or ''}..{days[1] or ''} (derived)" if any(days) else ""


def when(properties: Properties) -> str:
    """The time of a fact: of an event its date, of a spell its start and end.

    >>> when({"start_text": "2018", "end_text": ".."}), when({"end_text": "../2024", "phase": "past"})
    ('since 2018', 'until ../2024')
    """
    if day := partial(properties, "date") or partial(properties, "period"):
        return day
    if properties.get("first"):
        first, last = properties["first"], properties.get("last")
        return f"{first}" if first == last else f"{first} – {last or ''}"
    start, end = partial(properties, "start"), partial(properties, "end")
    if end == ".." or not end:
        going = end == ".." or properties.get("ongoing") or properties.get("phase") == "current"
        return f"{'since' if going else 'from'} {start}" if start else ""
    return f"{start} – {end}" if start else f"until {end}"


def figure(properties: Properties) -> str:
    """What a statistic says, with its unit.

    >>> figure({"value": 140.0, "unit": "person", "qualifier": "almost"})
    'almost 140 people'
    >>> figure({"lower": 5e7, "upper": 1e8, "unit": "USD/year", "qualifier": "exact"})
    '50,000,000 to 100,000,000 USD/year'
    """
    value, lower, upper = (properties.get(name) for name in ("value", "lower", "upper"))
    if value is None and lower is not None and upper is not None:
        number = f"{_number(lower)} to {_number(upper)}"
    elif value is None:
        number = f"{_number(lower)} or more" if lower is not None else f"up to {_number(upper)}"
    else:
        number = _number(value)
    unit = str(properties.get("unit") or "")
    qualifier = str(properties.get("qualifier") or "exact")
    prefix = _QUALIFIERS.get(qualifier, f"{qualifier} ")
    return f"{prefix}{number} {unit if value == 1 else _PLURALS.get(unit, unit)}".rstrip()


def _number(value: Any) -> str:
    if not isinstance(value, int | float):
        return "?"
    return f"{int(value):,}" if float(value).is_integer() else f"{value:,}"


def what(relation: Relation, *, outward: bool, name: Name, other: Entity) -> str:
    """A fact in words, seen from the node that it goes out from, or comes in to."""
    words = _OUT if outward else _IN
    return words[relation.type](relation.properties, name, other) if relation.type in words else other.name


def _spell(position: str, properties: Properties) -> str:
    kind = properties.get("kind") or "job"
    note = f" ({kind})" if kind != "job" and properties.get("title") else ""
    tenure = properties.get("tenure_text")
    return position + note + (f", {length(tenure)}" if tenure else "")


def _job(properties: Properties, name: Name, other: Entity) -> str:
    title = properties.get("title") or _POSITIONS.get(properties.get("kind") or "", "")
    return _spell(f"{title} at {other.name}".lstrip(), properties)


def _employee(properties: Properties, name: Name, other: Entity) -> str:
    title = properties.get("title") or _POSITIONS.get(properties.get("kind") or "", "")
    return _spell(f"{other.name}, {title}" if title else other.name, properties)


def _where_to(properties: Properties, name: Name) -> str:
    destination = properties.get("destination")
    return f"for {name(destination)}" if destination else "destination unknown"


def _left(properties: Properties, name: Name, other: Entity) -> str:
    verb = "to leave" if properties.get("phase") == "planned" else "left"
    to = _where_to(properties, name)
    return f"{verb} {other.name}{'' if to.startswith('for ') else ','} {to}"


def _leaver(properties: Properties, name: Name, other: Entity) -> str:
    return f"{other.name}, {_where_to(properties, name)}"


def _with(*names: str, verb: str = "") -> Callable[[Properties, Name, Entity], str]:
    """The other node's name after a verb, then the named properties that the fact has."""

    def words(properties: Properties, name: Name, other: Entity) -> str:
        details = ", ".join(str(properties[each]) for each in names if properties.get(each))
        return f"{verb} {other.name}{': ' if details else ''}{details}".lstrip()

    return words


def _holder(properties: Properties, name: Name, other: Entity) -> str:
    spell = properties.get("spell")
    return f"{other.name}, at {name(employer(spell))}" if spell else other.name


def _flow(direction: str) -> Callable[[Properties, Name, Entity], str]:
    def words(properties: Properties, name: Name, other: Entity) -> str:
        people, moves = properties.get("people", 0), properties.get("moves", 0)
        counts = f"{people:,} {'person' if people == 1 else 'people'}"
        if moves != people:
            counts += f", {moves:,} moves"
        return f"{direction} {other.name}: {counts}"

    return words


def _part(templates: Mapping[str, str]) -> Callable[[Properties, Name, Entity], str]:
    def words(properties: Properties, name: Name, other: Entity) -> str:
        template = templates.get(properties.get("how") or "", "{}")
        # Not str.format: a name is data and may have braces.
        return template.replace("{}", other.name)

    return words


def _figure_about(properties: Properties, name: Name, other: Entity) -> str:
    return f"{other.name}: {figure(other.properties)}"


_OUT: Final[Mapping[str, Callable[[Properties, Name, Entity], str]]] = {
    "EMPLOYED_AT": _job,
    "DEPARTED": _left,
    "HELD_ROLE": _with(verb="role:"),
    "WORKED_ON": _with("capacity", verb="worked on"),
    "LEADS": _with("capacity", verb="at the head of"),
    "MEMBER_OF": _with("capacity", verb="member of"),
    "STUDIED_AT": _with("degree", "field", verb="studied at"),
    "PART_OF": _part(_PARTS),
    "TALENT_FLOW": _flow("to"),
    "ABOUT": _with("as"),
}
_IN: Final[Mapping[str, Callable[[Properties, Name, Entity], str]]] = {
    "EMPLOYED_AT": _employee,
    "DEPARTED": _leaver,
    "HELD_ROLE": _holder,
    "WORKED_ON": _with("capacity"),
    "LEADS": _with("capacity"),
    "MEMBER_OF": _with("capacity"),
    "STUDIED_AT": _with("degree", "field"),
    "PART_OF": _part(_PARENTS),
    "TALENT_FLOW": _flow("from"),
    "ABOUT": _figure_about,
}
