"""Names for comparison: folded, in pinyin, as slugs; how well a query fits a name; the nearest word."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache

CLOSE = 0.8
"""Least share of letters in common (difflib's ratio) at which two words count as close."""

_HAN = re.compile("[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_SLUG = "[a-z0-9]+(?:-[a-z0-9]+)*"
_ASCII_WORDS = re.compile("[a-z0-9]+")
_ID = re.compile(f"(?:{_SLUG}/)?{_SLUG}")
# Letters with a stroke or a ligature, which no Unicode normal form takes apart.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
# Combining marks of alphabets, and of symbols.
_ACCENTS = (("\u0300", "\u036f"), ("\u1ab0", "\u1aff"), ("\u1dc0", "\u1dff"), ("\u20d0", "\u20ff"))
# Family names that are read otherwise than the same character elsewhere.
_FAMILY_NAMES = {"单": "shan", "仇": "qiu", "区": "ou", "解": "xie", "查": "zha", "曾": "zeng", "朴": "piao"}
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc`]")


def fold(text: str) -> str:
    """A name without case, accents, width and punctuation, in words one space apart, in any script.

    Only the accents of alphabets go: a vowel sign of Devanagari or the voicing mark of kana is a letter.

    >>> fold("  Ｍáher,  BERT "), fold("伯特·马赫"), fold("Søren")
    ('maher bert', '伯特 马赫', 'soren')
    """
    if text.isascii():
        return " ".join(_ASCII_WORDS.findall(text.lower()))
    letters = []
    for char in unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold()):
        kind = unicodedata.category(char)
        if kind == "Cf" or (kind == "Mn" and _is_accent(char)):
            continue
        letters.append(char if kind[0] in "LMN" else " ")
    composed = unicodedata.normalize("NFKC", "".join(letters).translate(_LETTERS).casefold())
    return " ".join(composed.split())


@lru_cache(maxsize=65_536)
def pinyin(text: str) -> str:
    """The text with each run of Han characters as toneless pinyin, one word a syllable; the rest unchanged.

    A text of two or three Han characters alone is taken for a person's name, family name first.

    >>> pinyin("伯特·马赫"), pinyin("Bert 马赫"), pinyin("吕布")
    ('bo te·ma he', 'Bert ma he', 'lü bu')
    """
    if not _HAN.search(text):
        return text
    # Its dictionary takes 0.15 s to import, and a run without Han characters never needs it.
    from pypinyin import lazy_pinyin

    def syllables(run: re.Match[str]) -> str:
        before = " " if run.start() and text[run.start() - 1].isalnum() else ""
        after = " " if run.end() < len(text) and text[run.end()].isalnum() else ""
        spoken = lazy_pinyin(run[0], v_to_u=True)
        if run[0] == text and len(text) in (2, 3):
            spoken[0] = _FAMILY_NAMES.get(text[0], spoken[0])
        return before + " ".join(spoken) + after

    return _HAN.sub(syllables, text)


def keys(name: str) -> frozenset[str]:
    """All forms under which a name can be looked up whole: folded, in pinyin, and both without spaces.

    >>> sorted(keys("马赫")), sorted(keys("Bert Maher"))
    (['ma he', 'mahe', '马赫'], ['bert maher', 'bertmaher'])
    """
    latin = pinyin(name)
    # On a keyboard ü is typed as v, and in passports it is u.
    forms = {fold(form) for form in (name, latin, latin.replace("ü", "v"))}
    return frozenset(forms | {form.replace(" ", "") for form in forms}) - {""}


def match(query: str, names: Sequence[str]) -> float | None:
    """How well a query fits the best of one entity's names, from 1 down to 0; None if it does not.

    1 the whole name; 0.9 the whole name in pinyin; 0.8 to 0.9 the beginning of words, in any order;
    0.7 to 0.8 any part of the name; 0.6 to 0.7 the beginning of a syllable in pinyin; 0.4 to 0.5 close
    to the name or to one of its words (`CLOSE`). Within a step, the more of the name the better.

    >>> match("MAHER", ["Bert Maher", "伯特·马赫"]) == match("máher", ["Bert Maher", "伯特·马赫"])
    True
    >>> match("mahe", ["伯特·马赫"]), match("zuck", ["Bert Maher"])
    (0.65, None)
    """
    return max((score for name in names if (score := _score(query, name))), default=None)


def nearest(word: str, choices: Iterable[str], n: int = 1) -> list[str]:
    """Up to `n` of the choices that look most like a word, best first, for the hint in an error.

    >>> nearest("bert-mahr", ["bert-maher", "jane-doe"])
    ['bert-maher']
    """
    folded: dict[str, str] = {}
    for choice in sorted(set(choices)):
        folded.setdefault(fold(choice), choice)
    return [folded[near] for near in get_close_matches(fold(word), folded, n=n, cutoff=0.6)]


def slug(text: str) -> str:
    """A name as an id: lower-case ASCII words with hyphens; Han characters by their pinyin.

    Empty if no letter or digit is left, as with a name in Cyrillic.

    >>> slug("Bert Maher"), slug("André O’Neil"), slug("Llama 3.1"), slug("马赫")
    ('bert-maher', 'andre-oneil', 'llama-3-1', 'ma-he')
    """
    words = fold(_APOSTROPHES.sub("", pinyin(text)))
    return "-".join(_ASCII_WORDS.findall(words))


def is_slug(text: str) -> bool:
    """Whether a text is a slug: `bert-maher`, but not `Bert-Maher`, `bert--maher` or `aiwatch/bert-maher`."""
    return re.fullmatch(_SLUG, text) is not None


def is_id(text: str) -> bool:
    """Whether a text can be an entity's id: a slug, or a dataset's slug and a slug (`aiwatch/jane-doe`)."""
    return _ID.fullmatch(text) is not None


def _is_accent(char: str) -> bool:
    return any(low <= char <= high for low, high in _ACCENTS)


def _score(query: str, name: str) -> float | None:
    asked, folded = fold(query), fold(name)
    if not asked or not folded:
        return None
    joined, whole = asked.replace(" ", ""), folded.replace(" ", "")
    if joined == whole:
        return 1.0
    share = 0.1 * min(len(joined) / len(whole), 1)
    if _HAN.search(name) and joined in keys(name):
        return 0.9
    if _all_begin(asked.split(), folded.split()):
        return 0.8 + share
    if asked in folded or (len(joined) > 2 and joined in whole):
        return 0.7 + share
    if (sounds := _score_by_sound(query, asked, name)) is not None:
        return sounds
    best = max(_ratio(asked, other) for other in {folded, whole, *folded.split()})
    return 0.5 * best if best >= CLOSE else None


def _all_begin(asked: Sequence[str], words: Sequence[str]) -> bool:
    """Whether each asked word begins a name's word of its own; the longest first, so that none is stolen."""
    left = list(words)
    for begin in sorted(asked, key=len, reverse=True):
        found = next((word for word in left if word.startswith(begin)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _score_by_sound(query: str, asked: str, name: str) -> float | None:
    """Latin letters against a Han name's syllables, or two and more Han characters against their sound."""
    syllables = fold(pinyin(name)).split()
    if _HAN.search(query):
        sound = fold(pinyin(query))
        fits = " " in sound and f" {sound} " in f" {' '.join(syllables)} "
    else:
        sound = asked
        tails = ["".join(syllables[start:]) for start in range(len(syllables))] if _HAN.search(name) else []
        fits = any(tail.startswith(asked.replace(" ", "")) for tail in tails) or (
            all(any(tail.startswith(word) for tail in tails) for word in asked.split())
        )
    return 0.6 + 0.1 * min(len(sound.replace(" ", "")) / len("".join(syllables)), 1) if fits else None


def _ratio(a: str, b: str) -> float:
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    # The two bounds are cheap, and nearly every pair of names ends there.
    if matcher.real_quick_ratio() < CLOSE or matcher.quick_ratio() < CLOSE:
        return 0.0
    return matcher.ratio()
