"""The embedded server as its users see it: found or started when needed, gone when nobody needs it.

Every process that uses it holds a lease, a locked file that the operating system frees when the process ends,
however it ends. The server stops when no lease is held for `LINGER` seconds, unless `start` pinned it.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from errno import EDQUOT, ENOSPC
from pathlib import Path

from filelock import FileLock, Timeout

import kb
from kb.errors import EmbeddedError
from kb.store.home import Home, Running, forget_copies, is_held
from kb.store.serve import ADMIN, READER, REASON, Exit

LINGER = 10.0
_START_LIMIT = 120.0  # a large store that was killed takes its time
_STOP_LIMIT = 15.0
_LOG_LIMIT = 1_000_000
# Run without the current folder on the path, where another `kb` may lie.
_COMMAND = "import sys; sys.path.append(sys.argv[1]); from kb.store.serve import main; main(sys.argv[2:])"


@dataclass(frozen=True)
class Endpoint:
    """Where the server answers, and its two logins."""

    uri: str
    admin: tuple[str, str] = field(repr=False)
    reader: tuple[str, str] = field(repr=False)
    version: str
    pid: int


@dataclass(frozen=True)
class Status:
    """What `kb db status` shows."""

    path: Path
    running: bool
    pinned: bool
    pid: int | None
    uri: str | None
    started: str | None
    version: str | None
    clients: int
    size: int


class Embedded:
    """One process's hold on the embedded server of a store folder."""

    def __init__(self, home: Path, *, linger: float = LINGER) -> None:
        self._home, self._linger = Home(home), linger
        self._lease: FileLock | None = None

    def endpoint(self) -> Endpoint:
        """Where the server answers; it is started if it is not there, or not any more.

        Raises: EmbeddedError, in one line, if it cannot be.
        """
        with _exclusive(self._home):
            if self._lease is None:
                lease = self._home.new_lease()
                lease.acquire()
                self._lease = lease
            return _endpoint(self._home, _find_or_start(self._home, self._linger))

    def restart(self, seen: Endpoint) -> None:
        """Kill the server that was `seen`, which is all that ends a query that does not listen."""
        with _exclusive(self._home):
            running = self._home.running()
            if running is not None and running.pid == seen.pid:
                _end(self._home, running, force=True)

    def close(self) -> None:
        """Say that this process needs the server no more."""
        if self._lease is not None:
            path = Path(self._lease.lock_file)
            self._lease.release()
            self._lease = None
            path.unlink(missing_ok=True)


def start(path: Path) -> Status:
    """Start the server if it is not there, and let it stay until `stop`."""
    home = Home(path)
    with _exclusive(home):
        running = _find_or_start(home, LINGER)
        home.pin_file.write_text(str(running.pid))
    return status(path)


def stop(path: Path) -> bool:
    """Stop the server; false if there was none. Who still uses it starts it again at the next query."""
    home = Home(path)
    if not home.has_server():
        return False
    with _exclusive(home):
        home.pin_file.unlink(missing_ok=True)
        running = home.running()
        if running is not None:
            _end(home, running)
    return running is not None


def status(path: Path) -> Status:
    """Whether the server runs, and where. Starts nothing and makes no folder."""
    home = Home(path)
    if not path.is_dir():
        return Status(path, False, False, None, None, None, None, 0, 0)
    running = home.running()
    clients = len(home.live_leases())
    if running is None:
        return Status(path, False, False, None, None, None, None, clients, home.size())
    pinned = home.is_pinned(running.pid)
    return Status(
        path, True, pinned, running.pid, _uri(running), running.started, running.version, clients, home.size()
    )


def reset(path: Path, *, force: bool = False) -> None:
    """Delete the data of the store. Raises: EmbeddedError if it is in use (unless `force`) or is not ours."""
    home = Home(path)
    if home.is_free():
        return
    with _exclusive(home):
        users = len(home.live_leases())
        if users and not force:
            hint = "Close the programs that use it, or use --force"
            raise EmbeddedError(f"the store is in use by {users} connection(s)", where=str(path), hint=hint)
        running = home.running()
        if running is not None:
            _end(home, running)
        for file in (home.secrets_file, home.pin_file, home.running_file, home.closed_file, home.log):
            file.unlink(missing_ok=True)
        shutil.rmtree(home.engine, ignore_errors=False) if home.engine.exists() else None
        forget_copies(path)


@contextmanager
def _exclusive(home: Home) -> Iterator[None]:
    """Prepare the folder and hold its start lock; what the file system refuses becomes one clear line."""
    where = str(home.path)
    try:
        if home.is_foreign():
            hint = "Choose an empty folder, with KB_HOME"
            raise EmbeddedError("the folder holds other files, and no store", where=where, hint=hint)
        home.path.mkdir(parents=True, exist_ok=True)
        with home.start_lock():
            home.prepare()
            yield
    except Timeout:
        hint = "Wait for the command that starts or stops it"
        raise EmbeddedError("the store is busy", where=where, hint=hint) from None
    except OSError as error:
        raise _folder_error(home, error) from None


