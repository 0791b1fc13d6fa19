"""Figures: what people have reported in public, as what must hold here."""

from __future__ import annotations

import gc
import io
import os
import subprocess
import sys
import textwrap
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from PIL import Image as Pillow

import mediatypes as mt
from mediatypes import Plot, errors
from tests.cases.record import Record, pixels_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

ROOT = Path(__file__).parents[2]
RED, GREEN, BLUE = (255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 255)


@pytest.fixture(autouse=True)
def _no_figures() -> Iterator[None]:
    plt.close("all")
    with mpl.rc_context():
        yield
    plt.close("all")


def saved(figure: Any, **options: Any) -> NDArray[Any]:
    """Return what matplotlib's own PNG of `figure` shows, by Pillow."""
    out = io.BytesIO()
    figure.savefig(out, format="png", **options)
    with Pillow.open(out) as picture:
        return np.asarray(picture.convert("RGBA"))


def python(program: str, **settings: str) -> str:
    """Run `program` where nothing but its own settings says how to draw."""
    kept = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "MPLBACKEND"}}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        env=kept | {"PYTHONPATH": str(ROOT), "MEDIATYPES_SILENT": "1"} | settings,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_pyplot_without_a_figure_is_refused_by_key_and_gets_none(run: mt.Run) -> None:
    """Case 61, wandb/wandb#1319: an empty figure was made and stored, all white."""
    plt.plot([1, 2])
    plt.close("all")
    with pytest.raises(ValueError, match=r"data\['c'\] must be an open figure"):
        run.log({"c": plt})

    assert plt.get_fignums() == []
    assert Record(run).rows == []


def test_pyplot_may_be_logged_again_and_drawn_on(run: mt.Run) -> None:
    """Case 62, wandb/wandb#1595: the first log took the figure from the second."""
    plt.plot([1, 2])
    run.log({"x": plt})
    run.log({"y": plt})
    plt.plot([2, 1])
    run.log({"z": plt})
    expected = saved(plt.gcf())
    record = Record(run)
    (x,), (y,), (z,) = map(record.pictures, "xyz")

    np.testing.assert_array_equal(x, y)
    np.testing.assert_array_equal(z, expected)
    assert (x != z).any()
    assert plt.get_fignums() == [1]


def test_a_figure_made_after_the_drawing_is_said_to_be_empty(run: mt.Run) -> None:
    """Case 63, neptune-ai/neptune-client#628: a blank picture, without a word."""
    plt.plot([1, 2])
    with pytest.warns(errors.MediaTypesWarning, match="'k': the figure is empty"):
        run.log({"k": plt.figure()})
    record = Record(run)

    assert (record.pictures("k")[0] == 255).all()
    assert "the figure is empty" in record.entry("k")["source"]["reasons"][0]


def test_no_other_library_stands_between_figure_and_picture(tmp_path: Path) -> None:
    """Case 64, wandb/wandb#1174: a conversion failed with each new matplotlib."""
    python(
        f"""
        import sys, warnings
        sys.modules["plotly"] = None
        import numpy as np, mediatypes as mt
        from matplotlib import pyplot as plt
        warnings.simplefilter("error")
        run = mt.init(dir={str(tmp_path)!r})
        plt.scatter([0, 1, 2], [3, 4, 5], c=[0, 1, 2])
        run.log({{"s": plt}})
        figure, axes = plt.subplots()
        axes.imshow(np.eye(4))
        run.log({{"h": figure}})
        figure, axes = plt.subplots()
        axes.violinplot([[1, 2, 4]])
        run.log({{"v": figure}})
        run.finish()
        """,
        MPLBACKEND="agg",
    )
    files = sorted(tmp_path.glob("*/media/plot/*/*.png"))

    assert len(files) == 3
    assert {pixels_of(file.read_bytes()).shape for file in files} == {(480, 640, 4)}


def test_colours_and_second_axes_are_in_the_picture(run: mt.Run) -> None:
    """Case 65, wandb/wandb#778: bar colours and second axes vanished."""
    figure, axes = plt.subplots()
    axes.bar([0, 1], [1, 1], color=["#ff0000", "#0000ff"])
    axes.twinx().plot([0, 1], [0, 9], color="#00ff00")
    run.log({"k": figure})
    (found,) = Record(run).pictures("k")

    np.testing.assert_array_equal(found, saved(figure))
    for colour in (RED, GREEN, BLUE):
        assert (found == colour).all(axis=-1).any()


