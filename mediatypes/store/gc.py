"""What dead writers left behind that no record needs: found, and removed if asked."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Final, NamedTuple

from mediatypes.store import layout
from mediatypes.store.findings import ERROR
from mediatypes.store.living import living
from mediatypes.store.verify import checked

if TYPE_CHECKING:
    from mediatypes.store.beneath import Folder
    from mediatypes.store.collect import Collected

__all__ = ["Garbage", "garbage"]

TEMPORARY_SECONDS: Final = 3_600.0
"""Age from which a leftover in ``tmp/`` counts as one."""
ORPHAN_SECONDS: Final = 86_400.0
"""Age from which a media file without a record counts as one."""

_WRITER: Final = re.compile(r"(r\d{1,9}-[0-9a-f]{6}-\d{1,10}-[0-9a-f]{8})-.*")


class Garbage(NamedTuple):
    """A file that nothing needs."""

    path: str
    size: int
    text: str


def garbage(
    collected: Collected, *, min_age_seconds: float | None = None
) -> list[Garbage]:
    """Return the files of a run that nothing needs any more.

    These are temporary files of writers that have ended, and media files without a
    record of a run all of whose writers have. Where records are damaged or of a newer
    release, which may have named them, no media file is among them.

    Parameters
    ----------
    collected
        The records of the run.
    min_age_seconds
        Age from which a file counts, in place of an hour for temporary files and a day
        for media.
    """
    folder, alive = collected.folder, living(collected)
    ages = (TEMPORARY_SECONDS, ORPHAN_SECONDS)
    if min_age_seconds is not None:
        ages = (min_age_seconds, min_age_seconds)
    found = [
        Garbage(path, size, "is a leftover")
        for path, size in _old(folder, layout.TMP, ages[0])
        if _is_of_ended(path, alive)
    ]
    report = checked(collected, is_quick=True)
    if alive or any(finding.severity == ERROR for finding in report.findings):
        return found
    orphans = {item.where for item in report.findings if item.id == "orphan-media"}
    found += [
        Garbage(path, size, "has no record")
        for path, size in _old(folder, layout.MEDIA, ages[1])
        if path in orphans
    ]
    return found


def _old(folder: Folder, place: str, seconds: float) -> list[tuple[str, int]]:
    latest = time.time() - seconds
    found = folder.walk(place, 2)
    return [(path, s.st_size) for path, s in found if s.st_mtime <= latest]


def _is_of_ended(path: str, alive: list[str]) -> bool:
    named = _WRITER.fullmatch(path.rpartition("/")[2])
    return not alive if named is None else named[1] not in alive
