from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mediatypes._core.tiles import tile
from mediatypes.errors import InvalidMediaError


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 1), (2, 3, 4)])
@pytest.mark.parametrize("columns", [1, 2, 3, 9])
def test_every_tile_is_found_in_its_place(shape: tuple[int, ...], columns: int) -> None:
    tiles = [np.full(shape, index + 1, np.uint8) for index in range(5)]

    canvas = tile(tiles, columns=columns, padding=1, media="Image.grid")

    across = min(columns, 5)
    assert canvas.shape[:2] == (3 * -(-5 // across) - 1, 4 * across - 1)
    for index in range(5):
        row, column = divmod(index, across)
        part = canvas[3 * row : 3 * row + 2, 4 * column : 4 * column + 3]
        np.testing.assert_array_equal(part, tiles[index])
    assert canvas.sum() == sum(item.sum() for item in tiles)


def test_tiles_of_different_depth_are_refused() -> None:
    tiles: list[Any] = [np.zeros((2, 2), np.uint8), np.zeros((2, 2), np.uint16)]

    with pytest.raises(InvalidMediaError, match="2 different ones"):
        tile(tiles, columns=2, padding=0, media="Image.grid")
