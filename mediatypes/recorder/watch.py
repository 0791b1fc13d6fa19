"""Watching a model learn: its gradients and parameters as histograms."""

from __future__ import annotations

import functools
import itertools
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from mediatypes._core.arrays import is_sequence
from mediatypes._core.bins import STATISTICS
from mediatypes._core.optional import type_name
from mediatypes._core.options import check_integral, check_one_of
from mediatypes.adapters.lookup import Adapter, is_of, load
from mediatypes.errors import OptionError, UnsupportedInputError
from mediatypes.media import Histogram
from mediatypes.recorder.row import Row, build

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mediatypes.adapters.torch_modules import Handle, Numbers

__all__ = ["Watch", "Wish", "is_watched", "parse_wish"]

_MODULE: Final = Adapter("torch.nn", ("Module",), "torch_modules")
_KINDS: Final = {
    "gradients": ("gradients",),
    "parameters": ("parameters",),
    "all": ("gradients", "parameters"),
}
_QUEUE_BYTES: Final = 256 << 20
"""Copies that may wait to be counted; one alone may be larger."""
_ROW_KEYS: Final = 256
"""Histograms of one record, which then fit on its line."""
_LEFT_OUT: Final = "cannot be counted and is left out"


class Wish(NamedTuple):
    """What to log of which models, and how often."""

    models: tuple[Any, ...]
    kinds: tuple[str, ...]
    every: int
    first: int | None
    """Number of the first model, which makes the prefix of its names."""


def parse_wish(models: Any, log: object, log_freq: object, idx: object) -> Wish:
    """Return what the arguments of ``watch`` ask for.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If one of `models` is no torch module.
    mediatypes.errors.OptionError
        If `log` is no word of the three, or a number is none.
    """
    found: tuple[Any, ...] = tuple(models) if is_sequence(models) else (models,)
    for model in found:
        if not is_of(model, _MODULE):
            raise UnsupportedInputError(
                "watch",
                "models",
                expected="a torch.nn.Module, or a list of them",
                received=type_name(model),
                hint="Log mediatypes.Histogram(weights) for models of other libraries.",
            )
    check_one_of("watch", "log", log, _KINDS)
    every = _number("log_freq", log_freq, 1)
    first = None if idx is None else _number("idx", idx, 0)
    return Wish(found, _KINDS.get(str(log), ()), every, first)


def _number(field: str, value: object, least: int) -> int:
    number = check_integral(value)
    if number is None or number < least:
        expected = f"a whole number from {least}"
        raise OptionError("watch", field, expected=expected, received=repr(value))
    return number


def is_watched(value: object, key: str) -> bool:
    """Whether a value of the summary came from here."""
    return isinstance(value, Histogram) and key.startswith(tuple(_KINDS))


class _Model:
    """One model that is watched: its hooks, and how many passes there were."""

    def __init__(
        self,
        model: Any,
        number: int,
        wish: Wish,
        take: Callable[[str, Any], None],
    ) -> None:
        self.model = model
        self.number = number
        self._prefix = f"graph_{number}/" if number else ""
        self._kinds = wish.kinds
        self._every = wish.every
        self._take = take
        self._adapter = load(_MODULE.module)
        self._hooks: dict[str, tuple[int, Handle]] = {}
        self._forwards = self._backwards = 0
        self._seen: set[str] = set()
        self._lock = threading.Lock()
        self._forward: Handle = self._adapter.hook_forward(model, self._before_forward)
        self._attach()

    def remove(self) -> None:
        """Take all hooks off."""
        self._forward.remove()
        for _, handle in self._hooks.values():
            handle.remove()
        self._hooks.clear()

    def _attach(self) -> None:
        """Put hooks on those parameters that can learn and have none yet."""
        if "gradients" not in self._kinds:
            return
        for name, parameter in self.model.named_parameters():
            known = self._hooks.get(name)
            if known is None or known[0] != id(parameter):
                call = functools.partial(self._on_gradient, name)
                handle = self._adapter.hook_gradient(parameter, call)
                if handle is not None:
                    self._hooks[name] = id(parameter), handle

    def _before_forward(self) -> None:
        self._forwards += 1
        if self._forwards % self._every:
            return
        self._attach()
        if "parameters" in self._kinds:
            for name, parameter in self.model.named_parameters():
                self._take(f"parameters/{self._prefix}{name}", parameter)

    def _on_gradient(self, name: str, gradient: Any) -> None:
        with self._lock:  # a backward pass over several devices has several threads
            if not self._seen or name in self._seen:  # a pass begins
                self._seen.clear()
                self._backwards += 1
            self._seen.add(name)
            is_due = self._backwards % self._every == 0
        if is_due:
            self._take(f"gradients/{self._prefix}{name}", gradient)


