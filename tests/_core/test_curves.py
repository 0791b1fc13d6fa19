"""Curves, held against scikit-learn's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from mediatypes._core import curves

SAMPLES = st.lists(
    st.tuples(
        st.booleans(), st.sampled_from([0.0, 0.1, 0.5, 0.5000001, 0.9, 1.0, -3.0])
    ),
    min_size=2,
    max_size=40,
).filter(lambda pairs: len({truth for truth, _ in pairs}) == 2)


def arrays(pairs: Any) -> tuple[Any, Any]:
    truth, scores = zip(*pairs, strict=True)
    return np.array(truth), np.array(scores)


@settings(deadline=None)
@given(SAMPLES)
def test_a_roc_curve_is_that_of_scikit_learn(pairs: Any) -> None:
    truth, scores = arrays(pairs)
    wrong, right, _ = metrics.roc_curve(truth, scores)

    curve = curves.receiver_operating(truth, scores)

    np.testing.assert_allclose(curve.x, wrong, rtol=1e-12)
    np.testing.assert_allclose(curve.y, right, rtol=1e-12)
    assert curve.area == pytest.approx(metrics.roc_auc_score(truth, scores), abs=1e-12)


@settings(deadline=None)
@given(SAMPLES)
def test_precision_over_recall_is_that_of_scikit_learn(pairs: Any) -> None:
    truth, scores = arrays(pairs)
    precision, recall, _ = metrics.precision_recall_curve(truth, scores)

    curve = curves.precision_recall(truth, scores)

    np.testing.assert_allclose(curve.x, recall[::-1], rtol=1e-12)
    np.testing.assert_allclose(curve.y, precision[::-1], rtol=1e-12)
    average = metrics.average_precision_score(truth, scores)
    assert curve.area == pytest.approx(average, abs=1e-12)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1))
def test_a_confusion_matrix_is_that_of_scikit_learn(pairs: Any) -> None:
    truth, found = (np.array(column) for column in zip(*pairs, strict=True))

    np.testing.assert_array_equal(
        curves.confusion(truth, found, 5),
        metrics.confusion_matrix(truth, found, labels=range(5)),
    )
