"""`kb centrality`, `kb communities`: where organizations stand in the graph of moves, or of colleagues."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from kb.cli.counting import counting_options, show
from kb.cli.messages import remark
from kb.cli.options import Finite, Output, row_options
from kb.cli.reading import Reading, snapshot_options

if TYPE_CHECKING:
    from kb.analysis import Centrality, Communities
    from kb.analysis.graphs import Kind
    from kb.analysis.measures import Measure
    from kb.resolve import Snapshot

_NAMED = 5  # organizations of a community in a table


def graph_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--graph` and `--cap`."""
    for option in (
        click.option(
            "--cap",
            type=click.IntRange(min=2),
            default=500,
            metavar="N",
            help="In organizations of more than N people two need not have met: no colleagues. Default: 500.",
        ),
        click.option(
            "--graph",
            type=click.Choice(["flows", "colleagues"]),
            default="flows",
            help="flows: organizations, by moves; colleagues: people whose spells overlapped, told by "
            "organization. Default: flows.",
        ),
    ):
        function = option(function)
    return function


@click.command()
@click.option(
    "--measure",
    type=click.Choice(["pagerank", "betweenness", "harmonic", "core", "constraint", "springrank"]),
    default="pagerank",
    help="Default: pagerank.",
)
@graph_options
@click.option(
    "--min",
    "minimum",
    type=click.IntRange(min=1),
    default=5,
    metavar="N",
    help="With fewer than N people an organization has no rank. Default: 5; among colleagues 5 at least.",
)
@counting_options
@snapshot_options
@row_options
def centrality(
    reading: Reading,
    output: Output,
    measure: "Measure",
    graph: "Kind",
    cap: int,
    minimum: int,
    level: str,
    lineage: str,
) -> None:
    """Rank organizations by their place in the graph of moves, or of colleagues.

    \b
    pagerank     where a person ends up who moves as others did
    betweenness  how many shortest paths between others lead through it
    harmonic     how near all others are to it
    core         the largest k of a part in which all have k neighbours
    constraint   how far its ties lead to each other: brokers come first
    springrank   its height if moves lead upwards; needs 100 moves

    Among colleagues the value of an organization is the mean over its people; no value of a person is given.

    \b
    Examples:
      kb centrality
      kb centrality --measure betweenness --as-of 2020
      kb centrality --graph colleagues --measure constraint --format json
    """
    from kb import analysis
    from kb.views.page import count

    snapshot, hearsay = reading.everything()
    found = analysis.centrality(
        snapshot, measure=measure, graph=graph, minimum=minimum, cap=cap, level=level, lineage=lineage,
        include_rumoured=hearsay,
    )  # fmt: skip
    shown = ["name", "rank", "value", "people"]
    shown += ["low", "high"] if any(each.low is not None for each in found.positions) else []
    shown += ["arrivals", "departures"] if graph == "flows" else []
    show(output, analysis.Position, found.positions, *shown)
    if graph == "flows":
        things = f"{count(found.nodes, 'organization')} and {count(found.edges, 'flow')}"
        of = count(found.moves or 0, "move")
    else:
        pairs = count(found.edges, "pair of colleagues", "pairs of colleagues")
        things, of = f"{count(found.nodes, 'person', 'people')} and {pairs}", f"{found.sure:,} for certain"
    remark(f"{things} ({of}); {found.method}")
    if found.unranked:
        fewer = f"{found.unranked:,} with fewer than {count(found.minimum, 'person', 'people')}"
        one = found.unranked == 1
        what = (
            f"{'has' if one else 'have'} no rank"
            if graph == "flows"
            else f"{'is' if one else 'are'} not shown"
        )
        remark(f"{fewer} {what}")
    _account(found, snapshot)


@click.command()
@graph_options
@click.option(
    "--resolution",
    type=Finite(min=0, min_open=True),
    default=1.0,
    metavar="X",
    help="Above 1 more and smaller communities, below 1 fewer. Default: 1.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, metavar="N", help="First seed. Default: 0.")
@click.option(
    "--runs",
    type=click.IntRange(min=2),
    default=20,
    metavar="N",
    help="How many seeds; the best division is given. Default: 20.",
)
@counting_options
@snapshot_options
@row_options
def communities(
    reading: Reading,
    output: Output,
    graph: "Kind",
    cap: int,
    resolution: float,
    seed: int,
    runs: int,
    level: str,
    lineage: str,
) -> None:
    """Find groups that exchange more people among themselves than with others (Leiden).

    `inside` is the share of a group's weight that stays in it, `stability` how alike the group is in the runs
    with other seeds. A group of colleagues is told by the organizations at which most of them were, and not
    at all if it has fewer than 5 people.

    \b
    Examples:
      kb communities
      kb communities --graph colleagues --resolution 2
      kb communities --from-seeds meta-ai-2025 --format json
    """
    from kb import analysis
    from kb.views.measures import called
    from kb.views.page import count

    snapshot, hearsay = reading.everything()
    found = analysis.communities(
        snapshot, graph=graph, cap=cap, resolution=resolution, seed=seed, runs=runs, level=level,
        lineage=lineage, include_rumoured=hearsay,
    )  # fmt: skip
    rows: list[list[Any]] = []
    labels = called(
        (key, name)
        for each in found.communities
        for (key, _), name in zip(each.organizations, each.names, strict=True)
    )
    for each in found.communities:
        if output.form == "table":
            named = list(each.organizations[:_NAMED])
            names = ", ".join(f"{labels[key]} {people}" for key, people in named)
            if len(each.organizations) > _NAMED:
                names += f" and {len(each.organizations) - _NAMED:,} more"
            rows.append([each.number, each.nodes, f"{each.inside:.0%}", f"{each.stability:.2f}", names])
        else:
            people = dict(each.organizations)
            rows.append([each.number, each.nodes, each.inside, each.stability, people, list(each.names)])
    columns = ("community", "nodes", "inside", "stability", "organizations")
    output.rows(columns if output.form == "table" else (*columns, "names"), rows)
    note = (
        f"Modularity {found.modularity:.3f}; {found.runs} runs agree to {found.agreement:.2f} (adjusted Rand)"
    )
    remark(note)
    if found.small:
        are = "is" if found.small == 1 else "are"
        remark(f"{count(found.small, 'group')} with fewer than 5 people {are} not shown")
    _account(found, snapshot)


def _account(found: "Centrality | Communities", snapshot: "Snapshot") -> None:
    """What the graph leaves out, and what it rests on, on stderr."""
    if found.capped:
        called = snapshot.names("Organization")
        names = ", ".join(f"{called.get(key, key)} {people:,}" for key, people in found.capped[:5])
        more = f" and {len(found.capped) - 5:,} more" if len(found.capped) > 5 else ""
        remark(f"No colleagues from organizations of over {found.cap:,} people: {names}{more}")
    if found.undated:
        remark(f"Left out: {found.undated:,} spells and memberships without a known start or end")
    if found.graph == "flows":
        remark("What counts as a move, and what is left out: kb flows --explain")
    if found.sources == 1:
        remark("All this rests on one source")
