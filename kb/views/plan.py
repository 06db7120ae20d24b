"""What a load would do, for people: a line each for what is created and removed, the values that change."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final, TextIO

from rich.text import Text

from kb.store import Change, Loaded
from kb.views.page import text, write_page
from kb.views.table import cell
from kb.views.values import plain

COLUMNS: Final = ("action", "type", "id", "properties")
_SIGNS: Final = {"create": ("+", "green"), "change": ("~", "yellow"), "remove": ("-", "red")}


def rows(changes: Sequence[Change]) -> Iterator[tuple[Any, ...]]:
    """Each change under COLUMNS; `properties` has the old and the new value of what differs."""
    for change in changes:
        yield (
            change.action,
            change.type,
            change.id,
            {name: list(pair) for name, pair in change.properties.items()},
        )


def write_plan(changes: Sequence[Change], stream: TextIO, *, limit: int | None = None) -> tuple[int, bool]:
    """Write the changes and their number; say how many are shown, and whether there are more."""
    shown = list(islice(changes, limit))
    write_page(
        [*(line for change in shown for line in _lines(change)), text(_counted(changes), "bold")], stream
    )
    return len(shown), len(shown) < len(changes)


def summary(loaded: Loaded) -> str:
    """What a load did, in one line.

    >>> summary(Loaded(created=1_095, changed=0, removed=0, datasets=("meta-ai-2025",)))
    '1,095 created, 0 changed, 0 removed; datasets: meta-ai-2025'
    >>> summary(Loaded(created=0, changed=0, removed=0, datasets=()))
    '0 changes; no datasets'
    """
    done = f"{loaded.created:,} created, {loaded.changed:,} changed, {loaded.removed:,} removed"
    held = f"datasets: {', '.join(loaded.datasets)}" if loaded.datasets else "no datasets"
    return f"{done if loaded.changes else '0 changes'}; {held}"


def _lines(change: Change) -> Iterator[Text]:
    sign, colour = _SIGNS[change.action]
    yield text(f"{sign} {change.type} {change.id}", colour)
    if change.action == "change":
        for name, (old, new) in change.properties.items():
            yield text(f"    {name}: {_value(old)} → {_value(new)}")


def _value(value: Any) -> str:
    return "nothing" if value is None else cell(plain(value))


def _counted(changes: Sequence[Change]) -> str:
    if not changes:
        return "0 changes"
    number = {action: sum(change.action == action for change in changes) for action in _SIGNS}
    return ", ".join(f"{number[action]:,} to {action}" for action in ("create", "change", "remove"))
