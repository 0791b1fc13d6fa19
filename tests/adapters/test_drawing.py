"""Drawing leaves no trace, and leaves out what cannot be drawn, by name."""

from __future__ import annotations

import gc
import io
import os
import subprocess
import sys
import threading
import warnings
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import artist, axes, axis, figure, spines
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from PIL import Image as Pillow

import mediatypes as mt
from mediatypes.adapters import drawing_process
from mediatypes.media import Plot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

ROOT: Final = Path(__file__).parents[2]
CLASSES: Final = (artist.Artist, axes.Axes, axis.Axis, figure.Figure, spines.Spine)


@pytest.fixture(autouse=True)
def _no_figures() -> Iterator[None]:
    plt.close("all")
    with plt.rc_context():
        yield
    plt.close("all")


def drawing(**options: Any) -> Figure:
    made = Figure(figsize=(2, 1.5), dpi=60, **options)
    made.subplots().plot([1, 3, 2])
    return made


def pixels_of(plot: Plot) -> Any:
    with Pillow.open(io.BytesIO(plot.encode().data)) as picture:
        return np.asarray(picture)


def saved(made: Figure, **options: Any) -> Any:
    out = io.BytesIO()
    made.savefig(out, format="png", **options)
    with Pillow.open(out) as picture:
        return np.asarray(picture.convert("RGBA"))


def world() -> dict[str, Any]:
    """Return all that a drawing shares with its process."""
    return {
        "settings": dict(mpl.rcParams),
        "backend": mpl.get_backend(),
        "open": plt.get_fignums(),
        "current": plt.gcf().number if plt.get_fignums() else None,
        "interactive": mpl.is_interactive(),
        "filters": list(warnings.filters),
        "filter list": id(warnings.filters),
        "show": warnings.showwarning,
        "threads": threading.active_count(),
        "classes": [dict(vars(kind)) for kind in CLASSES],
    }


class Broken(artist.Artist):
    """An artist that cannot be drawn."""

    def draw(self, renderer: Any) -> None:
        del renderer
        msg = "no such thing"
        raise RuntimeError(msg)


class BrokenFigure(Figure):
    """A figure that cannot be drawn at all."""

    def draw(self, renderer: Any) -> None:
        del renderer
        msg = "nothing works"
        raise ValueError(msg)


# No trace


def test_the_process_is_as_before_also_when_drawing_fails() -> None:
    plt.figure(1)
    plt.figure(2).add_artist(Broken())
    plt.figure(3, layout="tight", FigureClass=BrokenFigure)
    plt.figure(1)
    before = world()

    Plot(plt)
    Plot(plt.figure(2))
    plt.figure(1)
    with pytest.raises(mt.errors.EncodeError):
        Plot(mpl._pylab_helpers.Gcf.figs[3].canvas.figure)

    assert world() == before


def test_the_process_is_as_before_after_drawing_in_a_thread() -> None:
    made = plt.figure()
    made.text(0.5, 0.5, "\N{CJK UNIFIED IDEOGRAPH-4E2D}")
    before = world()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(Plot, plt).result()

    assert world() == before


def test_axes_stay_where_they_are_and_the_second_picture_is_the_first() -> None:
    made = drawing(layout="constrained")
    (place,) = (x.get_position().bounds for x in made.axes)
    plots = [Plot(made) for _ in range(3)]

    assert made.axes[0].get_position().bounds == place
    assert plots[0] == plots[1] == plots[2]


def test_threads_draw_one_after_another_and_each_its_own() -> None:
    colours = [(index * 30, 255 - index * 30, 9) for index in range(8)]

    def work(colour: tuple[int, int, int]) -> set[tuple[int, ...]]:
        made = Figure(figsize=(1, 1), dpi=20, facecolor=f"#{bytes(colour).hex()}")
        made.text(0.4, 0.4, "text")
        return {tuple(pixels_of(Plot(made))[0, 0]) for _ in range(5)}

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(work, colours))

    assert found == [{(*colour, 255)} for colour in colours]


