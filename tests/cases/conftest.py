"""A run of its own for every case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import mediatypes as mt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def run(tmp_path: Path) -> Iterator[mt.Run]:
    """A run in an empty folder, finished afterwards if the case has not done so."""
    run = mt.init(dir=tmp_path / "runs", reinit="create_new")
    yield run
    run.finish(quiet=True)
