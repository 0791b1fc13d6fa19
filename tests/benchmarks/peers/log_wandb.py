"""W&B in its offline mode: files in ``media``, histograms in the ``.wandb`` log."""

from __future__ import annotations

import importlib
import json
import os
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tests.benchmarks.peers.cases import RATE
from tests.benchmarks.peers.judge import Counts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.peers.cases import Case

DISTRIBUTION: Final = "wandb"
PACKAGE: Final = "wandb"
LACKS: Final[frozenset[str]] = frozenset()
DOCUMENTED: Final[dict[str, str]] = {}
_FOLDERS: Final = {"image": "images", "audio": "audio"}
_BLOCK, _HEAD, _FILE_HEAD = 32_768, 7, 7


class Peer:
    """An offline run in `folder`."""

    def __init__(self, folder: Path) -> None:
        os.environ["WANDB_DIR"] = str(folder)
        self.wandb: Any = importlib.import_module("wandb")
        self.run = self.wandb.init(project="inputs")
        self.files = Path(self.run.dir) / "media"
        self.log_file = Path(self.run.settings.sync_file)

    def log(self, name: str, case: Case, value: Any) -> None:
        if case.kind == "image":
            self.run.log({name: self.wandb.Image(value)})
        elif case.kind == "audio":
            self.run.log({name: self.wandb.Audio(value, sample_rate=RATE)})
        else:
            self.run.log({name: self.wandb.Histogram(value)})

    def finish(self) -> None:
        self.run.finish()
        self.rows = dict(self._items())

    def stored(self, name: str, case: Case) -> bytes | Counts | None:
        if case.kind == "histogram":
            if f"{name}.values" not in self.rows:
                return None
            numbers = [json.loads(self.rows[f"{name}.{k}"]) for k in ("values", "bins")]
            return Counts(*map(np.array, numbers))
        found = sorted((self.files / _FOLDERS[case.kind]).glob(f"{name}_*"))
        return found[0].read_bytes() if found else None

    def _items(self) -> Iterator[tuple[str, str]]:
        """Yield key and JSON of everything that was logged."""
        messages: Any = importlib.import_module("wandb.proto.wandb_internal_pb2")
        for data in _records(self.log_file.read_bytes()):
            record = messages.Record()
            record.ParseFromString(data)
            for item in record.history.item:
                yield item.key or ".".join(item.nested_key), item.value_json


def _records(data: bytes) -> Iterator[bytes]:
    """Yield the records of a log in LevelDB's format, whose pieces fill blocks."""
    position, whole = _FILE_HEAD, b""
    while position + _HEAD <= len(data):
        if _BLOCK - position % _BLOCK < _HEAD:
            position += _BLOCK - position % _BLOCK
            continue
        _, size, kind = struct.unpack_from("<IHB", data, position)
        whole += data[position + _HEAD : position + _HEAD + size]
        position += _HEAD + size
        if kind in {1, 4}:
            yield whole
            whole = b""
