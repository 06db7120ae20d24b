"""Decisions as plain objects, for whoever asks what was decided about an id, a claim or a source."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from kb.resolve.identity import Decided, Survivor, survivors
from kb.resolve.snapshot import Snapshot


@dataclass(frozen=True)
class Decision:
    """What was decided, by whom, when and why; `dataset` holds it."""

    id: str
    kind: str
    ids: tuple[str, ...]
    keep: str | None
    claim: str | None
    sources: tuple[str, ...]
    who: str
    when: str
    day: date
    why: str
    dataset: str

    def __str__(self) -> str:
        return f"by {self.who} on {self.when}: {self.why}"


@dataclass(frozen=True)
class Decisions:
    """All decisions of a graph or of a snapshot, sorted by id."""

    all: tuple[Decision, ...] = ()

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> "Decisions":
        """From the properties of Decision nodes; whom to forget is no one's business."""
        found = [
            Decision(
                row["id"],
                row["kind"],
                tuple(row.get("ids") or ()),
                row.get("keep"),
                row.get("claim"),
                tuple(row.get("sources") or ()),
                row.get("who") or "",
                row.get("when_text") or "",
                row["when_latest"],
                row.get("why") or "",
                (row.get("datasets") or [""])[0],
            )
            for row in rows
            if row["kind"] != "forget"
        ]
        return cls(tuple(sorted(found, key=lambda each: each.id)))

    @classmethod
    def within(cls, snapshot: Snapshot) -> "Decisions":
        """Those that a snapshot holds."""
        return cls.of({"id": node.id, **node.properties} for node in snapshot.nodes("Decision"))

    @cached_property
    def survivors(self) -> Mapping[str, Survivor]:
        """For each absorbed id what it is now."""
        return survivors(
            Decided(each.id, each.kind == "same", each.ids, each.day, each.keep)
            for each in self.all
            if each.kind in ("same", "different")
        )

    def survivor(self, key: str) -> str:
        """What an id is now: itself, unless it was absorbed."""
        return self.survivors[key].id if key in self.survivors else key

    def came_from(self, key: str) -> tuple[str, ...]:
        """The ids that were absorbed by one, sorted."""
        return tuple(sorted(other for other, to in self.survivors.items() if to.id == key))

    def retraction(self, claim: str, source: str) -> Decision | None:
        """The decision that takes a claim back: the claim itself, or all of its source."""
        for each in self.all:
            if each.kind == "retract" and (each.claim == claim or source in each.sources):
                return each
        return None

    def independent(self, sources: Collection[str]) -> Decision | None:
        """The decision that calls two of these sources independent of each other."""
        for each in self.all:
            if each.kind == "independent" and len({*each.sources} & {*sources}) > 1:
                return each
        return None

    def about(self, keys: Iterable[str]) -> tuple[Decision, ...]:
        """The decisions that say of these ids, or of those they absorbed, whether they are the same."""
        meant = {self.survivor(key) for key in keys}
        return tuple(
            each
            for each in self.all
            if each.kind in ("same", "different") and meant & {self.survivor(key) for key in each.ids}
        )
