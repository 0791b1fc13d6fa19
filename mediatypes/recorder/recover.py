"""Media that a writer left in its spool: encoded now, by somebody else."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from mediatypes._core.names import host_name, writer_name
from mediatypes.adapters.codecs import assemble
from mediatypes.errors import StoreError
from mediatypes.schema import Close, Note
from mediatypes.store import layout
from mediatypes.store.collect import Collected, Row
from mediatypes.store.files import MediaFiles
from mediatypes.store.log import LogWriter
from mediatypes.store.process import is_gone, opening
from mediatypes.store.spool import find_snapshots, read_snapshot

if TYPE_CHECKING:
    from mediatypes.recorder.session import Session
    from mediatypes.schema import Intent
    from mediatypes.schema import Media as MediaRecord
    from mediatypes.schema.draft import Head
    from mediatypes.store.beneath import Folder

__all__ = ["Recovered", "ended", "recover", "recover_others"]


class Recovered(NamedTuple):
    """What `recover` did."""

    items: int = 0
    """Media that have their files now."""
    lost: tuple[str, ...] = ()
    """What could not be written, each with the reason."""
    living: tuple[str, ...] = ()
    """Writers that were left alone, since they may still be writing."""


def recover(folder: Folder, *, force: bool = False) -> Recovered:
    """Write the media whose snapshots writers left behind, and name those lost.

    The files and records go beside what is there; nothing is changed but that spools
    are removed when nothing in them is needed any more. It may be killed and called
    again.

    Parameters
    ----------
    folder
        The run folder.
    force
        Also of writers on other machines, of which nobody here knows whether they have
        ended.

    Raises
    ------
    mediatypes.errors.RunNotFoundError
        If it is no run folder.
    OSError
        If something cannot be read or written; what is missing then can still be
        recovered.
    """
    collected = Collected(folder)
    missing: dict[str, list[tuple[Row, Intent]]] = defaultdict(list)
    for row, intent in collected.missing():
        if collected.reason(row, intent) is None:
            missing[row.writer].append((row, intent))
    spools = set(filter(None, map(layout.parse_spool_name, folder.names(layout.LOG))))
    left = sorted(missing.keys() | spools)
    living = [w for w in left if not _has_ended(collected, w, force=force)]
    over = [writer for writer in left if writer not in living]
    todo = {writer: missing[writer] for writer in over if missing[writer]}
    items, lost = _Recovery(folder).run(todo) if todo else (0, [])
    for writer in spools.intersection(over):
        folder.remove(layout.spool_path(writer))
    return Recovered(items, tuple(lost), tuple(living))


def recover_others(session: Session) -> None:
    """Write what processes that have ended left in their spools, if there are any."""
    folder = session.folder
    spools = map(layout.parse_spool_name, folder.names(layout.LOG))
    if any(name not in {None, session.writer} for name in spools):
        try:
            lost = len(recover(folder).lost)
        except OSError as error:
            session.count("recovered media", error)
        else:
            if lost:
                session.lost["media of other processes"] += lost


def ended(collected: Collected) -> tuple[str, ...]:
    """Return the writers that have ended."""
    return tuple(
        writer
        for writer in collected.opens
        if _has_ended(collected, writer, force=False)
    )


def _has_ended(collected: Collected, writer: str, *, force: bool) -> bool:
    if writer in collected.closes:
        return True
    opened = collected.opens.get(writer)
    if opened is None:
        return force
    return is_gone(opened) or (force and opened.host != host_name())


class _Recovery:
    """A writer that finishes what others began."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._lost: list[str] = []
        self._records: list[MediaRecord] = []
        self._unread: OSError | None = None
        """Why a snapshot stays in the spool for the next time."""
        name = writer_name()
        self._log = LogWriter(folder, name, _refuse)
        self._files = MediaFiles(folder, name, sync=True)
        self._name = name

    def run(self, todo: dict[str, list[tuple[Row, Intent]]]) -> tuple[int, list[str]]:
        """Return how many items were written, and which could not be."""
        more = {"purpose": "recover", "previous": tuple(todo)}
        try:
            self._log.append_record(opening(self._name, more))
            for writer, missing in todo.items():
                self._recover(writer, missing)
            self._log.append_record(
                Close(
                    state="finished",
                    t=time.time(),
                    media=len(self._records),
                    bytes=sum(record.new_bytes for record in self._records),
                    lost={"media": len(self._lost)} if self._lost else {},
                )
            )
            self._log.sync()
        finally:
            self._log.close()
        if self._unread is not None:
            raise self._unread
        return len(self._records), self._lost

    def _recover(self, writer: str, missing: list[tuple[Row, Intent]]) -> None:
        path = layout.spool_path(writer)
        try:
            descriptor = self._folder.open_file(path)
        except FileNotFoundError:
            descriptor = -1
        try:
            found = find_snapshots(descriptor) if descriptor >= 0 else {}
            for row, intent in missing:
                self._recover_item(descriptor, found, row, intent)
        finally:
            if descriptor >= 0:
                os.close(descriptor)

    def _recover_item(
        self,
        descriptor: int,
        found: dict[int, tuple[Head, int]],
        row: Row,
        intent: Intent,
    ) -> None:
        number, writer, key = row.log.n, row.writer, intent.key
        try:
            snapshot = read_snapshot(descriptor, *_find(found, intent))
        except StoreError as error:
            self._name_lost(row, intent, error)
            return
        except OSError as error:
            self._unread = error
            return
        try:
            encoded = assemble(snapshot)
        except Exception as error:  # noqa: BLE001 - a crafted snapshot fails anyhow; it is named
            self._name_lost(row, intent, error)
            return
        record = self._files.write_item(
            encoded, r=number, w=writer, key=key, step=row.step, index=intent.index
        )
        self._log.append_record(record)
        self._records.append(record)

    def _name_lost(self, row: Row, intent: Intent, error: Exception) -> None:
        text = f"this {intent.kind} is lost: {error}"[:1000]
        self._lost.append(f"{intent.key!r} at step {row.step}: {error}"[:1000])
        key, index = intent.key, intent.index
        note = Note(text=text, r=row.log.n, w=row.writer, key=key, i=index)
        self._log.append_record(note)


def _find(found: dict[int, tuple[Head, int]], intent: Intent) -> tuple[Head, int]:
    place = None if intent.slot is None else found.get(intent.slot)
    if place is None or place[0].draft.kind != intent.kind:
        msg = "it was not written when its writer ended, and is not in the spool"
        raise StoreError(msg)
    return place


def _refuse(kind: str, error: OSError) -> None:
    del kind
    raise error
