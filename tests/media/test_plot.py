from __future__ import annotations

import gc
import io
import pickle
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from PIL import Image as Pillow

from mediatypes import errors
from mediatypes.media import Image, Plot, wrap
from mediatypes.testing import round_trip
from tests.naming import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


@pytest.fixture(autouse=True)
def _no_figures() -> Iterator[None]:
    plt.close("all")
    with mpl.rc_context():
        yield
    plt.close("all")
    gc.collect()


def saved(figure: Any, **options: Any) -> NDArray[Any]:
    """Return what matplotlib's own PNG of `figure` shows, by Pillow."""
    out = io.BytesIO()
    save = getattr(figure, "savefig", None) or figure.save
    save(out, format="png", **options)
    with Pillow.open(out) as picture:
        return np.asarray(picture.convert("RGBA"))


def shown(plot: Plot) -> NDArray[Any]:
    """Return what the stored file shows, by Pillow."""
    with Pillow.open(io.BytesIO(plot.encode().data)) as picture:
        return np.asarray(picture)


def drawing(**options: Any) -> Figure:
    figure = Figure(figsize=(3, 2), dpi=60, **options)
    left, right = figure.subplots(1, 2)
    left.plot([1, 3, 2], label="line")
    left.legend()
    left.set_title("täxt $x^2$")
    right.pie([1, 2, 3])
    return figure


ROOT = Path(__file__).parents[2]
FRAME = pd.DataFrame({"x": [1, 2, 3, 4], "y": [1.0, 4, 2, 3], "kind": ["a", "b"] * 2})


# The picture


def test_the_picture_is_the_one_that_savefig_writes() -> None:
    figure = drawing()

    np.testing.assert_array_equal(shown(Plot(figure)), saved(figure))


@pytest.mark.parametrize("layout", ["constrained", "tight", "compressed", "none"])
def test_every_layout_is_drawn_as_savefig_draws_it(layout: str) -> None:
    np.testing.assert_array_equal(
        shown(Plot(drawing(layout=layout))), saved(drawing(layout=layout))
    )


@pytest.mark.parametrize(
    "settings",
    [
        {"savefig.dpi": 33},
        {"savefig.facecolor": "red"},
        {"savefig.transparent": True},
        {"savefig.bbox": "tight"},
    ],
    ids=named,
)
def test_the_settings_of_savefig_are_followed(settings: Any) -> None:
    with mpl.rc_context(settings):
        plot = Plot(drawing())
        expected = saved(drawing())

    np.testing.assert_array_equal(shown(plot), expected)
    assert plot.encode().meta["dpi"] == settings.get("savefig.dpi", 60)


def test_dpi_and_box_are_those_of_savefig() -> None:
    figure = drawing()

    np.testing.assert_array_equal(shown(Plot(figure, dpi=45)), saved(figure, dpi=45))
    np.testing.assert_array_equal(
        shown(Plot(figure, bbox="tight")), saved(figure, bbox_inches="tight")
    )
    for dpi in (45, 45.0, np.int64(45), np.float32(45)):
        assert Plot(figure, dpi=dpi).encode().meta["dpi"] == 45  # type: ignore[arg-type]  # numbers of any type


def test_the_current_figure_stands_for_pyplot() -> None:
    plt.plot([1, 2])
    expected = saved(plt.gcf())

    for plot in (Plot(plt), Plot(), wrap(plt)):
        assert isinstance(plot, Plot)
        np.testing.assert_array_equal(shown(plot), expected)


def test_whatever_is_in_a_figure_stands_for_it() -> None:
    figure = drawing()
    axes = figure.axes[0]
    expected = saved(figure)

    things: list[Any] = [axes, axes.lines[0], axes.title, axes.get_legend()]
    things += [np.array(figure.axes), np.array([figure.axes])]
    for thing in things:
        np.testing.assert_array_equal(shown(Plot(thing)), expected)


def test_a_part_of_a_figure_stands_for_the_whole() -> None:
    figure = Figure(figsize=(3, 2), dpi=60)
    outer: Any = figure.subfigures(1, 2)
    part = outer[0].subfigures(2, 1)[0]
    part.subplots().plot([1, 2])

    np.testing.assert_array_equal(shown(Plot(part)), saved(figure))


@pytest.mark.parametrize("make", [sns.FacetGrid, sns.PairGrid, sns.JointGrid])
def test_a_grid_of_seaborn_is_its_figure(make: Any) -> None:
    grid: Any
    if make is sns.FacetGrid:
        grid = sns.FacetGrid(FRAME, col="kind", height=1).map(sns.scatterplot, "x", "y")
    elif make is sns.PairGrid:
        grid = sns.PairGrid(FRAME[["x", "y"]], height=1).map(sns.scatterplot)
    else:
        grid = sns.jointplot(FRAME, x="x", y="y", height=4)

    np.testing.assert_array_equal(shown(Plot(grid)), saved(grid.figure))