def _folder_error(home: Home, error: OSError) -> EmbeddedError:
    if error.errno in (ENOSPC, EDQUOT):
        return _disk_full(home)
    hint = "Choose a folder that you can write, with KB_HOME"
    return EmbeddedError(
        f"the store's folder cannot be used ({error.strerror or error})", where=str(home.path), hint=hint
    )


def _disk_full(home: Home) -> EmbeddedError:
    hint = "Make room, or choose another folder with KB_HOME"
    return EmbeddedError("no space left on the disk", where=str(home.path), hint=hint)


def _endpoint(home: Home, running: Running) -> Endpoint:
    secrets = home.secrets()
    if secrets is None:
        _end(home, running, force=True)
        raise EmbeddedError(
            "the logins of the store are gone",
            where=str(home.secrets_file),
            hint="Try again: they are remade",
        )
    return Endpoint(
        _uri(running),
        (ADMIN, secrets.admin),
        (READER, secrets.reader),
        running.version,
        running.pid,
    )


def _uri(running: Running) -> str:
    return f"bolt://127.0.0.1:{running.bolt_port}"


def _find_or_start(home: Home, linger: float) -> Running:
    if not home.has_server():
        return _start(home, linger)
    limit = time.monotonic() + _START_LIMIT
    while time.monotonic() < limit:
        # One whose starter was killed still gets ready; one that was killed holds its lock a little longer.
        if (running := home.running()) and not _is_dying(running.pid):
            return running
        if not home.has_server():
            return _start(home, linger)
        time.sleep(0.02)
    hint = "End it, then try again"
    raise EmbeddedError("a server holds the store but does not get ready", where=str(home.path), hint=hint)


def _start(home: Home, linger: float) -> Running:
    home.running_file.unlink(missing_ok=True)
    if home.log.exists() and home.log.stat().st_size > _LOG_LIMIT:
        home.log.unlink()
    root = Path(kb.__file__).parents[1]
    command = [sys.executable, "-P", "-c", _COMMAND, str(root), str(home.path), str(linger)]
    with home.log.open("ab") as log:
        home.log.chmod(0o600)
        begin = log.tell()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=home.path, start_new_session=True
        )
    limit = time.monotonic() + _START_LIMIT
    while time.monotonic() < limit:
        code = process.poll()
        if code is not None:
            raise _start_error(home, code, begin)
        if home.running_file.exists() and (running := home.running()) and running.pid == process.pid:
            # Waits for the end of a process that may outlive this one, so that it leaves no zombie.
            threading.Thread(target=process.wait, daemon=True).start()
            return running
        time.sleep(0.01)
    process.kill()
    process.wait()
    raise EmbeddedError(
        f"the server did not answer in {_START_LIMIT:.0f} s", where=str(home.log), hint="Its log says more"
    )


def _start_error(home: Home, code: int, begin: int) -> EmbeddedError:
    if code == Exit.DISK_FULL:
        return _disk_full(home)
    if code == Exit.NOT_INSTALLED:
        hint = "Install `arcadedb`, or set NEO4J_URI to use a Neo4j server"
        return EmbeddedError("the embedded server is not installed", hint=hint)
    last = _last_line(home, begin)
    if code == Exit.PORT_TAKEN:
        return EmbeddedError(
            "the server found no free port", where="127.0.0.1", hint=f"Try again. It said: {last}"
        )
    if code == Exit.DAMAGED:
        hint = "`kb db reset` makes an empty one, and `kb load` fills it again"
        return EmbeddedError(f"the store is damaged ({last})", where=str(home.databases), hint=hint)
    hint = f"It said: {last}" if last else "Its log is empty"
    return EmbeddedError(f"the server died at its start (exit code {code})", where=str(home.log), hint=hint)


def _last_line(home: Home, begin: int) -> str:
    with suppress(OSError), home.log.open("rb") as log:
        log.seek(begin)
        lines = log.read()[-20_000:].decode("utf-8", "replace").splitlines()
        said = [line.strip() for line in lines if line.strip()]
        reasons = [line.removeprefix(REASON) for line in said if line.startswith(REASON)]
        last = (reasons or said or [""])[-1]
        return "".join(each for each in last if each.isprintable())[:200]
    return ""


def _is_dying(pid: int) -> bool:
    """Whether a process was killed, but its threads are not all gone. Known on Linux only."""
    try:
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except OSError:
        return False
    return state in (b"Z", b"X")


def _end(home: Home, running: Running, *, force: bool = False) -> None:
    """End the server; its lock being free says that it is gone."""
    numbers = [signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM]
    if not force:
        numbers.insert(0, signal.SIGTERM)
    for number in numbers:
        with suppress(ProcessLookupError):
            os.kill(running.pid, number)
        limit = time.monotonic() + _STOP_LIMIT
        while time.monotonic() < limit:
            if not is_held(home.server_lock()):
                home.running_file.unlink(missing_ok=True)
                return
            time.sleep(0.01)
    hint = f"End process {running.pid}, then try again"
    raise EmbeddedError("the server does not stop", where=str(home.path), hint=hint)
