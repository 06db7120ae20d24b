"""Two states of one dataset, and the graph as it is, read by no code of ours."""

import json
from pathlib import Path
from typing import Any

from kb.store import Base
from tests.folders import person, world, write_folder


def first(folder: Path) -> Path:
    """The first state: people, jobs, departures and projects, and a table."""
    return _written(folder, people=range(8), team="team", title="Engineer", rows=6)


def second(folder: Path) -> Path:
    """The second state: of each type something is new, something is changed and something is gone."""
    return _written(folder, people=range(3, 11), team="other", title="Scientist", rows=3)


def _written(folder: Path, *, people: range, team: str, title: str, rows: int) -> Path:
    role = {"engineer": {"name": "Engineer", "family": "engineering", "lines": 1}}
    data = world(
        roles=role,
        projects={"torch": {"name": f"Torch of {title}s", "kind": "framework", "lines": 1}},
        people={
            f"person-{n}": person(
                f"Person {n}",
                {
                    "at": "meta",
                    "start": 2010 + n,
                    "end": 2022,
                    "title": title,
                    "left": {"to": "openai", "lines": 3},
                },
                {"at": "openai", "start": 2023, "phase": "current", "role": "engineer"},
                worked_on=[{"project": "torch", "lines": 4}],
            )
            for n in people
        },
    )
    data["organizations"]["fair"]["kind"] = team  # a label that changes: the node is made anew
    data["rows"] = [
        {"person": f"Row {n}", "at": "Meta", "title": title, "start": "2015", "end": "2020"}
        for n in range(rows)
    ]
    return write_folder(folder, data)


def picture(base: Base) -> frozenset[str]:
    """All nodes and edges as text, books of loads with them; only when they were loaded is left out."""
    nodes = base.query("MATCH (n) RETURN labels(n) AS labels, properties(n) AS p", timeout=None)
    edges = base.query("MATCH (a)-[r]->(b) RETURN type(r), a.id, b.id, properties(r) AS p", timeout=None)
    found = [_text("node", sorted(labels), values) for labels, values in nodes]
    found += [_text("edge", [kind, start, end], values) for kind, start, end, values in edges]
    assert len(found) == len(set(found)), "something is there twice"
    return frozenset(found)


def facts(shown: frozenset[str]) -> frozenset[str]:
    """A picture without the datasets, which say of themselves whether they are whole."""
    return frozenset(text for text in shown if '["Dataset"]' not in text)


def _text(kind: str, what: list[str], values: dict[str, Any]) -> str:
    kept = {name: value for name, value in values.items() if name != "loaded_at"}
    return json.dumps([kind, what, kept], default=str, sort_keys=True)
