"""The queries that come with kb do what their headers say, on both engines."""

import pytest

from kb.errors import KbError, NotFound
from kb.queries import find, library, names, parse_query
from kb.queries.checks import problems

GOOD = """\
// who: who leads what
// param org: id of it (required)
// param least: how many (default: 2)
// column person: name; team: id
// example: org=meta
MATCH (p:Person)-[l:LEADS]->(t:Team {id: $org}) // a comment
WHERE l.capacity <> 'x.y' AND $least > 1
RETURN p.name AS person, t.id AS team
ORDER BY person
"""


@pytest.mark.parametrize("name", names())
def test_a_query_keeps_its_word(name):
    assert problems(find(name)) == []


def test_the_examples_give_rows_with_the_columns_that_their_headers_promise(base):
    base.load("meta-ai-2025")
    for query in library():
        result = base.database.read(query.text, query.bind(query.example))
        assert (query.name, result.columns) == (query.name, tuple(column.name for column in query.columns))
        assert result.rows, query.name


def test_every_query_has_its_rows_in_an_order():
    assert [query.name for query in library() if "ORDER BY" not in query.text] == []


def test_a_header_is_read():
    query = parse_query("who", GOOD)
    assert query.meaning == "who leads what"
    assert query.takes == ["org", "least=2"]
    assert query.usage == "kb run who -p org meta"
    assert [column.meaning for column in query.columns] == ["name", "id"]
    assert query.text == GOOD
    assert problems(query) == []


def test_defaults_fill_what_is_not_given():
    query = parse_query("who", GOOD)
    assert query.bind({"org": "meta"}) == {"org": "meta", "least": 2}
    assert query.bind({"org": "meta", "least": 3})["least"] == 3


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param({}, "`who` needs `org`, id of it. Example: kb run who -p org meta", id="missing"),
        pytest.param({"org": None}, "`who` needs `org`", id="null is no value"),
        pytest.param({"orgs": "meta"}, "no parameter `orgs`. Did you mean org?", id="near"),
        pytest.param({"zzz": "meta"}, "no parameter `zzz`. It has: org, least", id="far"),
    ],
)
def test_a_query_refuses_parameters_that_do_not_fit(given, message):
    with pytest.raises(KbError) as error:
        parse_query("who", GOOD).bind(given)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        pytest.param("$least > 1", "true", "parameter least is not used", id="unused"),
        pytest.param("$least > 1", "$most > 1", "parameter most is not in the header", id="undeclared"),
        pytest.param("AS team", "AS unit", "returns person, unit", id="columns"),
        pytest.param("example: org=meta", "example: least=1", "example does not give org", id="example"),
        pytest.param(
            "org=meta", "org=meta x=1", "the example gives x, which is no parameter", id="odd example"
        ),
        pytest.param(":Person", ":Human", "the ontology has no Human", id="label"),
        pytest.param(":LEADS", ":LEADS|RULES", "the ontology has no RULES", id="edge type"),
        pytest.param("{id:", "{ident:", "Team has no property ident", id="property in a pattern"),
        pytest.param("p.name", "p.nme", "p has no property nme", id="property of a node"),
        pytest.param("l.capacity", "l.title", "l has no property title", id="property of an edge"),
    ],
)
def test_a_query_that_breaks_its_word_is_found_out(old, new, problem):
    assert old in GOOD
    [found] = [line for line in problems(parse_query("who", GOOD.replace(old, new))) if problem in line]
    assert found.startswith("who: ")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param("// who: who", "// what: who", "who.cypher:1: the header names `what`", id="name"),
        pytest.param(
            "// who: who leads what", "//", "who.cypher:1: `` is not as a header must be", id="empty"
        ),
        pytest.param(" (required)", "", "who.cypher:2: `param org: id of it` is not", id="parameter"),
        pytest.param("; team: id", "; team", "who.cypher:4: `team` is not", id="column"),
        pytest.param(
            "// example:", "// sample:", "who.cypher:5: a header has no `sample: org=meta`", id="word"
        ),
        pytest.param(GOOD, "MATCH (n) RETURN n", "who.cypher:1: no header", id="none"),
    ],
)
def test_a_header_that_is_not_as_it_must_be_is_refused_with_its_line(old, new, message):
    with pytest.raises(KbError) as error:
        parse_query("who", GOOD.replace(old, new))
    assert message in str(error.value)


def test_a_query_that_is_not_there_is_refused_with_the_nearest_name():
    with pytest.raises(NotFound, match=r"no query `departure`\. Did you mean departures"):
        find("departure")
