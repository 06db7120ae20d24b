"""What was counted and what was not, and by which rule: the account behind every number of moves."""

from dataclasses import dataclass
from typing import Final

from kb.analysis.careers import careers
from kb.resolve import Snapshot
from kb.resolve.bodies import LEVELS, LINEAGES
from kb.resolve.careers import OUTCOMES, REASONS


@dataclass(frozen=True)
class Explained:
    """One line of the account: `what` is counted (spells, pairs, departures, moves), by which `rule`."""

    what: str
    rule: str
    count: int
    meaning: str


_NOTES: Final = {
    "overlapping": ("latest < left_earliest", "the next spell surely began before the one before ended"),
    "one_end": ("one", "one of the two spells has only one known end, and stands there"),
    "undated": ("earliest IS NULL AND latest IS NULL", "nothing is known of when it happened"),
    "returned": ("back", "into an organization where the person had been before"),
}


def explain(
    snapshot: Snapshot,
    *,
    level: str = LEVELS[0],
    lineage: str = LINEAGES[0],
    include_rumoured: bool = False,
) -> list[Explained]:
    """Every spell, pair of spells and departure, by what became of it; counts of a kind add up to its whole.

    Spells: `placed` and each of REASONS. Pairs: spells that follow each other in a career. Departures: past
    ones that name a destination. Moves: how many have a trait that a reader should know.

    >>> for line in explain(Snapshot.from_seeds("meta-ai-2025"))[:3]:
    ...     print(line.count, line.what, line.rule)
    15 spells placed
    0 spells other_kind
    3 spells planned
    """
    found = careers(snapshot, level=level, lineage=lineage, include_rumoured=include_rumoured)
    lines = [Explained("spells", "placed", found.placed, "have their place in a career")]
    for reason, meaning in REASONS.items():
        lines.append(Explained("spells", reason, getattr(found.excluded, reason), meaning))
    for what, pairs in (("pairs", found.by_dates), ("departures", found.stated)):
        for outcome, meaning in OUTCOMES.items():
            if (outcome == "overruled") <= (what == "pairs") and (
                not outcome.startswith("no_") or what == "departures"
            ):
                lines.append(Explained(what, outcome, getattr(pairs, outcome), meaning))
    one = f"""(from_spell IN ({_one_ended(found.spells)}) OR to_spell IN ({_one_ended(found.spells)}))"""
    back = f"""EXISTS (FROM {found.moves} b WHERE b.person = m.person AND b.from_id = m.to_id
        AND b.from_spell <> m.from_spell AND b.earliest <= m.earliest)"""
    rules = {"one": one, "back": back}
    counts = ", ".join(f"count(*) FILTER ({rules.get(rule, rule)})" for rule, _ in _NOTES.values())
    ((total, *numbers),) = snapshot.execute(f"SELECT count(*), {counts} FROM {found.moves} m")
    lines.append(Explained("moves", "all", total, "by dates and by stated departures"))
    for (rule, (_, meaning)), number in zip(_NOTES.items(), numbers, strict=True):
        lines.append(Explained("moves", rule, number, meaning))
    return lines


def _one_ended(spells: str) -> str:
    return f"SELECT id FROM {spells} WHERE (began IS NULL) <> (ended IS NULL)"
