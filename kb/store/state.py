"""Whether the graph is whole: what every reading command asks first, without what a load imports."""

from kb.store.database import Database


def cut_off(database: Database) -> list[str]:
    """Ids of datasets whose load goes on, or was cut off."""
    query = "MATCH (d:Dataset) WHERE d.state = 'running' RETURN d.id AS id ORDER BY id"
    return [key for (key,) in database.read(query).rows]


def is_empty(database: Database) -> bool:
    """Whether no dataset is loaded."""
    return not database.read("MATCH (d:Dataset) RETURN d.id LIMIT 1").rows
