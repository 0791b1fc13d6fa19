"""Figures as bytes, so that another process, or a later moment, can draw them.

The bytes hold all that the picture depends on: the figure, the settings that are not
matplotlib's own, and the files of the fonts.
"""

from __future__ import annotations

import io
import pickle
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, Final, NamedTuple

from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.path import Path

from mediatypes.adapters import surroundings
from mediatypes.adapters.drawing import Drawn, Order, check_size, draw, usual_dpi

__all__ = ["fold", "unfold"]

_KNOWN: Final = frozenset(
    [
        *("matplotlib", "mpl_toolkits", "numpy", "pandas", "seaborn", "cycler"),
        *("dateutil", "PIL", "builtins", "collections", "copyreg", "datetime"),
        *("decimal", "functools", "itertools", "operator", "types", "zoneinfo"),
    ]
)
"""Packages whose objects another process makes again without running user code."""
_HERE: Final = ("axes.formatter.use_locale", "text.usetex")
"""Settings for which a picture depends on more of the process."""


_manager: Final[Any] = font_manager.fontManager
_NAMED: Final = (type, FunctionType, BuiltinFunctionType)
_plain_types: Final[set[type]] = set()
"""Types that were found to be of those packages and need nothing special."""


class _StrangerError(pickle.PicklingError):
    """An object of the user's own code, which only this process has."""


class _Sheet(NamedTuple):
    """A figure as bytes, with what its picture depends on."""

    figure: bytes
    order: tuple[Any, ...]
    settings: dict[str, Any]
    fonts: tuple[str, ...]
    """Files of all fonts that are known, some of which the user has added."""
    bend: int
    """How finely matplotlib bends the one rectangle that all bars share; a bar chart on
    polar axes changes it for good (matplotlib 3.11)."""


class _Pickler(pickle.Pickler):
    """Pickles a figure that will not return to anyone's pyplot."""

    def reducer_override(self, obj: Any) -> Any:
        if type(obj) in _plain_types:
            return NotImplemented
        named: Any = obj if isinstance(obj, _NAMED) else type(obj)
        if str(named.__module__ or "builtins").partition(".")[0] not in _KNOWN:
            msg = f"{named!r} is of this process"
            raise _StrangerError(msg)
        if isinstance(obj, MethodType) and not _is_usual(obj):
            msg = f"{obj!r} was put in place of another"
            raise _StrangerError(msg)
        if isinstance(obj, Figure):
            make, arguments, state, *more = tuple[Any, ...](obj.__reduce_ex__(5))
            kept = {k: v for k, v in state.items() if k != "_restore_to_pylab"}
            return (make, arguments, kept, *more)
        if named is not obj and not isinstance(obj, MethodType):
            _plain_types.add(named)
        return NotImplemented


def _is_usual(method: MethodType) -> bool:
    """Whether a method is found again by its name, as pickle does it."""
    usual = getattr(type(method.__self__), method.__name__, None)
    return isinstance(method.__self__, type) or usual is method.__func__


def fold(figure: Any, order: Order) -> bytes | None:
    """Return `figure` as bytes, None if only this process can draw it.

    Raises
    ------
    mediatypes.errors.OptionError
        If it has no pixel or too many.
    """
    if not isinstance(figure, Figure):
        return None
    with surroundings.LOCK:
        check_size(figure, usual_dpi(figure) if order.dpi is None else order.dpi)
        settings = surroundings.changed_settings()
        if any(settings.get(name) for name in _HERE):
            return None
        out = io.BytesIO()
        try:
            _Pickler(out, 5).dump(figure)
            drawing = out.getvalue(), tuple(order), settings, _fonts()
            sheet = _Sheet(*drawing, bend=_rectangle()._interpolation_steps)  # noqa: SLF001 - it has no other name
            out = io.BytesIO()
            _Pickler(out, 5).dump(tuple(sheet))
        except Exception:  # noqa: BLE001 - of any artist; what does not pickle is drawn here
            return None
    return out.getvalue()


def unfold(data: bytes, *, is_alone: bool) -> Drawn:
    """Return the picture of a figure that `fold` made bytes of.

    Parameters
    ----------
    data
        The bytes.
    is_alone
        Whether this process does nothing else, so that settings may stay.

    Raises
    ------
    mediatypes.errors.EncodeError
        If nothing of it can be drawn.
    """
    sheet = _Sheet(*pickle.loads(data))  # noqa: S301 - our own bytes
    for path in set(sheet.fonts) - set(_fonts()) if is_alone else ():
        _manager.addfont(path)
    order = Order(*sheet.order)
    with surroundings.LOCK:
        if is_alone:
            surroundings.set_settings(sheet.settings)
            _rectangle()._interpolation_steps = sheet.bend  # noqa: SLF001 - as above
            return draw(pickle.loads(sheet.figure), order)  # noqa: S301 - as above
        now = surroundings.changed_settings()
        usual = surroundings.default_settings(now.keys() - sheet.settings.keys())
        with surroundings.settings(usual | sheet.settings):
            return draw(pickle.loads(sheet.figure), order)  # noqa: S301 - as above


def _rectangle() -> Any:
    return Path.unit_rectangle()


def _fonts() -> tuple[str, ...]:
    return tuple(font.fname for font in _manager.ttflist)
