"""The page of the Python API, from signatures and docstrings."""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable
from typing import Any, Final

from reference_table import MADE

import kb
from kb.resolve import Entity, Relation
from kb.store.changes import Change, Loaded
from kb.store.database import Result

WIDTH: Final = 100
# What the public functions and methods give back. Nobody makes these by hand, so `kb` does not name them.
ANSWERS: Final = (Result, Loaded, Change, Entity, Relation)
PYTHON_INTRODUCTION = f"""\
# Python

{MADE}

```python
import kb

with kb.connect() as base:  # the embedded engine, or the server that NEO4J_URI names
    base.load("meta-ai-2025")
    answer = base.query("MATCH (p:Person {{id: $id}}) RETURN p.name AS name", id="bert-maher")
    frame = answer.to_df()
    snapshot = base.snapshot(known_at="2025-08-31")
graph = snapshot.to_networkx()
```

`import kb` opens no file and no connection. Every error is a `kb.KbError`, whose text says what, where
and what to do. `to_df` needs the extra `notebook`.
"""
ANALYSIS_INTRODUCTION = f"""\
# Analysis

{MADE}

Every function takes a snapshot first, then keywords. It touches no file and no network, and gives the same
answer for a snapshot of seeds and for one that was read back from either engine.
[What the measures mean](../explanation/measures.md) has worked examples.

```python
import kb

snapshot = kb.Snapshot.from_seeds("meta-ai-2025")
print(kb.analysis.careers(snapshot).excluded)
```
"""


def python_page() -> str:
    """The public API, from its docstrings."""
    text = PYTHON_INTRODUCTION
    for name in kb.__all__:
        text += object_section(name, getattr(kb, name), "##", "kb.")
    text += "\n## What they give back\n"
    for answer in ANSWERS:
        text += object_section(answer.__name__, answer, "###", "")
    return text


def analysis_page() -> str:
    """The functions of `kb.analysis` and what they give back, from their docstrings."""
    named = [(name, getattr(kb.analysis, name)) for name in kb.analysis.__all__]
    text = ANALYSIS_INTRODUCTION
    for name, thing in named:
        if not inspect.isclass(thing):
            text += object_section(name, thing, "##", "kb.analysis.")
    text += "\n## What they give back\n"
    for name, thing in named:
        if inspect.isclass(thing):
            text += object_section(name, thing, "###", "")
    return text


def object_section(name: str, thing: Any, level: str, prefix: str) -> str:
    """A function, or a class with its public methods; `prefix` is where it is found."""
    if inspect.ismodule(thing):
        return f"\n{level} {prefix}{name}\n\n{docstring(thing)}\n[Its functions](analysis.md)\n"
    if not inspect.isclass(thing):
        return f"\n{level} {prefix}{name}\n\n{described(thing, name)}"
    text = f"\n{level} {prefix}{name}\n\n{docstring(thing)}"
    fields = getattr(thing, "__dataclass_fields__", {})
    if fields:
        text += "\nFields: " + ", ".join(f"`{field}`" for field in fields) + ".\n"
    for member, value in vars(thing).items():
        value = getattr(value, "__func__", value)
        if isinstance(value, property) and not member.startswith("_"):
            text += f"\n**`.{member}`** {docstring(value)}"
        elif inspect.isfunction(value) and not member.startswith("_"):
            text += f"\n{described(value, member)}"
    return text


def described(function: Callable[..., Any], name: str) -> str:
    """The signature, as its source has it, and the docstring."""
    [node] = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(node, ast.FunctionDef)  # noqa: S101  it was given a function
    given = [
        argument for argument in (*node.args.posonlyargs, *node.args.args) if argument.arg in ("self", "cls")
    ]
    for argument in given:
        (node.args.posonlyargs if argument in node.args.posonlyargs else node.args.args).remove(argument)
    arguments = re.sub(r"(: [^=,]+)=", r"\1 = ", ast.unparse(node.args)).removeprefix("/, ")
    answer = ast.unparse(node.returns).strip("'\"") if node.returns else "None"
    return f"```text\n{wrapped(f'{name}({arguments}) -> {answer}')}\n```\n\n{docstring(function)}"


def wrapped(signature: str) -> str:
    """A signature in lines of a readable length, one argument a line if it is long."""
    if len(signature) <= WIDTH:
        return signature
    name, _, rest = signature.partition("(")
    arguments, _, answer = rest.rpartition(") -> ")
    # A comma inside brackets or after a lambda's argument does not end an argument.
    parts = re.split(r", (?=\*|/|\w+: )", arguments)
    return f"{name}(\n" + "".join(f"    {part},\n" for part in parts) + f") -> {answer}"


def docstring(thing: Any) -> str:
    """The docstring as Markdown: paragraphs as they are, examples as blocks."""
    blocks = []
    for paragraph in re.split(r"\n\n+", inspect.cleandoc(thing.__doc__ or "")):
        blocks.append(f"```pycon\n{paragraph}\n```" if paragraph.startswith(">>>") else paragraph)
    return re.sub(r"(?<!\n)\nRaises: ", "\n\nRaises: ", "\n\n".join(blocks)) + "\n"
