"""People who asked to be left out: a list of salted hashes, in a folder of its own or in one of yours.

What is hashed is the id, and each name in lower case, without accents and punctuation, its words in the order
of the alphabet; a name in a script without spaces is hashed as a run of letters too. The list names nobody;
whoever holds it and guesses a name can check the guess.
"""

import re
import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import yaml

from kb.errors import KbError, NotFound, Problem, SeedError
from kb.ledger.marks import parse
from kb.ledger.validate import validated
from kb.names import fold, is_id
from kb.user_folder import user_folder

FILE: Final = "forgotten.yaml"
_WORDS: Final = 6  # of the longest name that is looked for in texts
_LETTERS: Final = (3, 12)  # of one in a script without spaces; two are a part of many words
_SCRIPT: Final = re.compile(r"[\x00-\x1f!-\x7f]+|[^\x00-\x7f]+")
_HEAD: Final = "# Written by `kb forget`; `kb forget --remember PERSON` takes an entry out.\n"


@dataclass(frozen=True)
class Entry:
    """One person on a list: salted hashes, the day, and ids of namesakes who stay."""

    hashes: tuple[str, ...]
    when: str
    spare: tuple[str, ...]


def default_folder(home: str | Path | None = None) -> Path:
    """The folder of the user's own list, which every load, plan and snapshot of seeds takes along."""
    return user_folder(home) / "forgotten"


def has_list(folder: Path) -> bool:
    """Whether there is a list in a folder."""
    return (folder / FILE).is_file()


def plain_name(name: str) -> str:
    """A name as it is hashed.

    >>> plain_name("Máher, Bert")
    'bert maher'
    """
    return " ".join(sorted(fold(name).split()))


def telling(name: str) -> bool:
    """Whether a name is enough to know a person by: two words, or two letters of a script without spaces.

    >>> telling("Bert Maher"), telling("Bert"), telling("马赫")
    (True, False, True)
    """
    words = fold(name).split()
    return len(words) > 1 or (len("".join(words)) > 1 and not "".join(words).isascii())


class Words:
    """Finds the names of those on a list in texts, of which the list has hashes alone.

    A name is found with its words in any order. In a script without spaces it is found within longer runs of
    letters if it has three or more.
    """

    def __init__(self, hashes: Collection[str]) -> None:
        self._hashes = frozenset(hashes)
        self._salts = sorted({each.partition(":")[0] for each in hashes})
        self._tried: dict[str, bool] = {}

    def name_someone(self, text: str) -> bool:
        """Whether a name on the list stands in a text."""
        # A name in one script can stand in the midst of another.
        words = _SCRIPT.findall(fold(text))
        for first in range(len(words)):
            for last in range(first + 1, min(first + _WORDS, len(words)) + 1):
                part = words[first:last]
                alone = last - first == 1 and (part[0].isascii() or len(part[0]) == 1)
                if not alone and self._is_listed("name " + " ".join(sorted(part))):
                    return True
        return any(
            self._is_listed("run " + run[first : first + length])
            for run in _runs(words)
            for length in range(_LETTERS[0], min(_LETTERS[1], len(run)) + 1)
            for first in range(len(run) - length + 1)
        )

    def _is_listed(self, said: str) -> bool:
        if said not in self._tried:
            self._tried[said] = any(_hash(salt, said) in self._hashes for salt in self._salts)
        return self._tried[said]


def _runs(words: Iterable[str]) -> Iterator[str]:
    """Letters of scripts without spaces that follow each other, whatever stood between them."""
    for ascii_only, group in groupby(words, key=str.isascii):
        if not ascii_only:
            yield "".join(group)


def entries(folder: Path) -> list[Entry]:
    """The people on the list of a folder, in its order. Raises: SeedError if it was broken by hand."""
    return [
        Entry(tuple(each["hashes"]), each["when"], tuple(each.get("spare") or ()))
        for each in _read(folder).get("forgotten") or ()
    ]


