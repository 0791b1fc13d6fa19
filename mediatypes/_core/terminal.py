"""Text that data brings, made safe for a terminal."""

from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["safe"]

_UNSAFE: Final = frozenset(["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"])
"""Unicode categories that can move the cursor, turn text around, or show nothing."""


def safe(text: str, width: int = 200) -> str:
    r"""Return `text` in one line, its control and direction characters spelled out.

    Examples
    --------
    >>> print(safe("red" + chr(27) + "[31m"))
    red\x1b[31m
    >>> safe("a long name", width=6)
    'a lon…'
    """
    letters = (
        letter.encode("unicode_escape").decode()
        if unicodedata.category(letter) in _UNSAFE
        else letter
        for letter in text[: width + 1]
    )
    shown = "".join(letters)
    return shown if len(shown) <= width else f"{shown[: width - 1]}…"
