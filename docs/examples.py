"""Runs the examples of README and docs, and writes the output of their commands again where it has changed.

The blocks of a page run from top to bottom, in an empty folder and on a store of their own:

- `console`: a command begins with `$ ` and goes on in lines that begin with `> `; the rest is what it prints.
- any block after the line `<!-- file: PATH -->` is first written to that file.

The store holds the shipped seeds, unless the page itself loads them with `kb load`.

Usage: python docs/examples.py [PAGE...]
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import kb

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
_BLOCK: Final = re.compile(
    r"^(?:<!-- (?P<mark>[^\n]*) -->\n+)?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
# For people at a terminal, and for users of the machine: neither may show in an example.
_NOT_PASSED_ON: Final = re.compile("NEO4J_|KB_|PYTHON|COLUMNS|FORCE_COLOR|CLICOLOR")


@dataclass(frozen=True)
class Block:
    """A block of a page: the line it begins in, and the comment that stands before it."""

    line: int
    language: str
    mark: str
    text: str


def blocks(text: str) -> list[Block]:
    """The blocks of a page, in order.

    >>> blocks("A\\n\\n<!-- file: a/b.yaml -->\\n```yaml\\nx: 1\\n```\\n")
    [Block(line=4, language='yaml', mark='file: a/b.yaml', text='x: 1\\n')]
    """
    return [_block(text, found) for found in _BLOCK.finditer(text)]


def _block(text: str, found: re.Match[str]) -> Block:
    line = text.count("\n", 0, found.start("language")) + 1
    return Block(line, found["language"], found["mark"] or "", found["text"])


def commands(console: str) -> list[str]:
    """The commands of a console block.

    >>> commands("$ kb query '\\n> RETURN 1'\\n1\\n$ kb schema\\n")
    ["kb query '\\nRETURN 1'", 'kb schema']
    """
    found: list[str] = []
    for line in console.splitlines():
        if line.startswith("$ "):
            found.append(line[2:])
        elif line.startswith("> "):
            found[-1] += "\n" + line[2:]
    return found


@dataclass(frozen=True)
class Bench:
    """An empty folder to run a page's examples in, with `kb` on the path and a store of its own."""

    folder: Path
    home: Path
    tools: Path

    @property
    def environment(self) -> dict[str, str]:
        """What the examples see of the machine."""
        kept = {name: value for name, value in os.environ.items() if not _NOT_PASSED_ON.match(name)}
        path = os.pathsep.join([str(self.tools), kept.get("PATH", "")])
        return kept | {"PATH": path, "KB_HOME": str(self.home), "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}

    def shell(self, command: str) -> str:
        """Run a command; what it prints, errors too, without blanks at the ends of lines."""
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())

    def write(self, path: str, text: str) -> None:
        """Write a file that the page tells the reader to write."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def refreshed(self, text: str) -> str:
        """A page with the output of its commands as it is now."""

        def fresh(found: re.Match[str]) -> str:
            block = _block(text, found)
            if block.mark.startswith("file: "):
                self.write(block.mark.removeprefix("file: "), block.text)
            if block.language != "console":
                return found[0]
            printed = "".join(
                f"$ {command}\n".replace("\n", "\n> ").removesuffix("> ") + self.shell(command)
                for command in commands(block.text)
            )
            return found[0].replace(block.text, printed)

        return _BLOCK.sub(fresh, text)


@contextmanager
def bench(text: str) -> Iterator[Bench]:
    """A bench for the examples of a page, which is taken away afterwards."""
    with TemporaryDirectory(prefix="kb-docs-") as place:
        made = Bench(Path(place) / "work", Path(place) / "home", Path(place) / "bin")
        made.folder.mkdir()
        made.tools.mkdir()
        shim = made.tools / "kb"
        shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kb "$@"\n', encoding="utf-8")
        shim.chmod(0o755)
        # An open base keeps the server running from one command to the next.
        with kb.connect(home=made.home) as base:
            if not re.search(r"^\$ kb load$", text, re.MULTILINE):
                base.load()
            yield made


def main(pages: list[Path]) -> None:
    """Write the pages again whose examples print something else now."""
    for page in pages:
        text = page.read_text(encoding="utf-8")
        if any(block.language == "console" for block in blocks(text)):
            with bench(text) as made:
                fresh = made.refreshed(text)
            if fresh != text:
                page.write_text(fresh, encoding="utf-8")
                print(page.relative_to(ROOT))


if __name__ == "__main__":
    main([Path(name).absolute() for name in sys.argv[1:]] or list(PAGES))