class Watch:
    """The models that a run watches.

    A hook costs the training loop a copy; counting is done on a thread of its own. The
    histograms of a pass wait for the next row, whose step they get.
    """

    def __init__(self) -> None:
        self._models: list[_Model] = []
        self._begin()

    def _begin(self) -> None:
        self._tasks: SimpleQueue[tuple[str, Numbers] | int | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._changed = threading.Condition()
        self._bytes = 0
        self._pending: set[str] = set()
        self._rows: list[tuple[int, Row]] = []
        self._problems: list[tuple[str, str]] = []
        self._said: set[tuple[str, bool]] = set()

    def after_fork(self) -> None:
        """Start anew in a child, which has no thread and an unknown lock."""
        self._begin()

    def add(self, wish: Wish) -> None:
        """Watch the models of `wish`, by its terms from now on."""
        self.remove(wish.models)
        numbers = itertools.count(wish.first or 0)
        for model in wish.models if wish.kinds else ():
            taken = {watched.number for watched in self._models}
            number = next(number for number in numbers if number not in taken)
            self._models.append(_Model(model, number, wish, self._take))

    def remove(self, models: Sequence[Any] | None = None) -> None:
        """Watch `models` no longer; all, if none are named."""
        kept: list[_Model] = []
        for watched in self._models:
            if models is None or any(watched.model is model for model in models):
                watched.remove()
            else:
                kept.append(watched)
        self._models = kept

    def rows(self, step: int) -> list[tuple[int, Row]]:
        """Give what was copied since the last row `step`; return what is counted."""
        if self._pending:
            self._tasks.put(step)
            self._pending.clear()
        if not self._rows:
            return []
        with self._changed:
            rows, self._rows = self._rows, []
        return rows

    def odd(self) -> list[tuple[str, str]]:
        """Return what was odd about the numbers, once for each kind."""
        if not self._problems:
            return []
        with self._changed:
            found, self._problems = self._problems, []
        return found

    def close(self, step: int) -> list[tuple[int, Row]]:
        """Watch no more; wait for what is being counted and return all of it."""
        self.remove()
        rows = self.rows(step)
        if self._thread is not None:
            self._tasks.put(None)
            self._thread.join()
            self._thread = None
        return rows + self.rows(step)

    def _take(self, key: str, tensor: Any) -> None:
        """Copy the numbers of `tensor`; called by hooks, in the loop's time."""
        try:
            found = list(load(_MODULE.module).numbers(tensor))
        except Exception as error:  # noqa: BLE001 - of any kind of tensor; it is named
            reason = getattr(error, "received", error)
            self._note(key, f"{_LEFT_OUT}: {reason}")
            return
        for item in found:
            name = f"{key}.{item.part}" if item.part else key
            if name in self._pending:  # no row came in between: none is lost
                self._tasks.put(-1)
                self._pending.clear()
            self._wait_for_room(item.array.nbytes)
            self._pending.add(name)
            self._tasks.put((name, item))
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._count, name="mediatypes-watch", daemon=True
            )
            self._thread.start()

    def _wait_for_room(self, size: int) -> None:
        with self._changed:
            while self._bytes and self._bytes + size > _QUEUE_BYTES:
                self._changed.wait()
            self._bytes += size

    def _count(self) -> None:
        """Count what was copied; a number is the step of all since the last one."""
        values: dict[str, Histogram] = {}
        waiting: list[dict[str, Histogram]] = []
        while (task := self._tasks.get()) is not None:
            if isinstance(task, int):
                waiting.append(values)
                values = {}
                if task >= 0:
                    self._stamp(task, waiting)
                    waiting = []
                continue
            key, found = task
            try:
                values[key], problems = _counted(found)
            except Exception as error:  # noqa: BLE001 - as in _take
                problems = (f"{_LEFT_OUT}: {error}",)
            for problem in problems:
                self._note(key, problem)
            with self._changed:
                self._bytes -= found.array.nbytes
                self._changed.notify_all()

    def _stamp(self, step: int, waiting: list[dict[str, Histogram]]) -> None:
        for values in waiting:
            keys = list(values)
            for start in range(0, len(keys), _ROW_KEYS):
                row = build({key: values[key] for key in keys[start:][:_ROW_KEYS]})
                with self._changed:
                    self._rows.append((step, row))

    def _note(self, key: str, problem: str) -> None:
        """Remember what is odd, for the first of all gradients or all parameters."""
        kind = key.partition("/")[0], problem.startswith(_LEFT_OUT)
        with self._changed:
            if kind not in self._said:
                self._said.add(kind)
                self._problems.append((key, problem))


def _counted(found: Numbers) -> tuple[Histogram, tuple[str, ...]]:
    """Return the histogram of a tensor, and what is odd about its numbers."""
    if not found.zeros:
        histogram = Histogram(found.array)
        return histogram, histogram.problems
    values = found.array.astype(np.float64)
    finite = values[np.isfinite(values)]
    low, high = float(finite.min(initial=0)), float(finite.max(initial=0))
    limits = (low, high) if low < high else (-0.5, 0.5)
    stored = Histogram(values, range=limits)
    problems = stored.problems if stored.source.nonfinite else ()
    return stored + _zeros(found.zeros, stored), problems


def _zeros(number: int, like: Histogram) -> Histogram:
    """Return the histogram of so many zeros, by the edges of another."""
    counts, _ = np.histogram([0.0], like.edges)
    facts = dict.fromkeys(STATISTICS, 0) | {"count": number}
    edges = like.edges.tolist()
    return Histogram.from_inline(
        facts | {"counts": (counts * number).tolist(), "edges": edges}
    )