@pytest.mark.filterwarnings("ignore::DeprecationWarning:seaborn")
@pytest.mark.filterwarnings("ignore:.*:FutureWarning:seaborn")
@pytest.mark.filterwarnings("ignore:.*pandas.*")
def test_a_description_of_seaborn_is_drawn_as_it_is_saved() -> None:
    import seaborn.objects as so

    description = so.Plot(FRAME, "x", "y").add(so.Dot()).layout(size=(2, 2))

    np.testing.assert_array_equal(shown(Plot(description)), saved(description))


def test_webp_keeps_every_pixel() -> None:
    figure = drawing()

    np.testing.assert_array_equal(
        shown(Plot(figure, file_type="webp"))[..., :3], saved(figure)[..., :3]
    )


@pytest.mark.parametrize("file_type", ["jpg", "jpeg"])
def test_jpeg_lays_what_is_transparent_on_white(file_type: str) -> None:
    plot = Plot(Figure(figsize=(1, 1), dpi=30, facecolor="none"), file_type=file_type)

    assert shown(plot).shape == (30, 30, 3)
    assert (shown(plot) == 255).all()


# No side effects


def state_of(figure: Figure) -> dict[str, Any]:
    return {
        "canvas": figure.canvas,
        "dpi": figure.dpi,
        "size": tuple(figure.get_size_inches()),
        "stale": figure.stale,
        "face": figure.get_facecolor(),
        "engine": figure.get_layout_engine(),
        "usetex": [text.get_usetex() for text in figure.findobj(mpl.text.Text)],
        "visible": [artist.get_visible() for artist in figure.findobj(Artist)],
        "settings": dict(mpl.rcParams),
        "backend": mpl.get_backend(),
        "open": plt.get_fignums(),
    }


@pytest.mark.parametrize("stale", ["drawn", "not drawn"])
@pytest.mark.parametrize("layout", [None, "constrained", "tight"])
def test_a_figure_is_left_as_it_was(stale: str, layout: str | None) -> None:
    figure = plt.figure(figsize=(2, 1), layout=layout)
    figure.subplots().plot([1, 2])
    if stale == "drawn":
        figure.canvas.draw()
    before = state_of(figure)

    Plot(figure, dpi=30, bbox="tight", file_type="jpg").encode()

    assert state_of(figure) == before


def test_the_window_of_a_figure_is_not_asked_to_redraw() -> None:
    figure = drawing()
    figure.canvas.draw()
    calls: list[object] = []
    figure.stale_callback = lambda *_: calls.append(1)

    Plot(figure)

    figure.add_artist(Broken())
    calls.clear()
    Plot(figure)

    assert not calls


def test_what_happens_to_the_figure_afterwards_does_not_show() -> None:
    figure = drawing()
    plot = Plot(figure)
    before = plot.encode()
    figure.clear()
    figure.set_size_inches(9, 9)

    assert plot.encode() == before


def test_a_figure_is_closed_only_when_asked() -> None:
    plt.figure()
    figure = plt.figure()

    Plot(figure)
    assert plt.get_fignums() == [1, 2]
    Plot(figure, close=True)
    assert plt.get_fignums() == [1]


def test_drawing_needs_no_pyplot() -> None:
    work = (
        "import sys; from matplotlib.figure import Figure;"
        "from mediatypes.media import Plot; Plot(Figure()).encode();"
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )

    subprocess.run([sys.executable, "-c", work], check=True, cwd=ROOT)


# The fallback path


class Broken(Artist):
    """An artist that cannot be drawn."""

    def draw(self, renderer: Any) -> None:
        del renderer
        msg = "no such thing"
        raise RuntimeError(msg)


def test_a_broken_artist_is_left_out_and_named() -> None:
    figure = drawing()
    expected = saved(figure)
    broken = Broken()
    figure.add_artist(broken)
    before = state_of(figure)

    plot = Plot(figure)

    np.testing.assert_array_equal(shown(plot), expected)
    assert plot.problems[-1] == ("drawn without Broken (RuntimeError: no such thing)")
    assert "own drawing failed: RuntimeError: no such thing" in plot.problems[0]
    assert plot.source.reasons == plot.problems
    assert state_of(figure) == before


class BrokenBox(Broken):
    """A part with parts, of which the part itself cannot be drawn."""

    def get_children(self) -> list[Artist]:
        return [mpl.text.Text(0, 0, "inside")]


def test_a_broken_part_with_parts_is_left_out() -> None:
    figure = drawing()
    figure.add_artist(BrokenBox())

    assert "BrokenBox" in Plot(figure).problems[-1]


def test_text_is_drawn_without_tex_where_there_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    figure = drawing()
    expected = saved(figure)
    figure.axes[0].title.set_usetex(True)
    before = state_of(figure)

    plot = Plot(figure)

    np.testing.assert_array_equal(shown(plot), expected)
    assert plot.problems[-1] == "drawn without TeX, layout engine and bounding box"
    assert "latex" in plot.problems[0].lower()
    assert state_of(figure) == before


