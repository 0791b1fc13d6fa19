"""matplotlib and seaborn figures, drawn without a trace.

A figure is drawn by its own ``savefig`` into raw RGBA, which is the picture that the
user sees, and then left as it was: canvas, backend, dpi, layout engine and stale flag.
Where that fails, what it fails on is left out, one thing after another, and named.
"""

from __future__ import annotations

import io
import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import FigureBase, SubFigure
from matplotlib.text import Text

from mediatypes._core.arrays import is_array, read_only
from mediatypes._core.optional import loaded, type_name
from mediatypes.errors import EncodeError, UnsupportedInputError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from numpy.typing import NDArray

__all__ = ["Drawn", "close", "render", "to_figure"]

_TOUCHED: Final = ("_layout_engine", "_stale", "canvas", "stale_callback")
"""Fields of a figure that drawing changes; matplotlib 3.11 restores some of them."""
_MPL: Final[Any] = mpl  # whose rcParams are typed as 300 literals
_LOCK: Final = threading.RLock()
"""matplotlib draws in one thread at a time: its font cache and rcParams are shared."""


class Drawn(NamedTuple):
    """A figure as pixels."""

    pixels: NDArray[np.uint8]
    """Shape (height, width, 4): RGBA."""
    source: str
    reasons: tuple[str, ...]
    """What had to be left out, and why."""
    dpi: float | None
    """Dots per inch, where that is known."""


class _Sink(io.RawIOBase):
    """Takes the one buffer that matplotlib's raw output writes, with its shape."""

    pixels: NDArray[np.uint8] | None = None

    def write(self, buffer: Any) -> int:
        self.pixels = read_only(np.array(buffer, dtype=np.uint8))
        return self.pixels.nbytes


def to_figure(value: Any) -> Any:
    """Return the figure that `value` is, stands for, or belongs to.

    A ``seaborn.objects.Plot`` makes its figure anew each time, so it is returned as it
    is.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If pyplot has no figure, or an artist is in none.
    """
    pyplot: Any = loaded("matplotlib.pyplot")
    if value is pyplot:
        if not pyplot.get_fignums():
            raise UnsupportedInputError(
                "Plot",
                "figure",
                expected="an open figure",
                received="pyplot with no figure",
                hint="Log it before plt.close() or plt.show(), or pass the Figure.",
            )
        return pyplot.gcf()
    if is_array(value):
        return to_figure(value.flat[0])
    if isinstance(value, Artist):
        return _root(value)
    return getattr(value, "figure", value)


def _root(artist: Any) -> Any:
    figure = artist if isinstance(artist, FigureBase) else artist.figure
    while isinstance(figure, SubFigure):
        figure = figure.figure
    if figure is None:
        raise UnsupportedInputError(
            "Plot",
            "figure",
            expected="an artist that is in a figure",
            received=f"{type_name(artist)} in none",
        )
    return figure


def close(figure: Any) -> None:
    """Close `figure` in pyplot, if pyplot has it."""
    pyplot = loaded("matplotlib.pyplot")
    if pyplot is not None and isinstance(figure, FigureBase):
        pyplot.close(figure)


def render(figure: Any, *, dpi: float | None = None, bbox: str | None = None) -> Drawn:
    """Return the pixels of `figure`, as its ``savefig`` would write them.

    Parameters
    ----------
    figure
        A figure, or a ``seaborn.objects.Plot``.
    dpi
        Dots per inch; without it, what ``savefig`` takes.
    bbox
        ``"tight"`` to cut to what is drawn.

    Raises
    ------
    mediatypes.errors.EncodeError
        If nothing of it can be drawn.
    """
    options: dict[str, Any] = {} if dpi is None else {"dpi": dpi}
    if bbox is not None:
        options["bbox_inches"] = bbox
    with _LOCK:
        if not isinstance(figure, FigureBase):
            return _render_description(figure, options)
        dpi = _usual_dpi(figure) if dpi is None else dpi
        fields: dict[str, Any] = vars(figure)
        kept: dict[str, Any] = {key: fields[key] for key in _TOUCHED if key in fields}
        figure.stale_callback = (
            None  # no window is to redraw: nothing will have changed
        )
        try:
            pixels, reasons = _render_with_fallback(figure, options)
        finally:
            # By the fields: the properties would ask for redraws and other layouts.
            fields.update(kept)
    return Drawn(pixels, type_name(figure), reasons, dpi)


