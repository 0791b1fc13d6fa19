"""Public fault reports about runs that go on, each as what must hold here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import mediatypes as mt
from tests.cases.record import Record

if TYPE_CHECKING:
    from pathlib import Path

BLACK, WHITE = np.zeros((2, 2), np.uint8), np.full((2, 2), 255, np.uint8)


@pytest.mark.parametrize("name", [None, "night"], ids=["anew", "resumed"])
def test_the_same_key_and_step_after_a_restart_overwrite_nothing(
    name: str | None, tmp_path: Path
) -> None:
    """Case 117, wandb/wandb#3696: after a restart the picture before was gone."""
    records = []
    before: dict[Path, bytes] = {}
    for pixels in (BLACK, WHITE):
        run = mt.init(dir=tmp_path, id=name, resume=name and "allow")
        run.log({"k": mt.Image(pixels)}, step=3)
        records.append(Record(run))
        logs = {path: path.read_bytes() for path in tmp_path.rglob("*.jsonl")}
        for path, content in before.items():
            assert logs[path].startswith(content) or path.name == "manifest.jsonl"
        before = logs

    found = [x for record in records for x in record.pictures("k")]
    levels = sorted({int(picture.max()) for picture in found})
    assert levels == [0, 255]
    shown: list[Any] = [mt.open_run(run.dir).media("k")[3] for run in records]
    assert [items[0].to_numpy().max() for items in shown][-1] == 255
