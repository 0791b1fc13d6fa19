"""Checking a run folder against its own record."""

from __future__ import annotations

import hashlib
import itertools
import re
import stat
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from mediatypes.errors import ManifestError, RunNotFoundError
from mediatypes.schema import Part  # noqa: TC001 - msgspec reads annotations
from mediatypes.store import layout
from mediatypes.store.collect import MAX_INFO, Collected, is_newer, parse_info
from mediatypes.store.derived import differs, json_text, manifest, manifest_state
from mediatypes.store.findings import NOTE, WARNING, Finding, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mediatypes.schema import Media
    from mediatypes.store.beneath import Folder
    from mediatypes.store.scan import Damage

__all__ = ["Finding", "Report", "checked", "verify"]

_MEDIA_PATH: Final = re.compile(
    r"media/[a-z0-9_]{1,32}/[a-z0-9._~-]{1,64}/[0-9a-z.-]{1,80}"
)
_DEEPEST: Final = 2
"""Folders beneath ``media/`` that a file of ours lies in."""
_NAMED: Final = "media"
"""What a writer lost of these it names one by one."""
_LAST_FEW: Final = 8
"""Threads that can be between taking a number and writing its line when killed."""


class _File(msgspec.Struct):
    """A file that is named inside a value, and its parts."""

    path: str
    sha256: str
    size: int
    parts: tuple[Part, ...] = ()


class _Found(NamedTuple):
    """A file as it is on disk."""

    size: int
    digest: str | None
    """None if it was not read."""


def verify(
    folder: Folder,
    *,
    is_quick: bool = False,
    progress: Callable[[int], object] = lambda _bytes: None,
) -> Report:
    """Return what is wrong with a run folder.

    Parameters
    ----------
    folder
        The run folder.
    is_quick
        Whether to look at the sizes of media files only, and not to read them.
    progress
        Called with the bytes read, file by file.

    Raises
    ------
    mediatypes.errors.RunNotFoundError
        If it is no run folder.
    """
    return checked(Collected(_run(folder)), is_quick=is_quick, progress=progress)


def checked(
    collected: Collected,
    *,
    is_quick: bool = False,
    progress: Callable[[int], object] = lambda _bytes: None,
) -> Report:
    """Return what is wrong with a run whose records have been read; as `verify`."""
    report = Report(frozenset(_accounted_for(collected)))
    _check_lines(collected, report)
    _check_run_file(collected, report)
    listed = _check_media(
        _Files(collected.folder, report, progress, is_quick), collected
    )
    _check_intents(collected, report)
    _check_strays(collected.folder, listed, report)
    _check_derived(collected, report)
    return report


def _accounted_for(collected: Collected) -> Iterator[tuple[str, str]]:
    """Yield words and places of findings that a repair is done with.

    A repair that was killed has on record what it was going to move aside.
    """
    planned = {repair.where for repair in collected.repairs if repair.kept is not None}
    undone = {where for where in planned if _is_there(collected.folder, where)}
    for repair in collected.repairs:
        if repair.where != layout.RUN and repair.where not in undone:
            yield repair.word, repair.where


def _is_there(folder: Folder, path: str) -> bool:
    try:
        folder.stat(path)
    except OSError:
        return False
    return True


def _run(folder: Folder) -> Folder:
    if layout.RUN not in folder.names("") and not folder.names(layout.LOG):
        msg = f"{folder.path} is not a run folder: it has no {layout.RUN}."
        raise RunNotFoundError(msg)
    return folder


def _check_lines(collected: Collected, report: Report) -> None:
    report.records = collected.records
    for damage in collected.final_damage():
        is_end = damage.code == "seq-gap" and _is_last_before_crash(collected, damage)
        severity = NOTE if is_end else ""
        report.add(damage.code, damage.where, damage.text, severity)
    if all(opened.purpose for opened in collected.opens.values()):
        severity = WARNING if _has_not_begun(collected) else ""
        text = "no writer's first record is there"
        report.add("no-writer", layout.LOG, text, severity)
    for kind, count in collected.unknown.items():
        report.add("unknown-kind", layout.LOG, f"{count} records of kind {kind!r}")
    if collected.is_partial:
        text = "some records need a newer release; the view is partial"
        report.add("unknown-critical", layout.LOG, text)
    for writer in collected.clocks_back():
        text = "its clock went back; rows are ordered by time since its start"
        report.add("clock-back", f"{layout.LOG}/{writer}", text)
    for writer, closed in collected.closes.items():
        for what, count in closed.lost.items():
            if what != _NAMED:
                text = f"its writer says that it lost {count} {what}"
                report.add("drop-count", f"{layout.LOG}/{writer}, {what}", text)


def _has_not_begun(collected: Collected) -> bool:
    """Whether nothing says that there has ever been a record."""
    folder = collected.folder
    is_derived = layout.MANIFEST in folder.names("")
    return not (collected.records or folder.names(layout.MEDIA) or is_derived)


def _is_last_before_crash(collected: Collected, damage: Damage) -> bool:
    last = collected.last_numbers.get(damage.writer, 0)
    return damage.writer not in collected.closes and damage.number > last - _LAST_FEW


