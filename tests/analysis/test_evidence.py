"""On how many sources a count rests: by claims, and without them where each dataset has one source."""

import pytest

import kb
from kb.analysis.evidence import FACTS, sources
from tests.folders import person, world, write_folder

SPELL = {"at": "meta", "start": 2010, "phase": "past", "title": "Engineer"}


def folder(path, dataset, *, second=False):
    seeds = world(dataset=dataset, people={"ann": person("Ann", SPELL)})
    if second:
        seeds["sources"]["paper"] = {**seeds["sources"][f"talk-{dataset}"], "name": "A paper"}
        seeds["people"]["ann"]["jobs"].append({**SPELL, "lines": 3, "source": "paper"})
    return str(write_folder(path / dataset, seeds))


@pytest.mark.parametrize("numbers", [(1,), (2,), (1, 1), (2, 2), (1, 2)])
def test_a_fact_rests_on_the_sources_of_its_claims(tmp_path, numbers):
    each = zip(("one", "two"), numbers, strict=False)
    snapshot = kb.Snapshot.from_seeds(*(folder(tmp_path, name, second=n == 2) for name, n in each))
    counted = dict(snapshot.execute(sources(snapshot, _each(snapshot))))
    followed = snapshot.execute(
        f"""SELECT e.id, count(DISTINCT s.to_id)
        FROM (SELECT id, unnest(claims) AS claim FROM ({_all(snapshot)})) e
        JOIN {snapshot.name("FROM_SOURCE")} s ON s.from_id = e.claim GROUP BY 1"""
    )
    assert counted == dict(followed)
    assert max(counted.values()) == len(numbers) + (2 in numbers)  # both datasets have the same paper


def _all(snapshot):
    return " UNION ALL ".join(f"SELECT id, claims FROM {snapshot.name(label)}" for label in FACTS)


def _each(snapshot):
    return f"SELECT id AS key, id AS fact FROM ({_all(snapshot)})"


def test_claims_that_are_no_nodes_count_where_a_dataset_has_one_source(tmp_path):
    snapshot = kb.Snapshot.from_seeds(folder(tmp_path, "one"), folder(tmp_path, "two"), claims=False)
    assert set(dict(snapshot.execute(sources(snapshot, _each(snapshot)))).values()) == {2}
