"""Every example of README and docs runs, and prints what the page shows."""

import doctest
import importlib
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

import kb
from kb.cli import main
from kb.ledger import read_folder
from kb.queries import parse_query

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))
examples: Any = importlib.import_module("examples")


def with_blocks(*languages: str) -> list[Any]:
    """The pages that have blocks of these languages, as cases."""
    found = []
    for page in examples.PAGES:
        text = page.read_text(encoding="utf-8")
        if {block.language for block in examples.blocks(text)} & {*languages}:
            found.append(pytest.param(text, id=str(page.relative_to(ROOT))))
    return found


def each_block(language: str) -> list[Any]:
    """Every block of a language, as cases."""
    return [
        pytest.param(block.text, id=f"{page.relative_to(ROOT)}:{block.line}")
        for page in examples.PAGES
        for block in examples.blocks(page.read_text(encoding="utf-8"))
        if block.language == language
    ]


@pytest.mark.parametrize("text", with_blocks("console"))
def test_commands_print_what_the_page_shows(text: str) -> None:
    with examples.bench(text) as bench:
        fresh = bench.refreshed(text)
    shown, printed = ([line.rstrip() for line in lines.splitlines()] for lines in (text, fresh))
    assert printed == shown, "make examples writes it again"


@pytest.mark.parametrize("text", with_blocks("python"))
def test_python_runs_without_a_warning(text: str) -> None:
    with examples.bench(text) as bench:
        for block in examples.blocks(text):
            if block.language == "python":
                done = subprocess.run(
                    [sys.executable, "-W", "error", "-c", block.text],
                    cwd=bench.folder,
                    env=bench.environment,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                assert done.returncode == 0, f"line {block.line}: {done.stderr}"


@pytest.mark.parametrize("text", each_block("pycon"))
def test_sessions_of_python_answer_what_the_page_shows(text: str) -> None:
    names = {"kb": kb} | {name: getattr(kb, name) for name in kb.__all__}
    names |= {name: getattr(kb.analysis, name) for name in kb.analysis.__all__}
    test = doctest.DocTestParser().get_doctest(text, names, "page", None, None)
    assert doctest.DocTestRunner(verbose=False).run(test).failed == 0


def test_cypher_finds_something_on_both_engines(base: kb.Base) -> None:
    base.load()
    for page in examples.PAGES:
        for block in examples.blocks(page.read_text(encoding="utf-8")):
            if block.language == "cypher":
                assert answers(base, block.text), f"{page.relative_to(ROOT)}:{block.line}"


def answers(base: kb.Base, text: str) -> bool:
    """Whether a query finds anything, with the example of its header if it has one."""
    header = re.match(r"// ([a-z-]+): ", text)
    if not header:
        return bool(base.query(text).rows)
    query = parse_query(header[1], text)
    found = base.query(text, **query.bind(query.example))
    return bool(found.rows) and found.columns == tuple(column.name for column in query.columns)


@pytest.mark.parametrize("text", with_blocks("yaml"))
def test_seed_files_are_valid(text: str, tmp_path: Path) -> None:
    folders = set()
    for block in examples.blocks(text):
        if block.language == "yaml":
            assert block.mark.startswith("file: "), f"line {block.line}: no <!-- file: … --> before it"
            file = tmp_path / block.mark.removeprefix("file: ")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")
            folders.add(file.parent)
    for folder in folders:
        # Where the page validates the folder itself, its own output is what is checked.
        if f"kb validate {folder.name}\n" not in text:
            read_folder(folder)


@pytest.mark.parametrize("text", each_block("sh"))
def test_commands_that_are_only_shown_exist(text: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for line in text.replace("\\\n", " ").splitlines():
        words = re.split(r" (?:[>|]|&&)", line)[0]
        if words.startswith("kb "):
            parse(shlex.split(words, comments=True)[1:])
        elif words.startswith("make "):
            assert {word for word in shlex.split(words, comments=True)[1:] if "=" not in word} <= targets


def parse(words: list[str], command: click.Command = main, parent: click.Context | None = None) -> None:
    """See that a command and its options exist, without running it."""
    context = click.Context(command, info_name=command.name, parent=parent)
    _, rest, _ = command.make_parser(context).parse_args(list(words))
    if isinstance(command, click.Group) and rest:
        found = command.get_command(context, rest[0])
        assert found is not None, f"no command {rest[0]}"
        parse(rest[1:], found, context)


def test_every_block_says_what_it_is() -> None:
    known = {"console", "python", "pycon", "cypher", "yaml", "sh", "text", "mermaid"}
    for page in examples.PAGES:
        text = page.read_text(encoding="utf-8")
        assert {block.language for block in examples.blocks(text)} <= known, page
        assert text.count("```") == 2 * len(examples.blocks(text)), (
            f"{page}: a block that does not begin a line"
        )
