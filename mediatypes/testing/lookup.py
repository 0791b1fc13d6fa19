"""The strategy of a media type, found by its kind."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, TypeVar

from mediatypes.testing import strategies

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from mediatypes.media import Media

__all__ = ["values_of"]

_Kind = TypeVar("_Kind", bound="Media")


def values_of(media_type: type[_Kind]) -> SearchStrategy[_Kind]:
    """Return the strategy of small values of a media type, odd ones among them.

    Parameters
    ----------
    media_type
        One of `mediatypes.media.MEDIA_TYPES`.

    Examples
    --------
    >>> from mediatypes.media import Text
    >>> values_of(Text)
    text()
    """
    kind = media_type.kind
    found: Any = getattr(strategies, kind, None)
    if found is None:
        found = getattr(
            importlib.import_module(f"mediatypes.testing.kinds.{kind}"), kind
        )
    values: SearchStrategy[_Kind] = found()
    return values
