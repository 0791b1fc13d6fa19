"""A callback for ``fit`` of Keras 3."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

from mediatypes._core.options import check_integral
from mediatypes.errors import OptionError
from mediatypes.media import Histogram
from mediatypes.recorder import Run, init
from mediatypes.recorder.current import current
from mediatypes.recorder.notes import note_ignored

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["MediaTypesCallback", "WandbCallback", "WandbMetricsLogger"]

_keras: Any = importlib.import_module("keras")
_EPOCH: Final = "epoch"
_BATCH: Final = "batch"


class MediaTypesCallback(_keras.callbacks.Callback):  # type: ignore[misc]  # of a library without types
    """Logs what ``fit`` and ``evaluate`` of a Keras model tell.

    Each epoch is one row: the metrics under their own names, ``epoch`` and
    ``learning_rate``. What the model was compiled and fitted with goes into the config.

    Parameters
    ----------
    run
        The run to log to; by default the current one, or a new one, which is then
        finished at the end of training.
    log_freq
        ``"epoch"``, ``"batch"``, or after how many batches ``batch/<metric>`` are
        logged as well.
    parameters
        Whether to log histograms of the weights at each epoch, as
        ``parameters/<path>``.
    media
        Called with model and epoch at the end of each; returns what to log beside the
        metrics, such as pictures of predictions.
    options
        Other arguments of callbacks by that name elsewhere; accepted with one warning.

    Raises
    ------
    mediatypes.errors.OptionError
        If there is no such `log_freq`.
    """

    def __init__(
        self,
        run: Run | None = None,
        log_freq: str | int = _EPOCH,
        *,
        parameters: bool = False,
        media: Callable[[Any, int], Mapping[str, Any]] | None = None,
        **options: Any,
    ) -> None:
        super().__init__()  # pyright: ignore[reportUnknownMemberType] - as above
        for name in options:
            note_ignored("keras.MediaTypesCallback", name, is_given=True)
        self._every = _parse_frequency(log_freq)
        self._given = run
        self._run: Any = run
        self._parameters = parameters
        self._media = media
        self._batches = 0
        self._began = self._is_fitting = False

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        """Find or begin a run, and log the settings of the training."""
        del logs
        self._is_fitting = True
        self._run = self._given or current()
        if self._run is None:
            self._run, self._began = init(project="keras"), True
        facts = {
            name: value for name, value in self.params.items() if value is not None
        }
        optimizer = getattr(self.model, "optimizer", None)
        if optimizer is not None:
            facts["optimizer"] = type(optimizer).__name__
        facts["model_parameters"] = self.model.count_params()
        self._run.config.update(facts, allow_val_change=True)

    def on_train_batch_end(
        self, batch: int, logs: Mapping[str, Any] | None = None
    ) -> None:
        """Log the metrics of a batch, where that was asked for."""
        del batch
        self._batches += 1
        if self._every and self._batches % self._every == 0:
            row = {f"{_BATCH}/{name}": value for name, value in (logs or {}).items()}
            self._run.log({**row, f"{_BATCH}/{_BATCH}": self._batches})

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Log the metrics of an epoch, and what else was asked for."""
        row: dict[str, Any] = {**(logs or {}), _EPOCH: epoch}
        rate = getattr(getattr(self.model, "optimizer", None), "learning_rate", None)
        if rate is not None:
            row["learning_rate"] = float(rate)
        if self._parameters:
            for weight in self.model.weights:
                row[f"parameters/{weight.path}"] = Histogram(weight.value)
        if self._media is not None:
            row |= self._media(self.model, epoch)
        self._run.log(row)

    def on_test_end(self, logs: Mapping[str, Any] | None = None) -> None:
        """Put the metrics of ``evaluate`` into the summary, as ``test/<metric>``."""
        run = self._run or current()
        if run is not None and run.state == "running" and not self._is_fitting:
            metrics = {f"test/{name}": value for name, value in (logs or {}).items()}
            run.summary.update(metrics)

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        """Finish the run, if it was begun here."""
        del logs
        self._is_fitting = False
        if self._began:
            self._run.finish()
            self._run, self._began = None, False


def _parse_frequency(log_freq: object) -> int:
    if log_freq == _EPOCH:
        return 0
    number = 1 if log_freq == _BATCH else check_integral(log_freq)
    if number is None or number < 1:
        raise OptionError(
            "keras.MediaTypesCallback",
            "log_freq",
            expected=f'"{_EPOCH}", "{_BATCH}", or a whole number from 1',
            received=repr(log_freq),
        )
    return number


WandbCallback = WandbMetricsLogger = MediaTypesCallback
