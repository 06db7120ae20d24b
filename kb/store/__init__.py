"""The database: settings, sessions, the embedded server, and loading into any of them."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kb.store.base import Base, connect
    from kb.store.changes import Change, Loaded

__all__ = ["Base", "Change", "Loaded", "connect"]

_HOMES = {"Base": "base", "Change": "changes", "Loaded": "changes", "connect": "base"}


def __getattr__(name: str) -> Any:
    # The embedded server's process imports from here too, and needs no driver: that is half of its start-up.
    from importlib import import_module

    if name in _HOMES:
        return getattr(import_module(f"kb.store.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'kb.store' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