@pytest.mark.filterwarnings("ignore::DeprecationWarning:seaborn")
@pytest.mark.filterwarnings("ignore:.*:FutureWarning:seaborn")
@pytest.mark.filterwarnings("ignore:.*pandas.*")
def test_everything_that_seaborn_returns_is_its_figure(run: mt.Run) -> None:
    """Case 66, wandb/wandb#4057: a grid has no methods of an array."""
    import seaborn.objects as so

    frame = pd.DataFrame({"x": [1, 2, 3], "y": [1.0, 3, 2], "c": ["a", "b", "a"]})
    grid = sns.FacetGrid(frame, col="c").map(plt.scatter, "x", "y")
    joint = sns.jointplot(data=frame, x="x", y="y")
    pairs = sns.pairplot(frame)
    plt.figure()
    heat = sns.heatmap(np.eye(3))
    described = so.Plot(frame, x="x", y="y").add(so.Dot())
    given: dict[str, Any] = {
        "f": grid,
        "j": joint,
        "p": pairs,
        "ax": heat,
        "o": described,
    }
    run.log(given)
    record = Record(run)

    for key, value in given.items():
        (found,) = record.pictures(key)
        if key != "o":
            np.testing.assert_array_equal(found, saved(value.figure))
        assert len(np.unique(found)) > 2


def test_what_helpers_return_stands_for_its_figure_and_none_is_null(
    run: mt.Run,
) -> None:
    """Case 67, wandb/wandb#1022: "no data" on the page, and no error."""
    axes, many = plt.subplots()[1], plt.subplots(2, 2)[1]
    plt.figure()
    bars = plt.bar([1], [2])
    run.log({"n": None, "ax": axes, "axs": many, "bars": bars})
    record = Record(run)

    assert record.value("n") is None
    for key, artist in (("ax", axes), ("axs", many[0, 0]), ("bars", bars[0])):
        (found,) = record.pictures(key)
        np.testing.assert_array_equal(found, saved(artist.figure))


@pytest.mark.parametrize("render", ["inline", "process"])
def test_no_figure_is_kept_or_closed(tmp_path: Path, render: str) -> None:
    """Case 68, pytorch/pytorch#43616: each logged figure stayed in memory."""
    run = mt.init(dir=tmp_path, reinit="create_new", render=render)
    known = []
    for _ in range(30):
        figure, axes = plt.subplots()
        known.append(weakref.ref(figure))
        run.log({"k": figure})
        assert plt.get_fignums() == [1]
        plt.close(figure)
        del figure, axes
    gc.collect()

    assert plt.get_fignums() == []
    assert [x() for x in known] == [None] * 30
    run.finish(quiet=True)


def test_a_logged_figure_is_left_as_it_was(run: mt.Run) -> None:
    """Case 69, lanpa/tensorboardX#412: a new canvas changed the layout."""
    figure, axes = plt.subplots(figsize=(3, 2), dpi=70)
    canvas, place = figure.canvas, axes.get_position().bounds
    run.log({"k": figure})
    (found,) = Record(run).pictures("k")

    assert figure.canvas is canvas
    assert (figure.dpi, tuple(figure.get_size_inches())) == (70, (3, 2))
    assert axes.get_position().bounds == place
    assert found.shape == (140, 210, 4)


def test_a_legend_outside_is_in_the_tight_picture(run: mt.Run) -> None:
    """Case 70, probabl-ai/skore#2505: what lies outside the canvas was cut off."""
    figure, axes = plt.subplots(figsize=(4, 3), dpi=100)
    axes.plot([1, 2], label="L" * 20)
    axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1))
    run.log({"k": Plot(figure), "tight": Plot(figure, bbox="tight")})
    record = Record(run)

    assert record.pictures("k")[0].shape == (300, 400, 4)
    (found,) = record.pictures("tight")
    np.testing.assert_array_equal(found, saved(figure, bbox_inches="tight"))
    assert found.shape[1] > 550


def test_dpi_is_an_option_and_no_setting_changes(run: mt.Run) -> None:
    """Case 71, mlflow/mlflow#9179: there was no way to say the resolution."""
    figure, _ = plt.subplots(figsize=(4, 3))
    before, dpi = dict(mpl.rcParams), figure.dpi
    run.log({"k": Plot(figure, dpi=50)})

    assert (dict(mpl.rcParams), figure.dpi) == (before, dpi)
    assert Record(run).pictures("k")[0].shape == (150, 200, 4)


