"""The ontology as rows, as text and as a diagram."""

import io
import re

import pytest

from kb.errors import OntologyError
from kb.ontology import EDGES, KIND_LABELS, NODES, primary, types
from kb.views.schema import chosen, mermaid, rows, write_schema


def test_each_type_and_each_property_has_a_row():
    found = [(row[0], row[4]) for row in rows(chosen(None))]
    assert found == [(kind.label, name) for kind in types() for name in (None, *(p.name for p in kind.props))]


def test_a_row_of_an_edge_has_its_ends():
    first = next(rows(chosen("EMPLOYED_AT")))
    assert first[:5] == ("EMPLOYED_AT", "edge", ["Person"], ["Organization"], None)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        pytest.param("Person", "Person", id="label"),
        pytest.param("employed_at", "EMPLOYED_AT", id="edge type, other case"),
        pytest.param("Company", "Organization", id="kind of organization"),
    ],
)
def test_one_type_can_be_chosen(name, label):
    assert [kind.label for kind in chosen(name)] == [label]


def test_a_type_that_is_not_there_names_the_nearest():
    with pytest.raises(OntologyError, match=r"no label or edge type `Persn`\. Did you mean Person\?"):
        chosen("Persn")


def test_the_text_shows_types_as_they_stand_in_cypher():
    stream = io.StringIO()
    write_schema(chosen("DEPARTED"), stream)
    first, second, *_ = stream.getvalue().splitlines()
    assert first == "(:Person)-[:DEPARTED]->(:Organization)   The event that ends a spell."
    assert second.split() == [
        "id",
        "text",
        "required",
        "Subject,",
        "predicate,",
        "object",
        "and",
        "a",
        "number.",
    ]


def test_the_diagram_has_every_type_once():
    text = mermaid(chosen(None))
    assert re.findall(r"^    (\w+) \{$", text, re.MULTILINE) == list(NODES)
    assert {*re.findall(r": ([A-Z_]+)$", text, re.MULTILINE)} == {*EDGES}
    joins = re.findall(r"^    (\w+) \}o--o\{ (\w+) : (\w+)$", text, re.MULTILINE)
    assert len(joins) == len(set(joins))
    for start, end, label in joins:
        assert start in EDGES[label].starts
        assert end in {primary(each) for each in EDGES[label].ends}
    assert not {end for _, end, _ in joins} & {*KIND_LABELS.values()}


def test_the_diagram_of_a_node_has_its_edges():
    text = mermaid(chosen("Role"))
    assert text.endswith("    }\n    Person }o--o{ Role : HELD_ROLE\n")
