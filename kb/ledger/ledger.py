"""The ledger: what sources say, one row a claim, in DuckDB tables that the ontology lays out.

One table for each curated type, with the same first columns (CLAIM) and then the properties that a source
may state. Nothing is decided here: two claims that contradict each other are two rows.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from tempfile import gettempdir
from typing import Any, Final, TypeVar

import duckdb

from kb.errors import KbError
from kb.ledger.interruptible import interruptibly
from kb.ledger.notices import Notice
from kb.ontology import EDGES, ENTITIES, NODES, Edge, Node, Prop, Type

SQL_TYPES: Final[Mapping[Type, str]] = {
    "text": "VARCHAR",
    "number": "DOUBLE",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "list": "VARCHAR[]",
}
_MEMORY: Final = 2_000_000_000
CLAIM: Final = (
    ("claim", "VARCHAR"),  # id of the claim, under its dataset
    ("dataset", "VARCHAR"),
    ("source", "VARCHAR"),
    ("subject", "VARCHAR"),
    ("object", "VARCHAR"),  # NULL for a node
    ("number", "BIGINT"),  # what the curator called it: `spell: 2`; NULL if not said
    ("job", "VARCHAR"),  # claim id of the spell that a departure or a role belongs to
    ("polarity", "VARCHAR"),
    ("certainty", "VARCHAR"),
    ("retracted", "BOOLEAN"),
    ("tabular", "BOOLEAN"),  # a row of a table states it
    ("locator", "VARCHAR"),
    ("note", "VARCHAR"),
    ("place", "VARCHAR"),  # file and line; not part of the claim, only of messages
)
CURATED: Final[tuple[Node | Edge, ...]] = (*ENTITIES, *(edge for edge in EDGES.values() if edge.curated))
_schemas = count(1)
Answer = TypeVar("Answer")


def stated(kind: Node | Edge) -> tuple[Prop, ...]:
    """The properties of a type that a source may state.

    >>> [prop.name for prop in stated(EDGES["PARTNER_OF"])]
    ['date_earliest', 'date_latest', 'date_text']
    """
    return tuple(prop for prop in kind.props if prop.curated)


def quoted(name: str) -> str:
    """A column or table name for SQL; `first` and `as` are words of the language."""
    return '"' + name.replace('"', '""') + '"'


def quoted_text(text: str) -> str:
    """A text for SQL, where it can be no parameter."""
    return "'" + text.replace("'", "''") + "'"


def columns(props: Iterable[Prop]) -> str:
    """Column definitions for a CREATE TABLE."""
    return ", ".join(f"{quoted(prop.name)} {SQL_TYPES[prop.type]}" for prop in props)


def _connect() -> duckdb.DuckDBPyConnection:
    """A database in memory that goes to the disk where memory ends, and not into the user's folder."""
    given = os.environ.get("KB_MEMORY")
    folder = str(Path(gettempdir()) / f"kb-{os.getpid()}")
    try:
        return duckdb.connect(
            ":memory:", config={"temp_directory": folder, "memory_limit": given or _memory()}
        )
    except duckdb.Error:
        if not given:
            raise
        raise KbError(f"`{given}` is no size", where="KB_MEMORY", hint="Write one as 2GB") from None


def _memory() -> str:
    """Two gigabytes, or what a small machine has: so a table of any size leaves room for others."""
    try:
        held = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # not known on every system
        return f"{_MEMORY}B"
    return f"{min(_MEMORY, held // 5 * 4)}B"


def _run(connection: duckdb.DuckDBPyConnection, work: Callable[[], Answer]) -> Answer:
    """Work that Ctrl-C can end. Raises: KbError where memory and disk do not suffice for it."""
    try:
        return interruptibly(connection, work)
    except duckdb.OutOfMemoryException:
        hint = "Make room there, name another folder in TMPDIR, or allow more with KB_MEMORY"
        what = "neither memory nor disk is enough for what was asked"
        raise KbError(what, where=gettempdir(), hint=hint) from None


