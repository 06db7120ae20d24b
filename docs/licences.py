"""Prints docs/reference/licences.md: every library of this environment, and its licence by its own metadata.

Usage: python docs/licences.py > docs/reference/licences.md
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import metadata, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
NAME = PROJECT["project"]["name"]

INTRODUCTION = """\
# Licences of the libraries

Made by `make licences` from the metadata of the installed libraries; a test holds it equal.
`constraints.txt` has their versions. The project itself is under Apache-2.0 (`LICENSE`).

- `arcadedb` holds parts of GraalVM Community Edition and OpenJDK, under GPL-2.0 with the Classpath
  exception, which lets a program use them under a licence of its own. Its `THIRD_PARTY_NOTICES.md`
  names everything in it.
- Neo4j Community is under GPL-3.0. The project talks to it over the network; the tests fetch it from
  Maven Central and start it as a process of its own, and no part of it is in the package.
- The benchmarks compare with `polars`, `lifelines` and `neomodel` (MIT) and `cartography` (Apache-2.0). They
  are installed by `make bench` and `make bench-peers` alone, and are no part of the package or its tests.
- The wheels of `numpy` and `scipy` hold OpenBLAS (BSD-3-Clause) and GCC's runtime libraries, under GPL-3.0
  with the Runtime Library exception, which lets a program use them under a licence of its own.
"""

# The forms in which libraries write the licences that we meet, and their names by SPDX.
SPDX = {
    "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD 3-Clause License": "BSD-3-Clause",
    "BSD License": "BSD",
    "ISC license": "ISC",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "The MIT License (MIT)": "MIT",
    "http://www.apache.org/licenses/LICENSE-2.0": "Apache-2.0",
}


def spdx(text: str) -> str:
    """The licence by its SPDX name, from the first line of what a library says.

    >>> spdx("BSD 3-Clause License\\n\\nCopyright (c) 2022")
    'BSD-3-Clause'
    >>> spdx("BSD 3-Clause License  - Copyright (c) 2015")
    'BSD-3-Clause'
    """
    first = re.split(r"\n|\s{2,}", text.strip(), maxsplit=1)[0]
    return SPDX.get(first, first)


def licence(library: str) -> str:
    """What the library's metadata says: the expression, else its own words, else its classifiers."""
    said = metadata(library)
    classifiers = [
        text.rsplit(" :: ", 1)[-1] for text in said.get_all("Classifier", []) if "License ::" in text
    ]
    text = said.get("License") or ""
    stated = "" if text.startswith("Copyright") else text  # the licence itself, not its name
    words = [said.get("License-Expression"), stated, " AND ".join(map(spdx, classifiers))]
    return spdx(next((word for word in words if word and word != "UNKNOWN"), "not said"))


def libraries(wanted: Iterable[Requirement], seen: set[str]) -> Iterator[str]:
    """The libraries that are wanted here, and all that they want, without those already seen."""
    for requirement in wanted:
        name = canonicalize_name(requirement.name)
        if name in seen or name == canonicalize_name(NAME):
            continue
        seen.add(name)
        yield name
        below = [Requirement(text) for text in requires(name) or []]
        extras = requirement.extras or {""}
        needed = [r for r in below if not r.marker or any(r.marker.evaluate({"extra": e}) for e in extras)]
        yield from libraries(needed, seen)


def page() -> str:
    """The whole page: one table for the package itself, one for each extra, one for development."""
    parts = {"Every installation": PROJECT["project"]["dependencies"]}
    for extra, texts in PROJECT["project"]["optional-dependencies"].items():
        parts[f"Extra `{extra}`"] = texts
    parts["Development"] = PROJECT["dependency-groups"]["dev"] + PROJECT["build-system"]["requires"]
    seen: set[str] = set()
    text = INTRODUCTION
    for title, wanted in parts.items():
        names = sorted(libraries(map(Requirement, wanted), seen))
        rows = "".join(f"| {name} | {licence(name)} |\n" for name in names)
        text += f"\n## {title}\n\n| library | licence |\n| --- | --- |\n{rows}"
    return text


if __name__ == "__main__":
    print(page(), end="")
