"""What a run says on the terminal."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mediatypes._core.arrays import is_sequence
from mediatypes._core.defaults import variable
from mediatypes._core.sizes import size_text
from mediatypes._core.terminal import safe
from mediatypes._core.words import plural
from mediatypes.recorder.watch import is_watched

if TYPE_CHECKING:
    from collections.abc import Callable

    from mediatypes.recorder.run import Run
    from mediatypes.recorder.session import Session

__all__ = ["Totals", "is_silent", "losses", "progress", "say", "say_once", "show"]

_PATIENCE_SECONDS: Final = 0.5
_WIDTH: Final = 72
_MOST_KEYS: Final = 40
_said: Final[set[str]] = set()


def is_silent(*, quiet: bool | None) -> bool:
    """Whether to say nothing."""
    said = (variable("SILENT") or "").lower() in {"1", "true"}
    return said if quiet is None else quiet


def say(text: str) -> None:
    """Write a line to standard error, if there is one."""
    if sys.stderr is not None:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def say_once(text: str) -> None:
    """Write a line that the process has not written yet, unless it is to be silent."""
    if text not in _said and not is_silent(quiet=None):
        _said.add(text)
        say(f"mediatypes: {text}")


def progress(total: int) -> Callable[[int], object] | None:
    """Return what shows a bar on a terminal once waiting takes long, None elsewhere."""
    if not total or sys.stderr is None or not sys.stderr.isatty():
        return None
    started = time.monotonic()

    def show_pending(pending: int) -> None:
        if time.monotonic() - started < _PATIENCE_SECONDS:
            return
        share = 1 - pending / total
        bar = "█" * int(24 * share) + "░" * (24 - int(24 * share))
        ending = "\n" if pending == 0 else ""
        sys.stderr.write(
            f"\rmediatypes: writing media {bar} {pending:,} left  {ending}"
        )
        sys.stderr.flush()

    return show_pending


def losses(session: Session) -> str:
    """Return what a session lost, and why."""
    counts = ", ".join(f"{count:,} {what}" for what, count in session.lost.items())
    reasons = "; ".join(f"{text} ({n:,}×)" for (_, text), n in session.troubles.items())
    return f"{counts} ({reasons})"


def say_waiting(count: int) -> None:
    """Say that media are left in the spool, if there are any."""
    if count and not is_silent(quiet=None):
        waiting = plural(count, "media item")
        say(
            f"mediatypes: {waiting} left in the spool; `mediatypes recover` writes them"
        )


class Totals(NamedTuple):
    """What a run holds, of all its writers."""

    rows: int
    media: int
    bytes: int


def show(run: Run, totals: Totals, session: Session) -> None:
    """Say what a finished run holds."""
    say(f"mediatypes: {safe(run.name)} is {run.state}")
    shown = [(k, v) for k, v in run.summary.items() if not is_watched(v, k)]
    for key, value in shown[:_MOST_KEYS]:
        say(f"  {safe(key, 28):<28} {safe(_short(value), _WIDTH - 31)}")
    rows, media = plural(totals.rows, "row"), plural(totals.media, "media item")
    size = size_text(totals.bytes)
    say(f"  {rows}, {media}, {size} in {safe(str(run.dir), 400)}")
    if session.lost:
        say(f"  lost: {safe(losses(session), 400)}")


def _short(value: Any) -> str:
    if is_sequence(value):
        return f"{len(value)} × {_short(value[0])}" if value else "[]"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