def _check_run_file(collected: Collected, report: Report) -> None:
    where = layout.RUN
    try:
        text = collected.folder.read(where, limit=MAX_INFO)
    except OSError as error:
        report.add("bad-run", where, f"cannot be read: {_reason(error)}")
        return
    try:
        if is_newer(parse_info(text, where)):
            report.add("version-newer", where, "needs a newer release to be read")
    except ManifestError as error:
        report.add("bad-run", where, str(error))
    digest = hashlib.sha256(text).hexdigest()
    if any(repair.sha256 == digest for repair in collected.repairs):
        return
    for opened in collected.opens.values():
        if opened.run_sha256 and opened.run_sha256 != digest:
            report.add("run-digest", where, f"is not what writer {opened.writer} found")


def _check_media(files: _Files, collected: Collected) -> set[str]:
    listed: set[str] = set()
    items: list[Media | _File] = [*itertools.chain(*collected.media.values())]
    items += [record for _, record in collected.set_aside]
    for typed in collected.typed_files():
        try:
            items.append(msgspec.convert(typed, _File))
        except (msgspec.ValidationError, RecursionError) as error:
            files.report.add("bad-line", layout.LOG, f"a typed value: {error}")
    for item in items:
        for file in (item, *item.parts):
            listed.add(file.path)
            files.check(file)
    return listed


class _Files:
    """Holds files against their records, each read once."""

    def __init__(
        self,
        folder: Folder,
        report: Report,
        progress: Callable[[int], object],
        is_quick: bool,  # noqa: FBT001 - of this module
    ) -> None:
        self.report = report
        self._folder = folder
        self._progress = progress
        self._is_quick = is_quick
        self._found: dict[str, _Found | None] = {}

    def check(self, file: Media | Part | _File) -> None:
        """Report what is wrong with the file of a record."""
        path = file.path
        if path not in self._found:
            self._found[path] = self._look(path, file.size)
        found = self._found[path]
        if found is None:
            return
        if found.size != file.size:
            text = f"has {found.size} bytes; its record says {file.size}"
            self.report.add("media-size", path, text)
        elif found.digest not in {None, file.sha256}:
            self.report.add("media-digest", path, "does not match its digest")
        else:
            self.report.sound.add(path)

    def _look(self, path: str, size: int) -> _Found | None:
        if not _MEDIA_PATH.fullmatch(path):
            self.report.add("foreign-name", path, "is no name of a media file")
            return None
        try:
            status = self._folder.stat(path)
            if stat.S_ISLNK(status.st_mode):
                self.report.add("symlink", path, "is a symbolic link")
                return None
            # The size first, so that nobody has us read what cannot fit.
            is_read = status.st_size == size and not self._is_quick
            if not stat.S_ISREG(status.st_mode):
                self.report.add("media-missing", path, "is not a regular file")
                return None
            found = self._read(path) if is_read else _Found(status.st_size, None)
        except OSError as error:
            self.report.add("media-missing", path, f"cannot be read: {_reason(error)}")
            return None
        self.report.files += 1
        return found

    def _read(self, path: str) -> _Found:
        digest, size = hashlib.sha256(), 0
        for block in self._folder.blocks(path):
            digest.update(block)
            size += len(block)
        self.report.bytes += size
        self._progress(size)
        return _Found(size, digest.hexdigest())


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


def _check_intents(collected: Collected, report: Report) -> None:
    names = map(layout.parse_spool_name, collected.folder.names(layout.LOG))
    spools = {writer for writer in names if writer is not None}
    for row, intent in collected.missing():
        where = f"step {row.step}, key {intent.key!r}, item {intent.index}"
        text = collected.reason(row, intent)
        if text is None and intent.slot is not None and row.writer in spools:
            text = f"its {intent.kind} is in the spool; `mediatypes recover` writes it"
            report.add("intent-open", where, text)
        elif text is not None or row.writer in collected.closes:
            place = f"{where}, writer {row.writer}"
            report.add("media-lost", place, text or f"its {intent.kind} is lost")
        else:
            report.add("intent-open", where, f"its {intent.kind} is not written yet")


def _check_strays(folder: Folder, listed: set[str], report: Report) -> None:
    for path, _ in folder.walk(layout.MEDIA, _DEEPEST):
        if path not in listed:
            report.add("orphan-media", path, "has no record")
    for path, _ in folder.walk(layout.TMP, 0):
        if not layout.is_reserve(path):
            report.add("stray-tmp", path, "is a leftover")
    for name in folder.names(layout.LOG):
        known = name.endswith((".spool", ".lease")) or layout.parse_log_name(name)
        if not known:
            report.add("foreign-name", f"{layout.LOG}/{name}", "is no log", NOTE)


def _check_derived(collected: Collected, report: Report) -> None:
    expected = manifest(collected.media_records())
    state = manifest_state(collected.folder, expected)
    if state is not None:
        text = f"is {state}; it is made anew from the record"
        report.add(f"manifest-{state}", layout.MANIFEST, text)
    if len(collected.closes) < len(collected.opens):
        return
    derived: dict[str, dict[str, Any]] = {
        layout.SUMMARY: collected.summary(),
        layout.CONFIG: collected.fold().config,
    }
    for name, content in derived.items():
        if differs(collected.folder, name, json_text(content)):
            report.add("derived-stale", name, "is not what the record says")
