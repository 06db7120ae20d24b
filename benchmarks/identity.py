"""Precision and recall of `kb identity suggest` on organizations whose second names are known.

The known pairs are the aliases of corrections.json. Precision counts a proposal as right only if it is one of
them, so it is a lower bound: the list does not claim to be complete. Then the time for made-up people.

Usage: python benchmarks/identity.py FOLDER [PEOPLE]
FOLDER has stints.csv.gz and corrections.json.
"""

import json
import sys
import time
from pathlib import Path

from kb.resolve import Snapshot
from kb.resolve.suggest import suggestions

LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9)


def table(file: Path) -> Snapshot:
    """People and organizations under their names as ids, and their spells."""
    snapshot = Snapshot()
    snapshot.execute(
        "CREATE TABLE rows AS SELECT person_id, org_id, start, row_number() OVER () AS n "
        "FROM read_csv(?, header = true, all_varchar = true) WHERE org_id IS NOT NULL",
        [str(file)],
    )
    for label, column in (("Person", "person_id"), ("Organization", "org_id")):
        snapshot.execute(
            f"INSERT INTO {snapshot.name(label)} BY NAME "
            f"SELECT DISTINCT {column} AS id, {column} AS name FROM rows"
        )
    snapshot.execute(
        f"""INSERT INTO {snapshot.name("EMPLOYED_AT")} BY NAME
        SELECT n::VARCHAR AS id, person_id AS from_id, org_id AS to_id, start AS start_text FROM rows"""
    )
    return snapshot


def made_up(people: int) -> Snapshot:
    """People of whom each hundredth has a namesake at the same employer."""
    snapshot = Snapshot()
    snapshot.execute(
        f"""INSERT INTO {snapshot.name("Person")} BY NAME
        SELECT 'p' || n AS id, concat('Name', m, ' Family', m % 5000) AS name
        FROM (SELECT n, n - (n % 100 = 1)::INT AS m FROM range({people}) r(n))"""
    )
    snapshot.execute(
        f"""INSERT INTO {snapshot.name("EMPLOYED_AT")} BY NAME
        SELECT 'p' || n || ':' || m AS id, 'p' || n AS from_id, 'o' || (n // 100 + m) AS to_id
        FROM range({people}) r(n), range(5) s(m)"""
    )
    return snapshot


def main(folder: Path, people: int) -> None:
    known = json.loads((folder / "corrections.json").read_text(encoding="utf-8"))["aliases"]
    snapshot = table(folder / "stints.csv.gz")
    held = {entity.id for entity in snapshot.nodes("Organization")}
    pairs = {frozenset(pair) for pair in known.items() if {*pair} <= held}
    print(
        f"{len(held):,} organizations, {len(pairs)} of {len(known)} known pairs have both names in the table"
    )
    start = time.perf_counter()
    found = suggestions(snapshot, kinds=["organization"], least=0.0)
    print(f"{time.perf_counter() - start:.1f} s, {len(found):,} pairs have any reason")
    print("score   proposed  known  precision  recall")
    for least in LEVELS:
        proposed = {frozenset((each.one, each.other)) for each in found if each.score >= least}
        right = len(proposed & pairs)
        share = right / len(proposed) if proposed else 1.0
        print(f">= {least:.1f}  {len(proposed):8,}  {right:5}  {share:9.2f}  {right / len(pairs):6.2f}")
    missed = pairs - {frozenset((each.one, each.other)) for each in found if each.score >= min(LEVELS)}
    for pair in sorted(map(sorted, missed)):
        print(f"missed: {' = '.join(pair)}")
    crowd = made_up(people)
    start = time.perf_counter()
    twins = suggestions(crowd, kinds=["person"])
    print(
        f"{people:,} people with 5 spells each: {len(twins):,} pairs in {time.perf_counter() - start:.1f} s"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100_000)
