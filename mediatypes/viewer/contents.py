"""What lies in a run folder, and what its program printed."""

from __future__ import annotations

import contextlib
import itertools
import stat
import time
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from mediatypes.errors import MediaTypesError
from mediatypes.store import layout
from mediatypes.store.beneath import Folder

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from mediatypes.viewer.index import RunIndex

__all__ = ["listing", "output"]

_MOST_FILES: Final = 200_000
"""Files that are counted; a folder with more says that it was cut."""
_MOST_ROWS: Final = 400
_MOST_OUTPUT: Final = 256 << 10
_DEPTH: Final = 3
"""Folders below the run that have a row of their own, as in ``media/image/loss``."""

_FRESH_SECONDS: Final = 3.0
_RARELY: Final = 20
"""So that a folder of many files takes a twentieth of a processor at most."""
_KNOWN: Final[WeakKeyDictionary[RunIndex, tuple[float, dict[str, Any]]]] = (
    WeakKeyDictionary()
)


def listing(run: RunIndex) -> dict[str, Any]:
    """Return files and folders of a run with their sizes, the largest first.

    Links are named and not followed. What was found holds for some seconds, and longer
    where looking took long.
    """
    until, known = _KNOWN.get(run, (0.0, {}))
    start = time.monotonic()
    if start >= until:
        known = _looked(run)
        took = time.monotonic() - start
        _KNOWN[run] = start + took + max(_FRESH_SECONDS, _RARELY * took), known
    return known


def _looked(run: RunIndex) -> dict[str, Any]:
    sizes: dict[str, list[int]] = {}
    count = total = links = 0
    for path, status in _files(run):
        if stat.S_ISLNK(status.st_mode):
            links += 1
            continue
        parts = path.split("/")
        name = "/".join(parts[:_DEPTH]) + ("/" if len(parts) > _DEPTH else "")
        row = sizes.setdefault(name, [0, 0])
        row[0] += 1
        row[1] += status.st_size
        count += 1
        total += status.st_size
    rows = sorted(sizes.items(), key=lambda item: (-item[1][1], item[0]))
    return {
        "run": run.id,
        "files": count,
        "size": total,
        "links": links,
        "is_cut": count >= _MOST_FILES,
        "rows": [
            {"name": name, "files": one[0], "size": one[1]}
            for name, one in rows[:_MOST_ROWS]
        ],
    }


def _files(run: RunIndex) -> Iterator[tuple[str, os.stat_result]]:
    with contextlib.suppress(MediaTypesError, OSError):  # gone since
        folder = Folder(run.path)
        try:
            yield from itertools.islice(_walk(folder), _MOST_FILES)
        finally:
            folder.close()


def _walk(folder: Folder) -> Iterator[tuple[str, os.stat_result]]:
    for name in folder.names(""):
        status = folder.stat(name)
        if stat.S_ISDIR(status.st_mode):
            yield from folder.walk(name)
        else:
            yield name, status


def output(run: RunIndex) -> dict[str, Any]:
    """Return the end of what the program of a run printed, and how much there is."""
    try:
        folder = Folder(run.path)
        try:
            size = folder.stat(layout.OUTPUT).st_size
            start = max(0, size - _MOST_OUTPUT)
            data = folder.read_part(layout.OUTPUT, start, size - start)
        finally:
            folder.close()
    except FileNotFoundError:
        return {"run": run.id, "text": None, "size": 0, "start": 0}
    except (MediaTypesError, OSError) as error:
        return {"run": run.id, "text": None, "size": 0, "start": 0, "error": str(error)}
    if start:  # from the next whole line on
        start += data.find(b"\n") + 1
        data = data[data.find(b"\n") + 1 :]
    text = data.decode("utf-8", "replace")
    return {"run": run.id, "text": text, "size": size, "start": start}
