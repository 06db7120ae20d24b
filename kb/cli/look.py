"""`kb find`, `kb show`, `kb why`, `kb schema`: who and what is there, and what it rests on."""

import json
import sys
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from kb.cli.messages import warn_of_parts
from kb.cli.options import FORMATS, ROW_CAP, Output, pass_base, row_options
from kb.ontology import ENTITIES, KIND_LABELS

if TYPE_CHECKING:
    from kb.store import Base

_TYPES = [label.lower() for label in (*(node.label for node in ENTITIES), "Source", "Dataset")]
_KINDS = [label.lower() for label in KIND_LABELS.values()]


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="TEXT")
@click.option(
    "--type", "kind", type=click.Choice([*_TYPES, *_KINDS]), help="Only nodes of this type.", metavar="TYPE"
)
@row_options(limit=50)
@pass_base
def find(base: "Base", words: tuple[str, ...], kind: str | None, output: Output) -> None:
    """Find people, organizations, projects and all else by name, the best first.

    TEXT is a name or a part of one, in Chinese, in English or in pinyin. Case, accents and width do not
    matter. If nothing is found, that is said on stderr, and the exit code is 0.

    \b
    Examples:
      kb find 马赫
      kb find mahe
      kb find openai --type company
    """
    from kb.store.find import find as search

    text = " ".join(words)
    if not text.strip():
        raise click.UsageError("Say what to look for.")
    warn_of_parts(base.database)
    hits = search(base.database, text, kind=kind)
    if hits or output.form != "table":
        columns = ("id", "type", "name", "name_zh", "matched")
        output.rows(columns, [[getattr(hit, name) for name in columns] for hit in hits])
    if not hits:
        _say_nothing_found(base, text)


@click.command()
@click.argument("key", metavar="ID")
@click.option(
    "--type",
    "kind",
    type=click.Choice([*_TYPES, "claim"]),
    metavar="TYPE",
    help="Which one, where two nodes share the ID, e.g. source.",
)
@row_options(limit=ROW_CAP)
@pass_base
def show(base: "Base", key: str, kind: str | None, output: Output) -> None:
    """Show who or what ID is, and all its facts: the career of a person, the people of an organization.

    A fact is ✓ confirmed (by the person or the organization), • reported (by a source) or ? rumoured; what
    has not happened yet is said to be planned. Dates stand as they were curated; one that was worked out is
    marked as derived.

    \b
    Examples:
      kb show bert-maher
      kb show meta --format json
    """
    from kb.store.look import profile
    from kb.views.profile import COLUMNS, rows, write_profile

    warn_of_parts(base.database)
    found = profile(base.database, key, kind=kind)
    if output.form == "table":
        output.note(*write_profile(found, sys.stdout, limit=output.most))
    else:
        output.rows(COLUMNS, rows(found))


@click.command()
@click.argument("key", metavar="ID")
@row_options
@pass_base
def why(base: "Base", key: str, output: Output) -> None:
    """Show what a fact rests on: each value with its claims and sources, what lost, and why.

    ID is that of a fact, as `kb show` prints it, of an entity, or of a claim.

    \b
    Examples:
      kb why bert-maher:departed:meta:1
      kb why bert-maher
      kb why meta-to-openai --format json
    """
    from kb.store.trace import trace
    from kb.views.why import COLUMNS, rows, write_why

    warn_of_parts(base.database)
    found = trace(base.database, key)
    if output.form == "table":
        write_why(found, sys.stdout)
    else:
        output.rows(COLUMNS, rows(found))


def _complete_label(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of types, for the shell."""
    from kb.ontology import EDGES, NODES

    names = (*NODES, *EDGES)
    return [CompletionItem(name) for name in names if name.lower().startswith(incomplete.lower())]


@click.command()
@click.option("--label", metavar="TYPE", shell_complete=_complete_label, help="Only this node or edge type.")
@click.option(
    "--format",
    "form",
    type=click.Choice([*FORMATS, "cypher", "mermaid", "jsonschema"]),
    help="cypher: the constraints of the graph; mermaid: a diagram; jsonschema: of seed files, for editors; "
    "else as rows. Default: table on a terminal, else nl.",
)
def schema(label: str | None, form: str | None) -> None:
    """Show what can stand in the graph: node and edge types, their properties and what they mean.

    \b
    Examples:
      kb schema
      kb schema --label Person
      kb schema --format mermaid > schema.mmd
      kb schema --format jsonschema > seeds.schema.json
    """
    from kb.views.schema import COLUMNS, chosen, mermaid, rows, write_schema

    if form in ("cypher", "jsonschema") and label:
        raise click.UsageError(f"--format {form} has no --label: it is one for all types.")
    output = Output(form, 0)
    if form == "cypher":
        from kb.store.statements import schema_file

        click.echo(schema_file(), nl=False)
    elif form == "jsonschema":
        from kb.ledger.models import json_schema

        click.echo(json.dumps(json_schema(), indent=1, ensure_ascii=False))
    elif form == "mermaid":
        click.echo(mermaid(chosen(label)), nl=False)
    elif output.form == "table":
        write_schema(chosen(label), sys.stdout)
    else:
        output.rows(COLUMNS, rows(chosen(label)))


def _say_nothing_found(base: "Base", text: str) -> None:
    from kb.cli.messages import say
    from kb.store.state import is_empty

    empty = ", and no dataset is loaded: run `kb load`" if is_empty(base.database) else ""
    say(f"nothing has a name like `{text}`{empty}")
