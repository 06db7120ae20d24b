"""What the last load wrote, kept as Parquet in the user's folder, so that the next need not read it back.

A graph gives some ten thousands of nodes and edges a second, a file some millions. There is one copy a
database, one file a type, named by the digest that the books of the graph have too: a type whose digest the
books still vouch for is what its file says. Whoever has no such file reads the graph.
"""

import hashlib
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import duckdb

from kb.errors import KbError
from kb.resolve import Snapshot
from kb.store.exports.files import copy
from kb.store.home import Home

_FAILS: Final = (OSError, duckdb.Error, KbError)


@dataclass(frozen=True)
class Copy:
    """The copy of one database. Nothing here ever fails a load: without a copy it is slower, that is all."""

    folder: Path

    @classmethod
    def of(cls, home: Path, server: str, database: str | None) -> "Copy":
        """The copy of a database in a user's folder."""
        name = hashlib.sha256(f"{server}\0{database or ''}".encode()).hexdigest()[:16]
        return cls(Home(home).copies / name)

    def fill(self, snapshot: Snapshot, table: str, digest: str) -> bool:
        """Fill an empty table of a snapshot with the copy of that digest; False if there is none."""
        file = self._file(table, digest)
        if not file.is_file():
            return False
        try:
            snapshot.execute(
                f"INSERT INTO {snapshot.name(table)} BY NAME SELECT * FROM read_parquet(?)", [str(file)]
            )
        except _FAILS:  # torn, or gone since: one statement, so nothing of it is in
            with suppress(OSError):
                file.unlink()
            return False
        return True

    def prune(self, digests: Mapping[str, str]) -> None:
        """Remove the files of all that the graph does not hold: they may name who asked to be left out."""
        wanted = {self._file(table, digest) for table, digest in digests.items()}
        with suppress(OSError):
            for file in set(self.folder.iterdir()) - wanted:
                shutil.rmtree(file) if file.is_dir() else file.unlink()
            if not wanted:
                self.folder.rmdir()

    def keep(self, snapshot: Snapshot, digests: Mapping[str, str]) -> None:
        """Make the files of a snapshot that are not there."""
        with suppress(*_FAILS):
            self.folder.mkdir(parents=True, exist_ok=True)
            self.folder.parent.chmod(0o700)
            with TemporaryDirectory(dir=self.folder) as scratch:
                for table, digest in digests.items():
                    file = self._file(table, digest)
                    if not file.exists():
                        part = Path(scratch) / file.name
                        copy(snapshot, f"FROM {snapshot.name(table)}", part, "FORMAT parquet")
                        part.replace(file)

    def _file(self, table: str, digest: str) -> Path:
        return self.folder / f"{table}-{digest}.parquet"
