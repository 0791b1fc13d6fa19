"""Moving pictures."""

# ruff: noqa: SLF001 - a video may look into another

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, cast

import numpy as np

from mediatypes._core.arrays import Plain, dtype_name, read_only
from mediatypes._core.clip import (
    as_fraction,
    cropped,
    in_order,
    parse_rate,
    pictures,
    to_clip,
)
from mediatypes._core.layout import check_clip
from mediatypes._core.options import check_one_of, one_input
from mediatypes._core.pixels import PIXEL_RULES, from_pixels
from mediatypes._core.tiles import tile
from mediatypes._core.words import odd_values, plural
from mediatypes.adapters import as_array, files, video
from mediatypes.errors import DtypeError, OptionError, ShapeError
from mediatypes.media.base import FileMedia
from mediatypes.schema import Source

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from numpy.typing import NDArray

    from mediatypes.formats.sniff import Format
    from mediatypes.typing import ArrayLike, FileLike, Layout, PathLike

__all__ = ["Video"]

_LAYOUTS: Final = ("TCHW", "THWC")
_GIF_FASTEST: Final = 50
_EVEN: Final = "as H.264 has even sides only"
_WITH_ALPHA: Final = (2, 4)
_ON_WHITE: Final = ", on white"


class Video(FileMedia):
    """A video without sound.

    Frames are copied when the value is made, and encoded later on another thread. The
    bytes of a file are kept as they are.

    Parameters
    ----------
    data
        One of:

        * an array, tensor or nested lists of shape (time, channels, height, width), of
          any library, with 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA) channels and
          sides of 1 to 16,383 pixels. uint8 is taken as it is, bool as 0 and 255, other
          integers clipped to 0..255, floats as round(255 x) clipped, NaN as 0;
        * a path, bytes, or a file open for reading: MP4, MOV, WebM, GIF, animated WebP
          or animated PNG, whose bytes are kept;
        * another `Video`: its file or frames, rate and words.
    caption
        Text shown with the video.
    fps
        Frames per second of an array, from 0.01 to 1,000, 4 by default; a file has its
        own.
    file_type
        ``"mp4"`` (H.264), ``"webm"`` (VP9), ``"webp"``, ``"gif"`` or ``"png"``. By
        default MP4, or WebP where PyAV is not installed. WebP and PNG are exact.
    layout
        ``"TCHW"`` (the default) or ``"THWC"``.
    format
        The same as `file_type`.
    id
        Name of the sample shown, the same at every step.
    meta
        Further facts, as JSON can write them.
    data_or_path
        The same as `data`, by the name that people know.

    Raises
    ------
    mediatypes.errors.ShapeError
        If the axes are not those of one video, or there is no frame.
    mediatypes.errors.LayoutError
        If channels seem to come last; it names ``layout="THWC"``.
    mediatypes.errors.DtypeError
        If the elements are uint16, complex, objects or text.
    mediatypes.errors.OptionError
        If the frame rate or an option does not exist, or a file is of another type than
        is asked for.
    mediatypes.errors.MissingFileError
        If a path names no readable file.
    mediatypes.errors.DecodeError
        If a file is none of the formats above.
    mediatypes.errors.MissingDependencyError
        If the format needs PyAV, which is not installed: the extra ``video`` brings it.
    mediatypes.errors.UnsupportedInputError
        If `data` is nothing that can be a video.

    Examples
    --------
    >>> import numpy as np
    >>> frames = np.zeros((8, 3, 64, 96), np.uint8)
    >>> Video(frames, fps=4, caption="robot", file_type="webp")
    Video(8 frames, 64 × 96, 4 fps, webp, caption='robot')
    """

    kind: ClassVar[str] = "video"
    _needed: ClassVar[tuple[str, ...]] = ("frames", "fps", "width", "height")

    def __init__(  # noqa: PLR0913 - the call style people know
        self,
        data: ArrayLike | PathLike | FileLike | bytes | object = ...,
        caption: str | None = None,
        fps: float | Fraction | None = 4,
        file_type: str | None = None,
        *,
        layout: Layout | None = None,
        format: str | None = None,  # noqa: A002 - the call style people know
        id: str | None = None,  # noqa: A002 - the name in the record
        meta: Mapping[str, Any] | None = None,
        data_or_path: object = ...,
    ) -> None:
        data = one_input("Video", data, data_or_path)
        wanted = _one_of_both(file_type, format)
        check_one_of("Video", "layout", layout, _LAYOUTS)
        rate = parse_rate(4 if fps is None else fps, "Video")
        self._label(caption, id, meta, like=data)
        if isinstance(data, Video):
            if wanted is None or video.parse_format(wanted, "Video")[0] == data._format:
                self._hold_as(data)
                return
            order = data.source.layout or "TCHW"
            self._store(Plain(data.to_numpy(), "Video"), order, data._rate, wanted)
            return
        content = files.read(data, "Video")
        if content is not None:
            self._keep(content, wanted)
            return
        plain = as_array(data, media="Video", field="frames")
        self._store(plain, check_clip(plain, layout), rate, wanted)

    def _keep(self, content: files.Content, wanted: str | None) -> None:
        described = video.describe(content.data, "Video", content.source)
        form = described.format
        if wanted is not None:
            _check_same_type(wanted, form, content.source)
        source = Source(rule="bytes kept", reasons=described.reasons)
        self._hold(form, described.facts, source, file=content.data)

    def _store(
        self, plain: Plain, order: str, fps: Fraction, wanted: str | None
    ) -> None:
        form, reasons = video.parse_format(wanted, "Video")
        array = plain.array
        if array.dtype.kind == "u" and array.itemsize == 2:  # noqa: PLR2004 - bytes
            raise DtypeError(
                "Video",
                "frames",
                expected="8-bit integers, bools or floats",
                received=f"dtype {array.dtype}",
                source=plain.source,
                hint="Pass (x >> 8).astype(np.uint8).",
            )
        stored, held = to_clip(array, order, plain.source)
        shape = dict(zip(order, array.shape, strict=True))
        video.check_count(shape["T"], form, "Video")
        facts, said = _facts(shape, form, fps)
        source = Source(
            dtype=dtype_name(array.dtype),
            shape=array.shape,
            layout=order,
            range=stored.range,
            rule=stored.rule + (_ON_WHITE if facts["channels"] != shape["C"] else ""),
            clipped=stored.clipped + plain.clipped,
            nonfinite=stored.nonfinite + plain.zeroed,
            reasons=reasons + said,
        )
        options = {"order": held}
        self._hold(form, facts, source, array=stored.values, options=options)

    @classmethod
    def grid(
        cls,
        data: ArrayLike | object,
        columns: int = 8,
        caption: str | None = None,
        fps: float | Fraction = 4,
        *,
        padding: int = 2,
        layout: Layout | None = None,
        **options: Any,
    ) -> Self:
        """Return all videos along the first axis as one, side by side, row by row.

        Parameters
        ----------
        data
            Shape (videos, time, channels, height, width), or with `layout`; or a list
            of such arrays, all of one shape.
        columns
            Videos side by side, 1 or more.
        caption
            Text shown with the video.
        fps
            Frames per second.
        padding
            Black pixels between videos.
        layout
            ``"TCHW"`` (the default) or ``"THWC"``, of each video.
        options
            As for `Video`.

        Raises
        ------
        mediatypes.errors.ShapeError
            If there are not 5 axes.

        Examples
        --------
        >>> import numpy as np
        >>> Video.grid(np.zeros((5, 8, 3, 4, 4), np.uint8), columns=3, file_type="webp")
        Video(8 frames, 10 × 16, 4 fps, webp)
        """
        check_one_of("Video.grid", "layout", layout, _LAYOUTS)
        plain = as_array(data, media="Video.grid", field="data")
        if plain.array.ndim != 5 or not plain.array.shape[0]:  # noqa: PLR2004 - axes
            raise ShapeError(
                "Video.grid",
                "data",
                expected="videos × time × channels × height × width",
                received=f"shape {plain.array.shape}",
                source=plain.source,
            )
        order = check_clip(plain._replace(array=plain.array[0]), layout)
        sides = order.index("H"), order.index("W")
        tiles = [np.moveaxis(item, sides, (0, 1)) for item in plain.array]
        whole = tile(tiles, columns=columns, padding=padding, media="Video.grid")
        made = cast("Any", cls)
        back = np.moveaxis(whole, (0, 1), sides)
        grid: Self = made(back, caption, fps, layout=order, **options)
        return grid

    @property
    def frames(self) -> int:
        """Pictures one after the other."""
        return int(self._facts["frames"])

    @property
    def fps(self) -> float:
        """Frames per second, their mean where a file's differ; 0 if it says none."""
        return float(self._facts["fps"])

    @property
    def width(self) -> int:
        """Pixels from left to right, as stored."""
        return int(self._facts["width"])

    @property
    def height(self) -> int:
        """Pixels from top to bottom, as stored."""
        return int(self._facts["height"])

    @property
    def channels(self) -> int:
        """As stored: 1 for grey, 2 for grey and alpha, 3 for RGB, 4 for RGBA."""
        return int(self._facts.get("channels", 3))

    @property
    def duration_seconds(self) -> float:
        """Seconds from the first frame to the end of the last."""
        return float(self._facts["duration_seconds"])

    @property
    def _rate(self) -> Fraction:
        return as_fraction(self.fps)

    @property
    def problems(self) -> tuple[str, ...]:
        """What is odd about the values, each with what to pass instead."""
        if not self.source.is_odd:
            return ()
        low, high = self.source.range or (0, 255)
        return odd_values(
            self.source,
            noun="value",
            span=f"{low:g} to {high:g}",
            hint="scale them before, such as (x - low) / (high - low)",
        )

    def to_numpy(self) -> NDArray[Any]:
        """Return the frames that were logged, in their dtype and shape.

        WebP and PNG are exact: integers and bools as they were, floats within half a
        step, 1/510. MP4, WebM and GIF lose what their codec loses, once the value has
        been read back. Of a file that was logged by path, what its codec gives, shape
        (time, 3, height, width), uint8 RGB, or with 4 channels where pictures have
        alpha.

        A file is decoded at each call, to at most 4 GiB of pixels.
        """
        source = self.source
        if source.shape is None:
            return read_only(np.moveaxis(self._clip(), -1, 1))
        rule, order = source.rule or "", source.layout or "TCHW"
        if self._array is not None and rule in PIXEL_RULES:
            pixels = in_order(self._array, self._options["order"], order)
        else:
            shape = dict(zip(order, source.shape, strict=True))
            pixels = in_order(cropped(self._clip(), shape), "THWC", order)
        if rule not in PIXEL_RULES:
            return read_only(pixels)
        dtype = source.dtype or "uint8"
        return from_pixels(pixels, dtype=dtype, rule=rule, limits=source.range)

    def _clip(self) -> NDArray[Any]:
        """Return the frames that are stored, (time, height, width, channels)."""
        if self._array is None:
            return video.decode(self._file or b"", "Video", "its file", self.channels)
        found = list(pictures(self._array, self._options["order"], self.channels))
        return np.stack(found).reshape(len(found), *found[0].shape[:2], self.channels)

    def _encoder(self) -> tuple[str, dict[str, Any]]:
        return "video", {
            "name": self._format.name,
            "fps": self._rate.as_integer_ratio(),
            "order": self._options["order"],
            "channels": self._facts["channels"],
            "size": (self.height, self.width),
        }

    def __repr__(self) -> str:
        return self._shown(
            plural(self.frames, "frame"),
            f"{self.height} × {self.width}",
            f"{self.fps:g} fps",
            self.file_type,
        )


