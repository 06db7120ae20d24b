"""Differences as rows for programs, and as a page for people: one section a kind."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final, TextIO

from kb.ontology import ENTITIES
from kb.resolve import Snapshot
from kb.resolve.diff import Difference
from kb.views.page import Facts, Line, Section, text, write_page

COLUMNS: Final = (
    *("kind", "fact", "person", "origin", "destination", "earliest", "latest"),
    *("certainty", "as_of", "related", "changes"),
)
_TITLES: Final = {"came_true": "Came true", "became_part": "Became part"}
Name = Callable[[str], str]


def rows(found: Iterable[Difference]) -> Iterator[tuple[Any, ...]]:
    """Each difference under COLUMNS; `changes` has for each property its old and its new value."""
    for each in found:
        changes = {name: list(values) for name, values in each.changes.items()}
        known = (getattr(each, name) for name in COLUMNS[:-2])
        yield *known, list(each.related), changes


def write_diff(
    found: Sequence[Difference],
    snapshots: Iterable[Snapshot],
    stream: TextIO,
    *,
    limit: int | None = None,
) -> tuple[int, bool]:
    """Write differences for people; say how many are shown, and whether there are more.

    Names are those of the first of the snapshots that has one.
    """
    shown = found[:limit]
    names = _names(shown, snapshots)

    def name(key: str) -> str:
        return names.get(key, key)

    sections = [
        Section(_TITLES.get(kind, kind.capitalize()), [_line(each, name) for each in group])
        for kind, group in groupby(shown, key=lambda each: each.kind)
    ]
    blocks: list[Any] = [Facts(sections)] if sections else [text("Nothing changed")]
    write_page(blocks, stream)
    return len(shown), len(shown) < len(found)


def _names(found: Iterable[Difference], snapshots: Iterable[Snapshot]) -> dict[str, str]:
    """Names of all that the differences speak of, by id."""
    keys = {key for each in found for key in (each.person, each.origin, each.destination) if key}
    names: dict[str, str] = {}
    for snapshot in snapshots:
        for node in ENTITIES:
            for entity in snapshot.nodes(node.label, ids=sorted(keys)):
                names.setdefault(entity.id, entity.name)
    return names


def _line(each: Difference, name: Name) -> Line:
    """`Bert Maher: Meta → Anthropic`, with what changed."""
    ends = [name(key) for key in (each.origin, each.destination) if key]
    arrow = " → ".join(ends)
    if each.origin and not each.destination and each.kind not in ("renamed", "changed", "retracted"):
        arrow = f"from {arrow}"
    elif each.destination and not each.origin and each.kind != "added":
        arrow = f"at {arrow}"
    who = name(each.person) if each.person else ""
    what = ": ".join(part for part in (who, arrow) if part)
    if each.person and each.kind in ("merged", "split"):
        what += f" ({'with' if each.kind == 'merged' else 'from'} {', '.join(each.related)})"
    if each.changes:
        what += f" ({', '.join(_change(*item) for item in each.changes.items())})"
    return Line(each.kind, each.fact, what, _when(each), each.certainty, None, each.as_of)


def _change(prop: str, values: tuple[Any, Any]) -> str:
    old, new = ("none" if value is None else str(value) for value in values)
    return f"{prop.removesuffix('_text')}: {old} → {new}"


def _when(each: Difference) -> str:
    days = [str(day) if day else "" for day in (each.earliest, each.latest)]
    return days[0] if days[0] == days[1] else "..".join(days)
