"""How an adapter says no, without knowing who asks."""

from __future__ import annotations

__all__ = ["Refusal"]


class Refusal(Exception):  # noqa: N818 - it never leaves the adapters
    """An object of a known library that has no numbers to hand over.

    Parameters
    ----------
    expected
        What would have been accepted, as a noun phrase.
    received
        What came instead.
    hint
        One sentence that tells the reader what to change, or ``""``.
    """

    def __init__(self, expected: str, received: str, hint: str = "") -> None:
        super().__init__(expected, received, hint)
        self.expected = expected
        self.received = received
        self.hint = hint
