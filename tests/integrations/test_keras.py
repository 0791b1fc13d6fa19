"""The callback against Keras itself, on the torch backend."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import mediatypes as mt
from mediatypes.errors import OptionError
from mediatypes.recorder import notes

os.environ.setdefault("KERAS_BACKEND", "torch")
pytestmark = [
    pytest.mark.integrations,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
keras: Any = pytest.importorskip("keras", exc_type=ImportError)


@pytest.fixture(autouse=True)
def _notes_are_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "_said", set())


def model() -> Any:
    """A network of 49 parameters, compiled."""
    keras.utils.set_random_seed(0)
    found = keras.Sequential(
        [keras.layers.Input((4,)), keras.layers.Dense(8), keras.layers.Dense(1)]
    )
    found.compile("adam", "mse", metrics=["mae"])
    return found


DATA = np.random.default_rng(0).random((32, 4))
TARGETS = DATA.sum(1)


def fit(callback: Any, **options: Any) -> Any:
    return model().fit(
        DATA, TARGETS, batch_size=8, verbose=0, callbacks=[callback], **options
    )


def callback(**options: Any) -> Any:
    from mediatypes.integrations.keras import MediaTypesCallback

    return MediaTypesCallback(**options)


def test_each_epoch_is_a_row_of_what_keras_tells() -> None:
    run = mt.init()
    told = fit(callback(), epochs=3, validation_data=(DATA, TARGETS)).history
    assert run.state == "running"
    run.finish(quiet=True)

    rows = list(mt.open_run(run.dir).history())
    assert [row["epoch"] for row in rows] == [0, 1, 2]
    for name in ("loss", "mae", "val_loss", "val_mae"):
        assert [row[name] for row in rows] == told[name]
    assert rows[0]["learning_rate"] == pytest.approx(0.001)
    config = mt.open_run(run.dir).config
    assert (config["epochs"], config["optimizer"]) == (3, "Adam")
    assert config["model_parameters"] == 49


def test_every_nth_batch_is_a_row_where_asked_for() -> None:
    run = mt.init()
    fit(callback(log_freq=2), epochs=2)
    run.finish(quiet=True)
    rows = [row for row in mt.open_run(run.dir).history() if "batch/loss" in row]
    assert [row["batch/batch"] for row in rows] == [2, 4, 6, 8]


def test_weights_and_media_are_logged_where_asked_for() -> None:
    run = mt.init()
    seen: list[Any] = []

    def media(model: Any, epoch: int) -> dict[str, Any]:
        seen.append(model.get_weights())
        return {"picture": mt.Image(np.zeros((2, 2)), caption=f"{epoch}")}

    fit(callback(parameters=True, media=media), epochs=1)
    run.finish(quiet=True)

    reader = mt.open_run(run.dir)
    (row,) = reader.history()
    found = [row[key] for key in row if key.startswith("parameters/")]
    assert len(found) == 4
    for histogram, values in zip(found, seen[0], strict=True):
        np.testing.assert_array_equal(histogram.counts, np.histogram(values, 64)[0])
    assert reader.media("picture")[0][0].caption == "0"


def test_a_run_that_is_begun_here_is_finished_here() -> None:
    fit(callback(), epochs=1)
    assert mt.run is None
    (run,) = mt.runs("runs")
    assert (run.state, run.project) == ("finished", "keras")


def test_an_evaluation_is_in_the_summary() -> None:
    run = mt.init()
    logger = callback(run=run)
    found = model()
    loss, error = found.evaluate(DATA, TARGETS, verbose=0, callbacks=[logger])
    assert run.summary["test/loss"] == loss
    assert run.summary["test/mae"] == error


def test_the_callback_is_found_by_the_name_that_scripts_use() -> None:
    program = """
import mediatypes.compat.wandb
mediatypes.compat.wandb.install()
import wandb
from wandb.keras import WandbCallback
from wandb.integration.keras import WandbMetricsLogger
assert WandbCallback is WandbMetricsLogger
WandbCallback()
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


def test_arguments_of_other_callbacks_are_accepted_and_said() -> None:
    from mediatypes.integrations.keras import WandbCallback

    with pytest.warns(mt.MediaTypesWarning, match="data_type is accepted"):
        WandbCallback(data_type="image")
    with pytest.raises(OptionError, match="log_freq"):
        WandbCallback(log_freq="never")
