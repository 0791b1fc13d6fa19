"""Figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

import numpy as np

from mediatypes._core.arrays import read_only
from mediatypes._core.colour import on_white
from mediatypes._core.optional import loaded
from mediatypes._core.options import check_one_of
from mediatypes.adapters import as_figure, is_figure, load, picture
from mediatypes.errors import OptionError, UnsupportedInputError
from mediatypes.media.base import FileMedia
from mediatypes.schema import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["Plot"]

MAX_DPI: Final = 2_400
_FILE_TYPES: Final = ("png", "jpg", "jpeg", "webp")


class Plot(FileMedia):
    """A figure, as the picture that the user sees.

    It is drawn when the value is made, by its own ``savefig``, at its own size, dpi and
    colours, and left as it was; later changes of the figure do not show.

    Parameters
    ----------
    figure
        The ``matplotlib.pyplot`` module or nothing, for its current figure;
        a Figure, SubFigure, Axes, array of Axes or any Artist that is in a figure; a
        seaborn FacetGrid, PairGrid, JointGrid or ClusterGrid, or a
        ``seaborn.objects.Plot``.
    caption
        Text shown with the figure.
    file_type
        ``"png"`` (the default, exact), ``"webp"`` (exact) or ``"jpg"``, which loses.
    dpi
        Dots per inch, up to 2,400; without it, the figure's own.
    bbox
        ``"tight"`` to cut to what is drawn.
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
    Where the figure's own drawing fails, it is drawn without TeX, layout engine and
    bounding box, then without the artists that fail. The reasons are in
    ``source.reasons``.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> Plot(Figure(figsize=(2, 1), dpi=100))
    Plot(200 × 100)
    """

    __slots__ = ()

    kind: ClassVar[str] = "plot"
    _needed: ClassVar[tuple[str, ...]] = ("width", "height")

    def __init__(  # noqa: PLR0913 - one parameter for each thing people ask for
        self,
        figure: object | None = None,
        caption: str | None = None,
        *,
        file_type: str = "png",
        dpi: float | None = None,
        bbox: str | None = None,
        close: bool = False,
        id: str | None = None,  # noqa: A002 - the name in the record
        meta: Mapping[str, Any] | None = None,
    ) -> None:
        check_one_of("Plot", "file_type", file_type, _FILE_TYPES)
        check_one_of("Plot", "bbox", bbox, ("tight",))
        _check_dpi(dpi)
        form = picture.parse_format(file_type, "Plot")
        self._label(caption, id, meta)
        target = as_figure(_current() if figure is None else figure)
        adapter = load("matplotlib")
        drawn = adapter.render(target, dpi=dpi, bbox=bbox)
        height, width, _ = drawn.pixels.shape
        if close:
            adapter.close(target)
        pixels, rule = drawn.pixels, "drawn"
        if form.name in picture.OPAQUE:
            pixels, rule = on_white(pixels), "drawn, on white"
        source = Source(
            dtype="uint8", shape=pixels.shape, rule=rule, reasons=drawn.reasons
        )
        facts = {"width": width, "height": height, "channels": pixels.shape[2]}
        if drawn.dpi is not None:
            facts["dpi"] = float(drawn.dpi)
        self._hold(form, facts, source, array=pixels)

    @classmethod
    def accepts_bare(cls, value: object) -> bool:
        """Whether `value` is, or belongs to, a figure."""
        return is_figure(value)

    @property
    def width(self) -> int:
        """Pixels from left to right."""
        return int(self._facts["width"])

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return int(self._facts["height"])

    @property
    def pixels(self) -> NDArray[Any]:
        """Pixels as stored: uint8, (height, width, 4) or 3 for JPEG, read-only."""
        if self._array is not None:
            return self._array
        data, channels = self._file or b"", self._facts.get("channels")
        decoded = picture.decode(data, "Plot", "its file", channels)
        return read_only(np.ascontiguousarray(decoded))

    @property
    def problems(self) -> tuple[str, ...]:
        """What had to be left out to draw it."""
        return self.source.reasons

    def to_numpy(self) -> NDArray[Any]:
        """Return the pixels as stored."""
        return self.pixels

    def _encoder(self) -> tuple[str, dict[str, Any]]:
        return "picture", {"name": self._format.name}

    def __repr__(self) -> str:
        return self._shown(f"{self.width} × {self.height}")


def _current() -> object:
    pyplot = loaded("matplotlib.pyplot")
    if pyplot is None:
        raise UnsupportedInputError(
            "Plot",
            "figure",
            expected="a figure",
            received="nothing, and pyplot is not in use",
        )
    return pyplot


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
