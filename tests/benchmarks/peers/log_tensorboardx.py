"""tensorboardX: everything in an event file, here read by the record."""

from __future__ import annotations

import importlib
import struct
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tests.benchmarks.peers.cases import RATE
from tests.benchmarks.peers.judge import Counts

if TYPE_CHECKING:
    from pathlib import Path

    from tests.benchmarks.peers.cases import Case

DISTRIBUTION: Final = "tensorboardX"
PACKAGE: Final = "tensorboardX"
LACKS: Final[frozenset[str]] = frozenset()
DOCUMENTED: Final[dict[str, str]] = {}


class Peer:
    """A log folder beneath `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "events"
        module: Any = importlib.import_module("tensorboardX")
        self.writer = module.SummaryWriter(str(self.folder))
        self.rows: dict[str, Any] = {}

    def log(self, name: str, case: Case, value: Any) -> None:
        if case.kind == "image":
            layout = "HW" if getattr(value, "ndim", 3) == 2 else case.layout
            self.writer.add_image(name, value, 0, dataformats=layout)
        elif case.kind == "audio":
            self.writer.add_audio(name, value, 0, sample_rate=RATE)
        else:
            self.writer.add_histogram(name, value, 0)

    def finish(self) -> None:
        self.writer.close()
        messages: Any = importlib.import_module("tensorboardX.proto.event_pb2")
        for path in sorted(self.folder.iterdir()):
            data, position = path.read_bytes(), 0
            while position < len(data):
                (size,) = struct.unpack_from("<Q", data, position)
                event = messages.Event()
                event.ParseFromString(data[position + 12 : position + 12 + size])
                position += 16 + size
                self.rows |= {value.tag: value for value in event.summary.value}

    def stored(self, name: str, case: Case) -> bytes | Counts | None:
        row = self.rows.get(name) or self.rows.get(f"{name}/0")
        if row is None:
            return None
        if case.kind == "histogram":
            edges = np.array([row.histo.min, *row.histo.bucket_limit])
            return Counts(np.array(row.histo.bucket), edges)
        data: bytes = (
            row.image.encoded_image_string
            if case.kind == "image"
            else row.audio.encoded_audio_string
        )
        return data or None
