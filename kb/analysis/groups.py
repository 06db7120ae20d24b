"""Group departures: several people who went from one place to another within a short time, against chance."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Final
from zlib import crc32

from kb.analysis.careers import Careers, careers
from kb.analysis.evidence import MOVES, facts_of_moves, literal, sources
from kb.analysis.extras import extra
from kb.analysis.standing import behind, contributors
from kb.analysis.surprise import false_discovery
from kb.dates import bounds
from kb.errors import KbError
from kb.resolve import Snapshot
from kb.resolve.bodies import LEVELS, LINEAGES

_CELLS: Final = 4_000_000  # numbers that are shuffled at a time: 32 MB


@dataclass(frozen=True)
class Group:
    """The most people who went from `origin` to `destination` within the window, and how surprising that is.

    `together` moves lie between `first` and `last`, what is known of the dates of two of them: a day, a month
    or two days between which it lies; `moves` are all dated ones
    of the pair, `exits` all dated ones from the origin. `expected` is the mean of `together` over the
    shuffles, `p` the share of shuffles with as many or more, `q` that after Benjamini-Hochberg. `people` are
    those together, by id. `sources` is on how many sources their moves rest.
    """

    origin: str
    origin_name: str
    destination: str
    destination_name: str
    together: int
    people: tuple[str, ...]
    first: str
    last: str
    moves: int
    exits: int
    expected: float
    p: float
    q: float
    sources: int


@dataclass(frozen=True)
class Groups:
    """Group departures, the most surprising first. `tested` pairs have enough dated moves to be a group.

    `too_few` pairs have fewer; `alone` pairs had enough, but took all the dated moves of their origin: there
    is nothing to shuffle. `undated` moves have no day, `vague` ones one that is known less closely than the
    window.
    """

    groups: tuple[Group, ...]
    tested: int
    too_few: int
    alone: int
    undated: int
    vague: int


def groups(
    snapshot: Snapshot,
    origin: str | None = None,
    *,
    days: int = 90,
    minimum: int = 3,
    draws: int = 999,
    seed: int = 0,
    level: str = LEVELS[0],
    lineage: str = LINEAGES[0],
    include_rumoured: bool = False,
) -> Groups:
    """Several people who went from one origin to one destination within a window of `days`.

    Statistic of a pair: the largest number of its moves that lie in any window, by the middles of their
    dates. Null: the days of all moves from the origin are shuffled among them, so that who goes where has
    nothing to do with when; how many go to each destination, and a wave of departures as such, stay as they
    are. p = (1 + shuffles with as many or more) / (1 + draws). q is p by Benjamini-Hochberg over all tested
    pairs: those with `minimum` dated moves or more, which no shuffle changes. Only pairs with `minimum` moves
    together are listed. Origins are all organizations; or `origin`, which may also be a project or a team:
    then its known contributors' moves, from the organization behind it, are the moves from it. The same seed
    gives the same p.
    Unit: moves; one person moves more than once from a place only after a return. Left out: moves without a
    day, or with one that is known less closely than the window (both counted). A p says that days and
    destinations go together, not why: one team that closes is enough.
    Raises: NotFound for an id that there is not; KbError for an impossible number; MissingExtra without
    numpy.
    Source: Phipson and Smyth (2010), Permutation p-values should never be zero, SAGMB 9; Naus (1965), JASA 60
    (scan statistic); Benjamini and Hochberg (1995), JRSS B 57.

    >>> found = groups(Snapshot.from_seeds("meta-ai-2025"))
    >>> found.groups, found.tested, found.too_few
    ((), 0, 5)
    """
    if days < 1 or minimum < 2 or draws < 1:
        raise KbError("a group is 2 people or more, a window 1 day or more, and a test 1 draw or more")
    if origin is not None:
        snapshot.entity(origin)
    found = careers(snapshot, level=level, lineage=lineage, include_rumoured=include_rumoured)
    moves = _moves_from(found, origin)
    day = "(earliest - DATE '1970-01-01' + (latest - DATE '1970-01-01')) / 2.0"
    close = f"earliest IS NOT NULL AND latest IS NOT NULL AND latest - earliest <= {int(days)}"
    dated = f"SELECT *, {day} AS day FROM ({moves}) WHERE {close}"
    tested = f"""SELECT origin, to_id FROM ({dated}) GROUP BY ALL HAVING count(*) >= {int(minimum)}"""
    rows = snapshot.execute(
        f"""SELECT origin, to_id, day, person, from_spell, to_spell, (origin, to_id) IN ({tested}),
            earliest, latest
        FROM ({dated}) WHERE origin IN (SELECT origin FROM ({tested}))
        ORDER BY origin, to_id, day, person, from_spell"""
    )
    [(undated, vague, pairs)] = snapshot.execute(
        f"""SELECT count(*) FILTER (coalesce(earliest, latest) IS NULL),
            count(*) FILTER (coalesce(earliest, latest) IS NOT NULL AND NOT ({close})),
            count(DISTINCT (origin, to_id)) FROM ({moves})"""
    )
    scans, alone = list[dict[str, Any]](), 0
    for key, of_origin in groupby(rows, key=lambda row: row[0]):
        found_here, alone_here = _scan(key, list(of_origin), days, minimum, draws, seed)
        scans += found_here
        alone += alone_here
    for scan, q in zip(scans, false_discovery([scan["p"] for scan in scans]), strict=True):
        scan["q"] = q
    shown = [scan for scan in scans if scan["together"] >= minimum]
    return Groups(_named(found, shown), len(scans), pairs - len(scans) - alone, alone, undated, vague)


def _moves_from(found: Careers, origin: str | None) -> str:
    """The moves with their `origin`, as SQL."""
    if origin is None:
        return f"SELECT *, from_id AS origin FROM {found.moves}"
    snapshot = found.snapshot
    homes = behind(found, origin)
    everyone = f"SELECT *, {literal(origin)} AS origin FROM {found.moves} WHERE from_id IN {literal(*homes)}"
    if homes == [origin]:
        return everyone
    members = contributors(snapshot, origin, include_rumoured=found.include_rumoured)
    return f"SELECT m.* FROM ({everyone}) m SEMI JOIN ({members}) USING (person)"


def _scan(
    origin: str, rows: list[tuple[Any, ...]], days: int, minimum: int, draws: int, seed: int
) -> tuple[list[dict[str, Any]], int]:
    """The scan statistic of each tested destination of an origin, and its p from shuffled days.

    `rows` are sorted by destination, so that those of one are a slice of the days, shuffled or not.
    """
    np = extra("numpy")
    day = np.array([float(row[2]) for row in rows])
    slices, scans, start, alone = list[slice](), list[dict[str, Any]](), 0, 0
    for destination, members in groupby(rows, key=lambda row: row[1]):
        part = list(members)
        where, start = slice(start, start + len(part)), start + len(part)
        if not part[0][6]:
            continue
        if len(part) == len(rows):
            alone += 1
            continue
        ends = np.searchsorted(day[where], day[where] + days, side="right")
        sizes = ends - np.arange(len(part))
        first = int(sizes.argmax())  # of equal windows the first
        inside = part[first : first + int(sizes[first])]
        slices.append(where)
        scans.append(
            {
                "origin": origin, "destination": destination, "together": int(sizes[first]), "inside": inside,
                "moves": len(part), "exits": len(rows), "more": 0, "sum": 0,
            }
        )  # fmt: skip
    # Each origin has its own stream, so that its p does not depend on what else is asked for.
    rng, left = np.random.default_rng([seed, crc32(origin.encode())]), draws
    while left and scans:
        some = min(left, max(1, _CELLS // len(rows)))
        left -= some
        shuffled = rng.permuted(np.broadcast_to(day, (some, len(rows))), axis=1)
        for scan, where in zip(scans, slices, strict=True):
            most = _most_together(np, np.sort(shuffled[:, where], axis=1), days)
            scan["more"] += int((most >= scan["together"]).sum())
            scan["sum"] += int(most.sum())
    for scan in scans:
        scan["p"] = (1 + scan["more"]) / (1 + draws)
        scan["expected"] = scan["sum"] / draws
    return scans, alone


def _most_together(np: Any, days: Any, window: int) -> Any:
    """For each row of sorted days, the most that lie within a window. By doubling and halving of the size."""
    most = np.ones(len(days), dtype=int)
    for size in range(2, days.shape[1] + 1):
        fits = (days[:, size - 1 :] - days[:, : days.shape[1] - size + 1] <= window).any(axis=1)
        if not fits.any():
            break
        most[fits] = size
    return most


def _named(found: Careers, scans: list[dict[str, Any]]) -> tuple[Group, ...]:
    """Groups with names and sources, sorted."""
    if not scans:
        return ()
    snapshot = found.snapshot
    called = dict(
        snapshot.execute(
            f"SELECT id, name FROM {snapshot.name('Organization')} "
            f"UNION ALL SELECT id, name FROM {snapshot.name('Project')}"
        )
    )
    spells = [(f"{n}", row[4]) for n, scan in enumerate(scans) for row in scan["inside"]]
    chosen = ", ".join(f"({n}, {literal(spell)})" for n, spell in spells)
    inside = f"""SELECT m.*, c.n FROM {found.moves} m
        JOIN (VALUES {chosen}) c (n, spell) ON c.spell = m.from_spell"""
    rests = dict(snapshot.execute(sources(snapshot, facts_of_moves(found, inside, "n"), of=MOVES)))
    listed = [
        Group(
            scan["origin"], called.get(scan["origin"]) or scan["origin"],
            scan["destination"], called.get(scan["destination"]) or scan["destination"],
            scan["together"], tuple(sorted({row[3] for row in scan["inside"]})),
            _known(*scan["inside"][0][7:]), _known(*scan["inside"][-1][7:]),
            scan["moves"], scan["exits"], scan["expected"], scan["p"], scan["q"], rests.get(n, 0),
        )
        for n, scan in enumerate(scans)
    ]  # fmt: skip
    return tuple(sorted(listed, key=lambda g: (g.q, g.p, -g.together, g.origin, g.destination)))


def _known(earliest: date, latest: date) -> str:
    """What is known of a day, as EDTF.

    >>> _known(date(2019, 2, 1), date(2019, 2, 28)), _known(date(2019, 2, 1), date(2019, 3, 4))
    ('2019-02', '2019-02-01/2019-03-04')
    """
    if earliest == latest:
        return str(earliest)
    month = f"{earliest:%Y-%m}"
    return month if bounds(month).latest == latest and earliest.day == 1 else f"{earliest}/{latest}"
