"""Why a fact says what it says: its values, the claims that they come from, and what lost."""

from collections.abc import Iterator
from typing import Any, Final, TextIO

from rich.table import Table
from rich.text import Text

from kb.resolve import Entity, Relation
from kb.resolve.why import Said, Why
from kb.store.held import Moment
from kb.store.trace import Trace
from kb.views.page import count, mark, text, write_page

COLUMNS: Final = (
    *("fact", "property", "value", "standing", "reason", "claim", "source"),
    *("certainty", "published", "locator", "note"),
)

_ANSWERS: Final = {"yes": "Holds", "possible": "May hold", "no": "Does not hold"}


def rows(trace: Trace, moment: Moment | None = None) -> Iterator[tuple[Any, ...]]:
    """Values held, values that lost, then what other claims do, under COLUMNS.

    Of a day that was asked for, first whether the fact holds, and the values that it has only then.
    """
    if moment:
        for name, value in (("as_of", moment.answer), *moment.values.items()):
            yield trace.id, name, _raw(value), "as_of", f"on {moment.day}", *(None,) * 6
    told = set()
    for value in trace.why.values:
        held = (trace.id, value.name, _raw(value.value), "held", value.how or None)
        for claim in value.claims:
            told.add(claim.claim)
            yield *held, *_claim(claim)
        if not value.claims:
            yield *held, *(None,) * 6
    for lost in trace.why.lost:
        told.add(lost.claim.claim)
        yield trace.id, lost.name, _raw(lost.value), "lost", lost.reason, *_claim(lost.claim)
    for heard in trace.why.heard:
        if heard.claim.claim not in told or heard.standing != "supports":
            yield trace.id, None, None, heard.standing, heard.reason or None, *_claim(heard.claim)
    for decision in trace.decided:
        yield trace.id, None, ", ".join(decision.ids), decision.kind, str(decision), *(None,) * 6


def write_why(trace: Trace, stream: TextIO, moment: Moment | None = None) -> None:
    """Write it for people."""
    write_page(_blocks(trace, moment), stream)


def _blocks(trace: Trace, moment: Moment | None) -> Iterator[Any]:
    numbers = {heard.claim.claim: n for n, heard in enumerate(trace.why.heard, 1)}
    yield _title(trace)
    if moment:
        yield text(f"{_ANSWERS[moment.answer]} on {moment.day}", "magenta")
        if moment.values:
            grid = _grid(2)
            for name, value in moment.values.items():
                grid.add_row(text(f"  {name}", "dim"), text("none" if value is None else _shown(value)))
            yield grid
            yield text("Now")
    if trace.fact is None:
        yield text(_gone(trace.why), "yellow")
    yield from _values(trace, numbers)
    if trace.why.lost:
        yield Text("\nLost", style="bold")
        grid = _grid(4)
        for lost in trace.why.lost:
            grid.add_row(
                text(f"  {lost.name}", "dim"),
                text(_shown(lost.value)),
                _numbers([lost.claim], numbers),
                text(lost.reason),
            )
        yield grid
    if trace.why.heard:
        yield Text("\nClaims", style="bold")
        yield _claims(trace.why, numbers)
    for line in trace.elsewhere:
        yield text("")
        yield text(line, "yellow")
    if trace.decided:
        yield Text("\nDecided", style="bold")
        grid = _grid(3)
        for decision in trace.decided:
            grid.add_row(
                text(f"  {decision.kind}"), text(", ".join(decision.ids)), text(str(decision), "dim")
            )
        yield grid
    if trace.related:
        yield text("")
        yield text(f"{_related(trace)}: {', '.join(trace.related)}", "dim")


def _title(trace: Trace) -> Text:
    title = text(trace.id, "bold")
    if isinstance(trace.fact, Relation):
        start, end = (trace.names.get(key, key) for key in (trace.fact.start, trace.fact.end))
        title.append_text(text(f"   {start} · {trace.fact.type} · {end}", "dim"))
    elif isinstance(trace.fact, Entity):
        title.append_text(text(f"   {trace.fact.name} · {trace.fact.labels[-1]}", "dim"))
    return title


def _gone(why: Why) -> str:
    if any(heard.standing == "supports" for heard in why.heard):
        return "Not held: one of its ends is not there."
    return "Not held: every claim is denied or retracted."


def _values(trace: Trace, numbers: dict[str, int]) -> Iterator[Any]:
    if not trace.why.values:
        if isinstance(trace.fact, Relation) and not trace.why.heard:
            held = {name: value for name, value in trace.fact.properties.items() if name != "datasets"}
            grid = _grid(2)
            for name, value in held.items():
                grid.add_row(text(f"  {name}", "dim"), text(_shown(value)))
            yield grid
        return
    grid = _grid(3)
    for value in trace.why.values:
        origin = _numbers(value.claims, numbers) if value.claims else text(value.how)
        if value.claims and value.how:
            origin.append_text(text(f" {value.how}", "dim"))
        grid.add_row(text(f"  {value.name}", "dim"), text(_shown(value.value)), origin)
    yield grid


def _claims(why: Why, numbers: dict[str, int]) -> Table:
    grid = _grid(3)
    for heard in why.heard:
        claim = heard.claim
        day = f", published by {claim.published}" if claim.published else ""
        where = f", {claim.locator}" if claim.locator else ""
        said = text(f"{claim.source_name}{where}{day}")
        lines = [said, text(f"{claim.claim} · {claim.source}", "dim")]
        if heard.standing != "supports":
            lines.append(text(heard.standing + (f": {heard.reason}" if heard.reason else ""), "yellow"))
        if claim.note:
            lines.append(text(claim.note))
        grid.add_row(text(f"  [{numbers[claim.claim]}]"), mark(claim.certainty), Text("\n").join(lines))
    return grid


def _related(trace: Trace) -> str:
    """What the related facts are to this one."""
    kind = trace.fact.type if isinstance(trace.fact, Relation) else ""
    if kind == "TALENT_FLOW":
        return f"Counted at each load. {count(len(trace.related), 'spell')} of people who were at both"
    return "Its departure" if kind == "EMPLOYED_AT" else "Its spell"


def _grid(columns: int) -> Table:
    grid = Table.grid(padding=(0, 2))
    for number in range(columns):
        grid.add_column(overflow="fold", no_wrap=number == 0)
    return grid


def _numbers(claims: Any, numbers: dict[str, int]) -> Text:
    return text(" ".join(f"[{numbers[claim.claim]}]" for claim in claims))


def _raw(value: Any) -> Any:
    """A value for a program; the bounds of a date that nobody states as the days between."""
    return "..".join(str(day or "") for day in value) if isinstance(value, tuple) else value


def _shown(value: Any) -> str:
    """A value as one line."""
    value = _raw(value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, float) and value.is_integer():
        return f"{int(value):,}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _claim(claim: Said) -> tuple[Any, ...]:
    return (
        claim.claim,
        claim.source,
        claim.certainty,
        claim.published,
        claim.locator or None,
        claim.note or None,
    )
