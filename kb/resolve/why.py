"""Why a fact says what it says: for each property the claim that it comes from, and why others lost.

The ranking is that of `kb.resolve.facts`, told for one fact with its claims at hand; a test holds the two
against each other.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from kb.ledger.ledger import stated
from kb.ontology import CERTAINTIES, EDGES, NODES, Edge, Node, Prop
from kb.resolve.judged import Decisions

Standing = Literal["supports", "denies", "denied", "retracted"]

BY_DEPARTURE: Final = "from the departure"
DERIVED: Final = "worked out from the end and the stated length"
BY_DEFAULT: Final = "no claim states it"
NOT_HELD: Final = "no such organization is held"
BY_HAND: Final = "added by hand: no claim states it"
UNHEARD: Final = "from a claim that the graph keeps the id of, and no more"
ALTERED: Final = "not what its claims say: changed by hand, or a load was cut off"
_NONE: Final = Decisions()
_SURE: Final = tuple(reversed(CERTAINTIES))


@dataclass(frozen=True)
class Said:
    """A claim, with what the ranking needs of its source, and the properties that it states."""

    claim: str
    source: str
    source_name: str
    published: date | None
    polarity: str
    certainty: str
    retracted: bool
    locator: str
    note: str
    stated: Mapping[str, Any]
    subject: str = ""  # the id that it came with
    taken_back: str = ""  # by whom, when and why

    @property
    def weight(self) -> tuple[int, date]:
        """Certainty, then publication: what decides between a claim and a denial."""
        return _SURE.index(self.certainty), self.published or date.min


@dataclass(frozen=True)
class Value:
    """What a fact says of one property. `name` is that of a partial date for its three properties.

    `claims` states it, the deciding one first; it is empty if the value was worked out, as `how` then says.
    """

    name: str
    value: Any
    claims: tuple[Said, ...]
    how: str = ""


@dataclass(frozen=True)
class Lost:
    """A value that a claim states and that another one outranks."""

    name: str
    value: Any
    claim: Said
    reason: str


@dataclass(frozen=True)
class Heard:
    """A claim, and what it does for the fact."""

    claim: Said
    standing: Standing
    reason: str = ""


@dataclass(frozen=True)
class Why:
    """All that stands behind a fact: its values, the losing ones, and every claim that was heard."""

    values: tuple[Value, ...]
    lost: tuple[Lost, ...]
    heard: tuple[Heard, ...]


def said(claim: Mapping[str, Any], source: Mapping[str, Any], decisions: Decisions = _NONE) -> Said:
    """A claim from the properties of its node and of its source's node, with ids that survive."""
    content = json.loads(claim.get("content") or "{}")
    kind: Node | Edge | None = NODES.get(content.get("type")) or EDGES.get(content.get("type"))
    dates = {prop.name for prop in kind.props if prop.type == "date"} if kind else set()
    stated = {
        name: date.fromisoformat(value) if name in dates else value
        for name, value in content.get("stated", {}).items()
    }
    if "destination" in stated:
        stated["destination"] = decisions.survivor(str(stated["destination"]))
        if stated["destination"] == decisions.survivor(content.get("object") or ""):
            del stated["destination"]  # where one is already says nothing of where to
    return Said(
        subject=content.get("subject") or "",
        taken_back=str(decisions.retraction(claim["id"], source["id"]) or ""),
        claim=claim["id"],
        source=source["id"],
        source_name=source.get("name") or source["id"],
        published=source.get("published_latest"),
        polarity=claim.get("polarity") or "asserts",
        certainty=claim.get("certainty") or "reported",
        retracted=bool(claim.get("retracted")),
        locator=claim.get("locator") or "",
        note=claim.get("note") or "",
        stated=stated,
    )


def explain(
    kind: Node | Edge,
    claims: Iterable[Said],
    *,
    held: Mapping[str, Any] | None = None,
    departure: Mapping[str, Any] | None = None,
    unheard: bool = False,
    decisions: Decisions = _NONE,
) -> Why:
    """Tell where the values of a fact come from.

    `held` has the properties that the fact has; what its claims alone do not give is then told as worked out.
    `departure` has the properties of the departure that closes the fact, if it is a spell.
    `unheard` says that not all of its claims are at hand: what these do not give comes from the others.
    """
    heard = tuple(_hear(sorted(claims, key=lambda each: each.claim)))
    support = [each.claim for each in heard if each.standing == "supports"]
    values: list[Value] = []
    lost: list[Lost] = []
    for name, props in _properties(kind).items():
        ranked = _ranked(name, [each for each in support if _value(each.stated, props) is not None])
        value = _merged(ranked, props)
        if name == "aliases":
            value = _aliases(support, value)
        now = value if held is None else _value(held, props)
        how = _how(name, value, now, held or {}, departure or {}) if heard else BY_HAND
        if unheard and how in (BY_HAND, ALTERED):
            how = UNHEARD
        if how and ranked:
            reason = "the departure closes the spell" if how == BY_DEPARTURE else how
            lost += [Lost(name, _value(each.stated, props), each, reason) for each in ranked]
        elif ranked and props[0].type != "list":
            winner = ranked[0]
            lost += [
                Lost(name, _value(each.stated, props), each, _reason(name, winner, each))
                for each in ranked[1:]
                if _value(each.stated, props) != value
            ]
        agreed = () if how else tuple(each for each in ranked if _agrees(each, props, value))
        if name == "aliases" and not how and len({each.subject for each in support}) > 1:
            agreed = tuple(support)
        if now is not None:
            values.append(Value(name, now, agreed, how))
    values += _books(kind, support, decisions)
    return Why(tuple(values), tuple(lost), heard)


