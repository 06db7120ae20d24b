"""The two engines behind one face: a Neo4j server, and the embedded one. All their differences are here."""

import logging
import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import uuid4

import neo4j
from filelock import Timeout
from neo4j.exceptions import DriverError, Neo4jError

from kb.errors import KbError, LoadRefused, StoreError
from kb.store.embedded import Embedded, Endpoint
from kb.store.failures import OLDEST, TOO_OLD_HINT, may_come_up, translate
from kb.store.home import DATABASE, Home
from kb.store.settings import Settings

_CONNECT_LIMIT = 5.0
_LOGIN_LIMIT = 30.0  # for one who answers and says nothing
_LATE = 10.0  # seconds that a server gets which does not listen yet, since both may just have been started
_AGAIN = 0.5
_LOCK_LIMIT = 1.5
_LEAST_ROOM = 4_000_000
_REFUSED = "another load is running"
_REFUSED_HINT = "Wait until it is done"

# The driver reports on stderr what it also raises, unless someone listens.
logging.getLogger("neo4j").addHandler(logging.NullHandler())


@dataclass(frozen=True)
class EngineInfo:
    """Which server answers."""

    name: str
    version: str
    where: str


class Engine(Protocol):
    """What the two engines do differently."""

    where: str
    database: str | None
    logins: str  # what to do when one is refused
    grace: float  # seconds that its own time limit gets before it is stopped from here
    writes_by_record: bool  # without an explicit transaction, each change of a record is its own

    def driver(self, *, write: bool) -> neo4j.Driver:
        """A driver on a server that runs."""

    def marked(self, cypher: str, mark: str, timeout: float | None) -> neo4j.Query:
        """A query by which `stop` finds it."""

    def stop(self, mark: str) -> None:
        """Ask the server to end a query."""

    def cut(self, mark: str) -> None:
        """End a query whose further rows nobody wants."""

    def stop_hard(self) -> None:
        """End a query that does not listen, if this can be done at all."""

    def load_lock(self) -> AbstractContextManager[None]:
        """Be the only load. Raises: LoadRefused."""

    def is_full(self) -> bool:
        """Whether the disk of the data is known to have no room."""

    def info(self) -> EngineInfo:
        """Name and version."""

    def close(self) -> None:
        """Let go of the server."""


def engine(settings: Settings) -> Engine:
    """The engine that settings name."""
    return EmbeddedEngine(settings) if settings.embedded else Neo4jEngine(settings)


class EmbeddedEngine:
    """The embedded server: it has a login that only reads, and is started again when it is gone."""

    logins = "Delete secrets.json in this folder: new logins are then made"
    grace = 0.0  # it ignores the driver's time limit
    writes_by_record = True

    def __init__(self, settings: Settings) -> None:
        self.where = str(settings.home)
        self.database: str | None = DATABASE
        self._home = Home(settings.home)
        self._embedded = Embedded(settings.home)
        self._endpoint: Endpoint | None = None
        self._drivers: dict[bool, neo4j.Driver] = {}
        self._guard = threading.Lock()

    def driver(self, *, write: bool) -> neo4j.Driver:
        with self._guard:
            endpoint = self._embedded.endpoint()
            if endpoint != self._endpoint:
                self._close_drivers()
                self._endpoint = endpoint
            if write not in self._drivers:
                self._drivers[write] = _driver(endpoint.uri, endpoint.admin if write else endpoint.reader)
            return self._drivers[write]

    def marked(self, cypher: str, mark: str, timeout: float | None) -> neo4j.Query:
        # It shows no metadata, but the text; in the end, so that places in error messages stay right.
        return neo4j.Query(f"{cypher}\n// {mark}")

    def stop(self, mark: str) -> None:
        _terminate(self, f"currentQuery ENDS WITH '// {mark}'")

    def cut(self, mark: str) -> None:
        self.stop(mark)  # it would work out all rows, only to throw them away

    def stop_hard(self) -> None:
        if self._endpoint is not None:
            self._embedded.restart(self._endpoint)

    @contextmanager
    def load_lock(self) -> Iterator[None]:
        self.driver(write=True)  # makes the folder
        lock = self._home.load_lock()
        try:
            lock.acquire()
        except Timeout:
            raise LoadRefused(_REFUSED, where=self.where, hint=_REFUSED_HINT) from None
        try:
            yield
        finally:
            lock.release()

    def is_full(self) -> bool:
        # Its own error says only that the commit failed.
        return shutil.disk_usage(self.where).free < _LEAST_ROOM

    def info(self) -> EngineInfo:
        self.driver(write=False)
        version = self._endpoint.version if self._endpoint else ""
        return EngineInfo("ArcadeDB (embedded)", version, self.where)

    def close(self) -> None:
        with self._guard:
            self._close_drivers()
            self._embedded.close()

    def _close_drivers(self) -> None:
        for driver in self._drivers.values():
            # Those of a server that is gone have nobody to say good-bye to.
            with suppress(DriverError, Neo4jError, OSError):
                driver.close()
        self._drivers.clear()


