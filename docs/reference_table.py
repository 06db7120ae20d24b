"""What the generated pages share: Markdown tables, and the line that says where a page comes from."""

from collections.abc import Iterable, Sequence
from typing import Final

MADE: Final = "Made by `make reference`; a test holds it equal to the code."


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table.

    >>> print(table(["a", "b"], [["1", "x|y"]]), end="")
    | a | b |
    | --- | --- |
    | 1 | x\\|y |
    """
    lines = [header, ["---"] * len(header), *([text.replace("|", "\\|") for text in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
