"""Which run a folder is, where its ``run.json`` does not say so any more."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final

from mediatypes.schema import RunInfo

if TYPE_CHECKING:
    from pathlib import Path

    from mediatypes.store.collect import Collected

__all__ = ["identity"]

_FOLDER: Final = re.compile(r"\d{8}-\d{6}-(.{1,200})-([^-]{1,80})", re.DOTALL)


def identity(path: Path, collected: Collected) -> RunInfo:
    """Return what ``run.json`` can say after the folder's name and the record.

    Name and id are those of the folder, in which capital letters and other characters
    may be missing; the project is lost.
    """
    found = _FOLDER.fullmatch(path.name)
    name, run_id = found.groups() if found else (path.name, path.name)
    opens = sorted(collected.opens.values(), key=lambda opened: opened.t)
    began = opens[0].t if opens else 0.0
    try:
        created = dt.datetime.fromtimestamp(began, dt.UTC)
    except (OverflowError, OSError, ValueError):
        created = dt.datetime.fromtimestamp(0, dt.UTC)
    return RunInfo(
        run_id=run_id,
        name=collected.fold().name or name,
        created=created.isoformat(timespec="seconds"),
        lib=opens[0].lib if opens else {},
    )
