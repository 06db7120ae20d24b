"""Profiles in words: what a fact says, when, in which order."""

import io
import re
from datetime import date

import pytest

from kb.resolve import Entity, Relation
from kb.store.look import Cited, Profile
from kb.views.profile import rows, sections, write_profile
from kb.views.sentence import figure, length, when

DAY = date(2025, 8, 31)


def dates(name, text, earliest=None, latest=None):
    days = [date.fromisoformat(day) if day else None for day in (earliest, latest)]
    return {f"{name}_text": text, f"{name}_earliest": days[0], f"{name}_latest": days[1]}


def fact(kind, start, end, number=1, **properties):
    known = {"certainty": "reported", "known_from": DAY} | properties
    return Relation(f"{start}:{kind.lower()}:{end}:{number}", kind, start, end, known)


def of(entity, *relations, **others):
    named = {key: Entity(key, ("Organization", "Company"), {"name": name}) for key, name in others.items()}
    return Profile(entity, relations, named, (Cited("talk", "A talk", 3),))


ANN = Entity("ann", ("Person",), {"name": "Ann", "name_zh": "安", "description": "An engineer."})
META = Entity("meta", ("Organization", "Company"), {"name": "Meta", "kind": "company"})


def told(profile):
    return {
        section.title: [(line.what, line.when) for line in section.lines] for section in sections(profile)
    }


def shown(profile, **options):
    stream = io.StringIO()
    write_profile(profile, stream, **options)
    return stream.getvalue()


AUGUST = ("2025-08", "2025-08-01", "2025-08-31")
NAMES = {key: key.title() for key in ("meta", "openai", "google", "cohere", "eth", "torch", "engineer")}


def test_a_career_is_told_in_time_order():
    past = {"phase": "past"}
    year = dates("start", "2018", "2018-01-01", "2018-12-31")
    spell = fact("EMPLOYED_AT", "ann", "meta", **past, **year)
    left = {"spell": spell.id, "destination": "openai", **dates("date", *AUGUST)}
    profile = of(
        ANN,
        fact("EMPLOYED_AT", "ann", "cohere", phase="planned", title="Chief Scientist"),
        fact("EMPLOYED_AT", "ann", "openai", phase="current", **dates("start", *AUGUST)),
        fact("DEPARTED", "ann", "meta", **past, **left),
        fact("HELD_ROLE", "ann", "engineer", spell=spell.id, **past),
        spell,
        fact("EMPLOYED_AT", "ann", "google", **past, **dates("end", "../2018", None, "2018-12-31")),
        fact("DEPARTED", "ann", "openai", phase="planned"),
        fact("STUDIED_AT", "ann", "eth", degree="PhD", **dates("end", "2012", "2012-01-01", "2012-12-31")),
        fact("WORKED_ON", "ann", "torch", capacity="author"),
        **NAMES,
    )
    assert told(profile) == {
        "Timeline": [
            ("studied at Eth: PhD", "until 2012"),
            ("at Google", "until ../2018"),
            ("at Meta", "from 2018"),
            ("role: Engineer", ""),
            ("left Meta for Openai", "2025-08"),
            ("at Openai", "since 2025-08"),
            ("to leave Openai, destination unknown", ""),
            ("Chief Scientist at Cohere", ""),
        ],
        "No date given": [("worked on Torch: author", "")],
    }


def test_a_departure_follows_its_spell_even_where_neither_has_a_date():
    spell = fact("EMPLOYED_AT", "ann", "meta", phase="past")
    profile = of(ANN, fact("DEPARTED", "ann", "meta", phase="past", spell=spell.id), spell, meta="Meta")
    assert told(profile) == {"No date given": [("at Meta", ""), ("left Meta, destination unknown", "")]}


def test_people_of_an_organization_stand_by_phase():
    profile = of(
        META,
        fact("EMPLOYED_AT", "a", "meta", phase="past"),
        fact("EMPLOYED_AT", "b", "meta", phase="current"),
        fact("EMPLOYED_AT", "c", "meta", phase="planned"),
        fact("DEPARTED", "a", "meta", phase="past", destination="openai"),
        fact("LEADS", "b", "meta", capacity="head"),
        a="A",
        b="B",
        c="C",
        openai="OpenAI",
    )
    assert told(profile) == {
        "Led by": [("B: head", "")],
        "People now": [("B", "")],
        "People to come": [("C", "")],
        "People before": [("A", "")],
        "Departures": [("A, for OpenAI", "")],
    }


@pytest.mark.parametrize(
    ("how", "outward", "inward"),
    [
        ("division", "a division of Meta", "Meta, a division"),
        ("acquired", "acquired by Meta", "Meta, acquired"),
        ("renamed", "renamed to Meta", "Meta, its earlier name"),
    ],
)
def test_parts_read_from_both_ends(how, outward, inward):
    team = Entity("fair", ("Organization", "Team"), {"name": "FAIR"})
    assert told(of(team, fact("PART_OF", "fair", "meta", how=how), meta="Meta")) == {
        "Part of": [(outward, "")]
    }
    assert told(of(team, fact("PART_OF", "meta", "fair", how=how), meta="Meta")) == {"Parts": [(inward, "")]}


