"""The shape of seed files: pydantic models made from the ontology, and the JSON Schema that editors use."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    StringConstraints,
    WithJsonSchema,
    create_model,
)

from kb.errors import DateError
from kb.ledger.decision_models import DECISIONS
from kb.ledger.mapping import Table
from kb.ledger.strict import Date, Slug, Strict, Text, custom
from kb.lengths import parse_length
from kb.ontology import CERTAINTIES, EDGES, NODES, SECTIONS, Edge, Node, Prop

Lines = tuple[tuple[int, int], ...]
LONGEST: Final = 12 * 100  # months of a tenure
_RANGE: Final = re.compile(r"(\d{1,7})(?:\s*-\s*(\d{1,7}))?")


def _length(text: str) -> str:
    try:
        if parse_length(text).longest.months > LONGEST:
            raise custom(f"`{text}` is longer than a life", "check the number and its unit")
    except DateError as error:
        raise custom(error.what, error.hint[:1].lower() + error.hint[1:]) from None
    return text


def parse_lines(text: str) -> Lines:
    """Ranges of lines of a document.

    >>> parse_lines("209-212, 220")
    ((209, 212), (220, 220))
    """
    found = []
    for part in text.split(","):
        match = _RANGE.fullmatch(part.strip())
        if not match:
            raise custom(f"`{text}` is no range of lines", "write 209 or 209-212 or 209-212, 220")
        first, last = int(match[1]), int(match[2] or match[1])
        if not 0 < first <= last:
            raise custom(f"`{part.strip()}` is no range of lines", "the first line is 1, and a range goes up")
        found.append((first, last))
    return tuple(found)


def _lines(text: str) -> str:
    parse_lines(text)
    return text


def _url(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s<>\"']+", text):
        raise custom(f"`{text}` is no web address", "write http://… or https://…")
    return text


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


_line_ranges = WithJsonSchema(
    {
        "anyOf": [
            {"type": "integer", "minimum": 1},
            {"type": "string", "pattern": r"^\d+(-\d+)?(, ?\d+(-\d+)?)*$"},
        ]
    }
)
Tenure = Annotated[str, AfterValidator(_length), WithJsonSchema({"type": "string"})]
Number = Annotated[float, Field(allow_inf_nan=False)]
Roles = Annotated[list[Slug], BeforeValidator(_listed), WithJsonSchema({"type": ["string", "array"]})]
_TYPES: Final[Mapping[str, Any]] = {
    "text": Text,
    "number": Number,
    "integer": Annotated[int, Field(ge=0, le=1_000_000_000)],
    "boolean": bool,
    "list": list[Text],
}
_SPECIAL: Final[Mapping[str, Any]] = {
    "tenure_text": Tenure,
    "website": Annotated[Text, AfterValidator(_url)],
    "url": Annotated[Text, AfterValidator(_url)],
    "sha256": Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")],
}


class Stated(Strict):
    """What every claim may say of itself."""

    lines: Annotated[str, AfterValidator(_lines), _line_ranges] | None = Field(
        None, description="Lines of the source."
    )
    locator: Text | None = Field(None, description="Place in a source that has no lines, e.g. p. 3.")
    certainty: Literal["confirmed", "reported", "rumoured"] = Field("reported", description="How it is said.")
    denies: bool = Field(False, description="The source denies it.")
    note: Text | None = Field(None, description="In the curator's own words.")
    source: Slug | None = Field(None, description="Which source, if not the file's.")


assert set(CERTAINTIES) == set(Stated.model_fields["certainty"].annotation.__args__)  # type: ignore[union-attr]  # noqa: S101


def _field(prop: Prop) -> tuple[str, Any]:
    """The name and the pydantic definition of a property in a seed file; a partial date is one field."""
    if prop.part:
        return prop.part, (
            Date | None,
            Field(None, description=prop.meaning.split(". ")[0] + ".", alias=None),
        )
    name = {"tenure_text": "tenure", "destination": "to"}.get(prop.name, prop.name)
    kind: Any = Literal[prop.values] if prop.values else _SPECIAL.get(prop.name) or _TYPES[prop.type]
    if prop.name == "destination":
        kind = Slug
    default = ... if prop.required else None
    return name, (kind if prop.required else kind | None, Field(default, description=prop.meaning))


def _fields(kind: Node | Edge, *left_out: str) -> dict[str, Any]:
    own = () if kind.table in ("Source", "Dataset") else Stated.model_fields
    return dict(_field(prop) for prop in kind.props if prop.curated and prop.name not in (*left_out, *own))


def _model(name: str, base: type[BaseModel], fields: dict[str, Any]) -> type[BaseModel]:
    model: type[BaseModel] = create_model(name, __base__=base, **fields)
    return model


def _edge_model(edge: Edge) -> type[BaseModel]:
    fields = _fields(edge)
    if edge.target:
        ends = edge.target if edge.label == "ABOUT" else " or ".join(end.lower() for end in edge.ends)
        fields = {edge.target: (Slug, Field(description=f"Id of the {ends}.")), **fields}
    base: type[BaseModel] = Stated
    if edge.label == "EMPLOYED_AT":
        left = _edge_model(EDGES["DEPARTED"])
        fields |= {
            "spell": (
                Annotated[int, Field(ge=1, le=999)] | None,
                Field(None, description="Number of the spell."),
            ),
            "role": (Roles | None, Field(None, description="Role or roles held, by id.")),
            "left": (left | None, Field(None, description=EDGES["DEPARTED"].meaning)),
        }
    elif edge.label == "ABOUT":
        base = Strict  # the figure itself says where it stands
    return _model(edge.label.title().replace("_", ""), base, fields)


def _node_model(node: Node) -> type[BaseModel]:
    fields = _fields(node)
    for edge in EDGES.values():
        if not edge.curated or node.label != edge.starts[0] or edge.key in ("left", "role"):
            continue
        item: Any = list[Slug] if edge.label == "INVOLVES" else list[_edge_model(edge)]  # type: ignore[misc]
        fields[edge.key] = (item | None, Field(None, description=edge.meaning))
    return _model(node.label, Stated if node.label != "Source" else Strict, fields)


@cache
def file_model() -> type[BaseModel]:
    """The model of a whole seed file. Every section is optional; a folder is the sum of its files."""
    dataset = NODES["Dataset"]
    fields: dict[str, Any] = {
        "source": (Slug | None, Field(None, description="The source of every claim in this file.")),
        "dataset": (
            _model("Dataset", Strict, {"id": (Slug, ...), **_fields(dataset, "name", "name_zh", "aliases")})
            | None,
            Field(None, description=dataset.meaning),
        ),
    }
    fields["tables"] = (dict[Slug, Table], Field({}, description="Files of rows that are claims too."))
    for section, node in SECTIONS.items():
        fields[section] = (dict[Slug, _node_model(node)], Field({}, description=node.meaning))  # type: ignore[misc]
    for section, model in DECISIONS.items():
        fields[section] = (list[model], Field([], description=model.__doc__))  # type: ignore[valid-type]
    return _model("SeedFile", Strict, fields)


def json_schema() -> dict[str, Any]:
    """A JSON Schema of seed files, for editors that complete and check YAML."""
    schema = file_model().model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Seeds"}
