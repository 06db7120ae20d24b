"""Where the graph is: options, environment, or the embedded server."""

from pathlib import Path

import pytest

from kb.errors import StoreError
from kb.store.settings import read_settings

SERVER = {"NEO4J_URI": "neo4j://db:7687", "NEO4J_USERNAME": "reader", "NEO4J_PASSWORD": "s3cret"}


def test_without_a_server_it_is_the_embedded_one_in_the_users_data_folder():
    settings = read_settings(environ={})
    assert settings.embedded
    assert settings.home.is_absolute()
    assert settings.home.name == "ai-talent-kb"


def test_the_environment_names_server_login_and_database():
    settings = read_settings(environ=SERVER | {"NEO4J_DATABASE": "people"})
    assert not settings.embedded
    assert (settings.uri, settings.username, settings.password) == ("neo4j://db:7687", "reader", "s3cret")
    assert settings.database == "people"


def test_options_go_before_the_environment():
    settings = read_settings(
        uri="bolt://other",
        auth=("a", "b"),
        database="c",
        home="/srv/kb",
        environ=SERVER | {"KB_HOME": "/else"},
    )
    assert (settings.uri, settings.username, settings.password) == ("bolt://other", "a", "b")
    assert (settings.database, settings.home) == ("c", Path("/srv/kb"))


def test_a_server_that_an_option_names_does_not_get_the_password_of_another():
    settings = read_settings(uri="bolt://other", environ=SERVER | {"NEO4J_DATABASE": "people"})
    assert (settings.username, settings.password, settings.database) == (None, None, None)


def test_an_empty_variable_is_as_good_as_none():
    assert read_settings(environ=dict.fromkeys([*SERVER, "NEO4J_DATABASE", "KB_HOME"], "")).embedded


def test_the_home_folder_may_be_written_short(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert read_settings(environ={"KB_HOME": "~/kb"}).home == tmp_path / "kb"


def test_the_password_is_never_shown():
    assert "s3cret" not in repr(read_settings(environ=SERVER))


@pytest.mark.parametrize(
    ("environ", "key"),
    [
        pytest.param(SERVER | {"NEO4J_URI": "http://db:7474"}, "NEO4J_URI", id="scheme"),
        pytest.param(SERVER | {"NEO4J_URI": "db:7687"}, "NEO4J_URI", id="no scheme"),
        pytest.param(SERVER | {"NEO4J_URI": "neo4j://"}, "NEO4J_URI", id="no host"),
        pytest.param(SERVER | {"NEO4J_URI": "neo4j://db:port"}, "NEO4J_URI", id="port"),
        pytest.param(SERVER | {"NEO4J_URI": "neo4j://me:s3cret@db"}, "NEO4J_URI", id="login in it"),
        pytest.param(SERVER | {"NEO4J_URI": "neo4j://db:7687/people"}, "NEO4J_URI", id="database in it"),
        pytest.param(SERVER | {"NEO4J_USERNAME": ""}, "NEO4J_PASSWORD", id="password without user"),
        pytest.param(SERVER | {"NEO4J_PASSWORD": ""}, "NEO4J_USERNAME", id="user without password"),
        pytest.param(SERVER | {"NEO4J_URI": ""}, "NEO4J_USERNAME", id="login without server"),
        pytest.param({"NEO4J_DATABASE": "people"}, "NEO4J_DATABASE", id="database without server"),
        pytest.param({"KB_HOME": "~nobody-has-this-name/kb"}, "KB_HOME", id="unknown home"),
    ],
)
def test_what_is_wrong_is_named_by_its_key_and_holds_no_secret(environ, key):
    with pytest.raises(StoreError) as caught:
        read_settings(environ=environ)
    assert str(caught.value).startswith(f"{key}: ")
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_option_that_is_wrong_is_named_as_an_option():
    with pytest.raises(StoreError, match=r"^uri: `ftp` is not a scheme"):
        read_settings(uri="ftp://db", environ={})
