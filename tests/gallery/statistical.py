"""Figures of every function of seaborn, of its objects, and of pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FIGURES", "described"]

FIGURES: Final[dict[str, Callable[[], Any]]] = {}
"""Every figure's maker, by its name; each leaves its figure as pyplot's current one."""

_SMALL: Final = {"height": 1.4}


def _frame() -> pd.DataFrame:
    random = np.random.default_rng(5)
    x, y = random.normal(size=(2, 40))
    kinds = np.array(["a", "b"])[random.integers(0, 2, 40)]
    return pd.DataFrame({"x": x, "y": x + y / 2, "kind": kinds, "step": range(40)})


def _matrix() -> Any:
    return np.random.default_rng(5).random((5, 5))


def _axes_function(name: str, **options: Any) -> None:
    def make() -> None:
        figure = plt.figure(figsize=(3.2, 2.4), dpi=50)
        np.random.seed(3)  # noqa: NPY002 - where seaborn takes its jitter from
        getattr(sns, name)(data=_frame(), ax=figure.subplots(), **options)

    FIGURES[name] = make


def _grid_function(name: str, **options: Any) -> None:
    def make() -> Any:
        np.random.seed(3)  # noqa: NPY002 - as above
        with plt.rc_context({"figure.dpi": 50}):
            return getattr(sns, name)(data=_frame(), **options)

    FIGURES[name] = make


for _name in ("scatterplot", "lineplot"):
    _axes_function(_name, x="x", y="y", hue="kind")
for _name in ("histplot", "kdeplot", "ecdfplot"):
    _axes_function(_name, x="x", hue="kind")
_axes_function("rugplot", x="x")
for _name in ("stripplot", "swarmplot", "boxplot", "violinplot", "boxenplot"):
    _axes_function(_name, x="kind", y="y")
for _name in ("pointplot", "barplot"):
    _axes_function(_name, x="kind", y="y", errorbar=("ci", 95), seed=1)
_axes_function("countplot", x="kind")
_axes_function("regplot", x="x", y="y", seed=1)
_axes_function("residplot", x="x", y="y")
_grid_function("relplot", x="x", y="y", col="kind", **_SMALL)
_grid_function("displot", x="x", col="kind", **_SMALL)
_grid_function("catplot", x="kind", y="y", kind="strip", **_SMALL)
_grid_function("lmplot", x="x", y="y", col="kind", seed=1, **_SMALL)
_grid_function("jointplot", x="x", y="y", height=2.4)
_grid_function("pairplot", vars=["x", "y"], hue="kind", **_SMALL)


def heatmap() -> None:
    figure = plt.figure(figsize=(3.2, 2.4), dpi=50)
    sns.heatmap(_matrix(), annot=True, ax=figure.subplots())


def clustermap() -> Any:
    with plt.rc_context({"figure.dpi": 50}):
        return sns.clustermap(_matrix(), figsize=(3, 3))


def palplot() -> None:
    with plt.rc_context({"figure.dpi": 50}):
        sns.palplot(sns.color_palette("colorblind"))


def pandas_lines() -> None:
    with plt.rc_context({"figure.dpi": 50, "figure.figsize": (3.2, 2.4)}):
        _frame()[["x", "y"]].plot()


def pandas_histograms() -> None:
    with plt.rc_context({"figure.dpi": 50, "figure.figsize": (3.2, 2.4)}):
        _frame()[["x", "y"]].hist()


def described() -> Any:
    """Return a figure that is only described."""
    import seaborn.objects as so

    return (
        so.Plot(_frame(), "x", "y", color="kind")
        .add(so.Dot())
        .add(so.Line(), so.PolyFit())
        .layout(size=(3, 2))
    )


FIGURES.update(
    (make.__name__, make)
    for make in (heatmap, clustermap, palplot, pandas_lines, pandas_histograms)
)
