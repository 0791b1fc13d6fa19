"""TensorFlow tensors and variables, as they are when executed eagerly."""

from __future__ import annotations

from typing import Any

import numpy as np

from mediatypes._core.arrays import Plain
from mediatypes._core.optional import type_name
from mediatypes.adapters.refusal import Refusal

__all__ = ["to_plain"]


def to_plain(value: Any) -> Plain:
    """Return the numbers of `value` as an array.

    Raises
    ------
    mediatypes.adapters.refusal.Refusal
        If it is ragged, sparse, or stands for numbers of a graph.
    """
    dense = "a dense tensor with numbers"
    if hasattr(value, "to_tensor"):
        raise Refusal(dense, "a ragged one", "Pass x.to_tensor().")
    if hasattr(value, "dense_shape"):
        raise Refusal(dense, "a sparse one", "Pass tf.sparse.to_dense(x).")
    try:
        array = np.asarray(value.numpy())
    except (AttributeError, NotImplementedError) as error:
        hint = "Log outside of tf.function, or through tf.py_function."
        raise Refusal(dense, "a symbolic one", hint) from error
    return Plain(array, type_name(value))
