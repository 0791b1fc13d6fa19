from __future__ import annotations

import io
import pickle
import struct
import wave
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mediatypes import errors
from mediatypes.media import Audio
from mediatypes.testing import round_trip
from tests.naming import named

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

DTYPES = ["uint8", "int16", "int32", "float32", "float64"]


def noise(shape: tuple[int, ...], dtype: str) -> NDArray[Any]:
    generator = np.random.default_rng(4)
    if dtype.startswith("float"):
        return generator.uniform(-1, 1, shape).astype(dtype)
    limits = np.iinfo(dtype)
    return generator.integers(limits.min, limits.max, shape, dtype, endpoint=True)


def tone(channels: int = 1, frames: int = 8_000) -> NDArray[np.float64]:
    times = np.arange(frames)[:, None] / 8_000
    return 0.5 * np.sin(2 * np.pi * times * (200 + 150 * np.arange(channels)))


def file_of(audio: Audio) -> io.BytesIO:
    return io.BytesIO(audio.encode().data)


def read(audio: Audio) -> Audio:
    """Return `audio` as a reader finds it."""
    found = round_trip(audio)
    assert isinstance(found, Audio)
    return found


def wav(samples: NDArray[Any], rate: int = 8_000, subtype: str = "PCM_16") -> bytes:
    out = io.BytesIO()
    soundfile.write(out, samples, rate, format="WAV", subtype=subtype)
    return out.getvalue()


# What is stored


@pytest.mark.parametrize("channels", [None, 1, 2, 6])
@pytest.mark.parametrize(("dtype", "width"), [("uint8", 1), ("int16", 2), ("int32", 4)])
def test_the_standard_library_reads_the_same_integers(
    dtype: str, width: int, channels: int | None
) -> None:
    samples = noise((50,) if channels is None else (50, channels), dtype)
    data = Audio(samples, 16_000).encode().data
    if channels == 6 or width > 2:
        # Python 3.11 does not know WAVE_FORMAT_EXTENSIBLE, which begins like PCM.
        assert data[20:22] == b"\xfe\xff"
        assert data[44:46] == b"\x01\x00"
        data = data[:20] + b"\x01\x00" + data[22:]

    with wave.open(io.BytesIO(data)) as file:
        assert file.getparams()[:4] == (channels or 1, width, 16_000, 50)
        found = np.frombuffer(file.readframes(50), f"<{samples.dtype.str[1:]}")

    np.testing.assert_array_equal(found, samples.reshape(-1))


@pytest.mark.parametrize("channels", [None, 1, 2, 3, 8])
@pytest.mark.parametrize("dtype", ["int16", "int32", "float32", "float64"])
def test_libsndfile_reads_the_same_samples(dtype: Any, channels: int | None) -> None:
    samples = noise((50,) if channels is None else (50, channels), dtype)

    found, rate = soundfile.read(file_of(Audio(samples, 44_100)), dtype=dtype)

    assert rate == 44_100
    np.testing.assert_array_equal(found, samples.reshape(found.shape))


@pytest.mark.parametrize("rate", [1, 32, 8_000, 11_025, 44_100, 192_000, 384_000])
def test_every_legal_rate_is_in_the_file(rate: int) -> None:
    audio = Audio(noise((10,), "int16"), rate)

    assert soundfile.info(file_of(audio)).samplerate == rate
    assert audio.sample_rate == rate
    assert audio.duration_seconds == 10 / rate


def test_floats_beyond_full_scale_are_kept() -> None:
    samples = np.array([0.0, 3.5, -2.0], np.float32)
    audio = Audio(samples, 8_000)

    found, _ = soundfile.read(file_of(audio), dtype="float32")

    np.testing.assert_array_equal(found, samples)
    assert audio.encode().meta["peak"] == 3.5
    assert audio.problems == ()


def test_floats_beyond_full_scale_are_clipped_to_integers_and_counted() -> None:
    samples = np.array([0.0, 3.5, -2.0, 1.0, -1.0, 0.5])
    audio = Audio(samples, 8_000, subtype="PCM_16")

    found, _ = soundfile.read(file_of(audio), dtype="int16")

    assert found.tolist() == [0, 32_767, -32_768, 32_767, -32_768, 16_384]
    assert audio.source.clipped == 2
    assert "2 of 6 samples were outside -1 to 1" in audio.problems[0]
    assert audio.encode().meta["peak"] == 3.5


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_what_is_no_number_is_silence_or_full_scale(dtype: str) -> None:
    samples = np.array([np.nan, np.inf, -np.inf, 0.25], dtype)
    audio = Audio(samples, 8_000)

    found, _ = soundfile.read(file_of(audio))

    assert found.tolist() == [0, 1, -1, 0.25]
    assert audio.source.nonfinite == 3
    assert audio.problems == ("3 of 4 samples were NaN, infinite or masked",)


