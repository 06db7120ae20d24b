"""What is generated is what the code says, and it leaves out no command, no option and no public name."""

import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any

import click
import pytest

import kb
from kb.cli import main
from kb.ledger.models import json_schema
from kb.store.statements import schema_file

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))
reference: Any = importlib.import_module("reference")


def commands() -> list[Any]:
    """Every command but the root, as cases."""
    found = reference.paths(main, click.Context(main, info_name="kb"))
    return [pytest.param(*pair, id=pair[1].command_path) for pair in found if pair[1].parent is not None]


@pytest.mark.parametrize("name", list(reference.pages()))
def test_a_generated_page_is_what_the_code_says(name: str) -> None:
    shown = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert shown == reference.pages()[name], "after a change: make reference"


def test_the_constraints_are_those_of_the_ontology() -> None:
    shown = (ROOT / "cypher" / "schema.cypher").read_text(encoding="utf-8")
    assert shown == schema_file(), "after a change of the ontology: make schema"


def test_the_schema_for_editors_is_that_of_the_seed_files() -> None:
    shown = (ROOT / "seeds" / "seeds.schema.json").read_text(encoding="utf-8")
    made = json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"
    assert shown == made, "after a change of the ontology: make schema"


@pytest.mark.parametrize(("command", "context"), commands())
def test_a_command_explains_itself_and_its_options(command: click.Command, context: click.Context) -> None:
    text = command.get_help(context)
    page = reference.pages()["commands.md"]
    assert command.help
    assert isinstance(command, click.Group) or "Example" in text
    assert f" {context.command_path}\n" in page
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.opts
            assert all(option in page for option in parameter.opts)


@pytest.mark.parametrize("name", kb.__all__)
def test_a_public_name_is_documented(name: str) -> None:
    assert f"\n## kb.{name}\n" in reference.pages()["python.md"]
    assert getattr(kb, name).__doc__


@pytest.mark.parametrize("name", kb.analysis.__all__)
def test_a_measure_is_documented(name: str) -> None:
    assert re.search(rf"^##+ (kb\.analysis\.)?{name}$", reference.pages()["analysis.md"], re.MULTILINE)
    assert getattr(kb.analysis, name).__doc__
