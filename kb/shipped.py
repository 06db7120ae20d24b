"""Where the files are that come with kb: `seeds` and `cypher`."""

from importlib.resources import files
from pathlib import Path


def shipped(folder: str) -> Path:
    """A folder that comes with kb: in the installed package, or beside it in a checkout.

    >>> shipped("cypher").name
    'cypher'
    """
    inside = Path(str(files("kb"))) / folder
    return inside if inside.is_dir() else inside.parent.parent / folder
