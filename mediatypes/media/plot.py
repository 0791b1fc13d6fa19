"""Figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, cast

import numpy as np
from msgspec import structs

from mediatypes._core.arrays import read_only
from mediatypes._core.colour import on_white
from mediatypes._core.options import check_one_of
from mediatypes.adapters import as_figure, drawing_process, is_figure, load, picture
from mediatypes.adapters.chart import THEMES, Chart, to_columns
from mediatypes.adapters.description import (
    Description,
    check_plain,
    describe,
    to_object,
)
from mediatypes.adapters.figures import current, describer_of
from mediatypes.errors import OptionError, UnsupportedInputError
from mediatypes.formats import png
from mediatypes.formats.sniff import Format
from mediatypes.media.base import NO_PARTS, FileMedia
from mediatypes.media.charts import Charts
from mediatypes.schema import Draft, DraftFile, EncodedPart, Snapshot, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mediatypes.adapters.drawing import Drawn, Order
    from mediatypes.adapters.drawing_process import Deferred
    from mediatypes.schema import Encoded
    from mediatypes.schema import Media as MediaRecord
    from mediatypes.schema.draft import Buffer

__all__ = ["Plot"]

MAX_DPI: Final = 2_400
_FILE_TYPES: Final = ("png", "jpg", "jpeg", "webp")


class Plot(Charts, FileMedia):
    """A figure, as the picture that the user sees.

    It is drawn when the value is made, by its own ``savefig``, at its own size, dpi and
    colours, and left as it was; later changes of the figure do not show.

    Parameters
    ----------
    figure
        The ``matplotlib.pyplot`` module or nothing, for its current figure;
        a Figure, SubFigure, Axes, array of Axes or any Artist that is in a figure; a
        seaborn FacetGrid, PairGrid, JointGrid or ClusterGrid, or a
        ``seaborn.objects.Plot``; what pyplot's functions return; a plotly, Altair or
        Bokeh figure, whose description is kept, with a picture beside it where kaleido
        or vl-convert is installed.
    caption
        Text shown with the figure.
    file_type
        ``"png"`` (the default, exact), ``"webp"`` (exact) or ``"jpg"``, which loses.
    dpi
        Dots per inch, up to 2,400; without it, the figure's own.
    bbox
        ``"tight"`` to cut to what is drawn.
    vector
        Whether to keep the figure as SVG too, its words as words.
    interactive
        Whether to keep it as a plotly description too, where that loses nothing.
    close
        Whether to close the figure in pyplot once it is drawn.
    id
        Name of what it shows, the same at every step.
    meta
        Further facts, as JSON can write them.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If there is no figure: pyplot has none, an artist is in none, or it is something
        else.
    mediatypes.errors.OptionError
        If an option does not exist.
    mediatypes.errors.EncodeError
        If nothing of the figure can be drawn.

    Notes
    -----
    A run may have its figures drawn by another process: then the value holds the figure
    as bytes, and whoever asks for the picture or its ``source`` waits for it.

    Where the figure's own drawing fails, it is drawn without TeX, layout engine and
    bounding box, then without the artists that fail. The reasons are in
    ``source.reasons``.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> Plot(Figure(figsize=(2, 1), dpi=100))
    Plot(200 × 100)
    """

    kind: ClassVar[str] = "plot"
    _needed: ClassVar[tuple[str, ...]] = ("width", "height")

    _numbers: tuple[EncodedPart, ...]
    """Those of a chart, a file beside the picture."""
    _forms: tuple[EncodedPart, ...]
    """All files beside the picture, which have the figure in other forms."""
    _draft: Description | Deferred | None
    """What is still to be drawn."""
    """`source`, as far as it is drawn."""
    _size: int

    def __init__(  # noqa: PLR0913 - one parameter for each thing people ask for
        self,
        figure: object | None = None,
        caption: str | None = None,
        *,
        file_type: str = "png",
        dpi: float | None = None,
        bbox: str | None = None,
        vector: bool = False,
        interactive: bool = False,
        close: bool = False,
        id: str | None = None,  # noqa: A002 - the name in the record
        meta: Mapping[str, Any] | None = None,
    ) -> None:
        check_one_of("Plot", "file_type", file_type, _FILE_TYPES)
        check_one_of("Plot", "bbox", bbox, ("tight",))
        _check_dpi(dpi)
        form = picture.parse_format(file_type, "Plot")
        self._label(caption, id, meta)
        self._set(_numbers=(), _forms=(), _draft=None)
        if isinstance(figure, Chart):
            self._set(_numbers=(figure.part,), _remarks=self._remarks + figure.remarks)
        self._hold(form, {}, Source())
        describer = describer_of(figure)
        if describer is not None:
            check_plain(file_type=file_type, dpi=dpi, bbox=bbox, vector=vector)
            described = describe(figure, describer)
            self._hold(form, {}, Source(reasons=described.reasons))
            self._set(_draft=described, _size=len(described.text))
            return
        order = dpi, bbox, bool(vector), bool(interactive)
        if isinstance(figure, Chart):
            with load("chart_drawing").drawn(figure) as target:
                self._draw(target, order)
            return
        target = as_figure(current() if figure is None else figure)
        self._draw(target, order)
        if close:
            load("matplotlib").close(target)

    def _draw(self, figure: Any, how: tuple[Any, ...]) -> None:
        """Draw `figure` now, or have it drawn by a worker."""
        order: Order = load("drawing").Order(*how)
        deferred = drawing_process.defer(figure, order)
        if deferred is None:
            self._take(load("drawing").draw(figure, order))
            self._set(_size=self.pixels.nbytes + _sum(self._forms))
        else:
            self._set(_draft=deferred, _size=len(deferred.data) + _sum(self._numbers))

    @property
    def source(self) -> Source:  # type: ignore[override]  # which may still have to be made
        """What it was made from, the rule that was followed, and what is missing."""
        self._settle()
        return cast("Source", self.__dict__["source"])

    def _settle(self) -> None:
        """Have the picture, if it is still to be drawn."""
        draft = self._draft
        if isinstance(draft, Description):
            self._take_description(draft)
        elif draft is not None:
            self._take(draft.drawn())
        self._set(_draft=None)

    def _take(self, drawn: Drawn) -> None:
        pixels, file, rule = drawn.pixels, None, "drawn"
        if isinstance(pixels, bytes) and self._format.name != "png":
            pixels = picture.decode(pixels, "Plot", "its picture", 4)
        if isinstance(pixels, bytes):
            file, head = pixels, png.header(pixels)
            shape = head.height, head.width, head.samples
            array = None
        else:
            if self._format.name in picture.OPAQUE:
                pixels, rule = on_white(pixels), "drawn, on white"
            array, shape = read_only(pixels), pixels.shape
        source = Source(dtype="uint8", shape=shape, rule=rule, reasons=drawn.reasons)
        names = "height", "width", "channels"
        facts: dict[str, Any] = dict(zip(names, shape, strict=True))
        if drawn.dpi is not None:
            facts["dpi"] = float(drawn.dpi)
        self._set(_forms=self._numbers + drawn.parts)
        self._hold(self._format, facts, source, array=array, file=file)

    def _take_description(self, made: Description) -> None:
        """Hold a description, beside a picture where its library can make one."""
        facts: dict[str, Any] = {"width": made.width, "height": made.height}
        facts |= {"library": made.library, "library_version": made.version}
        data, reasons = made.png()
        reasons = made.reasons + reasons
        if data is None:
            form = Format("json", "json", made.mime)
            source = Source(rule="described", reasons=reasons)
            self._hold(form, facts, source, file=made.text.encode())
            return
        found = picture.describe(data, "Plot", "its picture")
        self._set(_forms=(made.part,))
        facts |= {name: found.facts[name] for name in ("width", "height", "channels")}
        source = Source(rule="described, drawn", reasons=reasons)
        self._hold(found.format, facts, source, file=data)

    @classmethod
    def _of(cls, chart: Chart, title: str, caption: str | None, theme: str) -> Self:
        check_one_of("Plot", "theme", theme, THEMES)
        return cls(chart._replace(title=str(title), theme=theme), caption)

    @classmethod
    def accepts_bare(cls, value: object) -> bool:
        """Whether `value` is, or belongs to, a figure."""
        return is_figure(value)

    @property
    def width(self) -> int:
        """Pixels from left to right."""
        self._settle()
        return int(self._facts["width"])

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        self._settle()
        return int(self._facts["height"])

    @property
    def pixels(self) -> NDArray[Any]:
        """Pixels as stored: uint8, (height, width, 4) or 3 for JPEG, read-only."""
        self._settle()
        if self._array is not None:
            return self._array
        if self._format.name == "json":
            raise UnsupportedInputError(
                "Plot",
                "pixels",
                expected="those of a picture",
                received="a description, which only a browser draws",
            )
        data, channels = self._file or b"", self._facts.get("channels")
        decoded = picture.decode(data, "Plot", "its file", channels)
        return read_only(np.ascontiguousarray(decoded))

    @property
    def vector(self) -> bytes | None:
        """The figure as SVG, if that was asked for and possible."""
        return self._form("vector")

    @property
    def interactive(self) -> dict[str, Any] | None:
        """The figure as a description, such as plotly's JSON, if there is one."""
        data = self._form("interactive")
        if self._format.name == "json":
            data = self._file
        return None if data is None else to_object(data)

    @property
    def data(self) -> dict[str, list[Any]] | None:
        """The numbers of a chart by column, if it carries them."""
        data = self._form("data")
        if data is None:
            return None
        return to_columns(to_object(data))

    def _form(self, name: str) -> bytes | None:
        self._settle()
        return next((form.data for form in self._forms if form.name == name), None)

    @property
    def file_type(self) -> str:
        """Extension of the file that is stored."""
        if isinstance(self._draft, Description):
            self._settle()
        return self._format.extension

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the snapshot takes, before it is drawn."""
        return self._size

    @property
    def problems(self) -> tuple[str, ...]:
        """What had to be left out to draw it, as far as it is drawn."""
        so_far: Source = self.__dict__["source"]
        return so_far.reasons

    def to_numpy(self) -> NDArray[Any]:
        """Return the pixels as stored."""
        return self.pixels

    def _encoder(self) -> tuple[str, dict[str, Any]]:
        return "picture", {"name": self._format.name}

    def draft(self) -> Snapshot:
        """Return what is stored; what is still to be drawn is drawn by `encode`."""
        if self._draft is not None:
            form = self._format
            words: tuple[Any, ...] = self.caption, self.id, {}, self.__dict__["source"]
            file = DraftFile(self.kind, form.extension, form.mime)
            data: list[Buffer] = [self._draft.data]
            return Snapshot(Draft(self.kind, (file,), *words), data, self.encode)
        draft, buffers, _ = super().draft()
        places = [DraftFile(x.kind, x.extension, x.mime, x.name) for x in self._forms]
        draft = structs.replace(draft, files=(*draft.files, *places))
        return Snapshot(draft, [*buffers, *[form.data for form in self._forms]])

    def encode(self) -> Encoded:
        """Return the files that are stored."""
        self._settle()
        return super().encode()

    @classmethod
    def decode(
        cls, record: MediaRecord, data: bytes, parts: Mapping[str, bytes] = NO_PARTS
    ) -> Self:
        """Rebuild a plot from its record and its files."""
        self = super().decode(record, data, parts)
        forms = tuple(
            EncodedPart(x.name, x.kind, _extension(x.path), x.mime, parts[x.name])
            for x in record.parts
        )
        size = len(data) + _sum(forms)
        self._set(_numbers=(), _forms=forms, _draft=None, _size=size)
        return self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        self._settle()
        other._settle()
        if self._forms != other._forms or self.file_type != other.file_type:
            return False
        return bool(super().__eq__(other))

    __hash__ = None

    def __repr__(self) -> str:
        return self._shown(f"{self.width} × {self.height}")


def _sum(forms: tuple[EncodedPart, ...]) -> int:
    return sum(len(form.data) for form in forms)


def _extension(path: str) -> str:
    return path.rpartition(".")[2]


def _check_dpi(dpi: object) -> None:
    if isinstance(dpi, np.generic):
        dpi = cast("object", dpi.item())
    if dpi is None:
        return
    known = float(dpi) if isinstance(dpi, (int, float)) else 0.0
    if not isinstance(dpi, bool) and 0 < known <= MAX_DPI:
        return
    expected = f"more than 0, up to {MAX_DPI:,}"
    raise OptionError("Plot", "dpi", expected=expected, received=repr(dpi))
