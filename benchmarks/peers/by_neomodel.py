"""The rows of people, organizations and spells by neomodel. Runs in an environment that has neomodel.

Nodes go through `bulk_get_or_create`, a thousand in a call, spells one by one: neomodel has no call for many.

Usage: python by_neomodel.py FILE, with NEO4J_URI, NEO4J_USERNAME and NEO4J_PASSWORD.
"""

import json
import os
import sys
import time
from pathlib import Path
from urllib.parse import quote

from neomodel import RelationshipTo, StringProperty, StructuredNode, StructuredRel, db

BATCH = 1_000  # spells in a transaction


class Spell(StructuredRel):
    key = StringProperty()
    title = StringProperty()
    start = StringProperty()
    end = StringProperty()


class Organization(StructuredNode):
    key = StringProperty(unique_index=True, required=True)
    name = StringProperty()


class Person(StructuredNode):
    key = StringProperty(unique_index=True, required=True)
    name = StringProperty()
    employers = RelationshipTo("Organization", "EMPLOYED_AT", model=Spell)


def main(file: Path) -> None:
    """Print the seconds that the load took, as JSON."""
    rows = json.loads(file.read_text(encoding="utf-8"))
    address = os.environ["NEO4J_URI"].split("://", 1)[1]
    login = f"{os.environ['NEO4J_USERNAME']}:{quote(os.environ['NEO4J_PASSWORD'])}"
    db.set_connection(url=f"bolt://{login}@{address}")
    db.install_all_labels(stdout=sys.stderr)
    start = time.perf_counter()
    made = {}
    for kind, name in ((Person, "people"), (Organization, "organizations")):
        named = [{"key": row["id"], "name": row["name"]} for row in rows[name]]
        for first in range(0, len(named), BATCH):
            made |= {node.key: node for node in kind.nodes.bulk_get_or_create(*named[first : first + BATCH])}
    spells = rows["spells"]
    for first in range(0, len(spells), BATCH):
        with db.transaction:
            for row in spells[first : first + BATCH]:
                told = {"key": row["id"], "title": row["title"], "start": row["start"], "end": row["end"]}
                known = {name: value for name, value in told.items() if value is not None}
                made[row["person"]].employers.connect(made[row["organization"]], known)
    print(json.dumps({"wall": time.perf_counter() - start}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
