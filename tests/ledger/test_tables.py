"""Tables as seeds: what rows become, and what is said of those that break a rule."""

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kb.errors import KbError, SeedError
from kb.ledger import Ledger, read_folder
from kb.resolve import resolve
from tests.tables import csv_text, mapped, write_parquet

ANN = ("Ann Lee", "Acme", "Engineer", "2019-03", "2021")
BOB = ("Bob", "Acme", None, None, None)


def spells(ledger: Ledger, columns: str = "subject, object, title, start_text, end_text, phase") -> list[Any]:
    return ledger.execute(f"SELECT {columns} FROM {ledger.name('EMPLOYED_AT')} ORDER BY subject, start_text")


def notices(ledger: Ledger) -> dict[str, tuple[int, tuple[int, ...]]]:
    return {
        notice.rule: (notice.count, tuple(notice.rows)) for notice in ledger.notices if notice.rule != "blank"
    }


def mistakes(folder: Path) -> list[str]:
    with pytest.raises(SeedError) as error:
        read_folder(folder)
    return [str(problem).removeprefix(str(folder) + "/") for problem in error.value.problems]


def test_a_row_becomes_a_claim_and_so_does_every_name_in_it(tmp_path):
    ledger = read_folder(mapped(tmp_path, csv_text(ANN, BOB)))
    assert spells(ledger) == [
        ("tab/ann-lee", "tab/acme", "Engineer", "2019-03", "2021", "past"),
        ("tab/bob", "tab/acme", None, None, None, None),
    ]
    people = ledger.execute(
        f"SELECT claim, subject, name, locator, source FROM {ledger.name('Person')} ORDER BY 1"
    )
    assert people == [
        ("tab/list:tab/ann-lee", "tab/ann-lee", "Ann Lee", "row 2", "list"),
        ("tab/list:tab/bob", "tab/bob", "Bob", "row 3", "list"),
    ]
    assert ledger.execute(f"SELECT subject, name, kind FROM {ledger.name('Organization')}") == [
        ("tab/acme", "Acme", None)
    ]
    assert resolve(ledger).entity("tab/acme").labels == ("Organization", "Other")


ROWS = [
    {"who": "Ann Lee", "where": "Acme", "title": "Engineer", "start": "2019-03", "end": "2021-01-05"},
    {"who": "Bob", "where": "Bolt", "title": None, "start": None, "end": None},
]


@pytest.mark.parametrize(
    "name", ["s.csv", "s.csv.gz", "s.tsv", "s.jsonl", "s.json", "s.json.gz", "s.parquet", "s.csv.zst"]
)
def test_all_formats_say_the_same(tmp_path, name):
    lines = csv_text(*[tuple(row.values()) for row in ROWS])
    content = {
        "csv": lines,
        "tsv": lines.replace(",", "\t"),
        "jsonl": "\n".join(map(json.dumps, ROWS)),
        "json": json.dumps(ROWS),
    }.get(name.split(".")[1], "")
    folder = mapped(tmp_path, content, file=name)
    if name.endswith("parquet"):
        write_parquet(folder / name, ROWS)
    elif name.endswith("zst"):
        (folder / "plain.csv").write_text(lines)
        plain = f"FROM read_csv('{folder}/plain.csv', all_varchar = true)"
        duckdb.sql(f"COPY ({plain}) TO '{folder}/{name}' (COMPRESSION zstd)")
    ledger = read_folder(folder)
    assert spells(ledger, "subject, object, title, start_text, end_latest") == [
        ("tab/ann-lee", "tab/acme", "Engineer", "2019-03", date(2021, 1, 5)),
        ("tab/bob", "tab/bolt", None, None, None),
    ]


def test_items_inside_the_records_of_a_json_file_are_rows(tmp_path):
    records = [
        {"name": "Ann", "jobs": [{"org": {"name": "Acme"}, "from": "2019"}, {"org": {"name": "Bolt"}}]},
        {"name": "Bob", "jobs": None},
    ]
    folder = mapped(
        tmp_path, json.dumps(records), file="people.json", each="jobs", person="name", at="jobs.org.name",
        columns={"start": "jobs.from"},
    )  # fmt: skip
    ledger = read_folder(folder)
    assert spells(ledger, "subject, object, start_text, locator") == [
        ("tab/ann", "tab/acme", "2019", "row 1"),
        ("tab/ann", "tab/bolt", None, "row 1"),
    ]


