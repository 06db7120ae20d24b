"""What the graph remembers of its last load, so that the next need not read back what is the same.

Each Dataset node keeps, as JSON in `books`: a hash of the files it was loaded from, a mark of the code that
resolved them, and for each type how many there were in the graph, by whomever, with a digest of what datasets
own. A type is trusted to be as it was loaded if the number is still the same. That misses a value that was
changed by hand, so a small graph is always compared whole, and a big one when the user asks for it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import duckdb

from kb.ledger import quoted
from kb.ledger.steady import Stand, stand
from kb.ontology import Edge, Node, types
from kb.resolve import Snapshot
from kb.store.database import Database
from kb.store.readback import counts

COMPARED: Final = 25_000  # nodes and edges up to which a load compares the whole graph: a second or two
_BLOCK: Final = 1 << 20


@dataclass(frozen=True)
class Books:
    """The books of one dataset. `types` has a number and a digest for each type of the ontology."""

    files: str
    resolver: str
    types: Mapping[str, tuple[int, str]]

    def text(self) -> str:
        """As the Dataset node keeps them."""
        return json.dumps({"files": self.files, "resolver": self.resolver, "types": self.types})


def read_books(text: Any) -> Books | None:
    """The books of a Dataset node; None if it has none that can be read.

    >>> read_books(Books("f", "r", {"Person": (2, "00ff")}).text()).types["Person"]
    (2, '00ff')
    >>> read_books("changed by hand")
    """
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        found = json.loads(text)
        return Books(
            str(found["files"]),
            str(found["resolver"]),
            {name: (int(number), str(digest)) for name, (number, digest) in found["types"].items()},
        )
    return None


def trusted(database: Database, books: Iterable[Books | None]) -> dict[str, tuple[int, str]]:
    """The number and the digest of each type that is as it was loaded, by the books of all datasets.

    Empty for a small graph, for one that another version of kb has loaded, and where books are missing.
    """
    kept = list(books)
    first = kept[0] if kept else None
    if first is None or any(each is None or each.types != first.types for each in kept):
        return {}
    if any(each.resolver != resolver_mark() for each in kept if each):
        return {}
    if sum(number for number, _ in first.types.values()) < COMPARED:
        return {}
    numbers = counts(database)
    known = {kind.table for kind in types()}
    return {
        name: kept for name, kept in first.types.items() if numbers.get(name, 0) == kept[0] and name in known
    }


def is_big(snapshot: Snapshot) -> bool:
    """Whether the graph of a snapshot is compared by its books."""
    return sum(snapshot.count(kind.table) for kind in types()) >= COMPARED


def digests(snapshot: Snapshot) -> dict[str, str]:
    """A digest of each table of a snapshot, whatever the order of its rows."""
    return {kind.table: _digest(snapshot, kind) for kind in types()}


def _digest(snapshot: Snapshot, kind: Node | Edge) -> str:
    row = ", ".join(quoted(name) for name in kind.compared)
    ((folded, total),) = snapshot.execute(
        f"""SELECT coalesce(bit_xor(h), 0), coalesce(sum(h::HUGEINT) % 18446744073709551616, 0)
        FROM (SELECT hash({row}) AS h FROM {snapshot.name(kind.table)})"""
    )
    return f"{int(folded):016x}{int(total):016x}"


def files_hash(folder: Path) -> str:
    """A hash of all files below a folder, with their names; hidden ones are left out.

    Empty if a file cannot be read: whoever reads the folder then says so.
    """
    digest = hashlib.sha256()
    try:
        for path in _files(folder):
            name = path.relative_to(folder).as_posix().encode("utf-8", "surrogateescape")
            digest.update(name + f"\0{path.stat().st_size}\0".encode())
            with path.open("rb") as stream:
                while block := stream.read(_BLOCK):
                    digest.update(block)
    except OSError:
        return ""
    return digest.hexdigest()


def files_stand(folder: Path) -> Mapping[Path, Stand]:
    """How those files stand: it differs whenever one was written since, even if it has the same content."""
    return stand(_files(folder))


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.is_file():
            yield path


@cache
def resolver_mark() -> str:
    """A mark of the code that makes facts of files: another one may make others of the same files."""
    top = Path(__file__).parents[1]
    digest = hashlib.sha256(duckdb.__version__.encode())
    stored = [top / "store" / name for name in ("books.py", "readback.py")]
    for path in sorted([*top.glob("*.py"), *top.glob("ledger/*.py"), *top.glob("resolve/*.py"), *stored]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
