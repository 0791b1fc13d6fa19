"""The run's summary: the last value of each key, unless said otherwise."""

from __future__ import annotations

from collections.abc import (
    Callable,
    ItemsView,
    Iterator,
    Mapping,
    MutableMapping,
    ValuesView,
)
from typing import Any

__all__ = ["Summary"]


class Summary(MutableMapping[str, Any]):
    """Values that stand for a whole run, kept up by ``log`` and settable by hand.

    A key that was set by hand keeps its value, whatever is logged under it later.

    Parameters
    ----------
    current
        Returns the summary as it is now.
    on_set
        Called with keys and values that are set by hand, and keys that are removed.
    """

    _current: Callable[[], Mapping[str, Any]]
    _on_set: Callable[[Mapping[str, Any], tuple[str, ...]], None]

    def __init__(
        self,
        current: Callable[[], Mapping[str, Any]],
        on_set: Callable[[Mapping[str, Any], tuple[str, ...]], None],
    ) -> None:
        object.__setattr__(self, "_current", current)
        object.__setattr__(self, "_on_set", on_set)

    def update(  # type: ignore[override]  # a mapping is all it takes
        self,
        values: Mapping[str, Any] = {},
        /,
        **more: Any,
    ) -> None:
        """Set several keys by hand; media values are stored as ``log`` stores them."""
        self._on_set({**values, **more}, ())

    def __getitem__(self, key: str) -> Any:
        return self._current()[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._on_set({key: value}, ())

    def __delitem__(self, key: str) -> None:
        if key not in self._current():
            raise KeyError(key)
        self._on_set({}, (key,))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # copy and pickle ask before there is anything
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError:
            msg = f"summary has no key {name!r}"
            raise AttributeError(msg) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __iter__(self) -> Iterator[str]:
        return iter(self._current())

    def __len__(self) -> int:
        return len(self._current())

    def as_dict(self) -> dict[str, Any]:
        """Return a copy of the summary as it is now."""
        return dict(self._current())

    def items(self) -> ItemsView[str, Any]:
        """Return keys and values as they are now."""
        return self.as_dict().items()

    def values(self) -> ValuesView[Any]:
        """Return values as they are now."""
        return self.as_dict().values()

    def __repr__(self) -> str:
        return repr(self.as_dict())
