from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageOps

from mediatypes._core.turn import as_stored, upright


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turn_is_that_of_pillow_and_can_be_taken_back(orientation: int) -> None:
    stored = np.arange(6, dtype=np.uint8).reshape(2, 3)
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    Pillow.fromarray(stored).save(out, format="PNG", exif=exif)
    with Pillow.open(out) as picture:
        expected = np.asarray(ImageOps.exif_transpose(picture))

    turned = upright(stored, orientation)

    np.testing.assert_array_equal(turned, expected)
    np.testing.assert_array_equal(as_stored(turned, orientation), stored)
