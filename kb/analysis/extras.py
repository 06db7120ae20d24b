"""Libraries that an extra brings: loaded where they are used, asked for by name where missing."""

from importlib import import_module
from typing import Any

from kb.errors import MissingExtra


def extra(module: str, *, of: str = "analysis") -> Any:
    """A module that the extra `of` brings. Raises: MissingExtra, with the command that installs it.

    >>> extra("scipy.sparse").__name__
    'scipy.sparse'
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        library = module.partition(".")[0].replace("_", "-")
        what = f"this needs the library `{library}`, which is not installed"
        raise MissingExtra(what, hint=f"Run `pip install 'ai-talent-kb[{of}]'`") from error
