"""Drawing charts: legible when small, for any colour vision, on light and dark.

The colours are those of Okabe and Ito (2008), lighter on dark; beyond their number,
lines differ by their dashes.
"""

from __future__ import annotations

from contextlib import contextmanager
from itertools import cycle, product
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from matplotlib import dates as mpl_dates
from matplotlib.figure import Figure

from mediatypes.adapters import surroundings

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from mediatypes.adapters.chart import Chart, Series

__all__ = ["drawn"]

_SIZE: Final = (4.8, 3.4)
_DPI: Final = 150
_LONG: Final = 6
"""Letters of a name that still stand beside those of its neighbours."""
_MOST_NAMES: Final = 8
_MOST_COUNTS: Final = 12
"""Classes of a matrix whose counts are written into it."""
_MOST_INSIDE: Final = 4
"""Names that find room between the lines."""
_MOST_LEGEND: Final = 10
_MOST_TICKS: Final = 24
_MANY_POINTS: Final = 500


class _Theme(NamedTuple):
    ground: str
    ink: str
    faint: str
    colours: tuple[str, ...]
    map: str


_THEMES: Final = {
    "light": _Theme(
        "#ffffff",
        "#1f2328",
        "#d5d9de",
        ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"),
        "Blues",
    ),
    "dark": _Theme(
        "#16191d",
        "#e6e9ed",
        "#3b4148",
        ("#56b4e9", "#e69f00", "#2fc596", "#e59fc6", "#f0e442", "#ff8f52"),
        "cividis",
    ),
}
_DASHES: Final = ("-", "--", ":", "-.")


@contextmanager
def drawn(chart: Chart) -> Generator[Figure]:
    """Lend `chart` as a figure that no pyplot knows, with its style still in force.

    Much of the style, such as that of ticks, is looked up only when a figure is drawn.
    """
    theme = _THEMES[chart.theme]
    style = _style(theme)
    with surroundings.LOCK:
        names = surroundings.changed_settings().keys() - style.keys()
        with surroundings.settings(surroundings.default_settings(names) | style):
            with surroundings.listening():  # axes of nothing have no limits
                figure = _made(chart, theme)
            yield figure


def _made(chart: Chart, theme: _Theme) -> Figure:
    figure = Figure(figsize=_SIZE, dpi=_DPI, layout="constrained")
    axes: Any = figure.subplots()
    _DRAWS[chart.draws](axes, chart.content, theme)
    axes.set_title(chart.title, loc="left", wrap=True)
    axes.set_xlabel(chart.x_label or axes.get_xlabel())
    axes.set_ylabel(chart.y_label or axes.get_ylabel())
    return figure


def _style(theme: _Theme) -> dict[str, Any]:
    inked = ("text.color", "axes.labelcolor", "axes.titlecolor")
    ticked = ("xtick.labelcolor", "ytick.labelcolor")
    return {
        **dict.fromkeys([*inked, *ticked], theme.ink),
        **dict.fromkeys(["xtick.color", "ytick.color", "axes.edgecolor"], theme.faint),
        **dict.fromkeys(["figure.facecolor", "axes.facecolor"], theme.ground),
        "font.size": 11.0,
        "axes.titlesize": 13.0,
        "axes.titleweight": "bold",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.formatter.limits": [-4, 5],
        "grid.color": theme.faint,
        "grid.linewidth": 0.7,
        "lines.linewidth": 2.0,
        "legend.frameon": False,
        "legend.fontsize": 10.0,
    }


def _looks(theme: _Theme) -> Iterator[tuple[str, str]]:
    """Yield a colour and a dash for each line, no two alike as long as possible."""
    return ((colour, dash) for dash, colour in cycle(product(_DASHES, theme.colours)))


def _legend(axes: Any, series: list[Series]) -> None:
    named = [one for one in series if one.name is not None]
    if named and len(named) <= _MOST_INSIDE:
        axes.legend()
    elif named:
        small = 9 if len(named) <= _MOST_LEGEND else 5
        axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=small)


def _lines(axes: Any, series: list[Series], theme: _Theme) -> None:
    for one, (colour, dash) in zip(series, _looks(theme), strict=False):
        is_point = len(one.x) == 1
        axes.plot(
            *(one.x, one.y),
            color=colour,
            linestyle=dash,
            marker="o" if is_point else "",
            label=one.name,
        )
    _legend(axes, series)
    _date_axis(axes, series)


