"""Trackio without a Space: files in ``media``, histograms in an SQLite database."""

from __future__ import annotations

import importlib
import json
import os
import sqlite3
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tests.benchmarks.peers.cases import RATE
from tests.benchmarks.peers.judge import Counts

if TYPE_CHECKING:
    from pathlib import Path

    from tests.benchmarks.peers.cases import Case

DISTRIBUTION: Final = "trackio"
PACKAGE: Final = "trackio"
LACKS: Final[frozenset[str]] = frozenset()
DOCUMENTED: Final = dict.fromkeys(
    [
        "float32, -1 to 1",
        "float32, -2 to 2",
        "float32 with NaN",
        "float32 (frames, 2)",
        "float32 (2, frames)",
    ],
    "the reference: floats are scaled to their peak",
)


class Peer:
    """A local project in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "trackio"
        os.environ["TRACKIO_DIR"] = str(self.folder)
        self.trackio: Any = importlib.import_module("trackio")
        self.run = self.trackio.init(project="inputs")

    def log(self, name: str, case: Case, value: Any) -> None:
        if case.kind == "image":
            self.run.log({name: self.trackio.Image(value)})
        elif case.kind == "audio":
            self.run.log({name: self.trackio.Audio(value, sample_rate=RATE)})
        else:
            self.run.log({name: self.trackio.Histogram(value)})

    def finish(self) -> None:
        self.run.finish()
        with sqlite3.connect(self.folder / "inputs.db") as base:
            rows = base.execute("select metrics from metrics").fetchall()
        self.rows: dict[str, Any] = {}
        for (row,) in rows:
            self.rows |= json.loads(row)

    def stored(self, name: str, case: Case) -> bytes | Counts | None:
        row = self.rows.get(name)
        if row is None:
            return None
        if case.kind == "histogram":
            return Counts(np.array(row["values"]), np.array(row["bins"], float))
        path = self.folder / "media" / str(row["file_path"])
        return path.read_bytes()
