"""A file of rows as columns of text in DuckDB, with the number of each row; all its mistakes at once.

Rows are numbered as a spreadsheet shows them: in CSV and TSV the header is row 1.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from kb.errors import Problem, SeedError
from kb.ledger.ledger import Tables, quoted, quoted_text
from kb.names import nearest

LONGEST_ROW: Final = 1_000_000  # bytes of one row
SAMPLE: Final = 5  # rows that a message names
_DELIMITERS: Final = {"csv": ",", "tsv": "\t"}
_JSON: Final = {"json": "array", "jsonl": "newline_delimited", "ndjson": "newline_delimited"}
_TORN: Final = ("a compressed file that is torn, or not compressed as its name says", "copy it again")
_REJECTED: Final = {
    "MISSING COLUMNS": "too few columns",
    "TOO MANY COLUMNS": "too many columns",
    "UNQUOTED VALUE": "a quoted text that does not end, or goes on after its quote",
    "INVALID ENCODING": "not UTF-8",
    "LINE SIZE OVER MAXIMUM": f"longer than {LONGEST_ROW:,} bytes",
    "INVALID STATE": "a quote where none can be",
}


@dataclass(frozen=True)
class Wanted:
    """The columns that a mapping asks for, each with its place in the mapping's file, for messages.

    In DuckDB they are called c0, c1 and so on: names of a file can be alike but for case, or anything at all.
    """

    columns: Mapping[str, Problem]
    each: str | None
    delimiter: str | None


def read_rows(path: Path, shown: str, wanted: Wanted, work: Tables, table: str) -> None:
    """Make a table of the wanted columns as text, c0, c1, …, with `row`, from the file. Empty texts are NULL.

    Raises: SeedError if the file is not what its mapping says, or cannot be read to its end.
    """
    kind = file_kind(path)
    try:
        if kind in _DELIMITERS:
            _read_csv(path, shown, wanted, work, table, wanted.delimiter or _DELIMITERS[kind])
        elif kind == "parquet":
            _read_parquet(path, shown, wanted, work, table)
        else:
            _read_json(path, shown, wanted, work, table, _JSON[kind])
    except UnicodeDecodeError:  # DuckDB shows the bytes that it could not read
        raise SeedError([Problem(shown, 1, 1, "not UTF-8", "save the file as UTF-8")]) from None
    except duckdb.Error as error:
        raise SeedError([_unreadable(shown, str(error))]) from None
    if not work.execute(f"SELECT 1 FROM {work.name(table)} LIMIT 1"):
        raise SeedError([Problem(shown, 1, 1, "no rows", "take the table out of the mapping, or fill it")])


def file_kind(path: Path) -> str:
    """What the name of a file says it is, compression aside; empty if nothing that can be read.

    >>> file_kind(Path("spells.csv.gz")), file_kind(Path("notes.docx"))
    ('csv', '')
    """
    suffixes = [suffix.lstrip(".").lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in ("gz", "zst"):
        suffixes.pop()
    last = suffixes[-1] if suffixes else ""
    return last if last in (*_DELIMITERS, *_JSON, "parquet") else ""


def rows_shown(numbers: Sequence[int], total: int) -> str:
    """`row 7`, or `rows 7, 9, 12, …` for the first of many."""
    listed = ", ".join(f"{number:,}" for number in numbers[:SAMPLE])
    return f"row{'s' * (total > 1)} {listed}" + (", …" if total > SAMPLE else "")


def _read_csv(path: Path, shown: str, wanted: Wanted, work: Tables, table: str, delimiter: str) -> None:
    header = _header(path, shown, work, delimiter)
    _check_columns(wanted, header, shown)
    doubled = sorted({name for name in header if header.count(name) > 1} & set(wanted.columns))
    if doubled:
        what = f"two columns are called `{doubled[0]}`"
        raise SeedError([Problem(shown, 1, 1, what, "give one of them another name")])
    # Columns that nobody asks for may have any name, even none or the same one twice.
    order = list(wanted.columns)
    names = [f"c{order.index(name)}" if name in order else f"x{n}" for n, name in enumerate(header)]
    columns = ", ".join(f"{name}: 'VARCHAR'" for name in names)
    picks = ", ".join(f"{_blank_is_null(f'c{n}')} AS c{n}" for n in range(len(order)))
    work.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    try:
        work.execute(
            f"""CREATE TABLE {work.name(table)} AS
            SELECT row_number() OVER () + 1 AS "row", {picks} FROM read_csv(?, auto_detect = false,
                columns = {{{columns}}}, delim = ?, quote = '"', escape = '"', header = true, nullstr = '',
                max_line_size = {LONGEST_ROW}, strict_mode = true, store_rejects = true)""",
            [_exactly(path), delimiter],
        )
        rejected = work.execute(
            f"""SELECT error_type, count(*), min(line, {SAMPLE})
            FROM (SELECT DISTINCT error_type, line FROM reject_errors) GROUP BY 1 ORDER BY 3, 1"""
        )
    finally:
        work.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    if rejected:
        raise SeedError([_rejected(shown, *row) for row in rejected])


def _rejected(shown: str, error: object, total: int, lines: Sequence[int]) -> Problem:
    what = _REJECTED.get(str(error), str(error).lower())
    if total > 1:
        listed = ", ".join(f"{line:,}" for line in lines)
        what = f"{total:,} rows: {what}, on lines {listed}" + (", …" if total > len(lines) else "")
    return Problem(shown, int(lines[0]), 1, what, "mend the file, or say its `delimiter:`")


def _header(path: Path, shown: str, work: Tables, delimiter: str) -> list[str]:
    """The names in the first line."""
    rows = work.execute(
        f"""SELECT line FROM read_csv(?, auto_detect = false, columns = {{line: 'VARCHAR'}}, delim = '\x01',
            quote = '', escape = '', header = false, max_line_size = {LONGEST_ROW}) LIMIT 1""",
        [_exactly(path)],
    )
    if not rows or rows[0][0] is None:
        raise SeedError([Problem(shown, 1, 1, "an empty file", "its first line names the columns")])
    return [name.strip() for name in next(csv.reader([rows[0][0].lstrip("\ufeff")], delimiter=delimiter))]


def _read_parquet(path: Path, shown: str, wanted: Wanted, work: Tables, table: str) -> None:
    described = work.execute("DESCRIBE SELECT * FROM read_parquet(?)", [_exactly(path)])
    types = {row[0]: row[1] for row in described}
    _check_columns(wanted, list(types), shown)
    parts = []
    for n, name in enumerate(wanted.columns):
        column = quoted(name)
        # A time of day says nothing more of a day.
        text = (
            f"strftime({column}, '%Y-%m-%d')" if types[name].startswith("TIMESTAMP") else f"{column}::VARCHAR"
        )
        parts.append(f"{_blank_is_null(text)} AS c{n}")
    work.execute(
        f"""CREATE TABLE {work.name(table)} AS
        SELECT row_number() OVER () AS "row", {", ".join(parts)} FROM read_parquet(?)""",
        [_exactly(path)],
    )


def _read_json(path: Path, shown: str, wanted: Wanted, work: Tables, table: str, layout: str) -> None:
    """Records, or with `each` the items of a list in every record; a column is a path of keys."""
    limit = f"maximum_object_size = {16 * LONGEST_ROW}"
    records = f"""SELECT row_number() OVER () AS "row", json
        FROM read_json_objects(?, format = '{layout}', {limit})"""
    if wanted.each:
        items = f"unnest(json_extract(json, {quoted_text(_path(wanted.each) + '[*]')}))"
        records = f"""SELECT "row", json, {items} AS item FROM ({records})"""
    parts, paths = [], []
    for n, name in enumerate(wanted.columns):
        inside = wanted.each is not None and name.startswith(wanted.each + ".")
        holder = "item" if inside else "json"
        path_of = _path(name.removeprefix(f"{wanted.each}.") if inside else name)
        text = f"json_extract_string({holder}, {quoted_text(path_of)})"
        parts.append(f"{_blank_is_null(text)} AS c{n}")
        paths.append(f"count(json_extract({holder}, {quoted_text(path_of)}))")
    work.execute(f"CREATE TABLE {work.name(table + ' json')} AS {records}", [_exactly(path)])
    try:
        source = work.name(table + " json")
        found = work.execute(f"SELECT count(*), {', '.join(paths)} FROM {source}")[0]
        if wanted.each:
            _check_lists(path, shown, wanted.each, work, layout, limit)
        _check_scalars(shown, wanted, work, source)
        if found[0]:
            held = [name for name, count in zip(wanted.columns, found[1:], strict=True) if count]
            missing = [place for name, place in wanted.columns.items() if name not in held]
            if missing:
                raise SeedError([_missing(place, shown, "no record has") for place in missing])
        work.execute(f"""CREATE TABLE {work.name(table)} AS SELECT "row", {", ".join(parts)} FROM {source}""")
    finally:
        work.execute(f"DROP TABLE {work.name(table + ' json')}")


def _check_lists(path: Path, shown: str, each: str, work: Tables, layout: str, limit: str) -> None:
    """Refuse records whose list of rows is something else; a record without one has no rows."""
    kind = f"json_type(json, {quoted_text(_path(each))})"
    total, first, wrong = work.execute(
        f"""SELECT count(*), min("row", {SAMPLE}), any_value(kind) FROM (
            SELECT row_number() OVER () AS "row", {kind} AS kind
            FROM read_json_objects(?, format = '{layout}', {limit}))
        WHERE kind NOT IN ('ARRAY', 'NULL')""",
        [_exactly(path)],
    )[0]
    if total:
        what = f"`{each}` is no list but {wrong.lower()}, {rows_shown(first, total)}"
        raise SeedError([Problem(shown, first[0], 1, what, "mend the records")])


def _check_scalars(shown: str, wanted: Wanted, work: Tables, source: str) -> None:
    """Refuse values that are lists or objects where a text is asked for."""
    problems = []
    for name, place in wanted.columns.items():
        inside = wanted.each is not None and name.startswith(f"{wanted.each}.")
        path = _path(name.removeprefix(f"{wanted.each}.") if inside else name)
        kind = f"json_type({'item' if inside else 'json'}, {quoted_text(path)})"
        total, first = work.execute(
            f"""SELECT count(*), min("row", {SAMPLE}) FROM {source} WHERE {kind} IN ('ARRAY', 'OBJECT')"""
        )[0]
        if total:
            what = f"{place.what} is a list or an object, {rows_shown(first, total)}"
            problems.append(Problem(shown, first[0], 1, what, "name a path to a text, or `each:` for a list"))
    if problems:
        raise SeedError(problems)


def _exactly(path: Path) -> str:
    """The path for DuckDB, which would read `a[1].csv` as a pattern.

    >>> _exactly(Path("a[1].csv"))
    'a[[]1].csv'
    """
    return re.sub(r"[\[*?]", lambda found: f"[{found[0]}]", str(path))


def _path(name: str) -> str:
    """A path of keys as DuckDB reads it.

    >>> _path("company.name")
    '$."company"."name"'
    """
    return "$" + "".join(f'."{key}"' for key in name.replace('"', "").split("."))


def _check_columns(wanted: Wanted, header: Sequence[str], shown: str) -> None:
    problems = []
    for name, place in wanted.columns.items():
        if name not in header:
            near = nearest(name, header)
            hint = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(header[:12])}"
            problems.append(_missing(place, shown, "there is no such column in", hint))
    if problems:
        raise SeedError(problems)


def _missing(place: Problem, shown: str, why: str, hint: str = "") -> Problem:
    what = f"{place.what}: {why} {shown}" if why.endswith("in") else f"{place.what}: {why} it in {shown}"
    return Problem(place.file, place.line, place.column, what, hint or "check the name of the column")


def _blank_is_null(text: str) -> str:
    """Text with its blanks in order: outer ones go, inner ones are one space; an empty one is NULL."""
    return rf"nullif(trim(regexp_replace({text}, '\s+', ' ', 'g')), '')"


def _unreadable(shown: str, message: str) -> Problem:
    """What DuckDB says of a file, in a few words: it tells of the query too, and shows the file's text."""
    found = re.search(r"CSV Error on Line: (\d+)", message)
    line = int(found[1]) if found else 1
    first = re.sub(r"^[A-Z][A-Za-z ]*(Error|Exception): ", "", " ".join(message.split("\n\n")[0].split()))
    said = {
        "GZIP": _TORN,
        "gzip": _TORN,
        "ZSTD": _TORN,
        "zstd": _TORN,
        "unicode": ("not UTF-8", "save the file as UTF-8"),
        "Maximum line size": (f"a row longer than {LONGEST_ROW:,} bytes", "mend the file"),
        "maximum_object_size": (f"a record longer than {16 * LONGEST_ROW:,} bytes", "mend the file"),
        "Malformed JSON": ("not JSON", "check it with another program"),
        "parquet": ("not a Parquet file, or a torn one", "copy it again"),
        "Parquet": ("not a Parquet file, or a torn one", "copy it again"),
        "No files found": ("there is no such file", "check `file:`"),
    }
    for word, (what, hint) in said.items():
        if word in message:
            where = re.search(r"at byte \d+ in line (\d+)|in record/value (\d+)", message)
            if where and word == "Malformed JSON":
                return Problem(shown, int(where[1] or where[2]), 1, what, hint)
            return Problem(shown, line, 1, what, hint)
    return Problem(shown, line, 1, f"cannot be read: {first[:160]}", "check the file")
