"""`kb find`, `kb show`, `kb why`, `kb schema`: who and what is there, and what it rests on."""

import json
import sys

import click
from click.shell_completion import CompletionItem

from kb.cli.messages import remark
from kb.cli.options import FORMATS, ROW_CAP, Output, row_options
from kb.cli.reading import Reading, snapshot_options
from kb.ontology import ENTITIES, KIND_LABELS

_TYPES = [label.lower() for label in (*(node.label for node in ENTITIES), "Source", "Dataset")]
_KINDS = [label.lower() for label in KIND_LABELS.values()]


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="TEXT")
@click.option(
    "--type", "kind", type=click.Choice([*_TYPES, *_KINDS]), help="Only nodes of this type.", metavar="TYPE"
)
@snapshot_options
@row_options(limit=50)
def find(words: tuple[str, ...], kind: str | None, reading: Reading, output: Output) -> None:
    """Find people, organizations, projects and all else by name, the best first.

    TEXT is a name or a part of one, in Chinese, in English or in pinyin. Case, accents and width do not
    matter. If nothing is found, that is said on stderr, and the exit code is 0.

    \b
    Examples:
      kb find 马赫
      kb find mahe
      kb find openai --type company
      kb find talks --known-at 2025-07
    """
    from kb.store.find import find as search
    from kb.store.find import find_in

    text = " ".join(words)
    if not text.strip():
        raise click.UsageError("Say what to look for.")
    if reading.as_stored:
        database = reading.database
        hits = search(database, text, kind=kind, include_rumoured=reading.include_rumoured)
    else:
        hits = find_in(reading.snapshot(), text, kind=kind)
    if hits or output.form != "table":
        columns = ("id", "type", "name", "name_zh", "matched")
        output.rows(columns, [[getattr(hit, name) for name in columns] for hit in hits])
    if not hits:
        _say_nothing_found(reading, text)


@click.command()
@click.argument("key", metavar="ID")
@click.option(
    "--type",
    "kind",
    type=click.Choice([*_TYPES, "claim"]),
    metavar="TYPE",
    help="Which one, where two nodes share the ID, e.g. source.",
)
@snapshot_options
@row_options(limit=ROW_CAP)
def show(key: str, kind: str | None, reading: Reading, output: Output) -> None:
    """Show who or what ID is, and all its facts: a career, the people of an organization.

    A fact is ✓ confirmed (by the person or the organization), • reported (by a source) or ? rumoured; what
    has not happened yet is said to be planned. Dates stand as they were curated; one that was worked out is
    marked as derived. Rumoured facts are left out unless they are asked for, and how many is said on stderr.

    With --as-of a fact that holds for some of the days that its dates allow, not for all, is said to be
    possible.

    \b
    Examples:
      kb show bert-maher
      kb show meta --format json
      kb show meta --as-of 2025-06
      kb show meta --known-at 2025-07 --include-rumoured
    """
    from kb.resolve import last_day
    from kb.store.look import profile, without_rumoured
    from kb.views.profile import columns, rows, write_profile

    if reading.as_stored:
        found = profile(reading.database, key, kind=kind)
    else:
        from kb.store.held import profile_in

        found = profile_in(reading.with_rumours.snapshot(), key, kind=kind)
    if found.entity.id != key:
        remark(f"{key} is {found.entity.id} by a decision: `kb identity` shows it")
    left_out = 0
    if not reading.include_rumoured:
        found, left_out = without_rumoured(found)
    if output.form == "table":
        day = last_day(reading.as_of) if reading.as_of else None
        output.note(*write_profile(found, sys.stdout, limit=output.most, as_of=day))
    else:
        with_day = reading.as_of is not None
        output.rows(columns(as_of=with_day), rows(found, as_of=with_day))
    if left_out:
        facts = f"{left_out:,} rumoured fact{'s' * (left_out > 1)}"
        remark(f"{facts} left out: --include-rumoured shows {'them' if left_out > 1 else 'it'}")


@click.command()
@click.argument("key", metavar="ID")
@snapshot_options
@row_options
def why(key: str, reading: Reading, output: Output) -> None:
    """Show what a fact rests on: each value with its claims and sources, what lost, and why.

    ID is that of a fact, as `kb show` prints it, of an entity, or of a claim. All claims are shown, hearsay
    too. With --as-of it is said whether the fact holds on that day, and with which values; with --known-at
    only claims count that had been published by then.

    \b
    Examples:
      kb why bert-maher:departed:meta:1
      kb why bert-maher
      kb why meta-to-openai --format json
      kb why bert-maher:employed_at:meta:1 --as-of 2020
    """
    from kb.store.trace import trace
    from kb.views.why import COLUMNS, rows, write_why

    moment = None
    if reading.as_stored:
        found = trace(reading.database, key)
    else:
        from kb.store.held import moment_of, trace_in

        known = reading.with_rumours.of_all_times.snapshot()
        found = trace_in(known, key)
        moment = moment_of(found, known.at(as_of=reading.as_of))
    if output.form == "table":
        write_why(found, sys.stdout, moment)
    else:
        output.rows(COLUMNS, rows(found, moment))
    hearsay = found.fact is not None and found.fact.properties.get("certainty") == "rumoured"
    if hearsay and not reading.include_rumoured:
        remark("This is rumoured: other commands leave it out without --include-rumoured")


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
    """Show what can stand in the graph: node and edge types, and what their properties mean.

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


def _say_nothing_found(reading: Reading, text: str) -> None:
    from kb.cli.messages import say
    from kb.store.state import is_empty

    empty = ""
    if not reading.seeds and is_empty(reading.database):
        empty = ", and no dataset is loaded: run `kb load`"
    say(f"nothing has a name like `{text}`{empty}")
