"""jax arrays, wherever their numbers are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mediatypes._core.arrays import Plain
from mediatypes.adapters.refusal import Refusal

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["to_plain"]


def to_plain(value: Any) -> Plain:
    """Return the numbers of `value` as an array.

    Raises
    ------
    mediatypes.adapters.refusal.Refusal
        If it is traced, or made of random keys.
    """
    expected = "an array with numbers"
    if str(value.dtype).startswith("key<"):
        hint = "Pass jax.random.key_data(x)."
        raise Refusal(expected, "random keys", hint)
    try:
        array: NDArray[Any] = np.asarray(value)
    except TypeError as error:
        hint = "Log outside of jit and grad, or through jax.debug.callback."
        raise Refusal(expected, "a traced one", hint) from error
    return Plain(array, "jax.Array")
