"""Sounds."""

# ruff: noqa: SLF001 - a sound may look into another

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np

from mediatypes._core.arrays import dtype_name
from mediatypes._core.layout import to_frames
from mediatypes._core.options import check_integral, check_one_of, one_input
from mediatypes._core.samples import SUBTYPE_OF, from_samples, in_subtype, to_samples
from mediatypes._core.words import odd_values, plural
from mediatypes.adapters import as_array, files, sound
from mediatypes.errors import OptionError, ShapeError
from mediatypes.formats.sniff import Format, by_extension
from mediatypes.media.base import FileMedia
from mediatypes.schema import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mediatypes._core.arrays import Stored
    from mediatypes.typing import ArrayLike, FileLike, Layout, PathLike

__all__ = ["Audio"]

MAX_SAMPLE_RATE: Final = 384_000
_MAX_CHANNELS: Final = {"wav": 64, "flac": 8, "ogg": 8, "mp3": 2}
_NEEDS_FRAMES: Final = frozenset(["flac", "mp3"])
_RATE_HINT: Final = "Pass sample_rate=16_000, or whatever the samples were taken at."


class Audio(FileMedia):
    """A sound.

    Samples are copied when the value is made, and keep their type in the file. The
    bytes of a sound file are kept as they are.

    Parameters
    ----------
    data
        One of:

        * an array, or nested lists, of shape (frames,) or (frames, channels) with 1 to
          64 channels (8 in FLAC and Ogg, 2 in MP3): int16, int32, uint8 (128 is
          silence), float32 or float64 (full scale is [-1, 1], more is kept), float16
          (stored as float32). NaN becomes silence, infinities ±1. No frames are fine;
        * a path, bytes, or a file open for reading: WAV, FLAC, Ogg or MP3;
        * another `Audio`: its file or samples, and its words where none are given.
    sample_rate
        Frames per second in Hz, a whole number from 1 to 384,000. Needed for samples;
        for a file it must be what the file says.
    caption
        Text shown with the sound.
    layout
        ``"FC"`` for (frames, channels) or ``"CF"`` for (channels, frames), where the
        axes are not in the order of their library.
    file_type
        ``"wav"`` (the default), ``"flac"``, ``"ogg"`` or ``"mp3"``; the last two lose.
    subtype
        Sample form: ``"PCM_U8"``, ``"PCM_16"``, ``"PCM_24"``, ``"PCM_32"``, ``"FLOAT"``
        or ``"DOUBLE"`` where the file type has it. Without it, that of the samples.
        Floats beyond ±1 are clipped and counted, except in FLOAT and DOUBLE.
    id
        Name of the sample heard, the same at every step.
    meta
        Further facts, as JSON can write them.
    data_or_path
        The same as `data`, by the name that people know.

    Raises
    ------
    mediatypes.errors.ShapeError
        If the axes are not those above, or there are too many channels.
    mediatypes.errors.LayoutError
        If there are more channels than frames, and nobody said so.
    mediatypes.errors.DtypeError
        If the samples are of another type: full scale would be a guess.
    mediatypes.errors.OptionError
        If the sample rate or an option is missing, does not exist or does not fit.
    mediatypes.errors.MissingFileError
        If a path names no readable file.
    mediatypes.errors.DecodeError
        If a file is none of the formats above.
    mediatypes.errors.UnsupportedInputError
        If `data` is nothing that can be a sound.

    Examples
    --------
    >>> import numpy as np
    >>> Audio(np.zeros(8_000, np.int16), sample_rate=8_000, caption="silence")
    Audio(1.000 s, 1 channel, 8000 Hz, int16, caption='silence')
    """

    kind: ClassVar[str] = "audio"
    _needed: ClassVar[tuple[str, ...]] = ("frames", "channels", "sample_rate")

    def __init__(  # noqa: PLR0913 - the call style people know
        self,
        data: ArrayLike | PathLike | FileLike | bytes | object = ...,
        sample_rate: int | None = None,
        caption: str | None = None,
        *,
        layout: Layout | None = None,
        file_type: str | None = None,
        subtype: str | None = None,
        id: str | None = None,  # noqa: A002 - the name in the record
        meta: Mapping[str, Any] | None = None,
        data_or_path: object = ...,
    ) -> None:
        data = one_input("Audio", data, data_or_path)
        form = _parse_form(file_type, subtype)
        check_one_of("Audio", "layout", layout, ("FC", "CF"))
        self._label(caption, id, meta, like=data)
        content = files.read(data, "Audio")
        if isinstance(data, Audio):
            _check_same_rate(sample_rate, data.sample_rate, "Audio")
            if file_type is subtype is None:
                self._hold_as(data)
                return
            array, stored = data._as_stored()
            self._store(array, stored, data.sample_rate, form, subtype)
            return
        if content is not None:
            self._keep(content, sample_rate, file_type, subtype)
            return
        plain = as_array(data, media="Audio", field="samples")
        rate = _check_rate(sample_rate)
        most = _MAX_CHANNELS[form.name]
        array = to_frames(plain, layout, most=most, form=form.name)
        stored = to_samples(array, source=plain.source)
        stored = stored._replace(nonfinite=stored.nonfinite + plain.zeroed)
        self._store(array, stored, rate, form, subtype)

    def _as_stored(self) -> tuple[NDArray[Any], Stored]:
        """Return what was logged as if it were given now, with what was odd then."""
        array, source = self.to_numpy(), self.source
        stored = to_samples(array, source="Audio")
        nonfinite = source.nonfinite + stored.nonfinite
        return array, stored._replace(clipped=source.clipped, nonfinite=nonfinite)

    def _keep(
        self,
        content: files.Content,
        sample_rate: int | None,
        file_type: str | None,
        subtype: str | None,
    ) -> None:
        form, head = sound.describe(content.data, "Audio", content.source)
        _check_same_rate(sample_rate, head.sample_rate, content.source)
        if (file_type and by_extension(file_type) != form) or subtype:
            samples = sound.decode(content.data, "Audio", content.source)
            target = _parse_form(file_type or form.name, subtype)
            stored = to_samples(samples, source=content.source)
            self._store(samples, stored, head.sample_rate, target, subtype)
            return
        facts = _facts(head.frames, head.channels, head.sample_rate, head.subtype)
        self._hold(form, facts, Source(rule="bytes kept"), file=content.data)

    def _store(
        self,
        array: NDArray[Any],
        stored: Stored,
        rate: int,
        form: Format,
        subtype: str | None,
    ) -> None:
        channels = 1 if array.ndim == 1 else array.shape[1]
        held_as = subtype or _subtype_for(stored.values.dtype, form)
        _check_holds(form, held_as, stored.values.shape[0], channels, rate)
        target, reasons = in_subtype(stored, held_as)
        facts = _facts(array.shape[0], channels, rate, held_as)
        if stored.peak is not None:
            facts["peak"] = stored.peak
        source = Source(
            dtype=dtype_name(array.dtype),
            shape=array.shape,
            layout="FC"[: array.ndim],
            rule=target.rule,
            clipped=target.clipped,
            nonfinite=stored.nonfinite,
            reasons=reasons,
        )
        self._hold(form, facts, source, array=target.values)

    @property
    def sample_rate(self) -> int:
        """Frames per second, in Hz."""
        return int(self._facts["sample_rate"])

    @property
    def channels(self) -> int:
        """Channels of a frame."""
        return int(self._facts["channels"])

    @property
    def frames(self) -> int:
        """Samples of one channel."""
        return int(self._facts["frames"])

    @property
    def duration_seconds(self) -> float:
        """Frames over frames per second."""
        return self.frames / self.sample_rate

    @property
    def problems(self) -> tuple[str, ...]:
        """What is odd about the values, each with what to pass instead."""
        found = odd_values(
            self.source,
            noun="sample",
            span=_span(self._facts.get("peak")),
            hint='pass file_type="wav" with subtype="FLOAT" to keep them',
        )
        return found if self.frames else (*found, "there were no frames")

    def to_numpy(self) -> NDArray[Any]:
        """Return the samples that were logged, in their dtype and shape.

        Exact where the file keeps the type of the samples; within a step of the
        subtype, or what the codec loses, elsewhere. Of a file that was logged by path,
        shape (frames, channels) and the type of its subtype.
        """
        source, samples = self.source, self._array
        if samples is None:
            samples = sound.decode(self._file or b"", "Audio", "its file")
        if source.shape is None or source.dtype is None:
            return samples
        if len(source.shape) == 1 and samples.ndim > 1:
            samples = samples[:, 0]
        return from_samples(samples, np.dtype(source.dtype))

    def _encoder(self) -> tuple[str, dict[str, Any]]:
        return "sound", {
            "sample_rate": self.sample_rate,
            "name": self._format.name,
            "subtype": self._facts["subtype"],
        }

    def __eq__(self, other: object) -> bool:
        same = super().__eq__(other)
        if same is True and isinstance(other, Audio):
            return self.sample_rate == other.sample_rate
        return same

    __hash__ = None

    def __repr__(self) -> str:
        return self._shown(
            f"{self.duration_seconds:.3f} s",
            plural(self.channels, "channel"),
            f"{self.sample_rate} Hz",
            self.source.dtype or self._facts["subtype"],
        )


