"""Organizations that may have been renamed, acquired or merged, by how many people went there together."""

from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Final

from kb.analysis.careers import careers
from kb.errors import KbError
from kb.names import fold
from kb.resolve import Snapshot

_SHRINK: Final = 3  # people that a share is shrunk by: 1 of 1 leaver is no evidence


@dataclass(frozen=True)
class Suggestion:
    """A pair of organizations that may be one: what `origin` may have become, and the evidence.

    `people` went from the one to the other, of `leavers` who left it for another organization; `together` of
    them within the window that begins on `first`, and `exact` of these on a date that is known to the month.
    `back` went the other way. `alike` is how much the names have in common, 0 to 1. `score` ranks, 0 to 1.
    """

    origin: str
    origin_name: str
    destination: str
    destination_name: str
    people: int
    leavers: int
    together: int
    exact: int
    first: date | None
    back: int
    alike: float
    score: float

    @property
    def share(self) -> float:
        """Share of those who left that went there."""
        return self.people / self.leavers

    @property
    def burst(self) -> float:
        """Share of those who went there that went within the window."""
        return self.together / self.people


def suggest_lineage(snapshot: Snapshot, *, people: int = 4, days: int = 31) -> list[Suggestion]:
    """Pairs between which at least `people` moved, the best candidates for a rename or an acquisition first.

    score = (share + burst + alike) / 3 · n / (n + 3), with n = people, share = n / leavers of the origin,
    burst = the most people within `days` days / n, and alike = the ratio of Ratcliff and Obershelp of the two
    names, folded. A move counts in the middle of what is known of its date; `exact` says how many dates in
    the window are known to the month, because dates of a year alone fall together by themselves.
    Unit: people. Left out: what `kb.analysis.careers` leaves out, and pairs that a PART_OF fact ties already,
    in whichever way they are no move. Nothing is applied: write a PART_OF with its source into a seed file.
    Raises: KbError if `people` or `days` is less than 1.

    >>> suggest_lineage(Snapshot.from_seeds("meta-ai-2025"))
    []
    """
    for name, value in (("people", people), ("days", days)):
        if value < 1:
            raise KbError(f"{name} is {value}", hint="Give 1 or more")
    spells = careers(snapshot).spells
    rows = snapshot.execute(
        f"""WITH ordered AS (
            SELECT person, organization AS from_id, body, end_earliest, end_latest,
                lead(organization) OVER career AS to_id, lead(body) OVER career AS next_body,
                lead(start_earliest) OVER career AS next_earliest,
                lead(start_latest) OVER career AS next_latest
            FROM {spells} WHERE coalesce(reason, '') IN ('', 'same_time', 'contained', 'undated')
            WINDOW career AS (PARTITION BY person
                ORDER BY coalesce(began, ended) NULLS LAST, ended NULLS LAST, id)),
        dated AS (
            SELECT *, coalesce(next_earliest, end_earliest) AS earliest,
                coalesce(next_latest, end_latest) AS latest,
                CASE WHEN earliest <= latest THEN earliest + ((latest - earliest) // 2)::INT END AS day,
                coalesce(latest - earliest <= 31, false) AS exact
            FROM ordered WHERE next_body <> body),
        windows AS (
            SELECT from_id, to_id, day, count(DISTINCT person) OVER near AS together,
                sum(exact::INT) OVER near AS exact
            FROM dated WHERE day IS NOT NULL
            WINDOW near AS (PARTITION BY from_id, to_id ORDER BY day
                RANGE BETWEEN CURRENT ROW AND INTERVAL {int(days) - 1} DAYS FOLLOWING)),
        best AS (SELECT from_id, to_id, max_by(struct_pack(day, together, exact),
                (together, exact, -epoch(day))) AS best FROM windows GROUP BY ALL),
        pairs AS (SELECT from_id, to_id, count(DISTINCT person) AS people FROM dated GROUP BY ALL),
        leavers AS (SELECT from_id, count(DISTINCT person) AS leavers FROM dated GROUP BY ALL)
        SELECT p.from_id, p.to_id, p.people, l.leavers, coalesce(b.best.together, 0),
            coalesce(b.best.exact, 0), b.best.day::DATE, coalesce(r.people, 0),
            coalesce(f.name, f.id), coalesce(t.name, t.id)
        FROM pairs p JOIN leavers l USING (from_id) LEFT JOIN best b USING (from_id, to_id)
        LEFT JOIN pairs r ON r.from_id = p.to_id AND r.to_id = p.from_id
        JOIN {snapshot.name("Organization")} f ON f.id = p.from_id
        JOIN {snapshot.name("Organization")} t ON t.id = p.to_id
        WHERE p.people >= ? AND NOT EXISTS (FROM {snapshot.name("PART_OF")} x
            WHERE (x.from_id, x.to_id) IN ((p.from_id, p.to_id), (p.to_id, p.from_id)))""",
        [people],
    )
    found = [_suggestion(*row) for row in rows]
    return sorted(found, key=lambda each: (-each.score, -each.people, each.origin, each.destination))


def _suggestion(
    origin: str,
    destination: str,
    people: int,
    leavers: int,
    together: int,
    exact: int,
    first: date | None,
    back: int,
    name: str,
    other: str,
) -> Suggestion:
    alike = SequenceMatcher(None, fold(name), fold(other), autojunk=False).ratio()
    mean = (people / leavers + together / people + alike) / 3
    score = mean * people / (people + _SHRINK)
    return Suggestion(
        origin,
        name,
        destination,
        other,
        people,
        leavers,
        together,
        int(exact),
        first,
        back,
        round(alike, 3),
        round(score, 3),
    )
