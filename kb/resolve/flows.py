"""TALENT_FLOW: how many people moved from one organization to another, counted from moves."""

from kb.resolve.careers import drop_careers, make_careers
from kb.resolve.snapshot import Snapshot


def derive_flows(snapshot: Snapshot) -> None:
    """Fill TALENT_FLOW from the other tables of a snapshot, by the moves of `kb.resolve.careers`.

    Left out: what is rumoured or planned. A team counts as the organization that it belongs to.
    """
    make_careers(snapshot)
    name = snapshot.name
    snapshot.execute(
        f"""INSERT INTO {name("TALENT_FLOW")} BY NAME
        SELECT 'Organization' AS from_label, from_id, 'Organization' AS to_label, to_id,
            concat(from_id, ':talent_flow:', to_id, ':1') AS id, count(DISTINCT person) AS people,
            count(*) AS moves, min(earliest) AS first, max(latest) AS last,
            list_sort(list_distinct(flatten(list(datasets)))) AS datasets
        FROM {name("moves")} GROUP BY from_id, to_id"""
    )
    drop_careers(snapshot)
