"""The two engines, each started once, and a knowledge base on them that is empty at the start of a test."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from kb.store import Base, connect
from kb.store.embedded import reset
from kb.store.settings import Settings, read_settings
from tests.servers.neo4j import Process, Unavailable, neo4j_server

settings.register_profile("kb", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kb")


def pytest_xdist_auto_num_workers() -> int | None:
    """Tests that run side by side have servers of their own; one that is named is for one at a time."""
    return 1 if "NEO4J_TEST_URI" in os.environ else None


NAMES = ("NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD", "NEO4J_DATABASE", "KB_HOME", "KB_DEBUG", "NO_COLOR")


@dataclass(frozen=True)
class Engine:
    """A running engine, as environment variables and as settings."""

    name: str
    environment: dict[str, str]
    process: Process | None = None  # of a Neo4j that these tests started

    @property
    def settings(self) -> Settings:
        return read_settings(environ=self.environment)

    def connect(self) -> Base:
        read = self.settings
        auth = (read.username, read.password) if read.username and read.password else None
        return connect(read.uri, auth=auth, database=read.database, home=read.home)


@pytest.fixture(scope="session", autouse=True)
def no_settings_of_the_user() -> Iterator[None]:
    """Nothing that is set outside decides which database a test empties."""
    with pytest.MonkeyPatch.context() as patch:
        for name in NAMES:
            patch.delenv(name, raising=False)
        patch.setenv("COLUMNS", "120")
        yield


@pytest.fixture(scope="session", params=["embedded", "neo4j"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Each of the two engines. Without a Neo4j its half is left out, unless KB_REQUIRE_NEO4J=1."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    if request.param == "embedded":
        yield Engine("embedded", {"KB_HOME": str(folder / "home")})
        reset(folder / "home", force=True)
        return
    with ExitStack() as stack:
        try:
            server = stack.enter_context(neo4j_server(folder / "neo4j"))
        except Unavailable as error:
            sentence = f"the tests on Neo4j are left out: {error}"
            if os.environ.get("KB_REQUIRE_NEO4J") == "1":
                pytest.fail(sentence)
            pytest.skip(sentence)
        environment = {**server.environment, "KB_HOME": str(folder / "home")}
        yield Engine("neo4j", environment, server.process)


@pytest.fixture(scope="session")
def shared_base(engine: Engine) -> Iterator[Base]:
    """One knowledge base for all of a session; a test that uses it empties it itself."""
    with engine.connect() as base:
        yield base


@pytest.fixture
def base(shared_base: Base, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Base:
    """An empty knowledge base, which commands of the test find too."""
    shared_base.write("MATCH (n) DETACH DELETE n", timeout=None)
    for name, value in engine.environment.items():
        monkeypatch.setenv(name, value)
    return shared_base