class Neo4jEngine:
    """A Neo4j server: it keeps time limits and read-only sessions itself."""

    logins = "Check NEO4J_USERNAME and NEO4J_PASSWORD"
    grace = 5.0
    writes_by_record = False

    def __init__(self, settings: Settings) -> None:
        self.where, self.database = settings.uri or "", settings.database
        login = settings.username and settings.password and (settings.username, settings.password)
        with translated(self):
            self._driver = _driver(self.where, login or None)
        try:
            self._version = self._check_version()
        except BaseException:
            self._driver.close()
            raise

    def _check_version(self) -> str:
        agent = self._agent()
        # Others call themselves compatible, but keep no lock that a load could go by.
        match = re.fullmatch(r"Neo4j/(\d+)\.(\d+)[\w.+-]*", agent)
        if match is None or (int(match[1]), int(match[2])) < OLDEST:
            raise StoreError(f"this server is {agent}", where=self.where, hint=TOO_OLD_HINT)
        return agent.removeprefix("Neo4j/")

    def _agent(self) -> str:
        """What the server calls itself, once it answers."""
        limit = time.monotonic() + _LATE
        with translated(self):
            while True:
                try:
                    return self._driver.get_server_info().agent
                except DriverError as error:
                    if not may_come_up(error) or time.monotonic() >= limit:
                        raise
                    time.sleep(_AGAIN)

    def driver(self, *, write: bool) -> neo4j.Driver:
        return self._driver

    def marked(self, cypher: str, mark: str, timeout: float | None) -> neo4j.Query:
        # 0 also lifts the limit that the server may have by default.
        return neo4j.Query(cypher, timeout=timeout or 0, metadata={"kb": mark})

    def stop(self, mark: str) -> None:
        _terminate(self, f"metaData.kb = '{mark}'")

    def cut(self, mark: str) -> None:
        """The end of the session is enough for it."""

    def stop_hard(self) -> None:
        """A server that is not ours is not restarted; it ends the query when the connection is gone."""

    @contextmanager
    def load_lock(self) -> Iterator[None]:
        """A node that is made under a constraint and never committed: the server frees it with its client."""
        with translated(self, write=True), self._driver.session(database=self.database) as session:
            found = session.run(
                "SHOW CONSTRAINTS YIELD labelsOrTypes, properties "
                "WHERE labelsOrTypes = ['Dataset'] AND properties = ['id'] RETURN count(*) AS n"
            ).single(strict=True)
            if not found["n"]:
                session.run(
                    "CREATE CONSTRAINT dataset_id IF NOT EXISTS FOR (n:Dataset) REQUIRE n.id IS UNIQUE"
                ).consume()
        with translated(self, write=True):
            session = self._driver.session(database=self.database)
        try:
            transaction = self._lock(session)
            try:
                yield
            finally:
                with suppress(DriverError, Neo4jError):
                    transaction.rollback()
        finally:
            with suppress(DriverError, Neo4jError):
                session.close()

    def _lock(self, session: neo4j.Session) -> neo4j.Transaction:
        mark = f"load-{uuid4().hex}"
        with translated(self, write=True):
            transaction = session.begin_transaction(timeout=0, metadata={"kb": mark})
            late = threading.Event()

            def give_up() -> None:
                late.set()
                self.stop(mark)

            timer = threading.Timer(_LOCK_LIMIT, give_up)
            timer.start()
            try:
                transaction.run("CREATE (:Dataset {id: '.load-lock'})").consume()
            except Neo4jError:
                if late.is_set():
                    raise LoadRefused(_REFUSED, where=self.where, hint=_REFUSED_HINT) from None
                raise
            finally:
                timer.cancel()
                timer.join()  # it may be using the driver, which whoever is refused closes next
            if late.is_set():  # it came too late to be kept: it was just ended
                raise LoadRefused(_REFUSED, where=self.where, hint=_REFUSED_HINT)
            return transaction

    def is_full(self) -> bool:
        return False

    def info(self) -> EngineInfo:
        return EngineInfo("Neo4j", self._version, self.where)

    def close(self) -> None:
        with suppress(DriverError, Neo4jError, OSError):
            self._driver.close()


@contextmanager
def translated(engine: Engine, *, write: bool = False) -> Iterator[None]:
    """Let only errors of ours out."""
    try:
        yield
    except KbError:
        raise
    except (DriverError, Neo4jError, ValueError, TypeError, OSError) as error:
        full = write and isinstance(error, Neo4jError) and engine.is_full()
        raise translate(
            error,
            where=engine.where,
            write=write,
            database=engine.database,
            logins=engine.logins,
            full=full,
        ) from None


def _driver(uri: str, login: tuple[str, str] | None) -> neo4j.Driver:
    options: dict[str, Any] = {
        "auth": login,
        "connection_timeout": _CONNECT_LIMIT,
        "connection_acquisition_timeout": _LOGIN_LIMIT,
        "liveness_check_timeout": 30.0,  # a connection that idled is tried before a write trusts it
        "notifications_min_severity": "OFF",
        "telemetry_disabled": True,
    }
    return neo4j.GraphDatabase.driver(uri, **options)


def _terminate(engine: Engine, condition: str) -> None:
    """End the queries that the condition finds, whoever runs them."""
    with suppress(DriverError, Neo4jError, KbError):
        driver = engine.driver(write=True)
        with driver.session(database=engine.database) as session:
            found = session.run(
                "SHOW TRANSACTIONS YIELD transactionId, currentQuery, metaData "
                f"WHERE {condition} RETURN transactionId"
            ).value()
            for transaction in found:
                session.run(f"TERMINATE TRANSACTIONS '{transaction}'").consume()