def test_a_figure_that_was_logged_and_closed_is_gone() -> None:
    made = plt.figure(figsize=(1, 1))
    made.subplots()
    gone = weakref.ref(made)
    plot = Plot(made)
    plt.close(made)
    del made
    gc.collect()

    assert gone() is None
    assert plot.width == 100


PROGRAM: Final = """
import sys, types
from matplotlib import backend_bases
calls = []
window = types.ModuleType("window")
class Manager(backend_bases.FigureManagerBase):
    def show(self): calls.append("show")
    @classmethod
    def pyplot_show(cls, *, block=None): calls.append("show")
class FigureCanvas(backend_bases.FigureCanvasBase):
    manager_class = Manager
    required_interactive_framework = None
    def draw(self): calls.append("draw")
    def draw_idle(self, *a, **k): calls.append("draw idle")
    def print_png(self, *a, **k): calls.append("print")
window.FigureCanvas, window.FigureManager = FigureCanvas, Manager
sys.modules["window"] = window
import matplotlib
matplotlib.use("module://window")
import matplotlib.pyplot as plt
import mediatypes as mt
plt.ion()
figure, axes = plt.subplots(layout="constrained")
axes.plot([1, 2])
canvas, manager = figure.canvas, figure.canvas.manager
calls.clear()
with mt.init() as run:
    run.log({"c": plt}); run.log({"c": figure}); run.log({"c": axes})
assert not calls, calls
assert figure.canvas is canvas and canvas.manager is manager
assert plt.get_fignums() == [1] and matplotlib.get_backend() == "module://window"
assert len(mt.open_run(run.dir).media("c")) == 3
"""


def test_no_window_is_shown_drawn_or_changed(tmp_path: Path) -> None:
    run_python(PROGRAM, tmp_path)


HEADLESS: Final = """
import matplotlib, mediatypes as mt
from matplotlib.figure import Figure
from threading import Thread
run = mt.init()
def work():
    figure = Figure(figsize=(1, 1)); figure.subplots().plot([1, 2])
    run.log({"c": figure})
threads = [Thread(target=work) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
run.finish(quiet=True)
assert len(mt.open_run(run.dir).media("c")) == 4
"""


def test_no_display_is_needed_whatever_the_backend(tmp_path: Path) -> None:
    run_python(HEADLESS, tmp_path, MPLBACKEND="TkAgg")


def run_python(program: str, folder: Path, **settings: str) -> None:
    """Run a program in a process without a display, where warnings are errors."""
    inherited = {k: v for k, v in os.environ.items() if k != "DISPLAY"}
    subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        check=True,
        cwd=folder,
        env=inherited | {"PYTHONPATH": str(ROOT)} | settings,
    )


# What is left out


def test_a_layout_that_fails_is_left_out() -> None:
    made = drawing(layout="constrained")

    def execute(fig: Figure) -> None:
        del fig
        msg = "no room"
        raise RuntimeError(msg)

    made.get_layout_engine().execute = execute  # type: ignore[union-attr,method-assign]  # what is tested
    plot = Plot(made)

    np.testing.assert_array_equal(pixels_of(plot), saved(drawing()))
    assert "RuntimeError: no room" in plot.problems[0]
    assert "layout engine" in plot.problems[-1]


def test_a_layout_that_gives_up_is_said() -> None:
    made = Figure(figsize=(0.3, 0.3), dpi=60, layout="constrained")
    made.subplots().set_ylabel("far too long for so little room")

    (problem,) = Plot(made).problems

    assert problem.startswith("matplotlib says: constrained_layout not applied")


def test_a_formula_that_is_none_is_drawn_as_it_is_written() -> None:
    made, plain = drawing(), drawing()
    made.axes[0].set_title(r"cost $ \frac{1 $")
    plain.axes[0].set_title(r"cost $ \frac{1 $", parse_math=False)
    plot = Plot(made)

    np.testing.assert_array_equal(pixels_of(plot), saved(plain))
    assert any("drawn as it is written" in problem for problem in plot.problems)
    assert made.axes[0].title.get_parse_math()


