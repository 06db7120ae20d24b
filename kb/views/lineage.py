"""Lineage for people and programs: what an organization became and belongs to, and what may be one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TextIO

from kb.resolve import Snapshot
from kb.resolve.lineage import Lineage, Tie
from kb.views.measures import called
from kb.views.page import Facts, Line, Section, text, write_page

COLUMNS: Final = (
    *("relation", "fact", "organization", "how", "other"),
    *("since", "until", "certainty", "counts_as"),
)
SUGGESTED: Final = (
    *("origin", "origin_name", "destination", "destination_name", "score", "people", "leavers", "share"),
    *("together", "exact", "first", "back", "alike"),
)
_TITLES: Final = {"before": "Before", "after": "After", "parts": "Parts", "wholes": "Part of"}


def rows(found: Lineage) -> Iterator[tuple[Any, ...]]:
    """Each tie under COLUMNS, with what the organization counts as."""
    for relation in _TITLES:
        for tie in getattr(found, relation):
            yield (
                *(relation.removesuffix("s"), tie.id, tie.organization, tie.how, tie.other),
                *(tie.since_text, tie.until_text, tie.certainty, found.counts_as),
            )


def write_lineage(found: Lineage, snapshot: Snapshot, stream: TextIO) -> None:
    """Write it for people, a section for each direction."""
    names = _names(found, snapshot)
    name = names[found.organization]
    title = text(name, "bold")
    title.append_text(text(f"   {found.organization}", "dim"))
    blocks: list[Any] = [title]
    if found.counts_as != found.organization:
        blocks.append(text(f"Counts as {names[found.counts_as]} ({found.counts_as})", "magenta"))
    sections = [
        Section(title, [_line(tie, names) for tie in getattr(found, relation)])
        for relation, title in _TITLES.items()
        if getattr(found, relation)
    ]
    blocks.append(Facts(sections) if sections else text("Nothing is known of other names, owners or parts"))
    write_page(blocks, stream)


def suggested(found: Sequence[Any], *, form: str) -> tuple[list[str], list[list[Any]]]:
    """Columns and rows of `kb.analysis.Suggestion`: those of SUGGESTED, in a table with names for ids."""
    labels = called(
        pair
        for each in found
        for pair in ((each.origin, each.origin_name), (each.destination, each.destination_name))
    )
    left_out = ("origin_name", "destination_name") if form == "table" else ()
    columns = [name for name in SUGGESTED if name not in left_out]
    rows = []
    for each in found:
        values = {"share": round(each.share, 3)}
        if form == "table":
            values |= {side: labels[getattr(each, side)] for side in ("origin", "destination")}
        rows.append([values.get(name, getattr(each, name)) for name in columns])
    return columns, rows


def _line(tie: Tie, names: Mapping[str, str]) -> Line:
    days = [day or "" for day in (tie.since_text, tie.until_text)]
    when = " – ".join(days) if all(days) else days[0] or (f"until {days[1]}" if days[1] else "")
    what = f"{names[tie.organization]} {tie.how} {names[tie.other]}"
    return Line("part_of", tie.id, what, when, tie.certainty)


def _names(found: Lineage, snapshot: Snapshot) -> dict[str, str]:
    every: Sequence[Tie] = (*found.before, *found.after, *found.parts, *found.wholes)
    keys = {
        found.organization,
        found.counts_as,
        *(key for tie in every for key in (tie.organization, tie.other)),
    }
    names = {node.id: node.name for node in snapshot.nodes("Organization", ids=sorted(keys))}
    return {key: names.get(key, key) for key in keys}