def _date_axis(axes: Any, series: list[Series]) -> None:
    if series and series[0].x.dtype.kind == "M":
        dates: Any = mpl_dates  # which has no annotations
        locator = dates.AutoDateLocator(maxticks=6)
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))


def _points(axes: Any, series: list[Series], theme: _Theme) -> None:
    count = sum(len(one.x) for one in series)
    size, alpha = (12, 0.5) if count > _MANY_POINTS else (30, 0.85)
    for one, (colour, _) in zip(series, _looks(theme), strict=False):
        axes.scatter(
            *(one.x, one.y),
            color=colour,
            s=size,
            alpha=alpha,
            linewidths=0,
            label=one.name,
        )
    _date_axis(axes, series)


def _bars(axes: Any, content: tuple[list[str], Any, str], theme: _Theme) -> None:
    names, values, label = content
    places = np.arange(len(names))
    is_lying = len(names) > _MOST_NAMES or max(map(len, names), default=0) > _LONG
    draw, axis = (axes.barh, axes.yaxis) if is_lying else (axes.bar, axes.xaxis)
    bars = draw(places, values, color=theme.colours[0])
    axis.grid(visible=False)
    axes.set(**{"xlabel" if is_lying else "ylabel": label})
    if len(names) <= _MOST_TICKS:
        axis.set_ticks(places, names)
    if is_lying:
        axes.invert_yaxis()
    if len(names) <= _MOST_COUNTS:
        axes.bar_label(bars, fmt=_short, padding=2, fontsize=9)
        axes.margins(**{"x" if is_lying else "y": 0.12})


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.4g}"  # noqa: PLR2004 - four digits, as the other


def _counts(axes: Any, content: tuple[Any, Any], theme: _Theme) -> None:
    counts, edges = content
    axes.stairs(counts, edges, fill=True, color=theme.colours[0], alpha=0.85)
    axes.xaxis.grid(visible=False)
    axes.set_ylim(bottom=0)


def _matrix(axes: Any, content: tuple[Any, list[str]], theme: _Theme) -> None:
    counts, names = content
    totals = counts.sum(axis=1, keepdims=True)
    shares: Any = np.zeros(counts.shape)
    np.divide(counts, totals, out=shares, where=totals > 0)
    image = axes.imshow(shares, cmap=theme.map, vmin=0, vmax=1, aspect="auto")
    axes.grid(visible=False)
    bar = axes.figure.colorbar(image, ax=axes, label="share of the row")
    bar.outline.set_visible(False)
    step = max(1, -(-len(names) // _MOST_TICKS))
    shown = np.arange(0, len(names), step)
    labels = [names[index] for index in shown]
    is_long = max(map(len, labels), default=0) * len(labels) > 4 * _LONG
    turned = {"rotation": 35, "ha": "right", "rotation_mode": "anchor"}
    axes.set_xticks(shown, labels, **(turned if is_long else {}))
    axes.set_yticks(shown, labels)
    size = 9 if len(names) <= _MOST_COUNTS else 7
    axes.tick_params(length=0, labelsize=size)
    if len(names) > _MOST_COUNTS:
        return
    for (row, column), count in np.ndenumerate(counts):
        colour = image.cmap(image.norm(shares[row, column]))
        ink = "#ffffff" if np.dot(colour[:3], (0.3, 0.6, 0.1)) < 0.5 else "#000000"  # noqa: PLR2004 - half as bright
        axes.text(
            column, row, f"{count:,}", color=ink, ha="center", va="center", size=9
        )


def _curves(axes: Any, content: tuple[list[Series], bool], theme: _Theme) -> None:
    series, has_chance = content
    if has_chance:
        axes.plot([0, 1], [0, 1], color=theme.faint, linestyle="--", linewidth=1.2)
    for one, (colour, dash) in zip(series, _looks(theme), strict=False):
        style = "default" if has_chance else "steps-pre"
        axes.plot(
            *(one.x, one.y),
            color=colour,
            linestyle=dash,
            label=one.name,
            drawstyle=style,
        )
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    _legend(axes, series)


_DRAWS: Final[dict[str, Any]] = {
    "lines": _lines,
    "points": _points,
    "bars": _bars,
    "counts": _counts,
    "matrix": _matrix,
    "curves": _curves,
}
