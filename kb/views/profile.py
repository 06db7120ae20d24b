"""A profile: who or what a node is, and its facts in sections, those of a person in time order."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, TextIO

from kb.ontology import NODES, PHASES
from kb.resolve import Entity, Relation
from kb.store.look import Profile
from kb.views.page import Facts, Line, Section, count, pairs, text, write_page
from kb.views.sentence import figure, partial, what, when

COLUMNS: Final = ("kind", "id", "what", "when", "certainty", "phase")
_NO_PHASE: Final = (None, *PHASES)
# Title, type of the edges, whether they go out from the node, phases.
_SECTIONS: Final[Sequence[tuple[str, str, bool, Sequence[str | None]]]] = (
    ("Led by", "LEADS", False, _NO_PHASE),
    ("People now", "EMPLOYED_AT", False, ("current",)),
    ("People to come", "EMPLOYED_AT", False, ("planned",)),
    ("People before", "EMPLOYED_AT", False, ("past", None)),
    ("Departures", "DEPARTED", False, _NO_PHASE),
    ("Members", "MEMBER_OF", False, _NO_PHASE),
    ("Students", "STUDIED_AT", False, _NO_PHASE),
    ("Part of", "PART_OF", True, _NO_PHASE),
    ("Parts", "PART_OF", False, _NO_PHASE),
    ("Partners", "PARTNER_OF", True, _NO_PHASE),
    ("Partners", "PARTNER_OF", False, _NO_PHASE),
    ("Projects", "DEVELOPS", True, _NO_PHASE),
    ("Developed by", "DEVELOPS", False, _NO_PHASE),
    ("Contributors", "WORKED_ON", False, _NO_PHASE),
    ("Held by", "HELD_ROLE", False, _NO_PHASE),
    ("Moves to others", "TALENT_FLOW", True, _NO_PHASE),
    ("Moves from others", "TALENT_FLOW", False, _NO_PHASE),
    ("From", "FROM_SOURCE", True, _NO_PHASE),
    ("About", "ABOUT", True, _NO_PHASE),
    ("Figures", "ABOUT", False, _NO_PHASE),
    ("Involved", "INVOLVES", True, _NO_PHASE),
    ("Events", "INVOLVES", False, _NO_PHASE),
)
_CAREER: Final = ("DEPARTED", "STUDIED_AT", "EMPLOYED_AT", "HELD_ROLE", "LEADS", "MEMBER_OF", "WORKED_ON")
# Of what begins or happens on the same day, who leaves comes first.
_RANKS: Final = {kind: n for n, kind in enumerate(_CAREER)}
_SKIPPED: Final = ("id", "claims", "datasets", "content", "value", "lower", "upper", "unit", "qualifier")
_CITED: Final = 5
Place = tuple[int, date, int, str, int, str]


def columns(*, as_of: bool = False) -> tuple[str, ...]:
    """Names of what `rows` gives."""
    return (*COLUMNS, "as_of") if as_of else COLUMNS


def rows(profile: Profile, *, as_of: bool = False) -> Iterator[tuple[Any, ...]]:
    """Each property of the node, then each fact; with `as_of` also whether it holds at the day."""
    width = len(columns(as_of=as_of))
    for name, value in _about(profile.entity):
        yield (name, profile.entity.id, value, None, None, None, None)[:width]
    for section in sections(profile):
        for line in section.lines:
            when = line.when or None
            yield (line.kind, line.id, line.what, when, line.certainty, line.phase, line.as_of)[:width]


def sections(profile: Profile) -> list[Section]:
    """The facts of a profile, under their titles."""
    found = _timeline(profile) if profile.entity.labels[0] == "Person" else []
    lines: dict[str, list[tuple[Place, Line]]] = {}
    for title, kind, outward, phases in _SECTIONS:
        for relation in profile.relations:
            goes_out = relation.start == profile.entity.id
            if (relation.type, goes_out) == (kind, outward) and relation.properties.get("phase") in phases:
                placed = (_place(relation, profile), _line(relation, profile))
                lines.setdefault(title, []).append(placed)
    return found + [
        Section(title, [line for _, line in sorted(placed, key=lambda pair: pair[0])])
        for title, placed in lines.items()
    ]


def write_profile(
    profile: Profile, stream: TextIO, *, limit: int | None = None, as_of: date | None = None
) -> tuple[int, bool]:
    """Write a profile for people; say how many facts it shows, and whether there are more.

    `as_of` is the day that the profile tells of, if that is another than today.
    """
    entity = profile.entity
    title = text(entity.name, "bold")
    if other := entity.properties.get("name_zh"):
        title.append_text(text(f"  {other}"))
    title.append_text(text(f"   {entity.id} · {entity.labels[-1]}", "dim"))
    about = [pair for pair in _about(entity) if pair[0] not in ("name", "name_zh")]
    found = sections(profile)
    if as_of is not None:
        then = {"People now": f"People on {as_of}"}
        found = [Section(then.get(section.title, section.title), section.lines) for section in found]
    total = sum(len(section.lines) for section in found)
    shown = _first(found, limit)
    blocks: list[Any] = [title]
    if about:
        blocks.append(pairs((name.replace("_", " "), value) for name, value in about))
    if shown:
        blocks += [text(""), Facts(shown)]
    blocks += _foot(profile, shown)
    write_page(blocks, stream)
    number = sum(len(section.lines) for section in shown)
    return number, number < total


def _first(found: Sequence[Section], limit: int | None) -> list[Section]:
    """The sections with no more than so many lines in all."""
    left, shown = limit, []
    for section in found:
        lines = section.lines if left is None else section.lines[:left]
        if lines:
            shown.append(Section(section.title, lines))
        left = None if left is None else left - len(lines)
    return shown


def _foot(profile: Profile, shown: Sequence[Section]) -> Iterator[Any]:
    """What the profile rests on, and how to go on."""
    if profile.cited and profile.entity.labels[0] != "Claim":
        claims = count(sum(cited.claims for cited in profile.cited), "claim")
        yield text("")
        if profile.entity.labels[0] == "Source":
            yield text(claims)
            return
        names = [f"{cited.name} ({cited.id})" for cited in profile.cited[:_CITED]]
        more = len(profile.cited) - len(names)
        names += [f"and {more:,} more"] if more else []
        yield text(f"{claims} from {count(len(profile.cited), 'source')}: {'; '.join(names)}")
    if profile.entity.labels[0] not in ("Source", "Dataset"):
        example = shown[0].lines[0].id if shown else profile.entity.id
        if profile.entity.labels[0] == "Claim":
            example = str(profile.entity.properties.get("fact") or profile.entity.id)
        yield text(f"What a fact rests on: kb why {example}", "dim")


def _about(entity: Entity) -> Iterator[tuple[str, str]]:
    """The node's own properties, as names and text."""
    known, told = entity.properties, set()
    if entity.labels[0] == "Statistic":
        yield "figure", figure(known)
    for prop in NODES[entity.labels[0]].props:
        name = prop.part or prop.name
        if name in told or prop.name in _SKIPPED:
            continue
        told.add(name)
        value = partial(known, name) if prop.part else known.get(name)
        if value not in (None, "", []) and not (name == "title" and value == entity.name):
            yield name, ", ".join(map(str, value)) if isinstance(value, list) else _plain(value)
    if entity.labels[0] == "Claim":
        for name, value in _stated(known):
            yield f"stated {name}", _plain(value)


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _stated(claim: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a claim states, dates by their text alone."""
    stated = json.loads(claim.get("content") or "{}").get("stated", {})
    for name, value in sorted(stated.items()):
        if not name.endswith(("_earliest", "_latest")):
            yield name, ", ".join(value) if isinstance(value, list) else value


def _line(relation: Relation, profile: Profile) -> Line:
    """A fact in words, from the node's side."""
    outward = relation.start == profile.entity.id
    key = relation.end if outward else relation.start
    other = profile.others.get(key) or Entity(key, (), {})
    words = what(relation, outward=outward, name=profile.name, other=other)
    known = relation.properties
    if relation.type in ("INVOLVES", "ABOUT") and not outward:
        # What happened, or the figure, is the fact to go on from; not that this node has a part in it.
        kind = other.labels[0].lower() if other.labels else relation.type.lower()
        return Line(
            kind, key, words, when(other.properties), known.get("certainty"), None, known.get("as_of")
        )
    return Line(
        relation.type.lower(),
        relation.id,
        words,
        when(known),
        known.get("certainty"),
        known.get("phase"),
        known.get("as_of"),
    )


def _timeline(profile: Profile) -> list[Section]:
    """A person's career in time order; what is past and has no date at all stands apart."""
    career = [each for each in profile.relations if each.type in _CAREER and each.start == profile.entity.id]
    placed = sorted((_place(relation, profile), relation) for relation in career)
    dated = [_line(relation, profile) for place, relation in placed if place[1] != date.min]
    undated = [_line(relation, profile) for place, relation in placed if place[1] == date.min]
    found = (Section("Timeline", dated), Section("No date given", undated))
    return [section for section in found if section.lines]


def _place(relation: Relation, profile: Profile) -> Place:
    """Where a fact stands in time: what is planned comes last, what is past without a date first.

    By the latest day of its start, else of its end: who was somewhere until April comes before who starts in
    April. A departure comes before a spell of the same day, but after its own; a role after its spell.
    """
    known = relation.properties
    spell = profile.by_id.get(known.get("spell") or "")
    rank, anchor, step = _RANKS.get(relation.type, len(_RANKS)), relation.id, 0
    planned = int(known.get("phase") == "planned")
    other = profile.others.get(relation.start if relation.start != profile.entity.id else relation.end)
    dates = other.properties if other and relation.type == "INVOLVES" else known
    day = _day(dates)
    if day is None:
        day = {"planned": date.max, "current": known.get("known_from") or date.max}.get(
            str(known.get("phase")), date.min
        )
    if spell is None:
        return planned, day, rank, anchor, step, relation.id
    own = _place(spell, profile)
    if relation.type == "HELD_ROLE":
        return *own[:4], 1, relation.id
    if (planned, day) <= own[:2]:
        return *own[:4], 2, relation.id
    return planned, day, 0, anchor, step, relation.id


def _day(properties: Mapping[str, Any]) -> date | None:
    names = [f"{name}_{bound}" for name in ("date", "start", "end") for bound in ("latest", "earliest")]
    days = [properties.get(name) for name in (*names, "first")]
    return next((day for day in days if isinstance(day, date)), None)
