"""Rows of one table, each held against its mapping: what is taken, what is left out, what is a mistake."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from kb.errors import Problem
from kb.ledger.ledger import Tables, quoted, quoted_text, stated
from kb.ledger.mapping import ROWS
from kb.ledger.marks import Document, Steps
from kb.ledger.notices import Notice
from kb.ledger.strict import LONGEST_TEXT
from kb.ledger.table_files import SAMPLE, Wanted, read_rows, rows_shown
from kb.names import nearest
from kb.ontology import KIND_LABELS, ORGANIZATION_KINDS, PROJECT_KINDS, Edge, Node, Prop, primary

_SPELLING: Final = {"tenure_text": "tenure"}
_NUMBER: Final = Prop("number", "Number of the spell.", "integer")


@dataclass(frozen=True)
class Table:
    """A table of a mapping: where it is declared, and what its rows are. `fields` is the mapping."""

    key: str
    document: Document
    fields: Mapping[str, Any]
    path: Path
    shown: str

    @property
    def kind(self) -> Node | Edge:
        """The type of the claims that rows become."""
        return ROWS[self.fields["rows"]]

    @property
    def ends(self) -> tuple[tuple[str, str, str], ...]:
        """Of the subject, and of an edge's object: the word for it, its label, its kind if all have one."""
        kind = self.kind
        if isinstance(kind, Node):
            return ((kind.label.lower(), kind.label, ""),)
        start, last = kind.starts[0], kind.ends[0]
        end = self.fields[kind.target] or {}
        fixed = next((word for word, label in KIND_LABELS.items() if label == last), end.get("kind") or "")
        return ((start.lower(), start, ""), (kind.target, primary(last), fixed))

    @property
    def props(self) -> dict[str, Prop]:
        """What columns may state, by the word that seed files use; a partial date is one, by its text."""
        found = {}
        for prop in stated(self.kind):
            if prop.part and not prop.name.endswith("_text"):
                continue
            if prop.name not in ("name", "certainty", "destination"):
                found[prop.part or _SPELLING.get(prop.name, prop.name)] = prop
        if self.kind.table == "EMPLOYED_AT":
            found["spell"] = _NUMBER
        return {**found, "note": Prop("note", "In the curator's own words.")}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What the columns of the file are called in DuckDB."""
        return {name: f"c{n}" for n, name in enumerate(dict.fromkeys(name for name, _ in self.columns()))}

    def tell(self, steps: Steps, what: str, hint: str = "", *, at_key: bool = False) -> Problem:
        """A mistake at a place of the mapping."""
        return self.document.problem(("tables", self.key, *steps), what, hint, at_key=at_key)

    def columns(self) -> Iterator[tuple[str, Steps]]:
        """Every column that the mapping names, with where."""
        fields = self.fields
        for word, _, _ in self.ends:
            for part in ("name", "id"):
                if fields[word] and fields[word][part]:
                    yield fields[word][part], (word, part)
        for name, column in fields["columns"].items():
            yield column["column"], ("columns", name)
            if column["precision"]:
                yield column["precision"]["column"], ("columns", name, "precision")
        for n, condition in enumerate(fields["only"]):
            yield condition["column"], ("only", n, "column")
        for n, skip in enumerate(fields["skip"]):
            for m, condition in enumerate(skip["when"]):
                yield condition["column"], ("skip", n, "when", m, "column")
        for n, name in enumerate(fields["locator"] or ()):
            yield name, ("locator", n)


def check_mapping(table: Table) -> list[Problem]:
    """Mistakes of a mapping that its model cannot see: ends and properties that its rows do not have."""
    return [*_check_ends(table), *_check_properties(table)]


def _check_ends(table: Table) -> Iterator[Problem]:
    fields = table.fields
    labels = {word: label for word, label, _ in table.ends}
    for word in ("person", "organization", "project", "at", "team", "university"):
        end = fields[word]
        if end and word not in labels:
            yield table.tell((word,), f"`{fields['rows']}` have no `{word}`", "take it out", at_key=True)
        elif word in labels and not end:
            what = f"the column of the {'employer' if word == 'at' else word} is missing"
            yield table.tell((), what, f"add `{word}:`", at_key=True)
    kinds = {"Organization": ORGANIZATION_KINDS, "Project": PROJECT_KINDS}
    for word, label in labels.items():
        end, allowed = fields[word] or {}, kinds.get(label, ())
        if end.get("kind") and end["kind"] not in allowed:
            yield table.tell(
                (word, "kind"), f"a {word} is no {end['kind']}", f"write one of {', '.join(allowed)}"
            )
        elif label == "Project" and isinstance(table.kind, Edge) and not end.get("kind"):
            hint = "add `kind:`, one of " + ", ".join(PROJECT_KINDS)
            yield table.tell((word,), "what kind the projects are is missing", hint, at_key=True)


def _check_properties(table: Table) -> Iterator[Problem]:
    fields, props = table.fields, table.props
    for section in ("columns", "constants"):
        for name in fields[section]:
            if name not in props:
                near = nearest(name, props)
                hint = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(props)}"
                what = f"no property `{name}` of `{fields['rows']}`"
                yield table.tell((section, name), what, hint, at_key=True)
            elif section == "constants" and name in fields["columns"]:
                hint = "keep one of the two"
                yield table.tell((section, name), f"`{name}` has a column too", hint, at_key=True)
    for name, column in fields["columns"].items():
        prop = props.get(name)
        dated, listed = bool(prop and prop.part), bool(prop and prop.type == "list")
        for part, fits in (("layout", dated), ("precision", dated), ("split", listed)):
            if prop and column[part] and not fits:
                what = f"`{part}` says nothing about `{name}`"
                yield table.tell(("columns", name, part), what, "take it out", at_key=True)
    required = [prop.name for prop in table.props.values() if prop.required]
    for name in required:
        if name not in fields["columns"] and name not in fields["constants"] and not fields["kinds"]:
            hint = f"add it under `columns:` or `constants:`, or list `{name}s:`"
            if table.kind.table != "Organization":
                yield table.tell((), f"`{name}` of `{fields['rows']}` is missing", hint, at_key=True)


def read_table(table: Table, work: Tables) -> tuple[list[Problem], list[Notice]]:
    """Make a table `rows KEY` of the rows that are taken: `row`, keys and names of the ends, all columns.

    Raises: SeedError if the file cannot be read, or misses a column.
    """
    fields = table.fields
    places: dict[str, Problem] = {}
    for name, steps in table.columns():
        places.setdefault(name, table.tell(steps, f"column `{name}`"))
    raw = f"raw {table.key}"
    read_rows(table.path, table.shown, Wanted(places, fields["each"], fields["delimiter"]), work, raw)
    picks = ["*"]
    for side, (word, _, _) in zip(("subject", "object"), table.ends, strict=False):
        name, key = fields[word]["name"], fields[word]["id"]
        picks.append(
            f'{table.names[key or name]} AS "{side} key", {table.names[name or key]} AS "{side} name"'
        )
    picks += [
        f"{quoted_text(value)} AS {quoted('constant ' + name)}" for name, value in fields["constants"].items()
    ]
    rows = work.name(f"rows {table.key}")
    work.execute(f"CREATE VIEW {rows} AS SELECT {', '.join(picks)} FROM {work.name(raw)}")
    reasons, parameters = _reasons(table)
    first = " ".join(f"WHEN {condition} THEN {n}" for n, (condition, *_) in enumerate(reasons))
    left = work.name(f"left out {table.key}")
    work.execute(
        f"""CREATE TABLE {left} AS SELECT * FROM (SELECT "row", CASE {first} END AS reason FROM {rows})
        WHERE reason IS NOT NULL""",
        parameters,
    )
    told = _tell_reasons(table, work, reasons)
    work.execute(f'DELETE FROM {work.name(raw)} r USING {left} e WHERE r."row" = e."row"')
    return told


def _reasons(table: Table) -> tuple[list[tuple[str, str, str, str]], list[Any]]:
    """Why a row is not taken: a condition in SQL, the rule's name, what to say, a column to show."""
    fields, found, parameters = table.fields, [], list[Any]()
    sides = ["subject", "object"][: len(table.ends)]
    if fields["only"]:
        condition, more = _holds(table, fields["only"])
        found.append((f"NOT ({condition})", "only", "not among the rows to take: left out", ""))
        parameters += more
    for skip in fields["skip"]:
        condition, more = _holds(table, skip["when"])
        found.append((condition, "skip", f"{skip['why']}: left out", ""))
        parameters += more
    for side, (word, label, _) in zip(sides, table.ends, strict=True):
        if label == "Organization" and fields["leave_out"]:
            condition = f'list_contains(?, lower("{side} name"))'
            found.append((condition, "leave_out", "stands for no organization: left out", f"{side} name"))
            parameters.append([_plain(name).lower() for name in fields["leave_out"]])
        for part in ("key", "name"):
            found.append(
                (
                    f'"{side} {part}" IS NULL',
                    "blank_name",
                    f"no {word if word != 'at' else 'employer'} is named",
                    "",
                )
            )
    bad = " OR ".join(
        rf"length({name}) > {LONGEST_TEXT} OR regexp_matches({name}, '[\x00-\x1f\x7f-\x9f]')"
        for name in table.names.values()
    )
    found.append((bad, "bad_text", f"a control character, or more than {LONGEST_TEXT:,} characters", ""))
    return found, parameters


