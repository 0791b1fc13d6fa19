"""Figures that a browser draws: their description, and a picture where possible."""

from __future__ import annotations

import json
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mediatypes._core.arrays import is_mapping
from mediatypes.adapters.lookup import load
from mediatypes.errors import DecodeError, EncodeError, OptionError
from mediatypes.schema import EncodedPart

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["Description", "check_plain", "describe", "to_object"]

_MOST_WORDS: Final = 200
_NOT_JSON: Final = ("NaN", "Infinity")
"""What JSON has no form for, and Python's own writer writes."""


class Description(NamedTuple):
    """A figure as its library writes it down."""

    library: str
    version: str
    mime: str
    text: str
    """JSON, as the library made it."""
    width: int
    height: int
    renderer: str | None = None
    """The package that can make a picture of it."""
    reasons: tuple[str, ...] = ()
    """What is not as the library wrote it."""

    @property
    def data(self) -> bytes:
        """The JSON as bytes."""
        return self.text.encode()

    @property
    def part(self) -> EncodedPart:
        """The description as a file beside a picture."""
        return EncodedPart("interactive", self.library, "json", self.mime, self.data)

    def png(self) -> tuple[bytes | None, tuple[str, ...]]:
        """Return a picture, or None and why there is none.

        That no package is installed which makes pictures is no reason to complain.
        """
        if self.renderer is None or find_spec(self.renderer) is None:
            return None, ()
        try:
            data: bytes = load(self.library).to_png(self)
        except Exception as error:  # noqa: BLE001 - of a browser, a file system, a spec
            return None, (f"no picture by {self.renderer}: {_said(error)}",)
        return data, ()


def describe(figure: object, adapter: ModuleType) -> Description:
    """Return the description that the library of `adapter` makes of `figure`.

    Raises
    ------
    mediatypes.errors.EncodeError
        If the library cannot write it down.
    """
    try:
        found: Description = adapter.describe(figure)
    except Exception as error:
        msg = f"Plot: the figure cannot be written as JSON: {_said(error)}"
        raise EncodeError(msg) from error
    return _strict(found)._replace(renderer=adapter.RENDERER)


def _strict(found: Description) -> Description:
    """Return `found` with null for numbers that JSON has no form for."""
    odd: list[str] = []
    if not any(word in found.text for word in _NOT_JSON):
        return found
    known: Any = json.loads(found.text, parse_constant=odd.append)
    if not odd:  # it was a word in a text
        return found
    text = f"{len(odd)} numbers of its JSON are not finite and are null"
    return found._replace(text=json.dumps(known), reasons=(text,))


def _said(error: Exception) -> str:
    text = str(error).strip().split("\n", 1)[0][:_MOST_WORDS]
    return f"{type(error).__name__}: {text}"


def check_plain(**options: Any) -> None:
    """Raise `OptionError` unless options of what matplotlib draws are left alone."""
    for name, value in options.items():
        if value and value != "png":
            expected = "left out for a figure that is kept as its description"
            raise OptionError("Plot", name, expected=expected, received=repr(value))


def to_object(data: bytes) -> dict[str, Any]:
    """Return JSON that holds an object.

    Raises
    ------
    mediatypes.errors.DecodeError
        If it does not.
    """
    try:
        found: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        msg = f"Plot: its JSON is damaged: {error}"
        raise DecodeError(msg) from error
    if not is_mapping(found):
        msg = "Plot: its JSON is no object"
        raise DecodeError(msg)
    return dict(found)
