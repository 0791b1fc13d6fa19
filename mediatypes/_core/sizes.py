"""Sizes for people."""

from __future__ import annotations

__all__ = ["size_text"]


def size_text(size_bytes: float) -> str:
    """Return a number of bytes in SI units.

    Examples
    --------
    >>> size_text(999), size_text(1_500_000)
    ('999 B', '1.5 MB')
    """
    for unit in ("B", "kB", "MB", "GB"):
        if size_bytes < 1000:  # noqa: PLR2004 - SI
            return f"{size_bytes:.0f} B" if unit == "B" else f"{size_bytes:.1f} {unit}"
        size_bytes /= 1000
    return f"{size_bytes:.1f} TB"
