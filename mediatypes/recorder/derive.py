"""The files that a finished run derives from its record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediatypes.recorder.console import Totals
from mediatypes.store import derived, layout
from mediatypes.store.collect import Collected
from mediatypes.store.scan import writers

if TYPE_CHECKING:
    from mediatypes.recorder.live import Live
    from mediatypes.recorder.session import Session
    from mediatypes.store.beneath import Folder

__all__ = ["write_derived"]


def write_derived(folder: Folder, session: Session, live: Live) -> Totals:
    """Write manifest, summary and config, and return what the run holds.

    A run with one writer has its summary in memory; one with several is read again.
    """
    totals = Totals(session.rows, session.media, session.bytes)
    try:
        several = len(writers(folder)) > 1
        summary, config = live.stored(), live.fold.config
        media = []
        if several or session.media:
            found = Collected(folder)
            media = found.media_records()
            if several:
                summary, config = found.summary(), found.fold().config
                size = sum(record.size for record in media if not record.same)
                totals = Totals(len(found.rows), len(media), size)
        for name, text in (
            (layout.MANIFEST, derived.manifest(media)),
            (layout.SUMMARY, derived.json_text(summary)),
            (layout.CONFIG, derived.json_text(config)),
        ):
            derived.write(folder, session.writer, name, text)
    except OSError as failure:
        session.count("derived files", failure)
    return totals
