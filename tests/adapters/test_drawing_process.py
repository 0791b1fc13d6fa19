"""Figures drawn by another process, whatever happens to it."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import textwrap
import threading
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import font_manager
from matplotlib import pyplot as plt
from matplotlib.artist import Artist
from matplotlib.figure import Figure

import mediatypes as mt
from mediatypes import errors
from mediatypes.adapters import drawing_process, sheets
from mediatypes.adapters.drawing import Order
from mediatypes.media import Plot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

ROOT = Path(__file__).parents[2]
PROCESS = drawing_process._process


@pytest.fixture(autouse=True)
def _rule() -> Iterator[None]:
    """Have figures drawn by the process, and none of it left behind."""
    rule = drawing_process.begin_run("process")
    with mpl.rc_context():
        yield
    drawing_process.end_run(rule)
    plt.close("all")
    assert PROCESS._child is None


@pytest.fixture
def only_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw nothing in this process that was to be drawn in the other."""
    monkeypatch.setattr(sheets, "unfold", None)


def drawing(words: str = "words") -> Figure:
    figure = Figure(figsize=(2, 1), dpi=60)
    figure.subplots().set_title(words)
    return figure


def inline(figure: Any, **options: Any) -> NDArray[Any]:
    rule = drawing_process.begin_run("inline")
    pixels = Plot(figure, **options).pixels
    drawing_process.end_run(rule)
    return pixels


def is_sent(plot: Plot) -> bool:
    return isinstance(plot._draft, drawing_process.Deferred)


@pytest.mark.usefixtures("only_there")
def test_the_picture_is_there_when_it_is_asked_for() -> None:
    figure = drawing()
    plot = Plot(figure, caption="c", bbox="tight", dpi=33, vector=True)
    expected = inline(figure, bbox="tight", dpi=33)
    figure.clear()

    assert is_sent(plot)
    np.testing.assert_array_equal(plot.pixels, expected)
    assert (plot.height, plot.width) == expected.shape[:2]
    assert plot.vector is not None
    assert plot.source.rule == "drawn"
    assert not is_sent(plot)


def test_the_size_of_a_snapshot_does_not_change_when_it_is_drawn() -> None:
    plot = Plot(drawing())
    size = plot.nbytes
    plot.encode()

    assert plot.nbytes == size > 0


@pytest.mark.usefixtures("only_there")
def test_what_was_set_at_the_call_counts() -> None:
    with mpl.rc_context({"savefig.facecolor": "red", "font.size": 20}):
        figure = drawing()
        plot = Plot(figure)
        expected = inline(figure)

    np.testing.assert_array_equal(plot.pixels, expected)
    assert tuple(plot.pixels[0, 0]) == (255, 0, 0, 255)
    figure = drawing()
    np.testing.assert_array_equal(Plot(figure).pixels, inline(figure))


@pytest.mark.usefixtures("only_there")
def test_a_font_that_was_added_is_used(tmp_path: Path) -> None:
    known = font_manager.findfont("DejaVu Sans Mono")
    path = tmp_path / "own.ttf"
    data = Path(known).read_bytes()
    for coding in ("latin-1", "utf-16-be"):
        data = data.replace("Sans Mono".encode(coding), "Sans Mine".encode(coding))
    path.write_bytes(data)
    before = list(font_manager.fontManager.ttflist)
    try:
        font_manager.fontManager.addfont(path)
        with mpl.rc_context({"font.family": "DejaVu Sans Mine"}):
            figure = drawing()
            plot = Plot(figure)
            assert is_sent(plot)
            np.testing.assert_array_equal(plot.pixels, inline(figure))
            assert plot.problems == ()
    finally:
        font_manager.fontManager.ttflist[:] = before


def test_sending_a_figure_leaves_it_and_pyplot_as_they_were() -> None:
    figure = plt.figure(figsize=(2, 1))
    figure.subplots().plot([1, 2])
    before = figure.stale, figure.canvas, plt.get_fignums(), dict(mpl.rcParams)

    plot = Plot(plt)
    sheets.unfold(sheets.fold(figure, Order()) or b"", is_alone=False)

    assert is_sent(plot)
    assert plot.pixels.shape == (100, 200, 4)
    found = figure.stale, figure.canvas, plt.get_fignums(), dict(mpl.rcParams)
    assert found == before


# What cannot be sent


class Mine(Artist):
    """An artist of this module, which the other process could not import."""


