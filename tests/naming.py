"""Names of tests, the same in every process."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["named"]

_ADDRESS: Final = re.compile(r" at 0x[0-9a-f]+")


def named(value: object) -> str:
    """Return what `value` looks like, without where it lies in memory."""
    return _ADDRESS.sub("", repr(value))
