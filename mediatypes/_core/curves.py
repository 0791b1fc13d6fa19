"""How well scores tell classes apart: curves and counts, by NumPy alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Curve", "confusion", "precision_recall", "receiver_operating"]


class Curve(NamedTuple):
    """A curve, and the number that sums it up."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    area: float


def _hits(
    truth: NDArray[np.bool_], scores: NDArray[Any]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how many are found, rightly and wrongly, from each score upwards."""
    order = np.argsort(-scores, kind="stable")
    falling = scores[order]
    last = np.append(np.flatnonzero(np.diff(falling)), len(falling) - 1)
    right = np.cumsum(truth[order], dtype=np.int64)[last]
    return right, 1 + last - right


def precision_recall(truth: NDArray[np.bool_], scores: NDArray[Any]) -> Curve:
    """Return precision over rising recall, and the average precision.

    There is at least one truth.
    """
    right, wrong = _hits(truth, scores)
    precision, recall = right / (right + wrong), right / right[-1]
    area = float(np.sum(np.diff(recall, prepend=0.0) * precision))
    return Curve(np.append(0.0, recall), np.append(1.0, precision), area)


def receiver_operating(truth: NDArray[np.bool_], scores: NDArray[Any]) -> Curve:
    """Return the rate of true positives over that of false ones, and the area.

    There is at least one truth and one that is none. Points in the middle of a straight
    piece are left out.
    """
    right, wrong = _hits(truth, scores)
    kept = np.ones(len(right), np.bool_)
    kept[1:-1] = (np.diff(right, 2) != 0) | (np.diff(wrong, 2) != 0)
    x = np.append(0.0, wrong[kept] / wrong[-1])
    y = np.append(0.0, right[kept] / right[-1])
    return Curve(x, y, float(np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2)))


def confusion(
    truth: NDArray[np.int64], found: NDArray[np.int64], classes: int
) -> NDArray[np.int64]:
    """Return how often class `found` was given for class `truth`: (truth, found)."""
    pairs = np.bincount(truth * classes + found, minlength=classes * classes)
    return pairs.reshape(classes, classes).astype(np.int64)
