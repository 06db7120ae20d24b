"""Ids of what tables name: under the dataset, made from the name, or the global one that the mapping lists.

A name becomes the same id in all tables of a dataset. Where two names would get one id, neither gets it, so
that an id never comes to mean another: both get six more characters, made from the name itself.
"""

from collections.abc import Iterable
from typing import Final

from kb.ledger.ledger import Tables
from kb.ledger.notices import Notice
from kb.ledger.table_files import SAMPLE
from kb.ledger.table_rows import Table, sides
from kb.names import slug

NAMES: Final = "names"
# What `kb.names.slug` does to a name in ASCII; a test holds the two against each other.
_ASCII_SLUG: Final = r"""trim(regexp_replace(lower(regexp_replace(key, '[''`]', '', 'g')),
    '[^a-z0-9]+', '-', 'g'), '-')"""


def make_ids(tables: Iterable[Table], dataset: str, work: Tables) -> list[Notice]:
    """Make a table `names` (label, key, id, name, aliases, rows) of all that the rows of the tables name."""
    tables = list(tables)
    each = " UNION ALL ".join(
        f"""SELECT '{label}' AS label, "{side} key" AS key, "{side} name" AS name, count(*) AS n
        FROM {work.name("rows " + table.key)} GROUP BY ALL"""
        for table in tables
        for side, label, _ in sides(table)
    )
    work.execute(
        f"""CREATE TABLE {work.name("keys")} AS
        SELECT label, key, max_by(name, (n, name)) AS name, sum(n) AS n,
            list_sort(list(DISTINCT name)) AS names FROM ({each}) GROUP BY label, key"""
    )
    _slugs(work)
    given = [(text, key) for table in tables for text, key in table.fields["ids"].items()]
    work.execute(f"CREATE TABLE {work.name('given')} (text VARCHAR, id VARCHAR)")
    work.insert("given", ("text", "id"), sorted({(" ".join(text.split()), key) for text, key in given}))
    # Types share ids, so a name that two types have is a collision too.
    work.execute(
        f"""CREATE TABLE {work.name(NAMES)} AS
        WITH free AS (
            SELECT k.*, s.slug, coalesce(a.id, b.id) AS given,
                count(*) OVER (PARTITION BY coalesce(a.id, b.id) IS NULL, s.slug) AS alike
            FROM {work.name("keys")} k JOIN {work.name("slugs")} s ON s.key = k.key
            LEFT JOIN {work.name("given")} a ON a.text = k.key
            LEFT JOIN {work.name("given")} b ON b.text = k.name AND k.label <> 'Person')
        SELECT label, key, name, names, n, slug, given IS NULL AND alike > 1 AS crowded,
            coalesce(given, '{dataset}/' || slug || CASE WHEN alike > 1
                THEN '-' || left(md5(label || ':' || key), 6) ELSE '' END) AS id
        FROM free"""
    )
    found = work.execute(f"SELECT count(*), min(key, {SAMPLE}) FROM {work.name(NAMES)} WHERE crowded")[0]
    for table in ("keys", "slugs", "given"):
        work.execute(f"DROP TABLE {work.name(table)}")
    if not found[0]:
        return []
    what = "names that would make one id: kept apart, their ids have six more characters"
    return [
        Notice(tables[0].shown if len(tables) == 1 else dataset, "same_id", what, found[0], (), found[1][0])
    ]


def _slugs(work: Tables) -> None:
    """Make a table `slugs` (key, slug) of all keys; a name that makes none, as in Cyrillic, gets a hash."""
    keys, slugs = work.name("keys"), work.name("slugs")
    work.execute(
        f"""CREATE TABLE {slugs} AS SELECT DISTINCT key,
            CASE WHEN NOT regexp_matches(key, '[^\x01-\x7f]') THEN {_ASCII_SLUG} END AS slug FROM {keys}"""
    )
    others = [key for (key,) in work.execute(f"SELECT key FROM {slugs} WHERE slug IS NULL ORDER BY key")]
    work.execute(f"CREATE TABLE {work.name('read')} (key VARCHAR, slug VARCHAR)")
    work.insert("read", ("key", "slug"), [(key, slug(key)) for key in others])
    work.execute(f"UPDATE {slugs} s SET slug = r.slug FROM {work.name('read')} r WHERE r.key = s.key")
    work.execute(f"UPDATE {slugs} SET slug = 'x-' || left(md5(key), 10) WHERE slug = ''")
    work.execute(f"DROP TABLE {work.name('read')}")
