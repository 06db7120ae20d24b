"""TALENT_FLOW: how many people moved from one organization to another, counted from spells and departures."""

from typing import Final

from kb.resolve.snapshot import Snapshot

_DAY: Final = """(coalesce({0}_earliest, {0}_latest) - DATE '1970-01-01'
            + (coalesce({0}_latest, {0}_earliest) - DATE '1970-01-01')) / 2"""
# A spell's place in a career: the middle of what is known of it, in days. One that is still going is known
# up to the publication that says so.
_SPELLS: Final = f"""
    SELECT id, from_id AS person, to_id AS organization, datasets,
        start_earliest, start_latest, end_earliest, end_latest,
        {_DAY.format("start")} AS began,
        coalesce({_DAY.format("end")}, CASE WHEN ongoing THEN last_heard - DATE '1970-01-01' END) AS ended
    FROM {{spell}}
    WHERE kind = 'job' AND phase IN ('past', 'current') AND certainty <> 'rumoured'
"""


def derive_flows(snapshot: Snapshot) -> None:
    """Fill TALENT_FLOW from the other tables of a snapshot.

    A move is a past departure with a stated destination, followed by a spell there, or two spells of kind job
    that follow each other, ordered by the middle of their time. Left out: what is rumoured or planned, spells
    whose time is unknown or lies inside another's, and pairs of organizations of which one is the other
    renamed.
    """
    name = snapshot.name
    snapshot.execute(
        f"""INSERT INTO {name("TALENT_FLOW")} BY NAME
        WITH spells AS ({_SPELLS.format(spell=name("EMPLOYED_AT"))}),
        placed AS (
            SELECT *, coalesce((began + ended) / 2, began, ended) AS middle FROM spells s
            WHERE (began IS NOT NULL OR ended IS NOT NULL) AND NOT EXISTS (
                SELECT 1 FROM spells o
                WHERE o.person = s.person AND o.began < s.began AND o.ended > s.ended)),
        ordered AS (
            SELECT *, lead(organization) OVER career AS next, lead(id) OVER career AS next_spell
            FROM placed WINDOW career AS (PARTITION BY person ORDER BY middle, id)),
        pairs AS (
            SELECT o.id AS spell, o.next_spell, o.person, o.organization AS a, o.next AS b
            FROM ordered o WHERE o.next <> o.organization
            UNION
            SELECT d.spell, min_by(s.id, (s.middle, s.id)), d.from_id, d.to_id, d.destination
            FROM {name("DEPARTED")} d
            JOIN ordered h ON h.id = d.spell
            JOIN ordered s ON s.person = d.from_id AND s.organization = d.destination AND s.middle >= h.middle
            WHERE d.phase = 'past' AND d.certainty <> 'rumoured' GROUP BY ALL),
        moves AS (
            SELECT p.person, p.a, p.b,
                coalesce(d.date_earliest, t.start_earliest, h.end_earliest) AS earliest,
                coalesce(d.date_latest, t.start_latest, h.end_latest) AS latest,
                list_concat(h.datasets, t.datasets) AS datasets
            FROM pairs p JOIN spells h ON h.id = p.spell JOIN spells t ON t.id = p.next_spell
            LEFT JOIN {name("DEPARTED")} d ON d.spell = p.spell AND d.phase = 'past'
                AND d.certainty <> 'rumoured'
            WHERE NOT EXISTS (SELECT 1 FROM {name("PART_OF")} r WHERE r.how = 'renamed'
                AND (r.from_id, r.to_id) IN ((p.a, p.b), (p.b, p.a))))
        SELECT 'Organization' AS from_label, a AS from_id, 'Organization' AS to_label, b AS to_id,
            concat(a, ':talent_flow:', b, ':1') AS id, count(DISTINCT person) AS people, count(*) AS moves,
            min(earliest) AS first, max(latest) AS last,
            list_sort(list_distinct(flatten(list(datasets)))) AS datasets
        FROM moves GROUP BY a, b"""
    )
