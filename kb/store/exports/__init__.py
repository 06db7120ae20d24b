"""A snapshot written to files for other programs, one module a format."""

from kb.store.exports.files import Exported
from kb.store.exports.write import FORMATS, export

__all__ = ["FORMATS", "Exported", "export"]
