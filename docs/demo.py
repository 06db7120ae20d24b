"""Asks the questions of the README: runs the commands of its demo blocks and shows each with its output.

A demo block is a `console` block right after the line `<!-- demo -->`; what the README shows as output is not
used. The store is .cache/demo in the project, so that the demo neither needs nor touches the user's own.

Usage: python docs/demo.py README.md
"""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from examples import blocks, commands

STORE = Path(".cache/demo")
NEXT = """\
What to try next:

  source .venv-demo/bin/activate    # `kb` in this shell
  export KB_HOME="$PWD/.cache/demo" # the store of this demo; without it kb uses your own: `kb load` fills it
  kb show meta                      # who works there, who left, what it makes
  kb find qinghua                   # search by name: English, Chinese, pinyin
  kb queries                        # questions that have a name
  kb schema                         # what can be asked about
  kb shell                          # Cypher, line by line
"""


def steps(text: str) -> Iterator[tuple[str, list[str]]]:
    """The questions of the demo blocks, each with its commands; a question is the line in ** before a block.

    >>> list(steps("**Who?** All.\\n\\n<!-- demo -->\\n```console\\n$ kb find a\\nno rows\\n```\\n"))
    [('Who?', ['kb find a'])]
    >>> list(steps("```console\\n$ kb doctor\\n```\\n"))
    []
    """
    lines = text.splitlines()
    for block in blocks(text):
        if block.mark == "demo":
            before = [line for line in lines[: block.line - 2] if line]
            said = before[-1] if before and before[-1].startswith("**") else ""
            yield said.removeprefix("**").partition("**")[0], commands(block.text)


def main(readme: Path) -> int:
    """Run them all; stop at the first that fails, with its exit code."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEO4J_")}
    environment["KB_HOME"] = str(STORE.absolute())
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    found = list(steps(readme.read_text(encoding="utf-8")))
    if not found:
        sys.exit(f"{readme}: no demo block")
    for question, asked in found:
        if question:
            print(bold(question), end="\n\n")
        for command in asked:
            print(f"$ {command}", flush=True)
            done = subprocess.run(shlex.split(command), env=environment, check=False)
            if done.returncode:
                return done.returncode
            print(flush=True)
    print(NEXT, end="")
    return 0


def bold(text: str) -> str:
    """Bold on a terminal, else as it is."""
    return f"\033[1m{text}\033[0m" if sys.stdout.isatty() else text


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