def _usual_dpi(figure: Any) -> float:
    usual = mpl.rcParams["savefig.dpi"]
    return float(figure.dpi if usual == "figure" else usual)


def _render_description(plot: Any, options: dict[str, Any]) -> Drawn:
    """Draw what makes its own figure: there is nothing to leave out."""
    try:
        pixels = _draw(plot.save, options)
    except Exception as error:
        msg = f"Plot: the figure cannot be drawn: {_reason(error)}"
        raise EncodeError(msg) from error
    return Drawn(pixels, type_name(plot), (), options.get("dpi"))


def _draw(save: Any, options: dict[str, Any]) -> NDArray[np.uint8]:
    sink = _Sink()
    save(sink, format="rgba", backend="agg", **options)
    if sink.pixels is None:
        msg = "the figure drew nothing"
        raise EncodeError(msg)
    return sink.pixels


def _render_with_fallback(
    figure: Any, options: dict[str, Any]
) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    reasons: list[str] = []
    try:
        return _draw(figure.savefig, options), ()
    except Exception as error:  # noqa: BLE001 - any artist may raise anything
        reasons.append(f"the figure's own drawing failed: {_reason(error)}")
    plain = {name: value for name, value in options.items() if name == "dpi"}
    with _plainly(figure):
        without = "TeX, layout engine and bounding box"
        try:
            pixels = _draw(figure.savefig, plain)
        except Exception as error:  # noqa: BLE001 - as above
            reasons.append(f"without {without}: {_reason(error)}")
        else:
            return pixels, (*reasons, f"drawn without {without}")
        with _without_failing(figure) as hidden:
            try:
                pixels = _draw(figure.savefig, plain)
            except Exception as error:
                msg = f"Plot: the figure cannot be drawn: {'; '.join(reasons)}"
                raise EncodeError(msg) from error
            return pixels, (*reasons, f"drawn without {', '.join(hidden)}")


def _reason(error: Exception) -> str:
    text = str(error).strip().split("\n", 1)[0]
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__


@contextmanager
def _plainly(figure: Any) -> Generator[None]:
    """Draw without TeX, without a layout engine and without cutting to a box."""
    with ExitStack() as stack:
        stack.enter_context(
            _MPL.rc_context({"text.usetex": False, "savefig.bbox": None})
        )
        for text in figure.findobj(Text):
            stack.callback(text.set_usetex, text.get_usetex())
            text.set_usetex(False)
        figure.set_layout_engine("none")
        yield


@contextmanager
def _without_failing(figure: Any) -> Generator[list[str]]:
    """Draw nothing for every artist whose own drawing raises."""
    from matplotlib.backends import backend_agg

    agg: Any = backend_agg  # which has no annotations
    width, height = figure.bbox.size
    renderer = agg.RendererAgg(int(width), int(height), figure.dpi)
    names: list[str] = []
    with ExitStack() as stack:
        for artist in _inmost_first(figure):
            try:
                artist.draw(renderer)
            except Exception as error:  # noqa: BLE001 - this is how it is found
                # Hiding it would not do: not every artist asks whether it is seen.
                stack.callback(_restore, artist, artist.__dict__.get("draw"))
                artist.draw = _draw_nothing
                names.append(f"{type(artist).__name__} ({_reason(error)})")
        yield names


def _draw_nothing(renderer: object) -> None:
    del renderer


def _restore(artist: Any, draw: object) -> None:
    if draw is None:
        del artist.draw
    else:
        artist.draw = draw


def _inmost_first(artist: Any) -> Iterator[Any]:
    for child in artist.get_children():
        yield from _inmost_first(child)
        yield child
