"""Claims to facts: each property goes to the claim that is surest, then latest, then first by source id."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from kb.dates import Bounds
from kb.errors import KbError
from kb.ledger.ledger import Ledger, Tables, quoted, stated
from kb.ledger.notices import Notice
from kb.lengths import derive_start, parse_length
from kb.ontology import ENTITIES, Edge, Node
from kb.resolve.decisions import apply_decisions, confirm, has_merges
from kb.resolve.flows import derive_flows
from kb.resolve.keys import LEAST_SURE_FIRST, assign_keys, live_claims
from kb.resolve.records import write_records
from kb.resolve.snapshot import Snapshot

SUREST: Final = "sure DESC, published DESC, source, claim"
LATEST: Final = "published DESC, sure DESC, source, claim"
_CERTAINTY = f"list_extract({LEAST_SURE_FIRST}, max(sure))"


def resolve(ledger: Ledger, known_at: date | None = None, *, claims: bool = True) -> Snapshot:
    """The facts that the claims of a ledger make, as of what had been published by `known_at` (all, if None).

    Facts always have the ids of their claims; without `claims` the snapshot has no Claim nodes, nor their
    edges, which for a table take as much time and memory as all else together.

    A claim that denies removes the support of claims on the same fact that are less sure, or as sure and no
    later.
    A fact without support is left out, and so is an edge whose end is.
    Raises: AmbiguousSpell if a claim fits more than one spell; KbError if an id is of two types, datasets
    describe a source differently, or decisions contradict each other.
    """
    work = Tables(ledger.connection)
    snapshot = Snapshot(ledger.connection)
    snapshot.known_at = known_at
    apply_decisions(ledger, work, known_at)
    live_claims(ledger, work, known_at)
    kinds = ledger.stated
    apart = assign_keys(work, kinds)
    merged = has_merges(work)
    for kind in kinds:
        support(work, kind)
        if isinstance(kind, Node):
            _merge(work, snapshot, kind, merged=merged)
    _name_entities(snapshot)
    for kind in kinds:
        if isinstance(kind, Edge):
            _merge(work, snapshot, kind, merged=merged)
    for kind in kinds:
        if "certainty" in kind.columns:
            confirm(work, snapshot.name(kind.table), work.name("support_" + kind.table))
    _close_spells(snapshot)
    _derive_starts(snapshot)
    _drop_dangling(snapshot)
    derive_flows(snapshot)
    write_records(ledger, work, snapshot, known_at, claims=claims)
    snapshot.notices += _spells_joined(work, kinds, apart)
    work.drop()
    return snapshot


def _spells_joined(work: Tables, kinds: tuple[Node | Edge, ...], apart: int) -> Iterator[Notice]:
    """How many claims share a spell with another, and how many of tables might have."""
    if "EMPLOYED_AT" in [kind.table for kind in kinds]:
        joined = work.execute(f"SELECT sum(n - 1) FROM {work.name('several_EMPLOYED_AT')}")[0][0]
        if joined:
            yield Notice("", "joined", "says more of the spell of another claim: one spell", int(joined))
    if apart:
        yield Notice("", "apart", "could be part of more than one spell: kept apart", apart)


def support(work: Tables, kind: Node | Edge) -> None:
    """Make a view of the claims that support a fact: they assert it, and no weightier one denies it."""
    keyed, view = work.name("keyed_" + kind.table), work.name("support_" + kind.table)
    work.execute(
        f"""CREATE VIEW {keyed} AS SELECT c.*, k.* EXCLUDE (claim, number)
        FROM {work.name("live_" + kind.table)} c
        JOIN {work.name("key_" + kind.table)} k ON k.claim = c.claim"""
    )
    undenied = ""
    if work.execute(f"SELECT 1 FROM {work.name('live_' + kind.table)} WHERE polarity = 'denies' LIMIT 1"):
        denied = work.name("denied_" + kind.table)
        work.execute(
            f"CREATE TABLE {denied} AS SELECT fact, sure, published FROM {keyed} WHERE polarity = 'denies'"
        )
        undenied = f"""AND NOT EXISTS (SELECT 1 FROM {denied} d
            WHERE d.fact = a.fact AND (d.sure, d.published) >= (a.sure, a.published))"""
    work.execute(f"CREATE VIEW {view} AS SELECT * FROM {keyed} a WHERE polarity = 'asserts' {undenied}")


def _merge(work: Tables, snapshot: Snapshot, kind: Node | Edge, *, merged: bool) -> None:
    """Write one row a fact, each property from the claim that ranks first among those that state it.

    Most facts of a table rest on one claim, which then needs no ranking. `merged` says that ids were merged.
    """
    claims, several = work.name("support_" + kind.table), work.name("several_" + kind.table)
    work.execute(
        f"CREATE TABLE {several} AS SELECT fact, count(*) AS n FROM {claims} GROUP BY fact HAVING n > 1"
    )
    ways = [(_alone(kind), f"{claims} c ANTI JOIN {several} m ON m.fact = c.fact")]
    if work.execute(f"SELECT 1 FROM {several} LIMIT 1"):
        rows = f"{claims} c SEMI JOIN {several} m ON m.fact = c.fact GROUP BY c.fact"
        ways.append((_ranked(kind, merged), rows))
    for picks, rows in ways:
        names = [name for name in kind.columns if name in picks]
        chosen = ", ".join(f"{picks[name]} AS {quoted(name)}" for name in names)
        if isinstance(kind, Node):
            snapshot.execute(f"INSERT INTO {snapshot.name(kind.table)} BY NAME SELECT {chosen} FROM {rows}")
            continue
        # An edge whose end is no fact is none either, nor one whose two ends became one.
        ends = "any_value(subject), any_value(object)" if "GROUP BY" in rows else "subject, object"
        start, end = ends.split(", ")
        entity = snapshot.name("entity")
        snapshot.execute(
            f"""INSERT INTO {snapshot.name(kind.table)} BY NAME
            SELECT f.*, a.label AS from_label, b.label AS to_label
            FROM (SELECT {chosen}, {start} AS from_id, {end} AS to_id FROM {rows}) f
            JOIN {entity} a ON a.id = f.from_id JOIN {entity} b ON b.id = f.to_id
            {"WHERE f.from_id <> f.to_id" if merged else ""}"""
        )


def _ranked(kind: Node | Edge, merged: bool) -> dict[str, str]:
    """For each column of a type what its claims, grouped by fact, make of it.

    In an entity whose claims came with several ids, every name that did not win is an alias.
    """
    picks: dict[str, str] = {
        "id": "c.fact",
        "claims": "list(claim ORDER BY claim)",
        "datasets": "list_sort(list_distinct(list(dataset)))",
        "certainty": _CERTAINTY,
        "known_from": "min(published)",
        "last_heard": "max(published)",
        "spell": "any_value(spell)",
        "destination_known": "count(destination) > 0",
    }
    for prop in stated(kind):
        name = quoted(prop.name)
        order = LATEST if prop.name == "phase" else SUREST
        if prop.name == "aliases" and merged:
            names = "list_concat(list(name), list(name_zh), flatten(list(aliases)))"
            won = f"[first(name ORDER BY {SUREST}) FILTER (WHERE name IS NOT NULL), "
            won += f"first(name_zh ORDER BY {SUREST}) FILTER (WHERE name_zh IS NOT NULL)]"
            joined = f"list_filter({names}, lambda x: x IS NOT NULL AND NOT list_contains({won}, x))"
            alone = "flatten(list(aliases))"
            both = f"CASE WHEN count(DISTINCT came_subject) > 1 THEN {joined} ELSE {alone} END"
            picks[prop.name] = f"nullif(list_sort(list_distinct({both})), [])"
        elif prop.type == "list":
            picks[prop.name] = f"nullif(list_sort(list_distinct(flatten(list({name})))), [])"
        elif prop.part:
            # The bounds go with their text, even where they are open.
            text = quoted(f"{prop.part}_text")
            picks[prop.name] = f"first({{'v': {name}}} ORDER BY {order}) FILTER (WHERE {text} IS NOT NULL).v"
        else:
            picks[prop.name] = f"first({name} ORDER BY {order}) FILTER (WHERE {name} IS NOT NULL)"
    return _with_default(kind, picks)


def _alone(kind: Node | Edge) -> dict[str, str]:
    """For each column of a type what the only claim of a fact makes of it."""
    picks: dict[str, str] = {
        "id": "c.fact",
        "claims": "[claim]",
        "datasets": "[dataset]",
        "certainty": "certainty",
        "known_from": "published",
        "last_heard": "published",
        "spell": "spell",
        "destination_known": "destination IS NOT NULL",
    }
    for prop in stated(kind):
        name = quoted(prop.name)
        if prop.type == "list":
            picks[prop.name] = f"nullif(list_sort(list_distinct({name})), [])"
        elif prop.part:
            text = quoted(f"{prop.part}_text")
            picks[prop.name] = f"CASE WHEN {text} IS NOT NULL THEN {name} END"
        else:
            picks[prop.name] = name
    return _with_default(kind, picks)


def _with_default(kind: Node | Edge, picks: dict[str, str]) -> dict[str, str]:
    """What no claim says of an organization's kind: tables seldom do, and a node needs its label."""
    if kind.table == "Organization":
        picks["kind"] = f"coalesce({picks['kind']}, 'other')"
    return picks


