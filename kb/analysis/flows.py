"""Flows: people and moves from one organization to another, both ways, with shares and intervals."""

from dataclasses import dataclass
from datetime import date

from kb.analysis.careers import Careers, careers, check_organizations
from kb.analysis.evidence import MOVES, facts_of_moves, literal, sources
from kb.analysis.intervals import Ratio, Share, ratio, share
from kb.analysis.window import Window
from kb.resolve import Snapshot
from kb.resolve.bodies import LEVELS, LINEAGES


@dataclass(frozen=True)
class Flow:
    """From one organization to another: `people` who moved, `moves`, and what they are part of.

    `possible` counts moves more that may lie in the time asked for, as vague as their dates are. `back`
    counts the moves the other way, `net` is `moves` less `back`, and `direction` their ratio. `exits` is the
    share in all moves from the first, `hires` in all moves to the second. `first` and `last` bound the days
    of the moves. `sources` is on how many sources they rest: a flow that rests on one can be an artefact of
    it.
    """

    from_id: str
    from_name: str
    to_id: str
    to_name: str
    people: int
    moves: int
    possible: int
    back: int
    net: int
    direction: Ratio
    exits: Share
    hires: Share
    first: date | None
    last: date | None
    sources: int


def flows(
    snapshot: Snapshot,
    *,
    from_: str | None = None,
    to: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    level: str = LEVELS[0],
    lineage: str = LINEAGES[0],
    minimum: int = 1,
    include_rumoured: bool = False,
) -> list[Flow]:
    """People and moves from one organization to another, the largest flows first.

    Moves are those of `careers`. `since` and `until` (a day, or EDTF text) count moves that surely happened
    then, and those that may have as `possible`. `direction` is moves over back, with the exact interval that
    is conditional on their sum; `exits` and `hires` have Wilson's interval. `minimum` leaves out flows of
    fewer people, surely or possibly.
    Unit: people and moves. Left out: see `explain`.
    Raises: NotFound for an organization that there is not; KbError if it is counted as another; DateError.

    >>> (flow,) = flows(Snapshot.from_seeds("meta-ai-2025"), from_="meta", to="openai")
    >>> flow.people, flow.exits.count, flow.exits.of, flow.sources
    (1, 1, 2, 1)
    """
    window = Window.read(since, until)
    check_organizations(snapshot, from_, to)
    found = careers(snapshot, level=level, lineage=lineage, include_rumoured=include_rumoured)
    ends = {side: found.counted(key) for side, key in (("from_id", from_), ("to_id", to)) if key is not None}
    asked = "".join(f" AND f.{side} IN {literal(key)}" for side, key in ends.items())
    inside = _inside(found, window)
    rows = snapshot.execute(
        f"""WITH inside AS ({inside}),
        pair AS (SELECT from_id, to_id, count(DISTINCT person) FILTER (sure) AS people,
                count(DISTINCT person) AS anyone, count(*) FILTER (sure) AS moves,
                count(*) FILTER (NOT sure) AS possible, min(earliest) AS first, max(latest) AS last
            FROM inside GROUP BY ALL),
        exits AS (SELECT from_id, sum(moves) AS n FROM pair GROUP BY ALL),
        hires AS (SELECT to_id, sum(moves) AS n FROM pair GROUP BY ALL)
        SELECT f.from_id, a.name, f.to_id, b.name, f.people, f.moves, f.possible,
            coalesce(back.moves, 0), e.n, h.n, f.first, f.last
        FROM pair f JOIN exits e ON e.from_id = f.from_id JOIN hires h ON h.to_id = f.to_id
        LEFT JOIN pair back ON back.from_id = f.to_id AND back.to_id = f.from_id
        LEFT JOIN {snapshot.name("Organization")} a ON a.id = f.from_id
        LEFT JOIN {snapshot.name("Organization")} b ON b.id = f.to_id
        WHERE f.anyone >= {int(minimum)} {asked}
        ORDER BY f.people DESC, f.moves DESC, f.possible DESC, f.from_id, f.to_id"""
    )
    facts = facts_of_moves(found, f"SELECT * FROM ({inside}) f WHERE true {asked}", "from_id || ' ' || to_id")
    rest_on = dict(snapshot.execute(sources(snapshot, facts, of=MOVES)))
    return [
        Flow(
            a, a_name or a, b, b_name or b, people, moves, possible, back, moves - back, ratio(moves, back),
            share(moves, int(exits)), share(moves, int(hires)), first, last, rest_on.get(f"{a} {b}", 0),
        )
        for a, a_name, b, b_name, people, moves, possible, back, exits, hires, first, last in rows
    ]  # fmt: skip


def _inside(found: Careers, window: Window) -> str:
    """The moves that can lie in a window, and whether they surely do, as SQL."""
    days = ("earliest", "latest")
    return f"""SELECT *, {window.surely(*days)} AS sure FROM {found.moves} WHERE {window.possibly(*days)}"""


@dataclass(frozen=True)
class Matrix:
    """Moves between organizations: `moves[i][j]` from `ids[i]` to `ids[j]`; `elsewhere`: all other moves."""

    ids: tuple[str, ...]
    moves: tuple[tuple[int, ...], ...]
    elsewhere: int


def matrix(found: list[Flow], *, size: int = 20) -> Matrix:
    """Flows as a matrix of the `size` organizations with the most moves in and out, the largest first.

    >>> matrix(flows(Snapshot.from_seeds("meta-ai-2025")), size=3)
    Matrix(ids=('meta', 'openai', 'anthropic'), moves=((0, 1, 1), (0, 0, 0), (0, 0, 0)), elsewhere=3)
    """
    weight: dict[str, int] = {}
    for flow in found:
        for key in (flow.from_id, flow.to_id):
            weight[key] = weight.get(key, 0) + flow.moves
    ids = sorted(weight, key=lambda key: (-weight[key], key))[:size]
    moves = {(flow.from_id, flow.to_id): flow.moves for flow in found}
    cells = tuple(tuple(moves.get((a, b), 0) for b in ids) for a in ids)
    return Matrix(tuple(ids), cells, sum(moves.values()) - sum(map(sum, cells)))
