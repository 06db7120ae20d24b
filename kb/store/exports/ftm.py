"""FollowTheMoney entities, one JSON object a line: people, organizations, and what joins them.

Spells are Employment, teams Membership, heads Directorship, renames and mergers Succession, what was bought
Ownership; studies and other parts are UnknownLink with a role. Left out: what the model has no word for
(projects, roles, figures, events, flows), what is planned, and what is only rumoured, since an entity there
cannot say so. A date is as exact as its bounds: a day, a month, a year, or nothing.
"""

from pathlib import Path
from typing import Final

from kb.resolve import Snapshot
from kb.store.exports.files import Exported, write_lines

_DAY: Final = """CASE WHEN {0}_earliest = {0}_latest THEN strftime({0}_earliest, '%Y-%m-%d')
    WHEN strftime({0}_earliest, '%Y-%m') = strftime({0}_latest, '%Y-%m') THEN strftime({0}_latest, '%Y-%m')
    WHEN year({0}_earliest) = year({0}_latest) THEN year({0}_earliest)::VARCHAR END"""
# An id of an entity there is letters, digits, - and . alone; ours have / and : where it has a dot then.
_ID: Final = "regexp_replace({0}, '[/:]', '.', 'g')"
_SCHEMAS: Final = "CASE WHEN kind IN ('company', 'publisher') THEN 'Company' ELSE 'Organization' END"
_SURE: Final = "certainty <> 'rumoured'"


def write_ftm(snapshot: Snapshot, folder: Path) -> Exported:
    """entities.ftm.json, as `ftm validate` and `ftm store` read it."""
    path = folder / "entities.ftm.json"
    name, day = snapshot.name, {key: _DAY.format(key) for key in ("start", "end", "founded", "closed")}
    interval = {"startDate": day["start"], "endDate": day["end"]}
    queries = [
        _lines(name("Person"), "'Person'", {"name": "name", "alias": "name_zh", "summary": "description"}),
        _lines(
            name("Organization"),
            _SCHEMAS,
            {
                "name": "name",
                "alias": "name_zh",
                "incorporationDate": day["founded"],
                "dissolutionDate": day["closed"],
                "website": "website",
            },
        ),
        _lines(
            name("EMPLOYED_AT"),
            "'Employment'",
            {"employee": "from_id", "employer": "to_id", "role": "title", "status": "phase", **interval},
            f"phase IS DISTINCT FROM 'planned' AND {_SURE}",
        ),
        _lines(
            name("MEMBER_OF"),
            "'Membership'",
            {"member": "from_id", "organization": "to_id", "role": "capacity", **interval},
            f"phase IS DISTINCT FROM 'planned' AND {_SURE}",
        ),
        _lines(
            name("LEADS"),
            "'Directorship'",
            {"director": "from_id", "organization": "to_id", "role": "capacity", **interval},
            f"phase IS DISTINCT FROM 'planned' AND {_SURE}",
        ),
        _lines(
            name("STUDIED_AT"),
            "'UnknownLink'",
            {
                "subject": "from_id",
                "object": "to_id",
                "role": "concat_ws(', ', 'student', degree, field)",
                **interval,
            },
            _SURE,
        ),
        _lines(
            name("PART_OF"),
            "'Succession'",
            {"predecessor": "from_id", "successor": "to_id", "role": "how", **interval},
            f"how IN ('renamed', 'merged') AND {_SURE}",
        ),
        *_parts(snapshot, interval),
    ]
    return Exported((path,), write_lines(snapshot, path, queries))


def _parts(snapshot: Snapshot, interval: dict[str, str]) -> list[str]:
    """Only a company is an asset that can be owned."""
    companies = f"SELECT id FROM {snapshot.name('Organization')} WHERE kind IN ('company', 'publisher')"
    owned = f"how IN ('subsidiary', 'acquired') AND from_id IN ({companies})"
    return [
        _lines(
            snapshot.name("PART_OF"),
            "'Ownership'",
            {"owner": "to_id", "asset": "from_id", "role": "how", **interval},
            f"{owned} AND {_SURE}",
        ),
        _lines(
            snapshot.name("PART_OF"),
            "'UnknownLink'",
            {"subject": "from_id", "object": "to_id", "role": "how", **interval},
            f"how NOT IN ('renamed', 'merged') AND NOT ({owned}) AND {_SURE}",
        ),
    ]


def _lines(table: str, schema: str, properties: dict[str, str], only: str = "true") -> str:
    """The query for the entities of a table; a property has one value, but for other names."""
    values = []
    for name, sql in properties.items():
        found = f"list_value({_ID.format(sql) if sql in ('from_id', 'to_id') else sql})"
        if name == "alias":
            found = f"list_concat({found}, aliases)"
        kept = f"list_filter({found}, lambda value: value IS NOT NULL AND value <> '')"
        values.append(f"'{name}', nullif({kept}, [])")
    return f"""SELECT json_object('id', {_ID.format("id")}, 'schema', {schema}, 'properties',
            json_merge_patch('{{}}', json_object({", ".join(values)})))::VARCHAR
        FROM {table} WHERE {only} ORDER BY id"""
