"""Values of parameters, as users write them."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import KbError
from kb.queries import check_parameters, named_values, value, written

NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@given(VALUES | st.dates())
def test_what_is_written_out_is_read_back(given_value):
    assert value(written(given_value)) == given_value


@given(VALUES)
def test_json_is_taken_as_json(given_value):
    assert value(json.dumps(given_value)) == given_value


@pytest.mark.parametrize(
    "text", ["meta", "007", "2025-08-01", "NaN", "Infinity", "{", "", "$id", "None", "[" * 9999]
)
def test_what_is_not_json_is_text(text):
    assert value(text) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("date:2025-02-30", "is not a day", id="a day that is none"),
        pytest.param("date:soon", "is not a day", id="no day at all"),
        pytest.param("9223372036854775808", "larger than a number can be", id="one more than 64 bits hold"),
        pytest.param('{"a": [1e999]}', "larger than a number can be", id="inside of a list"),
    ],
)
def test_what_no_database_holds_is_refused(text, message):
    with pytest.raises(KbError, match=message):
        value(text)


def test_a_day_after_the_word_date_is_a_day():
    assert value("date:2025-08-01") == date(2025, 8, 1)
    assert value('"date:2025-08-01"') == "date:2025-08-01"


@pytest.mark.parametrize("name", ["$id", "a b", "", "1a"])
def test_a_name_of_a_parameter_is_a_word(name):
    with pytest.raises(KbError, match="is not a name of a parameter"):
        named_values([(name, "1")])


def test_a_parameter_has_one_value():
    with pytest.raises(KbError, match="given twice"):
        named_values([("id", "1"), ("id", "1")])


def test_a_query_gets_the_parameters_that_it_has_and_no_others():
    check_parameters("RETURN $a", {"a": None})
    with pytest.raises(KbError, match=r"no value for parameters \$a, \$b\. Give it with -p a VALUE"):
        check_parameters("RETURN $a + $b", {})
    with pytest.raises(KbError, match=r"no parameter `orgg`\. Did you mean org"):
        check_parameters("RETURN $org", {"orgg": 1})
