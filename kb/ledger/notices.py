"""What a ledger did with rows that break a rule: counted and named, never dropped in silence."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Notice:
    """Rows of one file that one rule was applied to: how many, the first of them, and one of their texts."""

    file: str
    rule: str
    what: str
    count: int
    rows: Sequence[int] = ()
    example: str = ""
