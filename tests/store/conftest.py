"""A small world, loaded once for all tests of a module that only read."""

from collections.abc import Iterator

import pytest

from kb.store import Base
from kb.store.database import Database
from tests.folders import person, world, write_folder

ANN = person(
    "Ann Lee",
    {"at": "meta", "role": "engineer", "left": {"date": "2025-08", "to": "openai", "lines": 3}},
    {"at": "openai", "phase": "current", "start": "2025-08"},
    name_zh="安·李",
    aliases=["A. Lee"],
    worked_on=[{"project": "torch", "lines": 4}],
)
BOB = person("Robert Ångström", {"at": "meta", "phase": "current"})


@pytest.fixture(scope="module")
def small_world(shared_base: Base, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Two people, what they worked on and where they left, to be read only."""
    shared_base.write("MATCH (n) DETACH DELETE n", timeout=None)
    data = world(
        people={"ann": ANN, "bob": BOB},
        projects={"torch": {"name": "Torch", "kind": "framework", "lines": 1}},
        roles={"engineer": {"name": "Engineer", "family": "engineering", "lines": 1}},
        statistics={
            "movers": {
                "name": "Movers",
                "metric": "people_moved",
                "value": 140,
                "unit": "person",
                "qualifier": "exact",
                "lines": 6,
                "about": [{"organization": "meta", "as": "from"}],
            }
        },
        events={"freeze": {"name": "A freeze", "kind": "hiring_freeze", "involves": ["meta"], "lines": 7}},
    )
    shared_base.load(write_folder(tmp_path_factory.mktemp("seeds") / "tiny", data))
    yield shared_base.database
