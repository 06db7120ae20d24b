"""Answers of analyses as rows: for people counts and interval in one cell, for programs in columns."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from itertools import pairwise
from typing import Any, Final

_SPANS: Final = {  # fields that bound one thing, and what the one column of a table is called
    ("earliest", "latest"): "when",
    ("first", "last"): "when",
    ("months_low", "months_high"): "months",
    ("away_least", "away_most"): "months_away",
}


def measured(
    kind: type, items: Sequence[Any], *, form: str, shown: Sequence[str] = ()
) -> tuple[list[str], list[list[Any]]]:
    """Columns and rows of frozen dataclasses of one kind.

    In a table only the fields `shown`, if any are named, but for those that are empty in all rows, with a
    share, a ratio or a rate in one cell, and two fields that bound one thing in one column; in all other
    formats every field, a share, a ratio or a rate in one column for each of its parts. A name follows the id
    that it belongs to; a table has `from` for `from_name`, with the id where two ids have one name.

    >>> from dataclasses import make_dataclass
    >>> Share = make_dataclass("Share", ["count", "of", "value", "low", "high"])
    >>> Flow = make_dataclass("Flow", [("to", str), ("exits", Share)])
    >>> measured(Flow, [Flow("openai", Share(3, 10, 0.3, 0.1079, 0.6032))], form="table")
    (['to', 'exits'], [['openai', '3 of 10: 30 % (11–60)']])
    >>> measured(Flow, [Flow("openai", Share(3, 10, 0.3, 0.1, 0.6))], form="nl")[0]
    ['to', 'exits_count', 'exits_of', 'exits_value', 'exits_low', 'exits_high']
    """
    names = [field.name for field in fields(kind)]
    if form == "table":
        ids = {name: key for key, name in pairwise(names) if name.endswith(("name", "names"))}
        labels = called(
            [pair for item in items for name, key in ids.items() for pair in _pairs(item, key, name)]
        )
        names = [name for name in names if not shown or name in shown]
        cells = {
            name: [cell(_labelled(item, ids.get(name), name, labels)) for item in items] for name in names
        }
        for (low, high), name in _SPANS.items():
            if low in cells and high in cells:
                names[names.index(low)] = name
                names.remove(high)
                cells[name] = [_span(*ends) for ends in zip(cells[low], cells[high], strict=True)]
        told = [name for name in names if not items or any(one not in (None, "") for one in cells[name])]
        short = {name: name.removesuffix("_name") for name in told if name in ids}
        heads = [short[name] if name in short and short[name] not in told else name for name in told]
        return heads, [list(row) for row in zip(*(cells[name] for name in told), strict=True)]
    parts = {field.name: _parts(field.type) for field in fields(kind)}
    columns = [f"{name}_{part}" if part else name for name in names for part in parts[name] or [""]]
    return columns, [
        [
            getattr(getattr(item, name), part) if part else getattr(item, name)
            for name in names
            for part in parts[name] or [""]
        ]
        for item in items
    ]


def _span(low: Any, high: Any) -> str:
    """What two bounds say: `2025-08-01..2025-08-10`, or one of them where both are the same.

    >>> _span("7", "19.3"), _span(None, "4"), _span("2", "2"), _span(None, None)
    ('7..19.3', '..4', '2', '')
    """
    ends = ["" if end is None else str(end) for end in (low, high)]
    return ends[0] if ends[0] == ends[1] else "..".join(ends)


def called(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What people read for each id: its name, with the id where two ids have one name.

    >>> called([("aiwatch/meta", "Meta"), ("meta", "Meta"), ("xai", "xAI")])
    {'aiwatch/meta': 'Meta (aiwatch/meta)', 'meta': 'Meta (meta)', 'xai': 'xAI'}
    """
    names = dict(pairs)
    times = Counter(name.casefold() for name in names.values())
    return {key: name if times[name.casefold()] == 1 else f"{name} ({key})" for key, name in names.items()}


def _pairs(item: Any, key: str, name: str) -> list[tuple[str, str]]:
    """The ids and names that two fields of a row hold: one of each, or as many of one as of the other."""
    ids, names = getattr(item, key), getattr(item, name)
    if isinstance(names, tuple):
        return list(zip(ids, names, strict=True))
    return [(ids, names)] if ids is not None and names is not None else []


def _labelled(item: Any, key: str | None, name: str, labels: Mapping[str, str]) -> Any:
    if key is None:
        return getattr(item, name)
    found = [labels[one] for one, _ in _pairs(item, key, name)]
    return tuple(found) if isinstance(getattr(item, name), tuple) else next(iter(found), None)


def _parts(kind: Any) -> list[str]:
    return [field.name for field in fields(kind)] if is_dataclass(kind) else []


def cell(value: Any) -> Any:
    """A share as `3 of 10: 30 % (11–60)`, a ratio as `7.0 (4.4–11.8)`, a rate as `0.33 (0.04–1.2)`."""
    if isinstance(value, float):
        return number(value)
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    have = {field.name: getattr(value, field.name) for field in fields(value)}
    low, high = have["low"], have["high"]
    if "of" in have:
        counts = f"{have['count']:,} of {have['of']:,}"
        if have["value"] is None:
            return counts
        # Whole per cent, but for so small a share that they would say nothing.
        parts = [f"{part * 100:{'.2g' if 0 < high < 0.01 else '.0f'}}" for part in (have["value"], low, high)]
        return f"{counts}: {parts[0]} % ({parts[1]}–{parts[2]})"
    if have["value"] is None:
        return f"at least {number(low)}" if low else ""
    return f"{number(have['value'])} ({number(low)}–{number(high)})"


def number(value: float) -> str:
    """Three figures, and no more of them than are needed.

    >>> number(11.812), number(0.0000123), number(1234567.0), number(7.0)
    ('11.8', '1.23e-05', '1,234,567', '7')
    """
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"
