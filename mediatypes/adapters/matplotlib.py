"""matplotlib and seaborn figures: which one a value stands for, and its picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from matplotlib.artist import Artist
from matplotlib.container import Container
from matplotlib.figure import FigureBase, SubFigure

from mediatypes._core.arrays import is_array, is_sequence
from mediatypes._core.optional import loaded, type_name
from mediatypes.adapters.drawing import Drawn, Order, draw
from mediatypes.errors import UnsupportedInputError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Drawn", "are_parts", "close", "render", "to_figure"]

_MOST_DEEP = 4


def to_figure(value: Any) -> Any:
    """Return the figure that `value` is, stands for, or belongs to.

    A ``seaborn.objects.Plot`` makes its figure anew each time, so it is returned as it
    is.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If pyplot has no figure, an artist is in none, artists are in several, or it is
        an animation.
    """
    if value is loaded("matplotlib.pyplot"):
        return _current(value)
    if hasattr(value, "to_jshtml"):
        raise UnsupportedInputError(
            "Plot",
            "figure",
            expected="a figure, which stands still",
            received=type_name(value),
            hint="Log its frames as mediatypes.Video, or one figure of it.",
        )
    parts = list(_parts(value))
    if not parts:
        return getattr(value, "figure", value)
    figures = {id(figure): figure for figure in map(_root, parts)}
    if len(figures) > 1:
        raise UnsupportedInputError(
            "Plot",
            "figure",
            expected="parts of one figure",
            received=f"parts of {len(figures)}",
            hint="Log a list of figures, which is a series.",
        )
    return next(iter(figures.values()))


def _current(pyplot: Any) -> Any:
    if not pyplot.get_fignums():
        raise UnsupportedInputError(
            "Plot",
            "figure",
            expected="an open figure",
            received="pyplot with no figure",
            hint="Log it before plt.close() or plt.show(), or pass the Figure.",
        )
    return pyplot.gcf()


def are_parts(value: Any) -> bool:
    """Whether a sequence or mapping is made of parts of one figure.

    What ``plt.hist``, ``plt.pie`` or ``plt.subplots`` return is; several figures are
    not, nor are the axes of several.
    """
    try:
        parts = list(_parts(value))
    except UnsupportedInputError:
        return False
    if not parts or all(isinstance(part, FigureBase) for part in parts):
        return False
    roots = {id(getattr(part, "figure", None) and _root(part)) for part in parts}
    return len(roots) == 1


def _parts(value: Any, depth: int = 0) -> Iterator[Artist]:
    """Yield the artists in `value`.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If there is anything else beside them but arrays.
    """
    if isinstance(value, Artist):
        yield value
        return
    inside = _inside(value)
    if inside is None and depth and not is_array(value) and value is not None:
        raise UnsupportedInputError(
            "Plot",
            "figure",
            expected="nothing but parts of a figure",
            received=type_name(value),
        )
    if depth < _MOST_DEEP:
        for item in inside or ():
            yield from _parts(item, depth + 1)


def _inside(value: Any) -> Any:
    """Return what `value` holds, None if it holds nothing."""
    if isinstance(value, Container):
        return value.get_children()
    if hasattr(value, "wedges"):  # a pie's container, which is none
        return value.wedges
    held: Any = value
    if isinstance(held, Mapping):
        return cast("Any", held).values()
    if is_sequence(value):
        return value
    if str(getattr(value, "dtype", "")) == "object":
        return value.flat if is_array(value) else value.to_list()
    return None


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
    """Return the pixels of `figure`; see `drawing.draw`."""
    return draw(figure, Order(dpi, bbox))
