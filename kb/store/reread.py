"""A dataset read again from the folder that it was loaded from, where the graph has not all that it says."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kb.errors import LoadRefused
from kb.ledger import Ledger, read_folder


def reread(name: str, properties: Mapping[str, Any], ledger: Ledger, *, why: str) -> None:
    """Add the claims of a dataset to a ledger, from its folder; `why` tells the user why that is needed.

    A dataset that the graph holds without its claims must be in the folder as it was loaded, since nothing
    else says what it was.
    Raises: LoadRefused if the folder is gone, or holds something else now.
    """
    folder = str(properties.get("folder") or "")
    hint = f"Load its folder again, or `kb unload {name}`"
    what = f"`{name}` {why}" if properties.get("state") == "complete" else f"the load of `{name}` {why}"
    if not folder or not Path(folder).is_dir():
        raise LoadRefused(f"{what}, and its folder {folder} is gone", hint=hint)
    before = ledger.datasets
    read_folder(folder, ledger)
    if set(ledger.datasets) - set(before) != {name}:
        raise LoadRefused(f"{what}, and {folder} is another dataset now", hint=hint)
    ledger.set_provenance(name, str(properties.get("provenance") or "full"))
    if properties.get("provenance") != "ids" or properties.get("state") != "complete":
        return
    [(digest,)] = ledger.execute(f"SELECT hash FROM {ledger.name('Dataset')} WHERE id = ?", [name])
    if digest != properties.get("hash"):
        raise LoadRefused(f"{what}, and its folder {folder} has changed since", hint=hint)
