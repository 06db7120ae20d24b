"""Flows by the expression of `kb.analysis.reduction`, on DuckDB or on Spark, from a snapshot or Parquet."""

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import duckdb

from kb.analysis.careers import careers
from kb.analysis.reduction import FlowCount, flow_query, settled_query, spells_query
from kb.errors import KbError
from kb.ledger import quoted_text
from kb.resolve import Snapshot
from kb.resolve.bodies import LEVELS, LINEAGES
from kb.scale.spark import Spark, local_spark

ENGINES: Final = ("duckdb", "spark")


def flows_at_scale(
    snapshot: Snapshot,
    *,
    engine: str = ENGINES[0],
    from_: str | None = None,
    to: str | None = None,
    level: str = LEVELS[0],
    lineage: str = LINEAGES[0],
    minimum: int = 1,
    include_rumoured: bool = False,
    spark: Spark | None = None,
) -> list[FlowCount]:
    """People and moves from one organization to another, as `kb.analysis.flows` counts them, by an engine.

    Which spells have a place, and what departures settle, is found by DuckDB; the order of the spells, the
    moves and their counts by `engine`: `duckdb` in the snapshot, or `spark`, in `spark` or in a session that
    is started for it. The largest flows come first. `minimum` leaves out flows of fewer people.
    Unit: people and moves. Left out: see `kb.analysis.explain`.
    Raises: NotFound or KbError for `from_` and `to`, as `kb.analysis.flows`; MissingExtra; KbError for an
    engine that there is not, or a Spark that does not start.
    """
    _checked(engine)
    found = careers(snapshot, level=level, lineage=lineage, include_rumoured=include_rumoured)
    for key in (from_, to):
        if key is not None:
            found.counted(key)
    if engine == "duckdb":
        query = f"""WITH spells AS ({spells_query(found)}), settled AS ({settled_query(found)})
            FROM ({flow_query("duckdb")})"""
        flows = [FlowCount(*row) for row in snapshot.execute(query)]
    else:
        with TemporaryDirectory(prefix="kb-flows-") as folder:
            spells, settled = write_spells(
                snapshot, Path(folder), level=level, lineage=lineage, include_rumoured=include_rumoured
            )
            flows = flows_of_parquet(spells, settled=settled, engine=engine, spark=spark)
    return [
        flow
        for flow in flows
        if flow.people >= minimum and from_ in (None, flow.from_id) and to in (None, flow.to_id)
    ]


def write_spells(
    snapshot: Snapshot,
    folder: Path,
    *,
    level: str = LEVELS[0],
    lineage: str = LINEAGES[0],
    include_rumoured: bool = False,
) -> tuple[Path, Path]:
    """Write `spells.parquet` and `settled.parquet` into a folder: what `flows_of_parquet` reads.

    Their columns are SPELLS and SETTLED of `kb.analysis.reduction`. Raises: KbError for a level or a lineage.
    """
    found = careers(snapshot, level=level, lineage=lineage, include_rumoured=include_rumoured)
    files = folder / "spells.parquet", folder / "settled.parquet"
    for file, query in zip(files, (spells_query(found), settled_query(found)), strict=True):
        snapshot.execute(f"COPY ({query}) TO {quoted_text(str(file))} (FORMAT parquet)")
    return files


def flows_of_parquet(
    spells: str | Path,
    *,
    settled: str | Path | None = None,
    engine: str = ENGINES[0],
    spark: Spark | None = None,
) -> list[FlowCount]:
    """The same from Parquet: a file, or a folder of files. Without `settled` dates alone decide.

    `spark` is a session to ask; without one, a local one is started and stopped.
    Unit: people and moves. Left out: what the files leave out.
    Raises: MissingExtra; KbError for an engine that there is not, files that cannot be read, or a Spark that
    does not start.
    """
    _checked(engine)
    tables = {"spells": str(spells)} | ({"settled": str(settled)} if settled is not None else {})
    if engine == "duckdb":
        ctes = ", ".join(
            f"{name} AS (FROM read_parquet({quoted_text(_files(path))}))" for name, path in tables.items()
        )
        query = f"WITH {ctes} FROM ({flow_query('duckdb', settled=settled is not None)})"
        try:
            with duckdb.connect() as connection:
                rows = connection.execute(query).fetchall()
        except duckdb.Error as error:
            raise KbError(
                f"DuckDB cannot count these: {str(error).splitlines()[0]}", where=str(spells)
            ) from error
        return [FlowCount(*row) for row in rows]
    with ExitStack() as stack:
        session = spark or stack.enter_context(local_spark())
        return [
            FlowCount(*row) for row in session.ask(flow_query("pyspark", settled=settled is not None), tables)
        ]


def _files(path: str) -> str:
    return f"{path}/**/*.parquet" if Path(path).is_dir() else path


def _checked(engine: str) -> None:
    if engine not in ENGINES:
        raise KbError(f"no engine `{engine}`", hint=f"There are {' and '.join(ENGINES)}")