def _span(peak: object) -> str:
    return "-1 to 1" if peak is None else f"-1 to 1 (the peak is {peak:g})"


def _parse_form(file_type: object, subtype: str | None) -> Format:
    name = "wav" if file_type is None else file_type
    form = by_extension(name) if isinstance(name, str) else None
    if form is None or form.name not in sound.SUBTYPES:
        expected = "wav, flac, ogg or mp3"
        received = repr(file_type)
        raise OptionError("Audio", "file_type", expected=expected, received=received)
    check_one_of("Audio", f"subtype of {form.name}", subtype, sound.SUBTYPES[form.name])
    return form


def _check_rate(sample_rate: object) -> int:
    rate = check_integral(sample_rate)
    if rate is None or not 1 <= rate <= MAX_SAMPLE_RATE:
        raise OptionError(
            "Audio",
            "sample_rate",
            expected=f"a whole number of Hz from 1 to {MAX_SAMPLE_RATE:,}",
            received=repr(sample_rate),
            hint=_RATE_HINT if sample_rate is None else "",
        )
    return rate


def _check_same_rate(sample_rate: object, known: int, source: str) -> None:
    if sample_rate is not None and _check_rate(sample_rate) != known:
        raise OptionError(
            "Audio",
            "sample_rate",
            expected=f"what the sound itself says, {known}",
            received=repr(sample_rate),
            source=source,
        )


