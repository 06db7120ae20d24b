"""What an employer counts as: a team as its organization, an old name as the organization that it names."""

from collections.abc import Mapping
from typing import Final

from kb.errors import KbError
from kb.resolve.snapshot import Snapshot

LEVELS: Final = ("organization", "team")
LINEAGES: Final = ("point-in-time", "pro-forma")
_BECAME: Final = {"point-in-time": ("renamed",), "pro-forma": ("renamed", "acquired", "merged")}
_BELONGS: Final = ("division", "subsidiary")


def make_bodies(snapshot: Snapshot, bodies: str, *, level: str, lineage: str) -> None:
    """Make the tables `bodies` (id, organization, body) and `part` (part, whole) in a snapshot.

    `bodies` has the employers that count as something else. At the level of organizations a team counts as
    the organization that it belongs to. An organization and its later names are one `body`. With `pro-forma`
    lineage what was renamed, acquired or merged counts as what it is now.
    Raises: KbError for a level or a lineage that there is not.
    """
    for word, value, words in (("level", level, LEVELS), ("lineage", lineage, LINEAGES)):
        if value not in words:
            raise KbError(f"no {word} `{value}`", hint=f"There are {' and '.join(words)}")
    ties = snapshot.execute(
        f"""SELECT p.from_id, p.to_id, p.how, o.kind = 'team' FROM {snapshot.name("PART_OF")} p
        LEFT JOIN {snapshot.name("Organization")} o ON o.id = p.from_id
        WHERE p.certainty IS DISTINCT FROM 'rumoured' ORDER BY p.id DESC"""
    )
    became = {a: b for a, b, how, _ in ties if how in _BECAME["point-in-time"]}
    counted = {a: b for a, b, how, _ in ties if lineage == "pro-forma" and how in _BECAME[lineage]}
    if level == "organization":
        counted |= {a: b for a, b, how, team in ties if team and how in _BELONGS}
    within = {a: b for a, b, how, _ in ties if level == "organization" and how in _BELONGS}
    known = sorted({key for a, b, *_ in ties for key in (a, b)})
    rows = [(key, shown := _last(counted, key), _last(became, shown)) for key in known]
    body = {key: rank for key, _, rank in rows}
    parts = {(body[a], body[b]) for a in known for b in _chain(within, a)[1:] if body[a] != body[b]}
    snapshot.execute(f"CREATE TABLE {snapshot.name(bodies)} (id VARCHAR, organization VARCHAR, body VARCHAR)")
    snapshot.insert(bodies, ("id", "organization", "body"), rows)
    snapshot.execute(f"CREATE TABLE {snapshot.name('part')} (part VARCHAR, whole VARCHAR)")
    snapshot.insert("part", ("part", "whole"), sorted(parts))


def _chain(steps: Mapping[str, str], key: str) -> list[str]:
    """Where the steps lead from a key, the key first; a circle is followed once."""
    chain = [key]
    while (key := steps.get(key, key)) not in chain:
        chain.append(key)
    return chain


def _last(steps: Mapping[str, str], key: str) -> str:
    """Where the steps end. Of the names in a circle the first in the alphabet stands for all."""
    chain = _chain(steps, key)
    again = steps.get(chain[-1])
    return chain[-1] if again is None else min(chain[chain.index(again) :])
