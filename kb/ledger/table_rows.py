"""Rows of one table, each held against its mapping: what is taken, what is left out, what is a mistake."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kb.errors import Problem
from kb.ledger.ledger import Tables, quoted, stated
from kb.ledger.mapping import ROWS
from kb.ledger.marks import Document, Steps
from kb.ledger.notices import Notice
from kb.ledger.strict import LONGEST_TEXT
from kb.ledger.table_files import SAMPLE, Wanted, read_rows, rows_shown
from kb.names import nearest
from kb.ontology import KIND_LABELS, Edge, Node, Prop, primary

_SPELLING: Final = {"tenure_text": "tenure"}
_ALWAYS: Final = ("note", "certainty")
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
        """For the subject, and for the object of an edge: its word, the label it has, the kind if it is fixed."""
        kind = self.kind
        if isinstance(kind, Node):
            return ((kind.label.lower(), kind.label, ""),)
        last = kind.ends[0]
        fixed = next((word for word, label in KIND_LABELS.items() if label == last), "")
        start = kind.starts[0]
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
    problems, fields, props = [], table.fields, table.props
    words = [word for word, _, _ in table.ends]
    for word in ("person", "organization", "project", "at", "team", "university"):
        if fields[word] and word not in words:
            problems.append(
                table.tell((word,), f"`{fields['rows']}` have no `{word}`", "take it out", at_key=True)
            )
        elif word in words and not fields[word]:
            what = (
                f"the column of the {word} is missing"
                if word != "at"
                else "the column of the employer is missing"
            )
            problems.append(table.tell((), what, f"add `{word}:`", at_key=True))
    for section in ("columns", "constants"):
        for name in fields[section]:
            if name not in props:
                near = nearest(name, props)
                hint = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(props)}"
                problems.append(
                    table.tell(
                        (section, name), f"no property `{name}` of `{fields['rows']}`", hint, at_key=True
                    )
                )
            elif section == "constants" and name in fields["columns"]:
                problems.append(
                    table.tell(
                        (section, name), f"`{name}` has a column too", "keep one of the two", at_key=True
                    )
                )
    for name, column in fields["columns"].items():
        prop = props.get(name)
        for part, fits in (
            ("layout", bool(prop and prop.part)),
            ("precision", bool(prop and prop.part)),
            ("split", bool(prop and prop.type == "list")),
        ):
            if column[part] and not fits:
                problems.append(
                    table.tell(
                        ("columns", name, part),
                        f"`{part}` says nothing about `{name}`",
                        "take it out",
                        at_key=True,
                    )
                )
    return problems


def read_table(table: Table, work: Tables) -> tuple[list[Problem], list[Notice]]:
    """Make a table `rows KEY` of the rows that are taken: `row`, keys and names of the ends, all columns.

    Raises: SeedError if the file cannot be read, or misses a column.
    """
    fields = table.fields
    places: dict[str, Problem] = {}
    for name, steps in table.columns():
        places.setdefault(name, table.tell(steps, f"column `{name}`"))
    raw, rows = f"raw {table.key}", f"rows {table.key}"
    read_rows(table.path, table.shown, Wanted(places, fields["each"], fields["delimiter"]), work, raw)
    picks = ['"row number" AS "row"', "*"]
    for side, (word, _, _) in zip(("subject", "object"), table.ends, strict=False):
        name, key = fields[word]["name"], fields[word]["id"]
        picks.append(f'{quoted(key or name)} AS "{side} key", {quoted(name or key)} AS "{side} name"')
    constants = "".join(f", ? AS {quoted('constant ' + name)}" for name in fields["constants"])
    parameters = list(fields["constants"].values())
    reasons, more = _reasons(table)
    parameters += more
    work.execute(
        f"""CREATE TABLE {work.name(rows)} AS
        WITH named AS (SELECT {", ".join(picks)} {constants} FROM {work.name(raw)})
        SELECT *, CASE {" ".join(f"WHEN {condition} THEN {n}" for n, (condition, *_) in enumerate(reasons))} END AS reason
        FROM named""",
        parameters,
    )
    work.execute(f"DROP TABLE {work.name(raw)}")
    problems, notices = _tell_reasons(table, work, rows, reasons)
    work.execute(f"DELETE FROM {work.name(rows)} WHERE reason IS NOT NULL")
    return problems, notices


def _reasons(table: Table) -> tuple[list[tuple[str, str, str, str]], list[Any]]:
    """Why a row is not taken: a condition in SQL, the rule's name, what to say, a column to show."""
    fields, found, parameters = table.fields, [], list[Any]()
    sides = ["subject", "object"][: len(table.ends)]
    if fields["only"]:
        condition, more = _holds(fields["only"])
        found.append((f"NOT ({condition})", "only", "not among the rows to take: left out", ""))
        parameters += more
    for skip in fields["skip"]:
        condition, more = _holds(skip["when"])
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
    texts = [name for name, _ in table.columns()]
    bad = " OR ".join(
        rf"length({quoted(name)}) > {LONGEST_TEXT} OR regexp_matches({quoted(name)}, '[\x00-\x1f\x7f-\x9f]')"
        for name in dict.fromkeys(texts)
    )
    found.append((bad, "bad_text", f"a control character, or more than {LONGEST_TEXT:,} characters", ""))
    return found, parameters


def _holds(conditions: Sequence[Mapping[str, Any]]) -> tuple[str, list[Any]]:
    parts, parameters = [], list[Any]()
    for condition in conditions:
        column = quoted(condition["column"])
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
    table: Table, work: Tables, rows: str, reasons: Sequence[tuple[str, str, str, str]]
) -> tuple[list[Problem], list[Notice]]:
    problems, notices = [], []
    for n, (_, rule, what, column) in enumerate(reasons):
        example = f"any_value({quoted(column)})" if column else "NULL"
        total, first, shown = work.execute(
            f'SELECT count(*), min("row", {SAMPLE}), {example} FROM {work.name(rows)} WHERE reason = ?', [n]
        )[0]
        if total:
            allowed = rule in ("only", "skip", "leave_out") or table.fields["rules"][rule]
            if allowed:
                done = what if "left out" in what else f"{what}: left out"
                notices.append(Notice(table.shown, rule, done, total, tuple(first), shown or ""))
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
