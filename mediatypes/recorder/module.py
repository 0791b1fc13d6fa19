"""The functions of the module, which act on the current run."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from mediatypes.recorder.console import say_once
from mediatypes.recorder.current import current, needed

if TYPE_CHECKING:
    import datetime as dt
    import os
    from collections.abc import Mapping, Sequence

    from mediatypes.recorder.artifact import Artifact
    from mediatypes.recorder.calls import AlertLevel
    from mediatypes.typing import PathLike

__all__ = [
    "SettableModule",
    "alert",
    "define_metric",
    "finish",
    "log",
    "log_artifact",
    "log_model",
    "login",
    "save",
    "unwatch",
    "watch",
]


class SettableModule(ModuleType):
    """A module whose ``config`` and ``summary`` are those of the run when assigned to.

    Scripts of the call style say ``config = {...}`` on the module. As a plain
    attribute it would hide the settings of the run, which would not get them.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "config":
            needed(name).config.update(value, allow_val_change=True)
        elif name == "summary":
            needed(name).summary.update(value)
        else:
            super().__setattr__(name, value)


def log(
    data: Mapping[str, Any],
    step: int | None = None,
    commit: bool | None = None,  # noqa: FBT001 - the call style people know
    sync: bool | None = None,  # noqa: FBT001 - as above
) -> None:
    """Put values on record in the current run; see `Run.log`."""
    needed("log").log(data, step, commit, sync)


def define_metric(  # noqa: PLR0913, PLR0917 - the call style people know
    name: str,
    step_metric: str | None = None,
    step_sync: bool | None = None,  # noqa: FBT001 - as above
    hidden: bool | None = None,  # noqa: FBT001 - as above
    summary: str | None = None,
    goal: str | None = None,
    overwrite: bool | None = None,  # noqa: FBT001 - as above
) -> None:
    """Say how a key of the current run is summarised; see `Run.define_metric`."""
    run = needed("define_metric")
    run.define_metric(name, step_metric, step_sync, hidden, summary, goal, overwrite)


def watch(
    models: Any,
    criterion: Any = None,
    log: str | None = "gradients",
    log_freq: int = 1000,
    idx: int | None = None,
    log_graph: bool = False,  # noqa: FBT001, FBT002 - as above
) -> None:
    """Log how a model of the current run learns; see `Run.watch`."""
    needed("watch").watch(models, criterion, log, log_freq, idx, log_graph)


def unwatch(models: Any = None) -> None:
    """Watch a model no longer, or none at all; see `Run.unwatch`."""
    needed("unwatch").unwatch(models)


def save(
    glob_str: str | os.PathLike[str] | None = None,
    base_path: str | os.PathLike[str] | None = None,
    policy: str = "live",
    *,
    glob: bool = True,
) -> list[str]:
    """Copy files into the current run; see `Run.save`."""
    return needed("save").save(glob_str, base_path, policy, glob=glob)


def alert(
    title: str,
    text: str = "",
    level: str | AlertLevel | None = None,
    wait_duration: float | dt.timedelta | None = None,
) -> None:
    """Say something and put it on record in the current run; see `Run.alert`."""
    needed("alert").alert(title, text, level, wait_duration)


def log_artifact(
    artifact_or_path: Artifact | PathLike,
    name: str | None = None,
    type: str | None = None,  # noqa: A002 - the call style people know
    aliases: Sequence[str] | None = None,
    tags: Sequence[str] | None = None,
) -> Artifact:
    """Store an artifact in the current run; see `Run.log_artifact`."""
    run = needed("log_artifact")
    return run.log_artifact(artifact_or_path, name, type, aliases, tags)


def log_model(
    path: PathLike, name: str | None = None, aliases: Sequence[str] | None = None
) -> None:
    """Store a file or folder as a model of the current run; see `Run.log_model`."""
    needed("log_model").log_model(path, name, aliases)


def finish(exit_code: int | None = None, quiet: bool | None = None) -> None:  # noqa: FBT001 - the call style people know
    """End the current run, if there is one; see `Run.finish`."""
    run = current()
    if run is not None:
        run.finish(exit_code, quiet)


def login(*arguments: Any, **options: Any) -> bool:
    """Do nothing but say so: there is no account and no server.

    Parameters
    ----------
    arguments, options
        Accepted and forgotten, a key in particular.

    Returns
    -------
    bool
        True.
    """
    del arguments, options
    say_once("login() does nothing: there are no accounts.")
    return True
