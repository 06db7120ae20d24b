"""Search by name: in any script, by parts of names, by sound."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kb.names import match
from kb.ontology import KIND_LABELS, primary
from kb.store.database import Database
from kb.store.look import FINDABLE, our_labels

if TYPE_CHECKING:
    from kb.resolve import Snapshot

_ORDER: Final = (*FINDABLE, *KIND_LABELS.values())
KINDS: Final = tuple(label.lower() for label in _ORDER)
_CLOSE: Final = 0.5  # up to this score a name is only alike


@dataclass(frozen=True)
class Hit:
    """Something that a search found, and which of its names fits."""

    id: str
    type: str
    name: str
    name_zh: str | None
    matched: str
    score: float


def find(
    database: Database, text: str, *, kind: str | None = None, include_rumoured: bool = True
) -> list[Hit]:
    """Nodes whose names fit a text in any script, the best first.

    `kind` is one of KINDS. Names that are only alike are given when none fits better. Without
    `include_rumoured` figures that are hearsay are left out.
    """
    hits = []
    for label in _searched(kind):
        known = "n.id IS NOT NULL"
        if label == "Statistic" and not include_rumoured:
            known += " AND coalesce(n.certainty, '') <> 'rumoured'"
        query = f"MATCH (n:{label}) WHERE {known} RETURN n.id, labels(n), n.name, n.name_zh, n.aliases"
        hits += [hit for row in database.read(query, timeout=None).rows if (hit := _hit(text, *row))]
    return _best(hits)


def find_in(snapshot: "Snapshot", text: str, *, kind: str | None = None) -> list[Hit]:
    """The same in a snapshot."""
    hits = []
    for label in _searched(kind):
        for node in snapshot.nodes(primary(label)):
            if label in node.labels:
                known = [node.properties.get(name) for name in ("name", "name_zh", "aliases")]
                if hit := _hit(text, node.id, node.labels, *known):
                    hits.append(hit)
    return _best(hits)


def _searched(kind: str | None) -> Sequence[str]:
    return [label for label in _ORDER if label.lower() == kind] or FINDABLE


def _best(hits: Sequence[Hit]) -> list[Hit]:
    best = max((hit.score for hit in hits), default=0.0)
    kept = [hit for hit in hits if hit.score > _CLOSE or best <= _CLOSE]
    return sorted(kept, key=lambda hit: (-hit.score, FINDABLE.index(primary(hit.type)), hit.id))


def _hit(text: str, key: Any, labels: Sequence[str], name: Any, name_zh: Any, aliases: Any) -> Hit | None:
    names = [each for each in (name, name_zh, *(aliases or ()), key) if isinstance(each, str)]
    scored = [(score, each) for each in names if (score := match(text, [each])) is not None]
    if not scored:
        return None
    score, matched = max(scored, key=lambda pair: pair[0])  # the first of equals: the name before the id
    return Hit(str(key), our_labels(labels)[-1], str(name or key), name_zh, matched, score)