def _holds(table: Table, conditions: Sequence[Mapping[str, Any]]) -> tuple[str, list[Any]]:
    parts, parameters = [], list[Any]()
    for condition in conditions:
        column = table.names[condition["column"]]
        if condition["equals"] is not None:
            parts.append(f"coalesce(list_contains(?, {column}), false)")
            parameters.append([_plain(text) for text in condition["equals"]])
        if condition["contains"] is not None:
            any_part = " OR ".join(f"contains({column}, ?)" for _ in condition["contains"])
            parts.append(f"coalesce({any_part}, false)")
            parameters += condition["contains"]
        if condition["blank"] is not None:
            parts.append(f"{column} IS {'' if condition['blank'] else 'NOT '}NULL")
    return " AND ".join(parts) or "true", parameters


def _plain(text: str) -> str:
    return " ".join(text.split())


def _tell_reasons(
    table: Table, work: Tables, reasons: Sequence[tuple[str, str, str, str]]
) -> tuple[list[Problem], list[Notice]]:
    problems, notices = [], []
    found = work.execute(
        f"""SELECT reason, count(*), min("row", {SAMPLE}) FROM {work.name("left out " + table.key)}
        GROUP BY reason ORDER BY reason"""
    )
    for reason, total, first in found:
        _, rule, what, column = reasons[reason]
        example = ""
        if column:
            rows = f'SELECT {quoted(column)} FROM {work.name("rows " + table.key)} WHERE "row" = ?'
            example = work.execute(rows, [first[0]])[0][0]
        if rule in ("only", "skip", "leave_out") or table.fields["rules"][rule]:
            done = what if "left out" in what else f"{what}: left out"
            notices.append(Notice(table.shown, rule, done, total, tuple(first), example or ""))
        else:
            problems.append(broken(table, rule, what, total, first))
    return problems, notices


def broken(table: Table, rule: str, what: str, total: int, rows: Sequence[int], example: str = "") -> Problem:
    """Rows that break a rule for which the mapping has no remedy, as one mistake."""
    shown = f" (`{example[:60]}`)" if example else ""
    counted = f"{total:,} rows: " if total > 1 else ""
    what = f"{counted}{what}{shown}, {rows_shown(rows, total)}"
    return Problem(
        table.shown, rows[0], 1, what, f"mend the rows, or say what to do with them: `rules: {{{rule}: …}}`"
    )


def sides(table: Table) -> Iterable[tuple[str, str, str]]:
    """`subject` and, for an edge, `object`, each with its label and its fixed kind."""
    for side, (_, label, fixed) in zip(("subject", "object"), table.ends, strict=False):
        yield side, label, fixed
