"""Which database to use: options first, then the environment, else the embedded server.

No other module reads the environment, but for `kb.user_folder`.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from kb.errors import StoreError
from kb.user_folder import user_folder

SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")


@dataclass(frozen=True)
class Settings:
    """Where the graph is. Without a `uri` it is the embedded server, with its data in `home`."""

    uri: str | None
    username: str | None
    password: str | None = field(repr=False)
    database: str | None
    home: Path

    @property
    def embedded(self) -> bool:
        return self.uri is None


def read_settings(
    *,
    uri: str | None = None,
    auth: tuple[str, str] | None = None,
    database: str | None = None,
    home: str | Path | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Settings:
    """Settings from options, else from NEO4J_URI, NEO4J_USERNAME, NEO4J_PASSWORD, NEO4J_DATABASE, KB_HOME.

    A server that is named by an option takes no login from the environment, which may be another server's.
    Raises: StoreError that names the key that is wrong.

    >>> read_settings(environ={"NEO4J_URI": "neo4j://localhost"}).uri
    'neo4j://localhost'
    """
    key = "uri" if uri else "NEO4J_URI"
    given = uri or environ.get("NEO4J_URI") or None
    if auth is not None:
        username, password = auth
    elif uri:
        username, password = None, None
    else:
        username = environ.get("NEO4J_USERNAME") or None
        password = environ.get("NEO4J_PASSWORD") or None
    name = database or (None if uri else environ.get("NEO4J_DATABASE") or None)
    if given is None:
        _refuse_login_without_server(auth, database, environ)
    else:
        _check_uri(key, given)
        if password and not username:
            raise StoreError(
                "a password is set, but no user", where="NEO4J_PASSWORD", hint="Set NEO4J_USERNAME"
            )
        if username and not password:
            where = "auth" if auth else "NEO4J_USERNAME"
            raise StoreError("a user is set, but no password", where=where, hint="Set NEO4J_PASSWORD")
    return Settings(given, username, password, name, user_folder(home, environ))


def _refuse_login_without_server(
    auth: tuple[str, str] | None, database: str | None, environ: Mapping[str, str]
) -> None:
    options = [name for name, value in (("auth", auth), ("database", database)) if value]
    keys = [key for key in ("NEO4J_USERNAME", "NEO4J_PASSWORD", "NEO4J_DATABASE") if environ.get(key)]
    if options or keys:
        raise StoreError(
            "it is set, but no server is",
            where=(options + keys)[0],
            hint="Set NEO4J_URI, or unset it to use the embedded server",
        )


def _check_uri(key: str, uri: str) -> None:
    # The text is not repeated in these errors: it may hold a password.
    try:
        parts = urlsplit(uri)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise StoreError("not an address", where=key, hint="Write it like neo4j://localhost:7687") from None
    if parts.scheme not in SCHEMES:
        hint = f"Write it like neo4j://localhost:7687, with one of {', '.join(SCHEMES)}"
        what = f"`{parts.scheme}` is not a scheme of Neo4j" if parts.scheme else "the address has no scheme"
        raise StoreError(what, where=key, hint=hint)
    if parts.username is not None or parts.password is not None:
        hint = "Put them in NEO4J_USERNAME and NEO4J_PASSWORD"
        raise StoreError("an address holds no user and no password", where=key, hint=hint)
    if not host:
        raise StoreError("the address names no host", where=key, hint="Write it like neo4j://localhost:7687")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        hint = "Name the database in NEO4J_DATABASE"
        raise StoreError("the address goes on after host and port", where=key, hint=hint)
