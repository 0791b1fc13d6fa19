"""Runs that earlier releases wrote are read as they were meant, and left alone."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest

import mediatypes as mt
from mediatypes.cli import main
from tests.kept_runs import (
    KILLED_STEPS,
    STEPS,
    cells,
    mask,
    numbers,
    pixels,
    samples,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediatypes.reader import RunReader

KEPT: Final = Path(__file__).parent / "fixtures" / "runs"
VERSIONS: Final = sorted(path.name for path in KEPT.iterdir() if path.is_dir())


def content(folder: Path) -> dict[str, str]:
    """Return the digest of every file."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def command(*words: object) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        main([*map(str, words)])


@pytest.fixture(params=VERSIONS)
def finished(request: pytest.FixtureRequest) -> Iterator[RunReader]:
    folder = KEPT / request.param / "finished"
    before = content(folder)
    read = mt.open_run(folder)
    yield read
    read.close()
    assert content(folder) == before


@pytest.fixture(params=VERSIONS)
def killed(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return Path(shutil.copytree(KEPT / request.param / "killed", tmp_path / "killed"))


def test_there_is_a_version() -> None:
    assert "v1" in VERSIONS


def test_every_file_is_what_its_record_says(finished: RunReader) -> None:
    command("verify", finished.dir)


def test_numbers_and_words_come_back(finished: RunReader) -> None:
    rows = list(finished.history())

    assert [row["step"] for row in rows] == [*range(STEPS + 1)]
    np.testing.assert_array_equal(
        [row["loss"] for row in rows], [0.5, np.nan, -np.inf, 0.25]
    )
    assert [row["large"] for row in rows] == [2**60 + n for n in range(STEPS + 1)]
    assert rows[1]["words"] == "step 1 · Zürich"
    assert rows[0]["nested.list"] == [1, None, "x"]
    assert rows[0]["nested.deep.$odd"] is True


def test_settings_and_summary_come_back(finished: RunReader) -> None:
    assert finished.state == "finished"
    assert (finished.name, finished.id, finished.project) == (
        *("finished", "finished"),
        "kept",
    )
    assert finished.config == {"rate": 2e-3, "layers": [8, 4], "large": 2**60}
    assert finished.summary["best"] == 0.25
    assert finished.summary["loss"] == {"min": -np.inf, "last": 0.25}


def one(read: RunReader, key: str, step: int) -> Any:
    (value,) = read.media(key)[step]
    return value


@pytest.mark.parametrize("step", range(STEPS))
def test_media_come_back(finished: RunReader, step: int) -> None:
    picture = one(finished, "picture", step)
    np.testing.assert_array_equal(picture.to_numpy(), pixels(step))
    found = picture.masks["ground truth"]
    assert found["mask_data"].dtype == np.int64
    np.testing.assert_array_equal(found["mask_data"], mask())
    assert found["class_labels"] == {0: "nothing", 255: "road"}
    assert picture.caption == f"step {step} · Zürich"
    assert (picture.id, picture.meta) == ("sample-1", {"split": "test"})
    wide = one(finished, "wide", step).to_numpy()
    assert wide.dtype == np.uint16
    np.testing.assert_array_equal(wide, pixels(step, "uint16"))
    listed = finished.media("list/of pictures")[step]
    assert [image.to_numpy().tolist() for image in listed] == [
        pixels(n).tolist() for n in range(2)
    ]
    sound = one(finished, "sound", step)
    assert sound.sample_rate == 8_000
    np.testing.assert_array_equal(sound.to_numpy(), samples(step))
    np.testing.assert_array_equal(
        one(finished, "array", step).to_numpy(), numbers(step)
    )
    counts, edges = np.histogram(numbers(step)[:-2], 8)
    histogram = one(finished, "counts", step)
    assert histogram.counts.tolist() == counts.tolist()
    np.testing.assert_array_equal(histogram.edges, edges)
    assert one(finished, "chart", step).pixels.shape == (40, 40, 4)


def test_texts_tables_and_films_come_back(finished: RunReader) -> None:
    table = one(finished, "table", 0)
    assert [row[:-1] for row in table.data] == [row[:-1] for row in cells()]
    assert [row[-1].to_numpy().tolist() for row in table.data] == [
        row[-1].tolist() for row in cells()
    ]
    assert one(finished, "text", 0).text == "first line\nsecond"
    assert one(finished, "marked", 0).text == "# Title"
    assert "<p>Grüße</p>" in one(finished, "page", 0).encode().data.decode()
    film = one(finished, "film", 0)
    assert (film.frames, film.fps, film.width, film.height) == (3, 4, 7, 5)


def test_what_a_killed_process_left_is_recovered(killed: Path) -> None:
    command("recover", "--force", killed)

    read = mt.open_run(killed)
    assert [row["loss"] for row in read.history()] == [*map(float, range(KILLED_STEPS))]
    for step in range(KILLED_STEPS):
        np.testing.assert_array_equal(
            one(read, "picture", step).to_numpy(), pixels(step)
        )
    command("verify", killed)
