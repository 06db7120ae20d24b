"""From spells to flows as one expression, which is written once and run as SQL by DuckDB and by Spark."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kb.analysis.careers import Careers
from kb.analysis.extras import extra

if TYPE_CHECKING:
    import ibis.expr.types as ir

# What the expression reads, by the types of ibis: spells that have a place, and pairs that are settled.
SPELLS: Final = {
    "id": "string",
    "person": "string",
    "organization": "string",
    "body": "string",
    "began": "float64",
    "ended": "float64",
    "middle": "float64",
}
SETTLED: Final = {
    "person": "string",
    "from_spell": "string",
    "to_spell": "string",
    "from_id": "string",
    "to_id": "string",
    "moved": "boolean",
}


@dataclass(frozen=True)
class FlowCount:
    """One cell of the matrix of flows: how many `people` moved from one to the other, and `moves`."""

    from_id: str
    to_id: str
    people: int
    moves: int


def reduce_flows(spells: "ir.Table", settled: "ir.Table | None" = None) -> "ir.Table":
    """The matrix of flows, `from_id`, `to_id`, `people`, `moves`, as an expression of ibis.

    `spells` has the columns of SPELLS, one row a spell that has a place in its career. Spells of a person are
    ordered by middle, began (unknown first), ended (unknown last) and id, as in `kb.resolve.careers`; two
    that follow each other at different bodies are a move. `settled` has the columns of SETTLED: pairs about
    which more is known than dates, whether they follow each other or not. A departure has named its
    destination, or one is a part of the other. They are a move if `moved`. Without them dates alone decide.
    Unit: people and moves. Left out: what has no place, and pairs at one body.
    Raises: MissingExtra.
    Source: the window and the counts of `kb.analysis.flows`.
    """
    ibis = extra("ibis", of="spark")
    order = ibis.window(
        group_by=spells.person,
        order_by=[
            spells.middle.asc(),
            spells.began.asc(nulls_first=True),
            spells.ended.asc(nulls_first=False),
            spells.id.asc(),
        ],
    )
    pairs = spells.select(
        "person",
        "body",
        from_spell=spells.id,
        from_id=spells.organization,
        to_spell=spells.id.lead().over(order),
        to_id=spells.organization.lead().over(order),
        next_body=spells.body.lead().over(order),
    )
    moves = pairs.filter(pairs.next_body.notnull(), pairs.body != pairs.next_body)
    moves = moves.filter(moves.from_id != moves.to_id)
    columns = ("person", "from_id", "to_id")
    if settled is not None:
        moves = moves.anti_join(settled, ["from_spell", "to_spell"]).select(*columns)
        moves = ibis.union(moves, settled.filter(settled.moved).select(*columns), distinct=False)
    counted: ir.Table = moves.group_by("from_id", "to_id").agg(
        people=moves.person.nunique(), moves=moves.count()
    )
    return counted


def flow_query(dialect: str, *, settled: bool = True) -> str:
    """The expression as SQL of `duckdb` or `pyspark`, on tables named `spells` and `settled`.

    The largest flows come first. Raises: MissingExtra.

    >>> "lead(" in flow_query("duckdb").lower()
    True
    """
    ibis = extra("ibis", of="spark")
    if dialect == "pyspark":
        extra("pyspark", of="spark")
        _ = ibis.pyspark  # ibis knows the options of a dialect once its backend was asked for
    tables: list[Any] = [ibis.table(SPELLS, name="spells")]
    if settled:
        tables.append(ibis.table(SETTLED, name="settled"))
    found = reduce_flows(*tables)
    ordered = found.order_by(found.people.desc(), found.moves.desc(), found.from_id.asc(), found.to_id.asc())
    return str(ibis.to_sql(ordered, dialect=dialect))


def spells_query(found: Careers) -> str:
    """The spells that have a place, with the columns of SPELLS, as SQL on the tables of careers."""
    return f"""SELECT id, person, organization, body, began::DOUBLE AS began, ended::DOUBLE AS ended,
        middle::DOUBLE AS middle FROM {found.spells} WHERE reason IS NULL"""


def settled_query(found: Careers) -> str:
    """The pairs that are settled by more than dates, with the columns of SETTLED, as SQL."""
    return f"""SELECT p.person, h.id AS from_spell, t.id AS to_spell, p.from_id, p.to_id,
        outcome = 'moved' AS moved
        FROM {found.followed} p JOIN {found.spells} h ON h.row = p.from_row
        JOIN {found.spells} t ON t.row = p.to_row
        WHERE basis = 'stated' OR outcome IN ('overruled', 'transferred')"""
