"""The named queries that come with kb, one file each in `cypher/queries`."""

from pathlib import Path

from kb.errors import KbError, NotFound
from kb.names import nearest
from kb.queries.named import NamedQuery, parse_query
from kb.shipped import shipped


def library() -> list[NamedQuery]:
    """Every query that comes with kb, sorted by name.

    >>> [query.name for query in library()] == names()
    True
    """
    return [_read(path) for path in _files().values()]


def names() -> list[str]:
    """Names of the queries, sorted. Opens none of them."""
    return list(_files())


def find(name: str) -> NamedQuery:
    """The query of that name. Raises: NotFound, with the nearest names.

    >>> find("departures").usage
    'kb run departures -p org meta'
    """
    files = _files()
    if name in files:
        return _read(files[name])
    near = nearest(name, files, 3)
    hint = f"Did you mean {', '.join(near)}?" if near else "`kb queries` lists what there is"
    raise NotFound(f"no query `{name}`", hint=hint)


def _files() -> dict[str, Path]:
    return {path.stem: path for path in sorted((shipped("cypher") / "queries").glob("*.cypher"))}


def _read(path: Path) -> NamedQuery:
    try:
        return parse_query(path.stem, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise KbError(f"cannot be read ({error})", where=str(path)) from None
