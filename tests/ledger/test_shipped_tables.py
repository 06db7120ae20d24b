"""The shipped tables, held against counts that were computed from the same files by another program.

The counts lie beside the checkout. They are of plain consecutive pairs of rows, without any of our rules, so
each difference is a rule's, and is said here by how many.
"""

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from kb.ledger import Ledger, read_folder
from kb.ledger.notices import Notice
from kb.resolve import Snapshot, resolve

DATA = Path(__file__).parents[3] / "shared" / "data"
beside = pytest.mark.skipif(not DATA.is_dir(), reason="the tables' truth is not beside this checkout")


def truth(path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DATA / f"{path}.ground_truth.json").read_text())
    return found


def counted(ledger: Ledger, snapshot: Snapshot) -> dict[str, int]:
    found: dict[str, int] = {}
    for notice in (*ledger.notices, *snapshot.notices):
        if notice.rule != "blank":
            found[notice.rule] = found.get(notice.rule, 0) + notice.count
    return found


def blanks(notices: list[Notice]) -> list[int]:
    return [notice.count for notice in notices if notice.rule == "blank"]


@beside
def test_openstack_has_the_people_organizations_and_spells_of_the_truth():
    ledger = read_folder("openstack")
    snapshot = resolve(ledger, claims=False)
    right = truth("stackalytics/openstack2019.no_placeholder")
    whole = truth("stackalytics/openstack2019")
    assert counted(ledger, snapshot) == {
        "leave_out": whole["stints"] - right["stints"],
        "reversed_dates": right["end_before_start"],
        "joined": 2,  # rows of one person and employer, of which one has no date
    }
    assert snapshot.count("Person") == right["people"]
    assert snapshot.count("Organization") == right["orgs"]
    assert snapshot.count("EMPLOYED_AT") == right["stints"] - 2
    assert blanks(ledger.notices) == [right["missing_end"], right["missing_start"]]


@beside
def test_ai_watch_has_the_people_of_the_truth_and_differs_where_a_rule_says_so():
    ledger = read_folder("aiwatch")
    snapshot = resolve(ledger, claims=False)
    right = truth("aiwatch/corrected")
    positions = ledger.execute(f"SELECT count(*), count(DISTINCT subject) FROM {ledger.name('EMPLOYED_AT')}")[
        0
    ]
    found = {(notice.file.rsplit("/", 1)[-1], notice.rule): notice.count for notice in ledger.notices}
    told = counted(ledger, snapshot)
    # 80 rows that cite another organization, and 7 without one, are out of the truth too.
    assert right["rows_in"] == 15_553 - told["skip"] - told["blank_name"]
    assert positions[1] == right["people"]
    # It maps eight more names than the seeds do, so 64 more of its rows are equal.
    assert positions[0] == right["rows_in"] - told["duplicate"] == right["stints"] + 64
    # None of its 61 ends before starts is one: texts were compared, as `2018` with `2018-04`.
    assert "reversed_dates" not in told
    # Dates like 2021-1-5 are read; one text is no date at all.
    assert found["positions.csv.gz", "bad_date"] == 1
    assert snapshot.count("EMPLOYED_AT") == positions[0] - told["joined"]


CNCF = """
dataset: {id: cncf-maintainers, title: Employers of maintainers, licence: NOASSERTION}
source: list
sources: {list: {name: A list of maintainers, kind: data set, published: 2026-08-31}}
tables:
  stints:
    file: company_stints.csv.gz
    rows: jobs
    person: {id: person_id, name: person_name}
    at: org_id
    columns: {title: title, start: start, end: end}
    blank_end: open
"""


@beside
def test_a_list_of_maintainers_has_the_counts_of_the_truth(tmp_path):
    (tmp_path / "dataset.yaml").write_text(CNCF)
    (tmp_path / "company_stints.csv.gz").write_bytes(
        (DATA / "cncf_maintainers/company_stints.csv.gz").read_bytes()
    )
    ledger = read_folder(tmp_path)
    snapshot = resolve(ledger, claims=False)
    right = truth("cncf_maintainers/company")
    assert counted(ledger, snapshot) == {"same_id": 155}  # VMware and VMWare, and the like
    assert snapshot.count("EMPLOYED_AT") == right["stints"]
    assert snapshot.count("Person") == right["people"]
    assert snapshot.count("Organization") == right["orgs"]
    assert blanks(ledger.notices) == [right["missing_end"]]


@pytest.mark.parametrize("name", ["aiwatch/positions", "aiwatch/organizations", "openstack/stints"])
def test_no_address_of_a_person_is_shipped(name):
    folder = Path(__file__).parents[2] / "seeds"
    with gzip.open(folder / f"{name}.csv.gz", "rt", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    texts = {value for row in rows for column, value in row.items() if column != "website" and value}
    assert not [text for text in texts if "://" in text or "@" in text or "linkedin.com" in text]
