"""Answers of analyses as rows: for people counts and interval in one cell, for programs in columns."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Any


def measured(
    kind: type, items: Sequence[Any], *, form: str, shown: Sequence[str] = ()
) -> tuple[list[str], list[list[Any]]]:
    """Columns and rows of frozen dataclasses of one kind.

    In a table only the fields `shown`, if any are named, with a share, a ratio or a rate in one cell; in all
    other formats every field, a share, a ratio or a rate in one column for each of its parts.

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
        names = [name for name in names if not shown or name in shown]
        return names, [[cell(getattr(item, name)) for name in names] for item in items]
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
        counts = f"{have['count']} of {have['of']}"
        if have["value"] is None:
            return counts
        return f"{counts}: {have['value'] * 100:.0f} % ({low * 100:.0f}–{high * 100:.0f})"
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
