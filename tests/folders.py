"""Folders of seeds for tests: small worlds written out as files, and strategies that make them at random."""

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

ORGANIZATIONS = {
    "meta": "company",
    "openai": "company",
    "google": "company",
    "fair": "team",
    "eth": "university",
}
PEOPLE = ("ann", "bob")
TABLE = {
    "file": "rows.jsonl",
    "rows": "jobs",
    "person": "person",
    "at": "at",
    "columns": {"title": "title", "start": "start", "end": "end"},
    "ids": {"Meta": "meta", "OpenAI": "openai", "Ann": "ann"},
    "rules": {"reversed_dates": "unknown"},
}
TITLES = (None, "Engineer", "Scientist")
CERTAINTIES = ("confirmed", "reported", "rumoured")


def write_folder(path: Path, data: dict[str, Any]) -> Path:
    """Write seeds as one file; JSON is YAML too. `rows` become a table of JSON lines."""
    path.mkdir(parents=True, exist_ok=True)
    rows = data.get("rows")
    if rows:
        (path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        data = {**data, "tables": {"rows": TABLE}}
    data = {key: value for key, value in data.items() if key != "rows"}
    (path / "seeds.yaml").write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def world(dataset: str = "tiny", published: str = "2025-08-31", **sections: Any) -> dict[str, Any]:
    """A dataset with one source and the organizations above; sections are added, or replace these."""
    source = f"talk-{dataset}"
    return {
        "source": source,
        "dataset": {"id": dataset, "title": f"Data of {dataset}", "licence": "CC0-1.0"},
        "sources": {source: {"name": "A talk", "kind": "talk", "published": published, "line_count": 99}},
        "organizations": {
            key: {"name": key.title(), "kind": kind, "lines": 1} for key, kind in ORGANIZATIONS.items()
        },
        **sections,
    }


def person(name: str, *jobs: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A person with jobs; each claim stands in line 2."""
    return {"name": name, "lines": 2, "jobs": [{"lines": 2, **job} for job in jobs], **fields}


@st.composite
def _jobs(draw: st.DrawFn) -> dict[str, Any]:
    start = draw(st.none() | st.integers(2010, 2020))
    end = draw(st.none() | st.integers(2020, 2025))
    at = draw(st.sampled_from(["meta", "openai", "google"]))
    job: dict[str, Any] = {
        "at": at,
        "lines": draw(st.integers(1, 99)),
        "certainty": draw(st.sampled_from(CERTAINTIES)),
    }
    job["phase"] = "past" if end else draw(st.sampled_from(["planned", "current", "past"]))
    for key, value in (("title", draw(st.sampled_from(TITLES))), ("start", start), ("end", end)):
        if value is not None:
            job[key] = value
    if draw(st.booleans()):
        job["tenure"] = draw(st.sampled_from(["P3Y", "over P4Y", "almost P18M"]))
    if draw(st.booleans()):
        job["role"] = draw(st.sampled_from(["engineer", "scientist"]))
    if draw(st.booleans()):
        left = {
            "lines": 3,
            "phase": draw(st.sampled_from(["past", "planned"])),
            "certainty": draw(st.sampled_from(CERTAINTIES)),
        }
        to = draw(st.sampled_from([None, "meta", "openai"]))
        job["left"] = left | ({"to": to} if to and to != at else {}) | ({"date": end} if end else {})
    if draw(st.integers(0, 9)) == 0:
        job["denies"] = True
    return job


@st.composite
def table_rows(draw: st.DrawFn) -> dict[str, Any]:
    """A row of a table; some of its names mean ids that other datasets have too."""
    return {
        "person": draw(st.sampled_from(["Ann", "Bob", "Zoë"])),
        "at": draw(st.sampled_from(["Meta", "OpenAI", "Elsewhere"])),
        "title": draw(st.sampled_from(TITLES)),
        "start": str(draw(st.integers(2010, 2020))),
        "end": draw(st.sampled_from([None, "2021", "2024-05", ".."])),
    }


@st.composite
def datasets(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """A random dataset. Two of different names share people, organizations, projects and roles."""
    people = {}
    for key in draw(st.lists(st.sampled_from(PEOPLE), unique=True, min_size=1)):
        jobs = draw(st.lists(_jobs(), max_size=3, unique_by=lambda job: job["at"]))
        people[key] = {"name": draw(st.sampled_from([key.title(), key.upper()])), "lines": 2, "jobs": jobs}
        if draw(st.booleans()):
            people[key]["aliases"] = draw(st.lists(st.sampled_from(["A", "B", "安"]), unique=True))
        if draw(st.booleans()):
            people[key]["worked_on"] = [{"project": "torch", "lines": 4}]
        if draw(st.booleans()):
            people[key]["member_of"] = [{"team": "fair", "lines": 5, "phase": "past"}]
    published = draw(st.sampled_from(["2025-07", "2025-08", "[2025-08-20..2025-08-31]"]))
    data = world(name, published)
    # Whether ETH is a university or another thing is what datasets may disagree about: its label changes.
    data["organizations"]["eth"]["kind"] = draw(st.sampled_from(["university", "other"]))
    data["projects"] = {"torch": {"name": "Torch", "kind": "framework", "lines": 1}}
    data["roles"] = {
        "engineer": {"name": "Engineer", "family": "engineering", "lines": 1},
        "scientist": {"name": "Scientist", "family": "research", "lines": 1},
    }
    data["people"] = people
    data["rows"] = draw(st.lists(table_rows(), max_size=4))
    if draw(st.booleans()):
        data["statistics"] = {
            f"count-{name}": {
                "name": "Movers",
                "metric": "people_moved",
                "value": draw(st.integers(0, 300)),
                "unit": "person",
                "qualifier": "about",
                "lines": 6,
                "about": [{"organization": "meta", "as": "from"}, {"organization": "openai", "as": "to"}],
            }
        }
    return data
