"""A real Neo4j for tests: one that is named, a container, or a process made from Maven artifacts."""

import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import neo4j
from filelock import FileLock
from neo4j.exceptions import DriverError, Neo4jError

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("KB_CACHE") or HERE.parents[1] / ".cache")
IMAGE = os.environ.get("KB_NEO4J_IMAGE", "neo4j:5.26-community")
START_LIMIT = 120.0
OPENS = ("java.base/java.nio", "java.base/java.io", "java.base/sun.nio.ch", "java.base/java.lang")


class Unavailable(Exception):
    """Why no Neo4j can be had here, in a sentence."""


@contextmanager
def neo4j_server(folder: Path) -> Iterator["Server"]:
    """A running Neo4j: the first that can be had of the three.

    Raises: Unavailable, with what was tried.
    """
    if uri := os.environ.get("NEO4J_TEST_URI"):
        yield Server(_environment(uri, os.environ.get("NEO4J_TEST_PASSWORD", "")))
        return
    if _image_is_here():
        with _container() as environment:
            yield Server(environment)
        return
    with _process(folder) as process:
        yield Server(process.environment, process)


def _environment(uri: str, password: str) -> dict[str, str]:
    return {"NEO4J_URI": uri, "NEO4J_USERNAME": "neo4j", "NEO4J_PASSWORD": password}


def _image_is_here() -> bool:
    """Whether a Docker daemon answers that has the image, or can pull it."""
    if shutil.which("docker") is None:
        return False

    def docker(*arguments: str, limit: float) -> bool:
        try:
            done = subprocess.run(["docker", *arguments], capture_output=True, timeout=limit, check=False)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0

    if not docker("info", limit=10):
        return False
    return docker("image", "inspect", IMAGE, limit=10) or docker("pull", "--quiet", IMAGE, limit=300)


@contextmanager
def _container() -> Iterator[dict[str, str]]:
    from testcontainers.community.neo4j import Neo4jContainer

    with Neo4jContainer(IMAGE, password=secrets.token_hex(12)) as container:
        yield _environment(container.get_connection_url(), container.password)


@contextmanager
def neo4j_import(folder: Path, command: Sequence[str]) -> Iterator[dict[str, str]]:
    """A server of our own over what `command`, a call of neo4j-admin, has put into its empty store.

    Raises: Unavailable.
    """
    with _process(folder, imported=command[1:]) as process:
        yield process.environment


@contextmanager
def _process(folder: Path, *, imported: Sequence[str] = ()) -> Iterator["Process"]:
    jars = _jars()
    for name in ("conf", "data", "logs", "import", "plugins", "run"):
        (folder / name).mkdir(parents=True)
    process = Process(folder, jars)
    for arguments in (["dbms", "set-initial-password", process.password], imported):
        if arguments:
            admin = ["java", "-Xmx1g", "-cp", f"{jars}/*", "org.neo4j.cli.AdminTool", *arguments]
            done = subprocess.run(
                admin,
                cwd=folder,  # an import writes its report there
                env=process.home,
                check=False,
                capture_output=True,
                text=True,
                timeout=START_LIMIT,
            )
            assert done.returncode == 0, done.stdout + done.stderr
    try:
        process.start()
        yield process
    finally:
        process.stop()


class Process:
    """A Neo4j of our own, in a folder of its own, which can be killed and started again."""

    def __init__(self, folder: Path, jars: Path) -> None:
        self._folder, self._jars = folder, jars
        self._port, self.password = _free_port(), secrets.token_hex(12)
        self.home = {**os.environ, "NEO4J_HOME": str(folder), "NEO4J_CONF": str(folder / "conf")}
        self._configure({})

    @property
    def environment(self) -> dict[str, str]:
        return _environment(f"bolt://127.0.0.1:{self._port}", self.password)

    def start(self, settings: Mapping[str, str] = MappingProxyType({})) -> None:
        """Start it, with more `settings` than usual, and wait until it is ready.

        Raises: Unavailable.
        """
        self._configure(settings)
        command = ["java", "-Xmx1g", *(f"--add-opens={name}=ALL-UNNAMED" for name in OPENS)]
        command += ["-Dio.netty.tryReflectionSetAccessible=true", "-cp", f"{self._jars}/*"]
        command += ["org.neo4j.server.CommunityEntryPoint"]
        command += [f"--home-dir={self._folder}", f"--config-dir={self._folder}/conf"]
        console = self._folder / "logs" / "console.log"
        with console.open("wb") as log:
            self._server = subprocess.Popen(
                command, env=self.home, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        _wait_until_ready(self._server, self.environment["NEO4J_URI"], self.password, console)

    def kill(self) -> None:
        """End it as the operating system does."""
        self._server.kill()
        self._server.wait()

    def stop(self) -> None:
        self._server.terminate()
        try:
            self._server.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()

    def _configure(self, more: Mapping[str, str]) -> None:
        settings = {
            "server.default_listen_address": "127.0.0.1",
            "server.bolt.listen_address": f"127.0.0.1:{self._port}",
            "server.http.enabled": "false",
            "dbms.usage_report.enabled": "false",
            "dbms.security.allow_csv_import_from_file_urls": "false",
            "server.memory.heap.max_size": "1g",
            "server.memory.pagecache.size": "256m",
            **more,
        }
        text = "".join(f"{name}={value}\n" for name, value in settings.items())
        (self._folder / "conf" / "neo4j.conf").write_text(text)


@dataclass(frozen=True)
class Server:
    """The environment variables that name a running Neo4j, and its process if it is our own."""

    environment: dict[str, str]
    process: Process | None = None


def _jars() -> Path:
    """The folder of Neo4j's jars; they are fetched once."""
    jars = CACHE / "neo4j" / "lib"
    if shutil.which("java") is None:
        raise Unavailable("there is neither a Docker daemon with a Neo4j image nor Java")
    if any(jars.glob("neo4j-server-5*.jar")):
        return jars
    if shutil.which("mvn") is None:
        raise Unavailable("Neo4j's jars are not in the cache, and there is no mvn to fetch them")
    jars.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(jars.with_name("lib.lock")):  # of tests that run side by side, one fetches
        if not any(jars.glob("neo4j-server-5*.jar")):
            _fetch(jars)
    return jars


def _fetch(jars: Path) -> None:
    # Into a folder of its own first: a download that is cut off must not look like a whole one.
    part = jars.with_name(f"lib.{os.getpid()}")
    command = ["mvn", "--quiet", "--batch-mode", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies"]
    fetched = subprocess.run(
        [*command, f"-DoutputDirectory={part}"], capture_output=True, text=True, check=False
    )
    if fetched.returncode:
        shutil.rmtree(part, ignore_errors=True)
        raise Unavailable(f"mvn could not fetch Neo4j's jars: {fetched.stdout.strip()[-300:]}")
    shutil.rmtree(jars, ignore_errors=True)
    part.rename(jars)


def _wait_until_ready(server: subprocess.Popen[bytes], uri: str, password: str, log: Path) -> None:
    limit = time.monotonic() + START_LIMIT
    with neo4j.GraphDatabase.driver(uri, auth=("neo4j", password)) as driver:
        while True:
            try:
                driver.verify_connectivity()
                return
            except (DriverError, Neo4jError):
                if server.poll() is not None or time.monotonic() > limit:
                    raise Unavailable(f"Neo4j did not start: {log.read_text()[-500:]}") from None
                time.sleep(0.3)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
