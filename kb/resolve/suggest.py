"""Pairs of ids that may mean one person or organization: proposed with reasons, and never merged.

Names are folded once for each distinct text, then all is SQL on blocks of what shares a key, so that no list
of people is compared with itself.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kb.errors import KbError
from kb.ledger.ledger import Tables
from kb.names import fold, pinyin
from kb.resolve.snapshot import Snapshot

LARGEST_BLOCK: Final = 50
"""Ids that share a weak key, as initials or a word; more of them say nothing, and are not compared."""

_HAN: Final = re.compile("[\u3400-\u9fff]")
# Words that organizations gain and lose without becoming others.
_EMPTY: Final = frozenset(
    {"the", "a", "an", "of", "for", "and", "at", "in", "on", "to", "de", "la", "le", "les", "du", "des", "et"}
    | {
        "l",
        "d",
        "pour",
        "inc",
        "llc",
        "ltd",
        "limited",
        "corp",
        "corporation",
        "co",
        "company",
        "gmbh",
        "plc",
    }
)


@dataclass(frozen=True)
class Suggestion:
    """A pair of ids, the smaller first, with a score from 0 to 1 and what speaks for it."""

    score: float
    type: str
    one: str
    other: str
    name: str
    other_name: str
    reasons: tuple[str, ...]


def suggestions(
    snapshot: Snapshot,
    *,
    kinds: Sequence[str] = ("person", "organization"),
    least: float = 0.6,
) -> list[Suggestion]:
    """Pairs that score `least` or more, the likeliest first.

    Names alone give, for people: 0.6 the same words in any order, or the same in pinyin; 0.35 the family name
    and the initial. For organizations: 0.9 the same words but for articles and legal forms; 0.65 one is the
    initials of the other; 0.4 and up to 0.4 more, the rarer the words they share, if all of one are in the
    other. Shared employers, for organizations shared people, add 0.2, and 0.15 more if the times agree.
    Left out: pairs that were decided to be different; keys and words that more than `LARGEST_BLOCK` share.

    >>> suggestions(Snapshot.from_seeds("meta-ai-2025"), kinds=["person"], least=0.9)
    []
    """
    found: list[Suggestion] = []
    work = Tables(snapshot.connection)
    for kind in kinds:
        if kind not in ("person", "organization"):
            raise KbError(f"no suggestions for `{kind}`", hint="There are person and organization")
        label = kind.capitalize()
        _names(snapshot, work, label)
        (_people if kind == "person" else _organizations)(work)
        _shared(snapshot, work, label)
        found += _scored(snapshot, work, label, least)
        for table in ("named", "key", "word", "pair", "shared"):
            work.execute(f"DROP TABLE IF EXISTS {work.name(table)}")
    work.drop()
    return sorted(found, key=lambda each: (-each.score, each.type, each.one, each.other))


def _names(snapshot: Snapshot, work: Tables, label: str) -> None:
    """Make tables `named` (id, text), `key` (text, how, key) and `word` (text, word)."""
    table = snapshot.name(label)
    work.execute(
        f"""CREATE TABLE {work.name("named")} AS SELECT DISTINCT id, text FROM (
            SELECT id, name AS text FROM {table} UNION ALL SELECT id, name_zh FROM {table}
            UNION ALL SELECT id, unnest(aliases) FROM {table}) WHERE text IS NOT NULL"""
    )
    keys, words = [], []
    keys_of = _person_keys if label == "Person" else _organization_keys
    for (text,) in work.execute(f"SELECT DISTINCT text FROM {work.name('named')} ORDER BY text"):
        keys += [[text, *pair] for pair in keys_of(text)]
        if label == "Organization":
            words += [[text, word] for word in set(_core(text))]
    work.execute(f"CREATE TABLE {work.name('key')} (text VARCHAR, how VARCHAR, key VARCHAR)")
    work.execute(f"CREATE TABLE {work.name('word')} (text VARCHAR, word VARCHAR)")
    work.insert("key", ("text", "how", "key"), keys)
    work.insert("word", ("text", "word"), words)


def _person_keys(text: str) -> Iterator[tuple[str, str]]:
    words = fold(text).split()
    if _HAN.search(text):
        sound = fold(pinyin(text).replace("ü", "u")).split()
        if len(words) == 1 and 1 < len(sound) < 5:  # family name, then the rest as one word
            yield "name", " ".join(sorted((sound[0], "".join(sound[1:]))))
        yield "name", " ".join(sorted(sound))
    if len(words) > 1:
        yield "name", " ".join(sorted(words))
        if words[0][0].isascii():
            yield ("initial" if len(words[0]) == 1 else "begins"), f"{words[0][0]} {words[-1]}"


def _core(text: str) -> list[str]:
    words = fold(text).split()
    return [word for word in words if word not in _EMPTY] or words


def _organization_keys(text: str) -> Iterator[tuple[str, str]]:
    core = _core(text)
    if not core:
        return
    yield "name", "".join(core)
    if len(core) > 2:
        yield "initials", "".join(word[0] for word in core)
    words = re.findall(r"\w+", text)
    for word in words:
        if len(word) > 2 and word.isupper() and (len(words) < 3 or f"({word})" in text):
            yield "acronym", word.lower()


def _people(work: Tables) -> None:
    """Make a table `pair` (one, other, base, reason) from keys: whole names, and initials in small blocks."""
    work.execute(
        f"""CREATE TABLE {work.name("pair")} AS
        WITH k AS (SELECT DISTINCT id, how, key
            FROM {work.name("named")} JOIN {work.name("key")} USING (text)),
        small AS (SELECT how, key FROM k GROUP BY ALL HAVING count(*) <= {LARGEST_BLOCK})
        SELECT a.id AS one, b.id AS other, 0.6 AS base, 'same name: ' || a.key AS reason
        FROM k a JOIN k b ON a.key = b.key AND a.how = 'name' AND b.how = 'name' AND a.id < b.id
        JOIN small s ON s.how = 'name' AND s.key = a.key
        UNION ALL
        SELECT least(a.id, b.id), greatest(a.id, b.id), 0.35, 'initial and family name: ' || a.key
        FROM k a JOIN k b ON a.key = b.key AND a.how = 'initial' AND b.how IN ('begins', 'initial')
            AND a.id <> b.id
        JOIN small s ON s.how = b.how AND s.key = b.key"""
    )


def _organizations(work: Tables) -> None:
    """Make the table `pair` from whole names, initials, and names of which one has all words of the other."""
    named, key, word = work.name("named"), work.name("key"), work.name("word")
    work.execute(
        f"""CREATE TABLE {work.name("pair")} AS
        WITH k AS (SELECT DISTINCT id, how, key FROM {named} JOIN {key} USING (text)),
        seen AS (SELECT word, count(*) AS n FROM {word} GROUP BY word),
        weighed AS (SELECT text, word, n, ln(1 + (SELECT count(DISTINCT text) FROM {word}) / n) AS weight
            FROM {word} JOIN seen USING (word)),
        total AS (SELECT text, sum(weight) AS weight, count(*) AS words FROM weighed GROUP BY text),
        near AS (SELECT DISTINCT a.text AS one, b.text AS other FROM weighed a JOIN weighed b
            ON a.word = b.word AND a.text < b.text AND a.n <= {LARGEST_BLOCK}),
        common AS (
            SELECT n.one, n.other, sum(a.weight) AS weight, count(*) AS words,
                list(a.word ORDER BY a.word) AS which
            FROM near n JOIN weighed a ON a.text = n.one
            JOIN weighed b ON b.text = n.other AND b.word = a.word
            GROUP BY n.one, n.other)
        SELECT a.id AS one, b.id AS other, 0.9 AS base, 'same words: ' || a.key AS reason
        FROM k a JOIN k b ON a.key = b.key AND a.how = 'name' AND b.how = 'name' AND a.id < b.id
        UNION ALL
        SELECT least(a.id, b.id), greatest(a.id, b.id), 0.65, 'initials: ' || a.key
        FROM k a JOIN k b ON a.key = b.key AND a.how = 'initials' AND b.how = 'acronym' AND a.id <> b.id
        UNION ALL
        SELECT least(a.id, b.id), greatest(a.id, b.id),
            0.4 + 0.4 * c.weight / greatest(x.weight, y.weight),
            'all words of one in the other: ' || array_to_string(c.which, ' ')
        FROM common c JOIN total x ON x.text = c.one JOIN total y ON y.text = c.other
        JOIN {named} a ON a.text = c.one JOIN {named} b ON b.text = c.other
        WHERE c.words = least(x.words, y.words) AND a.id <> b.id"""
    )


def _shared(snapshot: Snapshot, work: Tables, label: str) -> None:
    """Make a table `shared` (one, other, n, together): employers, or people, that the ids of a pair share.

    `together` is how many of them they share at times that agree: for a person at overlapping times, for an
    organization from the same day.
    """
    mine, theirs = ("from_id", "to_id") if label == "Person" else ("to_id", "from_id")
    together = (
        """coalesce(a.start_earliest <= b.end_latest, true)
        AND coalesce(b.start_earliest <= a.end_latest, true)
        AND (a.start_earliest IS NOT NULL OR a.end_latest IS NOT NULL)
        AND (b.start_earliest IS NOT NULL OR b.end_latest IS NOT NULL)"""
        if label == "Person"
        else "a.start_text = b.start_text"
    )
    work.execute(
        f"""CREATE TABLE {work.name("shared")} AS
        WITH pairs AS (SELECT DISTINCT one, other FROM {work.name("pair")})
        SELECT p.one, p.other, count(DISTINCT a.{theirs}) AS n,
            count(DISTINCT a.{theirs}) FILTER ({together}) AS together, min(a.{theirs}) AS example
        FROM pairs p JOIN {snapshot.name("EMPLOYED_AT")} a ON a.{mine} = p.one
        JOIN {snapshot.name("EMPLOYED_AT")} b ON b.{mine} = p.other AND b.{theirs} = a.{theirs}
        GROUP BY p.one, p.other"""
    )


def _scored(snapshot: Snapshot, work: Tables, label: str, least: float) -> Iterator[Suggestion]:
    what = "employers" if label == "Person" else "people"
    when = "at the same time" if label == "Person" else "from the same day"
    decision = snapshot.name("Decision")
    rows = work.execute(
        f"""WITH told AS (SELECT id, unnest(ids) AS key FROM {decision} WHERE kind = 'different'),
        went AS (SELECT unnest(ids) AS key, ids FROM {decision} WHERE kind = 'same'),
        apart AS (SELECT DISTINCT t.id, unnest(list_append(coalesce(w.ids, []), t.key)) AS key
            FROM told t LEFT JOIN went w ON w.key = t.key),
        best AS (SELECT one, other, max(base) AS base, list(DISTINCT reason ORDER BY reason) AS reasons
            FROM {work.name("pair")} GROUP BY one, other),
        scored AS (
            SELECT b.one, b.other, x.name AS name, y.name AS other_name, reasons, n, together, example,
                least(1.0, base + CASE WHEN n > 0 THEN 0.2 ELSE 0 END
                    + CASE WHEN together > 0 THEN 0.15 ELSE 0 END) AS score
            FROM best b LEFT JOIN {work.name("shared")} s ON s.one = b.one AND s.other = b.other
            JOIN {snapshot.name(label)} x ON x.id = b.one JOIN {snapshot.name(label)} y ON y.id = b.other)
        SELECT * FROM scored s WHERE score >= ? AND NOT EXISTS (
            SELECT 1 FROM apart a JOIN apart b ON a.id = b.id WHERE a.key = s.one AND b.key = s.other)
        ORDER BY one, other""",
        [least],
    )
    for one, other, name, other_name, reasons, n, together, example, score in rows:
        said = [*reasons]
        if n:
            agree = f", {together} {when}" if together else ""
            said.append(f"shared {what}: {n}{agree}, as {example}")
        yield Suggestion(
            round(float(score), 2), label.lower(), one, other, name or one, other_name or other, tuple(said)
        )
