"""What sources say: claims as tables, and the files that they are read from."""

from kb.ledger.folder import SHIPPED, locate, read_folder
from kb.ledger.ledger import CURATED, SQL_TYPES, Ledger, Tables, columns, quoted, quoted_text, stated

__all__ = [
    "CURATED",
    "SHIPPED",
    "SQL_TYPES",
    "Ledger",
    "Tables",
    "columns",
    "locate",
    "quoted",
    "quoted_text",
    "read_folder",
    "stated",
]
