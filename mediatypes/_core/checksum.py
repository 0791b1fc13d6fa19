"""zlib at memory speed where ISA-L is there, else the standard library's."""

from __future__ import annotations

import importlib
import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

__all__ = ["FAST_ZLIB", "crc32"]


def _fast_zlib() -> ModuleType | None:
    try:
        return importlib.import_module("isal.isal_zlib")
    except ImportError:  # there is no wheel for Windows on ARM
        return None


FAST_ZLIB: Final = _fast_zlib()
crc32: Final[Callable[..., int]] = zlib.crc32 if FAST_ZLIB is None else FAST_ZLIB.crc32
"""CRC-32 of data, begun with the value of what went before."""