@pytest.mark.parametrize("dtype", [*DTYPES, "float16"])
def test_samples_are_read_back_as_they_were(dtype: str) -> None:
    for shape in ((40,), (40, 1), (40, 2), (40, 9)):
        samples = noise(shape, dtype)

        found = read(Audio(samples, 8_000)).to_numpy()

        assert found.dtype == samples.dtype
        np.testing.assert_array_equal(found, samples)


SUBTYPES = {"PCM_U8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32, "FLOAT": 24}


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(sorted(SUBTYPES)),
    st.sampled_from(DTYPES),
    st.integers(0, 9),
    st.integers(1, 3),
)
def test_another_subtype_is_within_a_step(
    subtype: str, dtype: str, frames: int, channels: int
) -> None:
    samples = noise((frames, channels), dtype)
    audio = Audio(samples, 8_000, layout="FC", subtype=subtype)

    own = read(audio).to_numpy()
    theirs, _ = soundfile.read(file_of(audio), dtype="float64", always_2d=True)

    unit = samples.astype("float64")
    if dtype == "uint8":
        unit = (unit - 128) / 128
    elif dtype.startswith("int"):
        unit /= -float(np.iinfo(dtype).min)
    step = 2.0 ** (1 - SUBTYPES[subtype])
    np.testing.assert_allclose(theirs, unit, rtol=0, atol=step)
    assert own.dtype == samples.dtype
    np.testing.assert_array_equal(own, read(Audio(read(audio))).to_numpy())


def test_samples_that_are_cut_say_so() -> None:
    samples = noise((10,), "int32")

    assert Audio(samples, 8_000, subtype="PCM_16").problems == (
        "32-bit samples were cut to 16 bits",
    )
    assert Audio(samples, 8_000, subtype="FLOAT").problems == (
        "32-bit samples were cut to 24 bits",
    )
    assert Audio(samples, 8_000, subtype="DOUBLE").problems == ()
    assert Audio(noise((10,), "int16"), 8_000, subtype="PCM_24").problems == ()


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32"])
def test_equal_sounds_are_equal_bytes(
    subtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time", lambda: 1e9)

    for file_type in ("wav", "flac", "ogg", "mp3"):
        one, other = (Audio(tone(2), 8_000, file_type=file_type) for _ in range(2))
        assert one.encode() == other.encode()
    assert (
        Audio(tone(), 8_000, subtype=subtype).encode()
        == Audio(tone(), 8_000, subtype=subtype).encode()
    )


# Compressed files


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int32", "float32", "float64"])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(
    ("file_type", "correlation"), [("flac", 0.9999), ("ogg", 0.999), ("mp3", 0.99)]
)
def test_a_compressed_file_sounds_like_the_samples(
    file_type: str, correlation: float, channels: int, dtype: str
) -> None:
    samples = tone(channels)
    if dtype == "uint8":
        data = np.rint(samples * 127 + 128).astype(dtype)
    elif dtype.startswith("int"):
        data = np.rint(samples * np.iinfo(dtype).max).astype(dtype)
    else:
        data = samples.astype(dtype)
    audio = Audio(data, 8_000, file_type=file_type)

    found, rate = soundfile.read(file_of(audio), always_2d=True)

    assert rate == 8_000
    assert found.shape[1] == channels
    for channel in range(channels):
        size = min(len(found), len(samples))
        heard, said = found[:size, channel], samples[:size, channel]
        assert np.corrcoef(heard, said)[0, 1] > correlation


@pytest.mark.parametrize("dtype", ["uint8", "int16"])
def test_flac_keeps_up_to_16_bits_exactly(dtype: str) -> None:
    samples = noise((500, 2), dtype)

    found = read(Audio(samples, 8_000, file_type="flac"))

    np.testing.assert_array_equal(found.to_numpy(), samples)
    assert found.file_type == "flac"


@pytest.mark.parametrize(
    ("file_type", "form", "mime"),
    [
        ("wav", "WAV", "audio/wav"),
        ("WAVE", "WAV", "audio/wav"),
        ("flac", "FLAC", "audio/flac"),
        ("ogg", "OGG", "audio/ogg"),
        ("mp3", "MP3", "audio/mpeg"),
    ],
)
def test_a_file_type_is_what_libsndfile_says_it_is(
    file_type: str, form: str, mime: str
) -> None:
    audio = Audio(noise((5_000,), "int16"), 8_000, file_type=file_type)

    info = soundfile.info(file_of(audio))

    assert info.format in {form, "WAVEX"}
    assert audio.encode().mime == mime
    assert audio.file_type == form.lower()


