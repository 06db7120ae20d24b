"""Runs the commands of the README's demo blocks and shows each with its output.

A demo block is a `console` block right after the line `<!-- demo -->`. A command begins with `$ ` and goes on
in lines that begin with `> `; the other lines are output, which this program gets afresh. The store is
.cache/demo in the project, so that the demo neither needs nor touches the user's own.

Usage: python docs/demo.py README.md
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

STORE = Path(".cache/demo")
NEXT = """\
What to try next:

  source .venv-demo/bin/activate    # `kb` in this shell
  export KB_HOME=.cache/demo        # the store of this demo; without it kb uses your own: `kb load` fills it
  kb show bert-maher                # a person's timeline
  kb find 马赫                      # search in any script
  kb schema                         # what can be asked about
  kb shell                          # Cypher, line by line
"""


def commands(text: str) -> list[str]:
    """The commands of the demo blocks, in their order.

    >>> commands("<!-- demo -->\\n```console\\n$ kb query '\\n> RETURN 1'\\n1\\n$ kb schema\\n```")
    ["kb query '\\nRETURN 1'", 'kb schema']
    >>> commands("```console\\n$ kb doctor\\n```")
    []
    """
    found: list[str] = []
    for block in re.findall(r"^<!-- demo -->\n+```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append(line[2:])
            elif line.startswith("> "):
                found[-1] += "\n" + line[2:]
    return found


def main(readme: Path) -> int:
    """Run them all; stop at the first that fails, with its exit code."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEO4J_")}
    environment["KB_HOME"] = str(STORE.absolute())
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    found = commands(readme.read_text(encoding="utf-8"))
    if not found:
        sys.exit(f"{readme}: no demo block")
    for command in found:
        print(f"\033[1m$ {command}\033[0m" if sys.stdout.isatty() else f"$ {command}", flush=True)
        done = subprocess.run(shlex.split(command), env=environment, check=False)
        if done.returncode:
            return done.returncode
        print(flush=True)
    print(NEXT, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
