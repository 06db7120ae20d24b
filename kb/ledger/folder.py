"""A folder of seed files, read as one ledger, with every mistake found in one go."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kb.errors import KbError, Problem, SeedError
from kb.ledger.claims import Claims
from kb.ledger.ledger import Ledger
from kb.ledger.marks import Document, parse
from kb.ledger.steady import Steady
from kb.ledger.tables import read_tables, sources_of
from kb.ledger.validate import validated
from kb.shipped import shipped

LARGEST: Final = 20_000_000  # bytes of one YAML file; larger data belongs in a table
SHIPPED: Final = ("meta-ai-2025",)  # what `kb load` takes when no folder is named


@dataclass
class Folder:
    """The files of a dataset, each read once, so that what is checked and hashed is what is loaded."""

    path: Path
    steady: Steady
    documents: list[Document] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: int = 0
    digest: str = ""


def locate(name: str | Path) -> Path:
    """The folder that a user means: a path, or the name of a shipped dataset.

    Raises: KbError if there is no such folder; it names the shipped ones.
    """
    try:
        path = Path(name).expanduser()
        if path.is_dir():
            return path.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise KbError(f"no such folder of seeds ({error})", where=str(name)[:80]) from None
    ours = shipped("seeds") / path.name
    if str(name) in (path.name, f"seeds/{path.name}") and ours.is_dir():
        return ours
    if path.exists():
        raise KbError("not a folder of seeds", where=str(name), hint="Name the folder that holds the files")
    known = sorted(entry.name for entry in shipped("seeds").iterdir() if entry.is_dir())
    raise KbError("no such folder of seeds", where=str(name), hint=f"Shipped with kb: {', '.join(known)}")


def _collect(path: Path) -> Folder:
    """Read and parse every file; what cannot be read is a problem, not an exception."""
    names = _seed_files(path)
    if not names:
        raise KbError(
            "no *.yaml files in this folder", where=str(path), hint="See docs/how-to/add-a-person.md"
        )
    folder = Folder(path, Steady.of({entry: _shown(entry) for entry in names}), files=len(names))
    digest = hashlib.sha256()
    for entry in sorted(path.glob("*.yml")):
        folder.problems.append(
            Problem(_shown(entry), 1, 1, "files called .yml are not read", "call it .yaml")
        )
    for entry in names:
        shown = _shown(entry)
        try:
            if entry.stat().st_size > LARGEST:
                folder.problems.append(Problem(shown, 1, 1, f"larger than {LARGEST:,} bytes", "use a table"))
                continue
            raw = entry.read_bytes()
            digest.update(f"{entry.name}\0{len(raw)}\0".encode() + raw)
            folder.documents.append(parse(raw.decode("utf-8-sig"), shown))
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            folder.problems.append(Problem(shown, line, 1, "not UTF-8", "save the file as UTF-8"))
        except OSError as error:
            reason = (error.strerror or "cannot be read").lower()
            folder.problems.append(Problem(shown, 1, 1, reason, "make it readable"))
        except SeedError as error:
            folder.problems.extend(error.problems)
    folder.digest = digest.hexdigest()
    return folder


def _seed_files(path: Path) -> list[Path]:
    return sorted(entry for entry in path.iterdir() if entry.suffix == ".yaml" and entry.name[0] != ".")


def _check_steady(folder: Folder) -> None:
    """See that the files are still those that were read, so that all of them are of one moment."""
    folder.steady.check()
    new = [entry for entry in _seed_files(folder.path) if entry not in folder.steady.names]
    if new:
        raise KbError("the file came while others were read", where=_shown(new[0]), hint="Try again")


def _shown(path: Path) -> str:
    """A path as a message shows it: from the current folder when it lies below it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def read_folder(name: str | Path, ledger: Ledger | None = None) -> Ledger:
    """Read and check a folder of seeds; its claims are added to `ledger`, or to a new one.

    Raises: SeedError with every mistake, sorted by place; KbError if there is no such folder, or if a file of
    it changes while it is read. On an error nothing is added.
    """
    folder = _collect(locate(name))
    ledger = ledger if ledger is not None else Ledger()
    claims = Claims(str(folder.path), folder.digest, folder.problems)
    read = [(document, validated(document, folder.problems)) for document in folder.documents]
    whole = not folder.problems  # what an unreadable file declares, and half a mapping means, is not known
    if len(folder.documents) == folder.files:
        claims.collect(read)
    tables = read_tables(folder.path, _shown(folder.path), read if whole else [], claims, ledger)
    try:
        _check_steady(folder)
        if folder.problems:
            raise SeedError(folder.problems)
        if claims.dataset["id"] in ledger.datasets:
            what = f"a second folder of the dataset `{claims.dataset['id']}`"
            raise KbError(what, where=str(name), hint="Give one of them another id")
        claims.store(ledger)
        tables.store(sources_of(tables, claims))
        ledger.notices += sorted(tables.notices)
    finally:
        tables.close()
    return ledger