def _name_entities(snapshot: Snapshot) -> None:
    """Make a table `entity` (id, label) of the nodes, which edges need for their ends."""
    entity = snapshot.name("entity")
    snapshot.execute(f"CREATE TABLE {entity} (id VARCHAR, label VARCHAR)")
    for node in ENTITIES:
        snapshot.execute(f"INSERT INTO {entity} SELECT id, '{node.label}' FROM {snapshot.name(node.table)}")
    _refuse_shared_ids(snapshot)


def _close_spells(snapshot: Snapshot) -> None:
    """A past departure that is no rumour closes its spell, and dates its end where no claim does."""
    spell, left = snapshot.name("EMPLOYED_AT"), snapshot.name("DEPARTED")
    snapshot.execute(
        f"""UPDATE {spell} AS s SET phase = 'past' FROM {left} d
        WHERE d.spell = s.id AND d.phase = 'past' AND d.certainty <> 'rumoured'"""
    )
    snapshot.execute(
        f"""UPDATE {spell} AS s
        SET end_text = d.date_text, end_earliest = d.date_earliest, end_latest = d.date_latest
        FROM {left} d
        WHERE d.spell = s.id AND d.phase = 'past' AND d.certainty <> 'rumoured'
            AND coalesce(s.end_text, '..') = '..'"""
    )
    snapshot.execute(
        f"""UPDATE {spell} SET ongoing = CASE WHEN phase = 'past' THEN false
            WHEN phase = 'current' OR end_text = '..' THEN true END"""
    )


