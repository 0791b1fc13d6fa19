"""A matplotlib figure as a plotly description, where that loses nothing.

Lines, points, bars and words on straight axes have an exact counterpart. Anything else
that is drawn makes the description unfaithful, and then there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import numpy as np
from matplotlib import (
    axis,
    collections,
    colors,
    container,
    legend,
    lines,
    markers,
    spines,
    text,
)
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from mediatypes.schema import EncodedPart

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["NAME", "UnfaithfulError", "part_of"]

NAME: Final = "interactive"
_MIME: Final = "application/vnd.plotly.v1+json"
_DASHES: Final = {"-": "solid", "--": "dash", ":": "dot", "-.": "dashdot"}
_MARKERS: Final = {
    "o": "circle",
    ".": "circle",
    "s": "square",
    "D": "diamond",
    "+": "cross-thin",
    "x": "x-thin",
    "^": "triangle-up",
    "v": "triangle-down",
    "*": "star",
}
_NONE: Final = frozenset(["None", "none", " ", ""])
_STEPS: Final = {
    "default": "linear",
    "steps": "vh",
    "steps-pre": "vh",
    "steps-mid": "hvh",
    "steps-post": "hv",
}
_SCALES: Final = ("linear", "log")
_FURNITURE: Final = (spines.Spine, axis.Axis, legend.Legend)


class UnfaithfulError(ValueError):
    """Something that is drawn has no counterpart."""


class _Place(NamedTuple):
    """One axes, and what plotly calls its two axes."""

    axes: Any
    x: str
    y: str


def part_of(figure: Any, options: dict[str, Any]) -> EncodedPart:
    """Return `figure` as a plotly description.

    Raises
    ------
    UnfaithfulError
        If something that is drawn has no counterpart; it says what.
    """
    del options
    data = msgspec.json.encode(_described(figure), enc_hook=float)  # NumPy's numbers
    return EncodedPart(NAME, "plotly", "json", _MIME, data)


def _described(figure: Any) -> dict[str, Any]:
    if not isinstance(figure, Figure):
        msg = f"a {type(figure).__name__} has no counterpart"
        raise UnfaithfulError(msg)
    width, height = figure.get_size_inches() * 96
    layout: dict[str, Any] = {
        "width": round(width),
        "height": round(height),
        "margin": dict.fromkeys("lrtb", 0),
        "paper_bgcolor": _colour(figure.get_facecolor()),
        "barmode": "overlay",
        "showlegend": True,
        "annotations": [],
    }
    traces: list[dict[str, Any]] = []
    for child in _seen(figure):
        if isinstance(child, text.Text):
            layout["annotations"].append(_words(child, figure, "paper"))
        elif not isinstance(child, Axes) and child is not figure.patch:
            raise _without(child)
    for number, part in enumerate(filter(Axes.get_visible, figure.axes), 1):
        suffix = "" if number == 1 else str(number)
        place = _Place(part, f"x{suffix}", f"y{suffix}")
        found = list(_traces(place))
        _check_legend(part.get_legend(), found)
        traces += found
        layout["annotations"] += _annotations(place, figure)
        for name in "xy":
            layout[f"{name}axis{suffix}"] = _axis(place, name)
        layout["plot_bgcolor"] = _colour(part.get_facecolor())
    return {"data": traces, "layout": layout}


def _seen(artist: Any) -> Iterator[Any]:
    return (child for child in artist.get_children() if child.get_visible())


def _without(artist: Any) -> UnfaithfulError:
    return UnfaithfulError(f"a {type(artist).__name__} has no counterpart")


def _colour(value: Any, alpha: float | None = None) -> str:
    red, green, blue, opacity = colors.to_rgba(value, alpha)
    levels = ",".join(str(round(255 * level)) for level in (red, green, blue))
    return f"rgba({levels},{opacity:.4g})"


def _numbers(values: Any) -> list[float | None]:
    found: Any = np.ma.filled(np.ma.array(values, dtype=np.float64), np.nan)
    return [x if np.isfinite(x) else None for x in found.tolist()]


def _traces(place: _Place) -> Iterator[dict[str, Any]]:
    """Yield a trace for every artist in `place` that carries data.

    Bars that were made at once, which a container holds, are one.
    """
    axes = place.axes
    if axes.name != "rectilinear" or axes.get_aspect() != "auto":
        raise UnfaithfulError(f"{axes.name} axes of aspect {axes.get_aspect()!r}")
    boxes = [x for x in axes.containers if isinstance(x, container.BarContainer)]
    boxed = {id(bar) for box in boxes for bar in box.patches}
    loose = [child for child in _seen(axes) if id(child) not in boxed]
    for child in [*boxes, *loose]:
        trace = _trace(child, axes)
        if trace is not None:
            label = str(child.get_label())
            is_named = axes.get_legend() is not None and not label.startswith("_")
            named = {"name": label, "showlegend": is_named}
            yield {**trace, **named, "xaxis": place.x, "yaxis": place.y}


def _check_legend(box: Any, traces: list[dict[str, Any]]) -> None:
    """Raise `UnfaithfulError` if a legend says more than the names of traces."""
    if box is None:
        return
    words = {word.get_text() for word in (box.get_title(), *box.get_texts())} - {""}
    if words - {trace["name"] for trace in traces}:
        raise UnfaithfulError("a legend with words of its own")


def _trace(child: Any, axes: Any) -> dict[str, Any] | None:
    """Return the trace of an artist, None if it needs none."""
    if isinstance(child, lines.Line2D):
        return _line(child, axes)
    if isinstance(child, collections.PathCollection):
        return _points(child, axes)
    if isinstance(child, container.BarContainer):
        return _bars([bar for bar in child.patches if bar.get_visible()], axes)
    if child is axes.patch or isinstance(child, (*_FURNITURE, text.Text)):
        return None
    if isinstance(child, Rectangle):
        return _bars([child], axes)
    raise _without(child)


def _line(line: Any, axes: Any) -> dict[str, Any]:
    style, marker = line.get_linestyle(), line.get_marker()
    has_line, has_marker = style not in _NONE, str(marker) not in _NONE
    if line.get_transform() != axes.transData or line.get_path_effects():
        raise UnfaithfulError("a Line2D that is not in the units of its axes")
    if line.get_markevery() is not None:
        raise UnfaithfulError("a Line2D with a marker at some of its points")
    if (has_line and style not in _DASHES) or (has_marker and marker not in _MARKERS):
        raise UnfaithfulError(f"a Line2D of style {style!r} with marker {marker!r}")
    x, y = line.get_data(orig=False)
    modes = ["lines"] * has_line + ["markers"] * has_marker
    return {
        "type": "scatter",
        "mode": "+".join(modes) or "none",
        "x": _numbers(x),
        "y": _numbers(y),
        "line": {
            "color": _colour(line.get_color(), line.get_alpha()),
            "width": line.get_linewidth() * 96 / 72,
            "dash": _DASHES.get(style, "solid"),
            "shape": _STEPS[line.get_drawstyle()],
        },
        "marker": {
            "symbol": _MARKERS.get(str(marker), "circle"),
            "color": _colour(line.get_markerfacecolor(), line.get_alpha())
            if str(line.get_markerfacecolor()) not in _NONE
            else "rgba(0,0,0,0)",
            "size": line.get_markersize() * 96 / 72 * (0.5 if marker == "." else 1),
        },
    }


def _points(points: Any, axes: Any) -> dict[str, Any]:
    round_one = markers.MarkerStyle("o")
    shape = round_one.get_path().transformed(round_one.get_transform())
    is_round = all(
        np.array_equal(p.vertices, shape.vertices) for p in points.get_paths()
    )
    if not is_round or points.get_offset_transform() != axes.transData:
        raise UnfaithfulError("points of another shape than a circle")
    x, y = np.ma.asarray(points.get_offsets()).T
    if not len(points.get_facecolor()):
        raise UnfaithfulError("hollow points")
    faces, sizes = points.get_facecolor(), np.sqrt(points.get_sizes()) * 96 / 72
    return {
        "type": "scatter",
        "mode": "markers",
        "x": _numbers(x),
        "y": _numbers(y),
        "marker": {
            "color": [_colour(faces[i % len(faces)]) for i in range(len(x))],
            "size": [float(sizes[i % len(sizes)]) for i in range(len(x))],
            "opacity": 1,
        },
    }


def _bars(bars: list[Any], axes: Any) -> dict[str, Any]:
    for bar in bars:
        if bar.get_data_transform() != axes.transData or bar.get_hatch() or bar.angle:
            raise UnfaithfulError("a Rectangle that is no bar")
    return {
        "type": "bar",
        "x": _numbers([bar.get_x() + bar.get_width() / 2 for bar in bars]),
        "y": _numbers([bar.get_height() for bar in bars]),
        "base": _numbers([bar.get_y() for bar in bars]),
        "width": _numbers([abs(bar.get_width()) for bar in bars]),
        "marker": {"color": [_colour(bar.get_facecolor()) for bar in bars]},
    }


def _annotations(place: _Place, figure: Any) -> Iterator[dict[str, Any]]:
    """Yield the words in `place` but those of its axes."""
    axes = place.axes
    for child in _seen(axes):
        if isinstance(child, text.Text) and child.get_text():
            if getattr(child, "arrow_patch", None) or child.get_bbox_patch():
                raise UnfaithfulError("words with an arrow or a box")
            yield _words(child, figure, "paper")


def _words(words: Any, figure: Any, reference: str) -> dict[str, Any]:
    """Return words where they are drawn, in parts of the figure's size."""
    if "$" in words.get_text() and words.get_parse_math():
        raise UnfaithfulError("a formula")
    place = words.get_transform().transform(words.get_unitless_position())
    x, y = figure.transFigure.inverted().transform(place)
    across = words.get_horizontalalignment()
    down = words.get_verticalalignment()
    return {
        "text": words.get_text().replace("<", "&lt;").replace("\n", "<br>"),
        "x": float(x),
        "y": float(y),
        "xref": reference,
        "yref": reference,
        "xanchor": across,
        "yanchor": {"center": "middle", "top": "top"}.get(down, "bottom"),
        "textangle": -words.get_rotation(),
        "showarrow": False,
        "font": {
            "size": words.get_fontsize() * 96 / 72,
            "color": _colour(words.get_color(), words.get_alpha()),
        },
    }


