"""Whom to leave out: the people of a ledger whose id or one of whose names is on a list of salted hashes."""

from typing import Final

from kb.ledger.forgotten import Words, plain_name
from kb.ledger.ledger import Ledger, Tables
from kb.ontology import Edge, Node

_TEXTS: Final = ("description", "title", "capacity", "degree", "field")


def find_forgotten(ledger: Ledger, work: Tables) -> bool:
    """Make a table `forgotten` of the ids to leave out, if any list names someone; say whether it did.

    A person is left out with all ids that were merged, and so are events and figures whose words name them. A
    namesake whom the entry spares is not, and what names both stays. A table `naming` has the curated notes
    and descriptions that name someone.
    """
    decision, forgotten = work.name("decision"), work.name("forgotten")
    if not work.execute(f"SELECT 1 FROM {decision} WHERE kind = 'forget' LIMIT 1"):
        return False
    person, same, text = ledger.name("Person"), work.name("same"), work.name("person_text")
    work.execute(
        f"""CREATE TABLE {text} AS
        SELECT DISTINCT subject AS id, text, NULL::VARCHAR AS plain FROM (
            SELECT subject, name AS text FROM {person} UNION ALL SELECT subject, name_zh FROM {person}
            UNION ALL SELECT subject, unnest(aliases) FROM {person}) WHERE text IS NOT NULL"""
    )
    work.execute(
        f"""UPDATE {text} SET plain = array_to_string(list_sort(list_filter(
            string_split_regex(lower(text), '[^a-z0-9]+'), lambda x: x <> '')), ' ')
        WHERE regexp_full_match(text, '[\\x00-\\x7F]*')"""
    )
    # Other scripts are folded once for each distinct text.
    rest = work.execute(f"SELECT DISTINCT text FROM {text} WHERE plain IS NULL")
    work.execute(f"CREATE TABLE {work.name('plain')} (text VARCHAR, plain VARCHAR)")
    work.insert("plain", ("text", "plain"), [[each, plain_name(each)] for (each,) in rest])
    work.execute(f"UPDATE {text} AS t SET plain = p.plain FROM {work.name('plain')} p WHERE p.text = t.text")
    work.execute(
        f"""CREATE TABLE {forgotten} AS
        WITH listed AS (
            SELECT hash, split_part(hash, ':', 1) AS salt, spare
            FROM (SELECT unnest(hashes) AS hash, coalesce(ids, []) AS spare FROM {decision}
                WHERE kind = 'forget')),
        said AS (
            SELECT id, 'name ' || plain AS said FROM {text} WHERE plain <> ''
            UNION SELECT subject, 'id ' || subject FROM {person}
            UNION SELECT survivor, 'id ' || unnest([id, survivor]) FROM {same}),
        salted AS (
            SELECT id, s.salt || ':' || sha256(s.salt || ':' || said) AS hash
            FROM said, (SELECT DISTINCT salt FROM listed) s),
        hit AS (
            SELECT DISTINCT coalesce(m.survivor, h.id) AS id
            FROM salted h JOIN listed USING (hash) LEFT JOIN {same} m ON m.id = h.id
            WHERE NOT list_contains(spare, h.id))
        SELECT id FROM hit UNION SELECT m.id FROM {same} m JOIN hit ON hit.id = m.survivor"""
    )
    work.execute(
        f"DELETE FROM {forgotten} WHERE id NOT IN (SELECT subject FROM {person}) AND id NOT IN "
        f"(SELECT id FROM {same} UNION SELECT survivor FROM {same})"
    )
    _find_words(ledger, work)
    return any(work.execute(f"SELECT 1 FROM {work.name(t)} LIMIT 1") for t in ("forgotten", "naming"))


def texts_of(kind: Node | Edge) -> list[str]:
    """The columns of a type, in a ledger, that are words of a curator's own."""
    return ["locator", "note", *(name for name in _TEXTS if name in kind.columns)]


def _find_words(ledger: Ledger, work: Tables) -> None:
    """Events and figures whose words name someone on the list, and texts that do."""
    rows = work.execute(
        f"""SELECT DISTINCT unnest(hashes) FROM {work.name("decision")}
        WHERE kind = 'forget' AND len(coalesce(ids, [])) = 0"""
    )
    words = Words([each for (each,) in rows])

    def named(query: str) -> list[tuple[str]]:
        texts = work.execute(query)
        return sorted({(row[0],) for row in texts if any(words.name_someone(t) for t in row if t)})

    for label in ("Event", "Statistic"):
        told = f"SELECT subject, replace(subject, '-', ' '), name, name_zh FROM {ledger.name(label)}"
        work.insert("forgotten", ("id",), named(told))
    work.execute(f"CREATE TABLE {work.name('naming')} (text VARCHAR)")
    texts = [
        f"SELECT {prop} AS text FROM {ledger.name(kind.table)} WHERE NOT coalesce(tabular, false)"
        for kind in ledger.stated
        for prop in texts_of(kind)
    ]
    if texts:
        work.insert("naming", ("text",), named(f"SELECT DISTINCT text FROM ({' UNION ALL '.join(texts)})"))
