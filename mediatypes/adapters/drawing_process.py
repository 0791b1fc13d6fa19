"""Figures drawn by another process, so that the training loop need not wait.

The process is started by the first worker that needs it, draws one figure at a time,
and ends when the last run is finished. Its death loses nothing: what it did not draw is
drawn here, from the same bytes.
"""

from __future__ import annotations

import atexit
import os
import pickle
import sys
import threading
from typing import TYPE_CHECKING, Any, Final

from mediatypes.adapters import drawing_child
from mediatypes.adapters.lookup import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from mediatypes.adapters.drawing import Drawn, Order

__all__ = [
    "RENDERS",
    "Deferred",
    "Rule",
    "begin_run",
    "defer",
    "end_run",
    "on_last_run",
]

RENDERS: Final = ("auto", "inline", "process")
"""Where figures are drawn."""
_INLINE_FIGURES: Final = 2
"""Figures of a run that are drawn on the spot; a process costs more than they do."""
_MOST_STARTS: Final = 3
_PATIENCE_SECONDS: Final = 120.0
_CODE: Final = (
    "import sys; sys.path[:] = sys.argv[1:];"
    "from mediatypes.adapters.drawing_child import main; main()"
)


class Rule:
    """Where one run has its figures drawn.

    Parameters
    ----------
    render
        One of `RENDERS`.
    """

    def __init__(self, render: str) -> None:
        self.render = render
        self._figures = 0

    def is_elsewhere(self) -> bool:
        """Whether the next figure, which is counted, is drawn by the other process."""
        self._figures += 1
        is_late = self.render == "auto" and self._figures > _INLINE_FIGURES
        return is_late or self.render == "process"


class _Process:
    """The other process, started when it is needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: Any = None
        self._starts = 0

    def draw(self, data: bytes) -> Drawn | None:
        """Return the picture of `data`, None if the process cannot make it."""
        with self._lock:
            child = self._child or self._start()
            if child is None:
                return None
            watch = threading.Timer(_PATIENCE_SECONDS, child.kill)
            watch.daemon = True
            try:
                watch.start()
                drawing_child.write(child.stdin, data)
                answer = pickle.loads(drawing_child.read(child.stdout))  # noqa: S301 - our own process
            except (OSError, EOFError, RuntimeError, pickle.UnpicklingError):
                self._end()  # RuntimeError: the interpreter is shutting down
                return None
            finally:
                watch.cancel()
        return None if isinstance(answer, str) else answer

    def _start(self) -> Any:
        if self._starts == _MOST_STARTS or not sys.executable or hasattr(sys, "frozen"):
            return None
        import subprocess  # most runs have no figure

        self._starts += 1
        try:
            self._child = subprocess.Popen(  # noqa: S603 - this interpreter
                [
                    *(sys.executable, "-W", "ignore", "-c", _CODE),
                    *map(os.path.abspath, sys.path),
                ],
                bufsize=0,  # so that a fork inherits no half of a message
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "MPLBACKEND": "agg"},
            )
        except OSError:
            self._starts = _MOST_STARTS
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.stdin.close()
            child.stdout.close()
            child.wait()

    def close(self) -> None:
        """End the process; the next figure starts another."""
        with self._lock:
            self._end()
            self._starts = 0

    def forget(self) -> None:
        """Leave the process to the one that this one was forked from."""
        child, self._child = self._child, None
        self._lock, self._starts = threading.Lock(), 0
        if child is not None:
            child.stdin.close()
            child.stdout.close()
            child.returncode = 0  # it is not ours to wait for


_rules: Final[list[Rule]] = []
"""Those of all open runs; the newest is followed."""
_process: Final = _Process()
_closers: Final = [_process.close]
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_process.forget)
atexit.register(_process.close)


def begin_run(render: str) -> Rule:
    """Draw figures from now on as a new run says, one of `RENDERS`."""
    _rules.append(Rule(render))
    return _rules[-1]


def end_run(rule: Rule) -> None:
    """Take note that a run is over; the last one takes the process with it."""
    if rule in _rules:
        _rules.remove(rule)
    if not _rules:
        for close in _closers:
            close()


def on_last_run(close: Callable[[], None]) -> None:
    """Have `close` called whenever the last run is over."""
    _closers.append(close)


class Deferred:
    """A figure that will be drawn by a worker.

    Parameters
    ----------
    data
        The figure as bytes.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data

    def drawn(self) -> Drawn:
        """Return its picture, made by the other process or else here.

        Raises
        ------
        mediatypes.errors.EncodeError
            If nothing of it can be drawn.
        """
        found = _process.draw(self.data) if _rules else None
        if found is not None:
            return found
        drawn: Drawn = load("sheets").unfold(self.data, is_alone=False)
        return drawn


def defer(figure: Any, order: Order) -> Deferred | None:
    """Return `figure` as something to be drawn later, None if it is to be drawn now.

    Raises
    ------
    mediatypes.errors.OptionError
        If it has no pixel or too many.
    """
    if not _rules or not _rules[-1].is_elsewhere():
        return None
    data = load("sheets").fold(figure, order)
    return None if data is None else Deferred(data)