def _hear(claims: Sequence[Said]) -> Iterable[Heard]:
    """What each claim does. A denial outweighs what is no surer and no later; what was retracted is mute."""
    live = [claim for claim in claims if not claim.retracted]
    denials = [claim for claim in live if claim.polarity == "denies"]
    for claim in claims:
        if claim.retracted:
            yield Heard(claim, "retracted", claim.taken_back)
        elif claim.polarity == "denies":
            beaten = all(each.weight > claim.weight for each in live if each.polarity == "asserts")
            yield Heard(
                claim,
                "denies",
                "outweighed: what asserts it is surer, or as sure and later" if beaten else "",
            )
        else:
            against = max(denials, key=lambda each: each.weight, default=None)
            if against is not None and against.weight >= claim.weight:
                yield Heard(
                    claim, "denied", f"denied by {against.claim}, which is surer, or as sure and no earlier"
                )
            else:
                yield Heard(claim, "supports")


def _properties(kind: Node | Edge) -> dict[str, list[Prop]]:
    """The properties that a source may state; a partial date is one, with its text first."""
    found: dict[str, list[Prop]] = {}
    for prop in stated(kind):
        found.setdefault(prop.part or prop.name, []).append(prop)
    return {
        name: sorted(props, key=lambda prop: not prop.name.endswith("_text")) for name, props in found.items()
    }


def _value(properties: Mapping[str, Any], props: Sequence[Prop]) -> Any:
    """The value of a property; of a partial date its text, or its bounds where it was worked out."""
    if not props[0].part:
        value = properties.get(props[0].name)
        return value if value != [] else None
    text, *bounds = (properties.get(prop.name) for prop in props)
    if text is None and any(bounds):
        return tuple(bounds)
    return text


def _ranked(name: str, claims: Sequence[Said]) -> list[Said]:
    """Claims that state a property, the one that decides first."""
    later_first = name == "phase"

    def rank(claim: Said) -> tuple[tuple[int, int], str, str]:
        sure, published = claim.weight
        order = (-published.toordinal(), -sure) if later_first else (-sure, -published.toordinal())
        return order, claim.source, claim.claim

    return sorted(claims, key=rank)


def _merged(ranked: Sequence[Said], props: Sequence[Prop]) -> Any:
    if not ranked:
        return None
    if props[0].type == "list":
        return sorted({item for claim in ranked for item in claim.stated[props[0].name]})
    return _value(ranked[0].stated, props)


def _aliases(support: Sequence[Said], aliases: Any) -> Any:
    """The aliases of an entity; if its claims came with several ids, also the names that did not win."""
    if len({claim.subject for claim in support}) < 2:
        return aliases
    names, won = set(aliases or ()), set()
    for name in ("name", "name_zh"):
        ranked = _ranked(name, [claim for claim in support if claim.stated.get(name) is not None])
        names |= {claim.stated[name] for claim in ranked}
        won |= {claim.stated[name] for claim in ranked[:1]}
    return sorted(names - won) or None


def _agrees(claim: Said, props: Sequence[Prop], value: Any) -> bool:
    return props[0].type == "list" or _value(claim.stated, props) == value


def _reason(name: str, winner: Said, loser: Said) -> str:
    """The first thing in which a losing claim falls behind."""
    sure = loser.certainty != winner.certainty and f"{loser.certainty}, not {winner.certainty}"
    earlier = (
        loser.published != winner.published and f"published by {loser.published}, not {winner.published}"
    )
    first, second = (earlier, sure) if name == "phase" else (sure, earlier)
    if first or second:
        return str(first or second)
    if loser.source != winner.source:
        return f"its source comes after {winner.source} by id"
    return f"it comes after {winner.claim} by id"


def _how(name: str, merged: Any, now: Any, held: Mapping[str, Any], departure: Mapping[str, Any]) -> str:
    """How a value came about that the claims do not give; empty for one that they do."""
    if now == merged:
        return ""
    if name == "start" and held.get("start_derived"):
        return DERIVED
    if name == "kind" and merged is None and now == "other":
        return BY_DEFAULT
    if name == "destination" and now is None:
        return NOT_HELD
    if departure.get("phase") == "past" and departure.get("certainty") != "rumoured":
        if name == "phase" and now == "past":
            return BY_DEPARTURE
        if name == "end" and merged in (None, "..") and now == departure.get("date_text"):
            return BY_DEPARTURE
    return ALTERED


def _books(kind: Node | Edge, support: Sequence[Said], decisions: Decisions) -> Iterable[Value]:
    """How sure the fact is, and since when it is known: from the surest and from the earliest claim."""
    names = {prop.name for prop in kind.props}
    if support and "certainty" in names:
        surest = max(claim.weight[0] for claim in support)
        sources = {each.source for each in support if each.certainty != "rumoured"}
        called = decisions.independent(sources) if _SURE[surest] == "reported" else None
        if called:
            agreed = tuple(each for each in support if each.source in called.sources)
            yield Value("certainty", "confirmed", agreed, f"independent sources, {called}")
        else:
            yield Value(
                "certainty", _SURE[surest], tuple(each for each in support if each.weight[0] == surest)
            )
    if support and "known_from" in names:
        first = min(claim.weight[1] for claim in support)
        yield Value("known_from", first, tuple(each for each in support if each.weight[1] == first))
