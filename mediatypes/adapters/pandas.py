"""pandas frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["to_frame"]


def to_frame(columns: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """Return a frame of `columns`, which keep their Python objects where mixed."""
    return pd.DataFrame({name: _series(values) for name, values in columns.items()})


def _series(values: Sequence[Any]) -> pd.Series[Any]:
    known: list[object] = [value for value in values if value is not None]
    kinds = set(map(type, known))
    if (kinds <= {int, float, bool, str} and len(kinds) <= 1) or kinds == {int, float}:
        return pd.Series(list(values))
    # A list or a media value must stay one cell.
    cells = np.empty(len(values), dtype=object)
    for position, value in enumerate(values):
        cells[position] = value
    return pd.Series(cells)
