"""Text that came from data, made harmless for a terminal and for a spreadsheet."""

import re
from typing import Final

# What a terminal obeys or hides: control characters, marks that turn the reading direction, invisible and
# tag characters, line separators. Joiners (U+200C, U+200D) stay: emoji and several scripts need them.
_UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def visible(text: str) -> str:
    """The text with what cannot be seen written as an escape.

    >>> visible("a\\x1b[2Jb")
    'a\\\\x1b[2Jb'
    >>> visible("gro\\u00df \\u202etxt")
    'groß \\\\u202etxt'
    """
    return _UNSEEN.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if char in _SHORT:
        return _SHORT[char]
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def json_safe(text: str) -> str:
    """JSON text with what cannot be seen as JSON's own escapes: it reads back the same.

    >>> json_safe('"\\u202e"')
    '"\\\\u202e"'
    """
    return _UNSEEN.sub(_json_escape, text)


def _json_escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


def no_formula(text: str) -> str:
    """The text as a spreadsheet shows it: an apostrophe before what it would take for a formula.

    >>> no_formula("=1+1"), no_formula("1+1")
    ("'=1+1", '1+1')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def tab_safe(text: str) -> str:
    r"""The text as one field of a line of tabs: tab, newline, carriage return and backslash are escaped.

    >>> tab_safe("a\tb\\c")
    'a\\tb\\\\c'
    """
    return text.translate(_TAB_ESCAPES)


_TAB_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
