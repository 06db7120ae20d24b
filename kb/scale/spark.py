"""A Spark of one's own: one JVM on this machine, on the loopback alone, quiet, and gone when it is done."""

import os
import shutil
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from kb.analysis.extras import extra
from kb.errors import KbError

_LOGGING: Final = """rootLogger.level = error
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %p %c{1}: %m%n
"""
_JAVA: Final = "Install Java 17 or newer, or let JAVA_HOME name it"


class Spark:
    """A session of Spark that is asked with SQL. `session` is PySpark's own object."""

    def __init__(self, session: Any) -> None:
        self.session = session

    def ask(self, query: str, tables: Mapping[str, str]) -> list[tuple[Any, ...]]:
        """The rows of a query on Parquet files, by the names that the query has for them.

        Raises: KbError for files that cannot be read, and for what Spark refuses.
        """
        errors = extra("pyspark.errors", of="spark")
        protocol = extra("py4j.protocol", of="spark")
        try:
            for name, path in tables.items():
                self.session.read.parquet(path).createOrReplaceTempView(name)
            with warnings.catch_warnings():
                # PySpark leaves the socket over which rows come to the garbage collector.
                warnings.filterwarnings("ignore", message="unclosed <socket", category=ResourceWarning)
                return [tuple(row) for row in self.session.sql(query).collect()]
        except (errors.PySparkException, protocol.Py4JError) as error:
            where = next(iter(tables.values()))
            raise KbError(f"Spark cannot count these: {_brief(error)}", where=where) from error
        finally:
            with suppress(protocol.Py4JError):  # a Spark that died has no views
                for name in tables:
                    self.session.catalog.dropTempView(name)


@contextmanager
def local_spark(*, memory: str = "2g") -> Iterator[Spark]:
    """Start a Spark on all cores of this machine, and stop it: its process and its files go with it.

    `memory` is what the JVM may take. Nothing but this machine reaches it.
    Raises: MissingExtra; KbError without Java, if a Spark runs in this process, or if it does not start.
    """
    pyspark, launcher = extra("pyspark", of="spark"), extra("pyspark.java_gateway", of="spark")
    sql, protocol = extra("pyspark.sql", of="spark"), extra("py4j.protocol", of="spark")
    if _java() is None:
        raise KbError("Spark needs Java, and there is none here", hint=_JAVA)
    if pyspark.SparkContext._active_spark_context is not None:
        raise KbError("a Spark runs in this process already", hint="Give its session, or stop it first")
    with TemporaryDirectory(prefix="kb-spark-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "log4j2.properties").write_text(_LOGGING, encoding="utf-8")
        conf = pyspark.SparkConf(loadDefaults=False).setAll(_settings(folder, memory).items())
        with (folder / "log").open("w+b") as log:
            try:
                gateway = launcher.launch_gateway(conf, {"stdout": log, "stderr": log})
            except pyspark.errors.PySparkException as error:
                raise KbError(f"Spark does not start: {_first_line(folder / 'log')}", hint=_JAVA) from error
            try:
                try:
                    session = sql.SparkSession(pyspark.SparkContext(gateway=gateway, conf=conf))
                except (pyspark.errors.PySparkException, protocol.Py4JError) as error:
                    raise KbError(f"Spark does not start: {_brief(error)}") from error
                try:
                    yield Spark(session)
                finally:
                    session.stop()
            finally:
                _end(pyspark.SparkContext, gateway)


def _java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")


def _settings(folder: Path, memory: str) -> dict[str, str]:
    options = (
        f"-Dlog4j2.configurationFile={(folder / 'log4j2.properties').as_uri()} -Djava.io.tmpdir={folder} "
        f"-Dderby.system.home={folder}"
    )
    return {
        "spark.app.name": "kb",
        "spark.master": "local[*]",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": memory,
        "spark.driver.extraJavaOptions": options,
        "spark.authenticate": "true",
        "spark.local.dir": str(folder),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1)),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }


def _brief(error: Exception) -> str:
    return str(error).strip().splitlines()[0]


def _first_line(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines()]
    said = [line for line in lines if line and not line.startswith("WARNING")]
    return said[0] if said else "it says nothing"


def _end(context: Any, gateway: Any) -> None:
    """End the JVM, which PySpark would keep until Python ends, and let another one start."""
    context._gateway = context._jvm = None
    gateway.shutdown()
    if gateway.proc is None:  # who started this process gave it a JVM, which is not ours to end
        return
    gateway.proc.stdin.close()
    try:
        gateway.proc.wait(timeout=30)
    finally:
        gateway.proc.kill()