def test_what_is_of_this_process_is_drawn_in_it() -> None:
    odd = drawing()
    odd.add_artist(Mine())
    patched = drawing()
    patched.axes[0].title.draw = lambda renderer: None  # type: ignore[method-assign]

    class MyFigure(Figure):
        """One of the user's own."""

    for figure in (odd, patched, MyFigure(figsize=(1, 1), dpi=30)):
        assert not is_sent(Plot(figure))
    with mpl.rc_context({"axes.formatter.use_locale": True}):
        assert not is_sent(Plot(drawing()))


def test_a_figure_that_is_too_large_is_refused_at_once() -> None:
    with pytest.raises(errors.OptionError, match="pixels"):
        Plot(Figure(figsize=(4_000, 4_000)))


# Its death


def test_its_death_loses_no_figure_and_leaves_no_zombie() -> None:
    figure = drawing()
    expected = inline(figure)
    Plot(figure).encode()
    for _ in range(4):
        child: Any = PROCESS._child
        if child is not None:
            os.kill(child.pid, signal.SIGKILL)
            while Path(f"/proc/{child.pid}/stat").read_text().split()[2] != "Z":
                time.sleep(0.01)

        np.testing.assert_array_equal(Plot(figure).pixels, expected)
        if child is not None:
            assert not Path(f"/proc/{child.pid}").exists()
    assert PROCESS._starts == drawing_process._MOST_STARTS


def test_a_figure_that_takes_too_long_there_is_drawn_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drawing_process, "_PATIENCE_SECONDS", 0.01)
    figure = drawing()

    np.testing.assert_array_equal(Plot(figure).pixels, inline(figure))
    assert PROCESS._child is None


