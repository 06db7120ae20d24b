"""What a snapshot keeps beside the facts so that each can be traced: claims, sources, datasets."""

from collections.abc import Sequence
from datetime import date

from kb.errors import KbError
from kb.ledger.ledger import Ledger, Tables, quoted, quoted_text, stated
from kb.ontology import NODES, Edge, Node
from kb.resolve.snapshot import Snapshot


def write_records(
    ledger: Ledger, work: Tables, snapshot: Snapshot, known_at: date | None, *, claims: bool
) -> None:
    """Fill Source, Dataset, Decision; if asked for also Claim, FROM_SOURCE and the ABOUT edges of claims."""
    _sources(ledger, snapshot, known_at)
    if claims:
        kinds = ledger.stated
        for kind in kinds:
            _claims(ledger, work, snapshot, kind)
        _ties(ledger, work, snapshot, kinds)
    snapshot.execute(
        f"""INSERT INTO {snapshot.name("Decision")} BY NAME
        SELECT * EXCLUDE (dataset, place), [dataset] AS datasets FROM {work.name("decision")}"""
    )
    if work.has("forgotten"):
        _forget_records(ledger, work, snapshot)
    snapshot.execute(
        f"""INSERT INTO {snapshot.name("Dataset")} BY NAME
        SELECT * REPLACE ('complete' AS state, coalesce(provenance, 'full') AS provenance),
            [id] AS datasets
        FROM {ledger.name("Dataset")}
        -- One whose sources all came later was not there yet.
        WHERE id IN (SELECT dataset FROM {ledger.name("Source")} {_known(known_at)})
            OR id NOT IN (SELECT dataset FROM {ledger.name("Source")})"""
    )


def _forget_records(ledger: Ledger, work: Tables, snapshot: Snapshot) -> None:
    """Take out decisions on a forgotten person, and sources that spoke of no one else."""
    gone, decision, source = work.name("forgotten"), snapshot.name("Decision"), snapshot.name("Source")
    snapshot.execute(
        f"""DELETE FROM {decision} WHERE kind <> 'forget' AND (
            list_has_any(coalesce(ids, []), (SELECT coalesce(list(id), []) FROM {gone}))
            OR EXISTS (SELECT 1 FROM {gone} g WHERE contains(claim || ':', '/' || g.id || ':')))"""
    )
    kinds = ledger.stated
    removed = " UNION ".join(
        f"""SELECT source FROM {ledger.name(kind.table)}
        WHERE subject IN (SELECT id FROM {gone}) OR object IN (SELECT id FROM {gone})"""
        for kind in kinds
    )
    rest = " UNION ".join(f"SELECT source FROM {work.name('known_' + kind.table)}" for kind in kinds)
    if kinds:
        snapshot.execute(f"DELETE FROM {source} WHERE id IN ({removed}) AND id NOT IN ({rest})")


def _sources(ledger: Ledger, snapshot: Snapshot, known_at: date | None) -> None:
    """One node a source, which datasets can share if they describe it alike."""
    names = [prop.name for prop in NODES["Source"].props if prop.name not in ("id", "claims", "datasets")]
    picks = ", ".join(f"any_value({quoted(name)}) AS {quoted(name)}" for name in names)
    then = _known(known_at)
    unlike = snapshot.execute(
        f"""SELECT id, list(DISTINCT dataset ORDER BY dataset) FROM {ledger.name("Source")} {then}
        GROUP BY id HAVING count(DISTINCT row({", ".join(map(quoted, names))})) > 1 ORDER BY id LIMIT 1"""
    )
    if unlike:
        key, datasets = unlike[0]
        what = f"source `{key}` is described differently by the datasets {' and '.join(datasets)}"
        raise KbError(
            what, hint="Describe it alike and load them together, or give one of the two another id"
        )
    snapshot.execute(
        f"""INSERT INTO {snapshot.name("Source")} BY NAME
        SELECT id, {picks}, list_sort(list_distinct(list(dataset))) AS datasets
        FROM {ledger.name("Source")} {then} GROUP BY id"""
    )


def _known(known_at: date | None) -> str:
    """The condition under which what is said of a source is known."""
    return f"WHERE published_latest <= DATE '{known_at.isoformat()}'" if known_at else ""


def _kept(ledger: Ledger) -> str:
    """The condition that a claim's dataset keeps its claims as nodes."""
    ids = f"SELECT id FROM {ledger.name('Dataset')} WHERE provenance = 'ids'"
    return f"dataset NOT IN ({ids})"


def _claims(ledger: Ledger, work: Tables, snapshot: Snapshot, kind: Node | Edge) -> None:
    """Claim nodes of one type."""
    known, key = work.name("known_" + kind.table), work.name("key_" + kind.table)
    predicate = kind.table.lower()
    # Merging with an empty object drops the nulls (RFC 7396), so a claim holds what its source states.
    said = {"destination": "came_destination"}
    content = ", ".join(
        f"{quoted_text(prop.name)}: {quoted(said.get(prop.name, prop.name))}" for prop in stated(kind)
    )
    snapshot.execute(
        f"""INSERT INTO {snapshot.name("Claim")} BY NAME
        SELECT c.claim AS id, coalesce(k.fact, concat_ws(':', subject, CASE WHEN object IS NOT NULL
                THEN '{predicate}:' || object || ':' || coalesce(c.number, 1) END)) AS fact,
            fact AS name, '{predicate}' AS predicate, polarity, certainty, locator, retracted, note,
            json_merge_patch('{{}}', to_json({{'type': '{kind.table}', 'source': source,
                'subject': came_subject, 'object': came_object, 'number': c.number, 'job': job,
                'tabular': nullif(tabular, false), 'stated': {{{content}}}}}))::VARCHAR
                AS content,
            [dataset] AS datasets
        FROM {known} c LEFT JOIN {key} k ON k.claim = c.claim WHERE {_kept(ledger)}"""
    )


def _ties(ledger: Ledger, work: Tables, snapshot: Snapshot, kinds: Sequence[Node | Edge]) -> None:
    """Edges from claims to their source, and to the entities that they speak of."""
    if not kinds:
        return
    claims = " UNION ALL ".join(
        f"SELECT claim, dataset, source, subject, object, published FROM {work.name('known_' + kind.table)}"
        f" WHERE {_kept(ledger)}"
        for kind in kinds
    )
    snapshot.execute(
        f"""INSERT INTO {snapshot.name("FROM_SOURCE")} BY NAME
        SELECT 'Claim' AS from_label, claim AS from_id, 'Source' AS to_label, source AS to_id,
            concat(claim, ':from_source:', source, ':1') AS id, [dataset] AS datasets, published AS known_from
        FROM ({claims})"""
    )
    snapshot.execute(
        f"""INSERT INTO {snapshot.name("ABOUT")} BY NAME
        SELECT 'Claim' AS from_label, claim AS from_id, n.label AS to_label, n.id AS to_id,
            concat(claim, ':about:', n.id, ':1') AS id, [dataset] AS datasets, published AS known_from
        FROM (SELECT claim, dataset, published, unnest(list_distinct([subject, object])) AS end_id
            FROM ({claims})) c
        JOIN {snapshot.name("entity")} n ON n.id = c.end_id"""
    )
