"""Every figure is stored as matplotlib's own ``savefig`` shows it, bit for bit."""

from __future__ import annotations

import io
import re
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from matplotlib import pyplot as plt
from PIL import Image as Pillow

import mediatypes as mt
from mediatypes.adapters import drawing_process, sheets
from mediatypes.media import Plot
from tests.gallery import plain, statistical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

FIGURES = plain.FIGURES | statistical.FIGURES
HERE = {"swarmplot"}
"""Figures that cannot be sent: seaborn has replaced a method by one of its own."""
LETTERS = re.compile("letters of its text|figure is empty|matplotlib says")


@pytest.fixture(autouse=True)
def _no_figures() -> Iterator[None]:
    plt.close("all")
    with plt.rc_context():
        yield
    plt.close("all")


def made(make: Callable[[], Any]) -> Any:
    """Make a figure, for which the libraries may warn of one another, and return it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return make()


def pixels_of(data: bytes) -> NDArray[Any]:
    with Pillow.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGBA"))


def saved(figure: Any) -> NDArray[Any]:
    """Return what matplotlib's own PNG shows, by Pillow."""
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        getattr(figure, "savefig", None) and figure.savefig(out, format="png")
    return pixels_of(out.getvalue())


def expected(make: Callable[[], Any]) -> NDArray[Any]:
    """Return the picture of a figure made like the one that is logged."""
    made(make)
    picture = saved(plt.gcf())
    plt.close("all")
    return picture


def test_there_are_figures_of_every_kind() -> None:
    assert len(FIGURES) == len(plain.FIGURES) + len(statistical.FIGURES) >= 100


@pytest.fixture(scope="module")
def _process() -> Iterator[None]:
    """Keep the process that draws from one figure to the next."""
    rule = drawing_process.begin_run("inline")
    yield
    drawing_process.end_run(rule)


@contextmanager
def elsewhere() -> Iterator[None]:
    """Have figures drawn by the process."""
    rule = drawing_process.begin_run("process")
    yield
    drawing_process.end_run(rule)


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_stored_as_savefig_shows_it(name: str) -> None:
    wanted = expected(FIGURES[name])
    grid = made(FIGURES[name])
    figure = plt.gcf()
    given = [plt, figure, *figure.axes[:1], *([] if grid is None else [grid])]

    for value in given:
        plot = Plot(value)
        np.testing.assert_array_equal(pixels_of(plot.encode().data), wanted)
        assert all(LETTERS.search(problem) for problem in plot.problems)


@pytest.mark.usefixtures("_process")
@pytest.mark.parametrize("name", FIGURES)
def test_the_process_draws_a_figure_as_savefig_shows_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = expected(FIGURES[name])
    made(FIGURES[name])
    with elsewhere():
        plot = Plot(plt)
    plt.close("all")
    monkeypatch.setattr(sheets, "unfold", None)  # nothing is drawn here

    assert (plot._draft is None) == (name in HERE)
    np.testing.assert_array_equal(pixels_of(plot.encode().data), wanted)
    assert all(LETTERS.search(problem) for problem in plot.problems)


def test_a_described_figure_is_stored_as_it_saves_itself() -> None:
    described = made(statistical.described)
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        described.save(out, format="png")

    found = pixels_of(Plot(described).encode().data)

    np.testing.assert_array_equal(found, pixels_of(out.getvalue()))


@pytest.mark.filterwarnings("ignore::mediatypes.MediaTypesWarning")
def test_the_whole_gallery_is_logged_in_one_run() -> None:
    run = mt.init()
    for name, make in FIGURES.items():
        made(make)
        run.log({name: plt})
        plt.close("all")
    run.finish(quiet=True)

    found = mt.open_run(run.dir)

    assert sorted(found.keys()) == sorted(FIGURES)