def test_the_id_of_a_claim_stays_when_rows_come_before_it(tmp_path):
    before = read_folder(mapped(tmp_path / "a", csv_text(ANN)))
    after = read_folder(mapped(tmp_path / "b", csv_text(BOB, ANN)))
    assert spells(before, "claim")[0] in spells(after, "claim")


def test_equal_rows_are_one_claim_and_are_counted(tmp_path):
    ledger = read_folder(mapped(tmp_path, csv_text(ANN, BOB, ANN, ANN)))
    assert len(spells(ledger)) == 2
    assert notices(ledger)["duplicate"] == (2, (4, 5))


@pytest.mark.parametrize(
    ("row", "rule", "told"),
    [
        pytest.param((None, "Acme", None, None, None), "blank_name", "no person is named", id="nobody"),
        pytest.param(("Ann", " ", None, None, None), "blank_name", "no employer is named", id="nowhere"),
        pytest.param(
            ("Ann", "Acme", None, "soon", None), "bad_date", "`start` is no date (`soon`)", id="no date"
        ),
        pytest.param(
            ("Ann", "Acme", None, "2021", "2019"), "reversed_dates", "`end` is before `start`", id="reversed"
        ),
        pytest.param(
            ("A" * 2001, "Acme", None, None, None), "bad_text", "more than 2,000 characters", id="long"
        ),
        pytest.param(("A\x00b", "Acme", None, None, None), "bad_text", "a control character", id="control"),
    ],
)
def test_a_row_that_breaks_a_rule_is_a_mistake_or_else_it_is_counted(tmp_path, row, rule, told):
    (found,) = mistakes(mapped(tmp_path / "a", csv_text(ANN, row)))
    assert found.startswith("spells.csv:3:1: ") and told in found and f"`rules: {{{rule}: …}}`" in found
    remedy = "leave_out" if rule in ("blank_name", "bad_text") else "unknown"
    ledger = read_folder(mapped(tmp_path / "b", csv_text(ANN, row), rules={rule: remedy}))
    assert notices(ledger) == {rule: (1, (3,))}
    assert len(spells(ledger)) == (1 if remedy == "leave_out" else 2)
    assert spells(ledger, "start_text, end_text")[-1] in [("2019-03", "2021"), (None, None)]


def test_many_bad_rows_are_one_line(tmp_path):
    (found,) = mistakes(
        mapped(tmp_path, csv_text(*[("Ann", "Acme", None, f"never {n}", None) for n in range(9000)]))
    )
    assert found.startswith(
        "spells.csv:2:1: 9,000 rows: `start` is no date (`never 0`), rows 2, 3, 4, 5, 6, …"
    )


def test_names_that_stand_for_no_organization_are_left_out(tmp_path):
    ledger = read_folder(
        mapped(tmp_path, csv_text(ANN, ("Cy", "*independent", None, None, None)), leave_out=["*Independent"])
    )
    assert notices(ledger) == {"leave_out": (1, (3,))}
    assert ledger.execute(f"SELECT name FROM {ledger.name('Person')}") == [("Ann Lee",)]


def test_rows_are_taken_and_skipped_by_conditions(tmp_path):
    rows = csv_text(ANN, BOB, ("Cy", "Other GmbH", None, None, None), ("Di", "Acme", "Boss", None, None))
    ledger = read_folder(
        mapped(
            tmp_path, rows,
            only=[{"column": "where", "equals": ["Acme"]}],
            skip=[{"when": [{"column": "title", "contains": "oss"}], "why": "chiefs are elsewhere"}],
        )
    )  # fmt: skip
    assert notices(ledger) == {"only": (1, (4,)), "skip": (1, (5,))}
    assert [row[0] for row in spells(ledger)] == ["tab/ann-lee", "tab/bob"]


@pytest.mark.parametrize(
    ("start", "end", "blank_end", "phase", "text"),
    [
        ("2020", None, "open", "current", ".."),
        ("2020", None, "unknown", None, None),
        ("2020", "2021", "open", "past", "2021"),
        ("2026", None, "open", "planned", ".."),
        ("2020", "2027", "unknown", "current", "2027"),
    ],
)
def test_the_phase_is_that_of_the_day_of_publication(tmp_path, start, end, blank_end, phase, text):
    ledger = read_folder(mapped(tmp_path, csv_text(("Ann", "Acme", None, start, end)), blank_end=blank_end))
    assert spells(ledger, "phase, end_text") == [(phase, text)]


