"""The pages of the ontology: the graph's types, and the fields of seed files."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from reference_table import MADE, table

from kb.ledger.decision_models import DECISIONS
from kb.ledger.models import Stated, json_schema
from kb.ontology import EDGE_COMMON, EDGES, KIND_LABELS, NODE_COMMON, NODES, SECTIONS, Edge, Node, Prop, types
from kb.views.schema import mermaid

ONTOLOGY_INTRODUCTION = f"""\
# Ontology

{MADE} `kb schema` shows the same in a terminal.

A **partial date** `X_*` is three properties: `X_earliest` and `X_latest`, the first and the last day
that its text allows, as dates, and `X_text`, the text as it was curated, see [Dates and
lengths](../explanation/dates.md). **From** says whether a seed file may state a property, or whether it
is worked out.
"""
SEED_FILES_INTRODUCTION = f"""\
# Seed files

{MADE} The same as a JSON Schema for editors: `kb schema --format jsonschema`.

A dataset is a folder of `*.yaml` files. Any section may stand in any of them, and in several. A file may
start with `source: ID`, the source of every claim in it. Under a section each entry begins with its id:
lower-case ASCII words joined by `-`. Dates are [EDTF text](../explanation/dates.md). Every entry, and
every item of a list under it, is one claim and has the fields of the first table; only sources and the
dataset itself are not claimed by anyone. A claim needs `lines`, or a `locator` where the source has no
lines; a source needs `published`.

[Add a person](../how-to/add-a-person.md) shows a whole folder.
"""
FIELD_HEADER: Final = ("field", "meaning", "")
_PLAIN: Final = {"Dataset", "Source", "Table", *(model.__name__ for model in DECISIONS.values())}  # no claims
Schema = Mapping[str, Any]


def ontology_page() -> str:
    """Node and edge types with their properties."""
    text = f"{ONTOLOGY_INTRODUCTION}\n```mermaid\n{mermaid(list(types()))}```\n"
    text += "\n## Node types\n\n" + table(
        ["type", "meaning", "in seed files"],
        (
            [f"[`{n.label}`](#{n.label.lower()})", n.meaning, f"`{n.section}:`" * bool(n.section)]
            for n in NODES.values()
        ),
    )
    text += "\n## Edge types\n\n" + table(
        ["type", "from", "to", "meaning"],
        (
            [f"[`{e.label}`](#{e.label.lower()})", ", ".join(e.starts), ", ".join(e.ends), e.meaning]
            for e in EDGES.values()
        ),
    )
    text += "\n## Properties of every node\n\n" + properties(NODE_COMMON)
    text += "\n## Properties of every edge\n\n" + properties(EDGE_COMMON)
    text += "\n## Properties of each node type\n" + "".join(map(node_section, NODES.values()))
    text += "\n## Properties of each edge type\n" + "".join(map(edge_section, EDGES.values()))
    return text


def node_section(node: Node) -> str:
    """One node type."""
    text = f"\n### {node.label}\n\n{node.meaning}"
    if node.kinds:
        labels = ", ".join(f"`{KIND_LABELS[kind]}`" for kind in node.kinds)
        text += f" Second labels: {labels}."
    if node.section:
        text += f" In seed files: under `{node.section}:`."
    return f"{text}\n\n{properties(node.own)}"


def edge_section(edge: Edge) -> str:
    """One edge type."""
    ends = f"(:{'|'.join(edge.starts)})-[:{edge.label}]->(:{'|'.join(edge.ends)})"
    text = f"\n### {edge.label}\n\n`{ends}`\n\n{edge.meaning}"
    if edge.curated:
        end = f", with the other end as `{edge.target}:`" if edge.target else ""
        text += f" In seed files: `{edge.key}:`{end}."
    else:
        text += " Made by kb, never curated."
    return f"{text}\n" + (f"\n{properties(edge.own)}" if edge.own else "\nNo properties of its own.\n")


def properties(props: Sequence[Prop]) -> str:
    """A table of properties; the three of a partial date are one row."""
    rows = []
    for prop in props:
        if prop.part and not prop.name.endswith("_text"):
            continue
        name = f"`{prop.part}_*`" if prop.part else f"`{prop.name}`"
        kind = "partial date" if prop.part else prop.type
        meaning = prop.meaning.removesuffix(" EDTF, as curated.") if prop.part else prop.meaning
        notes = [meaning]
        if prop.values:
            notes.append(f"One of {', '.join(f'`{value}`' for value in prop.values)}.")
        if prop.required:
            notes.append("Required.")
        rows.append([name, kind, "seeds" if prop.curated else "worked out", " ".join(notes)])
    return table(["property", "type", "from", "meaning"], rows)


def seed_files_page() -> str:
    """The sections of seed files with their fields, from the JSON Schema that editors use."""
    schema = json_schema()
    rows = [[f"`{name}`", str(field.description), ""] for name, field in Stated.model_fields.items()]
    text = SEED_FILES_INTRODUCTION + "\n## Every claim\n\n" + table(FIELD_HEADER, rows)
    for section in ("dataset", *SECTIONS, *DECISIONS, "tables"):
        found = schema["properties"][section]
        text += f"\n## {section}\n\n{found['description']}\n\n" + fields(
            schema, referred(found)[0], f"{section}."
        )
    return text


def fields(schema: Schema, name: str, path: str) -> str:
    """The fields of a model, and below them those of the lists and mappings in it."""
    model, rows, below = schema["$defs"][name], [], ""
    for field, said in model["properties"].items():
        if field in Stated.model_fields and name not in _PLAIN:
            continue
        notes = [said.get("description", "The id."), *listed(said)]
        rows.append([f"`{field}`", " ".join(notes), "required" if field in model.get("required", []) else ""])
        for inner in referred(said):
            below += (
                f"\n### {path}{field}\n\n{said['description']}\n\n{fields(schema, inner, f'{path}{field}.')}"
            )
    return table(FIELD_HEADER, rows) + below


def referred(said: Any) -> list[str]:
    """Names of the models that a part of the schema refers to."""
    if isinstance(said, dict):
        here = [said["$ref"].rpartition("/")[2]] if "$ref" in said else []
        return [*here, *(name for value in said.values() for name in referred(value))]
    return [name for item in said for name in referred(item)] if isinstance(said, list) else []


def listed(said: Schema) -> list[str]:
    """A sentence with the values that are allowed, if not everything is."""
    choices = [option["enum"] for option in (said, *said.get("anyOf", [])) if "enum" in option]
    return [f"One of {', '.join(f'`{value}`' for value in values)}." for values in choices]
