"""Careers: the spells of each person in order, and the moves between them.

It is the one definition: `TALENT_FLOW` is counted from these moves at each load, and so is every analysis.
No loop runs per spell.
"""

from typing import Final

from kb.resolve.bodies import LEVELS, LINEAGES, make_bodies
from kb.resolve.pairs import overrule_pairs, pair_spells, state_moves, tie_pairs
from kb.resolve.snapshot import Snapshot

# Why a spell has no place in a career. The first that holds is the one that is counted.
REASONS: Final = {
    "other_kind": "of another kind than job",
    "planned": "not begun yet",
    "rumoured": "hearsay",
    "undated": "neither start nor end is known",
    "reversed": "ends before it begins",
    "same_time": "the same time as another spell of the person, which stands for both",
    "contained": "lies inside the time of another spell of the person",
}
# What becomes of two spells that follow each other, and of a departure that names its destination.
OUTCOMES: Final = {
    "moved": "from one organization to another",
    "stayed": "both at one organization",
    "renamed": "both at one organization, under two names",
    "transferred": "from an organization to a part of it, or back",
    "overruled": "a departure says otherwise",
    "no_spell": "a departure names a destination at which no spell is known",
    "no_origin": "a departure ends a spell that is planned, hearsay, reversed or no job",
}

_POINT: Final = """(coalesce({0}_earliest, {0}_latest) - DATE '1970-01-01'
    + (coalesce({0}_latest, {0}_earliest) - DATE '1970-01-01')) / 2"""


def make_careers(
    snapshot: Snapshot,
    *,
    spells: str = "careers",
    moves: str = "moves",
    pairs: str = "pairs",
    bodies: str = "bodies",
    level: str = LEVELS[0],
    lineage: str = LINEAGES[0],
    include_rumoured: bool = False,
) -> None:
    """Make these tables and views in a snapshot, under the names that are given.

    `spells`, one row a spell: `row` (its number among all), `id`, `person`, `employer`, `organization` (as it
    is counted), `body` (one for all names of an organization), `began`, `ended`, `middle` (days since 1970),
    the bounds of start and end, `ongoing`, `last_heard`, `certainty`, `datasets`, and `reason`: one of
    REASONS, or NULL if it has a place.

    `moves`, one row a move: `person`, `from_id`, `to_id`, `from_spell`, `to_spell`, `earliest` and `latest`
    (when it happened), `left_earliest`, `left_latest`, `gap` (days between the spells, below 0 if they
    overlap), `basis` (stated, dates), `certainty` (the weaker), `datasets`.

    The table of `moves` with ` rows` after its name has what became of each pair, and no more than it takes
    to count: `person`, `from_id`, `to_id`, `from_row` and `to_row` (of the spells), `told` (the row of the
    departure), `basis`, `outcome`, `earliest` and `latest`. Whoever only counts reads it in place of `moves`.

    `pairs`: how many pairs of spells, `n`, had which `outcome`, one of OUTCOMES, on which `basis`.

    `bodies`: the employers that count as something else, `id`, with their `organization` and `body`.

    The rules. A spell stands at the middle of its time, or at the one end that is known; if it is still
    going, its time is known up to `last_heard`. At equal middles, an unknown start comes first, then the
    earlier one. A spell inside another's time has no place, unless the two may follow each other as vague as
    their dates are. A move is a pair of spells that follow each other, at different organizations; or a past
    departure with a destination and a spell there, dated or not, which outweighs what dates suggest. It
    happened when the next spell began, or, if that is not known, when the one before ended, or else between
    the start of the one and the end of the other.
    """
    make_bodies(snapshot, bodies, level=level, lineage=lineage)
    inside, rows = f"{spells} inside", f"{moves} rows"
    snapshot.execute(f"CREATE TABLE {snapshot.name(inside)} (row BIGINT, reason VARCHAR)")
    _describe(snapshot, spells, inside, bodies, include_rumoured)
    pair_spells(snapshot, spells, inside, rows)
    state_moves(snapshot, spells, rows, bodies, include_rumoured)
    tie_pairs(snapshot, spells, rows, bodies)
    overrule_pairs(snapshot, rows)
    name = snapshot.name
    snapshot.execute(
        f"""CREATE TABLE {name(pairs)} AS SELECT basis, outcome, count(*) AS n
        FROM {name(rows)} GROUP BY ALL ORDER BY ALL"""
    )
    snapshot.execute(f"DROP TABLE {name('part')}")
    # A view: whoever counts does not pay for the texts and lists of each move.
    snapshot.execute(
        f"""CREATE VIEW {name(moves)} AS
        SELECT p.person, p.from_id, p.to_id, h.id AS from_spell, t.id AS to_spell, p.earliest, p.latest,
            h.end_earliest AS left_earliest, h.end_latest AS left_latest, t.began - h.ended AS gap, p.basis,
            greatest(h.certainty, t.certainty, d.certainty) AS certainty, -- the words sort from the surest
            list_concat(list_concat(h.datasets, t.datasets), coalesce(d.datasets, [])) AS datasets
        FROM {name(rows)} p JOIN ({_timed(snapshot)}) h ON h.row = p.from_row
        JOIN ({_timed(snapshot)}) t ON t.row = p.to_row LEFT JOIN {name("DEPARTED")} d ON d.rowid = p.told
        WHERE p.outcome = 'moved'"""
    )


def drop_careers(
    snapshot: Snapshot,
    *,
    spells: str = "careers",
    moves: str = "moves",
    pairs: str = "pairs",
    bodies: str = "bodies",
) -> None:
    """Forget what `make_careers` made under these names."""
    for view in (moves, spells):
        snapshot.execute(f"DROP VIEW {snapshot.name(view)}")
    for table in (f"{spells} inside", f"{moves} rows", pairs, bodies):
        snapshot.execute(f"DROP TABLE {snapshot.name(table)}")


def _timed(snapshot: Snapshot) -> str:
    """Each spell with its row and its time in days, as SQL."""
    return f"""SELECT rowid AS row, *, {_POINT.format("start")} AS began,
            coalesce({_POINT.format("end")},
                CASE WHEN ongoing THEN greatest(last_heard - DATE '1970-01-01', began) END) AS ended,
            coalesce((began + ended) / 2, began, ended) AS middle
        FROM {snapshot.name("EMPLOYED_AT")}"""


def _describe(snapshot: Snapshot, spells: str, inside: str, bodies: str, include_rumoured: bool) -> None:
    """The view of spells: their time, what they count as, and what keeps them out."""
    hearsay = "" if include_rumoured else "WHEN certainty = 'rumoured' THEN 'rumoured'"
    snapshot.execute(
        f"""CREATE VIEW {snapshot.name(spells)} AS
        SELECT e.row, e.id, e.from_id AS person, e.to_id AS employer,
            coalesce(b.organization, e.to_id) AS organization, coalesce(b.body, e.to_id) AS body,
            start_earliest, start_latest, end_earliest, end_latest, ongoing, last_heard, certainty,
            e.datasets, began, ended, middle,
            CASE WHEN kind <> 'job' THEN 'other_kind' WHEN phase = 'planned' THEN 'planned' {hearsay}
                WHEN middle IS NULL THEN 'undated' WHEN end_latest < start_earliest THEN 'reversed'
                ELSE i.reason END AS reason
        FROM ({_timed(snapshot)}) e LEFT JOIN {snapshot.name(bodies)} b ON b.id = e.to_id
        LEFT JOIN {snapshot.name(inside)} i ON i.row = e.row"""
    )