def test_an_end_that_is_no_date_is_unknown_and_not_open(tmp_path):
    row = ("Ann", "Acme", None, "2020", "whenever")
    ledger = read_folder(mapped(tmp_path, csv_text(row), blank_end="open", rules={"bad_date": "unknown"}))
    assert spells(ledger, "phase, end_text") == [(None, None)]


@pytest.mark.parametrize(
    ("text", "layout", "precision", "read"),
    [
        ("31.12.2020", ["%d.%m.%Y"], None, "2020-12-31"),
        ("2021-1-5", ["%Y-%m-%d"], None, "2021-01-05"),
        ("Mar 2020", ["%d.%m.%Y", "%b %Y"], None, "2020-03"),
        ("2020-03-01", None, "month", "2020-03"),
        ("2020-03-01", None, "Year", "2020"),
        ("2020-03-01", None, "decade or so", "2020~"),
    ],
)
def test_dates_are_read_by_layout_and_cut_to_their_precision(tmp_path, text, layout, precision, read):
    start: dict[str, Any] = {"column": "start"}
    if layout:
        start["layout"] = layout
    if precision:
        start["precision"] = {"column": "title", "values": {"Decade or so": "about_year"}}
    ledger = read_folder(
        mapped(tmp_path, csv_text(("Ann", "Acme", precision, text, None)), columns={"start": start})
    )
    assert spells(ledger, "start_text") == [(read,)]


def test_words_of_a_table_become_those_of_the_ontology(tmp_path):
    kind = {"column": "title", "values": {"Praktikum": "internship", "beirat": "advisor"}}
    rows = csv_text(
        ("Ann", "Acme", "praktikum", None, None),
        ("Bob", "Acme", "Beirat", None, None),
        ("Cy", "Acme", None, None, None),
    )
    ledger = read_folder(mapped(tmp_path, rows, columns={"kind": kind}))
    assert spells(ledger, "kind") == [("internship",), ("advisor",), ("job",)]


def test_listed_names_get_the_listed_ids_and_kinds(tmp_path):
    rows = csv_text(("Ann", "OpenAI", None, None, None), ("Bob", "Open AI", None, None, None))
    ledger = read_folder(
        mapped(
            tmp_path,
            rows,
            ids={"OpenAI": "openai", "Open AI": "openai"},
            kinds={"company": ["OpenAI", "Open AI"]},
        )
    )
    found = ledger.execute(f"SELECT claim, subject, kind, len(aliases) FROM {ledger.name('Organization')}")
    assert found == [("tab/list:openai", "openai", "company", 1)]


def test_a_name_with_two_ids_or_two_kinds_is_a_mistake(tmp_path):
    folder = mapped(tmp_path, csv_text(ANN), ids={"Acme": "acme"})
    data = json.loads((folder / "seeds.yaml").read_text())
    again = {**data["tables"]["spells"], "ids": {"Acme": "acme-inc"}, "kinds": {"company": ["Acme"]}}
    data["tables"] |= {"more": again, "other": {**again, "ids": {}, "kinds": {"university": ["Acme"]}}}
    (folder / "seeds.yaml").write_text(json.dumps(data, indent=1))
    found = mistakes(folder)
    assert len(found) == 2 and all(line.startswith("seeds.yaml:") for line in found)
    assert "`Acme` is `acme` and `acme-inc`" in found[0] + found[1]
    assert "`Acme` is `company` and `university`" in found[0] + found[1]


def test_a_file_is_read_by_its_name_and_not_as_a_pattern(tmp_path):
    folder = mapped(tmp_path, csv_text(ANN), file="s[1].csv")
    (folder / "s1.csv").write_text(csv_text(BOB))
    assert [row[0] for row in spells(read_folder(folder))] == ["tab/ann-lee"]


def test_two_names_that_make_one_id_stay_two(tmp_path):
    rows = csv_text(
        ("José Díaz", "Acme", None, None, None),
        ("Jose Diaz", "Acme", None, None, None),
        ("Acme", "Acme", None, None, None),
    )
    ledger = read_folder(mapped(tmp_path, rows))
    people = ledger.execute(f"SELECT name, subject FROM {ledger.name('Person')} ORDER BY name")
    assert [name for name, _ in people] == ["Acme", "Jose Diaz", "José Díaz"]
    assert len({*dict(people).values(), *[row[1] for row in spells(ledger)]}) == 4
    assert notices(ledger)["same_id"][0] == 4
    assert not {"tab/jose-diaz", "tab/acme"} & {*dict(people).values()}, "an id never comes to mean another"
    resolve(ledger)