def test_flows_say_how_many_people_and_when():
    flow = fact("TALENT_FLOW", "meta", "openai", people=2, moves=3, first=date(2024, 1, 1), last=DAY)
    assert told(of(META, flow, openai="OpenAI")) == {
        "Moves to others": [("to OpenAI: 2 people, 3 moves", "2024-01-01 – 2025-08-31")]
    }


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        pytest.param(dates("start", "2018") | dates("end", "2020-05"), "2018 – 2020-05", id="both"),
        pytest.param(dates("start", "2018") | {"phase": "current"}, "since 2018", id="current"),
        pytest.param(dates("start", "2018") | dates("end", ".."), "since 2018", id="open end"),
        pytest.param(dates("start", "2018") | {"phase": "past"}, "from 2018", id="unknown end"),
        pytest.param(dates("end", "2020"), "until 2020", id="end alone"),
        pytest.param(dates("date", "2025-08~"), "2025-08~", id="day"),
        pytest.param(dates("end", ".."), "", id="still going, no start"),
        pytest.param(
            {"start_earliest": date(2016, 8, 1), "start_latest": date(2017, 8, 31)} | dates("end", "2025-08"),
            "2016-08-01..2017-08-31 (derived) – 2025-08",
            id="derived",
        ),
    ],
)
def test_times_stand_as_they_were_curated(properties, said):
    assert when(properties) == said


@pytest.mark.parametrize(
    ("text", "words"),
    [("P12Y", "12 years"), ("over P1M", "over 1 month"), ("about P7.5Y", "about 7.5 years"), ("odd", "odd")],
)
def test_lengths_read_as_words(text, words):
    assert length(text) == words


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"value": 1.0, "unit": "person"}, "1 person"),
        ({"value": 8, "unit": "person", "qualifier": "at_least"}, "at least 8 people"),
        ({"value": 7.5, "unit": "year", "qualifier": "about"}, "about 7.5 years"),
        ({"lower": 2, "unit": "USD"}, "2 or more USD"),
        ({"upper": 2, "unit": "USD"}, "up to 2 USD"),
    ],
)
def test_figures_read_with_their_units(properties, said):
    assert figure(properties) == said


def test_a_profile_is_printed_with_marks_and_says_how_to_go_on():
    spell = fact(
        "EMPLOYED_AT", "ann", "meta", phase="planned", certainty="rumoured", tenure_text="almost P9Y"
    )
    assert shown(of(ANN, spell, meta="Meta")) == (
        "Ann  安   ann · Person\n"
        "description  An engineer.\n"
        "\n"
        "Timeline\n"
        "  planned  at Meta, almost 9 years  ? rumoured, planned  ann:employed_at:meta:1\n"
        "\n"
        "3 claims from 1 source: A talk (talk)\n"
        "What a fact rests on: kb why ann:employed_at:meta:1\n"
    )


def test_rows_have_each_property_and_each_fact():
    spell = fact("EMPLOYED_AT", "ann", "meta", phase="current", title="Engineer")
    assert list(rows(of(ANN, spell, meta="Meta"))) == [
        ("name", "ann", "Ann", None, None, None),
        ("name_zh", "ann", "安", None, None, None),
        ("description", "ann", "An engineer.", None, None, None),
        ("employed_at", "ann:employed_at:meta:1", "Engineer at Meta", None, "reported", "current"),
    ]


def test_a_limit_cuts_facts_and_says_that_there_are_more():
    profile = of(
        META, *(fact("EMPLOYED_AT", who, "meta", phase="past") for who in "abc"), a="A", b="B", c="C"
    )
    stream = io.StringIO()
    assert write_profile(profile, stream, limit=2) == (2, True)
    assert "b:employed_at:meta:1" in stream.getvalue()
    assert "c:employed_at:meta:1" not in stream.getvalue()
    assert write_profile(profile, stream, limit=3) == (3, False)


def test_markup_braces_and_control_characters_stay_text():
    nasty = "[bold]{how}{}\x1b[2J\u202e"
    spell = fact("EMPLOYED_AT", "ann", "meta", phase="past", title=nasty)
    part = fact("PART_OF", "x", "meta", how="division")
    text = shown(of(ANN, spell, meta=nasty)) + shown(of(Entity("x", ("Organization",), {}), part, meta=nasty))
    safe = "[bold]{how}{}\\x1b[2J\\u202e"
    assert f"{safe} at {safe}" in text
    assert f"a division of {safe}" in text
    assert "\x1b" not in text


class Terminal(io.StringIO):
    """A stream that takes itself for a terminal."""

    def isatty(self):
        return True


def test_on_a_narrow_terminal_nothing_is_cut(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    spell = fact(
        "EMPLOYED_AT", "ann", "meta", phase="past", title="Director of Product Management, Generative AI"
    )
    stream = Terminal()
    write_profile(of(ANN, spell, meta="Meta"), stream)
    lines = re.sub(r"\x1b\[[\d;]*m", "", stream.getvalue()).splitlines()
    assert max(map(len, lines)) <= 60
    assert any("ann:employed_at:meta:1" in line for line in lines)
    assert "…" not in stream.getvalue()