def test_colours_of_the_ground_and_transparency_are_kept(run: mt.Run) -> None:
    """Case 72, BayraktarLab/cell2location#38: dark figures came out white."""
    figure = plt.figure(figsize=(1, 1))
    figure.set_facecolor("red")
    figure.add_subplot()
    run.log({"k": figure})
    with mpl.rc_context({"savefig.transparent": True}):
        run.log({"t": plt.figure(figsize=(1, 1)).add_subplot()})
    with plt.style.context("dark_background"):
        run.log({"dark": plt.figure(figsize=(1, 1)).add_subplot()})
    record = Record(run)

    corners = [tuple(record.pictures(key)[0][0, 0]) for key in ("k", "t", "dark")]
    assert corners[0] == RED
    assert corners[1][3] == 0
    assert corners[2] == (0, 0, 0, 255)


def test_threads_log_figures_of_their_own_without_a_display(tmp_path: Path) -> None:
    """Case 73, matplotlib/matplotlib#28012: pictures of threads were blank."""
    out = python(
        f"""
        from concurrent.futures import ThreadPoolExecutor
        import mediatypes as mt
        from matplotlib.figure import Figure
        run = mt.init(dir={str(tmp_path)!r})
        def work(number):
            for step in range(20):
                figure = Figure(figsize=(0.4, 0.3), facecolor=(number / 255, 1, 0))
                figure.subplots().plot([1, step])
                run.log({{f"t{{number}}": figure}})
        list(ThreadPoolExecutor(8).map(work, range(8)))
        run.finish()
        print(run.dir)
        """,
        MPLBACKEND="TkAgg",
    )
    media = Path(out.strip()) / "media" / "plot"

    for number in range(8):
        files = sorted((media / f"t{number}").iterdir())
        corners = {tuple(pixels_of(file.read_bytes())[0, 0]) for file in files}
        assert (len(files), corners) == (20, {(number, 255, 0, 255)})


def test_a_figure_that_cannot_be_drawn_as_it_is_says_so(run: mt.Run) -> None:
    """Case 74, matplotlib/matplotlib#17683: a bad formula killed the training."""
    _, axes = plt.subplots()
    axes.set_title("cost $ \\frac{1 $")
    with (
        pytest.warns(errors.MediaTypesWarning, match="'bad': the figure's own draw"),
        pytest.warns(errors.MediaTypesWarning, match="'bad': 'cost .*as it is written"),
        pytest.warns(errors.MediaTypesWarning, match="'bad': drawn without TeX"),
    ):
        run.log({"bad": axes, "loss": 1.0})
    run.log({"loss": 2.0})
    record = Record(run)

    assert [row["d"]["loss"] for row in record.rows] == [1.0, 2.0]
    reasons = record.entry("bad")["source"]["reasons"]
    assert reasons[1] == r"'cost $ \\frac{1 $' is drawn as it is written"
    assert record.pictures("bad")[0].shape == (480, 640, 4)
    assert len(record.media_files) == 1


def test_figures_of_no_pixel_or_of_very_many(run: mt.Run) -> None:
    """Case 75, matplotlib/matplotlib#16234: sizes failed inside the codec."""
    with pytest.raises(ValueError, match=r"data\['t'\] must be one pixel or more"):
        run.log({"t": plt.figure(figsize=(0.001, 0.001))})
    with pytest.raises(ValueError, match=r"data\['h'\] must be at most .* pixels"):
        run.log({"h": plt.figure(figsize=(700, 700))})
    wide = plt.figure(figsize=(600, 1))
    wide.add_subplot()
    run.log({"w": wide})

    assert Record(run).pictures("w")[0].shape == (100, 60_000, 4)


def test_nothing_is_shown_and_what_is_closed_is_not_shown_later(
    run: mt.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 76, wandb/wandb#2396: logged figures also appeared in the notebook."""
    shown: list[object] = []
    monkeypatch.setattr(plt, "show", lambda *args: shown.append(args))
    monkeypatch.setattr(Figure, "show", lambda *args: shown.append(args))
    monkeypatch.setitem(sys.modules, "IPython.display", None)
    figure = plt.figure(figsize=(1, 1))
    figure.add_subplot()
    run.log({"k": figure})
    assert plt.get_fignums() == [1]  # what a notebook shows at the end of a cell
    run.log({"k": Plot(figure, close=True)})

    assert plt.get_fignums() == []
    assert shown == []
    assert len(Record(run).entries("k")) == 2
