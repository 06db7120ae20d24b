"""`kb conflicts`, `kb identity`, `kb forget`: where sources disagree, and what curators decided."""

from datetime import UTC, datetime
from pathlib import Path

import click

from kb.cli.deadline import deadline
from kb.cli.listed import Listed
from kb.cli.messages import warn_of_parts
from kb.cli.options import Finite, Output, row_options, timeout_option
from kb.cli.session import Session


@click.command()
@click.option("--known-at", metavar="DATE", help="Only what had been published by then.")
@row_options
@timeout_option(default=0)
@click.pass_obj
def conflicts(session: Session, known_at: str | None, output: Output, timeout: float | None) -> None:
    """Show where sources disagree: the value that is held, the one that lost, and why.

    The rules, in their order: higher certainty, later publication (for phase it comes first), then the order
    of ids. A row whose property is `denial` says that a claim denies the whole fact.

    \b
    Examples:
      kb conflicts
      kb conflicts --known-at 2025-08 --format csv
    """
    from dataclasses import astuple, fields

    from kb.resolve import last_day
    from kb.resolve.conflicts import Conflict
    from kb.store.decided import held_conflicts

    if known_at is not None:
        last_day(known_at)  # a date that is none is said before a server is started
    with deadline(timeout), session.waiting:
        database = session.base.database
        warn_of_parts(database)
        session.waiting("Reading the graph")
        found = held_conflicts(database, known_at=known_at)
    output.rows([field.name for field in fields(Conflict)], [astuple(each) for each in found])


@click.group(cls=Listed, invoke_without_command=True)
@row_options
@click.pass_context
def identity(ctx: click.Context, output: Output) -> None:
    """Show which ids were decided to be the same or different, by whom, when and why.

    `survivor` is the id that the same ones go by. Decisions are written under `identity:` in seed files.

    \b
    Examples:
      kb identity
      kb identity suggest --type organization
    """
    if ctx.invoked_subcommand is not None:
        return
    from kb.store.look import read_decisions

    base = ctx.ensure_object(Session).base
    warn_of_parts(base.database)
    decisions = read_decisions(base.database)
    rows = [
        (
            each.kind,
            list(each.ids),
            decisions.survivor(each.ids[0]) if each.kind == "same" else None,
            each.who,
            each.when,
            each.why,
            each.dataset,
        )
        for each in decisions.all
        if each.kind in ("same", "different")
    ]
    output.rows(("kind", "ids", "survivor", "who", "when", "why", "dataset"), rows)


@identity.command()
@click.option(
    "--type", "kind", type=click.Choice(["person", "organization"]), help="Only these. Default: both."
)
@click.option(
    "--least",
    type=Finite(0, 1),
    default=0.6,
    metavar="SCORE",
    help="Only pairs with this score or more, from 0 to 1. Default: 0.6.",
)
@row_options(limit=100)
@timeout_option(default=0)
@click.pass_obj
def suggest(session: Session, kind: str | None, least: float, output: Output, timeout: float | None) -> None:
    """Propose pairs of ids that may mean one person or organization, with reasons.

    The likeliest come first. Nothing is merged: that takes an entry under `identity:` in a seed file. Pairs
    that were decided to be different are not proposed again.

    \b
    Examples:
      kb identity suggest
      kb identity suggest --type organization --least 0.8
    """
    from kb.resolve.suggest import suggestions

    kinds = (kind,) if kind else ("person", "organization")
    with deadline(timeout), session.waiting:
        warn_of_parts(session.base.database)
        snapshot = session.base.snapshot(lazy=True, report=session.reading)
        found = suggestions(snapshot, kinds=kinds, least=least)
    columns = ("score", "type", "one", "other", "name", "other_name", "reasons")
    if output.form == "table":
        rows = [
            [
                each.score,
                each.type,
                f"{each.name} ({each.one})",
                f"{each.other_name} ({each.other})",
                list(each.reasons),
            ]
            for each in found
        ]
        output.rows(("score", "type", "one", "other", "reasons"), rows)
    else:
        output.rows(columns, [[getattr(each, name) for name in columns] for each in found])


@click.command()
@click.argument("person", required=False, metavar="[PERSON]")
@click.option("--name", "names", multiple=True, metavar="NAME", help="A name to forget too. Repeatable.")
@click.option(
    "--spare", multiple=True, metavar="ID", help="A namesake of that id is another person, and stays."
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of seeds to write the list to. Default: your own list, which every load takes along.",
)
@click.option("--remember", is_flag=True, help="Take PERSON, an id or a name, off the list again.")
@click.option("--list", "show", is_flag=True, help="Show the list: hashes, not names.")
@row_options
@click.pass_obj
def forget(
    session: Session,
    person: str | None,
    names: tuple[str, ...],
    spare: tuple[str, ...],
    folder: Path | None,
    remember: bool,
    show: bool,
    output: Output,
) -> None:
    """Leave a PERSON out of every load from now on, whatever table names them again.

    The list holds salted hashes of the id and the names, and no name. The next load takes the person out of
    the graph. PERSON is an id in the graph; with --name it need not be there.

    \b
    Examples:
      kb forget jane-doe
      kb forget jane-doe --name "Jane A. Doe" --spare aiwatch/jane-doe-2
      kb forget jane-doe --remember
      kb forget --list
    """
    from kb.ledger.forgotten import FILE, add_person, default_folder, entries, remove_person
    from kb.store.home import forget_copies

    where = (folder or default_folder(session.folder)).absolute()
    if show:
        rows = [(each.when, list(each.hashes), list(each.spare)) for each in entries(where)]
        output.rows(("when", "hashes", "spare"), rows)
        return
    if not person:
        raise click.UsageError("Say whom: PERSON, or --list.")
    if remember:
        remove_person(where, person)
        click.echo(f"Taken off {where / FILE}. Load their folders again, and they are back.", err=True)
        return
    ids, known = [person], list(names)
    if not names or _is_held(session, person):
        from kb.store.decided import known_person

        found = known_person(session.base.database, person)
        ids, known = list(found.ids), [*known, *found.names]
        for label, key in found.texts:
            click.echo(f"Their name also stands in that of the {label.lower()} {key}", err=True)
    forget_copies(session.folder)
    add_person(where, ids, known, spare=spare, day=datetime.now(UTC).date())
    click.echo(f"Written to {where / FILE}. `kb load {where}` takes them out of the graph.", err=True)


def _is_held(session: Session, person: str) -> bool:
    from kb.store.look import nodes

    return any(node.labels[0] == "Person" for node in nodes(session.base.database, person))
