"""Names: what is the same name in any script, what finds it, and what makes an id."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.names import fold, is_id, is_slug, keys, match, nearest, pinyin, slug

BERT = ["Bert Maher", "伯特·马赫"]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        pytest.param("Bert MAHER", "bert maher", id="case"),
        pytest.param("Máher", "maher", id="accent"),
        pytest.param("Ma\u0301her", "maher", id="combining accent"),
        pytest.param("Ｂｅｒｔ　Ｍａｈｅｒ", "bert maher", id="full width"),
        pytest.param("伯特·马赫", "伯特 马赫", id="middle dot"),
        pytest.param("伯特・马赫", "伯特 马赫", id="katakana middle dot"),
        pytest.param("  O’Neil,\tJean-Luc\n", "o neil jean luc", id="punctuation and spaces"),
        pytest.param("Łukasz Sørensen Đặng", "lukasz sorensen dang", id="strokes"),
        pytest.param("Straße", "strasse", id="sharp s"),
        pytest.param("İstanbul", "istanbul", id="dotted capital i"),
        pytest.param("Юрий Андреёв", "юрии андреев", id="cyrillic"),
        pytest.param("Γιώργος", "γιωργοσ", id="greek"),
        pytest.param("がぎぐ", "がぎぐ", id="voiced kana stay"),
        pytest.param("ｶﾞ", "ガ", id="half-width kana"),
        pytest.param("한국", "한국", id="hangul"),
        pytest.param("हिन्दी", "हिन्दी", id="vowel signs stay"),
        pytest.param("a\u200bb", "ab", id="zero width space"),
        pytest.param("GPT-4", "gpt 4", id="digits"),
        pytest.param("·", "", id="nothing but a dot"),
    ],
)
def test_names_that_differ_in_case_accents_width_and_punctuation_fold_to_one(text, folded):
    assert fold(text) == folded


@given(st.text())
@example("\u0345")
@example("ﬀ\u0130")
@example("\u1e9e\u0301")
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_a_folded_name_has_single_spaces_between_words_and_ignores_case(text):
    assert fold(text).split(" ") == fold(text).split() or not fold(text)
    assert fold(text.casefold()) == fold(text)


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_ascii_folds_like_any_other_text(text):
    assert fold(text) == fold(text + "\u200b")


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("马赫", "ma he"),
        ("馬赫", "ma he"),
        ("伯特·马赫", "bo te·ma he"),
        ("吕布", "lü bu"),
        ("曾毅", "zeng yi"),
        ("Bert", "Bert"),
        ("Meta公司", "Meta gong si"),
        ("", ""),
    ],
)
def test_han_characters_are_spoken_syllable_by_syllable_without_tones(text, spoken):
    assert pinyin(text) == spoken


def test_a_han_name_is_looked_up_by_its_characters_and_by_its_sound():
    assert keys("伯特·马赫") == {"伯特 马赫", "伯特马赫", "bo te ma he", "botemahe"}
    assert {"lü", "lu", "lv"} & keys("吕") == {"lu", "lv"}
    assert keys("") == frozenset()


@pytest.mark.parametrize(
    "query",
    [
        "马赫",
        "伯特·马赫",
        "伯特马赫",
        "mahe",
        "ma he",
        "bert",
        "MAHER",
        "máher",
        "maher bert",
        "bertmaher",
        "bo te",
        "玛赫",
        "bert mahre",
    ],
)
def test_a_person_is_found_in_any_script(query):
    assert match(query, BERT) is not None


@pytest.mark.parametrize("query", ["", "·", "jane", "张", "zhang", "bert doe", "ert m x"])
def test_a_person_is_not_found_by_another_name(query):
    assert match(query, BERT) is None


def test_the_closer_the_name_the_higher_the_score():
    queries = ["Bert Maher", "botemahe", "bert", "ahe", "ma h", "bertt maher"]
    scores = [match(query, BERT) for query in queries]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == 1.0


def test_more_of_the_name_scores_higher():
    assert match("mahe", ["Bert Maher"]) > match("mah", ["Bert Maher"]) > match("m", ["Bert Maher"])


def test_given_and_family_name_can_be_swapped_across_scripts():
    assert match("Fei-Fei Li", ["李飞飞"]) is not None


@given(st.text(), st.lists(st.text(), max_size=3))
def test_a_score_lies_between_0_and_1_and_does_not_depend_on_the_order_of_names(query, names):
    score = match(query, names)
    assert score is None or 0 < score <= 1
    assert match(query, names[::-1]) == score


@given(st.text(min_size=1))
def test_every_name_that_has_a_letter_finds_itself(name):
    assert match(name, ["another", name]) == (1.0 if fold(name) else None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bert Maher", "bert-maher"),
        ("Google DeepMind", "google-deepmind"),
        ("André O'Neil", "andre-oneil"),
        ("Llama 3.1", "llama-3-1"),
        ("AT&T", "at-t"),
        ("Łukasz Sørensen", "lukasz-sorensen"),
        ("伯特·马赫", "bo-te-ma-he"),
        ("Юрий", ""),
        ("", ""),
    ],
)
def test_a_slug_is_the_name_in_lower_case_ascii_with_hyphens(text, expected):
    assert slug(text) == expected


@given(st.text())
def test_a_slug_is_empty_or_valid_and_its_own_slug(text):
    made = slug(text)
    assert made == "" or is_slug(made)
    assert slug(made) == made


@pytest.mark.parametrize(
    ("text", "as_slug", "as_id"),
    [
        ("bert-maher", True, True),
        ("gpt-4", True, True),
        ("aiwatch/jane-doe", False, True),
        ("a/b/c", False, False),
        ("/jane", False, False),
        ("Bert", False, False),
        ("bert--maher", False, False),
        ("-bert", False, False),
        ("bert-", False, False),
        ("bert maher", False, False),
        ("bert\n", False, False),
        ("bért", False, False),
        ("", False, False),
    ],
)
def test_an_id_is_a_slug_that_may_stand_under_its_dataset(text, as_slug, as_id):
    assert (is_slug(text), is_id(text)) == (as_slug, as_id)


def test_the_nearest_words_come_best_first_and_do_not_depend_on_the_order_of_choices():
    choices = ["bert-maher", "bert-mayer", "jane-doe"]
    assert nearest("bert-mahr", choices, n=2) == ["bert-maher", "bert-mayer"]
    assert nearest("bert-mahr", choices[::-1], n=2) == ["bert-maher", "bert-mayer"]
    assert nearest("PyTorch", ["pytorch", "torch"]) == ["pytorch"]
    assert nearest("qqq", choices) == []
