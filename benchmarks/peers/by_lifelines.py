"""Kaplan and Meier by lifelines, one organization after the other. Runs in an environment that has lifelines.

Usage: python by_lifelines.py FILE DAYS
FILE has a line of JSON for each organization: its id, the lengths of its spells, and whether each ended.
"""

import json
import sys
import time
from pathlib import Path

from lifelines import KaplanMeierFitter


def main(file: Path, days: float) -> None:
    """Print the seconds, and the share that lasts so many days by organization, as JSON."""
    table = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    fitter = KaplanMeierFitter()
    start = time.perf_counter()
    shares = {part: float(fitter.fit(lengths, over).predict(days)) for part, lengths, over in table}
    print(json.dumps({"wall": time.perf_counter() - start, "shares": shares}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
