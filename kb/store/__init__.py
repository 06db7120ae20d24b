"""The database: settings, sessions, the embedded server, and loading into any of them."""

from kb.store.base import Base, connect
from kb.store.changes import Change, Loaded

__all__ = ["Base", "Change", "Loaded", "connect"]