def test_a_limit_that_is_no_number_is_left_out_and_named() -> None:
    made = drawing()
    made.axes[0].set_xscale("log")
    made.axes[0].viewLim.x1 = np.nan
    made.text(0.1, 0.1, "what is there")
    before = made.axes[0].viewLim.frozen().get_points()
    plot = Plot(made)

    assert pixels_of(plot).shape == (90, 120, 4)
    assert (pixels_of(plot) != 255).any()
    assert any("XAxis (ValueError" in problem for problem in plot.problems)
    np.testing.assert_array_equal(made.axes[0].viewLim.get_points(), before)


def test_a_text_that_fails_does_not_take_its_axes_with_it() -> None:
    made = drawing()

    def fail(*_: object) -> None:
        msg = "no such letter"
        raise RuntimeError(msg)

    made.axes[0].set_title("title")
    made.axes[0].title._get_layout = fail  # type: ignore[attr-defined]  # what is tested
    plot = Plot(made)

    np.testing.assert_array_equal(pixels_of(plot), saved(drawing()))
    assert "drawn without Text (RuntimeError: no such letter)" in plot.problems[-1]


def test_a_box_that_grows_beyond_reason_is_left_out() -> None:
    made = drawing()
    made.axes[0].text(1e5, 1, "far away")
    before = made.__dict__.keys()
    plot = Plot(made, bbox="tight")

    assert pixels_of(plot).shape == (90, 120, 4)
    assert "the bounding box has grown to " in plot.problems[0]
    assert made.__dict__.keys() == before


def test_letters_without_a_shape_are_said_once() -> None:
    made = drawing()
    made.axes[0].set_title("".join(map(chr, range(0x4E00, 0x4E20))))
    plot = Plot(made)

    (problem,) = plot.problems
    assert problem.startswith("letters of its text (32) are missing from font")


def test_other_threads_are_warned_while_one_draws() -> None:
    heard: list[str] = []

    class Slow(artist.Artist):
        def draw(self, renderer: Any) -> None:
            with ThreadPoolExecutor(1) as pool:
                pool.submit(shout).result()

    def shout() -> None:
        try:
            warnings.warn("of another thread", stacklevel=1)
        except UserWarning as warning:  # all warnings are errors here
            heard.append(str(warning))

    made = drawing()
    made.add_artist(Slow())

    assert Plot(made).problems == ()
    assert heard == ["of another thread"]


@pytest.mark.parametrize("make", [Figure, plt.figure])
def test_an_empty_figure_is_stored_and_said(make: Callable[..., Any]) -> None:
    made = make(figsize=(1, 1))

    assert "is empty" in Plot(made).problems[0]
    made.text(0, 0, "words")
    assert Plot(made).problems == ()


def test_the_record_and_one_warning_name_the_reason() -> None:
    run = mt.init()
    made = drawing()
    made.add_artist(Broken())
    with pytest.warns(mt.MediaTypesWarning, match="'chart'.*no such thing"):
        run.log({"chart": made})
    run.log({"chart": made})
    run.finish(quiet=True)

    read = mt.open_run(run.dir).media("chart")
    for step in (0, 1):
        assert read[step][0].source.reasons[-1].startswith("drawn without Broken")
        np.testing.assert_array_equal(read[step][0].pixels, saved(drawing()))


@pytest.mark.slow
@pytest.mark.parametrize("render", ["inline", "process"])
def test_a_thousand_figures_leak_nothing(render: str) -> None:
    def resident() -> NDArray[Any]:
        """Return the bytes of this process and of the one that draws."""
        child: Any = drawing_process._process._child
        found = []
        for pid in ("self", *([] if child is None else [child.pid])):
            text = Path(f"/proc/{pid}/statm").read_text(encoding="ascii")
            found.append(int(text.split()[1]) * os.sysconf("SC_PAGE_SIZE"))
        return np.array(found)

    run = mt.init(render=render)
    sizes = []
    for step in range(1_000):
        made, part = plt.subplots(figsize=(2, 1.5), dpi=60)
        part.plot([step, 1])
        run.log({"chart": plt})
        plt.close(made)
        if step in (200, 999):
            run.flush()
            gc.collect()
            sizes.append(resident())
    run.finish(quiet=True)

    assert len(sizes[1]) == (2 if render == "process" else 1)
    assert (sizes[1] - sizes[0] < 16 << 20).all()
