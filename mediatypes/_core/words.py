"""The words that go with a value, and the words about it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, cast

from mediatypes._core.arrays import is_number
from mediatypes._core.optional import type_name
from mediatypes._core.text import mend
from mediatypes.errors import OptionError, UnsupportedInputError
from mediatypes.schema import decode_value, encode_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mediatypes.schema import Source

__all__ = [
    "HALVES",
    "check_caption",
    "check_meta",
    "has_halves",
    "odd_values",
    "plural",
]

MAX_CAPTION: Final = 65_536
HALVES: Final = "its words had lone surrogates, stored as U+FFFD"


def has_halves(words: object) -> bool:
    """Whether there are lone surrogates in `words`."""
    return words is not None and mend(words)[1]


def check_caption(caption: object, media: str, field: str = "caption") -> str | None:
    """Return `caption` as text; numbers are written out, lone surrogates replaced.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If it is neither text nor a number.
    mediatypes.errors.OptionError
        If it is longer than 65,536 characters.
    """
    if caption is None:
        return None
    if is_number(caption):
        caption = str(caption)
    if not isinstance(caption, str):
        raise UnsupportedInputError(
            media,
            field,
            expected="text",
            received=type_name(caption),
            hint="Pass str(x).",
        )
    text: str = mend(str.__str__(caption))[0]
    if len(text) > MAX_CAPTION:
        raise OptionError(
            media,
            field,
            expected=f"at most {MAX_CAPTION:,} characters",
            received=f"{len(text):,} characters",
        )
    return text


def check_meta(meta: object, media: str) -> dict[str, Any]:
    """Return a copy of `meta` as JSON can write it, lone surrogates replaced.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If it holds anything else.
    """
    if meta is None:
        return {}
    try:
        given: dict[str, Any] = mend(dict(cast("Mapping[str, Any]", meta)))[0]
        copy: dict[str, Any] = decode_value(encode_value(given))
    except (TypeError, ValueError, RecursionError) as error:
        raise UnsupportedInputError(
            media,
            "meta",
            expected="a mapping that JSON can write",
            received=str(error),
        ) from error
    return copy


def odd_values(source: Source, *, noun: str, span: str, hint: str) -> tuple[str, ...]:
    """Return what `source` says is odd, in words.

    Parameters
    ----------
    source
        Of the value.
    noun
        One of the values, such as ``"sample"``.
    span
        The range that values were clipped to.
    hint
        What to do where values were clipped.
    """
    total = f"of {plural(math.prod(source.shape or (0,)), noun)}"
    found = list(source.reasons)
    if source.clipped:
        were = f"{source.clipped:,} {total} were outside {span} and were clipped"
        found.append(f"{were}; {hint}")
    if source.nonfinite:
        found.append(f"{source.nonfinite:,} {total} were NaN, infinite or masked")
    return tuple(found)


def plural(count: int, noun: str) -> str:
    """Return `count` and `noun` in English.

    Examples
    --------
    >>> plural(1, "channel"), plural(2000, "frame")
    ('1 channel', '2,000 frames')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
