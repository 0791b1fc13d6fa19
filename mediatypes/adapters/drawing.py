"""Drawing a matplotlib figure into pixels, without a trace and come what may.

A figure is drawn by its own ``savefig`` into raw RGBA, which is the picture that the
user sees, and then left as it was: canvas, backend, dpi, layout engine and stale flag.
Where that fails, what it fails on is left out, one thing after another, and named.
"""

from __future__ import annotations

import io
import re
import threading
import warnings
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.figure import FigureBase
from matplotlib.text import Text

from mediatypes._core.arrays import read_only
from mediatypes._core.layout import MAX_PIXELS
from mediatypes._core.optional import type_name
from mediatypes.errors import EncodeError, OptionError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from numpy.typing import NDArray

__all__ = ["LOCK", "Drawn", "Order", "check_size", "draw", "usual_dpi"]

LOCK: Final = threading.RLock()
"""matplotlib draws in one thread at a time: its font cache and rcParams are shared."""
_TOUCHED: Final = ("_layout_engine", "_stale", "canvas", "stale_callback")
"""Fields of a figure that drawing changes; matplotlib 3.11 restores some of them."""
_PLACES: Final = ("_position", "_originalPosition")
_MPL: Final[Any] = mpl  # whose rcParams are typed as 300 literals
_GROWN: Final = 16
"""How many times the area of the figure its bounding box may be."""
_MOST_REASONS: Final = 4
_GLYPH: Final = re.compile(r"Glyph \d+ \(.*\) missing from font")
_WITHOUT: Final = "TeX, layout engine and bounding box"


class Order(NamedTuple):
    """How a figure is to be drawn."""

    dpi: float | None = None
    """Dots per inch; without it, what ``savefig`` takes."""
    bbox: str | None = None
    """``"tight"`` to cut to what is drawn."""

    @property
    def options(self) -> dict[str, Any]:
        """What ``savefig`` is told."""
        given = {"dpi": self.dpi, "bbox_inches": self.bbox}
        return {name: value for name, value in given.items() if value is not None}


class Drawn(NamedTuple):
    """A figure as pixels."""

    pixels: NDArray[np.uint8]
    """Shape (height, width, 4): RGBA."""
    source: str
    reasons: tuple[str, ...]
    """What is missing or had to be left out, and why."""
    dpi: float | None
    """Dots per inch, where that is known."""


class _Sink(io.RawIOBase):
    """Takes the one buffer that matplotlib's raw output writes, with its shape."""

    pixels: NDArray[np.uint8] | None = None

    def write(self, buffer: Any) -> int:
        self.pixels = read_only(np.array(buffer, dtype=np.uint8))
        return self.pixels.nbytes


class _Heard:
    """What one thread is warned of, in the form in which a filter asks for it."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        self.texts: list[str] = []

    def match(self, text: str) -> bool:
        """Take `text` if this thread is warned; other threads' go their way."""
        if threading.get_ident() != self._thread:
            return False
        if text not in self.texts:
            self.texts.append(text)
        return True


@contextmanager
def _listening() -> Generator[list[str]]:
    """Collect what this thread is warned of, without anyone else noticing.

    ``warnings.catch_warnings`` is not for threads, and makes Python forget what it has
    warned of once. A filter that is put in and taken out again does neither.
    """
    heard, quiet = _Heard(), _Heard()
    entries: list[Any] = [
        ("ignore", heard, UserWarning, None, 0),
        ("ignore", heard, RuntimeWarning, None, 0),
        ("ignore", quiet, Warning, None, 0),
    ]
    filters: list[Any] = warnings.filters  # type: ignore[assignment]  # a list, typed as a sequence
    filters[:0] = entries
    try:
        yield heard.texts
    finally:
        for known in (filters, warnings.filters):
            known[:] = [x for x in known if all(x is not y for y in entries)]  # type: ignore[index]


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
    with LOCK, _listening() as heard:
        if not isinstance(figure, FigureBase):
            pixels = _draw_description(figure, order)
            return Drawn(pixels, type_name(figure), tuple(_said(heard)), order.dpi)
        dpi = usual_dpi(figure) if order.dpi is None else order.dpi
        check_size(figure, dpi)
        with _unchanged(figure):
            pixels, reasons = _draw_with_fallback(figure, order)
        reasons = (*reasons, *_said(heard), *_empty(figure))
    return Drawn(pixels, type_name(figure), reasons, dpi)


def _said(heard: list[str]) -> Iterator[str]:
    """Return what matplotlib warned of, each kind once."""
    glyphs = [text for text in heard if _GLYPH.match(text)]
    others = [text.strip().split("\n", 1)[0] for text in heard if text not in glyphs]
    if glyphs:
        count, font = len(glyphs), glyphs[0].partition("missing from ")[2].rstrip(".")
        yield f"{count} letters of its text are missing from {font}"
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