def _check_holds(
    form: Format, subtype: str, frames: int, channels: int, rate: int
) -> None:
    if not frames and form.name in _NEEDS_FRAMES:
        raise ShapeError(
            "Audio",
            "samples",
            expected=f"at least 1 frame in {form.name}",
            received="none",
            hint='Pass file_type="wav".',
        )
    if channels > _MAX_CHANNELS[form.name] or not sound.is_writable(
        channels, rate, form.name, subtype
    ):
        raise OptionError(
            "Audio",
            "file_type",
            expected="one that can hold these samples",
            received=f"{form.name} with {plural(channels, 'channel')} at {rate} Hz",
            hint='Pass file_type="wav".',
        )


def _subtype_for(dtype: np.dtype[Any], form: Format) -> str:
    if form.name == "wav":
        return SUBTYPE_OF[dtype_name(dtype)]
    if form.name == "flac":
        return "PCM_16" if dtype_name(dtype) in {"int16", "uint8"} else "PCM_24"
    return sound.SUBTYPES[form.name][0]


def _facts(frames: int, channels: int, rate: int, subtype: str) -> dict[str, Any]:
    return {
        "frames": frames,
        "channels": channels,
        "sample_rate": rate,
        "duration_seconds": frames / rate,
        "subtype": subtype,
    }
