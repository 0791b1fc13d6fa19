"""Charts: what they show, the numbers they carry, and what they refuse."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from PIL import Image as Pillow
from sklearn import metrics

import mediatypes as mt
from mediatypes import errors
from mediatypes.adapters import chart_making
from mediatypes.adapters.chart_drawing import _THEMES
from mediatypes.testing import round_trip

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
RANDOM = np.random.default_rng(0)
TRUTH = RANDOM.integers(0, 3, 200)
SCORES = RANDOM.random((200, 3)) + np.eye(3)[TRUTH] / 2
NAMES = ["cat", "dog", "eel"]
ROWS = [{"x": 0, "y": 1.5, "kind": "a"}, {"x": 1, "y": -2.0, "kind": "b"}]
COLUMNS: dict[str, list[Any]] = {"x": [0, 1], "y": [1.5, -2.0], "kind": ["a", "b"]}

CHARTS: dict[str, Callable[..., mt.Plot]] = {
    "line": lambda **o: mt.plot.line(COLUMNS, "x", "y", "kind", **o),
    "scatter": lambda **o: mt.plot.scatter(COLUMNS, "x", "y", **o),
    "bar": lambda **o: mt.plot.bar(COLUMNS, "kind", "y", **o),
    "histogram": lambda **o: mt.plot.histogram(COLUMNS, "y", **o),
    "line_series": lambda **o: mt.plot.line_series([0, 1], [[1, 2], [2, 1]], **o),
    "confusion_matrix": lambda **o: mt.plot.confusion_matrix(SCORES, TRUTH, **o),
    "pr_curve": lambda **o: mt.plot.pr_curve(TRUTH, SCORES, NAMES, **o),
    "roc_curve": lambda **o: mt.plot.roc_curve(TRUTH, SCORES, NAMES, **o),
}


class Table:
    """A table in the known style."""

    columns = tuple(COLUMNS)

    def get_column(self, name: str) -> list[Any]:
        return COLUMNS[name]


@pytest.mark.parametrize("make", CHARTS.values(), ids=CHARTS)
def test_a_chart_is_a_plot_that_reads_back_with_its_numbers(
    make: Callable[..., mt.Plot],
) -> None:
    plot = make(caption="c", title="t")
    found: Any = round_trip(plot)

    assert isinstance(plot, mt.Plot)
    assert plot == found
    assert plot.problems == ()
    assert found.data == plot.data
    assert len({len(values) for values in (found.data or {}).values()}) == 1
    with Pillow.open(io.BytesIO(plot.encode().data)) as picture:
        assert picture.size == (plot.width, plot.height) == (720, 510)


@pytest.mark.parametrize("make", CHARTS.values(), ids=CHARTS)
def test_a_chart_is_light_or_dark_whatever_the_settings(
    make: Callable[..., mt.Plot],
) -> None:
    light, dark = make(), make(theme="dark")
    with mpl.rc_context({"figure.facecolor": "red", "font.size": 30}):
        np.testing.assert_array_equal(make().pixels, light.pixels)

    assert light.pixels[0, 0].tolist() == [255, 255, 255, 255]
    assert dark.pixels[0, 0].tolist() == [22, 25, 29, 255]
    with pytest.raises(errors.OptionError, match="theme must be light or dark"):
        make(theme="blue")


def test_charts_are_logged_and_read() -> None:
    run = mt.init()
    run.log({name: make() for name, make in CHARTS.items()})
    run.finish(quiet=True)
    found = mt.open_run(run.dir)

    assert {*found.keys()} == {*CHARTS}
    line: Any = found.media("line")[0][0]
    assert line.data == COLUMNS
    assert mt.Plot.line(COLUMNS, "x", "y", "kind") == line


@pytest.mark.parametrize(
    "table",
    [COLUMNS, ROWS, pd.DataFrame(ROWS), Table()],
    ids=["mapping", "rows", "pandas", "table"],
)
def test_a_table_of_any_kind_has_columns(table: Any) -> None:
    assert mt.plot.line(table, "x", "y", stroke="kind").data == COLUMNS
    assert mt.plot.line(table, "x", "y", split_table=True).data == {
        "x": COLUMNS["x"],
        "y": COLUMNS["y"],
    }


@pytest.mark.frameworks
def test_frames_of_other_libraries_have_columns() -> None:
    polars, pyarrow = pytest.importorskip("polars"), pytest.importorskip("pyarrow")

    for table in (polars.DataFrame(COLUMNS), pyarrow.table(COLUMNS)):
        assert mt.plot.line(table, "x", "y", "kind").data == COLUMNS


def test_arrays_need_no_table() -> None:
    plot = mt.plot.line(
        x=np.arange(3, dtype=np.int8), y=np.array([1, 2, 4], np.float32)
    )

    assert plot.data == {"x": [0, 1, 2], "y": [1.0, 2.0, 4.0]}
    assert mt.plot.histogram(value=(1, 2)).data == {"value": [1, 2]}


def test_dates_and_words_are_numbers_enough_for_x() -> None:
    days = [dt.datetime(2026, 1, day) for day in (1, 2)]  # noqa: DTZ001 - as people have them
    plot = mt.plot.line(x=np.array(days, "datetime64[D]"), y=[1, 2])
    words = mt.plot.scatter(x=["a", None], y=[1, 2])

    assert plot.data == {"x": ["2026-01-01", "2026-01-02"], "y": [1, 2]}
    assert words.data == {"x": ["a", ""], "y": [1, 2]}


def test_gaps_are_gaps() -> None:
    plot = mt.plot.line(x=[0, 1, 2, 3], y=[1, None, np.inf, 2])

    assert str(plot.data) == "{'x': [0, 1, 2, 3], 'y': [1.0, nan, inf, 2.0]}"


# Nothing is too odd


@pytest.mark.parametrize(
    "values",
    [
        [],
        [3.0],
        [2.0] * 5,
        [1e300] * 3,
        [-1.7e308, 1.7e308, 0.0],
        [5e-324, 0.0],
        [2**60, 2**60 + 1],
        [True, False],
        list(range(10_000)),
    ],
    ids=lambda values: repr(values)[:30],
)
def test_a_histogram_counts_all_that_is_finite(values: list[Any]) -> None:
    plot = mt.plot.histogram(value=values)

    assert plot.data == {"value": values}
    assert plot.problems == () or max(values) > 1e308  # matplotlib has no such axis
    counts, edges = chart_making.histogram(None, values).content
    assert counts.sum() == len(values)
    assert all(low < high for low, high in pairwise(edges))


def test_what_is_not_finite_is_left_out_and_said() -> None:
    run = mt.init()
    with pytest.warns(errors.MediaTypesWarning, match="'h': 2 of 4 values are not fin"):
        run.log({"h": mt.plot.histogram(value=[1, 2, np.nan, np.inf])})
    scores = SCORES.copy()
    scores[0, 0] = np.nan
    with pytest.warns(errors.MediaTypesWarning, match="1 of 200 samples have scores"):
        run.log({"roc": mt.plot.roc_curve(TRUTH, scores)})
    run.finish(quiet=True)
    found: Any = mt.open_run(run.dir).media("h")[0][0]

    assert found.source.reasons == found.problems
    assert "left out" in found.problems[0]


@pytest.mark.parametrize("length", [0, 1])
def test_charts_of_nothing_and_of_one_point_are_charts(length: int) -> None:
    short = {name: values[:length] for name, values in COLUMNS.items()}
    plots = [
        mt.plot.line(short, "x", "y"),
        mt.plot.line(short, "x", "y", "kind"),
        mt.plot.scatter(short, "x", "y"),
        mt.plot.bar(short, "kind", "y"),
        mt.plot.line_series([0.0][:length], [[1.0][:length]]),
        mt.plot.line_series([], []),
        mt.plot.confusion_matrix(y_true=[1][:length], preds=[0][:length]),
        mt.plot.pr_curve([1][:length], [0.5][:length]),
        mt.plot.roc_curve([1][:length], np.ones((length, 2))),
    ]

    assert {plot.pixels.shape for plot in plots} == {(510, 720, 4)}


def test_a_class_without_a_curve_is_named() -> None:
    plot = mt.plot.roc_curve([0, 0, 1], np.ones((3, 3)), NAMES)

    assert plot.problems == (
        "class 'eel' has no curve: all or none of the samples are of it",
    )
    assert set((plot.data or {})["class"]) == {"cat", "dog"}


def test_many_names_and_many_classes_are_drawn() -> None:
    names = [f"a long name of a layer {i}" for i in range(60)]
    assert mt.plot.bar(label=names, value=range(60)).problems == ()
    assert mt.plot.bar(label=range(60), value=range(60)).problems == ()
    many = RANDOM.integers(0, 100, 500)
    assert mt.plot.confusion_matrix(y_true=many, preds=many).problems == ()
    lines = mt.plot.line_series(range(5), RANDOM.random((30, 5)))
    assert lines.problems == ()


# Against scikit-learn


def test_a_confusion_matrix_counts_as_scikit_learn_does() -> None:
    found = SCORES.argmax(axis=1)
    expected = metrics.confusion_matrix(TRUTH, found)
    words = [NAMES[index] for index in TRUTH]
    ways: list[dict[str, Any]] = [
        {"probs": SCORES, "y_true": TRUTH},
        {"probs": SCORES.tolist(), "y_true": words, "class_names": NAMES},
        {"preds": found, "y_true": TRUTH.astype(np.float32)},
        {"preds": [NAMES[i] for i in found], "y_true": words},
        {"preds": found, "y_true": words, "class_names": NAMES},
    ]
    for way in ways:
        data: Any = mt.plot.confusion_matrix(**way).data
        assert data["nPredictions"] == expected.ravel().tolist()
        is_named = way["y_true"] is words
        named = NAMES if is_named else list("012")
        assert data["Actual"][::3] == named
        assert data["Predicted"][:3] == named


@pytest.mark.parametrize("index", [0, 1, 2])
def test_curves_are_those_of_scikit_learn(index: int) -> None:
    truth = index == TRUTH
    wrong, right, _ = metrics.roc_curve(truth, SCORES[:, index])
    precision, recall, _ = metrics.precision_recall_curve(truth, SCORES[:, index])
    chosen: list[Any] = [index, NAMES[index], np.int64(index)]

    for which in chosen:
        roc: Any = mt.plot.roc_curve(TRUTH, SCORES, NAMES, [which]).data
        np.testing.assert_allclose(roc["fpr"], wrong)
        np.testing.assert_allclose(roc["tpr"], right)
        assert set(roc["class"]) == {NAMES[index]}
        pr: Any = mt.plot.pr_curve(TRUTH, SCORES, NAMES, [which]).data
        np.testing.assert_allclose(pr["precision"], precision[::-1])
        np.testing.assert_allclose(pr["recall"], recall[::-1])


def test_scores_of_one_class_are_those_of_class_1() -> None:
    truth, scores = np.equal(TRUTH, 1), SCORES[:, 1]
    wrong, right, _ = metrics.roc_curve(truth, scores)

    for given in (scores, scores[:, None], scores.tolist()):
        for true in (truth, truth.astype(int), ["yes" if x else "no" for x in truth]):
            roc: Any = mt.plot.roc_curve(true, given).data
            np.testing.assert_allclose(roc["fpr"], wrong)
            np.testing.assert_allclose(roc["tpr"], right)


def test_a_curve_may_be_taken_at_equal_steps_and_is_never_too_long() -> None:
    truth = RANDOM.random(5_000) < 0.5
    scores = RANDOM.random(5_000) + truth / 2
    pr: Any = mt.plot.pr_curve(truth, scores, interp_size=21).data
    long: Any = mt.plot.pr_curve(truth, scores).data

    assert pr["recall"] == pytest.approx(np.linspace(0, 1, 21))
    assert 500 < len(long["recall"]) <= 1_001
    assert (long["recall"][0], long["recall"][-1]) == (0, 1)


def test_scikit_learn_is_not_needed() -> None:
    work = (
        "import sys; sys.modules['sklearn'] = None; import mediatypes as mt;"
        "assert 'matplotlib' not in sys.modules;"
        "mt.plot.roc_curve([0, 1], [0.1, 0.9]);"
        "mt.plot.confusion_matrix(y_true=[0, 1], preds=[0, 1]);"
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )

    subprocess.run([sys.executable, "-c", work], check=True, cwd=ROOT)


# What is refused


REFUSED: list[tuple[Callable[[], object], str]] = [
    (
        lambda: mt.plot.line(COLUMNS, "x", "why"),
        "y must be the name of a column, o",
    ),
    (lambda: mt.plot.line(COLUMNS, "x"), "y must be the name of a column"),
    (lambda: mt.plot.line(3, "x", "y"), "table must be a frame"),
    (lambda: mt.plot.line(None, "x", "y"), "table must be a frame"),
    (lambda: mt.plot.line(x=[1], y=object()), "y must be an array"),
    (lambda: mt.plot.line(x=[1], y=["a"]), "y must be real numbers"),
    (lambda: mt.plot.line(x=[1], y=[1j]), "y must be real numbers"),
    (lambda: mt.plot.line(x=[1, 2], y=[1]), "y must be as many"),
    (lambda: mt.plot.line(x=[1], y=[1], stroke=[]), "stroke must be as many"),
    (lambda: mt.plot.line(x=[[1]], y=[[1]]), "x must be values along one axis"),
    (lambda: mt.plot.bar(label=["a"], value=[1, 2]), "value must be as many"),
    (lambda: mt.plot.histogram(value=["a"]), "value must be real numbers"),
    (lambda: mt.plot.line_series([1, 2], [[1]]), "ys must be as many"),
    (lambda: mt.plot.line_series([[1]], [[1], [1]]), "xs must be as many"),
    (lambda: mt.plot.line_series([1], [[1]], ["a", "b"]), "keys must be as many"),
    (lambda: mt.plot.line_series(3, [[1]]), "xs must be"),
    (lambda: mt.plot.line_series([1], 3), "ys must be"),
    (lambda: mt.plot.line_series([1], [1]), "ys must be"),
    (mt.plot.confusion_matrix, "preds must be given without"),
    (lambda: mt.plot.confusion_matrix(SCORES, TRUTH, TRUTH), "got both"),
    (lambda: mt.plot.confusion_matrix([1.0], [0]), "probs must be of shape"),
    (lambda: mt.plot.confusion_matrix(SCORES, [0]), "preds must be as many"),
    (
        lambda: mt.plot.confusion_matrix(y_true=[2], preds=[0], class_names=["a"]),
        r"y_true must be classes out of 1 \(a\); got 2",
    ),
    (lambda: mt.plot.confusion_matrix(y_true=[0.5], preds=[0]), "y_true must be"),
    (lambda: mt.plot.roc_curve([0], np.ones((1, 1, 2))), "y_probas must be of sh"),
    (lambda: mt.plot.roc_curve([0], [0.1, 0.2]), "y_probas must be as many"),
    (lambda: mt.plot.roc_curve([3], [[0.1, 0.2]]), "y_true must be classes out"),
    (lambda: mt.plot.roc_curve([-1], [[0.1, 0.2]]), "y_true must be classes out"),
    (lambda: mt.plot.roc_curve([0], [[0.1, 0.2]], list("abc")), "labels must be"),
    (lambda: mt.plot.roc_curve([0], [[1, 2]], None, [7]), "classes_to_plot must"),
    (lambda: mt.plot.roc_curve([0], None), "y_probas must be an array"),
    (lambda: mt.plot.pr_curve([0], [1.0], interp_size=1), "interp_size must be"),
    (
        lambda: mt.plot.pr_curve([0], [1.0], interp_size="x"),  # type: ignore[arg-type]  # as a mistake
        "interp_size must be",
    ),
]


@pytest.mark.parametrize(("call", "message"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_no_chart_is_refused_by_name(
    call: Callable[[], object], message: str
) -> None:
    with pytest.raises(errors.InvalidMediaError, match=f"Plot: .*{message}"):
        call()


# Colours


def _seen(colour: str, matrix: Any) -> Any:
    """Return a colour as a dichromat sees it, in CIELAB (D65)."""
    from matplotlib.colors import to_rgb

    srgb = np.array(to_rgb(colour))
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(matrix) @ linear, 0, 1)
    xyz = (
        np.array(
            [
                [0.4124, 0.3576, 0.1805],
                [0.2126, 0.7152, 0.0722],
                [0.0193, 0.1192, 0.9505],
            ]
        )
        @ seen
        / [0.9505, 1, 1.089]
    )
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


# Machado, Oliveira and Fernandes (2009), severity 1, table 1.
SIGHT = {
    "usual": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("theme", _THEMES)
def test_colours_are_told_apart_by_everybody(theme: str, sight: str) -> None:
    colours = _THEMES[theme].colours
    seen = [_seen(colour, SIGHT[sight]) for colour in (*colours, _THEMES[theme].ground)]
    gaps = {
        (a, b): float(np.linalg.norm(seen[a] - seen[b]))
        for a in range(len(seen))
        for b in range(a)
    }

    assert min(gaps.values()) > 9, min(gaps, key=lambda pair: gaps[pair])
