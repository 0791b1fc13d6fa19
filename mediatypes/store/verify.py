"""Checking a run folder against its own record."""

from __future__ import annotations

import hashlib
import itertools
import re
import stat
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from mediatypes.errors import ManifestError, RunNotFoundError, StoreError
from mediatypes.schema import Part  # noqa: TC001 - msgspec reads annotations
from mediatypes.store import layout
from mediatypes.store.collect import Collected, read_info
from mediatypes.store.derived import json_text, manifest, manifest_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from mediatypes.schema import Media
    from mediatypes.store.beneath import Folder
    from mediatypes.store.scan import Damage

__all__ = ["Finding", "Report", "verify"]

ERROR: Final = "error"
WARNING: Final = "warning"
NOTE: Final = "note"

_SEVERITY: Final = {
    "torn-tail": NOTE,
    "bad-line": ERROR,
    "seq-gap": ERROR,
    "dup-record": NOTE,
}
_MEDIA_PATH: Final = re.compile(
    r"media/[a-z0-9_]{1,32}/[a-z0-9._~-]{1,64}/[0-9a-z.-]{1,80}"
)
_LAST_FEW: Final = 8
"""Threads that can be between taking a number and writing its line when killed."""


class _File(msgspec.Struct):
    """A file that is named inside a value, and its parts."""

    path: str
    sha256: str
    size: int
    parts: tuple[Part, ...] = ()


class Finding(NamedTuple):
    """One thing that is wrong, or worth knowing."""

    id: str
    """Stable word for programs, such as ``"media-digest"``."""
    severity: str
    """``"error"``, ``"warning"`` or ``"note"``."""
    where: str
    text: str


class Report:
    """What a check found.

    Attributes
    ----------
    findings
        Everything that is wrong or worth knowing.
    files, bytes
        Media files that were read, and their size.
    records
        Records that were read.
    """

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.files = 0
        self.bytes = 0
        self.records = 0

    @property
    def is_damaged(self) -> bool:
        """Whether anything found is an error."""
        return any(finding.severity == ERROR for finding in self.findings)

    def add(self, id: str, severity: str, where: str, text: str) -> None:  # noqa: A002 - the field's name
        """Add a finding."""
        self.findings.append(Finding(id, severity, where, text))


def verify(
    folder: Folder, *, progress: Callable[[int], object] = lambda _bytes: None
) -> Report:
    """Return what is wrong with a run folder; every media file is read whole.

    Parameters
    ----------
    folder
        The run folder.
    progress
        Called with the bytes read, file by file.

    Raises
    ------
    mediatypes.errors.RunNotFoundError
        If it is no run folder.
    """
    if layout.RUN not in folder.names(""):
        msg = f"{folder.path} is not a run folder: it has no {layout.RUN}."
        raise RunNotFoundError(msg)
    collected = Collected(folder)
    report = Report()
    _check_lines(collected, report)
    _check_run_file(collected, report)
    listed = _check_media(collected, report, progress)
    _check_intents(collected, report)
    _check_strays(folder, listed, report)
    _check_derived(collected, report)
    return report


def _check_lines(collected: Collected, report: Report) -> None:
    report.records = collected.records
    for damage in collected.final_damage():
        severity = _SEVERITY[damage.code]
        if damage.code == "seq-gap" and _is_last_before_crash(collected, damage):
            severity = NOTE
        report.add(damage.code, severity, damage.where, damage.text)
    if not collected.opens:
        report.add("no-writer", ERROR, layout.LOG, "no writer's first record is there")
    if collected.is_partial:
        text = "some records need a newer release; the view is partial"
        report.add("unknown-critical", ERROR, layout.LOG, text)


def _is_last_before_crash(collected: Collected, damage: Damage) -> bool:
    writer = damage.where.rpartition("/")[2]
    last = collected.last_numbers.get(writer, 0)
    return writer not in collected.closes and damage.number > last - _LAST_FEW


def _check_run_file(collected: Collected, report: Report) -> None:
    digest = hashlib.sha256(collected.folder.read(layout.RUN)).hexdigest()
    try:
        read_info(collected.folder)
    except ManifestError as error:
        report.add("bad-run", ERROR, layout.RUN, str(error))
    for opened in collected.opens.values():
        if opened.run_sha256 and opened.run_sha256 != digest:
            text = f"is not what writer {opened.writer} found"
            report.add("run-digest", ERROR, layout.RUN, text)


