"""Checks of seeds that load nothing: every mistake of the folders, and whether a document is their source."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kb.errors import Problem, SeedError
from kb.ledger.folder import locate, read_folder
from kb.ledger.ledger import CURATED, Ledger
from kb.ontology import ENTITIES

_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Checked:
    """What was found: mistakes, sorted by place, or else a ledger of all claims.

    `documents` names, for each document that was given, the source that it is.
    """

    problems: Sequence[Problem]
    ledger: Ledger
    documents: Sequence[tuple[str, str]]

    def counts(self) -> tuple[int, int, int, int]:
        """Numbers of entities, claims, sources and decisions."""
        rows = [
            self.ledger.execute(f"SELECT count(*) FROM {self.ledger.name(kind.table)}") for kind in CURATED
        ]
        subjects = " UNION ".join(f"SELECT subject FROM {self.ledger.name(node.table)}" for node in ENTITIES)
        entities = self.ledger.execute(f"SELECT count(*) FROM ({subjects})")[0][0]
        sources = self.ledger.execute(f"SELECT count(DISTINCT id) FROM {self.ledger.name('Source')}")[0][0]
        decisions = self.ledger.execute(f"SELECT count(*) FROM {self.ledger.name('Decision')}")[0][0]
        return int(entities), sum(int(row[0][0]) for row in rows), int(sources), int(decisions)


def check(*seeds: str | Path, documents: Iterable[Path] = ()) -> Checked:
    """Read folders of seeds, and hold documents against the hash and the line count of their sources.

    Raises: KbError if there is no such folder.
    """
    ledger, problems = Ledger(), list[Problem]()
    for folder in dict.fromkeys(map(locate, seeds)):
        try:
            read_folder(folder, ledger)
        except SeedError as error:
            problems += error.problems
    known = []
    if not problems:  # what a broken folder says of its sources is not known
        for document in documents:
            source, found = _document(document, ledger)
            problems += found
            known.append((str(document), source))
    return Checked(sorted(set(problems)), ledger, known)


def _document(path: Path, ledger: Ledger) -> tuple[str, list[Problem]]:
    """The source that a document is, and what does not fit."""
    data = path.read_bytes()
    rows = ledger.execute(
        f"""SELECT DISTINCT id, sha256, line_count FROM {ledger.name("Source")}
        WHERE sha256 IS NOT NULL ORDER BY id"""
    )
    hashes = {sha256: (key, count) for key, sha256, count in rows}
    found = hashes.get(_hash(data))
    if found is None:
        return "", [Problem(str(path), 1, 1, *_stranger(data, hashes))]
    key, count = found
    lines = data.count(b"\n") + (not data.endswith(b"\n") and bool(data))
    if count is not None and count != lines:
        what = f"it is `{key}`, which has {lines:,} lines, and not {count:,} as `line_count` says"
        return key, [Problem(str(path), 1, 1, what, f"write `line_count: {lines}`")]
    return key, list(_beyond(key, lines, ledger)) if count is None else []


def _stranger(data: bytes, hashes: dict[str, tuple[str, int | None]]) -> tuple[str, str]:
    """What to say of a document that is no source, and what to do about it."""
    if not hashes:
        return "no source of the seeds has a `sha256`", f"write `sha256: {_hash(data)}` under its source"
    for variant, difference, remedy in _variants(data):
        if _hash(variant) in hashes:
            key = hashes[_hash(variant)][0]
            return f"not `{key}` byte for byte: {difference}", remedy
    given = ", ".join(f"`{key}` ({sha256[:8]}…)" for sha256, (key, _) in sorted(hashes.items()))
    return (
        f"another document: its sha256 is {_hash(data)[:8]}…",
        f"give the one that the locators mean: {given}",
    )


def _variants(data: bytes) -> Iterator[tuple[bytes, str, str]]:
    """The document as an editor or a download may have changed it: what differs, and how to undo it."""
    bare = data.removeprefix(_MARK)
    unix = bare.replace(b"\r\n", b"\n")
    said = []
    if bare != data:
        said.append("it begins with a byte order mark (BOM)")
    if unix != bare:
        said.append("its lines end in CRLF")
    if said:
        yield unix, " and ".join(said), "save it as UTF-8 without a BOM, with LF at the ends of lines"
        yield bare, "it begins with a byte order mark (BOM)", "save it as UTF-8 without a BOM"
    else:
        yield data.replace(b"\n", b"\r\n"), "its lines end in LF", "save it with CRLF at the ends of lines"
        yield _MARK + data, "it has no byte order mark (BOM)", "save it as UTF-8 with a BOM"
    yield unix + b"\n", "the last line end is missing", "end the last line with a line break"
    stripped = unix.rstrip(b"\n")
    yield stripped, "there are line breaks after the last line", "take them out"
    yield stripped + b"\n", "there are empty lines at the end", "take them out"


def _beyond(key: str, lines: int, ledger: Ledger) -> Iterator[Problem]:
    """Locators beyond the last line of a source whose `line_count` is not stated."""
    for kind in CURATED:
        rows = ledger.execute(
            f"SELECT claim, locator, place FROM {ledger.name(kind.table)} "
            "WHERE source = ? AND locator LIKE 'line%' ORDER BY claim",
            [key],
        )
        for claim, locator, place in rows:
            if max(map(int, re.findall(r"\d+", locator))) > lines:
                file, _, line = (place or claim).rpartition(":")
                what = f"`{key}` has no {locator}: it ends with line {lines:,}"
                yield Problem(file, int(line) if line.isdigit() else 1, 1, what, "check the lines")


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
