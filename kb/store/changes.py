"""What a load would do, or did, as plain objects."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

Action = Literal["create", "change", "remove"]
ACTIONS: Final[tuple[Action, ...]] = ("create", "change", "remove")


@dataclass(frozen=True)
class Change:
    """One node or edge that a load would create, change or remove.

    `properties` has the old and the new value of what differs; the old is None for what is new, the new is
    None for what goes.
    """

    action: Action
    type: str
    id: str
    properties: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Loaded:
    """What a load did: numbers of nodes and edges, and the datasets that the graph holds now."""

    created: int
    changed: int
    removed: int
    datasets: tuple[str, ...]

    @property
    def changes(self) -> int:
        """All of them together; 0 for a load that found nothing to do."""
        return self.created + self.changed + self.removed
