"""Facts whose claims disagree: which value won, which lost, and by which rule; all of them, by SQL."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from kb.ledger.ledger import Ledger, Tables, quoted, stated
from kb.ontology import Edge, Node
from kb.resolve.decisions import apply_decisions
from kb.resolve.facts import LATEST, SUREST, support
from kb.resolve.keys import assign_keys, live_claims

_LOST: Final = ("sure", "published", "source", "claim")
_RULES: Final = {
    "sure": "higher certainty",
    "published": "later publication",
    "source": "first source by id",
    "claim": "first claim by id",
}
DENIAL: Final = "denial"


@dataclass(frozen=True)
class Conflict:
    """A value that lost against another one of the same property, and the rule that decided.

    `property` is `denial` where one claim denies the whole fact: then the values are asserts and denies.
    """

    fact: str
    property: str
    held: Any
    held_claim: str
    held_source: str
    lost: Any
    lost_claim: str
    lost_source: str
    rule: str


def conflicts(ledger: Ledger, known_at: date | None = None) -> list[Conflict]:
    """Every value that a live claim states and another one outranks, by fact, property and claim.

    Left out: lists, which are joined; claims that are denied or retracted; what was worked out.
    Raises: as `kb.resolve.resolve`.
    """
    work = Tables(ledger.connection)
    apply_decisions(ledger, work, known_at)
    live_claims(ledger, work, known_at)
    kinds = ledger.stated
    assign_keys(work, kinds)
    found: list[Conflict] = []
    for kind in kinds:
        support(work, kind)
        found += _denials(work, kind)
        several = work.name("disputed")
        work.execute(
            f"""CREATE OR REPLACE TABLE {several} AS
            SELECT *, count(*) OVER (PARTITION BY fact) AS n FROM {work.name("support_" + kind.table)}
            QUALIFY n > 1"""
        )
        for prop in stated(kind):
            if prop.type != "list" and not (prop.part and not prop.name.endswith("_text")):
                found += _property(work, several, prop.part or prop.name, prop.name)
    work.drop()
    return sorted(found, key=lambda each: (each.fact, each.property, each.lost_claim))


def _property(work: Tables, several: str, name: str, column: str) -> Iterator[Conflict]:
    order = LATEST if column == "phase" else SUREST
    keys = ("published", "sure", *_LOST[2:]) if column == "phase" else _LOST
    rule = " ".join(f"WHEN l.{key} <> w.{key} THEN '{_RULES[key]}'" for key in keys)
    rows = work.execute(
        f"""WITH said AS (
            SELECT fact, {quoted(column)} AS value, claim, source, sure, published,
                row_number() OVER (PARTITION BY fact ORDER BY {order}) AS rank
            FROM {several} WHERE {quoted(column)} IS NOT NULL)
        SELECT w.fact, w.value, w.claim, w.source, l.value, l.claim, l.source, CASE {rule} END
        FROM said w JOIN said l ON l.fact = w.fact AND w.rank = 1 AND l.value <> w.value"""
    )
    for fact, held, claim, source, lost, other, from_, by in rows:
        yield Conflict(fact, name, held, claim, source, lost, other, from_, by)


def _denials(work: Tables, kind: Node | Edge) -> Iterator[Conflict]:
    """Assertions against the weightiest denial: it wins if it is as sure and no earlier."""
    rows = work.execute(
        f"""WITH d AS (
            SELECT * FROM {work.name("keyed_" + kind.table)} WHERE polarity = 'denies'
            QUALIFY row_number() OVER (PARTITION BY fact ORDER BY {SUREST}) = 1)
        SELECT a.fact, (d.sure, d.published) >= (a.sure, a.published), a.claim, a.source, d.claim, d.source,
            CASE WHEN a.sure <> d.sure THEN 'higher certainty' WHEN a.published <> d.published
                THEN 'later publication' ELSE 'a denial, where all else is equal' END
        FROM {work.name("keyed_" + kind.table)} a JOIN d ON d.fact = a.fact AND a.polarity = 'asserts'"""
    )
    for fact, denied, claim, source, other, from_, rule in rows:
        sides = (("denies", other, from_), ("asserts", claim, source))
        held, lost = sides if denied else sides[::-1]
        yield Conflict(fact, DENIAL, *held, *lost, rule)
