"""One browser that kaleido keeps for all pictures, instead of one for each."""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from concurrent import futures
from typing import TYPE_CHECKING, Any, Final

from mediatypes._core.optional import require
from mediatypes.adapters import drawing_process

if TYPE_CHECKING:
    from collections.abc import Coroutine

__all__ = ["to_png"]

_PATIENCE_SECONDS: Final = 60.0


class _Browser:
    """A browser, and the thread with the event loop that speaks to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_over: asyncio.Event | None = None
        self._kaleido: Any = None

    def picture(self, figure: dict[str, Any], size: dict[str, int]) -> bytes:
        """Return the picture of a plotly figure as PNG."""
        with self._lock:
            try:
                browser = self._kaleido or self._open()
                options = {"format": "png", "scale": 1, **size}
                data: bytes = self._run(browser.calc_fig(figure, opts=options))
            except BaseException:
                self._close()  # it may not answer the next time either
                raise
        return data

    def _open(self) -> Any:
        kaleido: Any = require("kaleido", extra="plotly", feature="a figure's picture")
        has_begun = threading.Event()
        work = self._serve(has_begun)
        self._thread = threading.Thread(
            target=asyncio.run, args=(work,), name="mediatypes-browser", daemon=True
        )
        self._thread.start()
        has_begun.wait(_PATIENCE_SECONDS)
        browser = kaleido.Kaleido(n=1)
        self._run(browser.open())
        self._kaleido = browser
        return browser

    async def _serve(self, has_begun: threading.Event) -> None:
        self._loop, self._is_over = asyncio.get_running_loop(), asyncio.Event()
        has_begun.set()
        await self._is_over.wait()

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        if self._loop is None:
            return None
        task = asyncio.run_coroutine_threadsafe(work, self._loop)
        return task.result(_PATIENCE_SECONDS)

    def _close(self) -> None:
        browser, self._kaleido = self._kaleido, None
        if browser is not None and self._loop is not None:
            # Waited for but not asked: what is wrong with it does not matter any more.
            end = asyncio.run_coroutine_threadsafe(browser.close(), self._loop)
            futures.wait([end], _PATIENCE_SECONDS)
        if self._loop is not None and self._is_over is not None:
            self._loop.call_soon_threadsafe(self._is_over.set)
        if self._thread is not None:
            self._thread.join(_PATIENCE_SECONDS)
        self._thread = self._loop = self._is_over = None

    def close(self) -> None:
        """End the browser; the next picture starts another."""
        with self._lock:
            self._close()

    def forget(self) -> None:
        """Leave the browser to the process that this one was forked from."""
        self.__init__()  # type: ignore[misc]  # there is nothing to end in this process


_browser: Final = _Browser()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_browser.forget)
atexit.register(_browser.close)
drawing_process.on_last_run(_browser.close)


def to_png(figure: dict[str, Any], width: int, height: int) -> bytes:
    """Return the picture of a plotly figure as PNG.

    Its errors are kaleido's: there is no browser, say, or it does not answer.
    """
    return _browser.picture(figure, {"width": width, "height": height})
