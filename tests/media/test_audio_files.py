"""Sounds that other programs made are read as another program reads them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest

from mediatypes import errors
from mediatypes.media import Audio
from mediatypes.testing import round_trip
from tests import fixtures_read

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

REFUSED: Final = {"ogg_flac.oga": "flac decoder"}
"""Sounds that libsndfile does not read, each with the reason that is given."""

FILES: Final = [
    path
    for path in fixtures_read.answered("audio")
    if path.name not in REFUSED and path.stem != "tone"
]
CHANNELS: Final = {
    "tone24": 1,
    "wav_51": 6,
    "wav_mono": 1,
    "wav_none": 1,
    "wav_odd": 1,
    "wav_odd24": 1,
}
"""Channels of those that are not stereo."""

LOSSY: Final = {
    "mp3_cbr": 1e-6,
    "mp3_id3": 1e-6,
    "mp3_vbr": 1e-6,
    "ogg_opus": 1e-4,
    "ogg_vorbis": 2 / 2**16,
    "wav_adpcm": 1e-3,
}
"""What two decoders of one file may differ by, of a full scale of 1.

oggdec rounds to 16 bits, and IMA ADPCM leaves the rounding of each step open.
"""


def expected(path: Path) -> NDArray[Any]:
    """Return the samples as another program says, (frames, channels)."""
    known = fixtures_read.samples(fixtures_read.answer(path))
    if path.stem == "ogg_vorbis":
        known = (known / 2**15).astype(np.float32)
    return known.reshape(-1, CHANNELS.get(path.stem, 2))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_sound_has_the_samples_that_another_program_says(path: Path) -> None:
    samples = Audio(path).to_numpy()
    known = expected(path)

    assert samples.shape == known.shape
    assert samples.dtype == known.dtype
    if known.size:
        steps = np.abs(samples.astype(np.float64) - known)
        assert steps.max() <= LOSSY.get(path.stem, 0)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_sound_is_described_as_its_samples_are(path: Path) -> None:
    audio = Audio(path)

    assert (audio.frames, audio.channels) == expected(path).shape
    assert audio.sample_rate == (48_000 if path.suffix == ".opus" else 8_000)
    assert audio.problems == (() if audio.frames else ("there were no frames",))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_bytes_of_a_sound_are_kept_however_it_is_given(path: Path) -> None:
    data = path.read_bytes()
    file = io.BytesIO(b"before" + data)
    file.seek(6)

    for given in (path, str(path), data, bytearray(data), memoryview(data), file):
        audio = Audio(given)
        assert audio.encode().data == data
        assert round_trip(audio) == audio
    assert file.tell() == 6


@pytest.mark.parametrize("name", REFUSED)
def test_a_sound_that_is_not_read_is_refused_at_the_call(name: str) -> None:
    with pytest.raises(errors.DecodeError, match=REFUSED[name]):
        Audio(fixtures_read.FOLDER / "audio" / name)
