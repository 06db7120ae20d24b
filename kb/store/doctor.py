"""What is wrong here, and what to do: this Python, the store's folder, the server, and what it holds."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from kb.errors import KbError
from kb.ledger import SHIPPED, read_folder
from kb.store.embedded import status
from kb.store.home import Home
from kb.store.settings import Settings, read_settings

if TYPE_CHECKING:
    from kb.store.base import Base

State = Literal["ok", "warn", "fail"]
OLDEST_PYTHON: Final = (3, 11)
PACKAGES: Final = (
    *(
        "arcadedb",
        "click",
        "duckdb",
        "edtf",
        "filelock",
        "neo4j",
        "neo4j-rust-ext",
        "networkx",
        "platformdirs",
    ),
    *("prompt-toolkit", "pydantic", "pypinyin", "pyyaml", "rich"),
)
_LITTLE: Final = 1_000_000_000  # bytes of free disk: below it, say so
_TOO_LITTLE: Final = 100_000_000


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: how it is, and what to do if it is not well."""

    check: str
    state: State
    what: str
    hint: str = ""


def examine(
    connect: Callable[[], "Base"], *, uri: str | None = None, home: Path | None = None
) -> Iterator[Check]:
    """Look at one thing after the other; `connect` opens the knowledge base.

    What cannot be looked at because something before it has failed is left out.
    """
    yield _python()
    yield _packages()
    try:
        settings = read_settings(uri=uri, home=home)
    except KbError as error:
        yield _failed("settings", error)
        return
    if settings.embedded:
        yield Check("settings", "ok", "the embedded engine is used; NEO4J_URI names no other")
        yield from _folder(settings.home)
        yield _server(settings.home)
    else:
        yield Check("settings", "ok", _named(settings))
    try:
        base = connect()
        engine = base.database.engine_info()
    except KbError as error:
        yield _failed("engine", error)
        return
    yield Check("engine", "ok", f"{engine.name} {engine.version} answers at {engine.where}")
    try:
        yield from _datasets(base)
    except KbError as error:
        yield _failed("datasets", error)


def _failed(check: str, error: KbError) -> Check:
    return Check(check, "fail", f"{error.where}: {error.what}" if error.where else error.what, error.hint)


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST_PYTHON:
        return Check("python", "fail", found, f"Use Python {'.'.join(map(str, OLDEST_PYTHON))} or newer")
    return Check("python", "ok", found)


def _packages() -> Check:
    found, missing = [], []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        hint = f"python -m pip install {' '.join(missing)}"
        return Check("packages", "fail", f"not installed: {', '.join(missing)}", hint)
    if version("neo4j").split(".")[:2] != version("neo4j-rust-ext").split(".")[:2]:
        what = f"neo4j {version('neo4j')} does not fit neo4j-rust-ext {version('neo4j-rust-ext')}"
        return Check("packages", "warn", what, "Install the two in one version")
    return Check("packages", "ok", ", ".join(found))


def _named(settings: Settings) -> str:
    """Which server the settings name. The password is not shown."""
    user = f", as {settings.username}" if settings.username else ", without a login"
    database = f", database {settings.database}" if settings.database else ""
    return f"the server {settings.uri} is used{user}{database}"


def _folder(path: Path) -> Iterator[Check]:
    there = next(each for each in (path, *path.parents) if each.exists())
    choose = "Choose another folder with KB_HOME"
    if there == path and not path.is_dir():
        yield Check("folder", "fail", f"{path} is not a folder", choose)
        return
    if not os.access(there, os.R_OK | os.W_OK | os.X_OK):
        yield Check("folder", "fail", f"{there} cannot be written", f"{choose}, or make it writable")
    elif there != path:
        yield Check("folder", "ok", f"{path} is not there yet; the first load makes it")
    elif Home(path).is_foreign():
        yield Check("folder", "fail", f"{path} holds other files, and no store", choose)
    elif os.name == "posix" and path.stat().st_mode & 0o077:
        what = f"{path} can be read by others (mode {path.stat().st_mode & 0o777:o})"
        yield Check("folder", "warn", what, f"chmod 700 {path}")
    else:
        yield Check("folder", "ok", str(path))
    free = shutil.disk_usage(there).free
    room = f"{free / 1e9:,.1f} GB free"
    if free < _LITTLE:
        yield Check("disk", "fail" if free < _TOO_LITTLE else "warn", room, f"Make room. {choose}")
    else:
        yield Check("disk", "ok", room)


def _server(path: Path) -> Check:
    try:
        found = status(path)
    except OSError as error:
        return Check("server", "fail", f"{path}: {error.strerror or error}", "Choose another with KB_HOME")
    if not found.running:
        return Check("server", "ok", "not running; it starts when it is needed")
    stays = ", stays until `kb db stop`" if found.pinned else ""
    return Check("server", "ok", f"running at {found.uri}, process {found.pid}{stays}")


def _datasets(base: "Base") -> Iterator[Check]:
    held = {dataset["id"]: dataset for dataset in base.datasets()}
    if not held:
        yield Check("datasets", "warn", "none is loaded", "Run `kb load`")
        return
    for key, dataset in held.items():
        if dataset.get("state") == "complete":
            yield Check("datasets", "ok", f"{key} is complete")
        else:
            yield Check("datasets", "warn", f"the load of {key} goes on, or was cut off", "Run `kb load`")
    for name in SHIPPED:
        ledger = read_folder(name)
        [(key, digest)] = ledger.execute(f"SELECT id, hash FROM {ledger.name('Dataset')}")
        if key not in held:
            yield Check("seeds", "warn", f"the shipped dataset {key} is not loaded", "Run `kb load`")
        elif held[key].get("hash") != digest:
            yield Check(
                "seeds", "warn", f"{key} was loaded from other files than the shipped ones", "Run `kb plan`"
            )
        else:
            yield Check("seeds", "ok", f"{key} is as shipped")
