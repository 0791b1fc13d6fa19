"""MLX arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from mediatypes._core.arrays import Plain
from mediatypes._core.optional import loaded

__all__ = ["to_plain"]


def to_plain(value: Any) -> Plain:
    """Return the numbers of `value` as an array; bfloat16 becomes float32."""
    if str(value.dtype).endswith("bfloat16"):
        value = value.astype(getattr(loaded("mlx.core"), "float32", np.float32))
    return Plain(np.array(value), "mlx.core.array")
