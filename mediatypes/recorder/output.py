"""What a program prints, copied into the run folder while it prints it."""

from __future__ import annotations

import os
import re
import sys
import threading
from typing import TYPE_CHECKING, Any, Final

from mediatypes.store import layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Output"]

_STREAMS: Final = ("stdout", "stderr")
_CODES: Final = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.)"
)
"""Colours, cursor movements and titles of a terminal (ECMA-48)."""
_LONGEST: Final = 65_536
"""Characters after which a line is written though it has not ended."""
_FLAGS: Final = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_APPEND
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
)


class _Lines:
    """Text that comes in pieces, given on in whole lines."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._rest = ""

    def feed(self, text: str) -> None:
        """Take a piece; of what a carriage return overwrites the last state stays."""
        *whole, rest = (self._rest + text).split("\n")
        if whole:
            self._write("".join(f"{_folded(line)}\n" for line in whole))
        self._rest = rest
        if "\r" in rest[:-1]:
            self._rest = _folded(rest) + ("\r" if rest[-1] == "\r" else "")
        if len(self._rest) > _LONGEST:
            self.end()

    def end(self) -> None:
        """Write what has not ended."""
        if self._rest:
            self._write(f"{_folded(self._rest)}\n")
            self._rest = ""


def _folded(line: str) -> str:
    states = [state for state in line.split("\r") if state]
    return _CODES.sub("", states[-1]) if states else ""


class _Tee:
    """A stream that copies what is written to it; all else is as it was."""

    def __init__(self, stream: Any, copy: Callable[[str], None]) -> None:
        self._stream = stream
        self._copy = copy

    def write(self, text: str) -> int:
        """Write, then copy."""
        count: int = self._stream.write(text)
        self._copy(text)
        return count

    def writelines(self, lines: Any) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Output:
    """Copies standard output and standard error to ``output.log`` of a run.

    Parameters
    ----------
    folder
        The run folder.
    on_failed
        Called once, if the file cannot be written.
    """

    def __init__(self, folder: Path, on_failed: Callable[[OSError], None]) -> None:
        self._on_failed = on_failed
        self._lock = threading.RLock()
        self._tees: dict[str, _Tee] = {}
        self._lines: list[_Lines] = []
        self._file: int | None = None
        try:
            self._file = os.open(folder / layout.OUTPUT, _FLAGS, 0o644)
        except OSError as error:
            on_failed(error)
            return
        for name in _STREAMS:
            stream = getattr(sys, name)
            if stream is not None:
                lines = _Lines(self._write)
                self._lines.append(lines)
                self._tees[name] = _Tee(stream, self._feeder(lines))
                setattr(sys, name, self._tees[name])

    def stop(self) -> None:
        """Copy no more; what has not ended is written."""
        for name, tee in self._tees.items():
            if getattr(sys, name) is tee:
                setattr(sys, name, tee._stream)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - of this module
        with self._lock:
            for lines in self._lines:
                lines.end()
            self._lines.clear()
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def after_fork(self) -> None:
        """Forget, in a child, a lock that another thread may have held."""
        self._lock = threading.RLock()

    def _feeder(self, lines: _Lines) -> Callable[[str], None]:
        def feed(text: str) -> None:
            with self._lock:
                if self._file is not None:
                    lines.feed(text)

        return feed

    def _write(self, text: str) -> None:
        if self._file is None:
            return
        try:
            os.write(self._file, text.encode("utf-8", "replace"))
        except OSError as error:
            os.close(self._file)
            self._file = None
            self._on_failed(error)
