"""Which ids mean one entity: decisions followed along their chains, and refused where they contradict.

Of the ids that are the same, one survives: the one that a decision keeps; else a global id before one under a
dataset (`openai` before `aiwatch/openai`), then the first in the alphabet.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise
from typing import Final

from kb.errors import KbError

_HINT: Final = "Take one of the two decisions out"


@dataclass(frozen=True)
class Decided:
    """A decision that ids are the same, or that no two of them are."""

    id: str
    same: bool
    ids: tuple[str, ...]
    when: date
    keep: str | None = None
    place: str = ""


@dataclass(frozen=True)
class Survivor:
    """What an absorbed id is now, and since when."""

    id: str
    since: date


def survivors(decisions: Iterable[Decided]) -> Mapping[str, Survivor]:
    """For each absorbed id the one that survives; ids that no decision touches are not there.

    Raises: KbError if a chain of decisions makes ids the same that another decision tells apart, with the
    chain; or if two decisions keep different ids of one entity.

    >>> day = date(2025, 11, 3)
    >>> one = Decided("a/1", True, ("x/bob", "robert"), day)
    >>> two = Decided("a/2", True, ("bob", "x/bob"), day)
    >>> {key: to.id for key, to in sorted(survivors([one, two]).items())}
    {'robert': 'bob', 'x/bob': 'bob'}
    """
    ordered = sorted(decisions, key=lambda each: (each.when, each.id))
    same = [each for each in ordered if each.same]
    groups = _groups(same)
    _refuse_contradictions(ordered, same, groups)
    kept = _kept(same, groups)
    found: dict[str, Survivor] = {}
    for group in {id(group): group for group in groups.values()}.values():
        canonical = kept.get(id(group)) or min(group, key=lambda key: ("/" in key, key))
        for key, since in _since(canonical, [each for each in same if each.ids[0] in group]).items():
            found[key] = Survivor(canonical, since)
    return found


def _groups(same: Iterable[Decided]) -> dict[str, list[str]]:
    """For each id the list of all ids that mean the same, one list for all of them."""
    groups: dict[str, list[str]] = {}
    for each in same:
        for key in each.ids:
            groups.setdefault(key, [key])
        for one, other in pairwise(each.ids):
            small, large = sorted((groups[one], groups[other]), key=len)
            if small is not large:
                large.extend(small)
                groups.update(dict.fromkeys(small, large))
    return groups


def _kept(same: Iterable[Decided], groups: Mapping[str, list[str]]) -> dict[int, str]:
    """The id that decisions keep, by the group's identity."""
    kept: dict[int, Decided] = {}
    for each in same:
        if each.keep is None:
            continue
        before = kept.setdefault(id(groups[each.keep]), each)
        if before.keep != each.keep:
            what = (
                f"`{before.keep}` and `{each.keep}` are the same, and each of {before.id} and {each.id} "
                "keeps another of them"
            )
            raise KbError(what, where=each.place, hint=_HINT)
    return {group: str(each.keep) for group, each in kept.items()}


def _since(canonical: str, same: Iterable[Decided]) -> dict[str, date]:
    """For each other id of a group the day from which decisions, in their order, tie it to the survivor."""
    parts: dict[str, set[str]] = {}
    since: dict[str, date] = {}
    for each in same:
        joined = set().union(*(parts.get(key, {key}) for key in each.ids))
        if canonical in joined:
            for key in joined - {canonical}:
                since.setdefault(key, each.when)
        parts.update(dict.fromkeys(joined, joined))
    return since


def _refuse_contradictions(
    ordered: Iterable[Decided], same: Sequence[Decided], groups: Mapping[str, list[str]]
) -> None:
    for each in ordered:
        if each.same:
            continue
        for one, other in combinations(each.ids, 2):
            if one in groups and groups[one] is groups.get(other):
                what = (
                    f"{each.id} says that `{one}` and `{other}` are different, but they are the same: "
                    f"{chain(one, other, same)}"
                )
                raise KbError(what, where=each.place, hint=_HINT)


def chain(one: str, other: str, same: Iterable[Decided]) -> str:
    """The shortest chain of decisions from one id to another, as a line."""
    near: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for each in same:
        for key in each.ids:
            near[key] += [(to, each.id) for to in each.ids if to != key]
    before: dict[str, tuple[str, str]] = {one: ("", "")}
    queue = deque([one])
    while queue:
        key = queue.popleft()
        for to, decision in sorted(near[key]):
            if to not in before:
                before[to] = key, decision
                queue.append(to)
    steps: list[str] = []
    key = other
    while key != one:
        key, decision = before[key]
        steps.append(f"`{key}` = `{(steps and steps[-1].split('`')[1]) or other}` ({decision})")
    return ", ".join(reversed(steps))
