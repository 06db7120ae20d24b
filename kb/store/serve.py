"""The process of the embedded server: ArcadeDB on loopback, for as long as someone needs it.

This is the only module that knows ArcadeDB, and `Engine` is all that it has to offer: start with two ports
and a password, one database, stop. It talks to the processes that use it through the files of `home` alone.
"""

import json
import os
import signal
import socket
import sys
import threading
import time
import traceback
from base64 import b64encode
from contextlib import suppress
from datetime import UTC, datetime
from enum import IntEnum
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from secrets import token_urlsafe
from types import FrameType
from typing import Any

from kb.store.home import DATABASE, Home, Running, Secrets, attempt, write_private

READER = "reader"
ADMIN = "root"
REASON = "kb-store: "  # begins the line of the log that says why the server ended
_PORT_TRIES = 5
_POLL = 1.0  # seconds between two looks at the leases


class Exit(IntEnum):
    """Why the server process ended, told to the process that started it."""

    STOPPED = 0
    FAILED = 1
    NOT_INSTALLED = 3
    PORT_TAKEN = 4
    DISK_FULL = 5
    DAMAGED = 6


class Damaged(Exception):
    """The store cannot be read as a whole."""


class Engine:
    """One ArcadeDB server in this process, with Bolt on loopback and one database."""

    def __init__(self, folder: Path, password: str, *, bolt_port: int, http_port: int) -> None:
        # Settings of the database itself are read from the process, not from the server's configuration.
        os.environ["ARCADEDB_NATIVE_ISOLATE_ARGS"] = " ".join(
            [
                "-Darcadedb.opencypher.loadCsv.allowFileUrls=false",
                "-Darcadedb.txWalFlush=2",  # a commit is on disk when it is answered
            ]
        )
        os.environ["ARCADEDB_LOG_DIR"] = str(folder / "log")
        import arcadedb

        self._folder = folder
        self.version = str(arcadedb.__version__)
        self._server = arcadedb.create_server(
            str(folder),
            password,
            {
                "mode": "development",
                "server_plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
                "host": "127.0.0.1",  # the default is every interface
                "bolt_host": "127.0.0.1",
                "bolt_port": bolt_port,
                "http_port": http_port,
                # Stretching is for passwords that people choose; with 192 random bits it costs 0.1 s a login.
                "server_securitySaltIterations": 1000,
                # A batch of rows is one message; the default stops at 16 MB and 2^20 values.
                "bolt_maxMessageSize": 1 << 30,
                "bolt_packstream_maxElements": 1 << 27,
            },
        )

    def start(self) -> None:
        """Listen, and open the database or make it."""
        self._server.start()
        self._database = self._server.create_database(DATABASE)
        next(iter(self._database.query("opencypher", "RETURN 1 AS answer")))

    def damage(self) -> str:
        """Read everything once; says what cannot be read, or nothing."""
        # It opens files of garbage as if they were empty, and only complains in its log.
        types = next(iter(self._database.query("sql", "SELECT count(*) AS n FROM schema:types"))).get("n")
        found = next(iter(self._database.command("sql", "check database")))
        for key in ("corruptedRecords", "topMissingReferences", "corruptedIndexes"):
            if bad := list(found.get(key) or ()):
                return f"{key}: {len(bad)}, as {bad[0]}"
        if errors := found.get("totalErrors"):
            return f"{errors} errors in its pages"
        records = any(file.stat().st_size for file in self._folder.glob("databases/*/*.bucket"))
        return "records, but no types in its schema" if records and not types else ""

    def stop(self) -> None:
        self._server.stop()


def main(arguments: list[str]) -> None:
    """Serve one store folder: `HOME LINGER [BOLT_PORT HTTP_PORT]`."""
    home, linger = Home(Path(arguments[0])), float(arguments[1])
    ports = [int(port) for port in arguments[2:4]]
    os.chdir(home.path)
    try:
        code = _serve(home, linger, ports)
    except BaseException as error:
        code = _reason(error)
        with suppress(OSError):  # the disk of the log may be the one that is full
            traceback.print_exc()
            print(f"{REASON}{' '.join(str(error).split())}", file=sys.stderr, flush=True)  # noqa: T201
    os._exit(code)  # threads of the engine would keep a failed process alive