class Tables:
    """A set of tables in one schema of an in-memory DuckDB, which other sets can share."""

    def __init__(self, connection: duckdb.DuckDBPyConnection | None = None) -> None:
        self.connection = connection or _connect()
        self.schema = f"s{next(_schemas)}"
        self.connection.execute(f"CREATE SCHEMA {self.schema}")

    def name(self, table: str) -> str:
        """The table's full name for SQL."""
        return f"{self.schema}.{quoted(table)}"

    def has(self, table: str) -> bool:
        """Whether there is such a table."""
        query = "SELECT 1 FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?"
        return bool(self.connection.execute(query, [self.schema, table]).fetchall())

    def execute(
        self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] | None = None
    ) -> list[tuple[Any, ...]]:
        """Run SQL; the rows of its answer, if any."""
        return _run(self.connection, lambda: self.connection.execute(sql, parameters).fetchall())

    def arrays(self, sql: str) -> dict[str, Any]:
        """Run SQL; the columns of its answer, each an array of numpy."""
        return _run(self.connection, lambda: self.connection.execute(sql).fetchnumpy())

    def batches(
        self, sql: str, parameters: Sequence[Any] = (), *, size: int
    ) -> Iterator[list[tuple[Any, ...]]]:
        """Run SQL; its rows, so many at a time, so that memory stays flat."""
        cursor = self.connection.cursor()
        try:
            _run(cursor, lambda: cursor.execute(sql, list(parameters)))
            while rows := _run(cursor, lambda: cursor.fetchmany(size)):
                yield rows
        finally:
            cursor.close()

    def drop(self) -> None:
        """Forget the tables."""
        self.connection.execute(f"DROP SCHEMA {self.schema} CASCADE")

    def insert(self, table: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add rows, each with one value for each of the named columns."""
        if not rows:
            return
        # One parameter a column: a list binds in one go, where executemany costs a plan for each row.
        self.execute(
            f"INSERT INTO {self.name(table)} ({', '.join(map(quoted, names))}) "
            f"SELECT {', '.join(f'unnest(${n + 1})' for n in range(len(names)))}",
            [list(column) for column in zip(*rows, strict=True)],
        )


class Ledger(Tables):
    """Claims, sources, datasets and decisions, as their authors state them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection | None = None) -> None:
        super().__init__(connection)
        self.notices: list[Notice] = []
        common = ", ".join(f"{name} {sql}" for name, sql in CLAIM)
        for kind in CURATED:
            self.execute(f"CREATE TABLE {self.name(kind.table)} ({common}, {columns(stated(kind))})")
        source = [prop for prop in NODES["Source"].props if prop.name not in ("claims", "datasets")]
        self.execute(f"CREATE TABLE {self.name('Source')} (dataset VARCHAR, {columns(source)})")
        dataset = [prop for prop in NODES["Dataset"].props if prop.name not in ("claims", "datasets")]
        self.execute(f"CREATE TABLE {self.name('Dataset')} ({columns(dataset)})")
        decision = [prop for prop in NODES["Decision"].props if prop.name not in ("claims", "datasets")]
        self.execute(
            f"CREATE TABLE {self.name('Decision')} (dataset VARCHAR, place VARCHAR, {columns(decision)})"
        )

    def add(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows; a column that a row leaves out is NULL. All rows name columns of the table."""
        names = sorted({name for row in rows for name in row})
        self.insert(table, names, [[row.get(name) for name in names] for row in rows])

    @property
    def stated(self) -> tuple[Node | Edge, ...]:
        """The types of which there are claims, in the order of the ontology."""
        return tuple(
            kind for kind in CURATED if self.execute(f"SELECT 1 FROM {self.name(kind.table)} LIMIT 1")
        )

    def set_provenance(self, dataset: str, provenance: str) -> None:
        """Say whether the claims of a dataset become nodes (`full`), or are ids on facts (`ids`)."""
        self.execute(f"UPDATE {self.name('Dataset')} SET provenance = ? WHERE id = ?", [provenance, dataset])

    @property
    def datasets(self) -> tuple[str, ...]:
        """Ids of the datasets, sorted."""
        return tuple(row[0] for row in self.execute(f"SELECT id FROM {self.name('Dataset')} ORDER BY id"))
