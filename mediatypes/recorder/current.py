"""The current run of the process, which the module-level functions act on."""

from __future__ import annotations

import atexit
import os
import sys
import warnings
from typing import TYPE_CHECKING, Any, Final

from mediatypes._core.options import check_one_of
from mediatypes.errors import MediaTypesWarning, NoRunError
from mediatypes.recorder.config import Config
from mediatypes.recorder.disabled import DisabledRun
from mediatypes.recorder.run import Run
from mediatypes.recorder.start import start

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["define_metric", "finish", "init", "log", "module_attribute", "save"]

_MODES: Final = ("online", "offline", "dryrun", "run", "disabled")
_REINIT: Final = ("return_previous", "finish_previous", "create_new", "default")
_runs: Final[list[Run | DisabledRun]] = []
"""Runs that have not been finished, the current one last."""


def init(  # noqa: PLR0913 - the call style people know
    project: str | None = None,
    name: str | None = None,
    config: Any = None,
    dir: str | os.PathLike[str] | None = None,  # noqa: A002 - the call style people know
    id: str | None = None,  # noqa: A002 - as above
    *,
    resume: str | bool | None = None,
    mode: str | None = None,
    strict: bool = False,
    durability: str = "interval",
    queue_bytes: int | None = None,
    queue_full: str = "block",
    compression: str = "fast",
    spool: bool = True,
    reinit: bool | str | None = None,
    tags: Sequence[str] | None = None,
    notes: str | None = None,
    group: str | None = None,
    job_type: str | None = None,
) -> Run:
    """Start a run and make it the current one.

    Parameters
    ----------
    project
        What the run belongs to.
    name
        Name for people; without it, two words and a number.
    config
        Settings: a mapping, an ``argparse.Namespace`` or a dataclass.
    dir
        Folder that holds runs, ``runs`` or what ``MEDIATYPES_DIR`` says by default.
    id
        Name for programs; without it, 8 random characters.
    resume
        What to do if there is a run of this `id` in `dir`: ``"allow"`` or True goes on
        with it, at the step after its highest; ``"must"`` does so and wants one;
        ``"never"``, the default, raises.
    mode
        ``"disabled"`` keeps nothing. ``"online"``, ``"offline"``, ``"dryrun"`` and
        ``"run"`` mean the same: everything stays in the folder. Without it, what
        ``MEDIATYPES_MODE`` or ``WANDB_MODE`` says.
    strict
        Whether odd values and trouble with the disk raise instead of warning.
    durability
        ``"interval"``: what was logged survives the process at once, and a power cut
        after 2 seconds. ``"process"``: the process only. ``"strict"``: a power cut
        at once, at the cost of a disk flush in each `log`.
    queue_bytes
        Room that snapshots may wait in, 256 MiB by default.
    queue_full
        ``"block"`` waits when it is full; ``"drop"`` drops media, counted and named.
    compression
        ``"fast"`` makes PNG files as soon as possible; ``"small"`` makes them a tenth
        smaller in thirty times the time and more, for runs that log little or are kept
        for long. Pixels are exact either way.
    spool
        Whether snapshots wait in a file of the run folder, from which ``mediatypes
        recover`` takes them after a kill. Otherwise they wait in memory.
    reinit
        What to do if there is a run already. By default it is returned, with a warning;
        True or ``"finish_previous"`` finishes it first; ``"create_new"`` keeps both.
    tags, notes, group, job_type
        Further facts that are kept.

    Raises
    ------
    mediatypes.errors.OptionError
        If an option does not exist.
    mediatypes.errors.StoreError
        If the folder cannot be made or written.
    """
    mode = mode or _variable("MODE")
    check_one_of("init", "mode", mode, _MODES)
    if isinstance(reinit, str):
        check_one_of("init", "reinit", reinit, _REINIT)
    previous = _current()
    if previous is not None and reinit != "create_new":
        if reinit is True or reinit == "finish_previous":
            previous.finish()
        else:
            _warn_of(previous)
            return previous  # type: ignore[return-value]  # a disabled run acts like one
    if config is not None:
        Config(lambda _changed: None).update(config)  # refused before a run is made
    run: Run | DisabledRun
    if mode == "disabled":
        run = DisabledRun()
    else:
        run = start(
            project=project,
            name=name,
            id=id,
            dir=dir,
            tags=tags,
            notes=notes,
            group=group,
            job_type=job_type,
            strict=strict,
            durability=durability,
            queue_bytes=queue_bytes,
            queue_full=queue_full,
            compression=compression,
            spool=spool,
            resume=resume,
        )
    if config is not None:
        run.config.update(config, allow_val_change=run.resumed)
    _runs.append(run)
    return run  # type: ignore[return-value]  # as above


def log(
    data: Mapping[str, Any],
    step: int | None = None,
    commit: bool | None = None,  # noqa: FBT001 - the call style people know
) -> None:
    """Put values on record in the current run; see `Run.log`."""
    _needed("log").log(data, step, commit)


def define_metric(
    name: str, step_metric: str | None = None, summary: str | None = None
) -> None:
    """Say how a key of the current run is summarised; see `Run.define_metric`."""
    _needed("define_metric").define_metric(name, step_metric, summary)


def save() -> None:
    """Wait until everything is in the folder of the current run; see `Run.save`."""
    _needed("save").save()


def finish(exit_code: int | None = None, quiet: bool | None = None) -> None:  # noqa: FBT001 - the call style people know
    """End the current run, if there is one; see `Run.finish`."""
    run = _current()
    if run is not None:
        run.finish(exit_code, quiet)


def module_attribute(name: str) -> Any:
    """Return ``run``, or its ``config`` or ``summary``, of the current run.

    Raises
    ------
    mediatypes.errors.NoRunError
        If there is none.
    """
    run = _needed(name)
    return run if name == "run" else getattr(run, name)


def _current() -> Run | DisabledRun | None:
    while _runs and _runs[-1].state != "running":
        _runs.pop()
    return _runs[-1] if _runs else None


def _needed(what: str) -> Run | DisabledRun:
    run = _current()
    if run is None:
        msg = f"mediatypes.{what} needs a run. Call mediatypes.init() first."
        raise NoRunError(msg)
    return run


def _variable(name: str) -> str | None:
    return (
        os.environ.get(f"MEDIATYPES_{name}") or os.environ.get(f"WANDB_{name}") or None
    )


def _warn_of(run: Run | DisabledRun) -> None:
    text = (
        f"Run {run.name!r} is still running and is used on. Pass reinit=True to finish "
        'it first, or reinit="create_new" to keep both.'
    )
    warnings.warn(text, MediaTypesWarning, stacklevel=3)


def _finish_all() -> None:
    """Finish what the script has left running; failed, if it ends by an exception."""
    error = None if hasattr(sys, "ps1") else getattr(sys, "last_type", None)
    for run in reversed(_runs):
        if isinstance(run, Run):
            run._finish_at_exit(  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - not for users
                None if error is None else error.__name__
            )
    _runs.clear()


atexit.register(_finish_all)
