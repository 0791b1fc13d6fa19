"""What is a figure, and of which library."""

from __future__ import annotations

from typing import Any, Final

from mediatypes._core.arrays import is_sequence
from mediatypes._core.optional import loaded, type_name
from mediatypes.adapters.lookup import Adapter, is_of, load
from mediatypes.errors import UnsupportedInputError

__all__ = ["as_figure", "current", "describer_of", "is_figure"]

_DRAWN: Final = (
    Adapter("matplotlib.artist", ("Artist",), "matplotlib"),
    Adapter("matplotlib.container", ("Container", "PieContainer"), "matplotlib"),
    Adapter("matplotlib.animation", ("Animation",), "matplotlib"),
    Adapter("seaborn.axisgrid", ("Grid", "JointGrid"), "matplotlib"),
    Adapter("seaborn._core.plot", ("Plot", "Plotter"), "matplotlib"),
)
"""What matplotlib draws."""

_DESCRIBED: Final = (
    Adapter("plotly.basedatatypes", ("BaseFigure",), "plotly"),
    Adapter("altair", ("TopLevelMixin",), "altair"),
    Adapter("bokeh.models", ("LayoutDOM",), "bokeh"),
    Adapter("bokeh.document", ("Document",), "bokeh"),
)
"""What a browser draws, from a description."""


def is_figure(value: object) -> bool:
    """Whether `value` is, or belongs to, a figure of any library.

    ``pyplot`` itself counts: it stands for its current figure. So does what its
    functions return: an array of Axes, a list of bars, a tuple with either in it.
    """
    if value is loaded("matplotlib.pyplot") and value is not None:
        return True
    if any(is_of(value, adapter) for adapter in (*_DRAWN, *_DESCRIBED)):
        return True
    return loaded("matplotlib.artist") is not None and _are_parts(value)


def _are_parts(value: Any) -> bool:
    has_parts = is_sequence(value) or str(getattr(value, "dtype", "")) == "object"
    return has_parts and bool(load("matplotlib").are_parts(value))


def describer_of(value: object) -> Any:
    """Return the adapter of the library that describes `value`, if one does."""
    module = next((x.module for x in _DESCRIBED if is_of(value, x)), None)
    return None if module is None else load(module)


def current() -> object:
    """Return pyplot, which stands for its current figure.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If nothing has imported it.
    """
    pyplot = loaded("matplotlib.pyplot")
    if pyplot is None:
        raise UnsupportedInputError(
            "Plot",
            "figure",
            expected="a figure",
            received="nothing, and pyplot is not in use",
        )
    return pyplot


def as_figure(value: object) -> Any:
    """Return the matplotlib figure that `value` is or belongs to.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If there is none.
    """
    if is_figure(value) and describer_of(value) is None:
        return load("matplotlib").to_figure(value)
    raise UnsupportedInputError(
        "Plot",
        "figure",
        expected="pyplot, a matplotlib, seaborn, plotly, Altair or Bokeh figure",
        received=type_name(value),
    )
