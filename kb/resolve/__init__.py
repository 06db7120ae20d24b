"""Claims to facts: what is held true, resolved from what sources say."""

from kb.resolve.facts import resolve
from kb.resolve.snapshot import Entity, Relation, Snapshot, last_day

__all__ = ["Entity", "Relation", "Snapshot", "last_day", "resolve"]
