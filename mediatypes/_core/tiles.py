"""Many pictures as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mediatypes._core.options import check_integral
from mediatypes.errors import OptionError, ShapeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["tile"]


def tile(
    tiles: Sequence[NDArray[Any]], *, columns: int, padding: int, media: str
) -> NDArray[Any]:
    """Return `tiles` side by side, row by row, on black.

    Parameters
    ----------
    tiles
        Arrays of one dtype and one shape, (height, width) or (height, width, channels).
    columns
        Tiles in a row, 1 or more; fewer if there are fewer tiles.
    padding
        Black pixels between tiles, 0 or more.
    media
        Who asks, for messages.

    Raises
    ------
    mediatypes.errors.OptionError
        If `columns` or `padding` is too small.
    mediatypes.errors.ShapeError
        If there are no tiles, or different ones.
    """
    columns = _check_count(media, "columns", columns, least=1)
    padding = _check_count(media, "padding", padding, least=0)
    shapes = {(item.shape, item.dtype) for item in tiles}
    if len(shapes) != 1:
        raise ShapeError(
            media,
            "data",
            expected="one or more pictures of one size, depth and number of channels",
            received=f"{len(shapes)} different ones",
        )
    height, width, *rest = tiles[0].shape
    columns = min(columns, len(tiles))
    rows = -(-len(tiles) // columns)
    down, across = height + padding, width + padding
    shape = (rows * down - padding, columns * across - padding, *rest)
    canvas = np.zeros(shape, tiles[0].dtype)
    for index, item in enumerate(tiles):
        row, column = divmod(index, columns)
        y, x = row * down, column * across
        canvas[y : y + height, x : x + width] = item
    return canvas


def _check_count(media: str, field: str, value: object, *, least: int) -> int:
    number = check_integral(value)
    if number is None or number < least:
        expected = f"a whole number from {least}"
        raise OptionError(media, field, expected=expected, received=repr(value))
    return number
