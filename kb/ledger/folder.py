"""A folder of seed files, read as one ledger, with every mistake found in one go."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from kb.errors import KbError, Problem, SeedError
from kb.ledger.claims import Claims
from kb.ledger.ledger import Ledger
from kb.ledger.marks import Document, parse
from kb.ledger.models import file_model
from kb.names import nearest
from kb.ontology import SECTIONS
from kb.shipped import shipped

LARGEST: Final = 20_000_000  # bytes of one YAML file; larger data belongs in a table
SHIPPED: Final = ("meta-ai-2025",)  # what `kb load` takes when no folder is named


@dataclass
class Folder:
    """The files of a dataset, each read once, so that what is checked and hashed is what is loaded."""

    path: Path
    documents: list[Document] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    digest: str = ""


def locate(name: str | Path) -> Path:
    """The folder that a user means: a path, or the name of a shipped dataset.

    Raises: KbError if there is no such folder; it names the shipped ones.
    """
    path = Path(name).expanduser()
    if path.is_dir():
        return path.resolve()
    ours = shipped("seeds") / path.name
    if str(name) in (path.name, f"seeds/{path.name}") and ours.is_dir():
        return ours
    if path.exists():
        raise KbError("not a folder of seeds", where=str(name), hint="Name the folder that holds the files")
    known = sorted(entry.name for entry in shipped("seeds").iterdir() if entry.is_dir())
    raise KbError("no such folder of seeds", where=str(name), hint=f"Shipped with kb: {', '.join(known)}")


def _collect(path: Path) -> Folder:
    """Read and parse every file; what cannot be read is a problem, not an exception."""
    folder = Folder(path)
    digest = hashlib.sha256()
    names = sorted(entry for entry in path.iterdir() if entry.suffix == ".yaml")
    if not names:
        raise KbError(
            "no *.yaml files in this folder", where=str(path), hint="See docs/how-to/add-a-person.md"
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


def _shown(path: Path) -> str:
    """A path as a message shows it: from the current folder when it lies below it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _validated(document: Document, problems: list[Problem]) -> dict[str, Any]:
    """The file as its model reads it, or an empty one with its mistakes written down."""
    if document.data is None:
        return {}
    if not isinstance(document.data, dict):
        problems.append(
            document.problem((), "a seed file is a mapping", f"start with one of {', '.join(SECTIONS)}")
        )
        return {}
    # A section or an item that is left empty, `jobs:` with nothing after it, says nothing.
    try:
        return file_model().model_validate(_without_nulls(document.data)).model_dump()
    except ValidationError as error:
        for item in error.errors(include_url=False, include_input=True):
            problems.append(_explain(document, item))
        return {}


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


def _explain(document: Document, item: Any) -> Problem:
    """A pydantic error as one line that says what to do."""
    path = tuple(step for step in item["loc"] if step != "[key]")
    last, kind, context = path[-1] if path else "", item["type"], item.get("ctx") or {}
    if kind == "extra_forbidden":
        near = nearest(str(last), _known(path[:-1]))
        hint = f"did you mean `{near[0]}`?" if near else "take it out"
        return document.problem(path, f"unknown property `{last}`", hint, at_key=True)
    if kind == "missing":
        return document.problem(path[:-1], f"`{last}` is missing", f"add `{last}:`", at_key=True)
    if kind == "seed":
        return document.problem(path, context["what"], context["hint"], at_key="[key]" in item["loc"])
    if kind == "literal_error":
        allowed = [word.strip("' ") for word in context["expected"].replace(" or ", ", ").split(",")]
        near = nearest(str(item["input"]), allowed)
        hint = f"did you mean `{near[0]}`?" if near else f"write one of {', '.join(allowed)}"
        return document.problem(path, f"`{last}` cannot be `{item['input']}`", hint)
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return document.problem(
            path, f"`{last}` is a mapping", "write `key: value` lines under it", at_key=True
        )
    if kind == "list_type":
        return document.problem(path, f"`{last}` is a list", "start each item with `- `", at_key=True)
    what = str(item["msg"]).lower().replace("input should be ", "should be ")
    return document.problem(path, f"`{last}`: {what}", "see `kb schema`")


def _known(path: Sequence[str | int]) -> list[str]:
    """The properties that a place in a seed file may have."""
    model: Any = file_model()
    for step in path:
        if isinstance(step, int) or not hasattr(model, "model_fields"):
            continue
        if step in model.model_fields:
            model = _inner(model.model_fields[step].annotation)
    return sorted(model.model_fields) if hasattr(model, "model_fields") else []


def _inner(annotation: Any) -> Any:
    """The model inside `dict[Slug, Model]`, `list[Model] | None` and the like."""
    found = annotation
    while not hasattr(found, "model_fields"):
        inner = [part for part in getattr(found, "__args__", ()) if part is not type(None)]
        if not inner:
            return None
        found = inner[-1]
    return found


def read_folder(name: str | Path, ledger: Ledger | None = None) -> Ledger:
    """Read and check a folder of seeds; its claims are added to `ledger`, or to a new one.

    Raises: SeedError with every mistake, sorted by place; KbError if there is no such folder. On an error
    nothing is added.
    """
    folder = _collect(locate(name))
    claims = Claims(str(folder.path), folder.digest, folder.problems)
    read = [(document, _validated(document, folder.problems)) for document in folder.documents]
    if not folder.problems:  # what a broken file declares would show as unknown ids elsewhere
        claims.collect(read)
    if folder.problems:
        raise SeedError(folder.problems)
    ledger = ledger if ledger is not None else Ledger()
    claims.store(ledger)
    return ledger
