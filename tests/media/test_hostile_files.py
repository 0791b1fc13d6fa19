"""Whatever a file holds, it is a value or refused, soon and in little memory."""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediatypes import errors
from mediatypes.formats import png
from mediatypes.media import Audio, Image, Video
from tests import fixtures_read
from tests.formats.reference_png import chunk

KINDS: Final = {"image": Image, "audio": Audio, "video": Video}
PROBE: Final = Path(__file__).parent / "hostile_probe.py"
MAX_SECONDS, MAX_MEGABYTES = 2, 256
HOSTILE: Final = sorted((fixtures_read.FOLDER / "hostile").iterdir())
SMALL: Final = [
    path
    for kind in KINDS
    for path in sorted((fixtures_read.FOLDER / kind).iterdir())
    if path.is_file()
    and path.suffix not in {".pnm", ".jpg", ".u8"}
    and path.stat().st_size < 20_000
]
VALUES: Final = {
    "Image": {
        "gif_frames.gif",
        "half_apng_moving.png",
        "half_gif_moving.gif",
        "jpeg_tall.jpg",
        "png_chunk.png",
        "png_long.png",
        "png_long16.png",
        "png_many.png",
        "png_no_palette.png",
        "tiff_loop.tiff",
    },
    "Audio": {
        "half_mp3_cbr.mp3",
        "half_wav_16.wav",
        "half_wav_f64.wav",
        "half_wav_list.wav",
        "half_wav_rf64.wav",
        "ogg_far.ogg",
        "wav_billion.wav",
        "wav_nan.wav",
    },
    "Video": {
        "gif_frames.gif",
        "mp4_empty_box.mp4",
        "mp4_size.mp4",
    },
    "Object3D": {"ply_list.ply"},
}
"""Files of which enough is there, to whoever reads them, for a value."""


class Answer(NamedTuple):
    """What came of one file."""

    outcome: str
    seconds: float
    megabytes: float


def probe(kind: str) -> dict[str, Answer]:
    """Give every hostile file to `kind`, and return what came of each."""
    done = subprocess.run(
        [sys.executable, "-W", "error", str(PROBE), kind, *map(str, HOSTILE)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    answers = [Answer(*json.loads(line)) for line in done.stdout.splitlines()]
    return {p.name: a for p, a in zip(HOSTILE, answers, strict=True)}


@pytest.mark.parametrize("kind", VALUES)
def test_a_hostile_file_is_a_value_or_refused_soon_in_little_memory(kind: str) -> None:
    for name, found in probe(kind).items():
        known = "value" if name in VALUES[kind] else "DecodeError"
        assert found.outcome == known, name
        assert found.seconds < MAX_SECONDS, name
        assert found.megabytes < MAX_MEGABYTES, name


def test_a_header_of_a_billion_frames_counts_the_samples_that_are_there() -> None:
    path = fixtures_read.FOLDER / "hostile" / "wav_billion.wav"

    assert Audio(path).frames == len(Audio(path).to_numpy()) == 5


def test_a_header_of_more_frames_than_bytes_can_hold_is_refused_at_the_call() -> None:
    with pytest.raises(errors.DecodeError, match="cannot hold 68719476735 frames"):
        Audio(fixtures_read.FOLDER / "hostile" / "flac_billion.flac")


PNGS: Final = sorted((fixtures_read.FOLDER / "image").glob("png_*.png"))


def repacked(path: Path, missing: int) -> bytes:
    """Return a PNG file without the last bytes of its pixels, but whole otherwise."""
    data, position, packed = path.read_bytes(), 8, b""
    while data[position + 4 : position + 8] != b"IEND":
        size = int.from_bytes(data[position : position + 4])
        if data[position + 4 : position + 8] == b"IDAT":
            packed += data[position + 8 : position + 8 + size]
        position += 12 + size
    raw = zlib.decompress(packed)
    pixels = zlib.compress(raw[: len(raw) - missing])
    head = data[: data.index(b"IDAT") - 4]
    return head + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize("path", PNGS, ids=lambda path: path.name)
def test_a_png_without_its_last_row_is_refused_when_read(path: Path) -> None:
    png.check_rows(path.read_bytes())
    whole = Image(repacked(path, 0)).to_numpy()
    np.testing.assert_array_equal(whole, Image(path).to_numpy())

    for missing in (1, 40):
        with pytest.raises(errors.DecodeError, match=r"truncated|instead of"):
            Image(repacked(path, missing)).to_numpy()


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=300, deadline=2_000)
@given(
    path=st.sampled_from(SMALL),
    where=st.floats(0, 1, exclude_max=True),
    change=st.binary(min_size=1, max_size=8),
    cut=st.sampled_from(["cut", "whole"]),
)
def test_a_changed_file_is_a_value_or_refused(
    kind: str, path: Path, where: float, change: bytes, cut: str
) -> None:
    data = bytearray(path.read_bytes())
    at = int(where * len(data))
    data[at : at + len(change)] = change
    if cut == "cut":
        del data[at + len(change) :]

    with suppress(errors.DecodeError):
        value = KINDS[kind](bytes(data))
        value.to_numpy()
        assert value.encode().data == data
