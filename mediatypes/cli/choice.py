"""Which run a command is about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mediatypes._core.defaults import default_dir
from mediatypes.errors import RunNotFoundError
from mediatypes.reader import open_run, runs
from mediatypes.store import layout

if TYPE_CHECKING:
    from mediatypes.reader import RunReader

__all__ = ["default_dir", "dir_option", "find", "find_folder"]


dir_option = click.option(
    "--dir",
    "folder",
    metavar="DIR",
    default=default_dir,
    help="Folder that holds runs (default: $MEDIATYPES_DIR, else runs).",
)


def find(text: str, folder: str) -> RunReader:
    """Return the run that `text` means: a path, or the name or id of a run in `folder`.

    Raises
    ------
    mediatypes.errors.RunNotFoundError
        If there is none, or several; it names them.
    """
    if (Path(text) / layout.RUN).exists() or not Path(folder).is_dir():
        return open_run(text)
    found = [
        path
        for path in runs(folder).paths
        if text == path.name
        or path.name.endswith(f"-{text}")
        or f"-{text}-" in path.name
    ]
    if len(found) == 1:
        return open_run(found[0])
    if not found:
        msg = f"{text!r} is neither a run folder nor a run in {folder!r}."
        raise RunNotFoundError(msg)
    names = ", ".join(path.name for path in found[:5])
    msg = f"{text!r} may be any of {len(found)} runs: {names}. Give the whole name."
    raise RunNotFoundError(msg)


def find_folder(run: str, folder: str) -> Path:
    """Return the folder of a run, also of one whose ``run.json`` is damaged."""
    if (Path(run) / "log").is_dir():
        return Path(run)
    return find(run, folder).dir