def _one_of_both(file_type: str | None, format_: str | None) -> str | None:
    if file_type is None or format_ is None or file_type == format_:
        return file_type if format_ is None else format_
    raise OptionError(
        "Video",
        "format",
        expected="left out, or what file_type is",
        received=f"{format_!r} beside {file_type!r}",
    )


def _check_same_type(wanted: str, form: Format, source: str) -> None:
    if video.parse_name(wanted, "Video") != form:
        raise OptionError(
            "Video",
            "file_type",
            expected=f"what the file is, {form.extension}",
            received=repr(wanted),
            source=source,
            hint="Pass Video(Video(x), file_type=…) to encode it anew.",
        )


def _facts(
    shape: Mapping[str, int], form: Format, fps: Fraction
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return what the record says of a video of `shape`, and what is odd about it."""
    width, height, channels = shape["W"], shape["H"], shape["C"]
    said: tuple[str, ...] = ()
    if form.name == "mp4" and (width % 2 or height % 2):
        width, height = width + width % 2, height + height % 2
        said = (f"frames were padded to {width} × {height} pixels, {_EVEN}",)
    if form.name in video.NO_ALPHA and channels in _WITH_ALPHA:
        channels -= 1
        said += ("alpha was laid on white",)
    if form.name == "gif" and channels > 1:
        said += ("colours were reduced to 256",)
    if form.name == "gif" and fps > _GIF_FASTEST:
        said += ("players show GIFs of more than 50 frames per second at 10",)
    facts = {
        "frames": shape["T"],
        "fps": float(fps),
        "width": width,
        "height": height,
        "channels": channels,
        "duration_seconds": float(shape["T"] / fps),
        "codec": video.CODECS.get(form.name, form.name),
    }
    return facts, said
