"""Figures of every kind that matplotlib draws, made anew by each call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib import patheffects
from matplotlib import pyplot as plt
from matplotlib.collections import LineCollection
from matplotlib.patches import Circle, FancyArrowPatch, Polygon, Rectangle

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["FIGURES"]

FIGURES: Final[dict[str, Callable[[], Any]]] = {}
"""Every figure's maker, by its name; each leaves its figure as pyplot's current one."""

_SIZE: Final = (3.2, 2.4)


def _axes(**options: Any) -> Any:
    return plt.figure(figsize=_SIZE, dpi=50).add_subplot(**options)


def _random() -> np.random.Generator:
    return np.random.default_rng(7)


def _waves(count: int = 50) -> tuple[NDArray[Any], NDArray[Any]]:
    x = np.linspace(0, 6, count)
    return x, np.sin(x)


def _surface() -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    x, y = np.meshgrid(np.linspace(-2, 2, 12), np.linspace(-2, 2, 12))
    return x, y, np.exp(-(x**2) - y**2)


def _drawn(draw: Callable[[Any], object]) -> Callable[[Any], object]:
    """Register a figure of one axes, in which `draw` draws."""
    return _registered(draw)


def _registered(
    draw: Callable[[Any], object], **options: Any
) -> Callable[[Any], object]:
    def make() -> None:
        draw(_axes(**options))

    FIGURES[draw.__name__] = make
    return draw


def _in_space(draw: Callable[[Any], object]) -> Callable[[Any], object]:
    return _registered(draw, projection="3d")


def _polar(draw: Callable[[Any], object]) -> Callable[[Any], object]:
    return _registered(draw, projection="polar")


def _whole(make: Callable[[], object]) -> Callable[[], object]:
    """Register a function that makes the whole figure."""
    FIGURES[make.__name__] = make
    return make


@_drawn
def line(axes: Any) -> None:
    axes.plot(*_waves(), label="sine")
    axes.legend()


@_drawn
def lines_with_styles(axes: Any) -> None:
    for style, marker in zip(("-", "--", ":", "-."), "osv^", strict=True):
        axes.plot(_random().normal(size=9), style, marker=marker, label=style)
    axes.legend(loc="upper left", ncols=2)
    axes.grid(visible=True)


@_drawn
def scatter_with_colour_bar(axes: Any) -> None:
    x, y = _random().normal(size=(2, 60))
    points = axes.scatter(x, y, c=x * y, s=30 * np.abs(x), cmap="viridis")
    axes.figure.colorbar(points, label="product")


@_drawn
def bars(axes: Any) -> None:
    axes.bar_label(axes.bar(["a", "b", "c"], [3, 1, 2], color=["r", "g", "b"]))


@_drawn
def bars_lying(axes: Any) -> None:
    axes.barh(["one", "two"], [1, 2], hatch="/")


@_drawn
def bars_stacked_with_errors(axes: Any) -> None:
    axes.bar([0, 1], [1, 2], yerr=0.3, capsize=4)
    axes.bar([0, 1], [2, 1], bottom=[1, 2])


@_drawn
def histogram(axes: Any) -> None:
    axes.hist(_random().normal(size=500), bins=20)


@_drawn
def histogram_of_steps(axes: Any) -> None:
    values = _random().normal(size=(500, 2))
    axes.hist(values, bins=20, histtype="step", density=True, label=["a", "b"])
    axes.legend()


@_drawn
def histogram_in_two_directions(axes: Any) -> None:
    axes.hist2d(*_random().normal(size=(2, 300)), bins=12)


@_drawn
def pie(axes: Any) -> None:
    axes.pie([3, 2, 1], labels=["a", "b", "c"], autopct="%d%%", explode=[0, 0.1, 0])


@_drawn
def box_plot(axes: Any) -> None:
    axes.boxplot(_random().normal(size=(40, 3)), notch=True)


@_drawn
def violin_plot(axes: Any) -> None:
    axes.violinplot(_random().normal(size=(40, 3)), showmedians=True)


@_drawn
def error_bars(axes: Any) -> None:
    axes.errorbar([1, 2, 3], [1, 3, 2], xerr=0.2, yerr=[0.1, 0.2, 0.3], fmt="o")


@_drawn
def filled_between(axes: Any) -> None:
    x, y = _waves()
    axes.fill_between(x, y - 0.3, y + 0.3, alpha=0.4, where=y > -0.5)
    axes.plot(x, y)


@_drawn
def stacked_areas(axes: Any) -> None:
    axes.stackplot(range(5), _random().random((3, 5)), labels="abc")
    axes.legend()


@_drawn
def steps_and_stairs(axes: Any) -> None:
    axes.step(range(5), [1, 3, 2, 4, 3], where="mid")
    axes.stairs([1, 2, 1], [0, 1, 2, 4], fill=True)


@_drawn
def stems(axes: Any) -> None:
    axes.stem([1, 2, 3], [2, 1, 3])


@_drawn
def events(axes: Any) -> None:
    axes.eventplot(_random().random((3, 20)))


@_drawn
def spans_and_lines_across(axes: Any) -> None:
    axes.axvspan(1, 2, color="orange", alpha=0.5)
    axes.axhspan(0, 0.2, color="green", alpha=0.5)
    axes.axhline(0.5, linestyle="--")
    axes.axvline(2.5)
    axes.axline((0, 0), slope=0.3)


@_drawn
def vertical_and_horizontal_lines(axes: Any) -> None:
    axes.vlines([1, 2], 0, [1, 2])
    axes.hlines([1, 2], 0, [1, 2], colors="r")


@_drawn
def broken_bars(axes: Any) -> None:
    axes.broken_barh([(1, 2), (5, 1)], (0, 3), facecolors=["r", "b"])


@_drawn
def picture(axes: Any) -> None:
    axes.imshow(_random().random((8, 8)), cmap="gray", interpolation="bilinear")


@_drawn
def picture_in_colour(axes: Any) -> None:
    axes.imshow(_random().integers(0, 255, (20, 30, 3), dtype=np.uint8))
    axes.axis("off")


@_drawn
def heat_map_with_numbers(axes: Any) -> None:
    table = _random().random((4, 4))
    axes.figure.colorbar(axes.imshow(table))
    for (row, column), value in np.ndenumerate(table):
        axes.text(column, row, f"{value:.1f}", ha="center", va="center", color="w")


@_drawn
def matrix_and_spy(axes: Any) -> None:
    axes.spy(_random().random((10, 10)) > 0.7)


@_drawn
def mesh(axes: Any) -> None:
    axes.pcolormesh(*_surface(), shading="gouraud")


@_drawn
def mesh_of_cells(axes: Any) -> None:
    axes.figure.colorbar(axes.pcolormesh(_random().random((6, 6))))


@_drawn
def contours(axes: Any) -> None:
    axes.clabel(axes.contour(*_surface()))


@_drawn
def contours_filled(axes: Any) -> None:
    axes.figure.colorbar(axes.contourf(*_surface(), hatches=["", "/", "."]))


@_drawn
def contours_of_triangles(axes: Any) -> None:
    x, y = _random().random((2, 40))
    axes.tricontourf(x, y, x * y)
    axes.triplot(x, y, color="k", linewidth=0.3)


@_drawn
def triangles_in_colour(axes: Any) -> None:
    x, y = _random().random((2, 40))
    axes.tripcolor(x, y, x * y)


@_drawn
def hexagons(axes: Any) -> None:
    axes.hexbin(*_random().normal(size=(2, 400)), gridsize=12)


@_drawn
def arrows_of_a_field(axes: Any) -> None:
    x, y, z = _surface()
    axes.quiverkey(axes.quiver(x, y, -y, x, z), 0.9, 1.05, 1, "speed")


@_drawn
def barbs(axes: Any) -> None:
    axes.barbs([0, 1, 2], [0, 1, 0], [10, 30, 60], [5, 20, -60])


@_drawn
def streams(axes: Any) -> None:
    x, y, _ = _surface()
    axes.streamplot(x, y, -y, x, density=0.5)


@_drawn
def symmetric_logarithm(axes: Any) -> None:
    axes.plot([-100, -1, 0, 1, 100], [1, 10, 100, 1_000, 10_000])
    axes.set_xscale("symlog")
    axes.set_yscale("log")


@_drawn
def logit_scale(axes: Any) -> None:
    axes.plot([0.01, 0.2, 0.5, 0.99])
    axes.set_yscale("logit")


@_drawn
def two_vertical_axes(axes: Any) -> None:
    axes.plot([1, 2, 3], "r")
    axes.set_ylabel("left")
    right = axes.twinx()
    right.plot([30, 20, 10], "b")
    right.set_ylabel("right")


@_drawn
def secondary_axis(axes: Any) -> None:
    axes.plot([1, 2, 3])
    axes.secondary_xaxis("top", functions=(np.deg2rad, np.rad2deg))


@_drawn
def inset_with_zoom(axes: Any) -> None:
    axes.plot(*_waves())
    inset = axes.inset_axes([0.6, 0.6, 0.35, 0.35], xlim=(1, 2), ylim=(0.8, 1.05))
    inset.plot(*_waves())
    axes.indicate_inset_zoom(inset)


@_drawn
def table(axes: Any) -> None:
    axes.axis("off")
    axes.table([["1", "2"], ["3", "4"]], colLabels=["a", "b"], loc="center")


@_drawn
def text_only(axes: Any) -> None:
    axes.axis("off")
    axes.text(0.1, 0.5, "nothing but words\nin two lines", rotation=20, fontsize=14)


@_drawn
def formulas(axes: Any) -> None:
    axes.set_title(r"$\int_0^\infty e^{-x^2} dx = \frac{\sqrt{\pi}}{2}$")
    axes.set_xlabel(r"$\alpha_i \rightarrow \hat{\beta}^{2}$")


@_drawn
def letters_of_many_scripts(axes: Any) -> None:
    axes.set_title("Größe, naïve, Ελλάς, Привет")
    axes.set_ylabel("±°µ")


@_drawn
def arrow_with_words(axes: Any) -> None:
    axes.plot([0, 1], [0, 1])
    box = {"boxstyle": "round", "facecolor": "wheat"}
    arrow = {"arrowstyle": "->", "connectionstyle": "arc3,rad=.2"}
    axes.annotate("here", (0.5, 0.5), (0.1, 0.8), arrowprops=arrow, bbox=box)


@_drawn
def patches(axes: Any) -> None:
    axes.add_patch(Circle((0.3, 0.3), 0.2, alpha=0.5))
    axes.add_patch(Rectangle((0.5, 0.5), 0.3, 0.2, angle=15, hatch="x", fill=False))
    axes.add_patch(Polygon([(0, 1), (0.2, 0.7), (0.4, 1)], color="g"))
    axes.add_patch(FancyArrowPatch((0.1, 0.1), (0.9, 0.9), mutation_scale=20))


@_drawn
def collection_of_lines(axes: Any) -> None:
    parts = [[(0, index), (1, index + 1)] for index in range(5)]
    axes.add_collection(LineCollection(parts, cmap="plasma", array=np.arange(5)))
    axes.autoscale()


@_drawn
def dates(axes: Any) -> None:
    days = np.arange("2026-01-01", "2026-03-01", dtype="datetime64[D]")
    axes.plot(days, np.arange(days.size))
    axes.figure.autofmt_xdate()


@_drawn
def holes_and_infinities(axes: Any) -> None:
    axes.plot([1, np.nan, 3, np.inf, 2, 1])
    axes.scatter([1, 2, np.nan], [1, np.nan, 2])


@_drawn
def correlations(axes: Any) -> None:
    axes.acorr(_random().normal(size=60), maxlags=10)


@_drawn
def spectrogram(axes: Any) -> None:
    axes.specgram(_random().normal(size=2_000), NFFT=64, Fs=100, noverlap=32)


@_drawn
def legend_outside(axes: Any) -> None:
    axes.plot([1, 2], label="a long name")
    axes.legend(bbox_to_anchor=(1.02, 1), loc="upper left")


@_drawn
def drawn_by_hand(axes: Any) -> None:
    effects = [patheffects.withStroke(linewidth=4, foreground="y")]
    axes.plot(*_waves(), path_effects=effects)


@_drawn
def many_points(axes: Any) -> None:
    axes.plot(_random().normal(size=20_000).cumsum(), linewidth=0.5, rasterized=True)


@_drawn
def empty_axes(axes: Any) -> None:
    del axes


@_in_space
def surface(axes: Any) -> None:
    axes.plot_surface(*_surface(), cmap="coolwarm")


@_in_space
def wires(axes: Any) -> None:
    axes.plot_wireframe(*_surface())
    axes.view_init(elev=20, azim=40)


@_in_space
def points_in_space(axes: Any) -> None:
    axes.scatter(*_random().random((3, 40)), c="r")
    axes.set_zlabel("height")


@_in_space
def bars_in_space(axes: Any) -> None:
    axes.bar3d([0, 1], [0, 1], [0, 0], 0.5, 0.5, [1, 2])


@_in_space
def voxels(axes: Any) -> None:
    axes.voxels(_random().random((3, 3, 3)) > 0.5, facecolors="c", edgecolors="k")


@_in_space
def triangles_in_space(axes: Any) -> None:
    x, y = _random().random((2, 20))
    axes.plot_trisurf(x, y, x * y)


@_polar
def polar_line(axes: Any) -> None:
    axes.plot(np.linspace(0, 6, 40), np.linspace(0, 1, 40))


@_polar
def polar_bars(axes: Any) -> None:
    axes.bar([0, 1, 2, 4], [1, 2, 1, 3], width=0.6, alpha=0.6)


@_whole
def geographic_projection() -> None:
    _axes(projection="mollweide").grid(visible=True)


@_whole
def several_axes() -> None:
    figure, axes = plt.subplots(2, 2, figsize=_SIZE, dpi=50, sharex=True)
    for index, part in enumerate(axes.flat):
        part.plot([0, index])
    figure.suptitle("four")
    figure.supxlabel("x")


@_whole
def constrained_layout() -> None:
    figure, axes = plt.subplots(1, 2, figsize=_SIZE, dpi=50, layout="constrained")
    axes[0].set_ylabel("two\nlines")
    figure.colorbar(axes[1].imshow([[0, 1]]), ax=axes)


@_whole
def tight_layout() -> None:
    figure, axes = plt.subplots(2, 1, figsize=_SIZE, dpi=50)
    axes[0].set_title("above")
    axes[1].set_xlabel("below")
    figure.tight_layout()


@_whole
def figures_in_a_figure() -> None:
    figure = plt.figure(figsize=_SIZE, dpi=50, layout="constrained")
    parts: Any = figure.subfigures(1, 2, wspace=0.1)
    left, right = parts
    left.set_facecolor("0.8")
    left.subplots().plot([1, 2])
    right.subplots(2, 1)[1].pie([1, 2])
    right.suptitle("right")


@_whole
def mosaic() -> None:
    figure, axes = plt.subplot_mosaic("AB;CC", figsize=_SIZE, dpi=50)
    axes["C"].plot([2, 1])
    figure.patch.set_alpha(0.3)


@_whole
def dark_style() -> None:
    with plt.style.context("dark_background"):
        axes = _axes()
        axes.plot([1, 2], label="white on black")
        axes.legend()


@_whole
def comic_style() -> None:
    with plt.xkcd(), plt.rc_context({"font.family": "DejaVu Sans"}):
        _axes().plot([1, 3, 2])


@_whole
def empty_figure() -> None:
    plt.figure(figsize=_SIZE, dpi=50)


@_whole
def picture_without_axes() -> None:
    figure = plt.figure(figsize=_SIZE, dpi=50)
    figure.figimage(_random().random((40, 60)), 20, 20)
    figure.text(0.5, 0.9, "on the figure itself")
