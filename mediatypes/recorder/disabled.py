"""A run that keeps nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from mediatypes.recorder.config import Config
from mediatypes.recorder.summary import Summary

__all__ = ["DisabledRun"]


class DisabledRun:
    """Takes every call of `Run` and writes nothing, at almost no cost.

    Values are still checked by their own constructors, so a script that runs disabled
    runs.
    """

    id = "disabled"
    name = "disabled"
    project: str | None = None
    state = "running"
    resumed = False

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}
        self.step = 0
        self.dir = Path()
        self.config = Config(lambda _changed: None)
        self.summary = Summary(lambda: self._values, self._on_summary)

    def log(self, data: Any, step: Any = None, commit: Any = None) -> None:
        """Do nothing but count the step."""
        del data
        if commit is not False and step is None:
            self.step += 1

    def define_metric(
        self, name: str, step_metric: str | None = None, summary: str | None = None
    ) -> None:
        """Do nothing."""

    def flush(self) -> None:
        """Do nothing."""

    def checkpoint(self) -> None:
        """Do nothing."""

    def save(self) -> None:
        """Do nothing."""

    def finish(self, exit_code: Any = None, quiet: Any = None) -> None:
        """End the run."""
        del exit_code, quiet
        self.state = "finished"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.finish()

    def _on_summary(self, values: Any, removed: tuple[str, ...]) -> None:
        self._values.update(values)
        for key in removed:
            self._values.pop(key, None)
