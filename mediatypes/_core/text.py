"""Text that is Unicode: half characters come from names of undecodable bytes."""

from __future__ import annotations

from typing import Any

from mediatypes._core.arrays import is_mapping, is_sequence

__all__ = ["mend"]


def mend(value: Any) -> tuple[Any, bool]:
    r"""Return `value` with lone surrogates replaced, and whether there were any.

    Two halves that stand side by side are the character that they mean.

    Examples
    --------
    >>> ascii(mend("a\ud800"))
    "('a\\ufffd', True)"
    """
    if isinstance(value, str):
        if value.isascii():
            return value, False
        halves = value.encode("utf-16-le", "surrogatepass")
        mended = halves.decode("utf-16-le", "replace")
        return (mended, True) if mended != value else (value, False)
    if is_sequence(value):
        pairs = [mend(item) for item in value]
        return [pair[0] for pair in pairs], any(pair[1] for pair in pairs)
    if is_mapping(value):
        names = {key: mend(key) for key in value}
        items = {key: mend(item) for key, item in value.items()}
        changed = any(p[1] for p in names.values()) or any(p[1] for p in items.values())
        return {names[key][0]: items[key][0] for key in value}, changed
    return value, False
