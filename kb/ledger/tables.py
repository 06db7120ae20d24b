"""The tables of a folder: found by their mappings, hashed, and read so that a change on the way is seen."""

import hashlib
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from kb.errors import Problem, SeedError
from kb.ledger.claims import Claims, Read, stated_source
from kb.ledger.ledger import Ledger
from kb.ledger.mapping import FORMATS
from kb.ledger.marks import Document
from kb.ledger.steady import Steady
from kb.ledger.table_claims import TableClaims
from kb.ledger.table_files import file_kind
from kb.ledger.table_rows import Table, check_mapping
from kb.names import nearest

_BLOCK = 1 << 20


def read_tables(folder: Path, shown: str, read: Read, claims: Claims, ledger: Ledger) -> TableClaims:
    """Read and check every table that the files of a folder map; mistakes are added to those of `claims`.

    The hash of the folder takes in the tables' bytes.
    Raises: KbError if a table changes while it is read.
    """
    made = TableClaims(str(claims.dataset.get("id", "")), ledger)
    try:
        _read_all(folder, shown, read, claims, made)
    except BaseException:
        made.close()
        raise
    return made


def _read_all(folder: Path, shown: str, read: Read, claims: Claims, made: TableClaims) -> None:
    tables = list(_declared(folder, shown, read, claims))
    steady = Steady.of({table.path: table.shown for table in tables})
    digest = hashlib.sha256(claims.digest.encode())
    for path in sorted(steady.names):
        digest.update(f"{path.name}\0{_hash(path)}\0".encode())
    if tables:
        claims.digest = digest.hexdigest()
    for table in tables:
        wrong = check_mapping(table)
        claims.problems += wrong
        if wrong:
            continue
        try:
            made.read(table)
        except SeedError as error:
            claims.problems += error.problems
    if len(made.tables) == len(tables) and not made.problems:
        made.collect()
    claims.problems += made.problems
    steady.check()


def sources_of(made: TableClaims, claims: Claims) -> dict[str, tuple[str, date | None]]:
    """Each table's source, and the last day on which it can have been published."""
    found = {}
    for table in made.tables:
        key = str(_source(table.document, table.fields))
        found[table.key] = (key, claims.sources[key].get("published_latest"))
    return found


def _declared(folder: Path, shown: str, read: Read, claims: Claims) -> Sequence[Table]:
    """The tables of all files, each once, and with a file and a source that are there."""
    tables: dict[str, Table] = {}
    for document, data in read:
        for key, fields in (data.get("tables") or {}).items():
            path = folder / fields["file"]
            table = Table(key, document, fields, path, os.path.join(shown, fields["file"]))  # noqa: PTH118
            if key in tables:
                first = tables[key].tell((), "", at_key=True)
                hint = f"{first.file}:{first.line} has it already"
                claims.problems.append(table.tell((), f"a second table `{key}`", hint, at_key=True))
                continue
            problems = [*_file_problems(table, folder), *_source_problems(table, claims)]
            claims.problems += problems
            if not problems:
                tables[key] = table
    return list(tables.values())


def _file_problems(table: Table, folder: Path) -> list[Problem]:
    name = table.fields["file"]
    if any(part.startswith(".") and part != ".." for part in Path(name).parts):
        return [table.tell(("file",), f"`{name}` is hidden", "give it a name without a dot in front")]
    if not file_kind(Path(name)):
        hint = f"tables are {', '.join(FORMATS)}, also with .gz or .zst"
        return [table.tell(("file",), f"`{name}` is no table that can be read", hint)]
    try:
        inside = table.path.resolve().is_relative_to(folder.resolve())
        there = table.path.is_file()
    except (OSError, ValueError) as error:
        return [table.tell(("file",), f"`{name}` cannot be read ({error})", "check the name")]
    if not inside:
        return [table.tell(("file",), f"`{name}` is outside the folder", "copy the file into the folder")]
    if not there:
        near = nearest(name, [entry.name for entry in folder.iterdir() if entry.is_file()])
        hint = f"did you mean `{near[0]}`?" if near else "check the name"
        return [table.tell(("file",), f"there is no file `{name}` in the folder", hint)]
    if not os.access(table.path, os.R_OK):
        return [Problem(table.shown, 1, 1, "permission denied", "make it readable")]
    return []


def _source_problems(table: Table, claims: Claims) -> list[Problem]:
    key = _source(table.document, table.fields)
    if key is None:
        hint = "add `source:` here or at the top of the file"
        return [table.tell((), "no source for this table", hint, at_key=True)]
    if key in claims.sources or key in claims.broken:
        return []
    near = nearest(str(key), list(claims.sources))
    hint = f"did you mean `{near[0]}`?" if near else "declare it under `sources:`"
    return [table.tell(("source",), f"unknown source `{key}`", hint)]


def _source(document: Document, fields: Any) -> str | None:
    written = document.data if isinstance(document.data, dict) else {}
    return fields["source"] or stated_source(written)


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
