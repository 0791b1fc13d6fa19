from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NoReturn

import pytest

from mediatypes._core.beside import beside

if TYPE_CHECKING:
    from collections.abc import Callable


def test_both_run_at_the_same_time() -> None:
    meet = threading.Barrier(2, timeout=10)
    assert beside(lambda: meet.wait() >= 0, meet.wait)


def fail() -> NoReturn:
    raise OSError(28, "full")


def test_what_either_raises_is_raised_when_both_are_done() -> None:
    done: list[str] = []
    with pytest.raises(OSError, match="full"):
        beside(lambda: done.append("task"), fail)
    with pytest.raises(OSError, match="full"):
        beside(fail, lambda: done.append("here"))
    assert done == ["task", "here"]


def test_without_threads_both_run_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: threading.Thread) -> None:
        del self
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    done: list[str] = []
    task: Callable[[], str] = lambda: "found"  # noqa: E731 - short
    assert beside(task, lambda: done.append("here")) == "found"
    assert done == ["here"]
