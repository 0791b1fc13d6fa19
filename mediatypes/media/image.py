"""Still pictures."""

# ruff: noqa: SLF001 - the sign is a product; an image may look into another

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
from msgspec import structs

from mediatypes._core.arrays import Plain, dtype_name, read_only
from mediatypes._core.colour import MODES, channels_of, convert, on_white
from mediatypes._core.layout import to_height_width
from mediatypes._core.options import (
    check_integral,
    check_one_of,
    check_range,
    one_input,
)
from mediatypes._core.pixels import PIXEL_RULES, from_pixels, to_pixels
from mediatypes._core.words import odd_values, plural
from mediatypes.adapters import as_picture, files, is_picture, load, picture
from mediatypes.errors import ManifestError, OptionError
from mediatypes.media.batch import Batched
from mediatypes.schema import Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from PIL.Image import Image as PillowImage

    from mediatypes.formats.sniff import Format
    from mediatypes.typing import (
        ArrayLike,
        FileLike,
        Layout,
        PathLike,
        PixelArray,
        Range,
        Sets,
    )

__all__ = ["Image"]

_WITH_ALPHA: Final = (2, 4)
_WHITE: Final = {"uint8": 255, "uint16": 65_535}


class Image(Batched):
    """A still picture.

    Arrays are copied, and turned into the pixels that are stored, when the value is
    made. The bytes of a file are kept as they are. Annotations are kept beside the
    pixels and never drawn into them.

    Parameters
    ----------
    data
        One of:

        * an array, or nested lists, of shape (height, width) or (height, width,
          channels) with 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA) channels and
          sides of 1 to 65,500 pixels. uint8 and uint16 are stored as they are, bool as
          0 and 255, other integers clipped to 0..255, floats as round(255 x) clipped,
          NaN as 0;
        * a Pillow image of any mode, turned upright by its EXIF orientation;
        * a path, bytes, or a file open for reading: PNG, JPEG, WebP, BMP, GIF, TIFF or
          SVG, whose bytes are kept;
        * a matplotlib or seaborn figure, drawn as `Plot` draws it;
        * another `Image`: its file or pixels, and its words where none are given.
    mode
        ``"L"``, ``"LA"``, ``"RGB"`` or ``"RGBA"`` to convert to; colour becomes grey by
        ITU-R BT.601 luma.
    caption
        Text shown with the picture.
    grouping
        A number that marks pictures which belong together.
    classes
        Names of ids that hold for all masks and boxes: a mapping of ids to names, a
        list of ``{"id": 1, "name": "cat"}``, or `Classes`.
    boxes
        Mappings by name with ``box_data``, a list of boxes, and perhaps
        ``class_labels``, names of ids for this set. A box is a mapping with
        ``position`` (``minX, maxX, minY, maxY``, or ``middle`` as [x, y], ``width`` and
        ``height``) and perhaps ``domain`` (``"pixel"``; left out, positions are
        fractions of the width and height), ``class_id``, ``box_caption`` and
        ``scores``, a mapping of names to numbers. Numbers are finite.
    masks
        Mappings by name with ``mask_data``, an array or nested lists of ids as high and
        as wide as the picture, and perhaps ``class_labels``; or ``path``, a picture
        file with one number a pixel, instead. Ids are whole numbers from 0 to 65,535,
        or bools; a mask of shape (height, width, 1) or (1, height, width) loses that
        axis. Stored as 8-bit PNG, 16-bit where an id is above 255; reads back in its
        own dtype.
    points
        Mappings by name with ``point_data``, shape (points, 2), each x and y, and
        perhaps ``labels``, a text for each, and ``domain`` as in a box. Coordinates
        become float64; NaN says that a point is not there.
    lines
        Mappings by name with ``line_data``, a list of lines, each of points as above,
        and perhaps ``labels``, a text for each line, and ``domain``.
    file_type
        ``"png"`` (the default, exact), ``"jpg"``, ``"webp"``, ``"bmp"``, ``"gif"`` or
        ``"tiff"``. JPEG, BMP and GIF have no alpha: it is laid on white, and warned of.
    quality
        1 to 100, for JPEG (90 if not said) and lossy WebP.
    lossless
        For WebP; true unless `quality` is given.
    normalize
        Whether to stretch the finite minimum and maximum to black and white.
    value_range
        The values (low, high) that stand for black and white, or ``"minmax"``.
    layout
        ``"HWC"`` or ``"CHW"``, where the axes are not in the order of their library.
    id
        Name of the sample shown, the same at every step.
    meta
        Further facts, as JSON can write them.
    data_or_path
        The same as `data`, by the name that people know.

    Raises
    ------
    mediatypes.errors.ShapeError
        If the axes are not those of one non-empty picture, or a mask has another size.
    mediatypes.errors.LayoutError
        If channels seem to come first; it names ``layout="CHW"``.
    mediatypes.errors.DtypeError
        If the elements are complex, objects or text, or an id is no whole number from 0
        to 65,535.
    mediatypes.errors.OptionError
        If an option does not exist or does not fit the others, or an annotation lacks
        something or has something more.
    mediatypes.errors.MissingFileError
        If a path names no readable file.
    mediatypes.errors.DecodeError
        If a file is none of the formats above.
    mediatypes.errors.UnsupportedInputError
        If `data` is nothing that can be a picture.

    Examples
    --------
    >>> import numpy as np
    >>> Image(np.zeros((2, 3, 3)), caption="night")
    Image(2 × 3, 3 channels, float64, caption='night')
    >>> Image([[0, 127], [128, 255]]).to_numpy().tolist()
    [[0, 127], [128, 255]]
    """

    kind: ClassVar[str] = "image"
    _needed: ClassVar[tuple[str, ...]] = ("width", "height", "channels")

    def __init__(  # noqa: PLR0913 - the call style people know
        self,
        data: ArrayLike | PathLike | FileLike | bytes | object = ...,
        mode: str | None = None,
        caption: str | None = None,
        *,
        grouping: int | None = None,
        classes: Mapping[int, str] | Sequence[Mapping[str, Any]] | None = None,
        boxes: Sets | None = None,
        masks: Sets | None = None,
        points: Sets | None = None,
        lines: Sets | None = None,
        file_type: str | None = None,
        quality: int | None = None,
        lossless: bool | None = None,
        normalize: bool | None = None,
        value_range: Range = None,
        layout: Layout | None = None,
        id: str | None = None,  # noqa: A002 - the name in the record
        meta: Mapping[str, Any] | None = None,
        data_or_path: object = ...,
    ) -> None:
        data = one_input("Image", data, data_or_path)
        limits = check_range("Image", value_range, normalize=normalize)
        check_one_of("Image", "layout", layout, ("HWC", "CHW"))
        check_one_of("Image", "mode", mode, MODES)
        form = picture.parse_format(file_type, "Image")
        if isinstance(data, Image) and file_type is None:
            form = data._format
        options = picture.parse_options(form, "Image", quality, lossless)
        self._label(caption, id, meta, like=data)
        facts = _parse_grouping(grouping)
        self._fill(data, mode, file_type, form, limits, layout, facts, options)
        if not (classes is masks is boxes is points is lines is None):  # type: ignore[comparison-overlap]  # None is one
            self._annotate(classes, masks, boxes, points, lines)

    def _fill(  # noqa: PLR0913, PLR0917 - what the constructor was given, checked
        self,
        data: Any,
        mode: str | None,
        file_type: str | None,
        form: Format,
        limits: Range,
        layout: str | None,
        facts: dict[str, Any],
        options: dict[str, Any],
    ) -> None:
        content = files.read(data, "Image")
        if isinstance(data, Image):
            facts, options = data._facts | facts, data._options | options
            if limits is None and data.source.shape is not None:
                if data._file is not None and mode is file_type is None:
                    self._hold_as(data, facts)
                else:
                    self._store(data.pixels, data.source, form, mode, facts, options)
                return
            content, data = data._as_input()
        if content is None:
            plain, reasons = as_picture(data)
        elif mode is file_type is limits is None and layout != "CHW":
            self._keep(content, facts)
            return
        else:
            decoded = picture.decode(content.data, "Image", content.source)
            plain, reasons = Plain(decoded, content.source), ()
        array = to_height_width(plain, layout)
        stored = to_pixels(array, limits, source=plain.source)
        source = Source(
            dtype=dtype_name(array.dtype),
            shape=array.shape,
            layout="HWC"[: array.ndim],
            range=stored.range,
            rule=stored.rule,
            clipped=stored.clipped + plain.clipped,
            nonfinite=stored.nonfinite + plain.zeroed,
            reasons=reasons,
        )
        self._store(stored.values, source, form, mode, facts, options)

    def _store(
        self,
        pixels: NDArray[Any],
        source: Source,
        form: Format,
        mode: str | None,
        facts: dict[str, Any],
        options: dict[str, Any],
    ) -> None:
        rule, reasons = source.rule, source.reasons
        if mode is not None and channels_of(pixels) != MODES[mode]:
            pixels, rule = convert(pixels, mode), f"{rule}, {mode}"
        picture.check_depth(pixels, form, "Image")
        if form.name in picture.OPAQUE and channels_of(pixels) in _WITH_ALPHA:
            pixels, rule = on_white(pixels), f"{rule}, on white"
            reasons += ("alpha was laid on white",)
        if form.name == "gif" and channels_of(pixels) > 1:
            reasons += ("colours were reduced to 256",)
        if rule != source.rule or reasons != source.reasons:
            source = structs.replace(source, rule=rule, reasons=reasons)
        facts["width"], facts["height"] = int(pixels.shape[1]), int(pixels.shape[0])
        facts["channels"] = channels_of(pixels)
        facts["dtype"] = dtype_name(pixels.dtype)
        self._hold(form, facts, source, array=pixels, options=options)

    def _as_input(self) -> tuple[files.Content | None, NDArray[Any] | None]:
        """Return the file that is kept, or else the array that was logged."""
        if self._file is not None:
            return files.Content(self._file, "Image"), None
        return None, self.to_numpy()

    def _keep(self, content: files.Content, facts: dict[str, Any]) -> None:
        described = picture.describe(content.data, "Image", content.source)
        facts |= described.facts
        source = Source(rule="bytes kept")
        self._hold(described.format, facts, source, file=content.data)

    @classmethod
    def accepts_bare(cls, value: object) -> bool:
        """Whether `value` is a Pillow image."""
        return is_picture(value)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Element type of the array that `to_numpy` returns."""
        source = self.source
        name = source.dtype if source.rule in PIXEL_RULES else None
        return np.dtype(name or self._facts["dtype"])

    @property
    def pixels(self) -> PixelArray:
        """Pixels as stored: uint8 or uint16, (height, width) or with channels last."""
        if self._array is not None:
            return self._array
        decoded = self._decoded()
        if decoded.dtype.name in _WHITE:
            return decoded
        return to_pixels(decoded, None, source="its file").values

    @property
    def problems(self) -> tuple[str, ...]:
        """What is odd about the values, each with what to pass instead."""
        if not self.source.is_odd:
            return ()
        low, high = self.source.range or (0, _WHITE.get(self._facts["dtype"], 1))
        return odd_values(
            self.source,
            noun="value",
            span=f"{low:g} to {high:g}",
            hint="pass value_range=(low, high) to say another scale",
        )

    def to_numpy(self) -> NDArray[Any]:
        """Return the array that was logged, in its dtype and shape.

        Integers and bools are exact. Floats are within half a step, 1/510 of their
        range. After `mode`, or for a file, it is the stored pixels. A lossy `file_type`
        loses what it loses.

        A file is decoded at each call. That takes the memory of the array, and of the
        decoder: 1 byte a pixel for grey and palettes, 4 for colour, 16 for WebP, none
        for 16-bit PNG. The largest picture that is read, of 89,478,485 pixels, needs
        0.6 GiB in RGB, and 1.4 GiB as WebP.
        """
        source = self.source
        if source.shape is None:
            return self._decoded()
        if source.rule not in PIXEL_RULES:
            return self.pixels
        dtype, limits = source.dtype or "uint8", source.range
        pixels = self.pixels
        values = from_pixels(pixels, dtype=dtype, rule=source.rule, limits=limits)
        if values.size != prod(source.shape):
            msg = "The record of this image names another shape than its file has."
            raise ManifestError(msg)
        return values.reshape(source.shape)

    def _decoded(self) -> NDArray[Any]:
        channels = self._facts["channels"] if self.source.shape else None
        data = self._file or b""
        decoded = picture.decode(data, "Image", "its file", channels)
        return read_only(np.ascontiguousarray(decoded))

    def to_pil(self) -> PillowImage:
        """Return a Pillow image of the stored pixels.

        Raises
        ------
        mediatypes.errors.OptionError
            For 16-bit colour, which Pillow has no mode for.
        """
        pillow: PillowImage = load("pillow").to_image(self.pixels)
        return pillow

    def _encoder(self) -> tuple[str, dict[str, Any]]:
        return "picture", {"name": self._format.name, **self._options}

    def __repr__(self) -> str:
        size = f"{self.height} × {self.width}"
        return self._shown(size, plural(self.channels, "channel"), str(self.dtype))


def _parse_grouping(grouping: object) -> dict[str, Any]:
    if grouping is None:
        return {}
    number = check_integral(grouping)
    if number is None:
        expected, received = "a whole number", repr(grouping)
        raise OptionError("Image", "grouping", expected=expected, received=received)
    return {"grouping": number}