def test_rows_that_contradict_each_other_stay_two_spells_and_others_join(tmp_path):
    rows = csv_text(
        ("Ann", "Acme", "Engineer", "2015", "2018"),
        ("Ann", "Acme", "Engineer", "2018", None),
        ("Bob", "Acme", "Engineer", "2015", None),
        ("Bob", "Acme", None, None, "2018"),
    )
    snapshot = resolve(read_folder(mapped(tmp_path, rows)))
    found = [
        (edge.id, edge.properties.get("start_text"), edge.properties.get("end_text"))
        for edge in snapshot.edges("EMPLOYED_AT")
    ]
    assert found == [
        ("tab/ann:employed_at:tab/acme:1", "2015", "2018"),
        ("tab/ann:employed_at:tab/acme:2", "2018", None),
        ("tab/bob:employed_at:tab/acme:1", "2015", "2018"),
    ]
    assert [(notice.rule, notice.count) for notice in snapshot.notices] == [("joined", 1)]


def test_a_row_that_fits_two_spells_is_kept_apart_and_counted(tmp_path):
    rows = csv_text(
        ("Ann", "Acme", "Engineer", "2015", "2016"),
        ("Ann", "Acme", "Manager", "2017", None),
        ("Ann", "Acme", None, None, None),
    )
    snapshot = resolve(read_folder(mapped(tmp_path, rows)))
    assert snapshot.count("EMPLOYED_AT") == 3
    assert [(notice.rule, notice.count) for notice in snapshot.notices] == [("apart", 3)]


def test_a_person_with_a_thousand_claims_at_one_organization_is_refused(tmp_path):
    rows = csv_text(*[("Unknown", "Acme", f"Job {n}", None, None) for n in range(1001)])
    with pytest.raises(KbError, match=r"1,001 claims that tab/unknown was at tab/acme"):
        resolve(read_folder(mapped(tmp_path, rows)))


BIG = "x" * 10_000_000


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        pytest.param(
            "who,where,title,start\nAnn,Acme,,\n",
            "s.csv",
            "column `end`: there is no such column in",
            id="column",
        ),
        pytest.param("who,where,title,start,end\n", "s.csv", "s.csv:1:1: no rows", id="header only"),
        pytest.param("", "s.csv", "s.csv:1:1: an empty file", id="empty"),
        pytest.param(
            csv_text(("José", "Acme", None, None, None)).encode("latin-1"),
            "s.csv",
            "s.csv:2:1: not UTF-8",
            id="encoding",
        ),
        pytest.param(
            csv_text((BIG, "Acme", None, None, None)),
            "s.csv",
            "s.csv:2:1: a row longer than 1,000,000 bytes",
            id="cell",
        ),
        pytest.param(
            "who,where,title,start,end\na,b,c\na,b,c,2020,2021,,\n",
            "s.csv",
            "s.csv:2:1: too few columns",
            id="width",
        ),
        pytest.param(
            'who,where,title,start,end\n"a,b,c,2020,2021\n', "s.csv", "s.csv:2:1: a quoted text", id="quote"
        ),
        pytest.param(
            "who,where,who,start,end,title\na,b,c,,,\n",
            "s.csv",
            "s.csv:1:1: two columns are called `who`",
            id="twice",
        ),
        pytest.param('{"who": "A",\n', "s.jsonl", "s.jsonl:2:1: not JSON", id="json"),
        pytest.param("[1, 2]", "s.json", "column `end`: no record has it", id="no records"),
        pytest.param("not parquet", "s.parquet", "s.parquet:1:1: not a Parquet file", id="parquet"),
        pytest.param("a", "s.xlsx", "`s.xlsx` is no table that can be read", id="format"),
    ],
)
def test_a_file_that_is_not_what_its_mapping_says_is_told_in_a_line(tmp_path, content, name, told):
    found = mistakes(mapped(tmp_path, content, file=name))
    assert any(told in line for line in found), found
    assert all(len(line) < 400 and "\n" not in line for line in found)


