"""What a command works on: the knowledge base that the options name, opened when it is first used."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli.meter import Waiting

if TYPE_CHECKING:
    from kb.store import Base


@dataclass
class Session:
    """The connection options of one call of `kb`."""

    uri: str | None = None
    user: str | None = None
    password_file: Path | None = None
    database: str | None = None
    home: Path | None = None
    waiting: Waiting = field(default_factory=Waiting, init=False, repr=False)
    _base: "Base | None" = field(default=None, init=False, repr=False)

    @property
    def base(self) -> "Base":
        """The knowledge base, the same each time. Raises: StoreError if it cannot be opened."""
        if self._base is None:
            from kb.store import connect

            self._base = connect(self.uri, auth=self._login(), database=self.database, home=self.home)
        return self._base

    def reading(self, table: str) -> None:
        """Say that a type is read, where that takes more than a moment."""
        self.waiting(f"Reading {table}")

    @property
    def folder(self) -> Path:
        """The folder of the embedded store, which also keeps the shell's history."""
        from kb.store.settings import read_settings

        return read_settings(uri=self.uri, home=self.home).home

    @property
    def own_home(self) -> str | None:
        """The folder that --home names, if it was given."""
        return str(self.home) if self.home is not None else None

    def close(self) -> None:
        """Close it, if it was opened."""
        if self._base is not None:
            self._base.close()

    def _login(self) -> tuple[str, str] | None:
        """User and password from the options; None leaves both to the environment."""
        if self.user is None:
            if self.password_file is not None:
                raise click.UsageError("--password-file needs --user")
            return None
        if self.password_file is not None:
            text = self.password_file.read_text(encoding="utf-8")
            return self.user, text.partition("\n")[0].rstrip("\r")
        if not sys.stdin.isatty():
            raise click.UsageError("--user needs --password-file where there is no terminal to ask on")
        return self.user, click.prompt("Password", hide_input=True, err=True)