def _serve(home: Home, linger: float, ports: list[int]) -> Exit:
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    with home.server_lock().acquire(timeout=5):
        home.running_file.unlink(missing_ok=True)
        engine, bolt_port, http_port = _start(home, ports)
        started = datetime.now(UTC).isoformat(timespec="seconds")
        home.write_running(Running(os.getpid(), bolt_port, http_port, started, engine.version))
        _stay(home, linger, stopping)
        home.running_file.unlink(missing_ok=True)
        engine.stop()
        home.write_closed()
    return Exit.STOPPED


def _start(home: Home, ports: list[int]) -> tuple[Engine, int, int]:
    users = home.engine / "config" / "server-users.jsonl"
    if lost := home.lost_files():
        raise Damaged(f"{lost[0]} is gone or cut off")
    suspect = home.is_suspect()
    secrets = home.secrets()
    if secrets is None or not users.exists():
        # Logins are not data: when half of them is lost, both are made anew.
        users.unlink(missing_ok=True)
        users.parent.mkdir(parents=True, exist_ok=True)
        write_private(users.parent / "server-groups.json", _groups())
        home.secrets_file.unlink(missing_ok=True)
        secrets = Secrets(token_urlsafe(24), token_urlsafe(24))
    for tries in range(_PORT_TRIES):
        bolt_port, http_port = ports if ports and not tries else _free_ports()
        engine = Engine(home.engine, secrets.admin, bolt_port=bolt_port, http_port=http_port)
        try:
            engine.start()
            break
        except Exception as error:
            if _reason(error) is not Exit.PORT_TAKEN or tries == _PORT_TRIES - 1:
                raise
    home.closed_file.unlink(missing_ok=True)
    if suspect and (damage := engine.damage()):
        raise Damaged(damage)
    if not home.secrets_file.exists():
        _create_reader(http_port, secrets)
        home.write_secrets(secrets)
    return engine, bolt_port, http_port


def _stay(home: Home, linger: float, stopping: threading.Event) -> None:
    needed = time.monotonic()
    while not stopping.wait(_POLL):
        if not home.path.is_dir():
            return
        if home.is_pinned(os.getpid()) or home.live_leases():
            needed = time.monotonic()
        elif time.monotonic() - needed >= linger:
            # Whoever finds the server holds the start lock, so nobody can find it while it decides to go.
            with attempt(home.start_lock()) as alone:
                if alone and not home.live_leases():
                    home.running_file.unlink(missing_ok=True)
                    return


def _groups() -> dict[str, Any]:
    """Who may do what: the reader reads records, and changes neither data nor schema nor logins."""

    def group(access: list[str], records: list[str]) -> dict[str, Any]:
        types = {"*": {"access": records}}
        return {"resultSetLimit": -1, "readTimeout": -1, "access": access, "types": types}

    everything = group(
        ["updateSecurity", "updateSchema", "updateDatabaseSettings"],
        ["createRecord", "readRecord", "updateRecord", "deleteRecord"],
    )
    groups = {"admin": everything, READER: group([], ["readRecord"]), "*": group([], [])}
    return {"databases": {"*": {"groups": groups}}, "version": 2}


def _create_reader(http_port: int, secrets: Secrets) -> None:
    user = {"name": READER, "password": secrets.reader, "databases": {DATABASE: [READER]}}
    login = b64encode(f"{ADMIN}:{secrets.admin}".encode()).decode()
    body = json.dumps({"command": f"create user {json.dumps(user)}"})
    connection = HTTPConnection("127.0.0.1", http_port, timeout=10)
    connection.request("POST", "/api/v1/server", body, {"Authorization": f"Basic {login}"})
    answer = connection.getresponse()
    said = answer.read().decode()
    connection.close()
    if answer.status != HTTPStatus.OK:
        raise RuntimeError(f"the reader's login was not made: {said}")


def _free_ports() -> tuple[int, int]:
    with socket.socket() as bolt, socket.socket() as http:
        for each in (bolt, http):
            each.bind(("127.0.0.1", 0))
        return bolt.getsockname()[1], http.getsockname()[1]


def _reason(error: BaseException) -> Exit:
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, ImportError):
        return Exit.NOT_INSTALLED
    if "No space left" in text or "Disk quota" in text:
        return Exit.DISK_FULL
    if "Unable to listen" in text:
        return Exit.PORT_TAKEN
    theirs = type(error).__module__.startswith("arcadedb")
    return Exit.DAMAGED if theirs or isinstance(error, Damaged) else Exit.FAILED
