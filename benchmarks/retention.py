"""Retention against lifelines, which fits one organization after the other, on made-up spells.

lifelines needs an older pandas than the notebooks do, so it runs in an environment of its own,
`.venv-peers/lifelines` (`make bench` makes it), and reads the lengths of the spells from a file. Its clock
leaves out reading the file; that of kb has everything from the table of spells on. Where there is no such
environment, scipy stands in.
"""

import json
import subprocess
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np

from benchmarks.measure import ROOT, alone, best, most_memory
from benchmarks.page import Table
from kb.analysis import retention
from kb.resolve import Snapshot

SIZES: Final = {"small": (20_000,), "full": (20_000, 200_000, 2_000_000)}
PYTHON: Final = ROOT / ".venv-peers" / "lifelines" / "bin" / "python"
FEWEST: Final = 10  # spells of an organization that is fitted
DAYS: Final = 2 * 365.25
START, HEARD = date(2005, 1, 1), date(2025, 1, 1)


def spells(number: int) -> Snapshot:
    """Spells of organizations of uneven size; one that reaches beyond the last publication is open."""
    snapshot = Snapshot()
    draw = np.random.default_rng(2)
    size = max(10, number // 500)
    at = (draw.random(number) ** 3 * size).astype(int)
    start, days = draw.integers(0, 7_000, number), draw.exponential(1_200, number).astype(int)
    snapshot.connection.register("drawn", {"n": np.arange(number), "at": at, "start": start, "days": days})
    snapshot.execute(
        f"""INSERT INTO {snapshot.name("EMPLOYED_AT")} BY NAME
        SELECT 'p' || n AS from_id, 'o' || "at" AS to_id, 'e' || n AS id, 'reported' AS certainty,
            'job' AS kind, CASE WHEN ended <= heard THEN 'past' ELSE 'current' END AS phase,
            began AS start_earliest, began AS start_latest,
            CASE WHEN ended <= heard THEN ended END AS end_earliest, end_earliest AS end_latest,
            heard AS last_heard
        FROM (SELECT *, DATE '{START}' + start::INT AS began, began + days::INT AS ended,
            DATE '{HEARD}' AS heard FROM drawn)"""
    )
    snapshot.connection.unregister("drawn")
    return snapshot


def by_organization(snapshot: Snapshot, file: Path) -> None:
    """The lengths of spells in days and whether they ended, one line an organization."""
    rows = snapshot.execute(
        f"""SELECT to_id, list(coalesce(end_latest, last_heard) - start_latest ORDER BY id),
            list(phase = 'past' ORDER BY id)
        FROM {snapshot.name("EMPLOYED_AT")} GROUP BY to_id HAVING count(*) >= {FEWEST} ORDER BY to_id"""
    )
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")


def by_lifelines(file: Path) -> dict[str, Any]:
    command = [str(PYTHON), str(ROOT / "benchmarks" / "peers" / "by_lifelines.py"), str(file), str(DAYS)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def by_scipy(file: Path) -> dict[str, Any]:
    from scipy import stats

    table = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]

    def fit() -> dict[str, float]:
        shares = {}
        for part, lengths, over in table:
            ended, length = np.array(over), np.array(lengths)
            if ended.any():
                data = stats.CensoredData(uncensored=length[ended], right=length[~ended])
                shares[part] = float(stats.ecdf(data).sf.evaluate(DAYS))
        return shares

    taken, shares = best(fit)
    return {"wall": taken.wall, "shares": shares}


def one(number: int) -> dict[str, Any]:
    """The times of both, and whether the shares after two years agree."""
    world, snapshots = spells(number), list[Snapshot]()

    def fresh() -> None:
        """A snapshot keeps its careers: each round gets one that has none."""
        for old in snapshots:
            old.drop()
        snapshots[:] = [Snapshot(world.connection)]
        world.execute(f"INSERT INTO {snapshots[0].name('EMPLOYED_AT')} FROM {world.name('EMPLOYED_AT')}")

    mine, found = best(lambda: retention(snapshots[0], years=(2,)), before=fresh)
    memory = most_memory()
    with TemporaryDirectory() as top:
        file = Path(top) / "lengths.jsonl"
        by_organization(world, file)
        theirs = by_lifelines(file) if PYTHON.exists() else by_scipy(file)
    shares = {tenure.part: tenure.points[0].share for tenure in found.tenures}
    known = [(shares[part], share) for part, share in theirs["shares"].items()]
    told = [(share, other) for share, other in known if share is not None]
    agree = bool(told) and all(abs(share - other) < 1e-9 for share, other in told)
    return {
        "wall": mine.wall, "theirs": theirs["wall"], "agree": agree, "memory": memory, "parts": len(known),
    }  # fmt: skip


def run(size: str) -> list[Table]:
    """Each size."""
    rows, agree = list[list[Any]](), True
    for number in SIZES[size]:
        told = alone(one, number=number)
        ratio = told["theirs"] / told["wall"]
        rows.append([number, told["parts"], told["wall"], told["theirs"], ratio, told["memory"]])
        agree &= told["agree"]
    other = "lifelines" if PYTHON.exists() else "scipy"
    columns = ("spells", "organizations", "kb, s", f"{other}, s", "times as fast", "MiB at most")
    return [Table("Share still there after two years, by Kaplan and Meier", columns, rows, agree)]
