"""Whatever stands in a seed file: it is read or refused in one line for each mistake, and never takes long.

Tables and their mappings are in tests/ledger/test_table_fuzz.py. KB_FAULTS=long tries a hundred times as
much, and other things each time.
"""

import json
import tempfile
import time
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.cli import main
from kb.dates import before, bounds, overlaps, within
from kb.errors import DateError
from kb.ledger.forgotten import entries
from kb.lengths import derive_end, derive_start, parse_length
from tests.faults.journeys import LONG
from tests.folders import person, world

SLOW = 20.0  # seconds that nothing may take


def some(number):
    """So many examples, or a hundred times as many in the long form."""
    return settings(max_examples=number * (100 if LONG else 1), derandomize=not LONG, deadline=None)


WHO = {"who": "Jo", "when": "2025-09-01", "why": "seen"}
BASE = world(
    roles={"engineer": {"name": "Engineer", "family": "engineering", "lines": 1}},
    projects={"torch": {"name": "Torch", "kind": "framework", "lines": 1}},
    people={
        "ann": person(
            "Ann",
            {
                "at": "meta",
                "start": "2010~",
                "end": "2022-03",
                "tenure": "about P12Y",
                "role": "engineer",
                "left": {"date": "2022-03", "to": "openai", "lines": "3-4"},
            },
            {"at": "openai", "phase": "current", "start": "[2022-03..2022-05]"},
            aliases=["A. Lee"],
            worked_on=[{"project": "torch", "lines": 4}],
            member_of=[{"team": "fair", "lines": 5, "phase": "past"}],
        ),
        "an": person("An", {"at": "meta", "phase": "past", "spell": 1}),
    },
    statistics={
        "movers": {
            "name": "Movers",
            "metric": "people_moved",
            "value": 140,
            "unit": "person",
            "qualifier": "about",
            "lines": 6,
            "about": [{"organization": "meta", "as": "from"}, {"organization": "openai", "as": "to"}],
        }
    },
    events={"freeze": {"name": "Freeze", "kind": "hiring_freeze", "involves": ["meta"], "lines": 7}},
    identity=[{"same": ["ann", "an"], **WHO}],
    retractions=[{"claim": "tiny/ann:worked_on:torch", **WHO}],
)
LINES = yaml.safe_dump(BASE, sort_keys=False, allow_unicode=True).splitlines()
ODD = [
    "",
    "~",
    "*a",
    "&a x",
    "&a [*a, *a]",
    "!!python/object/apply:os.system [id]",
    "{",
    "[",
    "}",
    "- - - x",
    "\tx",
    "'",
    '"',
    "|",
    ">-",
    "%YAML 9.9",
    "---",
    "...",
    "? x",
    "<<: *x",
    "0x1F",
    "1e999",
    ".nan",
    "-1",
    "true",
    "2025-13",
    "..",
    "0000",
    "-9999",
    "y-1000000000000",
    "P" + "9" * 400 + "Y",
    "1-99999999999999999999",
    "9" * 5000,
    "x" * 100_000,
    "[" * 500,
    "{a: " * 30,
    "\u202e",
    "\x00",
    "\x85",
    "\u2028",
    "\ufeff",
    "\ud800",
    "安",
    "meta",
    "ann",
    "tiny/ann",
]
JUNK = st.sampled_from(ODD) | st.text(max_size=20)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(ODD),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*BASE, "ann", "jobs", "name", "lines", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def validated(raw, name="seeds.yaml"):
    """What `kb validate` makes of a folder with one file of these bytes."""
    with tempfile.TemporaryDirectory() as top:
        folder = Path(top) / "tiny"
        folder.mkdir()
        (folder / name).write_bytes(raw)
        begin = time.monotonic()
        result = CliRunner().invoke(main, ["validate", str(folder)])
        assert time.monotonic() - begin < SLOW
    assert result.exit_code in (0, 1), result.output
    assert "internal error" not in result.stderr, result.stderr
    assert result.exit_code == 0 or result.output.strip()
    if result.exit_code == 1 and result.stdout:
        for line in result.stdout.splitlines():
            assert line.startswith(str(folder)), line
            assert len(line) < 1500, line[:300]
    return result


