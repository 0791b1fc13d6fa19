"""A run that keeps nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from mediatypes.recorder.calls import Calls
from mediatypes.recorder.config import Config
from mediatypes.recorder.facts import opening_facts
from mediatypes.recorder.summary import Summary
from mediatypes.recorder.watch import parse_wish

__all__ = ["DisabledRun"]


class DisabledRun(Calls):
    """Takes every call of `Run` and writes nothing, at almost no cost.

    Values are still checked by their own constructors, so a script that runs disabled
    runs.
    """

    name = "disabled"
    state = "running"
    resumed = False

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}
        self._step = 0
        self._opening = {}
        self._alerts = {}
        self.config = Config(lambda _changed: None)
        self.summary = Summary(lambda: self._values, self._on_summary)

    @property
    def id(self) -> str:
        """Of a run that has none."""
        return "disabled"

    @property
    def project(self) -> str | None:
        """None."""
        return None

    @property
    def disabled(self) -> bool:
        """True."""
        return True

    @property
    def step(self) -> int:
        """Rows that would have been written."""
        return self._step

    @property
    def dir(self) -> Path:
        """The current folder, which nothing is written to."""
        return Path()

    def log(
        self, data: Any, step: Any = None, commit: Any = None, sync: Any = None
    ) -> None:
        """Do nothing but count the step."""
        del data, sync
        if commit is not False and step is None:
            self._step += 1

    def watch(
        self,
        models: Any,
        criterion: Any = None,
        log: str | None = "gradients",
        log_freq: int = 1000,
        idx: int | None = None,
        log_graph: bool = False,  # noqa: FBT001, FBT002 - as above
    ) -> None:
        """Check the arguments, and hook nothing."""
        del criterion, log_graph
        parse_wish(models, log, log_freq, idx)

    def save(
        self,
        glob_str: Any = None,
        base_path: Any = None,
        policy: str = "live",
        *,
        glob: bool = True,
    ) -> list[str]:
        """Keep nothing."""
        del glob_str, base_path, policy, glob
        return []

    def show(self, *, height: int = 640, max_mb: float = 10.0) -> None:
        """Show nothing."""
        del height, max_mb

    def _observe(self, observed: Any) -> None:
        del observed

    def _save_script(self) -> None:
        pass

    def flush(self) -> None:
        """Do nothing."""

    def checkpoint(self) -> None:
        """Do nothing."""

    def finish(self, exit_code: Any = None, quiet: Any = None) -> None:
        """End the run."""
        del exit_code, quiet
        self.state = "finished"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.finish()

    def _check_open(self, what: str) -> None:
        del what

    def _define(self, metric: Any) -> None:
        del metric

    def _write_note(self, note: Any) -> None:
        del note

    def _write_facts(self, **facts: Any) -> None:
        self._opening |= opening_facts(**facts)

    def _on_summary(self, values: Any, removed: tuple[str, ...]) -> None:
        self._values.update(values)
        for key in removed:
            self._values.pop(key, None)
