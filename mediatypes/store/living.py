"""Whose run it still is: writers that may be alive, and who may mend the folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mediatypes._core.names import parse_writer
from mediatypes.errors import StoreError
from mediatypes.store import layout
from mediatypes.store.process import is_gone, is_gone_from_here
from mediatypes.store.scan import writers

if TYPE_CHECKING:
    from mediatypes.store.collect import Collected

__all__ = ["check_ended", "living"]


def living(collected: Collected) -> list[str]:
    """Return the writers that have not closed and are not known to be gone."""
    found = [w for w in writers(collected.folder) if w not in collected.closes]
    return [writer for writer in found if not _is_gone(collected, writer)]


def _is_gone(collected: Collected, writer: str) -> bool:
    opened = collected.opens.get(writer)
    if opened is not None:
        return is_gone(opened)
    # Its first record is damaged, but its name says on which host it ran, and as what.
    _, host, pid = parse_writer(writer)
    return is_gone_from_here(host, pid)


def check_ended(collected: Collected, *, force: bool = False) -> None:
    """Raise `StoreError` if the run may be written still, or is somebody else's.

    Parameters
    ----------
    collected
        The records of the run.
    force
        Whether to go on all the same.
    """
    if force:
        return
    folder = collected.folder
    alive = living(collected)
    if alive:
        msg = (
            f"{folder.path} may still be written, by {', '.join(alive[:3])}. "
            "Wait until it has ended, or pass --force if you know that it has."
        )
        raise StoreError(msg)
    owner = folder.stat(layout.LOG).st_uid
    if hasattr(os, "geteuid") and owner != os.geteuid():
        msg = f"{folder.path} belongs to another user. Pass --force to mend it."
        raise StoreError(msg)
