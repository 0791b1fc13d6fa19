"""Going on with a run that was begun before, here or by another process."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
import warnings
from typing import TYPE_CHECKING, Any, Final

from mediatypes._core.names import slug
from mediatypes._core.options import check_one_of
from mediatypes.errors import (
    DroppedMediaWarning,
    ManifestError,
    OptionError,
    RunNotFoundError,
    StoreError,
)
from mediatypes.recorder.odd import caller_level
from mediatypes.recorder.recover import ended, recover
from mediatypes.recorder.run import Run
from mediatypes.store import layout
from mediatypes.store.beneath import Folder
from mediatypes.store.collect import Collected, read_info

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from mediatypes.recorder.options import Options

__all__ = ["RESUME", "claimed", "find_run", "parse_resume", "resumed"]

RESUME: Final = ("never", "allow", "must")
_PATIENCE_SECONDS: Final = 30.0
_PAUSE_SECONDS: Final = 0.02


def parse_resume(resume: object, run_id: str | None) -> str:
    """Return ``"never"``, ``"allow"`` or ``"must"``.

    Raises
    ------
    mediatypes.errors.OptionError
        If it is none of them, or there is no id to go on with.
    """
    wish = "never" if resume is None or resume is False else resume
    if resume is True or resume == "auto":
        wish = "allow"
    check_one_of("init", "resume", wish, RESUME)
    if wish == "must" and run_id is None:
        raise OptionError("init", "id", expected="the run to resume", received="none")
    return str(wish)


def find_run(parent: Path, run_id: str) -> Folder | None:
    """Return the folder of the newest run with `run_id`, if there is one."""
    ending = f"-{slug(run_id)}"
    try:
        names = sorted(os.listdir(parent), reverse=True)  # noqa: PTH208 - names alone
    except FileNotFoundError:
        return None
    for name in names:
        if name.endswith(ending):
            with contextlib.suppress(RunNotFoundError, ManifestError, StoreError):
                folder = Folder(parent / name)
                if read_info(folder).run_id == run_id:
                    return folder
                folder.close()
    return None


def resumed(
    folder: Folder, options: Options, opening: dict[str, Any], name: str | None
) -> Run:
    """Return the run of `folder`, whose writers that have ended are gone on from.

    Media that they left in their spools get their files first.
    """
    try:
        recover(folder)
    except OSError as error:
        text = f"{folder.path}: what a former process left is still in its spool: "
        warnings.warn(f"{text}{error}", DroppedMediaWarning, stacklevel=caller_level())
    before = Collected(folder)
    run_sha256 = hashlib.sha256(folder.read(layout.RUN)).hexdigest()
    more = {"previous": ended(before), "run_sha256": run_sha256}
    run = Run(folder, read_info(folder), options, opening | more, before)
    if name is not None and name != run.name:
        run.name = name
    return run


@contextlib.contextmanager
def claimed(parent: Path, run_id: str) -> Generator[None]:
    """Be the only process that looks for a run of this id and makes it if it is new.

    Raises
    ------
    mediatypes.errors.StoreError
        If another process takes longer than 30 seconds.
    """
    path = parent / f".{slug(run_id)}.claim"
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            path.touch(exist_ok=False)
            break
        except FileExistsError:
            if time.monotonic() > deadline:
                msg = f"Another process is making run {run_id!r}, or died doing so."
                raise StoreError(f"{msg} Remove {path} if it did.") from None
            time.sleep(_PAUSE_SECONDS)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
