"""Every record that a run folder may hold (docs/reference/run-format.md)."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, TypeAlias

import msgspec
from msgspec import Meta, Struct, field

from mediatypes.errors import ManifestError

__all__ = [
    "FORMAT",
    "VERSION",
    "Close",
    "Config",
    "Encoded",
    "EncodedPart",
    "Environment",
    "Intent",
    "Log",
    "LogLine",
    "Media",
    "Metric",
    "Name",
    "Note",
    "Open",
    "Part",
    "Record",
    "Repair",
    "RunInfo",
    "Source",
    "Summary",
    "Sync",
    "System",
    "Unknown",
    "members",
    "to_record",
]

FORMAT: Final = "mediatypes-run"
VERSION: Final = (1, 0)


Count: TypeAlias = Annotated[int, Meta(ge=0, le=2**53)]
"""A number that counts: what a record says beyond that is no record of ours."""

_Pid: TypeAlias = Annotated[int, Meta(ge=1, le=2**31)]


class Source(Struct, frozen=True, omit_defaults=True):
    """What a value was before it was stored, and the rule that stored it."""

    dtype: str | None = None
    shape: tuple[int, ...] | None = None
    layout: str | None = None
    range: tuple[Any, Any] | None = None
    rule: str | None = None
    clipped: Count = 0
    nonfinite: Count = 0
    reasons: tuple[str, ...] = ()

    @property
    def is_odd(self) -> bool:
        """Whether the rule had to change or leave out something."""
        return bool(self.clipped or self.nonfinite or self.reasons)


class Part(Struct, frozen=True, omit_defaults=True):
    """A further file of a media item, such as a mask or a vector form."""

    name: str
    kind: str
    path: str
    sha256: str
    size: Count
    mime: str
    same: bool = False
    """Whether it shares the file of an earlier item or part of equal bytes."""


class EncodedPart(Struct, frozen=True):
    """The bytes of a further file of a value."""

    name: str
    """What the value calls it; data, never a path."""
    kind: str
    extension: str
    mime: str
    data: bytes


class Encoded(Struct, frozen=True):
    """A value as the bytes of its files, not yet anywhere on disk."""

    kind: str
    extension: str
    mime: str
    data: bytes
    meta: dict[str, Any] = {}
    source: Source | None = None
    parts: tuple[EncodedPart, ...] = ()
    """Files beside the first, each with a name of its own."""
    caption: str | None = None
    id: str | None = None


class _Line(Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    kind_name: ClassVar[str]
    n: int = field(default=-1)
    """Sequence number of the writer; set when the line is framed."""


class Open(_Line, frozen=True, omit_defaults=True, kw_only=True):
    """The first record of a writer."""

    kind_name: ClassVar[str] = "open"
    writer: str
    rank: Count
    host: str
    pid: _Pid
    start: str
    """Start time of the process as the system counts it, or ``""``."""
    boot: str
    """Identity of the system's boot, or ``""``."""
    t: float
    m: float
    previous: tuple[str, ...] = ()
    """Writers that went before, when the run is resumed."""
    parent: str | None = None
    """The writer whose process forked this one."""
    purpose: str = ""
    """``"recover"`` of a writer that only finishes what others left."""
    run_sha256: str = ""
    """Digest of ``run.json``, so that a changed byte there is found."""
    lib: dict[str, str] = {}
    tags: tuple[str, ...] = ()
    notes: str | None = None
    group: str | None = None
    job_type: str | None = None


class Intent(Struct, frozen=True, array_like=True):
    """A media item that a row announces."""

    key: str
    index: Count
    kind: str
    slot: Count | None = None
    """Where its snapshot is spooled."""
    length: Count | None = None
    """Of the list it came in, if it came in one."""


class Log(_Line, frozen=True, omit_defaults=True, kw_only=True):
    """One call of ``log``: its data, and the media it intends."""

    kind_name: ClassVar[str] = "log"
    step: Count
    t: float = 0.0
    m: float = 0.0
    d: dict[str, Any] = {}
    media: tuple[Intent, ...] = ()


class LogLine(Struct, frozen=True, omit_defaults=True):
    """A `Log` with number and kind, as its line has them."""

    n: int
    k: str
    step: int
    t: float
    m: float
    d: dict[str, Any] = {}
    media: tuple[Intent, ...] = ()


class Media(_Line, frozen=True, omit_defaults=True, kw_only=True):
    """One media item, its files complete and in their places."""

    kind_name: ClassVar[str] = "media"
    r: Count
    w: str | None = None
    """The writer of record `r`, where another one writes this."""
    key: str
    step: Count
    i: Count
    kind: str
    path: str
    sha256: str
    size: Count
    mime: str
    caption: str | None = None
    id: str | None = None
    meta: dict[str, Any] = {}
    source: Source | None = None
    parts: tuple[Part, ...] = ()
    same: bool = False
    """Whether it shares the file of an earlier item of equal bytes."""

    @property
    def new_files(self) -> tuple[Media | Part, ...]:
        """Its files, those left out that an earlier item or part brought."""
        if not self.parts:
            return () if self.same else (self,)
        files: list[Media | Part] = [self, *self.parts]
        return tuple(file for file in files if not file.same)

    @property
    def new_bytes(self) -> int:
        """Bytes of those files."""
        if not self.parts:
            return 0 if self.same else self.size
        return sum(file.size for file in self.new_files)


