"""This library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import mediatypes as mt
from tests.benchmarks.peers.cases import RATE
from tests.benchmarks.peers.judge import Counts

if TYPE_CHECKING:
    from pathlib import Path

    from tests.benchmarks.peers.cases import Case

DISTRIBUTION: Final = "mediatypes"
PACKAGE: Final = "mediatypes"
LACKS: Final[frozenset[str]] = frozenset()
DOCUMENTED: Final[dict[str, str]] = {}


class Peer:
    """A run in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.run = mt.init(dir=folder, reinit="create_new")

    def log(self, name: str, case: Case, value: Any) -> None:
        if case.kind == "image":
            self.run.log({name: mt.Image(value)})
        elif case.kind == "audio":
            is_file = isinstance(value, str)
            self.run.log({name: mt.Audio(value, None if is_file else RATE)})
        else:
            self.run.log({name: mt.Histogram(value)})

    def finish(self) -> None:
        self.run.finish(quiet=True)

    def stored(self, name: str, case: Case) -> bytes | Counts | None:
        series = mt.open_run(self.run.dir).media(name)
        (value,) = [value for values in series.values() for value in values]
        if isinstance(value, mt.Histogram):
            return Counts(value.counts, value.edges)
        data: bytes = value.encode().data
        return data
