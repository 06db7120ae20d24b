"""A graph knowledge base of who worked where, on what, when they left and where they went.

>>> import kb
>>> snapshot = kb.Snapshot.from_seeds("meta-ai-2025")  # no database at all
>>> snapshot.entity("bert-maher").name
'Bert Maher'
"""

from typing import TYPE_CHECKING, Any

from kb.errors import KbError

if TYPE_CHECKING:
    from kb import analysis
    from kb.resolve import Snapshot
    from kb.resolve.diff import diff
    from kb.store import Base, connect

__version__ = "0.1.0"
__all__ = ["Base", "KbError", "Snapshot", "analysis", "connect", "diff"]

_HOMES = {"Base": "kb.store", "Snapshot": "kb.resolve", "connect": "kb.store", "diff": "kb.resolve.diff"}


def __getattr__(name: str) -> Any:
    # DuckDB and the driver take longer to import than most commands run, and `kb --help` needs neither.
    from importlib import import_module

    if name == "analysis":
        return import_module("kb.analysis")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'kb' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