class Config(_Line, frozen=True, omit_defaults=True, kw_only=True):
    """Config keys that were set."""

    kind_name: ClassVar[str] = "config"
    d: dict[str, Any] = {}


class Summary(_Line, frozen=True, omit_defaults=True, kw_only=True):
    """Summary keys that were set by hand."""

    kind_name: ClassVar[str] = "summary"
    d: dict[str, Any] = {}
    removed: tuple[str, ...] = ()


class Metric(_Line, frozen=True, omit_defaults=True, kw_only=True):
    """How a key is summarised and against what it is drawn."""

    kind_name: ClassVar[str] = "metric"
    name: str
    step_metric: str | None = None
    summary: str | None = None


class Name(_Line, frozen=True, omit_defaults=True, kw_only=True):
    """A new display name, or new words beside it."""

    kind_name: ClassVar[str] = "name"
    name: str
    tags: tuple[str, ...] | None = None
    notes: str | None = None


class Note(_Line, frozen=True, omit_defaults=True, kw_only=True):
    """A remark for people; names a lost item by `r`, `key` and `i`."""

    kind_name: ClassVar[str] = "note"
    text: str
    r: Count | None = None
    w: str | None = None
    key: str | None = None
    i: Count | None = None


class Environment(_Line, frozen=True, omit_defaults=True, kw_only=True):
    """Where a writer runs: program, packages, commit, hardware."""

    kind_name: ClassVar[str] = "environment"
    d: dict[str, Any] = {}


class System(_Line, frozen=True, omit_defaults=True, kw_only=True):
    """How busy the machine was at a moment."""

    kind_name: ClassVar[str] = "system"
    t: float = 0.0
    d: dict[str, float] = {}


class Sync(_Line, frozen=True, omit_defaults=True, kw_only=True):
    """Everything up to this sequence number is on disk."""

    kind_name: ClassVar[str] = "sync"
    upto: Count


class Repair(_Line, frozen=True, omit_defaults=True, kw_only=True):
    """What a repair found and accounts for; it mends, and says so for ever."""

    kind_name: ClassVar[str] = "repair"
    word: str
    """Of the finding, such as ``"media-missing"``."""
    where: str
    """Of the finding."""
    text: str = ""
    path: str | None = None
    """The file of the run that it is about."""
    kept: str | None = None
    """Where in ``quarantine/`` what was there is now."""
    sha256: str = ""
    """Of the file that was put in its place."""


class Close(_Line, frozen=True, omit_defaults=True, kw_only=True):
    """The last record of a writer."""

    kind_name: ClassVar[str] = "close"
    state: str
    error: str | None = None
    t: float = 0.0
    rows: Count = 0
    media: Count = 0
    bytes: Count = 0
    lost: dict[str, int] = {}
    waiting: Count = 0
    """Media that are still in the spool, for `recover`."""


class Unknown(_Line, frozen=True, kw_only=True):
    """A record of a kind that a later release may have added."""

    kind_name: ClassVar[str] = "unknown"
    k: str
    members: dict[str, Any]

    @property
    def critical(self) -> bool:
        """Whether the record says that a reader must not pass it over."""
        return self.members.get("!") == 1


Known: TypeAlias = (
    Open
    | Log
    | Media
    | Config
    | Summary
    | Metric
    | Name
    | Note
    | Environment
    | System
    | Sync
    | Close
    | Repair
)
Record: TypeAlias = Known | Unknown

_KINDS: Final[dict[str, type[Known]]] = {
    kind.kind_name: kind
    for kind in (
        *(Open, Log, Media, Config, Summary, Metric, Name, Note, Sync, Close),
        *(Environment, System, Repair),
    )
}


class RunInfo(Struct, frozen=True, kw_only=True):
    """What ``run.json`` says of a run, written once."""

    format: str = FORMAT
    version: tuple[int, int] = VERSION
    min_reader: tuple[int, int] = VERSION
    features: dict[str, list[str]] = field(
        default_factory=lambda: {"required": [], "optional": []}
    )
    run_id: str
    name: str
    project: str | None = None
    created: str
    digest: str = "sha256"
    lib: dict[str, str] = {}


def members(record: _Line) -> dict[str, Any]:
    """Return the members of `record` that a line spells out, without ``n``."""
    found: dict[str, Any] = msgspec.to_builtins(record)
    found.pop("n", None)
    return found


def to_record(line: dict[str, Any]) -> Record:
    """Return the record of a parsed line; kinds not known here are kept as they are.

    Raises
    ------
    mediatypes.errors.ManifestError
        If a member is missing or has the wrong type.
    """
    kind = line.get("k")
    number = line.get("n")
    if not isinstance(kind, str) or type(number) is not int or number < 0:
        msg = "record has no number or no kind"
        raise ManifestError(msg)
    known = _KINDS.get(kind)
    if known is None:
        return Unknown(n=number, k=kind, members=line)
    try:
        return msgspec.convert(line, known)
    except (msgspec.ValidationError, RecursionError) as error:
        msg = f"record {number} ({kind}): {error}"
        raise ManifestError(msg) from error