def add_person(
    folder: Path, ids: Sequence[str], names: Iterable[str], *, spare: Sequence[str] = (), day: date
) -> None:
    """Put a person on the list of a folder, which is made if it is not there.

    Names that many bear, those of one word, are left out unless there is no other.
    Raises: KbError if nothing is left to know the person by, or if the person is on the list.
    """
    if on_list(folder, ids):
        raise KbError(f"`{ids[0]}` is on the list already", where=str(folder / FILE))
    given = sorted({name for name in names if fold(name)})
    kept = [name for name in given if telling(name)] or given
    if not ids and not kept:
        raise KbError("no id and no name to forget", hint="Give one with --name")
    for key in spare:
        if not is_id(key):
            raise KbError(f"`{key}` is no id to spare", hint="`kb find NAME` prints ids")
    data = _read(folder)
    known = [each for entry in data.get("forgotten") or () for each in entry["hashes"]]
    salt = known[0].partition(":")[0] if known else secrets.token_hex(16)
    hashes = dict.fromkeys(
        [*(_hash(salt, f"id {key}") for key in ids), *(_hash(salt, said) for n in kept for said in _said(n))]
    )
    entry: dict[str, Any] = {"hashes": list(hashes), "when": day.isoformat()}
    if spare:
        entry["spare"] = sorted(spare)
    others = [file for file in folder.glob("*.yaml") if file.name != FILE] if folder.is_dir() else []
    if not others and "dataset" not in data:
        data["dataset"] = {
            "id": f"forgotten-{salt[:8]}",
            "title": "People who asked to be left out",
            "licence": "CC0-1.0",
        }
    data["forgotten"] = [*(data.get("forgotten") or ()), entry]
    _write(folder, data)


def _said(name: str) -> Iterator[str]:
    """What is hashed of a name: one in a script without spaces also as a run of letters."""
    yield f"name {plain_name(name)}"
    run = "".join(fold(name).split())
    if not any(char.isascii() for char in run) and len(run) >= _LETTERS[0]:
        yield f"run {run}"


def remove_person(folder: Path, person: str) -> None:
    """Take a person, by id or by a name, off the list of a folder. Raises: NotFound."""
    data = _read(folder)
    listed = data.get("forgotten") or []
    rest = [entry for entry in listed if not _means(entry["hashes"], [person])]
    if len(rest) == len(listed):
        raise NotFound(f"`{person}` is not on the list", where=str(folder / FILE))
    _write(folder, {**data, "forgotten": rest})


def on_list(folder: Path, keys: Iterable[str]) -> bool:
    """Whether an id or a name is on the list of a folder."""
    keys = list(keys)
    return any(_means(entry.hashes, keys) for entry in entries(folder))


def _means(hashes: Iterable[str], keys: Iterable[str]) -> bool:
    held = set(hashes)
    salts = {each.partition(":")[0] for each in held}
    texts = [text for key in keys for text in (f"id {key}", f"name {plain_name(key)}")]
    return any(_hash(salt, text) in held for salt in salts for text in texts)


def _hash(salt: str, text: str) -> str:
    return f"{salt}:{sha256(f'{salt}:{text}'.encode()).hexdigest()}"


def _read(folder: Path) -> dict[str, Any]:
    """The file as it stands, checked."""
    if not has_list(folder):
        return {}
    path = folder / FILE
    try:
        document = parse(path.read_text(encoding="utf-8"), str(path))
    except UnicodeDecodeError:
        raise SeedError([Problem(str(path), 1, 1, "not UTF-8", "save the file as UTF-8")]) from None
    problems: list[Any] = []
    validated(document, problems)
    if problems:
        raise SeedError(problems)
    data: dict[str, Any] = document.data or {}
    return data


def _write(folder: Path, data: dict[str, Any]) -> None:
    text = _HEAD + yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
    # Written beside and moved, so that a crash leaves the old list or the new one.
    part = folder / f"{FILE}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        part.replace(folder / FILE)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        what = f"the list cannot be written ({error.strerror or error})"
        raise KbError(
            what, where=str(folder / FILE), hint="It is as it was. Make room, then try again"
        ) from None
