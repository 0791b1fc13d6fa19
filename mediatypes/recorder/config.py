"""The run's settings: a mapping whose values do not change unless told."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from mediatypes._core.arrays import is_mapping, is_sequence
from mediatypes._core.optional import loaded, type_name
from mediatypes.errors import ConfigError, UnsupportedInputError
from mediatypes.recorder.plain import plain
from mediatypes.recorder.redaction import without_secrets
from mediatypes.schema import decode_value, encode_value
from mediatypes.schema.values import escape_key, unescape_key

__all__ = ["Config", "chosen"]

_DEEPEST: Final = 8
"""Settings nested deeper are kept as text."""


class Config(MutableMapping[str, Any]):
    """Settings of a run, as a mapping and as attributes.

    Values are kept as JSON can write them; objects that have no such form are kept as
    their text. What looks like a secret is not stored, with a warning.

    Parameters
    ----------
    on_change
        Called with the changed keys, as JSON has them; None only tries them.
    before
        Settings that are on record already, as JSON has them.
    """

    _values: dict[str, Any]
    _on_change: Callable[[dict[str, Any]], None] | None
    _may_change: bool

    def __init__(
        self,
        on_change: Callable[[dict[str, Any]], None] | None,
        before: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        values = {unescape_key(name): value for name, value in before.items()}
        object.__setattr__(self, "_values", values)
        object.__setattr__(self, "_on_change", on_change)
        object.__setattr__(self, "_may_change", False)

    def update(
        self,
        settings: Any = (),
        /,
        allow_val_change: bool | None = None,  # noqa: FBT001 - the call style people know
        **more: Any,
    ) -> None:
        """Set several settings at once, all or none.

        Parameters
        ----------
        settings
            A mapping, an ``argparse.Namespace``, a dataclass, or pairs.
        allow_val_change
            Whether a setting may change that has a value already; by default what
            ``init`` was told.
        more
            Further settings by name.

        Raises
        ------
        mediatypes.errors.ConfigError
            If a setting would change without `allow_val_change`.
        mediatypes.errors.UnsupportedInputError
            If `settings` is none of the above, or a name no text.
        """
        changed: dict[str, Any] = {}
        if allow_val_change is None:
            allow_val_change = self._may_change
        for name, value in (_mapping(settings) | more).items():
            encoded = encode_value(_written(value))
            known = self._values.get(name, changed)
            if known is not changed and known == encoded:
                continue
            if known is not changed and not allow_val_change:
                msg = (
                    f"config: {name!r} is {decode_value(known)!r} and would become "
                    f"{decode_value(encoded)!r}. Pass allow_val_change=True to "
                    "config.update()."
                )
                raise ConfigError(msg)
            changed[name] = encoded
        write = self._on_change
        stored = {} if write is None else without_secrets("config", changed)
        self._values.update(changed)
        if write is not None and stored:
            write({escape_key(name): value for name, value in stored.items()})

    def _allow_changes(self, is_allowed: bool) -> None:  # noqa: FBT001 - all there is to say
        object.__setattr__(self, "_may_change", is_allowed)

    def setdefaults(self, settings: Any) -> None:
        """Set those of `settings` that have no value yet."""
        missing = {k: v for k, v in _mapping(settings).items() if k not in self._values}
        self.update(missing)

    def as_dict(self) -> dict[str, Any]:
        """Return a copy of all settings."""
        return {name: decode_value(value) for name, value in self._values.items()}

    def __getitem__(self, name: str) -> Any:
        return decode_value(self._values[name])

    def __setitem__(self, name: str, value: Any) -> None:
        self.update({name: value})

    def __delitem__(self, name: str) -> None:
        msg = f"config: {name!r} is on record and cannot be removed."
        raise ConfigError(msg)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # copy and pickle ask before there is anything
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError:
            msg = f"config has no setting {name!r}"
            raise AttributeError(msg) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self.update({name: value})

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(self.as_dict())


def chosen(
    settings: Any, include: Sequence[str] | None, exclude: Sequence[str] | None
) -> dict[str, Any]:
    """Return `settings` as a mapping: those to include, without those to exclude.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If they are no settings.
    """
    found = _mapping(settings)
    kept = found.keys() if include is None else set(include)
    left_out = set(exclude or ())
    return {k: v for k, v in found.items() if k in kept and k not in left_out}


def _is_namespace(settings: Any) -> bool:
    module: Any = loaded("argparse")
    return module is not None and isinstance(settings, module.Namespace)


def _mapping(given: Any) -> dict[str, Any]:
    settings: Any = given
    if _is_namespace(given):
        settings = given.__dict__
    elif hasattr(given, "flag_values_dict"):  # absl's FLAGS
        settings = given.flag_values_dict()
    elif isinstance(given, Config):
        settings = given.as_dict()
    elif dataclasses.is_dataclass(given):
        fields = dataclasses.fields(given)
        settings = {field.name: getattr(given, field.name) for field in fields}
    try:
        found: dict[Any, Any] = dict(settings)
    except (TypeError, ValueError):
        found = {None: None}
    if not all(isinstance(name, str) for name in found):
        raise UnsupportedInputError(
            "config",
            "settings",
            expected="a mapping of names to values, a Namespace or a dataclass",
            received=type_name(given),
            hint="Pass what the file holds." if isinstance(given, str) else "",
        )
    return found


def _written(value: Any, depth: int = 0) -> Any:
    """Return `value` in its written form, text where its type has none."""
    if depth < _DEEPEST:
        if is_mapping(value):
            return {str(k): _written(item, depth + 1) for k, item in value.items()}
        if is_sequence(value):
            return [_written(item, depth + 1) for item in value]
    try:
        found = plain(value)
        encode_value(found)
    except (TypeError, ValueError, RecursionError):
        found = str(value)
    return _utf8(found) if isinstance(found, str) else found


def _utf8(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
