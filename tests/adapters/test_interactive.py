"""A matplotlib figure as a plotly description: all of it, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from plotly import graph_objects as go

from mediatypes.media import Plot
from mediatypes.testing import round_trip
from tests.gallery import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(autouse=True)
def _no_figures() -> Iterator[None]:
    yield
    plt.close("all")


def described(draw: Callable[[Any], object]) -> tuple[Plot, Any]:
    """Return a plot of what `draw` puts on axes, and its description by plotly."""
    figure = Figure(figsize=(4, 3), dpi=50)
    draw(figure.subplots())
    plot = Plot(figure, interactive=True)
    spec = plot.interactive
    return plot, None if spec is None else go.Figure(spec)  # which checks every word


def test_lines_keep_their_numbers_and_looks() -> None:
    x, y = np.array([0.1, 0.2, 1e300]), [1.0, np.nan, -5e-324]
    plot, found = described(
        lambda axes: axes.plot(x, y, "s--", color="#010203", lw=3, label="loss")
    )
    (line,) = found.data

    assert plot.problems == ()
    assert list(line.x) == x.tolist()
    assert list(line.y) == [1.0, None, -5e-324]
    assert (line.mode, line.line.dash, line.marker.symbol) == (
        *("lines+markers", "dash"),
        "square",
    )
    assert line.line.color == "rgba(1,2,3,1)"
    assert line.line.width == 4  # 3 points of 1/72 inch, at 96 pixels an inch


def test_points_bars_and_words_have_their_counterparts() -> None:
    def draw(axes: Any) -> None:
        axes.scatter([1, 2], [3, 4], c=["red", "blue"], s=[36, 144], label="seen")
        axes.bar(["a", "b"], [5, 6], bottom=1, color=["#010203", "red"], label="bars")
        axes.text(1, 2, "a < b\nc")
        axes.set(title="above", xlabel="across", ylabel="up", ylim=(0, 9))
        axes.legend()

    plot, found = described(draw)
    bars, points = found.data
    words = {words.text for words in found.layout.annotations}

    assert plot.problems == ()
    assert (list(points.x), list(points.y)) == ([1, 2], [3, 4])
    assert list(points.marker.color) == ["rgba(255,0,0,1)", "rgba(0,0,255,1)"]
    assert list(points.marker.size) == [8, 16]
    assert (list(bars.y), list(bars.base)) == ([5, 6], [1, 1])
    assert (list(bars.x), list(bars.width)) == ([0, 1], [0.8, 0.8])
    assert (bars.name, points.name) == ("bars", "seen")
    assert bars.showlegend
    assert words == {"a &lt; b<br>c", "above"}
    assert found.layout.xaxis.title.text == "across"
    assert list(found.layout.xaxis.ticktext) == ["a", "b"]
    assert list(found.layout.yaxis.range) == [0, 9]


def test_a_histogram_is_one_trace() -> None:
    _, found = described(lambda axes: axes.hist(np.arange(100), bins=50))

    assert [len(trace.x) for trace in found.data] == [50]


def test_axes_lie_where_they_are_drawn() -> None:
    figure = Figure(figsize=(5, 4))
    left, right = figure.subplots(1, 2)
    left.semilogy([1, 10, 100])
    left.set_ylim(1, 1_000)
    right.plot([3, 4])
    right.axis("off")
    right.invert_yaxis()
    hidden = figure.add_axes((0, 0, 1, 1))
    hidden.imshow(np.eye(2))
    hidden.set_visible(False)
    figure.suptitle("both")
    layout = go.Figure(Plot(figure, interactive=True).interactive).layout

    assert (layout.width, layout.height) == (480, 384)
    assert layout.yaxis.type == "log"
    assert list(layout.yaxis.range) == [0, 3]
    assert layout.yaxis2.range[0] > layout.yaxis2.range[1]
    assert not layout.xaxis2.visible
    assert list(layout.xaxis2.domain) == pytest.approx([right.get_position().x0, 0.9])
    assert "both" in [words.text for words in layout.annotations]


def test_every_artist_that_carries_data_has_its_trace() -> None:
    def draw(axes: Any) -> None:
        for number in range(5):
            axes.plot([number, 2])
            axes.scatter([number], [1])
        axes.bar([1, 2, 3], [1, 2, 3])
        axes.bar([1, 2, 3], [1, 2, 3])

    _, found = described(draw)

    assert len(found.data) == 12


UNFAITHFUL: dict[str, Callable[[Any], object]] = {
    "AxesImage": lambda axes: axes.imshow(np.eye(3), aspect="auto"),
    "aspect": lambda axes: axes.set_aspect("equal"),
    "Wedge": lambda axes: axes.pie([1, 2]) and axes.set_aspect("auto"),
    "FillBetweenPolyCollection": lambda axes: axes.fill_between([1, 2], [1, 2]),
    "LineCollection": lambda axes: axes.errorbar([1], [2], yerr=[1]),
    "not in the units": lambda axes: axes.axhline(1) and axes.set_xlim(0, 5),
    "no bar": lambda axes: axes.bar([1], [1], hatch="/"),
    "Rectangle that is": lambda axes: axes.axvspan(1, 2),
    "hollow": lambda axes: axes.scatter([1], [1], facecolors="none", edgecolors="r"),
    "another shape": lambda axes: axes.scatter([1], [1], marker="^"),
    "marker 'h'": lambda axes: axes.plot([1, 2], "h"),
    "some of its points": lambda axes: axes.plot([1, 2, 3], "o", markevery=2),
    "a formula": lambda axes: axes.set_title("$x^2$"),
    "formula": lambda axes: axes.set_xlabel("$x^2$"),
    "arrow or a box": lambda axes: axes.annotate("a", (0, 0), (1, 1), arrowprops={}),
    "scale that is symlog": lambda axes: axes.set_xscale("symlog"),
    "words of its own": lambda axes: axes.plot([1], label="a") and axes.legend(["b"]),
    "Table": lambda axes: axes.table([["a"]]),
    "Quiver": lambda axes: axes.quiver([1], [1]),
}


@pytest.mark.parametrize("name", UNFAITHFUL)
def test_what_has_no_counterpart_leaves_the_picture_alone_and_is_named(
    name: str,
) -> None:
    plot, found = described(UNFAITHFUL[name])

    assert found is None
    (problem,) = plot.problems
    assert problem.startswith("no interactive form: UnfaithfulError: ")
    assert name in problem
    assert plot.pixels.shape == (150, 200, 4)


def test_other_figures_have_none_either() -> None:
    figure = Figure()
    parts: Any = figure.subfigures(1, 2)
    parts[0].subplots().plot([1])
    polar = Figure()
    polar.add_subplot(projection="polar")
    solid = Figure()
    solid.add_subplot(projection="3d")
    legend = Figure()
    legend.legend(legend.subplots().plot([1]), ["a"])

    for each in (figure, polar, solid, legend):
        plot = Plot(each, interactive=True)
        assert plot.interactive is None
        assert "UnfaithfulError" in plot.problems[0]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", plain.FIGURES)
def test_no_figure_of_the_gallery_is_described_in_part(name: str) -> None:
    plain.FIGURES[name]()
    plot = Plot(plt, interactive=True)
    spec = plot.interactive

    if spec is None:
        assert any("no interactive form" in problem for problem in plot.problems)
        return
    figure = plt.gcf()
    artists = sum(
        len(axes.lines) + len(axes.collections) + len(axes.containers)
        for axes in figure.axes
    )
    assert len(go.Figure(spec).data) >= artists
    assert not any(axes.images for axes in figure.axes)


def test_it_reads_back_and_the_picture_is_the_same() -> None:
    figure = Figure(figsize=(2, 1))
    figure.subplots().plot([1, 2])
    plot = Plot(figure, interactive=True)
    found = round_trip(plot)

    assert isinstance(found, Plot)
    assert found.interactive == plot.interactive is not None
    assert found == plot
    np.testing.assert_array_equal(plot.pixels, Plot(figure).pixels)
    (part,) = plot.encode().parts
    assert (part.name, part.kind, part.extension) == ("interactive", "plotly", "json")