def test_a_figure_without_engine_gets_none_from_the_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    figure = drawing(layout="none")
    figure.axes[0].title.set_usetex(True)
    with mpl.rc_context({"figure.constrained_layout.use": True}):
        Plot(figure)

    assert figure.get_layout_engine() is None


class BrokenFigure(Figure):
    """A figure that cannot be drawn at all."""

    def draw(self, renderer: Any) -> None:
        del renderer
        msg = "nothing works"
        raise ValueError(msg)


def test_a_figure_that_cannot_be_drawn_says_why() -> None:
    figure = BrokenFigure(figsize=(1, 1))
    before = state_of(figure)

    with pytest.raises(errors.EncodeError, match="ValueError: nothing works"):
        Plot(figure)

    assert state_of(figure) == before


def test_a_description_that_cannot_be_drawn_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import seaborn.objects as so

    def save(*_: object, **__: object) -> None:
        msg = "no such mark"
        raise ValueError(msg)

    monkeypatch.setattr(so.Plot, "save", save)
    with pytest.raises(errors.EncodeError, match="ValueError: no such mark"):
        Plot(so.Plot(FRAME, "x", "y"))


def test_a_figure_of_no_or_too_many_pixels_is_refused() -> None:
    for options in ({"figsize": (4_000, 1)}, {"figsize": (0.001, 0.001)}):
        with pytest.raises(errors.OptionError, match="pixel") as caught:
            Plot(Figure(**options), dpi=400)
        assert caught.value.field == "figure"


# What is refused


@pytest.mark.parametrize(
    "thing", [3, "figure.png", None, [], np.zeros(3), object(), Figure], ids=named
)
def test_what_is_no_figure_is_refused(thing: object) -> None:
    with pytest.raises(errors.UnsupportedInputError) as caught:
        Plot(thing)

    assert str(caught.value).startswith("Plot: figure must be ")


def test_pyplot_without_a_figure_is_refused_and_gets_none() -> None:
    for arguments in ((), (plt,)):
        with pytest.raises(errors.UnsupportedInputError, match=r"plt\.close"):
            Plot(*arguments)
    assert plt.get_fignums() == []


def test_an_artist_in_no_figure_is_refused() -> None:
    with pytest.raises(errors.UnsupportedInputError, match="in a figure"):
        Plot(mpl.lines.Line2D([0], [0]))


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"file_type": "svg"}, "file_type"),
        ({"file_type": "gif"}, "file_type"),
        ({"file_type": 3}, "file_type"),
        ({"dpi": 0}, "dpi"),
        ({"dpi": -1}, "dpi"),
        ({"dpi": 2_401}, "dpi"),
        ({"dpi": np.nan}, "dpi"),
        ({"dpi": True}, "dpi"),
        ({"dpi": "high"}, "dpi"),
        ({"bbox": "loose"}, "bbox"),
        ({"caption": object()}, "caption"),
    ],
    ids=named,
)
def test_an_option_that_does_not_exist_is_refused(
    options: dict[str, Any], field: str
) -> None:
    with pytest.raises(errors.InvalidMediaError) as caught:
        Plot(Figure(figsize=(1, 1)), **options)

    assert (caught.value.media, caught.value.field) == ("Plot", field)


# The rest


def test_what_is_read_back_is_equal() -> None:
    for file_type in ("png", "webp"):
        plot = Plot(drawing(), caption="a", id="b", meta={"c": 1}, file_type=file_type)
        found = round_trip(plot)

        assert found == plot
        assert isinstance(found, Plot)
        assert (found.width, found.height, found.file_type) == (180, 120, file_type)
        with pytest.raises(ValueError, match="read-only"):
            found.pixels[0, 0, 0] = 3


def test_plots_are_equal_by_what_they_show() -> None:
    assert Plot(drawing()) == Plot(drawing())
    assert Plot(drawing()) != Plot(drawing(), caption="other")
    assert Plot(drawing()) != Plot(Figure())
    assert Plot(drawing()) != 3


def test_a_pickled_plot_is_equal() -> None:
    plot = Plot(drawing())

    assert pickle.loads(pickle.dumps(plot)) == plot


def test_the_short_form_shows_no_data() -> None:
    assert repr(Plot(drawing(), "x")) == "Plot(180 × 120, caption='x')"


def test_a_figure_stands_for_a_plot_and_a_picture_for_an_image() -> None:
    assert isinstance(wrap(drawing()), Plot)
    assert isinstance(wrap(np.array(drawing().axes)), Plot)
    assert isinstance(wrap(Pillow.new("L", (2, 2))), Image)
    assert wrap(np.array([object()])) is None
    assert not isinstance(wrap(np.zeros(3)), Plot)
