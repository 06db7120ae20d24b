"""The folder of the embedded store: which file is what, who holds which lock.

Locks are held by the operating system, so a killed process leaves none behind: a process id in a file is
never taken as a sign of life.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

DATABASE = "kb"
MARKER = {"store": "ai-talent-kb", "format": 1}
_MARKER_FILE = "store.json"
_START_LOCK = "start.lock"
_SERVER_LOCK = "server.lock"
_START_WAIT = 150.0  # seconds that a command waits while another one starts, stops or resets the server
_CHECKED_SIZE = 100_000_000
_LEASE_WAIT = 5.0
_leases = count(1)


@dataclass(frozen=True)
class Running:
    """What the server says about itself once it answers."""

    pid: int
    bolt_port: int
    http_port: int
    started: str
    version: str


@dataclass(frozen=True)
class Secrets:
    """The two logins of a store: one may do all, the other only reads."""

    admin: str = field(repr=False)
    reader: str = field(repr=False)


@dataclass(frozen=True)
class Home:
    """Paths and locks of one store folder."""

    path: Path

    @property
    def engine(self) -> Path:
        return self.path / "engine"

    @property
    def databases(self) -> Path:
        return self.engine / "databases"

    @property
    def log(self) -> Path:
        return self.path / "server.log"

    @property
    def running_file(self) -> Path:
        return self.path / "running.json"

    @property
    def closed_file(self) -> Path:
        return self.path / "closed.json"

    @property
    def secrets_file(self) -> Path:
        return self.path / "secrets.json"

    @property
    def pin_file(self) -> Path:
        return self.path / "pinned"

    @property
    def copies(self) -> Path:
        """What loads keep for the next one, of this store and of other servers."""
        return self.path / "copies"

    @property
    def clients(self) -> Path:
        return self.path / "clients"

    def is_ours(self) -> bool:
        """Whether this folder was made by `prepare`."""
        return read_json(self.path / _MARKER_FILE) == MARKER

    def is_free(self) -> bool:
        """Whether there is nothing here that someone else could miss."""
        # A start that was cut off leaves locks behind, and the marker under the name it is written with.
        ours = {_START_LOCK, _SERVER_LOCK, "clients", "forgotten", "copies"}
        if not self.path.exists():
            return True
        return all(p.name in ours or p.name.startswith(f".{_MARKER_FILE}.") for p in self.path.iterdir())

    def is_foreign(self) -> bool:
        """Whether it holds files of others, and no store."""
        # In this order: another process may be making the folder, and puts its mark there before all else.
        return not (self.is_free() or self.is_ours())

    def prepare(self) -> None:
        """Make the folder, for this user alone."""
        self.clients.mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o700)
        if not self.is_ours():
            write_private(self.path / _MARKER_FILE, MARKER)

    def start_lock(self) -> FileLock:
        """Held while someone finds, starts, stops or resets the server."""
        return FileLock(self.path / _START_LOCK, timeout=_START_WAIT, mode=0o600, thread_local=False)

    def server_lock(self) -> FileLock:
        """Held by the server as long as it lives."""
        return FileLock(self.path / _SERVER_LOCK, mode=0o600, thread_local=False)

    def load_lock(self) -> FileLock:
        """Held by the process that loads."""
        return FileLock(self.path / "load.lock", timeout=0, mode=0o600, thread_local=False)

    def new_lease(self) -> FileLock:
        """A lock file whose being held says: this process needs the server."""
        name = f"{os.getpid()}-{next(_leases)}.lock"
        # Between making the file and locking it the server's sweep can come first; then it is made again.
        return FileLock(self.clients / name, timeout=_LEASE_WAIT, mode=0o600, thread_local=False)

    def has_server(self) -> bool:
        """Whether a server process lives on this folder."""
        lock = self.server_lock()  # looking makes no file
        return Path(lock.lock_file).exists() and is_held(lock)

    def running(self) -> Running | None:
        """Where the live server answers, or None when there is none or it is still starting."""
        if not self.has_server():
            return None
        try:
            return Running(**read_json(self.running_file))
        except TypeError:
            return None

    def secrets(self) -> Secrets | None:
        try:
            return Secrets(**read_json(self.secrets_file))
        except TypeError:
            return None

    def write_running(self, running: Running) -> None:
        write_private(self.running_file, asdict(running))

    def write_secrets(self, secrets: Secrets) -> None:
        write_private(self.secrets_file, asdict(secrets))

    def write_closed(self) -> None:
        """Note how the data files were left."""
        write_private(self.closed_file, self._data_files())

    def is_suspect(self) -> bool:
        """Whether the data files changed since they were closed, or were never closed and are few enough.

        The engine recovers from being killed by itself, and reading a large store takes long.
        """
        files = self._data_files()
        if not files or read_json(self.closed_file) == files:
            return False
        return self.closed_file.exists() or sum(size for size, _ in files.values()) < _CHECKED_SIZE

    def lost_files(self) -> list[str]:
        """Data files that are gone, or shorter than they were when the store was closed."""
        now = self._data_files()
        return [
            name for name, (size, _) in read_json(self.closed_file).items() if now.get(name, [-1])[0] < size
        ]

    def _data_files(self) -> dict[str, list[int]]:
        found = sorted(self.databases.glob("*/*"))
        # The lock is no data, and the engine may take it away late.
        stats = {p.name: p.stat() for p in found if p.suffix != ".lck"}
        return {name: [stat.st_size, stat.st_mtime_ns] for name, stat in stats.items()}

    def live_leases(self) -> list[Path]:
        """Leases of living processes; those of dead ones are swept away."""
        return [path for path in sorted(self.clients.glob("*.lock")) if not _swept(path)]

    def is_pinned(self, pid: int) -> bool:
        """Whether the server with this process id was told to stay."""
        # A pin that a dead server left behind holds for no other one.
        try:
            return self.pin_file.read_text() == str(pid)
        except OSError:
            return False

    def size(self) -> int:
        """Bytes on disk."""
        return sum(p.stat().st_size for p in self.path.rglob("*") if p.is_file())


def is_held(lock: FileLock) -> bool:
    """Whether another holder has this lock now."""
    try:
        with lock.acquire(timeout=0):
            return False
    except Timeout:
        return True


def forget_copies(path: Path) -> None:
    """Remove what loads keep for the next one, which is slower then."""
    shutil.rmtree(Home(path).copies, ignore_errors=True)


def read_json(path: Path) -> dict[str, Any]:
    """What a small JSON file says; nothing when it is missing or cut off."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def write_private(path: Path, value: object) -> None:
    """Write a small JSON file at once or not at all, readable for its owner alone."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made with mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(value, file)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _swept(path: Path) -> bool:
    lock = FileLock(path, mode=0o600, thread_local=False)
    try:
        with lock.acquire(timeout=0):
            path.unlink(missing_ok=True)
            return True
    except Timeout:
        return False


@contextmanager
def attempt(lock: FileLock) -> Iterator[bool]:
    """Hold a lock if nobody else does; says whether it is held."""
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()
