"""Files of other programs are what their table says, and are read as meant."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image as Pillow

from mediatypes.media import MEDIA_TYPES, Audio, Histogram, Image, Plot
from mediatypes.testing import round_trip

FOLDER: Final = Path(__file__).parent / "fixtures"


def table() -> dict[str, list[str]]:
    """Return the cells of each row of the table, by file."""
    lines = (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
    rows = [line.replace("\\|", "¦").split("|")[1:-1] for line in lines if "|" in line]
    cells = [[cell.strip() for cell in row] for row in rows]
    return {row[0]: row[1:] for row in cells[2:] if len(row) == 5}


def files() -> list[str]:
    return sorted(
        path.relative_to(FOLDER).as_posix()
        for kind in (*MEDIA_TYPES, "hostile")
        for path in (FOLDER / kind).rglob("*")
        if path.is_file()
    )


def test_every_fixture_is_in_the_table_and_every_row_is_a_file() -> None:
    assert files() == sorted(table())


@pytest.mark.parametrize("name", files())
def test_a_fixture_is_the_file_of_its_row(name: str) -> None:
    what, made_by, licence, digest = table()[name]

    assert what
    assert made_by
    assert licence
    assert digest == hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()


@pytest.mark.parametrize("name", ["grace_hopper.jpg", "home.png"])
def test_a_picture_is_the_one_that_pillow_shows(name: str) -> None:
    path = FOLDER / "image" / name
    image = Image(path)

    with Pillow.open(path) as picture:
        pixels = np.asarray(picture)
    np.testing.assert_array_equal(image.to_numpy(), pixels)
    assert (image.height, image.width, image.channels) == pixels.shape
    assert image.encode().data == path.read_bytes()
    assert round_trip(image) == image


@pytest.mark.parametrize("name", ["tone.wav", "tone.flac"])
def test_a_sound_has_the_samples_that_sox_says(name: str) -> None:
    path = FOLDER / "audio" / name
    raw = np.frombuffer((FOLDER / "audio" / "tone.s16").read_bytes(), "<i2")
    audio = Audio(path)

    np.testing.assert_array_equal(audio.to_numpy(), raw.reshape(-1, 2))
    assert (audio.sample_rate, audio.channels, audio.frames) == (8_000, 2, 800)
    assert audio.encode().data == path.read_bytes()


def test_our_own_file_of_the_samples_has_the_samples_of_sox() -> None:
    audio = Audio(FOLDER / "audio" / "tone.wav")
    ours = Audio(audio.to_numpy(), audio.sample_rate)

    theirs = (FOLDER / "audio" / "tone.wav").read_bytes()
    assert ours.encode().data == theirs


def test_24_bits_have_the_samples_that_sox_says() -> None:
    samples = Audio(FOLDER / "audio" / "tone24.wav").to_numpy()

    raw = np.frombuffer((FOLDER / "audio" / "tone24.s32").read_bytes(), "<i4")
    np.testing.assert_array_equal(samples[:, 0], raw)


def test_counts_are_those_of_awk() -> None:
    values = np.loadtxt(FOLDER / "histogram" / "squares.txt")
    rows = (FOLDER / "histogram" / "squares.counts.txt").read_text().split()
    edges, counts = [*map(int, rows[0::2])], [*map(int, rows[1::2])]

    histogram = Histogram(values, num_bins=8, range=(0, 80))

    assert histogram.counts.tolist() == counts
    assert histogram.edges.tolist() == edges
    assert histogram.statistics["count"] == sum(counts) == 400


def test_a_plot_is_the_picture_that_matplotlib_drew() -> None:
    figure = Figure(figsize=(2, 1), dpi=50)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.bar([0, 1, 2], [1, 3, 2], color=["red", "green", "blue"])
    axes.plot([0, 1, 2], [3, 1, 2], color="black", linewidth=2)

    with Pillow.open(FOLDER / "plot" / "bars.png") as picture:
        reference = np.asarray(picture).astype(int)
    difference = np.abs(Plot(figure).to_numpy() - reference)

    assert difference.mean() < 1  # another release may smooth edges otherwise
