"""What is read from the text of a query."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import QueryError
from kb.queries.text import columns, decoded, is_complete, one_statement, parameters, tokens


@given(st.text(st.sampled_from("a1'\"`$/*; \n\\()")))
def test_the_pieces_of_a_text_are_the_text(text):
    assert "".join(token.text for token in tokens(text)) == text


@pytest.mark.parametrize("text", ["RETURN 1; // done", "RETURN ';'; /* ; */\n", ";"])
def test_a_text_is_complete_after_its_semicolon(text):
    assert is_complete(text)


@pytest.mark.parametrize(
    "text", ["", "RETURN 1", "RETURN ';", "RETURN 1 // ;", "RETURN 1 /* ;", "RETURN `a;", "a; b"]
)
def test_a_text_is_not_complete_before_its_semicolon(text):
    assert not is_complete(text)


@pytest.mark.parametrize(
    ("cypher", "expected"),
    [
        pytest.param("RETURN $a + $b + $a", ["a", "b"], id="each once"),
        pytest.param("RETURN '$a' + \"$b\" // $c\n/* $d */", [], id="not in texts and comments"),
        pytest.param("RETURN 'it\\'s $a' + $b", ["b"], id="escaped quote"),
        pytest.param("MATCH (`$a`) RETURN $`odd name`", ["odd name"], id="quoted names"),
    ],
)
def test_parameters(cypher, expected):
    assert parameters(cypher) == expected


@pytest.mark.parametrize(
    ("cypher", "expected"),
    [
        pytest.param("MATCH (n) RETURN n", ["n"], id="variable"),
        pytest.param(
            "MATCH (n) RETURN DISTINCT n.a AS `a b`, {x: 1, y: 2} AS m LIMIT 3", ["a b", "m"], id="alias"
        ),
        pytest.param("CALL { RETURN 1 AS x } RETURN x AS y ORDER BY y", ["y"], id="the outer one"),
        pytest.param(
            "RETURN [x IN [1] | x] AS xs, CASE WHEN 1 THEN 2 ELSE 3 END AS c;", ["xs", "c"], id="lists"
        ),
        pytest.param("RETURN 1 AS a UNION RETURN 2 AS a", ["a"], id="union"),
        pytest.param("CREATE (n)", [], id="none"),
    ],
)
def test_columns(cypher, expected):
    assert columns(cypher) == expected


def test_one_statement_is_what_a_query_has():
    assert one_statement("\n RETURN ';' AS a; // b\n") == "\n RETURN ';' AS a"
    with pytest.raises(QueryError, match="2 statements in one query"):
        one_statement("RETURN 1; RETURN 2")
    with pytest.raises(QueryError, match="empty"):
        one_statement("// nothing\n;;")


def test_a_file_that_is_not_utf_8_is_named_with_its_line():
    with pytest.raises(QueryError, match=r"^a\.cypher:2: not UTF-8"):
        decoded(b"RETURN 1\n\xff", "a.cypher")
    assert decoded(b"\xef\xbb\xbfRETURN 1", "a.cypher") == "RETURN 1"
