"""What a classifier said beside what is true, as whole numbers and names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from mediatypes._core.options import check_integral
from mediatypes.adapters.columns import check_lengths, column, numbers
from mediatypes.errors import OptionError, ShapeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Scores", "indices", "names_of", "parse_classes", "parse_scores"]

_PAIR: Final = 2
_SHOWN: Final = 5


class Scores(NamedTuple):
    """Truths, and the probability of each class."""

    truth: NDArray[np.int64]
    """Shape (samples,): indices of classes."""
    probabilities: NDArray[np.float64]
    """Shape (samples, classes), all finite."""
    names: list[str]
    shown: list[int]
    """The classes to draw."""
    remarks: tuple[str, ...]


def parse_scores(
    y_true: Any, y_probas: Any, labels: Sequence[Any] | None, chosen: Any
) -> Scores:
    """Return what `roc_curve` and `pr_curve` were given.

    Raises
    ------
    mediatypes.errors.ShapeError
        If there are not as many truths as scores.
    mediatypes.errors.OptionError
        If a truth, a label or a chosen class is none of the classes.
    """
    scores = numbers(y_probas, "y_probas")
    is_single = scores.ndim == 1 or scores.shape[1:] == (1,)
    if is_single:
        scores = np.stack([1 - scores.ravel(), scores.ravel()], axis=1)
    if scores.ndim != _PAIR:
        expected = "of shape (samples, classes) or (samples,)"
        received = f"shape {scores.shape}"
        raise ShapeError("Plot", "y_probas", expected=expected, received=received)
    given = column(None, y_true, "y_true")
    check_lengths(y_true=given.values, y_probas=scores)
    names = names_of(labels, [given.cells], scores.shape[1])
    if len(names) > scores.shape[1]:
        expected = f"names of {scores.shape[1]} classes, as y_probas has them"
        raise OptionError("Plot", "labels", expected=expected, received=f"{names}")
    truth = indices(given.cells, names, "y_true")
    shown = parse_classes(chosen, names)
    if is_single and chosen is None:
        shown = [1] if len(names) > 1 else []
    finite: NDArray[Any] = np.asarray(np.isfinite(scores).all(axis=1))
    remarks: tuple[str, ...] = ()
    if not finite.all():
        count = f"{(~finite).sum():,} of {len(finite):,} samples"
        remarks = (f"{count} have scores that are not finite and are left out",)
    return Scores(truth[finite], scores[finite], names, shown, remarks)


def names_of(
    given: Sequence[Any] | None, cells: list[list[Any]], count: int | None = None
) -> list[str]:
    """Return the names of classes: those given, or those of `cells` in order."""
    if given is not None:
        return [str(name) for name in given]
    found = {cell for part in cells for cell in part}
    if any(isinstance(cell, str) for cell in found):
        return sorted(map(str, found))
    known = [check_integral(int(x) if isinstance(x, bool) else x) for x in found]
    if count is not None:
        return [str(index) for index in range(count)]
    return [str(x) for x in sorted(x for x in known if x is not None)]


def indices(cells: list[Any], names: list[str], field: str) -> NDArray[np.int64]:
    """Return `cells`, names of classes or their numbers, as indices into `names`.

    Raises
    ------
    mediatypes.errors.OptionError
        If one is none of them.
    """
    known = {name: index for index, name in enumerate(names)}
    found = [known.get(_word(cell), _index(cell, len(names))) for cell in cells]
    if None in found:
        wrong = cells[found.index(None)]
        some = ", ".join(names[:_SHOWN]) + (", …" * (len(names) > _SHOWN))
        expected = f"classes out of {len(names)} ({some})"
        raise OptionError("Plot", field, expected=expected, received=repr(wrong))
    return np.array(found, np.int64).reshape(-1)


def _word(cell: Any) -> str:
    number = None if isinstance(cell, (bool, str)) else check_integral(cell)
    return str(cell if number is None else number)


def _index(cell: Any, count: int) -> int | None:
    number = int(cell) if isinstance(cell, bool) else check_integral(cell)
    return number if number is not None and 0 <= number < count else None


def parse_classes(chosen: Any, names: list[str]) -> list[int]:
    """Return the classes to draw, all without a choice."""
    if chosen is None:
        return list(range(len(names)))
    found: list[int] = indices(list(chosen), names, "classes_to_plot").tolist()
    return found
