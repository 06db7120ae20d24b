"""Values of parameters, as a user writes them on a command line or in a header."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from kb.errors import KbError
from kb.names import nearest
from kb.queries.text import parameters

_LARGEST: Final = 2**63  # what an integer of the database holds
_NAME: Final = re.compile(r"[^\W\d]\w*")


def value(text: str) -> Any:
    """What a text stands for: JSON if it is JSON, a day after `date:`, else the text itself.

    Raises: KbError for a day that is none, and for a number that no database holds.

    >>> value("3"), value("true"), value('["a", 1.5]'), value("meta"), value('"3"')
    (3, True, ['a', 1.5], 'meta', '3')
    >>> value("date:2025-08-01"), value("2025-08-01"), value("007")
    (datetime.date(2025, 8, 1), '2025-08-01', '007')
    """
    if text.startswith("date:"):
        try:
            return date.fromisoformat(text.removeprefix("date:").strip())
        except ValueError:
            hint = "Write date:2025-08-01, or a text in double quotes"
            raise KbError(f"`{text}` is not a day", hint=hint) from None
    try:
        found = json.loads(text, parse_constant=_not_json)
    except (ValueError, RecursionError):
        return text
    if _too_large(found):
        raise KbError(
            f"`{text}` is larger than a number can be", hint="Put it in double quotes to make it a text"
        )
    return found


def _not_json(name: str) -> Any:
    """NaN and Infinity are texts: JSON has no such numbers, and Python's reader would take them."""
    raise ValueError(name)


def _too_large(found: Any) -> bool:
    if isinstance(found, dict):
        return any(map(_too_large, found.values()))
    if isinstance(found, list):
        return any(map(_too_large, found))
    if isinstance(found, float):
        return found in (float("inf"), float("-inf"))
    return isinstance(found, int) and not -_LARGEST <= found < _LARGEST


def named_values(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Values by name. Raises: KbError for a name that is given twice, or that is none.

    >>> named_values([("org", "meta"), ("least", "2")])
    {'org': 'meta', 'least': 2}
    """
    found: dict[str, Any] = {}
    for name, text in pairs:
        if not _NAME.fullmatch(name):
            raise KbError(f"`{name}` is not a name of a parameter", hint="Write it without the $")
        if name in found:
            raise KbError(f"parameter `{name}` is given twice", hint="Give it one value")
        found[name] = value(text)
    return found


def check_parameters(cypher: str, given: Mapping[str, Any]) -> None:
    """See that a query gets the parameters that it has, and no others. Raises: KbError."""
    wanted = parameters(cypher)
    for name in given:
        if name not in wanted:
            near = nearest(name, wanted)
            hint = f"Did you mean {near[0]}?" if near else "Take it out"
            raise KbError(f"the query has no parameter `{name}`", hint=hint)
    missing = [name for name in wanted if name not in given]
    if missing:
        what = f"no value for parameter{'s' * (len(missing) > 1)} {', '.join(f'${name}' for name in missing)}"
        raise KbError(what, hint=f"Give it with -p {missing[0]} VALUE")


def written(given: Any) -> str:
    """The text that stands for a value: the other way round.

    >>> written("meta"), written("3"), written(3), written(date(2025, 8, 1))
    ('meta', '"3"', '3', 'date:2025-08-01')
    """
    if isinstance(given, date):
        return f"date:{given.isoformat()}"
    if isinstance(given, str) and not given.startswith("date:") and value(given) == given:
        return given
    return json.dumps(given, ensure_ascii=False)
