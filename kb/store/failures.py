"""What the driver and the servers complain about, as one clear line for the user."""

import re
import socket
from collections.abc import Iterator

from neo4j.exceptions import (
    AuthError,
    ClientError,
    ConfigurationError,
    DriverError,
    Forbidden,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
)

from kb.errors import KbError, QueryError, ReadOnlyError, StoreError, WentAway

READ_ONLY_HINT = "Use `--write` if you mean to change the graph"
WENT_AWAY = (ServiceUnavailable, SessionExpired)
_READ_ONLY_CODES = (
    "Neo.ClientError.Statement.AccessMode",
    "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase",
    "Neo.ClientError.General.WriteOnReadOnlyAccessDatabase",
)
_LONGEST = 400
OLDEST = (5, 20)
TOO_OLD_HINT = f"Use Neo4j {'.'.join(map(str, OLDEST))} or newer"
# What the driver says when the first bytes of an answer are no Bolt, or a Bolt of long ago.
_NO_BOLT = ("looks like HTTP", "does not support communication with this driver", "Notification filtering")


def translate(
    error: Exception, *, where: str, write: bool, database: str | None, logins: str, full: bool
) -> KbError:
    """The error of ours that says the same as an error of the driver."""
    code = (error.code or "") if isinstance(error, Neo4jError) else ""
    text = _one_line(error)
    if isinstance(error, AuthError) and not isinstance(error, Forbidden):
        return StoreError("the server refused the login", where=where, hint=logins)
    if _speaks_no_bolt(error):
        what = "what answers there is no Neo4j, or one that is too old"
        return StoreError(
            what, where=where, hint=f"Check the port in NEO4J_URI, usually 7687. {TOO_OLD_HINT}"
        )
    if isinstance(error, WENT_AWAY):
        return _unreachable(where, write)
    if write and (code in _READ_ONLY_CODES or isinstance(error, Forbidden)):
        hint = "Log in as a user who may write, to a database that takes writes"
        return StoreError(f"the server forbids this write ({text})", where=where, hint=hint)
    if code in _READ_ONLY_CODES or isinstance(error, Forbidden):
        return ReadOnlyError("this query would write, and the session only reads", hint=READ_ONLY_HINT)
    if code.endswith(("DatabaseNotFound", "DatabaseUnavailable")):
        name = f"`{database}`" if database else "by default"
        return StoreError(
            f"the server has no database {name} that is online", where=where, hint="Set NEO4J_DATABASE"
        )
    if full or "No space left" in str(error):
        return StoreError("no space left on the disk", where=where, hint="Make room, then try again")
    if code.endswith("ParameterMissing"):
        return QueryError(text, hint="Give a parameter with `-p NAME VALUE`")
    if code.endswith("ConstraintValidationFailed"):
        # The embedded engine only repeats the query here.
        said = "" if text.startswith("Error executing") else f" ({text})"
        return QueryError(f"an id that must be unique is taken, or a label cannot change{said}")
    if isinstance(error, Neo4jError):
        return QueryError(text)
    if isinstance(error, ConfigurationError | DriverError):
        return StoreError(text, where=where, hint="Check NEO4J_URI")
    return QueryError(f"the server cannot be given this: {text}")


def may_come_up(error: Exception) -> bool:
    """Whether a server that does not answer may only be late; not so for a name that nobody has."""
    known = any(isinstance(each, socket.gaierror) for each in _reasons(error))
    return isinstance(error, WENT_AWAY) and not known and not _speaks_no_bolt(error)


def took_too_long(timeout: float | None) -> QueryError:
    """The error for a query that was stopped at its time limit."""
    said = f" the limit of {timeout:g} s" if timeout else " the server's limit"
    return QueryError(f"the query ran into{said} and was stopped", hint="Raise it with `--timeout SECONDS`")


def is_timeout(error: Exception) -> bool:
    """Whether the server ended the query for its time."""
    return isinstance(error, ClientError) and "TransactionTimedOut" in (error.code or "")


def _speaks_no_bolt(error: Exception) -> bool:
    return any(said in str(each) for each in _reasons(error) for said in _NO_BOLT)


def _reasons(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those behind it."""
    while error is not None:
        yield error
        for each in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
            yield from _reasons(each)
        error = error.__cause__ or error.__context__


def _unreachable(where: str, write: bool) -> WentAway:
    if write:
        hint = "The last step may be in the graph or not: a load that is repeated goes on from there"
        return WentAway("the server went away during a write", where=where, hint=hint)
    hint = "Check NEO4J_URI, and that the server runs"
    return WentAway("no server answers", where=where, hint=hint)


def _one_line(error: Exception) -> str:
    message = error.message if isinstance(error, Neo4jError) and error.message else str(error)
    lines = message.strip().splitlines()
    text = lines[0] if lines else type(error).__name__
    # Neo4j lists every word that could stand there; the place comes after them.
    text = re.sub(r"(expected (?:'[^']*', ){4}).*?(?=\(line )", r"\1… ", text)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
