"""The wheel holds what the project needs at run time and nothing else, and works in an empty environment."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the project as it stands."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [*PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(build, check=True)
    [found] = folder.glob("*.whl")
    return found


def names(wheel: Path) -> set[str]:
    """The files in it."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("folder", ["cypher", "seeds"])
def test_it_ships_the_queries_and_the_seeds(wheel: Path, folder: str) -> None:
    files = [path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file()]
    assert files
    assert {f"kb/{path.as_posix()}" for path in files} <= names(wheel)


def test_it_ships_its_types_and_its_licence(wheel: Path) -> None:
    assert "kb/py.typed" in names(wheel)
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names(wheel))


def test_it_ships_nothing_but_the_package(wheel: Path) -> None:
    assert {name.split("/")[0] for name in names(wheel) if ".dist-info/" not in name} == {"kb"}


def test_it_loads_its_seeds_and_answers_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    python = tmp_path / "env" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "env")], check=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "--constraint", str(ROOT / "constraints.txt"), str(wheel)], check=True)
    settings = {
        name: value for name, value in os.environ.items() if not name.startswith(("NEO4J_", "PYTHON"))
    }
    settings["KB_HOME"] = str(tmp_path / "home")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    def kb(*words: str) -> str:
        command = [str(python.with_name("kb")), *words]
        done = subprocess.run(
            command, cwd=elsewhere, env=settings, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    kb("load")
    query = "MATCH (p:Person {id: $id}) RETURN p.name AS person"
    assert json.loads(kb("query", query, "-p", "id", "bert-maher", "--format", "json")) == [
        {"person": "Bert Maher"}
    ]
    kb("db", "stop")