def _derive_starts(snapshot: Snapshot) -> None:
    """Work out a start that no source gives from the end and the stated length, and say so."""
    spell = snapshot.name("EMPLOYED_AT")
    rows = snapshot.execute(
        f"""SELECT DISTINCT end_earliest, end_latest, tenure_text FROM {spell}
        WHERE start_text IS NULL AND tenure_text IS NOT NULL AND phase = 'past'
            AND (end_earliest IS NOT NULL OR end_latest IS NOT NULL)"""
    )
    for earliest, latest, tenure in rows:
        start = derive_start(Bounds("", earliest, latest), parse_length(tenure))
        snapshot.execute(
            f"""UPDATE {spell} SET start_earliest = ?, start_latest = ?, start_derived = true
            WHERE start_text IS NULL AND tenure_text = ? AND phase = 'past'
                AND end_earliest IS NOT DISTINCT FROM ? AND end_latest IS NOT DISTINCT FROM ?""",
            [start.earliest, start.latest, tenure, earliest, latest],
        )


def _drop_dangling(snapshot: Snapshot) -> None:
    """Forget destinations that are no organization, and what lost its spell."""
    entity = snapshot.name("entity")
    spells = f"SELECT id FROM {snapshot.name('EMPLOYED_AT')}"
    left = snapshot.name("DEPARTED")
    snapshot.execute(
        f"""UPDATE {left} SET destination = NULL, destination_known = false
        WHERE destination NOT IN (SELECT id FROM {entity} WHERE label = 'Organization')"""
    )
    for label in ("DEPARTED", "HELD_ROLE"):
        snapshot.execute(f"DELETE FROM {snapshot.name(label)} WHERE spell NOT IN ({spells})")


def _refuse_shared_ids(snapshot: Snapshot) -> None:
    """An id can be a person in one dataset and a team in another; which it is is not ours to say."""
    rows = snapshot.execute(
        f"""SELECT id, list(label ORDER BY label) FROM {snapshot.name("entity")}
        GROUP BY id HAVING count(*) > 1 ORDER BY id LIMIT 1"""
    )
    if rows:
        key, labels = rows[0]
        raise KbError(f"`{key}` is of two types, {' and '.join(labels)}", hint="Give one of them another id")
