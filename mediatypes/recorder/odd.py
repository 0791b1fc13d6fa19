"""Odd values: said once, or refused where the run is strict."""

from __future__ import annotations

import inspect
import re
import warnings
from typing import TYPE_CHECKING, Final

from mediatypes.errors import MediaTypesWarning, RangeError

if TYPE_CHECKING:
    from collections import deque

__all__ = ["OddValues", "caller_level"]

_PACKAGE: Final = __name__.partition(".")[0]
_FIRST_WORDS: Final = 20
_COUNT: Final = re.compile(r"[\d,]+ of [\d,]+ \w+")
"""How many it were differs from step to step, and is no other kind of problem."""


class OddValues:
    """Reports odd values, each kind once for each key.

    Parameters
    ----------
    strict
        Whether to refuse them.
    """

    def __init__(self, *, strict: bool) -> None:
        self._strict = strict
        self._said: set[tuple[str, str]] = set()

    def report(self, odd: list[tuple[str, str]]) -> None:
        """Warn of `odd`, keys and what is odd about their values.

        Raises
        ------
        mediatypes.errors.RangeError
            If the run is strict and there are any.
        """
        if odd and self._strict:
            key, problem = odd[0]
            raise RangeError(
                "log",
                f"data[{key!r}]",
                expected="within its range (the run is strict)",
                received=problem,
            )
        for key, problem in odd:
            kind = _COUNT.sub("", problem)[:_FIRST_WORDS]
            if (key, kind) not in self._said:
                self._said.add((key, kind))
                text = f"{key!r}: {problem} (said once)"
                warnings.warn(text, MediaTypesWarning, stacklevel=caller_level())

    def report_late(self, late: deque[tuple[str, str]]) -> None:
        """Report what workers have found, and take it from `late`."""
        while late:
            self.report([late.popleft()])


def caller_level() -> int:
    """Return the stack level of the first caller outside this package."""
    frame, level = inspect.currentframe(), 0
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name.partition(".")[0] != _PACKAGE:
            break
        frame, level = frame.f_back, level + 1
    return level
