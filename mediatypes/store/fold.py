"""What the records of a run add up to: summary, config, name.

The recorder folds as it writes and the reader as it reads, so both mean the same.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from mediatypes.schema import Metric, decode_value

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["SUMMARIES", "Fold", "Reference"]

SUMMARIES: Final = ("last", "first", "min", "max", "mean", "none")
"""Ways to summarise a key."""

_LAST: Final = "last"
_NONE: Final = "none"


class Reference(NamedTuple):
    """Media of one key in one row; what they are is looked up at the end."""

    writer: str
    number: int
    """Of the log record."""
    key: str
    length: int | None
    """Of the list they came in, if it was one."""


class Fold:
    """Adds records up, in the order they are given.

    Summary values are kept as JSON has them; config likewise.
    """

    def __init__(self) -> None:
        self.config: dict[str, Any] = {}
        self.name: str | None = None
        self.metrics: dict[str, Metric] = {}
        self._last: dict[str, Any] = {}
        self._media: dict[str, Reference] = {}
        self._given: dict[str, Any] = {}
        self._tracked: dict[str, _Track] = {}

    def log(self, data: dict[str, Any]) -> None:
        """Take in the data of one call of ``log``."""
        self._last.update(data)
        if self._media:
            for key in self._media.keys() & data.keys():
                del self._media[key]
        if self.metrics:
            for key, value in data.items():
                metric = self._metric(key)
                if metric is not None and metric.summary is not None:
                    self._tracked.setdefault(key, _Track()).add(value)

    def media(self, key: str, reference: Reference) -> None:
        """Take in that media came under `key`; what it is is looked up at the end."""
        self._last[key] = None
        self._media[key] = reference

    def set(self, data: dict[str, Any], removed: tuple[str, ...] = ()) -> None:
        """Take in summary keys set by hand; they win over what is logged."""
        self._given.update(data)
        for key in removed:
            self._given.pop(key, None)
            self._last.pop(key, None)
            self._media.pop(key, None)
            self._tracked.pop(key, None)

    def define(self, metric: Metric) -> None:
        """Take in how a key is summarised."""
        self.metrics[metric.name] = metric

    def summary(self, resolve: Callable[[Reference], Any]) -> dict[str, Any]:
        """Return the summary: keys set by hand, else by definition, else the last.

        Parameters
        ----------
        resolve
            Returns what the summary holds for a media reference.
        """
        return {key: self.value_of(key, resolve) for key in self.keys()}

    def keys(self) -> list[str]:
        """Return the keys of the summary."""
        logged = [key for key in self._last if self._ways(key) != _NONE]
        return list(dict.fromkeys([*logged, *self._given]))

    def value_of(self, key: str, resolve: Callable[[Reference], Any]) -> Any:
        """Return what `summary` has under one of its keys."""
        if key in self._given:
            return self._given[key]
        value, ways = self._last[key], self._ways(key)
        if ways == _NONE:
            raise KeyError(key)
        if key in self._media:
            return resolve(self._media[key])
        track = self._tracked.get(key)
        return value if track is None else track.summarised(ways, value)

    def _ways(self, key: str) -> str:
        metric = self._metric(key) if self.metrics else None
        return _LAST if metric is None or metric.summary is None else metric.summary

    def references(self) -> list[Reference]:
        """Return the media that the summary refers to."""
        return list(self._media.values())

    def to_plain(self) -> dict[str, Any]:
        """Return all that has been taken in, as JSON can write it."""
        return {
            "config": self.config,
            "name": self.name,
            "metrics": [
                msgspec.to_builtins(metric) for metric in self.metrics.values()
            ],
            "last": self._last,
            "media": {key: list(one) for key, one in self._media.items()},
            "given": self._given,
            "tracked": {key: track.to_plain() for key, track in self._tracked.items()},
        }

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Fold:
        """Return what `to_plain` was called on."""
        self = cls()
        self.config, self.name = plain["config"], plain["name"]
        metrics = [msgspec.convert(metric, Metric) for metric in plain["metrics"]]
        self.metrics = {metric.name: metric for metric in metrics}
        self._last, self._given = plain["last"], plain["given"]
        self._media = {key: Reference(*one) for key, one in plain["media"].items()}
        for key, one in plain["tracked"].items():
            self._tracked[key] = _Track.from_plain(one)
        return self

    def _metric(self, key: str) -> Metric | None:
        metric = self.metrics.get(key)
        if metric is not None:
            return metric
        stars = [
            name
            for name in self.metrics
            if name.endswith("*") and key.startswith(name[:-1])
        ]
        return self.metrics[max(stars, key=len)] if stars else None


class _Track:
    """Minimum, maximum, mean and first of the numbers of one key, NaN left out."""

    def __init__(self) -> None:
        self.count = 0
        self.total = 0.0
        self.low = math.inf
        self.high = -math.inf
        self.first: Any = None
        self.seen = False

    def add(self, value: Any) -> None:
        if not self.seen:
            self.first, self.seen = value, True
        number = decode_value(value)
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            return
        if math.isnan(number):
            return
        self.count += 1
        self.total += number
        self.low = min(self.low, number)
        self.high = max(self.high, number)

    def to_plain(self) -> list[Any]:
        spread = [repr(self.total), repr(self.low), repr(self.high)]
        return [self.count, *spread, self.first, self.seen]

    @classmethod
    def from_plain(cls, plain: list[Any]) -> _Track:
        self = cls()
        self.count, self.first, self.seen = plain[0], plain[4], plain[5]
        self.total, self.low, self.high = map(float, plain[1:4])
        return self

    def summarised(self, ways: str, last: Any) -> Any:
        values = {"last": last, "first": self.first}
        if self.count:
            values |= {
                "min": self.low,
                "max": self.high,
                "mean": self.total / self.count,
            }
        wanted = [way for way in ways.split(",") if way in values]
        if len(wanted) == 1:
            return values[wanted[0]]
        return {way: values[way] for way in wanted} if wanted else last
