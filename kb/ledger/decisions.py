"""What curators decided, as rows of the ledger: which ids are the same, what is retracted, whom to forget."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from kb.dates import bounds
from kb.errors import Problem
from kb.ledger.decision_models import DECISIONS
from kb.ledger.ledger import Ledger
from kb.ledger.marks import Document, Steps
from kb.ontology import ENTITIES

Read = Sequence[tuple[Document, dict[str, Any]]]


def read_decisions(read: Read, dataset: str, problems: list[Problem]) -> list[dict[str, Any]]:
    """The decisions of a folder's files. Their ids are what they say, in whatever order they stand."""
    rows: list[dict[str, Any]] = []
    used: Counter[str] = Counter()
    for document, data in read:
        for section in DECISIONS:
            for n, item in enumerate(data.get(section) or ()):
                problems.extend(_mistakes(section, n, item, document))
                row = _row(section, item)
                key = f"{dataset}/{row['name'].replace(' ', ':')}"
                used[key] += 1
                place = document.problem((section, n), "", at_key=True)
                rows.append(
                    {
                        **row,
                        "id": key if used[key] == 1 else f"{key}~{used[key]}",
                        "dataset": dataset,
                        "place": f"{place.file}:{place.line}",
                    }
                )
    return rows


def _mistakes(section: str, n: int, item: dict[str, Any], document: Document) -> Iterator[Problem]:
    """What a model cannot see: fields that exclude each other, and a day that has no end."""
    path: Steps = (section, n)
    pair = {"identity": ("same", "different"), "retractions": ("claim", "source")}.get(section)
    written = document.data[section][n]  # the model leaves out what it refuses, and says so itself
    if pair and (written.get(pair[0]) is None) == (written.get(pair[1]) is None):
        what = f"a decision has either `{pair[0]}` or `{pair[1]}`"
        yield document.problem(path, what, "write one of them", at_key=True)
    keep = item.get("keep")
    if keep and keep not in (item["same"] or ()):
        yield document.problem((*path, "keep"), f"`{keep}` is not among the same ids", "keep one of them")
    for name in ("same", "different", "sources"):
        if len(set(item.get(name) or ())) < len(item.get(name) or ()):
            yield document.problem((*path, name), "an id stands there twice", "take one out")
    if bounds(item["when"]).latest is None:
        yield document.problem((*path, "when"), "`when` has no last day", "give the day")


def _row(section: str, item: dict[str, Any]) -> dict[str, Any]:
    when = bounds(item["when"])
    row: dict[str, Any] = {
        "who": item.get("who"),
        "why": item.get("why"),
        "when_text": item["when"].strip(),
        "when_earliest": when.earliest,
        "when_latest": when.latest,
    }
    if section == "identity":
        kind = "same" if item["same"] else "different"
        row |= {"kind": kind, "ids": sorted(item[kind] or ()), "keep": item["keep"]}
        about = row["ids"]
    elif section == "retractions":
        row |= {"kind": "retract", "claim": item["claim"]}
        about = [item["claim"] or item["source"] or ""]
        row["sources"] = [item["source"]] if item["source"] else None
    elif section == "independent":
        row |= {"kind": "independent", "sources": sorted(item["sources"])}
        about = row["sources"]
    else:
        row |= {
            "kind": "forget",
            "hashes": sorted(item["hashes"]),
            "ids": sorted(item["spare"] or ()) or None,
        }
        about = [item["hashes"][0][-12:]]
    return {**row, "name": " ".join((row["kind"], *about))}


def unheard_of(ledger: Ledger) -> list[str]:
    """Lines on what decisions name and nothing in the ledger has: another dataset may, or it is a slip."""
    known = " UNION ".join(f"SELECT subject AS id FROM {ledger.name(node.table)}" for node in ENTITIES)
    claims = " UNION ALL ".join(f"SELECT claim FROM {ledger.name(kind.table)}" for kind in ledger.stated)
    named = [
        ("id", "unnest(ids)", known),
        ("source", "unnest(sources)", f"SELECT id FROM {ledger.name('Source')}"),
        ("claim", "claim", claims or "SELECT NULL"),
    ]
    found = []
    for what, column, there in named:
        rows = ledger.execute(
            f"""SELECT DISTINCT place, key FROM (SELECT place, {column} AS key FROM {ledger.name("Decision")})
            WHERE key IS NOT NULL AND key NOT IN (SELECT * FROM ({there}) k(id) WHERE id IS NOT NULL)
            ORDER BY ALL"""
        )
        found += [f"{place}: no dataset here has the {what} `{key}`" for place, key in rows]
    return sorted(found)
