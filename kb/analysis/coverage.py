"""Coverage: figures that sources report, beside the people of the same kind whom the graph names."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from kb.analysis.careers import Careers, careers, check_organizations
from kb.analysis.departures import departures
from kb.analysis.window import Window
from kb.resolve import Snapshot

_WORDS = {
    "at_least": "at least ",
    "at_most": "at most ",
    "over": "over ",
    "almost": "almost ",
    "about": "about ",
}
_PARTS = ("from", "to", "subject")


@dataclass(frozen=True)
class Coverage:
    """A reported number of people, and how many of them the graph names.

    `reported` is the figure in words, with its qualifier; `from_ids`, `to_ids` and `subjects` are what it
    speaks of. `held` counts people whose move, departure or job is past or current; `planned` and `rumoured`
    those who come on top by plans and by hearsay. `text` puts them side by side.
    """

    statistic: str
    name: str
    metric: str
    from_ids: tuple[str, ...]
    from_names: tuple[str, ...]
    to_ids: tuple[str, ...]
    to_names: tuple[str, ...]
    subjects: tuple[str, ...]
    subject_names: tuple[str, ...]
    period: str | None
    certainty: str | None
    reported: str
    held: int
    planned: int
    rumoured: int
    text: str


def coverage(snapshot: Snapshot, *, organization: str | None = None) -> list[Coverage]:
    """Reported numbers of people beside those whom the graph names, sorted by the id of the figure.

    For a figure from one organization to another: people with such a move. From one alone: people who left
    it. To one alone: people with a move to it. About one: people who work there now. A team counts those of
    its organization who were its members. Where the figure has a period, only what can fall into it counts.
    There is no ratio: the figure and the names were not counted in one way, and `text` says so with both.
    Left out: figures that do not count people (`unit` is not person).
    Raises: NotFound for an organization that there is not; KbError for what is none.

    >>> for figure in coverage(Snapshot.from_seeds("meta-ai-2025"), organization="openai")[:2]:
    ...     print(figure.statistic, "-", figure.text)
    meta-quick-returners-to-openai - 1 of 2, 1 more planned
    meta-to-ai-rivals - 2 of almost 300, 1 more planned
    """
    check_organizations(snapshot, organization)
    sure, any_ = careers(snapshot), careers(snapshot, include_rumoured=True)
    return [
        _covered(sure, any_, *row)
        for row in _figures(snapshot)
        if organization is None or any(organization in ids for ids in row[-1].values())
    ]


def _figures(snapshot: Snapshot) -> list[tuple[Any, ...]]:
    rows = snapshot.execute(
        f"""SELECT s.id, s.name, s.metric, s.value, s.lower, s.upper, s.qualifier, s.period_text,
            s.period_earliest, s.period_latest, s.certainty,
            list({{'part': a."as", 'id': a.to_id}} ORDER BY a.to_id)
        FROM {snapshot.name("Statistic")} s
        JOIN {snapshot.name("ABOUT", start="Statistic")} a ON a.from_id = s.id
        WHERE s.unit = 'person' AND a.from_label = 'Statistic' GROUP BY ALL ORDER BY s.id"""
    )
    return [
        (*row, {part: [a["id"] for a in about if a["part"] == part] for part in _PARTS})
        for *row, about in rows
    ]


def _covered(
    sure: Careers, any_: Careers, key: str, name: str, metric: str, value: float | None, lower: float | None,
    upper: float | None, qualifier: str, period: str | None, first: date | None, last: date | None,
    certainty: str | None, about: dict[str, list[str]],
) -> Coverage:  # fmt: skip
    window = Window(first, last)
    held, planned = _people(sure, about, window)
    heard, plans = _people(any_, about, window)
    range_ = (
        f"{lower:,.0f} to {upper:,.0f}" if value is None and lower is not None and upper is not None else ""
    )
    reported = _WORDS.get(qualifier, "") + (
        range_ or f"{value if value is not None else lower or upper or 0:,.0f}"
    )
    rumoured = len((heard | plans) - held - planned)
    extra = [(len(planned - held), "planned"), (rumoured, "rumoured")]
    text = f"{len(held)} of {reported}" + "".join(f", {n} more {word}" for n, word in extra if n)
    names = sure.snapshot.names("Organization")
    called = {part: tuple(names.get(one, one) for one in about[part]) for part in _PARTS}
    return Coverage(
        key, name, metric, tuple(about["from"]), called["from"], tuple(about["to"]), called["to"],
        tuple(about["subject"]), called["subject"], period,
        certainty, reported, len(held), len(planned - held), rumoured, text,
    )  # fmt: skip


def _people(found: Careers, about: dict[str, list[str]], window: Window) -> tuple[set[str], set[str]]:
    """The people whom a figure speaks of: those of the past and present, and those of plans."""
    if not about["from"]:
        return _arrived(found, about, window)
    held, planned = set[str](), set[str]()
    to = {_counted(found, key) for key in about["to"]}
    for key in about["from"]:
        counted, members = _counted(found, key), _members(found, key)
        gone = departures(
            found.snapshot,
            organization=counted,
            since=window.first,
            until=window.last,
            include_rumoured=found.include_rumoured,
        )
        for who in gone:
            if (members is None or who.person in members) and (not to or who.destination in to):
                (planned if who.phase == "planned" else held).add(who.person)
    return held, planned


def _arrived(found: Careers, about: dict[str, list[str]], window: Window) -> tuple[set[str], set[str]]:
    """People with a move to where a figure says, or who work at what it is about."""
    held, name = set[str](), found.snapshot.name
    for key in about["to"]:
        held |= _ids(
            found,
            f"SELECT person FROM {found.moves} WHERE to_id = ? AND {window.possibly('earliest', 'latest')}",
            key,
        )
    for key in about["subject"]:
        held |= _ids(
            found,
            f"""SELECT s.person FROM {found.spells} s JOIN {name("EMPLOYED_AT")} e ON e.id = s.id
            WHERE s.organization = ? AND e.phase = 'current'
                AND coalesce(s.reason, '') NOT IN ('planned', 'rumoured')""",
            key,
        )
    return held, set()


def _ids(found: Careers, query: str, key: str) -> set[str]:
    people = {row[0] for row in found.snapshot.execute(query, [_counted(found, key)])}
    members = _members(found, key)
    return people if members is None else people & members


def _counted(found: Careers, key: str) -> str:
    rows = found.snapshot.execute(f"SELECT organization FROM {found.bodies} WHERE id = ?", [key])
    return str(rows[0][0]) if rows else key


def _members(found: Careers, key: str) -> set[str] | None:
    """Members of a team that is counted as its organization; None for what counts as itself."""
    if _counted(found, key) == key:
        return None
    name = found.snapshot.name
    rows = found.snapshot.execute(
        f"""SELECT from_id FROM {name("MEMBER_OF")} WHERE to_id = ? AND phase IS DISTINCT FROM 'planned'
        UNION SELECT from_id FROM {name("EMPLOYED_AT")} WHERE to_id = ?""",
        [key, key],
    )
    return {row[0] for row in rows}
