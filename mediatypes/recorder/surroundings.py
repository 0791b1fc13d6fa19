"""What is kept beside what is logged: output, environment, load of the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mediatypes._core.arrays import is_number
from mediatypes._core.defaults import default
from mediatypes._core.options import check_one_of
from mediatypes.errors import OptionError
from mediatypes.schema import Environment
from mediatypes.schema.values import encode_value

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mediatypes.recorder.output import Output
    from mediatypes.recorder.system import SystemMetrics

__all__ = ["Observed", "Surroundings", "parse_observed"]

DEFAULT_SECONDS: Final = 15.0
_LEAST_SECONDS: Final = 0.1
_CONSOLES: Final = ("on", "off", "auto", "wrap", "wrap_raw", "wrap_emu", "redirect")


class Observed(NamedTuple):
    """What to keep."""

    console: bool
    environment: bool
    seconds: float
    """Between two samples of the machine; 0 for none."""


def parse_observed(given: dict[str, Any], said: dict[str, Any]) -> Observed:
    """Return what `init` was told to keep, by argument or by settings object.

    Raises
    ------
    mediatypes.errors.OptionError
        If one is not as it must be.
    """
    console = given["console"]
    if console is None:
        console = said.get("console", default("console"))
    if isinstance(console, str):
        check_one_of("init", "console", console, _CONSOLES)
    seconds = given["metrics_seconds"]
    if seconds is None:
        seconds = said.get("metrics_seconds", DEFAULT_SECONDS)
        seconds = 0 if said.get("no_metrics") else seconds
    if not is_number(seconds) or not (seconds == 0 or seconds >= _LEAST_SECONDS):
        raise OptionError(
            "init",
            "metrics_seconds",
            expected=f"0, or at least {_LEAST_SECONDS}",
            received=repr(seconds),
        )
    facts = given["environment"]
    return Observed(
        console=console not in ("off", False),
        environment=not said.get("no_git") if facts is None else bool(facts),
        seconds=float(seconds),
    )


class Surroundings:
    """Keeps what there is beside the rows of one run.

    Parameters
    ----------
    folder
        The run folder.
    observed
        What to keep.
    write
        Puts a record on record.
    on_failed
        Called with what cannot be kept any more, and why.
    """

    def __init__(
        self,
        folder: Path,
        observed: Observed,
        write: Callable[[Any], object],
        on_failed: Callable[[str, OSError], None],
    ) -> None:
        from mediatypes.recorder.environment import environment
        from mediatypes.recorder.output import Output
        from mediatypes.recorder.system import SystemMetrics

        self._output: Output | None = None
        self._metrics: SystemMetrics | None = None
        if observed.environment:
            write(Environment(d=encode_value(environment())))
        if observed.console:
            self._output = Output(folder, lambda error: on_failed("output", error))
        if observed.seconds:
            self._metrics = SystemMetrics(folder, observed.seconds, write)

    def stop_sampling(self) -> None:
        """Leave the machine alone."""
        if self._metrics is not None:
            self._metrics.stop()

    def stop(self) -> None:
        """Give the streams back."""
        if self._output is not None:
            self._output.stop()

    def after_fork(self) -> None:
        """Leave, in a child, the sampling to the parent."""
        if self._output is not None:
            self._output.after_fork()
        self._metrics = None
