"""The mapping of a table: which column is what, how dates and blanks are read, what is left out and why."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from kb.ledger.strict import EntityId, Slug, Strict, Text, custom
from kb.ontology import CERTAINTIES, EDGES, ORGANIZATION_KINDS, PROJECT_KINDS, SECTIONS, Edge, Node

FORMATS: Final = ("csv", "tsv", "json", "jsonl", "parquet")
PRECISIONS: Final = ("day", "month", "year", "about_year", "unknown")
# Edges whose two ends have different words, and nodes of which a table can be a list.
ROWS: Final[Mapping[str, Node | Edge]] = {
    **{key: EDGES[label] for key, label in (("jobs", "EMPLOYED_AT"),)},
    **{
        edge.key: edge
        for edge in EDGES.values()
        if edge.curated and edge.target and edge.starts[0].lower() != edge.target and edge.label != "ABOUT"
    },
    **{name: SECTIONS[name] for name in ("people", "organizations", "projects")},
}


def _one_column(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


def _one_name(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Words = Annotated[list[str], BeforeValidator(_listed)]


class End(Strict):
    """The columns that name one end of an edge, or the node of a row."""

    name: Text | None = Field(None, description="Column with the name.")
    id: Text | None = Field(None, description="Column with what the table calls it; else its name is that.")
    kind: Literal[(*ORGANIZATION_KINDS, *PROJECT_KINDS)] | None = Field(  # type: ignore[valid-type]
        None, description="What kind of organization or project they are, if `kinds` does not say."
    )

    @model_validator(mode="after")
    def _named(self) -> "End":
        if self.name is None and self.id is None:
            raise custom("an end without a column", "add `name:`, `id:` or both")
        return self


class Precision(Strict):
    """A column that says how much of a date is meant."""

    column: Text = Field(description="Name of the column.")
    values: dict[str, Literal["day", "month", "year", "about_year", "unknown"]] = Field(
        {}, description="Words of the table, if others than day, month and year."
    )


class Column(Strict):
    """The column that states a property."""

    column: Text = Field(description="Name of the column.")
    values: dict[str, str] = Field({}, description="Words of the table, and what they mean; case aside.")
    layout: Annotated[list[Text], BeforeValidator(_listed)] = Field(
        [], description="Of a date, as strftime writes it, e.g. %d.%m.%Y; else EDTF or ISO 8601."
    )
    precision: Annotated[Precision, BeforeValidator(_one_column)] | None = Field(
        None, description="Of a date: the column that says how much of it is meant."
    )
    split: Annotated[str, StringConstraints(min_length=1, max_length=5)] | None = Field(
        None, description="Of a list: what stands between two items."
    )


class Condition(Strict):
    """What the text of a column must be; all that is given must hold."""

    column: Text = Field(description="Name of the column.")
    equals: Words | None = Field(None, description="One of these texts.")
    contains: Words | None = Field(None, description="A part of the text is one of these.")
    blank: bool | None = Field(None, description="Whether it is empty.")


class Skip(Strict):
    """Rows that are left out, and why."""

    when: list[Condition] = Field(min_length=1, description="All of this holds.")
    why: Text = Field(description="The reason, for the notice.")


class Rules(Strict):
    """What is done with a row that breaks a rule. Where none is given, the row is a mistake."""

    blank_name: Literal["leave_out"] | None = Field(None, description="A row that does not say who or where.")
    bad_text: Literal["leave_out"] | None = Field(
        None, description="A row with control characters, or a text over 2,000 characters."
    )
    bad_date: Literal["unknown"] | None = Field(None, description="A date that is none.")
    reversed_dates: Literal["unknown"] | None = Field(
        None, description="An end before its start: neither is known."
    )
    no_precision: Literal["day", "month", "year", "about_year", "unknown"] | None = Field(
        None, description="A date whose precision is empty."
    )
    unlisted_value: Literal["unknown"] | None = Field(
        None, description="A word that is no value of its property."
    )


class Table(Strict):
    """One file of rows, and how each becomes a claim."""

    file: Text = Field(description="CSV, TSV, JSON, JSON lines or Parquet in this folder; .gz and .zst too.")
    rows: Literal[tuple(ROWS)] = Field(description="What a row is, by the word that seed files use.")  # type: ignore[valid-type]
    each: Text | None = Field(None, description="In JSON: the list inside a record whose items are the rows.")
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] | None = Field(
        None, description="Of a CSV file, if it is no comma."
    )
    person: Annotated[End, BeforeValidator(_one_name)] | None = Field(None, description="Who.")
    organization: Annotated[End, BeforeValidator(_one_name)] | None = Field(
        None, description="Which organization."
    )
    project: Annotated[End, BeforeValidator(_one_name)] | None = Field(None, description="Which project.")
    at: Annotated[End, BeforeValidator(_one_name)] | None = Field(None, description="The employer of a job.")
    team: Annotated[End, BeforeValidator(_one_name)] | None = Field(None, description="Which team.")
    university: Annotated[End, BeforeValidator(_one_name)] | None = Field(
        None, description="Which university."
    )
    columns: dict[str, Annotated[Column, BeforeValidator(_one_column)]] = Field(
        {}, description="For each property the column that states it."
    )
    constants: dict[str, Text] = Field({}, description="Properties that are the same in all rows.")
    blank_end: Literal["unknown", "open"] = Field("unknown", description="How an empty end is read.")
    leave_out: list[Text] = Field([], description="Names that stand for no organization, e.g. Independent.")
    only: list[Condition] = Field([], description="Rows to take: those for which all of this holds.")
    skip: list[Skip] = Field([], description="Rows to leave out, with the reason.")
    ids: dict[Text, EntityId] = Field({}, description="Names that mean an id, e.g. OpenAI: openai.")
    kinds: dict[Literal[(*ORGANIZATION_KINDS, *PROJECT_KINDS)], list[Text]] = Field(  # type: ignore[valid-type]
        {}, description="What kind the named organizations or projects are."
    )
    certainty: Literal[CERTAINTIES] = Field("reported", description="How sure the table is.")  # type: ignore[valid-type]
    locator: Words | None = Field(
        None, description="Columns that tell the place in the source; else the number of the row."
    )
    source: Slug | None = Field(None, description="Which source, if not the file's.")
    rules: Rules = Field(
        default_factory=Rules.model_construct, description="What is done with rows that break a rule."
    )
