"""SwanLab in its offline mode: files in ``media``; it has no histograms."""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Any, Final

from tests.benchmarks.peers.cases import RATE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.benchmarks.peers.cases import Case
    from tests.benchmarks.peers.judge import Counts

DISTRIBUTION: Final = "swanlab"
PACKAGE: Final = "swanlab"
LACKS: Final = frozenset(["histogram"])
DOCUMENTED: Final[dict[str, str]] = {}


class Peer:
    """An offline run in `folder`."""

    def __init__(self, folder: Path) -> None:
        os.environ["SWANLAB_MODE"] = "offline"
        self.folder = folder / "swanlog"
        self.swanlab: Any = importlib.import_module("swanlab")
        self.swanlab.init(project="inputs", mode="offline", logdir=str(self.folder))

    def log(self, name: str, case: Case, value: Any) -> None:
        if case.kind == "image":
            media = self.swanlab.Image(value)
        else:
            media = self.swanlab.Audio(value, sample_rate=RATE)
        self.swanlab.log({name: media}, step=_step(name))

    def finish(self) -> None:
        self.swanlab.finish()

    def stored(self, name: str, case: Case) -> bytes | Counts | None:
        found = sorted(self.folder.glob(f"*/media/*/{_step(name):03}-*"))
        return found[0].read_bytes() if found else None


def _step(name: str) -> int:
    """Return a step for each input, since files are named by it and not by the key."""
    return int(name[1:])
