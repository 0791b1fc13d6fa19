"""Public fault reports about sounds, each as what must hold here."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import mediatypes as mt
from mediatypes import errors
from tests.cases.record import Record, floats_of, levels_of, pcm_of

few = settings(max_examples=25)

FLAC = Path(__file__).parents[1] / "fixtures" / "audio" / "tone.flac"
TONE = FLAC.with_suffix(".wav")


def file_of(*arguments: Any, **options: Any) -> bytes:
    """Return the file of a sound that is made like this."""
    return mt.Audio(*arguments, **options).encode().data


def test_left_and_right_stay_apart() -> None:
    """Case 40, gudgud96/frechet-audio-distance#1: channels were mixed or swapped."""
    left, right = np.full(50, 0.5), np.full(50, -0.5)
    stereo = np.stack([left, right], 1)

    found, rate = floats_of(file_of(stereo, sample_rate=8_000))

    assert rate == 8_000
    np.testing.assert_array_equal(found, stereo)
    samples = (stereo * 2**15).astype(np.int16)
    np.testing.assert_array_equal(pcm_of(file_of(samples, 8_000))[0], samples)


@few
@given(
    samples=hnp.arrays(np.int16, st.tuples(st.integers(9, 12), st.integers(1, 8))),
    file_type=st.sampled_from(["wav", "flac"]),
)
def test_no_channel_is_mixed_moved_or_dropped(samples: Any, file_type: str) -> None:
    """Case 40, huggingface/datasets#8005: for any number of channels, either way."""
    for given_as, layout in ((samples, None), (samples.T, "CF")):
        data = file_of(given_as, 8_000, file_type=file_type, layout=layout)
        np.testing.assert_array_equal(levels_of(data, "int16"), samples)


def test_what_is_too_loud_is_kept_or_clipped_with_one_warning(run: mt.Run) -> None:
    """Case 41, lanpa/tensorboardX#511: a print that did not say where, or a crash."""
    loud = np.array([0.0, 2.0, -3.0, 0.1])
    quiet = np.array([0.0, 1.0, -1.0, 0.1])

    run.log({"kept": mt.Audio(loud, 8_000, "x"), "fits": mt.Audio(quiet, 8_000)})
    run.log({"full": mt.Audio(quiet, 8_000, subtype="PCM_16")})
    with pytest.warns(mt.MediaTypesWarning) as caught:
        run.log({"cut": mt.Audio(loud, 8_000, subtype="PCM_16")})
    run.log({"cut": mt.Audio(loud[:3], 8_000, subtype="PCM_16")})

    assert len(caught) == 1
    text = str(caught[0].message)
    assert all(
        part in text for part in ("'cut'", "2 of 4 samples", "peak is 3", "FLOAT")
    )
    record = Record(run)
    np.testing.assert_array_equal(floats_of(record.files("kept")[0])[0][:, 0], loud)
    assert record.entry("kept")["meta"]["peak"] == 3.0
    assert pcm_of(record.files("cut")[0])[0][:3, 0].tolist() == [0, 32_767, -32_768]
    assert record.entries("cut")[0]["source"]["clipped"] == 2


def test_a_strict_run_refuses_what_is_too_loud(tmp_path: Path) -> None:
    """Case 41, rhasspy/piper#310: strict turns the warning into an error."""
    run = mt.init(dir=tmp_path / "strict", strict=True, reinit="create_new")

    with pytest.raises(errors.RangeError, match="'k'"):
        run.log({"k": mt.Audio([2.0, 0.0], 8_000, subtype="PCM_16")})

    assert Record(run).media_files == []


@few
@given(
    samples=hnp.arrays(
        np.float64, st.integers(1, 30), elements=st.floats(-4, 4, width=32)
    )
)
def test_every_sample_of_16_bits_is_the_nearest_there_is(samples: Any) -> None:
    """Case 41, lanpa/tensorboardX#79: clipped at full scale, and never wrapped."""
    found = pcm_of(file_of(samples, 8_000, subtype="PCM_16"))[0][:, 0]

    expected = np.clip(np.rint(samples * 2**15), -(2**15), 2**15 - 1)
    np.testing.assert_array_equal(found, expected)


