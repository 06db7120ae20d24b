"""A seed file held against its model: what it says, and each mistake in a line that says what to do."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from kb.errors import Problem
from kb.ledger.marks import Document, Steps
from kb.ledger.models import file_model
from kb.names import nearest
from kb.ontology import SECTIONS


def validated(document: Document, problems: list[Problem]) -> dict[str, Any]:
    """The file as its model reads it; what the model refuses is written down and left out."""
    if document.data is None:
        return {}
    if not isinstance(document.data, dict):
        problems.append(
            document.problem((), "a seed file is a mapping", f"start with one of {', '.join(SECTIONS)}")
        )
        return {}
    # A section or an item that is left empty, `jobs:` with nothing after it, says nothing.
    data, told = _without_nulls(document.data), False
    while True:
        try:
            return file_model().model_validate(data).model_dump()
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=True)
            # What is left out can make more go, but only what the curator wrote is a mistake.
            if not told:
                problems.extend(_explain(document, item) for item in found)
            told = True
            for path in {_blamed(item["loc"], data) for item in found}:
                _leave_out(data, path)


def _blamed(location: Sequence[str | int], data: Any) -> Steps:
    """The part of a file that must go for a mistake to go, so that the rest can be checked."""
    path: list[str | int] = []
    for step in location:
        held = step in data if isinstance(data, dict) else isinstance(data, list) and isinstance(step, int)
        if not held:  # what is missing takes along what misses it
            break
        data = data[step]
        path.append(step)
    while path and isinstance(path[-1], int):
        path.pop()  # a list goes as a whole: its items keep their places in messages
    return tuple(path)


def _leave_out(data: Any, path: Steps) -> None:
    for step in path[:-1]:
        if isinstance(data, dict) and step not in data:
            return  # gone with something above it
        data = data[step]
    if path:
        data.pop(path[-1], None)
    else:
        data.clear()


def _without_nulls(value: Any, depth: int = 0) -> Any:
    """The same without properties that are left empty. An entity or a departure left empty is a mistake."""
    if isinstance(value, dict):
        kept = {key: {} if item is None and _is_item(key, depth) else item for key, item in value.items()}
        return {key: _without_nulls(item, depth + 1) for key, item in kept.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls({} if item is None else item, depth + 1) for item in value]
    return value


def _is_item(key: str, depth: int) -> bool:
    return depth == 1 or key == "left"


def _explain(document: Document, item: Any) -> Problem:
    """A pydantic error as one line that says what to do."""
    path = tuple(step for step in item["loc"] if step != "[key]")
    named = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
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
        return document.problem(path, f"`{last}` cannot be `{str(item['input'])[:60]}`", hint)
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        what = f"an item of `{named}` is a mapping" if isinstance(last, int) else f"`{last}` is a mapping"
        return document.problem(path, what, "write `key: value` lines under it", at_key=True)
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
