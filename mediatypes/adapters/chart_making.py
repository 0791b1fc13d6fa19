"""From what people have to what a chart shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mediatypes._core import curves
from mediatypes._core.optional import type_name
from mediatypes._core.options import check_integral
from mediatypes.adapters.chart import Chart, Series
from mediatypes.adapters.columns import check_lengths, column, numbers
from mediatypes.adapters.scores import indices, names_of
from mediatypes.errors import OptionError, ShapeError, UnsupportedInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from mediatypes.adapters.scores import Scores

    _Measure = Callable[[NDArray[np.bool_], NDArray[Any]], curves.Curve | None]

__all__ = [
    "bars",
    "confusion_matrix",
    "histogram",
    "many_lines",
    "points",
    "pr_curve",
    "roc_curve",
]

_MOST_BINS: Final = 64
_MOST_POINTS: Final = 1_000
"""Points of a curve that are drawn and kept; no screen shows more."""
_PAIR: Final = 2


def points(draws: str, table: Any, which: tuple[Any, Any, Any]) -> Chart:
    """Return lines or points from the columns x, y and what tells lines apart."""
    across, up = column(table, which[0], "x"), column(table, which[1], "y")
    kinds = None if which[2] is None else column(table, which[2], "stroke")
    strokes = None if kinds is None else kinds.values
    check_lengths(x=across.values, y=up.values, stroke=strokes)
    values = numbers(up.values, "y")
    columns = {across.name: across.cells, up.name: up.cells}
    series = [Series(None, across.values, values)]
    if kinds is not None:
        columns[kinds.name] = kinds.cells
        words = np.array([str(cell) for cell in kinds.cells], object)
        series = [
            Series(name, across.values[words == name], values[words == name])
            for name in dict.fromkeys(words.tolist())
        ]
    return Chart(draws, series, columns, x_label=across.name, y_label=up.name)


def bars(table: Any, label: Any, value: Any) -> Chart:
    """Return a bar for each row."""
    names, values = column(table, label, "label"), column(table, value, "value")
    check_lengths(label=names.values, value=values.values)
    words = [str(cell) for cell in names.cells]
    content = words, numbers(values.values, "value"), values.name
    return Chart("bars", content, {names.name: names.cells, values.name: values.cells})


def histogram(table: Any, value: Any) -> Chart:
    """Return how often values fall into equal bins."""
    values = column(table, value, "value")
    known = numbers(values.values, "value")
    finite = known[np.isfinite(known)]
    low, high = (finite.min(), finite.max()) if len(finite) else (0.0, 1.0)
    edges = _edges(float(low), float(high), len(finite))
    chart = Chart(
        "counts",
        (np.histogram(finite, edges)[0], edges),
        {values.name: values.cells},
        x_label=values.name,
        y_label="count",
    )
    left_out = len(known) - len(finite)
    if not left_out:
        return chart
    text = f"{left_out:,} of {len(known):,} values are not finite and are left out"
    return chart._replace(remarks=(text,))


def _edges(low: float, high: float, count: int) -> NDArray[np.float64]:
    bins = max(1, min(_MOST_BINS, round(2 * count ** (1 / 3))))  # Rice's rule
    if low == high:
        half = max(0.5, abs(low) * 1e-6)
        return np.array([low - half, high + half])
    # In parts of it, since the span of the largest floats is infinite.
    parts = np.linspace(0, 1, bins + 1)
    edges = np.unique(low * (1 - parts) + high * parts)
    edges[[0, -1]] = low, high
    return edges


def many_lines(xs: Any, ys: Any, keys: Sequence[Any] | None, xname: str) -> Chart:
    """Return lines that share their x or have one each."""
    lines = [numbers(column(None, y, "ys").values, "ys") for y in _listed(ys, "ys")]
    across = _listed(xs, "xs")
    if across and np.ndim(across[0]) == 1:
        across = [column(None, x, "xs") for x in across]
    else:
        across = [column(None, across, "xs")] * len(lines)
    names = (
        [f"line_{i}" for i in range(len(lines))] if keys is None else [*map(str, keys)]
    )
    for field, found in (("xs", across), ("keys", names)):
        if len(found) != len(lines):
            expected = f"as many as there are ys, {len(lines)}"
            raise ShapeError("Plot", field, expected=expected, received=f"{len(found)}")
    series: list[Series] = []
    for name, x, y in zip(names, across, lines, strict=True):
        check_lengths(xs=x.values, ys=y)
        series.append(Series(name, x.values, y))
    columns: dict[str, list[Any]] = {
        "step": [cell for x in across for cell in x.cells],
        "lineKey": [one.name for one in series for _ in one.y],
        "lineVal": [value for y in lines for value in y.tolist()],
    }
    return Chart("lines", series, columns, x_label=xname)


def _listed(values: Any, field: str) -> list[Any]:
    try:
        return list(values)
    except TypeError:
        raise UnsupportedInputError(
            "Plot", field, expected="sequences of numbers", received=type_name(values)
        ) from None


def confusion_matrix(
    probs: Any, y_true: Any, preds: Any, class_names: Sequence[Any] | None
) -> Chart:
    """Return how often each class was taken for each other."""
    if (probs is None) == (preds is None):
        expected = "given without `probs`, or `probs` without it"
        received = "neither" if probs is None else "both"
        raise OptionError("Plot", "preds", expected=expected, received=received)
    truth, count = column(None, y_true, "y_true").cells, None
    if probs is not None:
        scores = numbers(probs, "probs")
        if scores.ndim != _PAIR:
            expected, received = "of shape (samples, classes)", f"shape {scores.shape}"
            raise ShapeError("Plot", "probs", expected=expected, received=received)
        found = np.nan_to_num(scores, nan=-np.inf).argmax(axis=1).tolist()
        count = scores.shape[1]
    else:
        found = column(None, preds, "preds").cells
    check_lengths(y_true=np.array(truth), preds=np.array(found))
    names = names_of(class_names, [truth, found], count)
    pair = indices(truth, names, "y_true"), indices(found, names, "preds")
    counts = curves.confusion(*pair, len(names))
    columns: dict[str, list[Any]] = {
        "Actual": [name for name in names for _ in names],
        "Predicted": names * len(names),
        "nPredictions": counts.ravel().tolist(),
    }
    return Chart(
        "matrix", (counts, names), columns, x_label="predicted", y_label="actual"
    )


def pr_curve(known: Scores, interp_size: int | None) -> Chart:
    """Return precision over recall for each class."""
    size = None if interp_size is None else check_integral(interp_size)
    if interp_size is not None and not (size and size > 1):
        expected, received = "a whole number of 2 or more", repr(interp_size)
        raise OptionError("Plot", "interp_size", expected=expected, received=received)

    def measure(truth: NDArray[np.bool_], scores: NDArray[Any]) -> curves.Curve | None:
        curve = curves.precision_recall(truth, scores) if truth.any() else None
        if curve is None or size is None:
            return curve
        x = np.linspace(0, 1, size)
        return curve._replace(x=x, y=curve.y[np.searchsorted(curve.x, x)])

    return _curves(known, measure, ("recall", "precision"), "AP")


def roc_curve(known: Scores) -> Chart:
    """Return the rate of true positives over that of false ones for each class."""

    def measure(truth: NDArray[np.bool_], scores: NDArray[Any]) -> curves.Curve | None:
        if not truth.any() or truth.all():
            return None
        return curves.receiver_operating(truth, scores)

    return _curves(known, measure, ("fpr", "tpr"), "AUC")


def _curves(
    known: Scores, measure: _Measure, names: tuple[str, str], area: str
) -> Chart:
    series, remarks = list[Series](), list(known.remarks)
    kept: dict[str, list[Any]] = {"class": [], names[0]: [], names[1]: []}
    for index in known.shown:
        name = known.names[index]
        curve = measure(known.truth == index, known.probabilities[:, index])
        if curve is None:
            remarks.append(
                f"class {name!r} has no curve: all or none of the samples are of it"
            )
            continue
        step = -(-len(curve.x) // _MOST_POINTS)
        places = np.unique(
            np.append(np.arange(0, len(curve.x), step), len(curve.x) - 1)
        )
        x, y = curve.x[places], curve.y[places]
        series.append(Series(f"{name} ({area} {curve.area:.3f})", x, y))
        for column_name, values in zip(
            kept, ([name] * len(x), x.tolist(), y.tolist()), strict=True
        ):
            kept[column_name] += values
    is_roc = area == "AUC"
    labels = ("false positive rate", "true positive rate") if is_roc else names
    chart = Chart("curves", (series, is_roc), kept, "", *labels)
    return chart._replace(remarks=tuple(remarks))
