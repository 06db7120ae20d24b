"""Decisions at work: the tables of a resolution that say which ids are one, and what is retracted.

A decision counts from its day on, so at an earlier known-at it has not been made. Claims keep the ids that
they came with: a decision that is taken out leaves no trace.
"""

from datetime import date
from typing import Final

from kb.errors import KbError
from kb.ledger.ledger import Ledger, Tables
from kb.ontology import ENTITIES
from kb.resolve.identity import Decided, survivors

RETRACTED: Final = """(c.retracted
    OR coalesce(c.claim IN (SELECT claim FROM {mute} WHERE claim IS NOT NULL), false)
    OR coalesce(c.source IN (SELECT source FROM {mute} WHERE source IS NOT NULL), false)) AS retracted"""


def has_merges(work: Tables) -> bool:
    """Whether any id is absorbed by another."""
    return bool(work.execute(f"SELECT 1 FROM {work.name('same')} LIMIT 1"))


def has_retractions(work: Tables) -> bool:
    """Whether any claim or source is retracted."""
    return bool(work.execute(f"SELECT 1 FROM {work.name('mute')} LIMIT 1"))


def apply_decisions(ledger: Ledger, work: Tables, known_at: date | None) -> None:
    """Make tables `decision` (those of that day), `same` (id, survivor, since) and `mute` (claim, source).

    Raises: KbError if decisions contradict each other, or make entities of two types the same.
    """
    then = f"WHERE when_latest <= DATE '{known_at.isoformat()}' OR kind = 'forget'" if known_at else ""
    decision = work.name("decision")
    work.execute(f"CREATE TABLE {decision} AS SELECT * FROM {ledger.name('Decision')} {then}")
    found = survivors(
        Decided(key, kind == "same", tuple(ids), when, keep, place or "")
        for key, kind, ids, when, keep, place in work.execute(
            f"""SELECT id, kind, ids, when_latest, keep, place FROM {decision}
            WHERE kind IN ('same', 'different') ORDER BY id"""
        )
    )
    work.execute(f"CREATE TABLE {work.name('same')} (id VARCHAR, survivor VARCHAR, since DATE)")
    rows = [[key, to.id, to.since] for key, to in sorted(found.items())]
    work.insert("same", ("id", "survivor", "since"), rows)
    if rows:
        _refuse_two_types(ledger, work)
    work.execute(
        f"""CREATE TABLE {work.name("mute")} AS
        SELECT claim, NULL AS source FROM {decision} WHERE kind = 'retract' AND claim IS NOT NULL
        UNION SELECT NULL, unnest(sources) FROM {decision} WHERE kind = 'retract'"""
    )


def _refuse_two_types(ledger: Ledger, work: Tables) -> None:
    """A person and an organization are not the same, whoever says so."""
    concerned = f"SELECT id FROM {work.name('same')} UNION SELECT survivor FROM {work.name('same')}"
    labels = " UNION ".join(
        f"SELECT subject AS id, '{node.label}' AS label FROM {ledger.name(node.table)} "
        f"WHERE subject IN ({concerned})"
        for node in ENTITIES
    )
    rows = work.execute(
        f"""SELECT survivor, list({{'id': id, 'label': label}} ORDER BY id, label) FROM (
            SELECT coalesce(s.survivor, l.id) AS survivor, l.id, l.label FROM ({labels}) l
            LEFT JOIN {work.name("same")} s ON s.id = l.id)
        GROUP BY survivor HAVING count(DISTINCT label) > 1 ORDER BY survivor LIMIT 1"""
    )
    for survivor, members in rows:
        what = " and ".join(f"`{each['id']}` is of type {each['label']}" for each in members)
        (decision, place) = work.execute(
            f"""SELECT id, place FROM {work.name("decision")} WHERE kind = 'same'
            ORDER BY list_has_any(ids, ?) DESC, id LIMIT 1""",
            [[survivor, *(each["id"] for each in members)]],
        )[0]
        raise KbError(
            f"{what}, so they cannot be the same, as {decision} says", where=place or "", hint="Take it out"
        )


def confirm(work: Tables, table: str, support: str) -> None:
    """Raise facts of a table from reported to confirmed where independent sources assert them.

    Independent is what a decision calls so; `support` has the claims that stand behind the facts.
    """
    if not work.execute(f"SELECT 1 FROM {work.name('decision')} WHERE kind = 'independent' LIMIT 1"):
        return
    work.execute(
        f"""UPDATE {table} SET certainty = 'confirmed' WHERE certainty = 'reported' AND id IN (
            WITH called AS (
                SELECT id AS decision, unnest(sources) AS source FROM {work.name("decision")}
                WHERE kind = 'independent'),
            heard AS (SELECT DISTINCT fact, source FROM {support} WHERE certainty <> 'rumoured')
            SELECT fact FROM heard JOIN called USING (source)
            GROUP BY fact, decision HAVING count(DISTINCT source) > 1)"""
    )
