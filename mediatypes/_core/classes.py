"""Names of the ids in masks and boxes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mediatypes._core.labels import parse_classes

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Classes"]


class Classes(Mapping[int, str]):
    """Names of the ids in masks and boxes: a mapping of ids to names.

    Parameters
    ----------
    classes
        A mapping of ids to names, a list of ``{"id": 1, "name": "cat"}``, or another
        `Classes`. Ids are whole numbers; two names for one id are refused.

    Raises
    ------
    mediatypes.errors.OptionError
        If an id is no whole number, or has two names.
    mediatypes.errors.UnsupportedInputError
        If it is neither, or a name is no text.

    Examples
    --------
    >>> Classes([{"id": 0, "name": "road"}, {"id": 7, "name": "car"}])[7]
    'car'
    >>> Classes({0: "road"}) == {0: "road"}
    True
    """

    __slots__ = ("_stored",)

    def __init__(
        self, classes: Mapping[int, str] | Sequence[Mapping[str, Any]]
    ) -> None:
        self._stored = parse_classes("classes", classes)

    def __getitem__(self, key: int) -> str:
        return self._stored[str(int(key))]

    def __iter__(self) -> Iterator[int]:
        return map(int, self._stored)

    def __len__(self) -> int:
        return len(self._stored)

    def __repr__(self) -> str:
        return f"Classes({len(self)} classes)"