def test_a_torn_file_is_told_in_a_line(tmp_path):
    folder = mapped(tmp_path, "", file="s.csv.gz")
    whole = gzip.compress(
        csv_text(*[(f"Person {n * n}", "Acme", None, None, None) for n in range(5000)]).encode()
    )
    (folder / "s.csv.gz").write_bytes(whole[: len(whole) // 2])
    assert mistakes(folder) == [
        "s.csv.gz:1:1: a compressed file that is torn, or not compressed as its name says, copy it again"
    ]
    (folder / "s.csv.gz").write_bytes(b"who,where,title,start,end\n")
    assert mistakes(folder) == [
        "s.csv.gz:1:1: a compressed file that is torn, or not compressed as its name says, copy it again"
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"columns": {"titel": "title"}}, "no property `titel` of `jobs`, did you mean `title`?"),
        ({"person": None}, "the column of the person is missing"),
        ({"team": "x"}, "`jobs` have no `team`"),
        ({"constants": {"title": "Boss"}}, "`title` has a column too"),
        ({"columns": {"title": {"column": "title", "layout": "%Y"}}}, "`layout` says nothing about `title`"),
        ({"at": {"name": "where", "kind": "device"}}, "a at is no device"),
        ({"file": "../secret.csv"}, "is outside the folder"),
        ({"file": ".spells.csv"}, "is hidden"),
        ({"rows": "posts"}, "`rows` cannot be `posts`"),
        ({"source": "elsewhere"}, "unknown source `elsewhere`"),
        ({"person": {}}, "an end without a column"),
        ({"ids": {"Acme": "No Id"}}, "`No Id` is no id"),
    ],
)
def test_a_mistake_in_a_mapping_is_told_at_its_place(tmp_path, change, told):
    (tmp_path.parent / "secret.csv").write_text("who\n")
    folder = mapped(tmp_path, csv_text(ANN), **{**change, "file": "spells.csv"})
    if "file" in change:
        seeds = folder / "seeds.yaml"
        seeds.write_text(seeds.read_text().replace("spells.csv", change["file"]))
    found = mistakes(folder)
    assert any(told in line and line.startswith("seeds.yaml:") for line in found), found


def test_a_table_of_nodes_describes_what_other_tables_name(tmp_path):
    folder = mapped(tmp_path, csv_text(ANN))
    data = json.loads((folder / "seeds.yaml").read_text())
    data["tables"]["bodies"] = {
        "file": "bodies.csv",
        "rows": "organizations",
        "organization": "name",
        "columns": {
            "aliases": {"column": "also", "split": "|"},
            "founded": "since",
            "website": "site",
            "kind": "kind",
        },
    }
    (folder / "seeds.yaml").write_text(json.dumps(data))
    (folder / "bodies.csv").write_text(
        "name,also,since,site,kind\nAcme,A.|Acme Inc,1999,https://acme.example,Company\n"
    )
    snapshot = resolve(read_folder(folder))
    acme = snapshot.entity("tab/acme")
    assert acme.labels == ("Organization", "Company")
    assert (acme.properties["aliases"], acme.properties["founded_text"]) == (["A.", "Acme Inc"], "1999")
    assert len(acme.properties["claims"]) == 1


def test_a_broken_folder_adds_nothing_to_a_ledger(tmp_path):
    ledger = read_folder(mapped(tmp_path / "good", csv_text(ANN)))
    broken = mapped(tmp_path / "bad", csv_text(("Ann", "Acme", None, "2021", "2019")))
    with pytest.raises(SeedError):
        read_folder(broken, ledger)
    assert ledger.datasets == ("tab",) and len(spells(ledger)) == 1


def test_the_hash_of_a_dataset_takes_in_its_tables(tmp_path):
    one, two = (
        read_folder(mapped(tmp_path / name, csv_text(*rows)))
        for name, rows in (("x", [ANN]), ("y", [ANN, BOB]))
    )
    assert one.execute(f"SELECT hash FROM {one.name('Dataset')}") != two.execute(
        f"SELECT hash FROM {two.name('Dataset')}"
    )


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({"name": "Bob", "jobs": {"org": "Acme"}}, "`jobs` is no list but object, row 2"),
        (
            {"name": "Bob", "jobs": [{"org": ["Acme", "Bolt"]}]},
            "column `jobs.org` is a list or an object, row 2",
        ),
    ],
)
def test_json_of_another_shape_than_the_mapping_says_is_a_mistake(tmp_path, record, told):
    records = [{"name": "Ann", "jobs": [{"org": "Acme"}]}, record]
    folder = mapped(
        tmp_path,
        json.dumps(records),
        file="people.json",
        each="jobs",
        person="name",
        at="jobs.org",
        columns={},
    )
    assert any(told in line for line in mistakes(folder))