@pytest.mark.parametrize("file_type", ["ogg", "mp3", "flac"])
def test_huge_samples_are_clipped_before_a_codec_sees_them(file_type: str) -> None:
    samples = np.array([1e30, -3e38, 0.5] * 2_000, np.float32)
    audio = Audio(samples, 44_100, file_type=file_type)

    found, _ = soundfile.read(file_of(audio))

    assert np.isfinite(found).all()
    assert audio.source.clipped == 4_000


def test_empty_audio_is_legal_and_said() -> None:
    nothing: list[Any] = [np.zeros(0, np.int16), np.zeros((0, 2)), []]
    for samples in nothing:
        audio = Audio(samples, 8_000)

        assert soundfile.info(file_of(audio)).frames == 0
        assert read(audio) == audio
        assert audio.duration_seconds == 0
        assert audio.problems == ("there were no frames",)


@pytest.mark.parametrize("file_type", ["flac", "mp3"])
def test_a_format_that_needs_a_frame_is_named(file_type: str) -> None:
    with pytest.raises(errors.ShapeError, match="at least 1 frame"):
        Audio(np.zeros(0), 8_000, file_type=file_type)


# What is refused


@pytest.mark.parametrize(
    "rate",
    [None, 0, -1, 1.5, True, "8000", np.nan, np.inf, 384_001, np.float64(0.5), []],
    ids=named,
)
def test_a_sample_rate_that_is_none_is_refused(rate: Any) -> None:
    with pytest.raises(errors.OptionError) as caught:
        Audio(np.zeros(8), rate)

    assert caught.value.field == "sample_rate"
    assert caught.value.expected == "a whole number of Hz from 1 to 384,000"
    assert ("sample_rate=" in caught.value.hint) == (rate is None)


def test_a_whole_number_of_any_type_is_a_sample_rate() -> None:
    for rate in (
        8_000,
        8_000.0,
        np.int32(8_000),
        np.float32(8_000),
        np.array(8_000)[()],
    ):
        assert Audio(np.zeros(8), rate).sample_rate == 8_000  # type: ignore[arg-type]  # whole floats are accepted


@pytest.mark.parametrize(
    ("data", "error", "hint"),
    [
        (np.zeros((2, 100)), errors.LayoutError, 'layout="CF"'),
        (np.zeros((2, 3, 4)), errors.ShapeError, ""),
        (np.float32(3), errors.ShapeError, ""),
        (np.zeros((5, 0)), errors.ShapeError, ""),
        (np.zeros((100, 65)), errors.ShapeError, ""),
        ([[1.0, 2.0], [3.0]], errors.ShapeError, ""),
        (np.zeros(8, np.int64), errors.DtypeError, "astype(np.int16)"),
        ([1, 2, 3], errors.DtypeError, "astype(np.int16)"),
        (np.zeros(8, np.int8), errors.DtypeError, ""),
        (np.zeros(8, np.uint16), errors.DtypeError, ""),
        (np.zeros(8, bool), errors.DtypeError, ""),
        (np.zeros(8, complex), errors.DtypeError, ""),
        (np.zeros(8, object), errors.DtypeError, ""),
        (np.zeros(8, np.longdouble), errors.DtypeError, ""),
        (None, errors.UnsupportedInputError, ""),
        (3.5, errors.UnsupportedInputError, ""),
        ({}, errors.UnsupportedInputError, ""),
    ],
    ids=named,
)
def test_what_is_no_sound_is_refused_by_name(
    data: object, error: type[errors.InvalidMediaError], hint: str
) -> None:
    with pytest.raises(error) as caught:
        Audio(data, 8_000)

    assert type(caught.value) is error
    assert str(caught.value).startswith("Audio: samples must be ")
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"file_type": "aiff"}, "file_type"),
        ({"file_type": "png"}, "file_type"),
        ({"file_type": 3}, "file_type"),
        ({"subtype": "ALAW"}, "subtype of wav"),
        ({"file_type": "flac", "subtype": "FLOAT"}, "subtype of flac"),
        ({"layout": "HWC"}, "layout"),
        ({"caption": object()}, "caption"),
        ({"meta": {"a": {1, 2}}}, "meta"),
    ],
    ids=named,
)
def test_an_option_that_does_not_exist_is_refused(
    options: dict[str, Any], field: str
) -> None:
    with pytest.raises(errors.InvalidMediaError) as caught:
        Audio(np.zeros(8), 8_000, **options)

    assert (caught.value.media, caught.value.field) == ("Audio", field)


