"""Lists of people to leave out: what they hold, whom they mean, and that nothing of these people is left."""

import json
from datetime import date

import pytest

from kb import Snapshot
from kb.errors import KbError, NotFound
from kb.ledger import Ledger, read_folder
from kb.ledger.forgotten import FILE, add_person, entries, on_list, remove_person
from kb.ontology import types
from kb.resolve import resolve
from tests.folders import person, world, write_folder
from tests.resolve.test_identity import BOOKS, decisions, same

DAY = date(2025, 11, 24)
ANN = person(
    "Ann Lee", {"at": "meta", "left": {"date": "2020", "to": "openai", "lines": 3}}, aliases=["Annie"]
)


def everything(snapshot):
    """All that a snapshot holds, as one text."""
    rows = [snapshot.execute(f"SELECT * FROM {snapshot.name(kind.table)}") for kind in types()]
    return json.dumps(rows, default=str)


def left(tmp_path, *data):
    ledger = Ledger()
    for each in data:
        read_folder(write_folder(tmp_path / each["dataset"]["id"], each), ledger)
    read_folder(tmp_path / "list", ledger)
    return resolve(ledger)


def test_the_list_names_nobody(tmp_path):
    add_person(tmp_path, ["ann-lee"], ["Ann Lee", "Annie"], day=DAY)
    text = (tmp_path / FILE).read_text()
    assert "ann" not in text.lower() and "lee" not in text.lower()
    (entry,) = entries(tmp_path)
    assert len(entry.hashes) == 2, "a name of one word is borne by many"
    assert entry.when == "2025-11-24"


def test_two_lists_have_two_salts_and_one_list_has_one(tmp_path):
    for folder, names in (("a", ["Ann Lee", "Bo Ray"]), ("b", ["Ann Lee"])):
        for name in names:
            add_person(tmp_path / folder, [name.lower().replace(" ", "-")], [name], day=DAY)
    salts = [{each.split(":")[0] for entry in entries(tmp_path / f) for each in entry.hashes} for f in "ab"]
    assert [len(each) for each in salts] == [1, 1]
    assert salts[0] != salts[1]


def test_nothing_of_a_forgotten_person_is_left(tmp_path):
    data = world(
        people={"ann-lee": ANN, "bob": person("Bob", {"at": "meta", "phase": "current"})},
        events={"party": {"name": "A party", "kind": "party", "lines": 1, "involves": ["ann-lee", "bob"]}},
    )
    add_person(tmp_path / "list", ["ann-lee"], ["Ann Lee"], day=DAY)
    snapshot = left(tmp_path, data)
    assert [each.id for each in snapshot.nodes("Person")] == ["bob"]
    assert [edge.end for edge in snapshot.edges("INVOLVES")] == ["bob"]
    assert "ann-lee" not in everything(snapshot) and "Ann" not in everything(snapshot)


@pytest.mark.parametrize("name", ["Ann Lee", "LEE, Ann", "Ánn  Lee", "Ａｎｎ Lee"])
def test_another_dataset_that_names_them_again_is_no_way_back(tmp_path, name):
    add_person(tmp_path / "list", ["ann-lee"], ["Ann Lee"], day=DAY)
    again = world("other", people={"p-17": person(name, {"at": "meta", "phase": "current"})})
    assert left(tmp_path, again).count("Person") == 0


def test_an_alias_gives_them_away_too_and_a_given_name_alone_does_not(tmp_path):
    add_person(tmp_path / "list", ["x"], ["Ann Lee", "Ann", "李安"], day=DAY)
    data = world(people={"p": person("A. L.", aliases=["李安"]), "q": person("Ann")})
    assert [each.id for each in left(tmp_path, data).nodes("Person")] == ["q"]


def test_a_namesake_who_is_spared_stays(tmp_path):
    add_person(tmp_path / "list", ["ann-lee"], ["Ann Lee"], spare=["ann-lee-2"], day=DAY)
    data = world(people={"ann-lee": ANN, "ann-lee-2": person("Ann Lee")})
    assert [each.id for each in left(tmp_path, data).nodes("Person")] == ["ann-lee-2"]


def test_all_ids_that_were_merged_go_with_the_decision(tmp_path):
    add_person(tmp_path / "list", ["ann-lee"], ["Ann Lee"], day=DAY)
    data = world(people={"ann-lee": ANN, "zoe": person("Zoe Fox")})
    judged = decisions(
        identity=[same("zoe", "ann-lee", keep="zoe")], retractions=[{"claim": "tiny/zoe", **BOOKS}]
    )
    snapshot = left(tmp_path, data, judged)
    assert snapshot.count("Person") == 0
    assert "zoe" not in everything(snapshot)


def test_a_source_that_spoke_of_no_one_else_goes_too(tmp_path):
    page = {"name": "Page of Ann Lee", "kind": "page", "published": "2025"}
    data = world(people={"ann-lee": {**ANN, "jobs": []}})
    data["people"]["ann-lee"] |= {"source": "page", "locator": "top"}
    del data["people"]["ann-lee"]["lines"]
    data["sources"]["page"] = page
    add_person(tmp_path / "list", ["ann-lee"], ["Ann Lee"], day=DAY)
    assert [each.id for each in left(tmp_path, data).nodes("Source")] == ["talk-tiny"]


def test_law_4_to_remember_is_never_to_have_forgotten(tmp_path):
    data = world(people={"ann-lee": ANN})
    (tmp_path / "list").mkdir()
    add_person(tmp_path / "list", ["ann-lee"], ["Ann Lee"], day=DAY)
    remove_person(tmp_path / "list", "Ann Lee")
    snapshot = left(tmp_path, data)
    assert snapshot.count("Decision") == 0
    assert snapshot.entity("ann-lee").properties["aliases"] == ["Annie"]
    with pytest.raises(NotFound, match="is not on the list"):
        remove_person(tmp_path / "list", "ann-lee")


def test_a_person_is_listed_once(tmp_path):
    add_person(tmp_path, ["ann-lee"], ["Ann Lee"], day=DAY)
    assert on_list(tmp_path, ["lee ann"])
    with pytest.raises(KbError, match="is on the list already"):
        add_person(tmp_path, ["ann-lee"], [], day=DAY)


def test_a_snapshot_of_seeds_takes_the_users_own_list_along(tmp_path, monkeypatch):
    monkeypatch.setenv("KB_HOME", str(tmp_path / "home"))
    folder = str(write_folder(tmp_path / "tiny", world(people={"ann-lee": ANN})))
    assert Snapshot.from_seeds(folder).count("Person") == 1
    add_person(tmp_path / "home" / "forgotten", ["ann-lee"], ["Ann Lee"], day=DAY)
    assert Snapshot.from_seeds(folder).count("Person") == 0