@pytest.mark.parametrize("name", ["", "/nowhere/python", "/bin/true", "/bin/cat"])
def test_without_a_process_figures_are_drawn_here(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    PROCESS.close()
    monkeypatch.setattr(sys, "executable", name)
    figure = drawing()
    expected = inline(figure)

    for _ in range(5):
        np.testing.assert_array_equal(Plot(figure).pixels, expected)


def test_what_it_cannot_draw_is_tried_here_and_said() -> None:
    figure: Any = drawing()
    figure.patch = None
    plot = Plot(figure)

    with pytest.raises(errors.EncodeError, match=r"cannot be drawn: .*'NoneType'"):
        plot.encode()
    assert is_sent(plot)


# Threads, forks, scripts


def test_threads_share_it() -> None:
    figures = [drawing(str(number)) for number in range(12)]
    expected = [inline(figure) for figure in figures]
    plots = [Plot(figure) for figure in figures]
    threads = [threading.Thread(target=plot.encode) for plot in plots + plots]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for plot, pixels in zip(plots, expected, strict=True):
        np.testing.assert_array_equal(plot.pixels, pixels)
        assert plot.encode().parts == ()


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_fork_leaves_it_to_its_parent() -> None:
    figure = drawing()
    Plot(figure).encode()
    child: Any = PROCESS._child
    pid = os.fork()
    if not pid:
        code = 1
        try:
            mine = Plot(figure).pixels
            ours: Any = PROCESS._child
            if ours.pid != child.pid and mine.shape == (60, 120, 4):
                code = 0
            PROCESS.close()
        finally:
            os._exit(code)

    assert os.waitpid(pid, 0)[1] == 0
    assert child.poll() is None
    np.testing.assert_array_equal(Plot(figure).pixels, inline(figure))
    assert PROCESS._child is child


def test_a_plot_that_is_still_to_be_drawn_can_be_pickled() -> None:
    figure = drawing()
    plot = pickle.loads(pickle.dumps(Plot(figure)))

    np.testing.assert_array_equal(plot.pixels, inline(figure))


SCRIPT = """
import os, sys, threading
import mediatypes as mt
from matplotlib import pyplot as plt
with open("imported", "a") as file:
    file.write("once ")
run = mt.init(dir="runs", render="{render}")
for number in range(6):
    plt.plot([number, 2])
    run.log({{"chart": plt}})
    plt.close("all")
{end}
"""


def script(folder: Path, render: str, end: str, **options: Any) -> Any:
    """Run a script that has no guard, and return what came of it."""
    path = folder / "train.py"
    path.write_text(SCRIPT.format(render=render, end=end))
    return subprocess.run(
        [sys.executable, "-W", "error", path],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "MEDIATYPES_SILENT": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **options,
    )


@pytest.mark.parametrize("render", drawing_process.RENDERS)
@pytest.mark.parametrize("end", ["run.finish()", "", "raise SystemExit(3)"])
def test_a_script_without_a_guard_gets_all_its_figures(
    tmp_path: Path, render: str, end: str
) -> None:
    done = script(tmp_path, render, end)

    assert done.returncode == (3 if "3" in end else 0), done.stderr
    assert not done.stderr
    assert (tmp_path / "imported").read_text() == "once "
    (found,) = mt.runs(tmp_path / "runs")
    chart = found.media("chart")
    assert [chart[step][0].pixels.shape for step in range(6)] == [(480, 640, 4)] * 6


def test_it_ends_with_a_script_that_is_killed(tmp_path: Path) -> None:
    end = textwrap.dedent("""
        from mediatypes.adapters.drawing_process import _process
        run.flush()
        print(_process._child.pid, flush=True)
        os.kill(os.getpid(), 9)
        """)
    done = script(tmp_path, "process", end)
    deadline = time.monotonic() + 10

    assert done.returncode == -9
    while _is_alive(int(done.stdout)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_alive(int(done.stdout))


def test_figures_that_wait_when_the_script_is_killed_are_named(tmp_path: Path) -> None:
    end = "run.log({'picture': mt.Image([[1]])}); os.kill(os.getpid(), 9)"
    assert script(tmp_path, "process", end).returncode == -9
    (path,) = (tmp_path / "runs").iterdir()
    spools = [x.read_bytes() for x in (path / "log").glob("*.spool")]
    verify = [sys.executable, "-m", "mediatypes", "verify", str(path)]
    done = subprocess.run(
        verify, capture_output=True, text=True, cwd=ROOT, check=False, timeout=60
    )

    assert len(mt.open_run(path).history()) == 7
    assert all(b"matplotlib" not in spool for spool in spools)
    assert "chart" in done.stdout + done.stderr


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"  # of whoever takes orphans in


# Runs


def log_figures(count: int, **options: Any) -> tuple[mt.Run, list[bool]]:
    run = mt.init(reinit="create_new", **options)
    sent = []
    for number in range(count):
        plot = Plot(drawing(str(number)))
        sent.append(is_sent(plot))
        run.log({"chart": plot})
    return run, sent


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [False, False, True, True]),
        ({"render": "auto"}, [False, False, True, True]),
        ({"render": "inline"}, [False] * 4),
        ({"render": "process"}, [True] * 4),
        ({"render": "process", "strict": True}, [False] * 4),
    ],
    ids=repr,
)
def test_a_run_says_where_its_figures_are_drawn(
    options: Any, expected: list[bool]
) -> None:
    run, sent = log_figures(4, **options)
    run.finish(quiet=True)

    assert sent == expected
    found = mt.open_run(run.dir).media("chart")
    for number in range(4):
        np.testing.assert_array_equal(
            found[number][0].pixels, inline(drawing(str(number)))
        )


def test_another_run_is_refused_another_place() -> None:
    with pytest.raises(errors.OptionError, match=r"init: render must be auto"):
        mt.init(render="elsewhere")


def test_a_run_that_is_over_does_not_end_it_for_another() -> None:
    first, _ = log_figures(1, render="process")
    second, _ = log_figures(1, render="inline")
    second.finish(quiet=True)
    plot = Plot(drawing())

    assert is_sent(plot)
    first.finish(quiet=True)


def test_what_it_left_out_is_said_at_the_next_call_and_once() -> None:
    run, _ = log_figures(0, render="process")
    run.log({"words": [Plot(drawing("\N{CJK UNIFIED IDEOGRAPH-4E00}"))] * 2})
    run.flush()
    with pytest.warns(
        errors.MediaTypesWarning, match=r"'words': letters of its text .1"
    ) as found:
        run.log({"loss": 1})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run.log({"loss": 1})
        run.finish(quiet=True)

    assert len(found) == 1
    assert found[0].filename == __file__


def test_what_it_left_out_is_said_when_the_run_finishes() -> None:
    run, _ = log_figures(0, render="process")
    run.log({"words": Plot(drawing("\N{CJK UNIFIED IDEOGRAPH-4E00}"))})

    with pytest.warns(errors.MediaTypesWarning, match=r"'words': letters of its"):
        run.finish(quiet=True)