@pytest.mark.parametrize(
    ("file_type", "channels", "rate"),
    [("flac", 9, 8_000), ("mp3", 3, 44_100), ("mp3", 1, 12_345), ("ogg", 9, 8_000)],
)
def test_a_format_that_cannot_hold_the_sound_is_named(
    file_type: str, channels: int, rate: int
) -> None:
    with pytest.raises(errors.InvalidMediaError, match=file_type):
        Audio(np.zeros((100, channels)), rate, file_type=file_type)


# Layout


def test_channels_come_first_only_when_said() -> None:
    samples = noise((2, 100), "int16")

    np.testing.assert_array_equal(
        Audio(samples, 8_000, layout="CF").to_numpy(), samples.T
    )


def test_a_few_frames_of_many_channels_can_be_said() -> None:
    samples = noise((2, 6), "int16")

    assert Audio(samples, 8_000, layout="FC").channels == 6


def test_the_channels_of_a_tensor_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys
    import types

    class Tensor:
        dtype = "torch.int16"
        samples = noise((2, 100), "int16")

        def detach(self) -> Tensor:
            return self

        cpu = resolve_conj = resolve_neg = detach

        def numpy(self) -> NDArray[Any]:
            return self.samples

    module = types.ModuleType("torch")
    module.Tensor = Tensor  # type: ignore[attr-defined]  # a stand-in
    monkeypatch.setitem(sys.modules, "torch", module)

    np.testing.assert_array_equal(Audio(Tensor(), 8_000).to_numpy(), Tensor.samples.T)
    Tensor.samples = noise((100, 2), "int16")
    with pytest.raises(errors.LayoutError, match='layout="FC"'):
        Audio(Tensor(), 8_000)


# Snapshots


@pytest.mark.parametrize("dtype", [*DTYPES, "float16"])
def test_what_happens_to_the_array_afterwards_does_not_show(dtype: str) -> None:
    samples = noise((30,), dtype)
    audio = Audio(samples, 8_000)
    before = audio.encode()
    samples[:] = 0

    assert audio.encode() == before


def test_the_input_is_never_changed() -> None:
    samples = np.array([np.nan, 2.0, np.inf])
    before = samples.copy()
    samples.flags.writeable = False

    Audio(samples, 8_000, subtype="PCM_16").encode()

    np.testing.assert_array_equal(samples, before)


@pytest.mark.parametrize("dtype", DTYPES)
def test_strides_and_byte_order_do_not_matter(dtype: str) -> None:
    samples = noise((30, 2), dtype)
    expected = Audio(samples, 8_000).encode().data

    swapped = samples.astype(samples.dtype.newbyteorder(">"))
    backwards = samples[::-1].copy()[::-1]
    for data in (swapped, backwards, np.asfortranarray(samples)):
        assert Audio(data, 8_000).encode().data == expected


# Files


@pytest.mark.parametrize("file_type", ["wav", "flac", "ogg", "mp3"])
def test_a_file_keeps_its_bytes(file_type: str, tmp_path: Path) -> None:
    data = Audio(tone(2), 8_000, file_type=file_type).encode().data
    path = tmp_path / "sound.bin"
    path.write_bytes(data)
    open_file = io.BytesIO(data)

    for given_data in (path, str(path), data, bytearray(data), open_file):
        audio = Audio(given_data)
        assert audio.encode().data == data
        assert audio.file_type == file_type
        assert (audio.sample_rate, audio.channels) == (8_000, 2)
    assert open_file.tell() == 0


def test_the_numbers_of_a_kept_file_are_those_of_the_file() -> None:
    samples = noise((40, 2), "int16")

    audio = Audio(wav(samples))

    np.testing.assert_array_equal(audio.to_numpy(), samples)
    assert audio.encode().meta["subtype"] == "PCM_16"


def test_the_sample_rate_of_a_file_may_be_said_again() -> None:
    data = wav(noise((8,), "int16"), 22_050)

    assert Audio(data, 22_050).sample_rate == 22_050
    with pytest.raises(errors.OptionError, match="what the sound itself says, 22050"):
        Audio(data, 44_100)


def test_a_file_can_become_another_type() -> None:
    samples = noise((40, 2), "int16")
    data = wav(samples)

    flac = Audio(data, file_type="flac")
    same = Audio(data, file_type="wav")
    shorter = Audio(data, subtype="PCM_U8")

    np.testing.assert_array_equal(
        soundfile.read(file_of(flac), dtype="int16")[0], samples
    )
    assert same.encode().data == data
    assert soundfile.info(file_of(shorter)).subtype == "PCM_U8"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text",
        b"RIFF\0\0\0\0WAVE",
        b"OggS" * 9,
        b"fLaC",
        b"ID3",
        b"\xff\xfb\x90\0",
    ],
)
def test_bytes_of_no_sound_are_refused(data: bytes) -> None:
    with pytest.raises(errors.DecodeError) as caught:
        Audio(data)

    assert str(caught.value).startswith("Audio: data must be a WAV, FLAC, ")


