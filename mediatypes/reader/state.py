"""Whether a run is being written, has ended, or was cut short."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediatypes.store.process import is_gone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mediatypes.schema import Close, Open

__all__ = ["state_of"]


def state_of(
    opens: Mapping[str, Open],
    closes: Mapping[str, Close],
    is_still: Callable[[str], bool],
) -> str:
    """Return ``"running"``, ``"finished"``, ``"failed"`` or ``"crashed"``.

    Parameters
    ----------
    opens
        The first record of each writer, by its name.
    closes
        The last record of each that has one.
    is_still
        Whether the heart of a writer stood still while somebody looked.
    """
    # What forked processes log counts; how they end does not.
    mine = {
        writer: record
        for writer, record in opens.items()
        if record.parent is None and not record.purpose
    }
    open_ones = [writer for writer in mine if writer not in closes]
    if any(not is_gone(mine[writer]) and not is_still(writer) for writer in open_ones):
        return "running"
    resumed = {name for record in mine.values() for name in record.previous}
    last = mine.keys() - resumed
    if not last or last.intersection(open_ones):
        return "crashed"
    states = {closes[writer].state for writer in last}
    return "failed" if "failed" in states else "finished"
