"""What a run is told at its beginning."""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = ["DEFAULT_QUEUE_BYTES", "Options"]

DEFAULT_QUEUE_BYTES: Final = 256 << 20


class Options(NamedTuple):
    """How a run is written."""

    durability: str = "interval"
    strict: bool = False
    queue_bytes: int = DEFAULT_QUEUE_BYTES
    queue_full: str = "block"
    spool: bool = True
    compression: str = "fast"
    render: str = "auto"
