"""Drawing a matplotlib figure into pixels, without a trace and come what may.

A figure is drawn by its own ``savefig`` into raw RGBA, which is the picture that the
user sees, and then left as it was: canvas, backend, dpi, layout engine and stale flag.
Where that fails, what it fails on is left out, one thing after another, and named.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import matplotlib as mpl
from matplotlib.figure import FigureBase

from mediatypes._core.layout import MAX_PIXELS
from mediatypes._core.optional import type_name
from mediatypes.adapters import fallback, interactive, vector
from mediatypes.adapters.surroundings import LOCK, listening
from mediatypes.errors import EncodeError, OptionError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from mediatypes.schema import EncodedPart

__all__ = ["Drawn", "Order", "draw"]

_TOUCHED: Final = ("_layout_engine", "_stale", "canvas", "stale_callback")
"""Fields of a figure that drawing changes; matplotlib 3.11 restores some of them."""
_PLACES: Final = ("_position", "_originalPosition")
_GROWN: Final = 16
"""How many times the area of the figure its bounding box may be."""
_MOST_REASONS: Final = 4
_GLYPH: Final = re.compile(r"Glyph \d+ \(.*\) missing from font")


class Order(NamedTuple):
    """How a figure is to be drawn."""

    dpi: float | None = None
    """Dots per inch; without it, what ``savefig`` takes."""
    bbox: str | None = None
    """``"tight"`` to cut to what is drawn."""
    vector: bool = False
    """Whether to add the figure as SVG."""
    interactive: bool = False
    """Whether to add the figure as a plotly description, if that can be faithful."""

    @property
    def options(self) -> dict[str, Any]:
        """What ``savefig`` is told."""
        given = {"dpi": self.dpi, "bbox_inches": self.bbox}
        return {name: value for name, value in given.items() if value is not None}


class Drawn(NamedTuple):
    """A figure as a picture."""

    pixels: NDArray[np.uint8] | bytes
    """Shape (height, width, 4): RGBA; or the same as PNG."""
    source: str
    reasons: tuple[str, ...]
    """What is missing or had to be left out, and why."""
    dpi: float | None
    """Dots per inch, where that is known."""
    parts: tuple[EncodedPart, ...] = ()
    """The figure in other forms."""


def draw(figure: Any, order: Order) -> Drawn:
    """Return the pixels of `figure`, as its ``savefig`` would write them.

    Parameters
    ----------
    figure
        A figure, or a ``seaborn.objects.Plot``.
    order
        How to draw it.

    Raises
    ------
    mediatypes.errors.EncodeError
        If nothing of it can be drawn.
    mediatypes.errors.OptionError
        If it has no pixel or too many.
    """
    with LOCK, listening() as heard:
        if not isinstance(figure, FigureBase):
            pixels = _draw_description(figure, order)
            parts, said = _other_forms(figure, order)
            reasons = (*said, *_said(heard))
            return Drawn(pixels, type_name(figure), reasons, order.dpi, parts)
        dpi = usual_dpi(figure) if order.dpi is None else order.dpi
        check_size(figure, dpi)
        with _unchanged(figure):
            pixels, reasons = fallback.draw_as_far_as_possible(figure, order.options)
            parts, said = _other_forms(figure, order)
        reasons = (*reasons, *said, *_said(heard), *_empty(figure))
    return Drawn(pixels, type_name(figure), reasons, dpi, parts)


def usual_dpi(figure: Any) -> float:
    """Return the dots per inch that ``savefig`` takes."""
    usual = mpl.rcParams["savefig.dpi"]
    own = getattr(figure, "_original_dpi", figure.dpi)
    return float(own if usual == "figure" else usual)


def check_size(figure: Any, dpi: float) -> None:
    """Raise `OptionError` if `figure` has no pixel or too many."""
    width, height = (int(side * dpi) for side in figure.get_size_inches())
    received = f"{width:,} × {height:,}"
    if width * height > MAX_PIXELS:
        raise OptionError(
            "Plot",
            "figure",
            expected=f"at most {MAX_PIXELS:,} pixels",
            received=received,
            hint="Pass a lower dpi= or a smaller figure.",
        )
    if not width * height:
        raise OptionError(
            "Plot", "figure", expected="one pixel or more", received=received
        )


def _draw_description(plot: Any, order: Order) -> NDArray[np.uint8]:
    """Draw what makes its own figure: there is nothing to leave out."""
    try:
        return fallback.pixels_of(plot.save, order.options)
    except Exception as error:
        msg = f"Plot: the figure cannot be drawn: {fallback.reason(error)}"
        raise EncodeError(msg) from error


def _other_forms(
    figure: Any, order: Order
) -> tuple[tuple[EncodedPart, ...], tuple[str, ...]]:
    """Return the figure in the other forms of `order`, and why one is missing."""
    parts: list[EncodedPart] = []
    reasons: list[str] = []
    for is_wanted, form in ((order.vector, vector), (order.interactive, interactive)):
        if not is_wanted:
            continue
        try:
            parts.append(form.part_of(figure, order.options))
        except Exception as error:  # noqa: BLE001 - the picture is there, come what may
            reasons.append(f"no {form.NAME} form: {fallback.reason(error)}")
    return tuple(parts), tuple(reasons)


def _said(heard: list[str]) -> Iterator[str]:
    """Return what matplotlib warned of, each kind once."""
    glyphs = [text for text in heard if _GLYPH.match(text)]
    others = [text.strip().split("\n", 1)[0] for text in heard if text not in glyphs]
    if glyphs:
        count, font = len(glyphs), glyphs[0].partition("missing from ")[2].rstrip(".")
        yield f"letters of its text ({count}) are missing from {font}"
    yield from (f"matplotlib says: {text[:200]}" for text in others[:_MOST_REASONS])
    if len(others) > _MOST_REASONS:
        yield f"matplotlib says {len(others) - _MOST_REASONS} more"


def _empty(figure: Any) -> tuple[str, ...]:
    """Return that there is nothing on the figure but its background, if so."""
    if any(child is not figure.patch for child in figure.get_children()):
        return ()
    return ("the figure is empty: it has no axes, pictures or words",)


@contextmanager
def _unchanged(figure: Any) -> Generator[None]:
    """Leave what drawing changes of `figure` as it was."""
    fields: dict[str, Any] = figure.__dict__
    kept: dict[str, Any] = {key: fields[key] for key in _TOUCHED if key in fields}
    places = [(box, box.frozen()) for axes in figure.axes for box in _boxes(axes)]
    measure = fields.get("get_tightbbox")
    # No window is to redraw: nothing will have changed.
    figure.stale_callback = None
    figure.get_tightbbox = _bounded(figure, figure.get_tightbbox)
    try:
        yield
    finally:
        del figure.get_tightbbox
        if measure is not None:
            figure.get_tightbbox = measure
        # By the fields: the properties would ask for redraws and other layouts.
        fields.update(kept)
        for box, before in places:
            box.set(before)


def _boxes(axes: Any) -> list[Any]:
    """Return the boxes where `axes` are, which a layout engine moves."""
    fields: dict[str, Any] = axes.__dict__
    return [fields[key] for key in _PLACES if key in fields]


def _bounded(figure: Any, measure: Any) -> Any:
    """Return `measure`, which refuses boxes that are far larger than the figure."""

    def measured(*arguments: Any, **options: Any) -> Any:
        box = measure(*arguments, **options)
        width, height = figure.get_size_inches()
        if not box.width * box.height <= _GROWN * width * height:
            grown = f"{box.width * figure.dpi:,.0f} × {box.height * figure.dpi:,.0f}"
            msg = f"the bounding box has grown to {grown} pixels"
            raise ValueError(msg)
        return box

    return measured
