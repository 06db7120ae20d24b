"""The database: settings, sessions, the embedded server, and loading into any of them."""

from kb.store.base import Base, Loaded, connect
from kb.store.plan import Change

__all__ = ["Base", "Change", "Loaded", "connect"]
