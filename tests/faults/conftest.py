"""What tests of faults share: `kb` on an engine as it stands, a folder, and how a load goes undisturbed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.cli import main
from kb.store import Base
from tests.conftest import Engine
from tests.faults.journeys import Journey, measured
from tests.faults.worlds import first


@pytest.fixture
def run_kb(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Call `kb` in this process, on the engine of the test as it stands."""
    for name, value in engine.environment.items():
        monkeypatch.setenv(name, value)
    return lambda *words: CliRunner().invoke(main, list(words))


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """A folder in its first state."""
    return first(tmp_path / "tiny")


@pytest.fixture(scope="session")
def journeys(engine: Engine, shared_base: Base, tmp_path_factory: pytest.TempPathFactory) -> list[Journey]:
    """Three commands, as they go when nothing disturbs them."""
    return measured(engine, shared_base, tmp_path_factory.mktemp("journeys") / "tiny")