@st.composite
def edited(draw):
    """The lines of a good file with a few of them spoilt."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["value", "key", "line", "drop", "double", "indent", "swap"])):
            case "value":
                lines[place] = lines[place].partition(":")[0] + ": " + draw(JUNK)
            case "key":
                lines[place] = draw(JUNK) + ":" + lines[place].partition(":")[2]
            case "line":
                lines.insert(place, " " * draw(st.integers(0, 6)) + draw(JUNK))
            case "drop" if len(lines) > 1:
                del lines[place]
            case "double":
                lines.insert(place, lines[place])
            case "indent":
                lines[place] = draw(st.sampled_from([" ", "  ", "\t", "- "])) + lines[place]
            case "swap":
                other = draw(st.integers(0, len(lines) - 1))
                lines[place], lines[other] = lines[other], lines[place]
    return "\n".join(lines).encode("utf-8", "surrogatepass")


@st.composite
def grafted(draw):
    """The tree of a good file with another tree in some place of it."""
    data = json.loads(json.dumps(BASE))
    holder = data
    for _ in range(draw(st.integers(0, 5))):
        keys = sorted(holder) if isinstance(holder, dict) else range(len(holder))
        inner = [key for key in keys if isinstance(holder[key], dict | list) and holder[key]]
        if not inner:
            break
        holder = holder[draw(st.sampled_from(inner))]
    keys = sorted(holder) if isinstance(holder, dict) else range(len(holder))
    holder[draw(st.sampled_from(list(keys)))] = draw(TREES)
    return json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass")


def test_what_is_spoilt_is_good_before():
    assert validated("\n".join(LINES).encode()).exit_code == 0


@some(25)
@given(edited())
def test_a_file_with_spoilt_lines_is_read_or_refused(raw):
    validated(raw)


@some(40)
@given(grafted())
def test_a_file_with_another_tree_in_it_is_read_or_refused(raw):
    validated(raw)


@some(15)
@given(st.integers(0, 2000), st.binary(min_size=1, max_size=8))
def test_a_file_with_odd_bytes_is_read_or_refused(place, odd):
    good = "\n".join(LINES).encode()
    validated(good[:place] + odd + good[place:])


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{last}'] * 9)}]\n"
    for last, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(BOMB.encode(), id="billion laughs"),
        pytest.param(b"[" * 200_000, id="deep lists"),
        pytest.param(b"{a: " * 200_000, id="deep mappings"),
        pytest.param(b"- " * 200_000, id="deep blocks"),
        pytest.param(b"? " * 200_000, id="deep keys"),
        pytest.param(b"name: " + b"x" * 15_000_000, id="huge scalar"),
        pytest.param(b"name: '" + b"x\n" * 3_000_000, id="huge open quote"),
        pytest.param(b"x" * 3_000_000 + b": 1", id="huge key"),
        pytest.param(b"".join(b"k%d: 1\n" % n for n in range(20_000)), id="many keys"),
        pytest.param(b"a: 1\n" * 20_000, id="one key many times"),
        pytest.param(b"people:\n\tann: {}\n", id="tabs"),
        pytest.param(b"\xff\xfe" + "a: 1".encode("utf-16-le"), id="UTF-16"),
        pytest.param(b"#" * 1_000_000, id="a long comment"),
        pytest.param(b"a: " + b"!" * 100_000, id="a long tag"),
        pytest.param(b"%TAG ! tag:x,2025:\n" * 10_000 + b"a: 1", id="many directives"),
        pytest.param(b"--- a\n" * 50_000, id="many documents"),
    ],
)
def test_a_file_that_is_made_to_hurt_is_refused_in_time(raw):
    assert validated(raw).exit_code == 1


def test_a_file_in_which_no_id_is_known_is_refused_in_time():
    number = 1500
    places = {f"org-{n}": {"name": f"O {n}", "kind": "company", "lines": 1} for n in range(number)}
    people = {f"p-{n}": person(f"P {n}", {"at": f"orgx-{n}", "phase": "past"}) for n in range(number)}
    result = validated(json.dumps(world(organizations=places, people=people)).encode())
    assert result.stdout.count("unknown id `orgx-") == number
    assert "unknown id `orgx-7`, did you mean `org-7`?" in result.stdout


PIECES = ["2025", "-08", "-31", "-", "/", "..", "~", "?", "%", "X", "[", "]", "{", "}", ",", "Y", "E9", "S3"]
PIECES += ["T00:00", "0000", "-9999", "9999", "13", "21", "24", "Q1", "年", " ", "\x00", "\ud800", "²", "٣"]
EDTF = st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=120)


def allowed(text):
    try:
        return bounds(text)
    except DateError as error:
        assert "\n" not in str(error)
        return None


@some(300)
@given(st.lists(EDTF, min_size=4, max_size=4))
def test_any_text_is_a_date_that_can_be_compared_or_is_refused(texts):
    begin = time.monotonic()
    found = [date for date in map(allowed, texts) if date is not None]
    for a in found:
        assert a.earliest is None or a.latest is None or a.earliest <= a.latest
        for b in found:
            before(a, b), within(a, b), overlaps((a, b), (b, a))
    assert time.monotonic() - begin < SLOW


LENGTHS = [
    "P",
    "1",
    "Y",
    "M",
    "D",
    "W",
    "T",
    "H",
    ".",
    ",",
    "5",
    "999999999",
    "about ",
    "over ",
    "almost ",
    "-",
    "²",
]


@some(200)
@given(st.lists(st.sampled_from(LENGTHS), max_size=8).map("".join) | st.text(max_size=40), EDTF)
def test_any_text_is_a_length_that_moves_a_date_or_is_refused(text, day):
    try:
        length = parse_length(text)
        if (date := allowed(day)) is not None:
            derive_start(date, length)
            derive_end(date, length)
    except DateError as error:
        assert "\n" not in str(error)


@some(10)
@given(
    st.recursive(
        st.none() | st.integers() | JUNK,
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(st.sampled_from(["hashes", "when", "spare", "x"]), inner, max_size=3)
        ),
        max_leaves=6,
    )
)
def test_a_list_of_whom_to_leave_out_of_anything_is_read_or_refused(listed):
    head = {key: BASE[key] for key in ("dataset",)}
    raw = json.dumps({**head, "forgotten": listed}).encode("utf-8", "surrogatepass")
    if validated(raw, "forgotten.yaml").exit_code == 0:
        with tempfile.TemporaryDirectory() as top:
            (Path(top) / "forgotten.yaml").write_bytes(raw)
            assert len(entries(Path(top))) == len(listed or ())
