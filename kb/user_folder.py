"""The folder that kb keeps for this user: the embedded store, and the list of whom to leave out."""

import os
from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_data_path

from kb.errors import StoreError


def user_folder(home: str | Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """`home`, else KB_HOME, else the platform's folder for user data. Raises: StoreError.

    >>> user_folder("/tmp/kb").as_posix()
    '/tmp/kb'
    """
    text = home or environ.get("KB_HOME")
    if not text:
        return user_data_path("ai-talent-kb", appauthor=False)
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError:
        raise StoreError(f"no home folder for {text}", where="KB_HOME", hint="Write a whole path") from None
