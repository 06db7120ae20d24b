"""Small worlds as snapshots, without any database."""

from collections.abc import Callable
from typing import Any

import pytest

from kb.ledger import Ledger, read_folder
from kb.resolve import Snapshot, resolve
from tests.folders import person, world, write_folder


@pytest.fixture
def resolved(tmp_path) -> Callable[..., Snapshot]:
    """The snapshot of datasets as `tests.folders.world` writes them."""

    def run(*datasets: dict[str, Any]) -> Snapshot:
        ledger = Ledger()
        for data in datasets:
            read_folder(write_folder(tmp_path / data["dataset"]["id"], data), ledger)
        return resolve(ledger)

    return run


@pytest.fixture
def career(resolved) -> Callable[..., Snapshot]:
    """A snapshot of one person, `ann`, with these jobs."""

    def run(*jobs: dict[str, Any], **sections: Any) -> Snapshot:
        return resolved(world(people={"ann": person("Ann", *jobs)}, **sections))

    return run