def test_unsigned_bytes_are_silent_in_the_middle() -> None:
    """Case 42, bastibe/python-soundfile#104: bytes were refused, or read as floats."""
    data = file_of(np.array([0, 128, 255], np.uint8), sample_rate=8_000)

    assert pcm_of(data)[0][:, 0].tolist() == [0, 128, 255]
    assert floats_of(data)[0][:, 0].tolist() == [-1.0, 0.0, 127 / 128]


def test_wide_integers_keep_every_bit() -> None:
    """Case 42, dancasimiro/WAV.jl#6: 32-bit samples made an empty file."""
    samples = np.array([0, 2**30, -(2**31), 2**31 - 1], np.int32)

    data = file_of(samples, 8_000)
    np.testing.assert_array_equal(levels_of(data, "int32")[:, 0], samples)


def test_half_precision_samples_are_floats_of_the_same_value() -> None:
    """Case 42, bastibe/python-soundfile#104: half precision was refused."""
    samples = np.array([0, 0.5, -1, 0.1], np.float16)

    found = floats_of(file_of(samples, 8_000))[0][:, 0]

    np.testing.assert_array_equal(found, samples.astype("f8"))
    pcm = pcm_of(file_of(samples[:2], 8_000, subtype="PCM_16"))[0]
    assert pcm[:, 0].tolist() == [0, 16_384]


@pytest.mark.parametrize("dtype", ["int64", "bool", "int8", "uint16", "complex64"])
def test_samples_without_a_full_scale_are_refused_with_a_way_out(dtype: str) -> None:
    """Case 42, dancasimiro/WAV.jl#6: at the constructor, not while writing."""
    with pytest.raises(errors.DtypeError, match=rf"dtype {dtype}.*astype") as caught:
        mt.Audio(np.zeros(3, dtype), sample_rate=8_000)

    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    "rate", [8_000, 32, 384_000, 16_000.0, np.int64(22_050), np.float32(11_025)]
)
def test_a_whole_rate_of_any_type_is_the_rate_of_the_file(
    rate: Any, run: mt.Run
) -> None:
    """Case 43, JuliaLogging/TensorBoardLogger.jl#149: some whole rates were refused."""
    run.log({"k": mt.Audio(np.zeros(10, np.int16), sample_rate=rate)})

    record = Record(run)
    assert pcm_of(record.files("k")[0])[1] == int(rate)
    written = record.entry("k")["meta"]["sample_rate"]
    assert (written, type(written)) == (int(rate), int)


@pytest.mark.parametrize(
    "rate",
    [0, -1, 22_050.5, float("nan"), float("inf"), "16k", None, True, 384_001, [8_000]],
)
def test_no_other_rate_gets_past_the_constructor(rate: Any) -> None:
    """Case 43, spotify/pedalboard#238: a rate of 0 failed inside the codec."""
    with pytest.raises(errors.OptionError, match="sample_rate"):
        mt.Audio(np.zeros(10), sample_rate=rate)


def test_swapped_arguments_do_not_pass_for_a_sound() -> None:
    """Case 43, wandb/wandb#5270: the rate stood where the samples belong."""
    with pytest.raises(errors.MediaTypesError, match=r"^Audio: "):
        mt.Audio(8_000, np.zeros(10))  # type: ignore[arg-type]  # the refusal


def test_a_path_is_a_file_and_keeps_its_bytes(run: mt.Run, tmp_path: Path) -> None:
    """Case 44, wandb/wandb#4387: a path was taken for samples, its suffix lost."""
    copy = tmp_path / "no suffix"
    copy.write_bytes(FLAC.read_bytes())

    run.log({"k": [mt.Audio(FLAC), mt.Audio(str(FLAC)), mt.Audio(copy)]})

    record = Record(run)
    assert record.files("k") == [FLAC.read_bytes()] * 3
    for entry in record.entries("k"):
        assert entry["path"].endswith(".flac")
        assert entry["meta"]["sample_rate"] == 8_000


def test_a_path_to_nothing_is_a_missing_file_at_once(tmp_path: Path) -> None:
    """Case 44, wandb/wandb#9692: found out by the constructor, and said by name."""
    for path in ("missing.wav", tmp_path / "missing.wav", tmp_path):
        with pytest.raises(FileNotFoundError, match=str(Path(path).name)):
            mt.Audio(path)


