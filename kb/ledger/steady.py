"""Files that must stay as they are while they are read: a change is seen by size, times and number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kb.errors import KbError

_HINT = "Try again"

# The second time is that of the system's own note, which a copy that keeps dates does not set back.
Stand = tuple[int, int, int, int]


def stand(paths: Iterable[Path]) -> Mapping[Path, Stand]:
    """How files stand now; one that is not there, or cannot be looked at, is left out."""
    found = {}
    for path in paths:
        try:
            seen = path.stat()
        except OSError:
            continue
        found[path] = (seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino)
    return found


@dataclass(frozen=True)
class Steady:
    """Files as they stood when reading began, each with its name in messages."""

    names: Mapping[Path, str]
    before: Mapping[Path, Stand]

    @classmethod
    def of(cls, names: Mapping[Path, str]) -> "Steady":
        """Note how files stand before they are read."""
        return cls(names, stand(names))

    def check(self) -> None:
        """See that they still stand so. Raises: KbError that names the first that does not."""
        now = stand(self.names)
        for path, name in self.names.items():
            if now.get(path) != self.before.get(path):
                raise KbError("the file changed while it was read", where=name, hint=_HINT)
