"""Making a run: its folder, its names, its options."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
import shutil
from typing import TYPE_CHECKING, Any, Final

import msgspec

from mediatypes._core.names import check_key, run_id, run_name
from mediatypes._core.options import check_one_of, parse_path
from mediatypes.adapters.drawing_process import RENDERS
from mediatypes.errors import OptionError, RunNotFoundError, StoreError
from mediatypes.formats.png import COMPRESSIONS
from mediatypes.recorder.durability import LEVELS
from mediatypes.recorder.facts import opening_facts, text_of
from mediatypes.recorder.options import DEFAULT_QUEUE_BYTES, Options
from mediatypes.recorder.resume import claimed, find_run, parse_resume, resumed
from mediatypes.recorder.run import Run
from mediatypes.schema import RunInfo
from mediatypes.store import layout
from mediatypes.store.beneath import FOLDER_MODE, Folder
from mediatypes.store.process import versions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["start"]

_FOLDERS: Final = (layout.LOG, layout.MEDIA, layout.TMP)


def start(  # noqa: PLR0913 - one for each fact of a run
    *,
    project: str | None,
    name: str | None,
    id: str | None,  # noqa: A002 - the call style people know
    dir: str | os.PathLike[str] | None,  # noqa: A002 - as above
    tags: Sequence[str] | None,
    notes: str | None,
    group: str | None,
    job_type: str | None,
    strict: bool,
    durability: str,
    queue_bytes: int | None,
    queue_full: str,
    compression: str,
    render: str,
    spool: bool,
    resume: object,
) -> Run:
    """Make a run folder, or find that of a run to resume, and return its run.

    Raises
    ------
    mediatypes.errors.OptionError
        If an option does not exist, or the id is that of a run that is not resumed.
    mediatypes.errors.RunNotFoundError
        If there is no run that must be resumed.
    mediatypes.errors.StoreError
        If the folder cannot be made or written.
    """
    check_one_of("init", "durability", durability, LEVELS)
    check_one_of("init", "queue_full", queue_full, ("block", "drop"))
    check_one_of("init", "compression", compression, COMPRESSIONS)
    check_one_of("init", "render", render, RENDERS)
    parent = parse_path("init", "dir", dir or "runs")
    size = DEFAULT_QUEUE_BYTES if queue_bytes is None else int(queue_bytes)
    drawn = "inline" if strict else render
    options = Options(
        durability, strict, size, queue_full, bool(spool), compression, drawn
    )
    opening = {"lib": versions()} | opening_facts(
        tags=tags, notes=notes, group=group, job_type=job_type
    )
    known = text_of(id, "id")
    wish = parse_resume(resume, known)
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with claimed(parent, known) if known else contextlib.nullcontext():
            folder = find_run(parent, known) if known else None
            if folder is not None:
                if wish == "never":
                    raise _taken(known, folder)
                return resumed(folder, options, opening, text_of(name, "name"))
            if wish == "must":
                msg = f"init: there is no run {known!r} in {str(parent)!r} to resume."
                raise RunNotFoundError(msg)
            return _new_run(parent, known, name, project, options, opening)
    except OSError as error:
        if isinstance(error, StoreError):
            raise
        msg = (
            f"init: {str(parent)!r} cannot hold a run: "
            f"{error.strerror or error}. Pass dir= or set MEDIATYPES_DIR."
        )
        raise StoreError(msg) from error


def _new_run(
    parent: Path,
    id: str | None,  # noqa: A002 - as above
    name: str | None,
    project: str | None,
    options: Options,
    opening: dict[str, Any],
) -> Run:
    created = dt.datetime.now(dt.UTC)
    info = RunInfo(
        run_id=check_key(id or run_id(), "init"),
        name=check_key(text_of(name, "name") or run_name(_next_number(parent)), "init"),
        project=text_of(project, "project"),
        created=created.isoformat(timespec="seconds"),
        lib=versions(),
    )
    path = _make(parent, info, created)
    try:
        folder = Folder(path)
        opening["run_sha256"] = _fill(folder, info)
        return Run(folder, info, options, opening)
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)  # nobody else has been told of it
        raise


def _fill(folder: Folder, info: RunInfo) -> str:
    """Make what a new run folder holds; return the digest of its ``run.json``."""
    for name in _FOLDERS:
        folder.make(name)
    text = msgspec.json.format(msgspec.json.encode(info), indent=2) + b"\n"
    temporary = f"{layout.TMP}/run.part"
    folder.write(temporary, text, sync=True)
    folder.publish(temporary, layout.RUN)
    folder.sync_names()
    return hashlib.sha256(text).hexdigest()


def _taken(id: str | None, folder: Folder) -> OptionError:  # noqa: A002 - as above
    return OptionError(
        "init",
        "id",
        expected="one that no run in this folder has",
        received=f"{id!r}, which {folder.path.name} has",
        hint='Pass resume="allow" to go on with that run.',
    )


def _make(parent: Path, info: RunInfo, created: dt.datetime) -> Path:
    stamp = created.astimezone().strftime("%Y%m%d-%H%M%S")
    path = parent / layout.run_folder_name(stamp, info.name, info.run_id)
    try:
        path.mkdir(FOLDER_MODE)
    except FileExistsError as error:
        msg = f"init: {str(path)!r} is there already. Pass another name or id."
        raise StoreError(msg) from error
    return path


def _next_number(parent: Path) -> int:
    with os.scandir(parent) as entries:
        return 1 + sum(entry.is_dir(follow_symlinks=False) for entry in entries)
