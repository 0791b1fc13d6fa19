"""The current run of the process: how one begins, and how it ends with the script."""

from __future__ import annotations

import atexit
import os
import sys
import warnings
from typing import TYPE_CHECKING, Any, Final

from mediatypes._core.defaults import default
from mediatypes._core.options import check_one_of
from mediatypes.errors import MediaTypesWarning, NoRunError, OptionError
from mediatypes.recorder.config import Config, chosen
from mediatypes.recorder.console import say_once
from mediatypes.recorder.disabled import DisabledRun
from mediatypes.recorder.notes import note_ignored
from mediatypes.recorder.run import Run
from mediatypes.recorder.settings import parse_settings
from mediatypes.recorder.start import start
from mediatypes.recorder.surroundings import parse_observed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediatypes.recorder.settings import Settings

__all__ = ["current", "init", "module_attribute", "needed"]

_MODES: Final = ("online", "offline", "dryrun", "run", "shared", "disabled")
_REINIT: Final = ("return_previous", "finish_previous", "create_new", "default")
_NO_ACCOUNT: Final = "There are no accounts."
_NO_PATCH: Final = "Log what you want to keep by run.log()."
_REASONS: Final = {
    "entity": _NO_ACCOUNT,
    "anonymous": _NO_ACCOUNT,
    "force": _NO_ACCOUNT,
    "tensorboard": _NO_PATCH,
    "sync_tensorboard": _NO_PATCH,
    "monitor_gym": _NO_PATCH,
}
"""Arguments that mean nothing here, and why."""
_OPTIONS: Final = (
    *("strict", "durability", "queue_bytes", "queue_full", "spool"),
    *("compression", "render"),
)
"""Arguments of how a run is written."""
_FACTS: Final = (
    *("project", "name", "id", "dir", "tags", "notes", "group", "job_type"),
    "resume",
)
"""Arguments that may come from outside."""
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
    render: str = "auto",
    spool: bool = True,
    reinit: bool | str | None = None,
    tags: Sequence[str] | None = None,
    notes: str | None = None,
    group: str | None = None,
    job_type: str | None = None,
    config_include_keys: Sequence[str] | None = None,
    config_exclude_keys: Sequence[str] | None = None,
    allow_val_change: bool | None = None,
    save_code: bool | None = None,
    console: bool | str | None = None,
    environment: bool | None = None,
    metrics_seconds: float | None = None,
    settings: Settings | dict[str, Any] | None = None,
    entity: str | None = None,
    resume_from: str | None = None,
    fork_from: str | None = None,
    force: bool | None = None,
    anonymous: str | None = None,
    tensorboard: bool | None = None,
    sync_tensorboard: bool | None = None,
    monitor_gym: bool | None = None,
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
        Folder that holds runs, ``runs`` by default.
    id
        Name for programs; without it, 8 random characters.
    resume
        What to do if there is a run of this `id` in `dir`: ``"allow"`` or True goes on
        with it, at the step after its highest; ``"must"`` does so and wants one;
        ``"never"``, the default, raises.
    mode
        ``"disabled"`` keeps nothing. ``"online"``, ``"offline"``, ``"dryrun"``,
        ``"run"`` and ``"shared"`` mean the same: everything stays in the folder.
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
    render
        Where figures are drawn. ``"process"``: by a process of their own, which the
        loop need not wait for; what cannot be sent there is drawn on the spot.
        ``"inline"``: on the spot, always. ``"auto"``: by the process from the run's
        third figure on. A strict run draws on the spot. Figures that wait for the
        process are lost if the program is killed, and named.
    spool
        Whether snapshots wait in a file of the run folder, from which ``mediatypes
        recover`` takes them after a kill. Otherwise they wait in memory.
    reinit
        What to do if there is a run already. By default it is returned, with a warning;
        True or ``"finish_previous"`` finishes it first; ``"create_new"`` keeps both.
    tags, notes, group, job_type
        Further facts that are kept.
    config_include_keys, config_exclude_keys
        The only settings of `config` to take, or those to leave out.
    allow_val_change
        Whether settings of the run may change without saying so each time.
    save_code
        Whether to keep the script, as ``code/<name>``.
    console
        Whether what the program prints is kept in ``output.log``; False or ``"off"``
        turns it off.
    environment
        Whether program, packages, commit and hardware are put on record; arguments that
        look like secrets are left out.
    metrics_seconds
        How often the load of the machine is put on record, every 15 seconds by default;
        0 turns it off.
    settings
        `Settings`, or a mapping by the same names.
    entity, anonymous, force, tensorboard, sync_tensorboard, monitor_gym
        Accepted, with one warning that they are not used.
    resume_from, fork_from
        Refused: a run cannot go on from a step of another.

    Raises
    ------
    mediatypes.errors.OptionError
        If an option does not exist or cannot be had.
    mediatypes.errors.StoreError
        If the folder cannot be made or written.

    Notes
    -----
    Where an argument is absent, the environment is asked, and then the file
    ``mediatypes.toml`` of the current folder.
    """
    given = locals()  # before anything else has a name
    said = parse_settings(settings)
    observed = parse_observed(given, said)
    _say_unused(given)
    mode = mode or said.get("mode") or default("mode")
    check_one_of("init", "mode", mode, _MODES)
    if isinstance(reinit, str):
        check_one_of("init", "reinit", reinit, _REINIT)
    if config is not None:
        config = chosen(config, config_include_keys, config_exclude_keys)
        Config(None).update(config)  # refused before a run is made
    previous = current()
    if previous is not None and reinit != "create_new":
        if reinit is True or reinit == "finish_previous":
            previous.finish()
        else:
            _warn_of(previous)
            return previous  # type: ignore[return-value]  # a disabled run acts like one
    run: Run | DisabledRun
    if mode == "disabled":
        run = DisabledRun()
    else:
        run = start(
            **{option: given[option] for option in _OPTIONS},
            **{fact: _fact(fact, given, said) for fact in _FACTS},
        )
    run.config._allow_changes(allow_val_change is True)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - of this package
    if config is not None:
        run.config.update(config, allow_val_change=run.resumed)
    _runs.append(run)
    run._observe(observed)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as above
    if save_code or said.get("save_code"):
        run._save_script()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as above
    return run  # type: ignore[return-value]  # as above


def current() -> Run | DisabledRun | None:
    """Return the current run, or None."""
    while _runs and _runs[-1].state != "running":
        _runs.pop()
    return _runs[-1] if _runs else None


def needed(what: str) -> Run | DisabledRun:
    """Return the current run, which `what` is about.

    Raises
    ------
    mediatypes.errors.NoRunError
        If there is none.
    """
    run = current()
    if run is None:
        msg = f"mediatypes.{what} needs a run. Call mediatypes.init() first."
        raise NoRunError(msg)
    return run


def module_attribute(name: str) -> Any:
    """Return ``run``, which may be None, or the ``config`` or ``summary`` of it.

    Raises
    ------
    mediatypes.errors.NoRunError
        If one of the latter is asked for and there is no run.
    """
    return current() if name == "run" else getattr(needed(name), name)


def _fact(name: str, given: dict[str, Any], said: dict[str, Any]) -> Any:
    """Return a fact by argument, by settings object, or from outside."""
    if given[name] is not None:
        return given[name]
    return said[name] if said.get(name) is not None else default(name)


def _say_unused(given: dict[str, Any]) -> None:
    """Warn of arguments that mean nothing here, and refuse those that cannot be had."""
    for name in ("resume_from", "fork_from"):
        if given[name] is not None:
            raise OptionError(
                "init",
                name,
                expected="None",
                received=repr(given[name]),
                hint="Begin a new run, and log the id of the other one in its config.",
            )
    for name, reason in _REASONS.items():
        note_ignored("init", name, given[name] not in (None, False), reason)
    if os.environ.get("WANDB_API_KEY"):
        say_once("WANDB_API_KEY is not used: runs stay in folders on this disk.")


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
