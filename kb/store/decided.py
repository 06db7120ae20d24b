"""What `kb conflicts`, `kb identity` and `kb forget` need of the graph."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kb.errors import KbError
from kb.resolve import last_day
from kb.resolve.conflicts import Conflict, conflicts
from kb.store.database import Database
from kb.store.look import nodes, not_found, read_decisions
from kb.store.readback import read_snapshot, whole_ledger


@dataclass(frozen=True)
class Known:
    """The ids and names that a person goes by in the graph, and the texts there that name them as well."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    texts: tuple[tuple[str, str], ...]  # type and id of the node


def held_conflicts(database: Database, *, known_at: str | date | None = None) -> list[Conflict]:
    """The conflicts among the claims of all datasets in the graph; see `kb.resolve.conflicts`."""
    day = last_day(known_at) if known_at is not None else None
    return conflicts(whole_ledger(read_snapshot(database)), day)


def known_person(database: Database, key: str) -> Known:
    """A person's ids, those that were merged too, and names. Raises: NotFound; KbError for another type."""
    decisions = read_decisions(database)
    key = decisions.survivor(key)
    found = nodes(database, key)
    people = [node for node in found if node.labels[0] == "Person"]
    if not found:
        raise not_found(database, key)
    if not people:
        raise KbError(f"`{key}` is no person", hint="Only people can be forgotten")
    properties = people[0].properties
    names = [properties.get("name"), properties.get("name_zh"), *(properties.get("aliases") or ())]
    given = tuple(sorted({name for name in names if isinstance(name, str)}))
    return Known((key, *decisions.came_from(key)), given, tuple(_texts(database, given)))


def _texts(database: Database, names: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Nodes that stay although their names have someone's in them."""
    wanted = [name.lower() for name in names if " " in name or not name.isascii()]
    for label in ("Organization", "Project", "Source"):
        query = (
            f"MATCH (n:{label}) WHERE any(name IN $names WHERE toLower(coalesce(n.name, '')) CONTAINS name) "
            "RETURN n.id AS id ORDER BY id"
        )
        rows = database.read(query, {"names": wanted}, timeout=None).rows if wanted else ()
        yield from ((label, key) for (key,) in rows)
