"""A callback for the ``Trainer`` of Hugging Face Transformers."""

from __future__ import annotations

import importlib
import math
from typing import TYPE_CHECKING, Any, Final

from mediatypes.recorder import Run, init
from mediatypes.recorder.current import current

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MediaTypesCallback", "WandbCallback"]

_transformers: Any = importlib.import_module("transformers")
_SPLITS: Final = ("eval", "test", "train")
_PLAIN: Final = (bool, int, float, str)


class MediaTypesCallback(_transformers.TrainerCallback):  # type: ignore[misc]  # of a library without types
    """Logs what the trainer logs, from the process of rank 0, at the trainer's step.

    Metrics of training are under ``train/``, those of evaluation under ``eval/``, and
    totals of the whole training in the summary. The trainer's arguments and the model's
    configuration go into the config.

    Parameters
    ----------
    run
        The run to log to; by default the current one, or a new one by the name of the
        trainer's ``run_name``, which is then finished at the end of training.
    watch
        What of the model to watch: ``"gradients"``, ``"parameters"``, ``"all"``.
    log_freq
        How many passes go by between two histograms.
    """

    def __init__(
        self, run: Run | None = None, *, watch: str | None = None, log_freq: int = 100
    ) -> None:
        super().__init__()  # pyright: ignore[reportUnknownMemberType] - as above
        self._run: Any = run
        self._began = False
        self._watch = watch
        self._every = log_freq

    def on_train_begin(
        self, args: Any, state: Any, control: Any, model: Any = None, **others: Any
    ) -> None:
        """Find or begin a run, and log the settings of the training."""
        del control, others
        if not state.is_world_process_zero:
            return
        self._find(args)
        settings = {**_settings(model), **args.to_dict()}
        if model is not None and hasattr(model, "num_parameters"):
            settings["model_parameters"] = model.num_parameters()
        self._run.config.update(settings, allow_val_change=True)
        if model is not None and self._watch is not None:
            self._run.watch(model, log=self._watch, log_freq=self._every)

    def on_log(
        self,
        args: Any,
        state: Any,
        control: Any,
        logs: Mapping[str, Any] | None = None,
        **others: Any,
    ) -> None:
        """Log numbers in the row of the trainer's step."""
        del control, others
        if not state.is_world_process_zero or not logs:
            return
        self._find(args)
        totals = {k: v for k, v in logs.items() if k.startswith("train_")}
        self._run.summary.update({_named(k): v for k, v in totals.items()})
        row = {
            _named(name): value
            for name, value in logs.items()
            if name not in totals and isinstance(value, _PLAIN)
        }
        if row:
            row["train/global_step"] = state.global_step
            self._run.log(row, step=state.global_step)

    def on_train_end(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """Finish the run, if it was begun here."""
        del args, state, control, others
        if self._run is None:
            return
        self._run.unwatch()
        if self._began:
            self._run.finish()
            self._run, self._began = None, False

    def _find(self, args: Any) -> None:
        if self._run is None:
            self._run = current()
        if self._run is None:
            name = getattr(args, "run_name", None)
            name = None if name == getattr(args, "output_dir", None) else name
            self._run = init(project="huggingface", name=name)
            self._began = True


def _settings(model: Any) -> dict[str, Any]:
    """Return the configuration of a model, infinities as text."""
    config: Any = getattr(model, "config", None)
    if not hasattr(config, "to_dict"):
        return {}
    found: dict[str, Any] = config.to_dict()
    return {
        name: str(value) if isinstance(value, float) and math.isinf(value) else value
        for name, value in found.items()
    }


def _named(name: str) -> str:
    """Return ``eval/loss`` for ``eval_loss``, ``train/loss`` for ``loss``."""
    split, _, rest = name.partition("_")
    return f"{split}/{rest}" if split in _SPLITS and rest else f"train/{name}"


WandbCallback = MediaTypesCallback
