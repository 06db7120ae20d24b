"""Careers of a snapshot, made once for each way of counting: what every analysis of moves starts from."""

from dataclasses import dataclass, field

from kb.errors import KbError
from kb.resolve import Snapshot
from kb.resolve.bodies import LEVELS, LINEAGES
from kb.resolve.careers import REASONS, make_careers


@dataclass(frozen=True)
class Excluded:
    """How many spells have no place in a career, by the first reason that holds (see REASONS)."""

    other_kind: int = 0
    planned: int = 0
    rumoured: int = 0
    undated: int = 0
    reversed: int = 0
    same_time: int = 0
    contained: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return sum(getattr(self, reason) for reason in REASONS)


@dataclass(frozen=True)
class Pairs:
    """What became of pairs of spells that follow each other, and of departures with a destination."""

    moved: int = 0
    stayed: int = 0
    renamed: int = 0
    transferred: int = 0
    overruled: int = 0
    no_spell: int = 0
    no_origin: int = 0


@dataclass(frozen=True)
class Careers:
    """The tables of careers in a snapshot: names for SQL, and what was counted while they were made.

    `spells`, `moves` and `bodies` are full names of the tables that `kb.resolve.careers.make_careers`
    describes. A spell has a place in its career where `reason IS NULL`. `followed` has what became of each
    pair, and where `outcome = 'moved'` the moves, with no more columns than it takes to count them: it is
    the faster one to read.
    """

    snapshot: Snapshot = field(repr=False)
    level: str
    lineage: str
    include_rumoured: bool
    spells: str
    moves: str
    bodies: str
    followed: str
    placed: int
    excluded: Excluded
    by_dates: Pairs
    stated: Pairs

    def left_out(self, *organizations: str) -> Excluded:
        """How many spells at some organizations have no place."""
        rows = self.snapshot.execute(
            f"""SELECT reason, count(*) FROM {self.spells}
            WHERE reason IS NOT NULL AND list_contains(?, organization) GROUP BY 1""",
            [list(organizations)],
        )
        return Excluded(**dict(rows))

    def counted(self, key: str) -> str:
        """The id of an organization, if it is counted under that id.

        Raises: NotFound for an id that there is not; KbError if it is no organization, or counts as another.
        """
        check_organizations(self.snapshot, key)
        for (other,) in self.snapshot.execute(
            f"SELECT organization FROM {self.bodies} WHERE id = ? AND organization <> id", [key]
        ):
            hint = f"Ask for {other}" + (
                ", or by team (--level team)" if self.level == "organization" else ""
            )
            raise KbError(f"`{key}` counts as `{other}` here", hint=hint)
        return key


def check_organizations(snapshot: Snapshot, *keys: str | None) -> None:
    """See that ids are those of organizations; None is left out. It reads little, so it is done first.

    Raises: NotFound for an id that there is not; KbError if it is no organization.
    """
    given = list(filter(None, keys))
    known = f"SELECT id FROM {snapshot.name('Organization')} WHERE list_contains(?, id)"
    held = {key for (key,) in snapshot.execute(known, [given])} if given else set()
    for key in given:
        if key not in held:
            label = snapshot.entity(key).labels[0].lower()
            raise KbError(f"`{key}` is no organization, but {'an' if label[0] in 'aeiou' else 'a'} {label}")


def careers(
    snapshot: Snapshot,
    *,
    level: str = LEVELS[0],
    lineage: str = LINEAGES[0],
    include_rumoured: bool = False,
) -> Careers:
    """Spells placed in careers, and the moves between them, as tables of the snapshot.

    `level` is organization (a team counts as what it belongs to) or team (as the sources put it); `lineage`
    is point-in-time or pro-forma. The tables are made at the first call; a snapshot does not change.
    Raises: KbError for a level or a lineage that there is not.

    >>> found = careers(Snapshot.from_seeds("meta-ai-2025"))
    >>> found.placed, found.excluded.planned, found.stated.moved
    (15, 3, 2)
    """
    key = f"{level} {lineage}{' rumoured' * include_rumoured}"
    names = {table: f"{table} {key}" for table in ("careers", "moves", "pairs", "bodies", "counts")}
    made = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?"
    if snapshot.execute(made, [snapshot.schema, names["pairs"]]) == [(0,)]:
        make_careers(
            snapshot,
            spells=names["careers"],
            moves=names["moves"],
            pairs=names["pairs"],
            bodies=names["bodies"],
            level=level,
            lineage=lineage,
            include_rumoured=include_rumoured,
        )
        snapshot.execute(
            f"""CREATE TABLE {snapshot.name(names["counts"])} AS SELECT coalesce(reason, '') AS reason,
            count(*) AS n FROM {snapshot.name(names["careers"])} GROUP BY 1"""
        )
    spells = snapshot.name(names["careers"])
    left_out = dict(snapshot.execute(f"SELECT reason, n FROM {snapshot.name(names['counts'])}"))
    pairs = snapshot.execute(f"SELECT basis, outcome, n FROM {snapshot.name(names['pairs'])}")
    return Careers(
        snapshot,
        level,
        lineage,
        include_rumoured,
        spells,
        snapshot.name(names["moves"]),
        snapshot.name(names["bodies"]),
        snapshot.name(f"{names['moves']} rows"),
        left_out.pop("", 0),
        Excluded(**left_out),
        Pairs(**{outcome: n for basis, outcome, n in pairs if basis == "dates"}),
        Pairs(**{outcome: n for basis, outcome, n in pairs if basis == "stated"}),
    )
