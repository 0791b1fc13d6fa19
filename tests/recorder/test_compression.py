"""A run says how hard its encoders try."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import mediatypes as mt

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def smooth() -> NDArray[np.uint8]:
    """Return a picture that a better filter makes smaller."""
    y, x = np.mgrid[:90, :120]
    levels = 120 + 60 * np.sin(x / 17) * np.cos(y / 23) + x % 3
    return np.stack([levels, levels[::-1], levels.T.reshape(levels.shape)], 2).astype(
        np.uint8
    )


def sizes(place: Path, compression: str) -> list[int]:
    """Return the bytes of a mask, a picture, and a picture of the summary."""
    picture = smooth()
    masks = {"parts": {"mask_data": picture[..., 1]}}
    with mt.init(dir=place, compression=compression, reinit="create_new") as run:
        run.log({"picture": mt.Image(picture, masks=masks)})
        run.summary["best"] = mt.Image(picture[::-1])
    found = mt.open_run(run.dir)
    np.testing.assert_array_equal(found.media("picture")[0][0].to_numpy(), picture)
    np.testing.assert_array_equal(found.summary["best"].to_numpy(), picture[::-1])
    return sorted(path.stat().st_size for path in run.dir.rglob("*.png"))


def test_a_run_of_small_files_has_smaller_ones_and_the_same_pixels(
    tmp_path: Path,
) -> None:
    fast, small = sizes(tmp_path, "fast"), sizes(tmp_path, "small")

    assert len(small) == 3
    assert all(mine < other for mine, other in zip(small, fast, strict=True))


def test_one_run_of_small_files_leaves_the_others_alone(tmp_path: Path) -> None:
    before = sizes(tmp_path, "fast")
    sizes(tmp_path, "small")

    assert sizes(tmp_path, "fast") == before


def test_another_word_is_refused_before_a_folder_is_made(tmp_path: Path) -> None:
    with pytest.raises(
        mt.errors.OptionError, match="compression must be fast or small"
    ):
        mt.init(dir=tmp_path, compression="best")
    assert not list(tmp_path.iterdir())
