"""`kb export`: the graph, or seeds without any database, as files for other programs."""

import shlex
from pathlib import Path

import click

from kb.cli.session import Session

FORMATS = ("neo4j-admin", "parquet", "csv", "graphml", "ftm")


@click.command()
@click.argument("form", metavar="FORMAT", type=click.Choice(FORMATS))
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--from-seeds",
    "seeds",
    multiple=True,
    metavar="SEEDS",
    help="Export this folder of seeds, without any database. Repeatable.",
)
@click.pass_obj
def export(session: Session, form: str, folder: Path, seeds: tuple[str, ...]) -> None:
    """Write the graph into the new folder DIR, in a FORMAT that other programs read.

    \b
    neo4j-admin  CSV files for `neo4j-admin database import full`, and the command
    parquet      a Parquet file for each type
    csv          a CSV file for each type
    graphml      one GraphML file of entities and facts, for networkx, Gephi and Cytoscape
    ftm          FollowTheMoney entities, one JSON object a line

    What was added by hand is not exported. With neo4j-admin the command is printed; run `kb load` after it.

    \b
    Examples:
      kb export parquet ~/kb-tables
      kb export neo4j-admin ~/bulk --from-seeds seeds/meta-ai-2025
    """
    from kb.resolve import Snapshot
    from kb.store.exports import export
    from kb.views.page import count

    snapshot = Snapshot.from_seeds(*seeds, home=session.own_home) if seeds else session.base.snapshot()
    done = export(snapshot, folder, form=form)
    click.echo(f"{count(done.rows, 'row')} in {count(len(done.files), 'file')} in {folder}", err=True)
    if done.command:
        click.echo(shlex.join(done.command))
