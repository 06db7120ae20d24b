"""`kb` itself: help, versions, exit codes, and one line for everything that goes wrong."""

import errno
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import kb
from kb.cli import COMMANDS, main
from kb.errors import KbError, Problem, SeedError

ROOT = Path(__file__).parents[2]


def call(*words, **options):
    return CliRunner().invoke(main, list(words), **options)


@pytest.fixture
def failing(monkeypatch):
    """Makes `kb queries` end with an error."""

    def fail(error):
        def raise_it():
            raise error

        monkeypatch.setattr("kb.queries.library", raise_it)
        return call("queries")

    return fail


@pytest.mark.parametrize("name", [name for section in COMMANDS.values() for name in section])
def test_every_command_has_help_with_an_example(name):
    result = call(name, "--help")
    assert result.exit_code == 0
    assert "kb " + name in result.output


def test_help_lists_every_command_in_its_section():
    text = call("--help").output
    for title, section in COMMANDS.items():
        lines = text.partition(f"\n{title}:\n")[2].partition("\n\n")[0].splitlines() if section else []
        assert [line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "] == list(
            section
        )


@pytest.mark.parametrize("words", [[], ["pipelines"], ["lineage"], ["identity"], ["db"]])
def test_help_lists_commands_with_whole_sentences(words):
    assert "..." not in call(*words, "--help").output.partition("\n\n")[2]


@pytest.mark.parametrize("words", [["--help"], ["query", "--help"], ["--version"]])
def test_help_loads_neither_the_database_nor_the_heavy_libraries(words):
    script = (
        "import sys, kb.cli\n"
        f"try: kb.cli.main({words!r})\n"
        "except SystemExit: pass\n"
        "print(sorted({'duckdb', 'neo4j', 'networkx', 'pydantic', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_version_is_that_of_the_package():
    assert call("--version").output == f"kb {kb.__version__}\n"


def test_a_command_that_is_not_there_is_wrong_usage_and_the_nearest_is_named():
    result = call("qeury")
    assert result.exit_code == 2
    assert "query" in result.stderr


def test_a_refusal_is_one_line(failing):
    result = failing(KbError("no such thing", where="a.yaml:3", hint="Take\nanother"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "kb: a.yaml:3: no such thing. Take another\n"


def test_every_mistake_in_the_seeds_is_a_line_of_its_own(failing):
    problems = [Problem("b.yaml", 1, 2, "no", "yes"), Problem("a.yaml", 9, 1, "odd")]
    result = failing(SeedError(problems))
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "a.yaml:9:1: odd",
        "b.yaml:1:2: no, yes",
        "kb: 2 mistakes in the seeds, nothing was loaded",
    ]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_an_interruption_says_so_and_exits_as_shells_expect(failing, error):
    result = failing(error)
    assert (result.exit_code, result.stderr) == (130, "Interrupted\n")


def test_what_nobody_expected_is_one_line_without_a_traceback(failing, monkeypatch):
    result = failing(ZeroDivisionError("a\nb"))
    assert result.exit_code == 1
    assert (
        result.stderr == "kb: internal error: ZeroDivisionError: a b; run with KB_DEBUG=1 for the traceback\n"
    )
    monkeypatch.setenv("KB_DEBUG", "1")
    assert "Traceback" in failing(ZeroDivisionError("a")).stderr


def test_a_file_that_cannot_be_used_is_named(failing):
    result = failing(PermissionError(errno.EACCES, "Permission denied", "x.csv"))
    assert (result.exit_code, result.stderr) == (1, "kb: x.csv: Permission denied\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_output_that_finds_no_room_is_one_line():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "kb", "queries"],
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, "kb: cannot write the output: No space left on device\n")


def test_a_reader_that_leaves_early_is_no_error():
    command = (
        f"'{sys.executable}' -m kb queries | true; '{sys.executable}' -m kb queries departures | head -1"
    )
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=ROOT, check=False)  # noqa: S602
    assert done.stderr == ""
    assert done.stdout.startswith("// departures: ")


def test_no_colour_where_nobody_wants_it(failing, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("kb.queries.library", lambda: (_ for _ in ()).throw(KbError("no")))
    assert call("queries", color=True).stderr == "kb: no\n"
    monkeypatch.delenv("NO_COLOR")
    assert "\x1b[31m" in call("queries", color=True).stderr


@pytest.mark.parametrize("words", [["--password-file", __file__], ["--user", "neo4j"]])
def test_a_login_that_is_not_whole_is_wrong_usage(words):
    result = call(*words, "query", "RETURN 1")
    assert result.exit_code == 2
    assert "--user" in result.stderr


def test_the_login_comes_from_options(monkeypatch, tmp_path):
    given = {}

    def connect(uri, **options):
        given.update(options, uri=uri)
        raise KbError("enough")

    monkeypatch.setattr("kb.store.connect", connect)
    (tmp_path / "password").write_text("s3cret\nmore\n")
    options = ["--uri", "neo4j://host", "--user", "ann", "--database", "d", "--home", str(tmp_path)]
    result = call(*options, "--password-file", str(tmp_path / "password"), "query", "RETURN 1")
    assert result.stderr == "kb: enough\n"
    assert given == {"uri": "neo4j://host", "auth": ("ann", "s3cret"), "database": "d", "home": tmp_path}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_the_shell(shell):
    result = call("completion", shell)
    assert result.exit_code == 0
    assert "_KB_COMPLETE" in result.output


@pytest.mark.parametrize(
    ("line", "word", "expected"),
    [
        pytest.param("kb que", "que", ["query", "queries"], id="commands"),
        pytest.param("kb run dep", "dep", ["departures"], id="names of queries"),
        pytest.param("kb query --format c", "c", ["csv"], id="values of options"),
    ],
)
def test_a_shell_completes(line, word, expected):
    environment = {
        "_KB_COMPLETE": "bash_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split()) - 1),
    }
    done = CliRunner().invoke(main, prog_name="kb", env=environment)
    assert [found.partition(",")[2] for found in done.output.splitlines()] == expected