def _draw_description(plot: Any, order: Order) -> NDArray[np.uint8]:
    """Draw what makes its own figure: there is nothing to leave out."""
    try:
        return _pixels(plot.save, order.options)
    except Exception as error:
        msg = f"Plot: the figure cannot be drawn: {_reason(error)}"
        raise EncodeError(msg) from error


def _pixels(save: Any, options: dict[str, Any]) -> NDArray[np.uint8]:
    sink = _Sink()
    save(sink, format="rgba", backend="agg", **options)
    if sink.pixels is None:
        msg = "the figure drew nothing"
        raise EncodeError(msg)
    return sink.pixels


def _draw_with_fallback(
    figure: Any, order: Order
) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    reasons: list[str] = []
    try:
        return _pixels(figure.savefig, order.options), ()
    except Exception as error:  # noqa: BLE001 - any artist may raise anything
        reasons.append(f"the figure's own drawing failed: {_reason(error)}")
    plain = order._replace(bbox=None).options
    with _plainly(figure) as raw:
        reasons += [f"{text!r} is drawn as it is written" for text in raw]
        try:
            pixels = _pixels(figure.savefig, plain)
        except Exception as error:  # noqa: BLE001 - as above
            reasons.append(f"without {_WITHOUT}: {_reason(error)}")
        else:
            return pixels, (*reasons, f"drawn without {_WITHOUT}")
        with _without_failing(figure) as hidden:
            try:
                pixels = _pixels(figure.savefig, plain)
            except Exception as error:
                msg = f"Plot: the figure cannot be drawn: {'; '.join(reasons)}"
                raise EncodeError(msg) from error
            return pixels, (*reasons, f"drawn without {', '.join(hidden)}")


def _reason(error: Exception) -> str:
    text = str(error).strip().split("\n", 1)[0]
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__


@contextmanager
def _plainly(figure: Any) -> Generator[list[str]]:
    """Draw without TeX, without a layout engine and without cutting to a box.

    Yield the texts whose formulas are none, which are drawn as they are written.
    """
    renderer, raw = _renderer(figure), list[str]()
    with ExitStack() as stack:
        stack.enter_context(
            _MPL.rc_context({"text.usetex": False, "savefig.bbox": None})
        )
        for text in [x for x in _inmost_first(figure) if isinstance(x, Text)]:
            stack.callback(text.set_usetex, text.get_usetex())
            text.set_usetex(False)
            if not _is_set(text, renderer):
                stack.callback(text.set_parse_math, text.get_parse_math())
                text.set_parse_math(False)
                raw.append(text.get_text()[:60])
        figure.set_layout_engine("none")
        yield raw


def _renderer(figure: Any) -> Any:
    from matplotlib.backends import backend_agg

    agg: Any = backend_agg  # which has no annotations
    width, height = figure.bbox.size
    return agg.RendererAgg(max(1, int(width)), max(1, int(height)), figure.dpi)


def _is_set(text: Any, renderer: Any) -> bool:
    """Whether the formulas of `text`, if it has any, can be set."""
    try:
        text.get_window_extent(renderer)
    except Exception:  # noqa: BLE001 - whatever it is, it is tried without formulas
        return False
    return True


@contextmanager
def _without_failing(figure: Any) -> Generator[list[str]]:
    """Draw nothing for every artist whose own drawing raises."""
    renderer, names = _renderer(figure), list[str]()
    with ExitStack() as stack:
        for artist in _inmost_first(figure):
            try:
                artist.draw(renderer)
            except Exception as error:  # noqa: BLE001 - this is how it is found
                # Both: not every artist asks whether it is seen, and what is not seen
                # is not measured either.
                fields: dict[str, Any] = artist.__dict__
                stack.callback(_restore, fields, dict(fields))
                fields.update(draw=_draw_nothing, _visible=False)
                names.append(f"{type(artist).__name__} ({_reason(error)})")
        yield names


def _draw_nothing(renderer: object) -> None:
    del renderer


def _restore(fields: dict[str, Any], before: dict[str, Any]) -> None:
    """Set what `_without_failing` has changed to what it was."""
    for name in ("draw", "_visible"):
        fields.pop(name, None)
        if name in before:
            fields[name] = before[name]


def _inmost_first(artist: Any) -> Iterator[Any]:
    try:
        children: Any = artist.get_children()
    except Exception:  # noqa: BLE001 - an axis makes its ticks then; it fails later too
        children = []
    for child in children:
        yield from _inmost_first(child)
        yield child