def test_the_duration_is_frames_over_rate() -> None:
    """Case 45, wandb/wandb#5270: it was counted along the wrong axis."""
    samples = np.zeros((2, 16_000))

    sound = mt.Audio(samples, sample_rate=16_000, layout="CF")

    assert sound.encode().meta["duration_seconds"] == 1.0
    with wave.open(str(TONE)) as file:
        seconds = file.getnframes() / file.getframerate()
    assert mt.Audio(TONE).encode().meta["duration_seconds"] == seconds
    assert mt.Audio(FLAC).duration_seconds == soundfile.info(str(FLAC)).duration
    with pytest.raises(errors.LayoutError, match=r'\(2, 16000\).*layout="CF"'):
        mt.Audio(samples, sample_rate=16_000)


@pytest.mark.parametrize("data", [np.zeros(0, np.int16), np.zeros((0, 2), np.int16)])
def test_a_sound_of_no_length_is_a_file_of_no_length(data: Any, run: mt.Run) -> None:
    """Case 46, Pedal-Intelligence/saypi-userscript#417: nothing to take a peak of."""
    with pytest.warns(mt.MediaTypesWarning, match="no frames"):
        run.log({"k": mt.Audio(data, sample_rate=8_000)})

    record = Record(run)
    assert record.entry("k")["meta"]["duration_seconds"] == 0.0
    assert len(record.files("k")[0]) == 44
    assert pcm_of(record.files("k")[0])[0].shape == (
        0,
        data.shape[1:][0] if data.ndim > 1 else 1,
    )


@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8", "int32"])
def test_an_empty_sound_of_every_type_can_be_opened(dtype: str) -> None:
    """Case 46, Pedal-Intelligence/saypi-userscript#417: a header that players take."""
    samples, rate = floats_of(file_of(np.zeros(0, dtype), 8_000))

    assert (samples.shape, rate) == ((0, 1), 8_000)


def test_a_wav_needs_numpy_and_nothing_else() -> None:
    """Case 47, gradio-app/trackio#529: a dependency was gone from the library."""
    code = """
    import sys
    from mediatypes import Audio
    sound = Audio([0.0, 0.5], sample_rate=8000)
    assert sound.encode().data[:4] == b"RIFF"
    gone = {"soundfile", "pydub", "audioop", "scipy", "torchaudio", "av", "PIL"}
    assert not gone & set(sys.modules), gone & set(sys.modules)
    """
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(code)]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_logged_together_stays_together_in_order(run: mt.Run) -> None:
    """Case 49, wandb/wandb#2544: a pair was shown from two steps."""
    first, second = np.arange(9, dtype=np.int16), -np.arange(9, dtype=np.int16)

    pair = [mt.Audio(first, 8_000, caption="o"), mt.Audio(second, 8_000, caption="r")]
    run.log({"ab": pair}, step=7)

    record = Record(run)
    assert [row["step"] for row in record.rows] == [7]
    found = [(x["step"], x["i"], x["caption"]) for x in record.entries("ab")]
    assert found == [(7, 0, "o"), (7, 1, "r")]
    for data, samples in zip(record.files("ab"), (first, second), strict=True):
        np.testing.assert_array_equal(pcm_of(data)[0][:, 0], samples)


@few
@given(
    samples=hnp.arrays(
        st.sampled_from(["f4", "f8"]).map(np.dtype),
        st.integers(1, 20),
        elements=st.floats(width=32),
    )
)
def test_what_is_not_finite_is_silence_or_full_scale_and_counted(samples: Any) -> None:
    """Case 41, meta-pytorch/torchcodec#1576: a NaN is no pop at full scale."""
    sound = mt.Audio(samples, 8_000)

    found = floats_of(sound.encode().data)[0][:, 0]

    odd = ~np.isfinite(samples)
    assert sound.source.nonfinite == np.count_nonzero(odd)
    np.testing.assert_array_equal(found[~odd], samples[~odd])
    assert not found[np.isnan(samples)].any()
    np.testing.assert_array_equal(found[np.isposinf(samples)], 1.0)
    np.testing.assert_array_equal(found[np.isneginf(samples)], -1.0)
