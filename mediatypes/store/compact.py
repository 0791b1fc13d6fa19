"""The derived files of a run, made anew from its record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediatypes.store import derived, layout

if TYPE_CHECKING:
    from mediatypes.store.beneath import Folder
    from mediatypes.store.collect import Collected

__all__ = ["compact", "outdated"]


def outdated(collected: Collected) -> dict[str, bytes]:
    """Return the derived files that are missing or not what the record says."""
    texts = {
        layout.MANIFEST: derived.manifest(collected.media_records()),
        layout.SUMMARY: derived.json_text(collected.summary()),
        layout.CONFIG: derived.json_text(collected.fold().config),
    }
    present = collected.folder.names("")
    return {
        name: text
        for name, text in texts.items()
        if name not in present or derived.differs(collected.folder, name, text)
    }


def compact(folder: Folder, writer: str, texts: dict[str, bytes]) -> None:
    """Write derived files, replacing what is there.

    Parameters
    ----------
    folder
        The run folder.
    writer
        Makes the names of temporary files its own.
    texts
        What `outdated` returned.
    """
    folder.make(layout.TMP)
    for name, text in texts.items():
        derived.write(folder, writer, name, text)
