"""Still pictures."""

# ruff: noqa: SLF001 - the sign is a product; an image may look into another

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

import numpy as np
from msgspec import structs

from mediatypes._core.arrays import Plain, dtype_name, read_only
from mediatypes._core.colour import MODES, channels_of, convert, on_white
from mediatypes._core.layout import to_height_width
from mediatypes._core.options import check_integral, check_one_of, check_range
from mediatypes._core.pixels import PIXEL_RULES, from_pixels, to_pixels
from mediatypes._core.tiles import tile
from mediatypes.adapters import as_items, as_picture, files, is_picture, load, picture
from mediatypes.errors import ManifestError, OptionError, ShapeError
from mediatypes.media.base import FileMedia, odd_values, plural
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
    )

__all__ = ["Image"]

_WITH_ALPHA: Final = (2, 4)
_WHITE: Final = {"uint8": 255, "uint16": 65_535}
_OF_THE_WHOLE: Final = {"file_type", "grouping", "id", "lossless", "meta", "quality"}
"""Options of a grid, not of its tiles."""


class Image(FileMedia):
    """A still picture.

    Arrays are copied, and turned into the pixels that are stored, when the value is
    made. The bytes of a file are kept as they are.

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

    Raises
    ------
    mediatypes.errors.ShapeError
        If the axes are not those of one non-empty picture.
    mediatypes.errors.LayoutError
        If channels seem to come first; it names ``layout="CHW"``.
    mediatypes.errors.DtypeError
        If the elements are complex, objects or text.
    mediatypes.errors.OptionError
        If an option does not exist or does not fit the others.
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

    __slots__ = ()

    kind: ClassVar[str] = "image"
    _needed: ClassVar[tuple[str, ...]] = ("width", "height", "channels")

    def __init__(  # noqa: PLR0913 - the call style people know
        self,
        data: ArrayLike | PathLike | FileLike | bytes | object,
        mode: str | None = None,
        caption: str | None = None,
        *,
        grouping: int | None = None,
        file_type: str | None = None,
        quality: int | None = None,
        lossless: bool | None = None,
        normalize: bool | None = None,
        value_range: Range = None,
        layout: Layout | None = None,
        id: str | None = None,  # noqa: A002 - the name in the record
        meta: Mapping[str, Any] | None = None,
    ) -> None:
        limits = check_range("Image", value_range, normalize=normalize)
        check_one_of("Image", "layout", layout, ("HWC", "CHW"))
        check_one_of("Image", "mode", mode, MODES)
        form = picture.parse_format(file_type, "Image")
        if isinstance(data, Image) and file_type is None:
            form = data._format
        options = picture.parse_options(form, "Image", quality, lossless)
        self._label(caption, id, meta, like=data)
        facts = _parse_grouping(grouping)
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

    @classmethod
    def batch(
        cls,
        data: ArrayLike | object,
        captions: Sequence[str | None] | None = None,
        **options: Any,
    ) -> list[Self]:
        """Return one picture for each item along the first axis.

        Parameters
        ----------
        data
            Shape (items, height, width) or (items, height, width, channels), or a
            sequence of pictures.
        captions
            As many as there are items.
        options
            As for `Image`, the same for all items.

        Raises
        ------
        mediatypes.errors.ShapeError
            If there are not 3 or 4 axes, or another number of captions.

        Examples
        --------
        >>> import numpy as np
        >>> Image.batch(np.zeros((2, 4, 4, 3), np.uint8), captions=["a", "b"])[1]
        Image(4 × 4, 3 channels, uint8, caption='b')
        """
        items, channels_first = as_items(data, media="Image.batch", field="data")
        if channels_first:
            options.setdefault("layout", "CHW")
        texts = [None] * len(items) if captions is None else list(captions)
        if isinstance(captions, str) or len(texts) != len(items):
            raise ShapeError(
                "Image.batch",
                "captions",
                expected=f"as many as there are items, {len(items)}",
                received="one text" if isinstance(captions, str) else str(len(texts)),
            )
        pairs = zip(items, texts, strict=True)
        return [cls(item, caption=text, **options) for item, text in pairs]

    @classmethod
    def grid(
        cls,
        data: ArrayLike | object,
        columns: int = 8,
        caption: str | None = None,
        *,
        padding: int = 2,
        **options: Any,
    ) -> Self:
        """Return all items along the first axis as one picture, row by row.

        Parameters
        ----------
        data
            As for `batch`; all items of one size, depth and number of channels.
        columns
            Items side by side, 1 or more.
        caption
            Text shown with the picture.
        padding
            Black pixels between items.
        options
            As for `Image`.

        Examples
        --------
        >>> import numpy as np
        >>> Image.grid(np.zeros((5, 4, 4, 3), np.uint8), columns=3)
        Image(10 × 16, 3 channels, uint8)
        """
        kept = {name: options.pop(name) for name in _OF_THE_WHOLE & options.keys()}
        tiles = [item.pixels for item in cls.batch(data, **options)]
        whole = tile(tiles, columns=columns, padding=padding, media="Image.grid")
        return cls(whole, caption=caption, **kept)

    @property
    def width(self) -> int:
        """Pixels from left to right, upright."""
        return int(self._facts["width"])

    @property
    def height(self) -> int:
        """Pixels from top to bottom, upright."""
        return int(self._facts["height"])

    @property
    def channels(self) -> int:
        """1 for grey, 2 for grey and alpha, 3 for RGB, 4 for RGBA."""
        return int(self._facts["channels"])

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
        return to_pixels(self._decoded(), None, source="its file").values

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
        return read_only(picture.decode(data, "Image", "its file", channels).copy())

    def to_pil(self) -> PillowImage:
        """Return a Pillow image of the stored pixels.

        Raises
        ------
        mediatypes.errors.OptionError
            For 16-bit colour, which Pillow has no mode for.
        """
        pillow: PillowImage = load("pillow").to_image(self.pixels)
        return pillow

    def _to_bytes(self, array: NDArray[Any]) -> bytes:
        return picture.encode(array, self._format.name, **self._options)

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
