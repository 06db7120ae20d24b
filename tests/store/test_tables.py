"""Tables on both engines: loaded twice, beside curated seeds, and taken out again."""

from tests.folders import person, world, write_folder
from tests.tables import csv_text, mapped

ROWS = csv_text(
    ("Ann Lee", "Meta", "Engineer", "2019-03", "2021"),
    ("Ann Lee", "OpenAI", "Engineer", "2021", None),
    ("Bob", "Meta", None, None, None),
)


def test_a_table_loads_beside_curated_seeds_and_unloads_without_a_trace(base, tmp_path):
    seeds = write_folder(
        tmp_path / "tiny", world(people={"ann": person("Ann", {"at": "meta", "phase": "current"})})
    )
    table = mapped(tmp_path / "tab", ROWS, ids={"Meta": "meta", "OpenAI": "openai"}, blank_end="open")
    base.load(seeds)
    alone = base.snapshot()
    loaded = base.load(table)
    assert loaded.created and loaded.datasets == ("tab", "tiny")
    assert base.load(seeds, table).changes == 0 and base.plan(table) == []
    # The organization keeps the kind that the curated seeds give it, and the table's people are its own.
    rows = base.query(
        "MATCH (p:Person)-[s:EMPLOYED_AT]->(:Company {id: 'meta'}) RETURN p.id, s.phase ORDER BY p.id"
    ).rows
    assert rows == [("ann", "current"), ("tab/ann-lee", "past"), ("tab/bob", "current")]
    flows = base.query("MATCH (a)-[f:TALENT_FLOW]->(b) RETURN a.id, b.id, f.people").rows
    assert flows == [("meta", "openai", 1)]
    base.unload("tab")
    assert base.snapshot() == alone


def test_a_row_more_changes_only_what_it_says(base, tmp_path):
    table = mapped(tmp_path / "tab", ROWS)
    base.load(table)
    (table / "spells.csv").write_text(csv_text(("Cy", "Meta", None, "2024", None)) + ROWS.partition("\n")[2])
    changes = {(change.action, change.type, change.id) for change in base.plan(table)}
    spell = "tab/cy:employed_at:tab/meta:1"
    assert {("create", "Person", "tab/cy"), ("create", "EMPLOYED_AT", spell)} <= changes
    # The rows behind it have other numbers now, which are their places in the source.
    assert {(action, kind) for action, kind, _ in changes} == {
        ("create", "Person"),
        ("create", "EMPLOYED_AT"),
        ("create", "Claim"),
        ("change", "Claim"),
        ("change", "Dataset"),
    }
    base.load(table)
    assert base.load(table).changes == 0