def _check_media(
    collected: Collected, report: Report, progress: Callable[[int], object]
) -> set[str]:
    checked: dict[str, tuple[str, int]] = {}
    listed: set[str] = set()
    items: list[Media | _File] = [*itertools.chain(*collected.media.values())]
    for typed in collected.typed_files():
        try:
            items.append(msgspec.convert(typed, _File))
        except msgspec.ValidationError as error:
            report.add("bad-line", ERROR, layout.LOG, f"a typed value: {error}")
    for item in items:
        for file in (item, *item.parts):
            listed.add(file.path)
            _check_file(collected.folder, file, checked, report, progress)
    return listed


def _check_file(
    folder: Folder,
    part: Media | Part | _File,
    checked: dict[str, tuple[str, int]],
    report: Report,
    progress: Callable[[int], object],
) -> None:
    path = part.path
    if path not in checked:
        if not _MEDIA_PATH.fullmatch(path):
            report.add("foreign-name", ERROR, path, "is no name of a media file")
            return
        try:
            if stat.S_ISLNK(folder.stat(path).st_mode):
                report.add("symlink", ERROR, path, "is a symbolic link")
                return
            checked[path] = _digest(folder, path)
        except (OSError, StoreError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            report.add("media-missing", ERROR, path, f"cannot be read: {reason}")
            return
        report.files += 1
        report.bytes += checked[path][1]
        progress(checked[path][1])
    digest, size = checked[path]
    if size != part.size:
        text = f"has {size} bytes; its record says {part.size}"
        report.add("media-size", ERROR, path, text)
    elif digest != part.sha256:
        report.add("media-digest", ERROR, path, "does not match its digest")


def _digest(folder: Folder, path: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for block in folder.blocks(path):
        digest.update(block)
        size += len(block)
    return digest.hexdigest(), size


def _check_intents(collected: Collected, report: Report) -> None:
    names = map(layout.parse_spool_name, collected.folder.names(layout.LOG))
    spools = {writer for writer in names if writer is not None}
    for row, intent in collected.missing():
        where = f"step {row.step}, key {intent.key!r}, item {intent.index}"
        text = collected.reason(row, intent)
        if text is None and intent.slot is not None and row.writer in spools:
            text = f"its {intent.kind} is in the spool; `mediatypes recover` writes it"
            report.add("intent-open", WARNING, where, text)
        elif text is not None or row.writer in collected.closes:
            text = text or f"its {intent.kind} is lost"
            report.add("media-lost", ERROR, where, text)
        else:
            text = f"its {intent.kind} is not written yet"
            report.add("intent-open", WARNING, where, text)


def _check_strays(folder: Folder, listed: set[str], report: Report) -> None:
    for path, _ in folder.walk(layout.MEDIA):
        if path not in listed:
            report.add("orphan-media", NOTE, path, "has no record")
    for path, _ in folder.walk(layout.TMP):
        if not layout.is_reserve(path):
            report.add("stray-tmp", NOTE, path, "is a leftover")
    for name in folder.names(layout.LOG):
        known = name.endswith((".spool", ".lease")) or layout.parse_log_name(name)
        if not known:
            report.add("foreign-name", NOTE, f"{layout.LOG}/{name}", "is no log")


def _check_derived(collected: Collected, report: Report) -> None:
    expected = manifest(collected.media_records())
    state = manifest_state(collected.folder, expected)
    if state is not None:
        severity = ERROR if state == "damaged" else NOTE
        text = f"is {state}; it is made anew from the record"
        report.add(f"manifest-{state}", severity, layout.MANIFEST, text)
    if len(collected.closes) < len(collected.opens):
        return
    derived: dict[str, dict[str, Any]] = {
        layout.SUMMARY: collected.summary(),
        layout.CONFIG: collected.fold().config,
    }
    for name, content in derived.items():
        try:
            found = collected.folder.read(name)
        except FileNotFoundError:
            continue
        if found != json_text(content):
            report.add("derived-stale", NOTE, name, "is not what the record says")
