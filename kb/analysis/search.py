"""A search for the best chains of contacts, the fewest hops first, then the earliest: layer by layer in
SQL."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from kb.analysis.evidence import literal
from kb.errors import KbError
from kb.ledger.ledger import Tables
from kb.resolve import Snapshot

# Chains that are followed on at each node and number of hops, the earliest first. The best chain needs one; a
# later one could be missed if more than so many meet in one node.
BEAM: Final = 200
MOST_HOPS: Final = 8
_STEP: Final = ("from_spell", "to_spell", "who", "at", "earliest", "latest", "certainty")


@dataclass(frozen=True)
class Step:
    """The contact that a hop of a chain uses."""

    from_spell: str
    to_spell: str
    who: str | None
    at: str | None
    earliest: date | None
    latest: date | None
    certainty: str


@dataclass(frozen=True)
class Chain:
    """Nodes, the steps between them, and the day by which all steps can be taken, None if no date bounds
    it."""

    nodes: tuple[str, ...]
    steps: tuple[Step, ...]
    arrival: date | None

    @property
    def surely_in_order(self) -> bool:
        """Whether each step surely comes no later than the next."""
        return all(
            a.to_spell == b.from_spell  # a career has its order, dated or not
            or (a.latest is not None and b.earliest is not None and a.latest <= b.earliest)
            for a, b in zip(self.steps, self.steps[1:], strict=False)
        )


def search(
    snapshot: Snapshot,
    contacts: str,
    start: str,
    target: str,
    *,
    follows: str,
    best: int,
    hops: int,
    alone: bool = False,
) -> list[Chain]:
    """The `best` chains from start to target that differ in their nodes, of at most `hops` hops.

    `contacts` is SQL with the columns `a`, `b`, `since` and those of a step; `follows` says in SQL whether a
    contact `c` can follow a label `l` that has an `arrival`. A chain arrives at the latest `since` of its
    contacts; of several contacts between two nodes, the one that arrives first is taken. That is enough: what
    can follow a later arrival can follow an earlier one. With `alone` all steps have the same `who`.
    """
    if start == target:
        raise KbError(f"a path from `{start}` to itself is none", hint="Name two")
    if not 1 <= hops <= MOST_HOPS or best < 1:
        raise KbError(f"no {best} paths of up to {hops} hops", hint=f"Ask for 1 to {MOST_HOPS} hops")
    work, found = Tables(snapshot.connection), list[Chain]()
    begin, end = (literal(key) for key in (start, target))
    work.execute(
        f"""CREATE TABLE {work.name("label0")} AS SELECT [{begin}] AS path, {begin} AS node,
            '-infinity'::DATE AS arrival, NULL::VARCHAR AS who, NULL AS steps"""
    )
    try:
        for hop in range(1, hops + 1):
            label = work.name(f"label{hop - 1}")
            found += _complete(
                work, _grown(label, contacts, f"{follows} AND c.b = {end}", alone), best - len(found)
            )
            if len(found) >= best or hop == hops:
                break
            work.execute(
                f"""CREATE TABLE {work.name(f"label{hop}")} AS
                FROM ({_grown(label, contacts, f"{follows} AND c.b <> {end}", alone)})
                QUALIFY row_number() OVER (PARTITION BY node ORDER BY arrival, path, who) <= {BEAM}"""
            )
        return found
    finally:
        work.drop()


def _grown(label: str, contacts: str, condition: str, alone: bool) -> str:
    """Labels with one hop more, of each path the one that arrives first; each of its people, if alone."""
    step = ", ".join(f"'{name}': c.{name}" for name in _STEP)
    return f"""SELECT list_append(l.path, c.b) AS path, c.b AS node, greatest(l.arrival, c.since) AS arrival,
            c.who, list_append(l.steps, {{{step}}}) AS steps
        FROM {label} l JOIN ({contacts}) c ON c.a = l.node
        WHERE NOT list_contains(l.path, c.b) AND {condition}
        QUALIFY row_number() OVER (PARTITION BY l.path, c.b {", c.who" if alone else ""}
            ORDER BY greatest(l.arrival, c.since), c.latest, c.from_spell, c.to_spell) = 1"""


def _complete(work: Tables, grown: str, wanted: int) -> list[Chain]:
    rows = work.execute(
        f"""SELECT path, steps, CASE WHEN isfinite(arrival) THEN arrival END FROM ({grown})
        QUALIFY row_number() OVER (PARTITION BY path ORDER BY arrival, who) = 1
        ORDER BY arrival, path LIMIT {int(wanted)}"""
    )
    return [
        Chain(tuple(path), tuple(Step(**step) for step in steps), arrival) for path, steps, arrival in rows
    ]
