"""Write a snapshot into a folder, in the format that a program wants."""

import os
import shutil
from collections.abc import Callable, Mapping
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import Final

import duckdb

from kb.errors import KbError
from kb.resolve import Snapshot
from kb.store.exports.admin import write_admin
from kb.store.exports.files import Exported
from kb.store.exports.ftm import write_ftm
from kb.store.exports.graphml import write_graphml
from kb.store.exports.tables import write_csv, write_parquet

FORMATS: Final[Mapping[str, Callable[[Snapshot, Path], Exported]]] = {
    "neo4j-admin": write_admin,
    "parquet": write_parquet,
    "csv": write_csv,
    "graphml": write_graphml,
    "ftm": write_ftm,
}
_ROOM: Final = "Make room, then try again"


def export(snapshot: Snapshot, folder: str | Path, *, form: str) -> Exported:
    """Write a snapshot into a folder that is not there yet, or is empty.

    `form` is one of FORMATS. Raises: KbError if the folder holds something, or cannot be written; then
    nothing is left there.
    """
    if form not in FORMATS:
        raise KbError(f"no format `{form}`", hint=f"There are {', '.join(FORMATS)}")
    path = Path(folder).expanduser().absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
        if any(path.iterdir()):
            raise KbError("the folder is not empty", where=str(folder), hint="Name a new one")
        if not os.access(path, os.W_OK | os.X_OK):
            raise KbError("the folder cannot be written", where=str(folder), hint="Name another one")
        try:
            return FORMATS[form](snapshot, path)
        except BaseException:
            _clear(path)
            raise
    except FileExistsError:
        raise KbError("this is a file", where=str(folder), hint="Name a folder") from None
    except OSError as error:
        hint = _ROOM if error.errno in (ENOSPC, EDQUOT) else ""
        raise KbError(error.strerror or str(error), where=str(error.filename or folder), hint=hint) from None
    except duckdb.IOException as error:
        what = "No space left on device" if "No space left" in str(error) else str(error).splitlines()[0]
        raise KbError(what, where=str(folder), hint=_ROOM) from None


def _clear(folder: Path) -> None:
    """Remove what was begun: half of an export looks like a whole one."""
    for entry in folder.iterdir():
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