def _axis(place: _Place, name: str) -> dict[str, Any]:
    axes = place.axes
    own = getattr(axes, f"{name}axis")
    scale, low_high = own.get_scale(), own.get_view_interval().tolist()
    if scale not in _SCALES:
        raise UnfaithfulError(f"a scale that is {scale}")
    low, high = getattr(axes, f"get_{name}lim")()
    box = axes.get_position()
    label = own.label.get_text()
    if "$" in label:
        raise UnfaithfulError("a formula")
    found: dict[str, Any] = {
        "type": scale,
        "range": [
            float(np.log10(x)) if scale == "log" else float(x) for x in (low, high)
        ],
        "domain": [box.x0, box.x1] if name == "x" else [box.y0, box.y1],
        "anchor": place.y if name == "x" else place.x,
        "title": {"text": label.replace("<", "&lt;")},
        "showgrid": any(line.get_visible() for line in own.get_gridlines()),
        "zeroline": False,
        "visible": axes.axison and own.get_visible(),
    }
    if own.have_units():
        places = own.get_majorticklocs()
        shown = [
            i for i, at in enumerate(places) if min(low_high) <= at <= max(low_high)
        ]
        words = own.get_major_formatter().format_ticks(places)
        found |= {"tickvals": [float(places[i]) for i in shown]}
        found |= {"ticktext": [words[i] for i in shown]}
    return found
