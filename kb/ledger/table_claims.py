"""From rows to claims: every row that is taken becomes one, and so does every name in it, by SQL alone.

The id of a row's claim is made from what it states, so it stays when rows come before it; equal rows are one.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from kb.errors import Problem
from kb.ledger.ledger import Ledger, Tables, quoted
from kb.ledger.notices import Notice
from kb.ledger.table_files import SAMPLE
from kb.ledger.table_ids import NAMES, make_ids
from kb.ledger.table_rows import Table, broken, read_table, sides
from kb.ledger.table_values import column_of, columns_of, read_values
from kb.ontology import Edge

_BROKEN: Final = {
    "bad_date": ("no date", "read as unknown"),
    "no_precision": ("a date whose precision is empty", ""),
    "unlisted_value": ("no value that it can have", "left out of the claim"),
}
# What is past, what is going on, and what is yet to come, as of the day when the source was published.
_PHASE: Final = """CASE WHEN start_earliest > {day} THEN 'planned' WHEN end_text = '..' THEN 'current'
    WHEN end_earliest > {day} THEN 'current' WHEN end_latest IS NOT NULL THEN 'past' END"""


class TableClaims:
    """The claims of all tables of a folder, kept apart until the whole folder is known to be right."""

    def __init__(self, dataset: str, ledger: Ledger) -> None:
        self.dataset, self.ledger = dataset, ledger
        self.work = Tables(ledger.connection)
        self.tables: list[Table] = []
        self.problems: list[Problem] = []
        self.notices: list[Notice] = []
        self._values: dict[str, dict[str, str]] = {}
        self._stated: dict[str, list[str]] = {}

    def read(self, table: Table) -> None:
        """Read one table and check its rows. Raises: SeedError if its file cannot be read."""
        problems, notices = read_table(table, self.work)
        self.tables.append(table)
        self.problems += problems
        self.notices += notices
        self._values[table.key] = read_values(table, self.work)
        for name, values in self._values[table.key].items():
            self._check_values(table, name, values)
            self._check_precision(table, name)

    def collect(self) -> None:
        """Make the claims of the rows, and check them against each other."""
        self.problems += [*_told_twice(self.tables, "ids"), *_told_twice(self.tables, "kinds")]
        if self.problems:
            return
        if self.tables:
            self.notices += make_ids(self.tables, self.dataset, self.work)
        for table in self.tables:
            self._claims(table)
            self._check_order(table)
            self._one_of_equals(table)

    def store(self, sources: Mapping[str, tuple[str, date | None]]) -> None:
        """Write the claims into the ledger. `sources` has each table's source, and when it was published."""
        for table in self.tables:
            self._write_rows(table, *sources[table.key])
        if self.tables:
            self._write_names({key: source for key, (source, _) in sources.items()})

    def close(self) -> None:
        """Forget the rows."""
        self.work.drop()

    def _rows(self, table: Table) -> str:
        return self.work.name("rows " + table.key)

    def _made(self, table: Table) -> str:
        return self.work.name("claims " + table.key)

    def _broke(
        self, table: Table, rule: str, what: str, done: str, total: int, rows: list[int], example: str = ""
    ) -> None:
        """Note rows that break a rule: with what is done about it, or as a mistake."""
        if table.fields["rules"][rule]:
            self.notices.append(Notice(table.shown, rule, f"{what}: {done}", total, tuple(rows), example))
        else:
            self.problems.append(broken(table, rule, what, total, rows, example))

    def _check_values(self, table: Table, name: str, values: str) -> None:
        found = self.work.execute(
            f"""SELECT v.broken, count(*), min(r."row", {SAMPLE}), min(v.raw) FROM {self._rows(table)} r
            JOIN {self.work.name(values)} v ON {_same(table, name, "v")} WHERE v.broken IS NOT NULL
            GROUP BY 1 ORDER BY 1"""
        )
        for rule, total, rows, example in found:
            what, done = _BROKEN[rule]
            self._broke(table, rule, f"`{name}` is {what}", done, total, rows, example or "")

    def _check_precision(self, table: Table, name: str) -> None:
        precision = (table.fields["columns"].get(name) or {}).get("precision")
        lacking = table.fields["rules"]["no_precision"]
        if not precision or not lacking:
            return
        column, cut = quoted(column_of(table, name) or ""), table.names[precision["column"]]
        total, rows = self.work.execute(
            f"""SELECT count(*), min("row", {SAMPLE}) FROM {self._rows(table)}
            WHERE {column} IS NOT NULL AND {cut} IS NULL"""
        )[0]
        if total:
            what = f"the precision of `{name}` is empty"
            self._broke(table, "no_precision", what, f"read as {lacking.replace('_', ' ')}", total, rows)

    def _claims(self, table: Table) -> None:
        """Make a table of the rows' claims: ends, properties, place, and the claim's id."""
        picks, joins, texts = ['r."row" AS "row"'], list[str](), list[str]()
        columns: list[str] = []
        for side, label, _ in sides(table):
            alias = f"{side}_name"
            joins.append(
                f"JOIN {self.work.name(NAMES)} {alias} ON {alias}.label = '{label}' "
                f'AND {alias}.key = r."{side} key"'
            )
            picks.append(f"{alias}.id AS {side}")
            if not isinstance(table.kind, Edge):
                picks.append(f"{alias}.name AS name")
            texts.append(f'r."{side} key"')
        for n, (name, prop) in enumerate(table.props.items()):
            column = column_of(table, name)
            if column is None:
                continue
            names = columns_of(prop)
            values = self._values[table.key].get(name)
            if values:
                joins.append(f"LEFT JOIN {self.work.name(values)} v{n} ON {_same(table, name, f'v{n}')}")
            states = [f"v{n}.{quoted(each)}" for each in names] if values else [f"r.{quoted(column)}"]
            if name == "end" and table.fields["blank_end"] == "open":
                states[0] = f"CASE WHEN r.{quoted(column)} IS NULL THEN '..' ELSE {states[0]} END"
            picks += [f"{state} AS {quoted(each)}" for state, each in zip(states, names, strict=True)]
            texts.append(f"{states[0]}::VARCHAR")
            columns += names
        places = table.fields["locator"]
        shown = " || ' ' || ".join(f"coalesce(r.{table.names[each]}, '-')" for each in places or ())
        row = """'row ' || r."row\""""
        picks.append(f"{shown or row} AS locator")
        told = ", ".join(f"coalesce({text}, '')" for text in texts)
        claim = f"'{self.dataset}/{table.key}:' || left(md5(concat_ws(chr(31), {told})), 16)"
        self.work.execute(
            f"CREATE TABLE {self._made(table)} AS SELECT {', '.join(picks)}, {claim} AS claim "
            f"FROM {self._rows(table)} r {' '.join(joins)}"
        )
        self.work.execute(f"DROP VIEW {self._rows(table)}")
        self.work.execute(f"DROP TABLE {self.work.name('raw ' + table.key)}")
        self._stated[table.key] = columns
        self._count_blanks(table)

    def _count_blanks(self, table: Table) -> None:
        """How many rows leave a start or an end empty, and what that means."""
        columns = self._stated[table.key]
        for end, read_as in (("start", "unknown"), ("end", table.fields["blank_end"])):
            if f"{end}_text" in columns and isinstance(table.kind, Edge):
                empty = f"coalesce({end}_text, '..') = '..'" if read_as == "open" else f"{end}_text IS NULL"
                total = self.work.execute(f"SELECT count(*) FROM {self._made(table)} WHERE {empty}")[0][0]
                if total:
                    what = f"no `{end}`: read as {'still going' if read_as == 'open' else 'unknown'}"
                    self.notices.append(Notice(table.shown, "blank", what, total))

    def _check_order(self, table: Table) -> None:
        """An end before its start: neither of the two can be trusted."""
        columns = self._stated[table.key]
        for start, end in (("start", "end"), ("founded", "closed")):
            if not {f"{start}_text", f"{end}_text"} <= {*columns}:
                continue
            wrong = f"{end}_latest < {start}_earliest"
            total, rows = self.work.execute(
                f'SELECT count(*), min("row", {SAMPLE}) FROM {self._made(table)} WHERE {wrong}'
            )[0]
            if total:
                what, done = f"`{end}` is before `{start}`", "both read as unknown"
                self._broke(table, "reversed_dates", what, done, total, rows)
                both = [each for each in columns if each.startswith((f"{start}_", f"{end}_"))]
                unknown = ", ".join(f"{each} = NULL" for each in both)
                self.work.execute(f"UPDATE {self._made(table)} SET {unknown} WHERE {wrong}")

    def _one_of_equals(self, table: Table) -> None:
        """Rows that state the same are one claim, that of the first."""
        made = self._made(table)
        self.work.execute(
            f"""CREATE TABLE {self.work.name("equal")} AS
            SELECT claim, min("row") AS first FROM {made} GROUP BY claim HAVING count(*) > 1"""
        )
        again = (
            f"""FROM {made} c JOIN {self.work.name("equal")} e ON c.claim = e.claim AND c."row" > e.first"""
        )
        total, rows = self.work.execute(f'SELECT count(*), min(c."row", {SAMPLE}) {again}')[0]
        if total:
            what = "says the same as a row before it: one claim"
            self.notices.append(Notice(table.shown, "duplicate", what, total, tuple(rows)))
            self.work.execute(
                f"""DELETE FROM {made} c USING {self.work.name("equal")} e
                WHERE c.claim = e.claim AND c."row" > e.first"""
            )
        self.work.execute(f"DROP TABLE {self.work.name('equal')}")

    def _write_rows(self, table: Table, source: str, published: date | None) -> None:
        kind, columns = table.kind, list(self._stated[table.key])
        values = {each: quoted(each) for each in columns}
        if kind.table == "EMPLOYED_AT":
            values["kind"] = "coalesce(kind, 'job')" if "kind" in columns else "'job'"
        if isinstance(kind, Edge):
            values["object"] = "object"
            if any(prop.name == "phase" for prop in kind.props):
                values["phase"] = self._phase(columns, published)
        else:
            values["name"] = "name"
        fixed = {"dataset": self.dataset, "source": source, "certainty": table.fields["certainty"]}
        names = ", ".join(quoted(each) for each in values)
        self.work.execute(
            f"""INSERT INTO {self.ledger.name(kind.table)}
                (claim, subject, locator, polarity, retracted, tabular, {", ".join(fixed)}, {names})
            SELECT claim, subject, locator, 'asserts', false, true, ?, ?, ?, {", ".join(values.values())}
            FROM {self._made(table)}""",
            list(fixed.values()),
        )

    def _phase(self, columns: list[str], published: date | None) -> str:
        dates = ("start_earliest", "end_text", "end_earliest", "end_latest")
        day = f"DATE '{published}'" if published else "NULL::DATE"
        worked_out = _PHASE.format(day=day)
        for each in dates:
            if each not in columns:
                worked_out = worked_out.replace(each, "NULL")
        return f"coalesce(phase, {worked_out})" if "phase" in columns else worked_out

    def _write_names(self, sources: Mapping[str, str]) -> None:
        """A claim for each thing that rows name and that no row of the dataset describes."""
        work = self.work
        kinds = sorted({pair for table in self.tables for pair in _kinds(table)})
        work.execute(f"CREATE TABLE {work.name('kinds')} (name VARCHAR, kind VARCHAR)")
        work.insert("kinds", ("name", "kind"), kinds)
        for label in sorted({label for table in self.tables for _, label, _ in sides(table)}):
            used, described = [], []
            for table in self.tables:
                for side, its_label, fixed in sides(table):
                    if its_label == label and isinstance(table.kind, Edge):
                        used.append(
                            f"""SELECT {side} AS id, '{table.key}' AS named_in,
                            '{sources[table.key]}' AS source,
                            '{table.fields["certainty"]}' AS certainty, '{fixed}' AS fixed,
                            min_by(locator, "row") AS locator FROM {self._made(table)} GROUP BY 1"""
                        )
                    elif its_label == label:
                        described.append(f"SELECT subject FROM {self._made(table)}")
            if not used:
                continue
            without = f"WHERE id NOT IN ({' UNION ALL '.join(described)})" if described else ""
            kind = ", coalesce(k.kind, nullif(u.fixed, '')) AS kind" if label != "Person" else ""
            work.execute(
                f"""INSERT INTO {self.ledger.name(label)} BY NAME
                WITH used AS (
                    SELECT id, source, min(named_in) AS named_in, min(certainty) AS certainty,
                        max(fixed) AS fixed, min_by(locator, named_in) AS locator
                    FROM ({" UNION ALL ".join(used)}) {without} GROUP BY id, source),
                named AS (SELECT id, max_by(name, (n, name)) AS name, flatten(list(names)) AS names
                    FROM {work.name(NAMES)} WHERE label = '{label}' GROUP BY id)
                SELECT concat('{self.dataset}/', u.source, ':', id) AS claim,
                    '{self.dataset}' AS dataset, u.source, id AS subject, 'asserts' AS polarity, u.certainty,
                    false AS retracted, true AS tabular, u.locator, n.name,
                    nullif(list_filter(list_sort(list_distinct(n.names)), lambda each: each <> n.name), [])
                        AS aliases {kind}
                FROM used u JOIN named n USING (id)
                LEFT JOIN {work.name("kinds")} k ON k.name = n.name"""
            )


def _told_twice(tables: Iterable[Table], section: str) -> Iterator[Problem]:
    """Names that the mappings give two ids, or two kinds."""
    said: dict[str, str] = {}
    for table in tables:
        pairs = table.fields["ids"].items() if section == "ids" else _kinds(table)
        for name, meaning in pairs:
            plain = " ".join(name.split())
            if said.setdefault(plain, meaning) != meaning:
                what = f"`{plain}` is `{said[plain]}` and `{meaning}`"
                yield table.tell((section,), what, "keep one of the two", at_key=True)


def _kinds(table: Table) -> Iterator[tuple[str, str]]:
    """What the mapping says of the kinds of organizations and projects."""
    for kind, names in table.fields["kinds"].items():
        for name in names:
            yield " ".join(name.split()), kind


def _same(table: Table, name: str, alias: str) -> str:
    """When a row's texts are those of a row of the values of a property."""
    precision = (table.fields["columns"].get(name) or {}).get("precision")
    same = f"{alias}.raw IS NOT DISTINCT FROM r.{quoted(column_of(table, name) or '')}"
    if precision:
        same += f" AND {alias}.precision IS NOT DISTINCT FROM r.{table.names[precision['column']]}"
    return same
