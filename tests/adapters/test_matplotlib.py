"""Whatever has a figure stands for it, and nothing else does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from matplotlib import animation
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from mediatypes import errors
from mediatypes.adapters import as_figure, is_figure
from mediatypes.media import Plot
from mediatypes.recorder.row import build

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

VALUES = np.random.default_rng(1).normal(size=100)
FRAME: Any = pd.DataFrame({"x": VALUES, "y": VALUES**2, "kind": ["a", "b"] * 50})

RETURNED: dict[str, Callable[[], Any]] = {
    "bar": lambda: plt.bar(["a", "b"], [1, 2]),
    "errorbar": lambda: plt.errorbar([1, 2], [1, 2], yerr=1),
    "stem": lambda: plt.stem([1, 2]),
    "plot": lambda: plt.plot([1, 2], [2, 1], [1, 2], [1, 2]),
    "hist": lambda: plt.hist(VALUES),
    "hist of several": lambda: plt.hist([VALUES, VALUES]),
    "hist of steps": lambda: plt.hist(VALUES, histtype="step"),
    "hist2d": lambda: plt.hist2d(VALUES, VALUES),
    "pie": lambda: plt.pie([1, 2], labels=["a", "b"]),
    "stackplot": lambda: plt.stackplot([1, 2], [1, 2]),
    "specgram": lambda: plt.specgram(VALUES, NFFT=16, noverlap=8),
    "xcorr": lambda: plt.xcorr(VALUES, VALUES),
    "imshow": lambda: plt.imshow([[1, 2]]),
    "text": lambda: plt.text(0, 0, "a"),
    "colorbar": lambda: plt.colorbar(plt.imshow([[1, 2]])).ax,
    "subplots": plt.subplots,
    "subplots of several": lambda: plt.subplots(2, 2),
    "axes in lists": lambda: [list(row) for row in plt.subplots(2, 2)[1]],
    "legend": lambda: plt.figure().legend([], []),
    "boxplot, in a list": lambda: [plt.boxplot(VALUES)],
    "pandas plot": FRAME.plot,
    "pandas plot, apart": lambda: FRAME.plot(subplots=True),
    "pandas hist": FRAME.hist,
    "pandas hist, by kind": lambda: FRAME.hist("x", by="kind"),
    "pandas boxplot": FRAME.boxplot,
    "pandas boxplot, both": lambda: FRAME.boxplot("x", return_type="both"),
    "pandas boxplot, by kind": lambda: FRAME.boxplot(
        ["x", "y"], by="kind", return_type="axes"
    ),
    "pandas scatter": lambda: FRAME.plot.scatter("x", "y"),
}
"""What functions of pyplot and pandas return, each in pyplot's current figure."""


@pytest.fixture(autouse=True)
def _no_figures() -> Iterator[None]:
    plt.close("all")
    yield
    plt.close("all")


@pytest.mark.parametrize("call", RETURNED.values(), ids=RETURNED)
def test_what_a_function_returns_stands_for_its_figure(call: Callable[[], Any]) -> None:
    returned = call()

    assert is_figure(returned)
    assert as_figure(returned) is plt.gcf()


@pytest.mark.parametrize("name", ["bar", "hist", "plot", "subplots", "pandas hist"])
def test_what_a_function_returns_is_one_item_of_a_row(name: str) -> None:
    (item,) = build({"chart": RETURNED[name]()}).items

    assert isinstance(item.value, Plot)
    assert (item.index, item.length) == (0, None)


def test_figures_in_a_list_are_a_series() -> None:
    figures = [Figure(figsize=(1, 1)) for _ in range(3)]
    axes = [figure.subplots() for figure in figures]
    for several in (figures, tuple(figures), axes, figures[:1]):
        items = build({"chart": several}).items

        assert [item.index for item in items] == list(range(len(several)))
        assert {item.length for item in items} == {len(several)}
        assert all(isinstance(item.value, Plot) for item in items)


def test_parts_of_two_figures_are_no_figure() -> None:
    axes = [Figure().subplots() for _ in range(2)]

    assert not is_figure(axes)
    with pytest.raises(errors.UnsupportedInputError, match="a matplotlib, seaborn"):
        Plot(axes)


def test_parts_among_other_things_are_no_figure() -> None:
    axes = Figure().subplots()
    for mixed in ([axes, 3], [axes, "a"], [object(), axes], [[[[[axes]]]]]):
        assert not is_figure(mixed)


@pytest.mark.parametrize(
    "value", [[], (), [1.0], ["a"], [None], np.array([None]), {}, pd.Series(["a"])]
)
def test_what_has_no_figure_is_none(value: object) -> None:
    assert not is_figure(value)


def test_an_animation_is_refused_with_the_way_out() -> None:
    figure = Figure()
    figure.subplots()
    moving: Any = animation.FuncAnimation(figure, lambda _: [], frames=2)
    with pytest.raises(errors.UnsupportedInputError, match=r"mediatypes\.Video"):
        build({"moving": moving})
    moving._draw_was_started = True  # or it complains when it goes
