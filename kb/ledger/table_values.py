"""What a column's texts mean: dates with their bounds, words, numbers; each distinct text is read once."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Final

from kb.dates import bounds
from kb.errors import DateError
from kb.ledger.ledger import Tables, quoted
from kb.ledger.table_rows import Table
from kb.lengths import parse_length
from kb.ontology import Prop

Value = tuple[Any, ...]  # of one property: its columns in the ledger; a date has three
_CUT: Final = {"day": 10, "month": 7, "year": 4, "about_year": 4}
_ISO: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_OPEN: Final = ".."


class Unread(Exception):
    """A text that is no value of its property; its argument is the rule that it breaks."""


def read_values(table: Table, work: Tables) -> dict[str, str]:
    """Make a table `KEY/NAME` (raw, precision, columns of the ledger, broken) for each property that is read.

    Returns the names of these tables, by property. A property that is any text at all has none.
    """
    made = {}
    for name, prop in table.props.items():
        column = column_of(table, name)
        if column is None or is_plain(table, name, prop):
            continue
        precision = table.fields["columns"].get(name, {}).get("precision")
        picked = table.names[precision["column"]] if precision else "NULL"
        texts = work.execute(
            f"""SELECT {quoted(column)} AS raw, {picked} AS precision FROM {work.name("rows " + table.key)}
            WHERE raw IS NOT NULL OR precision IS NOT NULL GROUP BY ALL ORDER BY ALL"""
        )
        reader = _reader(table, name, prop)
        names = columns_of(prop)
        rows = []
        for raw, precise in texts:
            try:
                rows.append((raw, precise, *reader(raw, precise), None))
            except Unread as broken:
                rows.append((raw, precise, *([None] * len(names)), str(broken)))
        made[name] = f"{table.key}/{name}"
        types = ", ".join(f"{quoted(each)} {_sql_type(prop, each)}" for each in names)
        work.execute(
            f"CREATE TABLE {work.name(made[name])} (raw VARCHAR, precision VARCHAR, {types}, broken VARCHAR)"
        )
        work.insert(made[name], ("raw", "precision", *names, "broken"), rows)
    return made


def columns_of(prop: Prop) -> tuple[str, ...]:
    """The columns of the ledger that a property fills."""
    if not prop.part:
        return (prop.name,)
    return tuple(f"{prop.part}_{end}" for end in ("text", "earliest", "latest"))


def column_of(table: Table, name: str) -> str | None:
    """The column of a table's rows that states a property: the file's, or the constant's."""
    column = table.fields["columns"].get(name)
    if column:
        return table.names[column["column"]]
    return f"constant {name}" if name in table.fields["constants"] else None


def is_plain(table: Table, name: str, prop: Prop) -> bool:
    """Whether a property takes the text of its column as it stands."""
    words = (table.fields["columns"].get(name) or {}).get("values")
    checked = (
        prop.part or prop.values or prop.type != "text" or prop.name in ("website", "url", "tenure_text")
    )
    return not (words or checked)


def _sql_type(prop: Prop, column: str) -> str:
    if prop.part:
        return "VARCHAR" if column.endswith("_text") else "DATE"
    return {"integer": "BIGINT", "number": "DOUBLE", "list": "VARCHAR[]", "boolean": "BOOLEAN"}.get(
        prop.type, "VARCHAR"
    )


def _reader(table: Table, name: str, prop: Prop) -> Callable[[str | None, str | None], Value]:
    """What reads one text of a property, with the text of its precision; raises Unread."""
    column = table.fields["columns"].get(name) or {}
    words = {key.strip().lower(): value for key, value in (column.get("values") or {}).items()}
    if prop.part:
        precise = column.get("precision") or {}
        means = {key.strip().lower(): value for key, value in (precise.get("values") or {}).items()}
        lacking = table.fields["rules"]["no_precision"]
        return lambda raw, cut: _date(
            raw, cut, column.get("layout") or [], means, lacking, asked="column" in precise
        )
    split = column.get("split")

    def plain(raw: str | None, _: str | None) -> Value:
        if raw is None:
            return (None,)
        text = words.get(raw.lower(), raw)
        if prop.type == "list":
            parts = [part.strip() for part in (text.split(split) if split else [text])]
            return (sorted({part for part in parts if part}) or None,)
        return (_value(text, prop),)

    return plain


def _value(text: str, prop: Prop) -> Any:
    if prop.values:
        if text.lower() not in prop.values:
            raise Unread("unlisted_value")
        return text.lower()
    if prop.name in ("website", "url") and not re.fullmatch(r"https?://[^\s<>\"']+", text):
        raise Unread("unlisted_value")
    if prop.name == "tenure_text":
        try:
            parse_length(text)
        except DateError:
            raise Unread("bad_date") from None
    if prop.type in ("integer", "number"):
        try:
            number = float(text)
        except ValueError:
            raise Unread("unlisted_value") from None
        if not abs(number) <= 1e15 or (prop.type == "integer" and not (number == int(number) and number > 0)):
            raise Unread("unlisted_value")
        return int(number) if prop.type == "integer" else number
    return text


def _date(
    raw: str | None,
    precision: str | None,
    layouts: Sequence[str],
    means: dict[str, str],
    lacking: str | None,
    *,
    asked: bool,
) -> Value:
    """Text and bounds of a date, cut to what is meant of it."""
    if raw is None:
        return (None, None, None)
    text = _laid_out(raw, layouts)
    if asked and text != _OPEN:
        word = (precision or "").lower()
        cut = means.get(word, word) or lacking
        if cut is None:
            raise Unread("no_precision")
        if cut == "unknown":
            return (None, None, None)
        if cut not in _CUT:
            raise Unread("unlisted_value")
        if not _ISO.fullmatch(text):
            raise Unread("bad_date")
        text = text[: _CUT[cut]] + ("~" if cut == "about_year" else "")
    try:
        found = bounds(text)
    except DateError:
        raise Unread("bad_date") from None
    return (text, found.earliest, found.latest)


def _laid_out(raw: str, layouts: Sequence[str]) -> str:
    """The date as ISO 8601, with as much of it as its layout has."""
    if not layouts:
        return raw
    for layout in layouts:
        try:
            day: date = datetime.strptime(raw, layout).date()
        except ValueError:
            continue
        codes = set(re.findall(r"%-?([a-zA-Z])", layout))
        whole = day.isoformat()
        if codes & set("djxcU"):
            return whole
        return whole[:7] if codes & set("mbB") else whole[:4]
    raise Unread("bad_date")