def test_a_format_that_is_not_ours_is_refused() -> None:
    out = io.BytesIO()
    soundfile.write(out, np.zeros(8), 8_000, format="AIFF")

    with pytest.raises(errors.DecodeError, match="AIFF"):
        Audio(out.getvalue())


def test_a_path_without_a_file_is_refused(tmp_path: Path) -> None:
    for path in ("missing.wav", tmp_path):
        with pytest.raises(errors.MissingFileError, match="Audio: path must be"):
            Audio(path)


def test_a_lying_number_of_frames_takes_no_memory() -> None:
    data = bytearray(wav(np.zeros(8, np.int16)))
    data[4:8] = data[40:44] = struct.pack("<I", 0xFFFFFFF0)

    try:
        assert Audio(bytes(data)).to_numpy().size <= len(data)
    except errors.DecodeError:
        return


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_any_bytes_are_a_sound_or_a_decode_error(data: st.DataObject) -> None:
    file_type = data.draw(st.sampled_from(["wav", "flac", "ogg"]))
    samples = tone(1, 200)
    content = bytearray(Audio(samples, 8_000, file_type=file_type).encode().data)
    for position in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=4)):
        content[position] = data.draw(st.integers(0, 255))

    try:
        Audio(bytes(content)).to_numpy()
    except errors.DecodeError:
        return


# Sounds of sounds, and the rest


def test_a_sound_of_a_sound_is_equal() -> None:
    for first in (
        Audio(noise((30, 2), "int16"), 8_000, caption="a", id="b", meta={"c": 1}),
        Audio(np.array([np.nan, 3.0]), 8_000),
        Audio(np.array([0.5, 3.0]), 8_000, subtype="PCM_16"),
        Audio(noise((30,), "float32"), 8_000, file_type="flac"),
        Audio(wav(noise((30,), "int16")), caption="x"),
    ):
        for second in (Audio(first), read(Audio(read(first)))):
            assert second == first
            assert second.encode() == first.encode()
        assert Audio(first, first.sample_rate, "new").caption == "new"


def test_a_sound_of_a_sound_can_be_another_file() -> None:
    first = Audio(np.array([0.5, 3.0, np.nan]), 8_000, caption="a")
    second = Audio(first, file_type="flac")

    assert (second.file_type, second.caption) == ("flac", "a")
    assert (second.source.clipped, second.source.nonfinite) == (1, 1)
    with pytest.raises(errors.OptionError, match="sample_rate"):
        Audio(first, 16_000)


def test_sounds_are_equal_by_what_they_say() -> None:
    samples = noise((30,), "int16")

    assert Audio(samples, 8_000) == Audio(samples.copy(), 8_000)
    assert Audio(samples, 8_000) != Audio(samples, 8_001)
    assert Audio(samples, 8_000) != Audio(samples, 8_000, "other")
    assert Audio(samples, 8_000) != Audio(samples[:, None], 8_000)
    assert Audio(samples, 8_000) != 3
    with pytest.raises(TypeError, match="unhashable"):
        hash(Audio(samples, 8_000))


def test_a_pickled_sound_is_equal() -> None:
    for audio in (Audio(noise((30,), "int16"), 8_000), Audio(wav(np.zeros(3)))):
        assert pickle.loads(pickle.dumps(audio)) == audio


def test_the_short_form_shows_no_data() -> None:
    audio = Audio(np.zeros((8_000, 2), np.int16), 8_000, "hello")

    assert repr(audio) == "Audio(1.000 s, 2 channels, 8000 Hz, int16, caption='hello')"
    assert repr(Audio(wav(np.zeros(8)))) == "Audio(0.001 s, 1 channel, 8000 Hz, PCM_16)"


@settings(deadline=None, max_examples=50)
@given(
    hnp.arrays(
        st.sampled_from(["float32", "float64", "int16", "uint8"]).map(np.dtype),
        st.tuples(st.integers(0, 9)),
    ),
    st.integers(1, 384_000),
)
def test_any_sound_of_finite_samples_is_read_back(
    samples: NDArray[Any], rate: int
) -> None:
    found = read(Audio(samples, rate)).to_numpy()

    finite = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)
    np.testing.assert_array_equal(found, finite)
