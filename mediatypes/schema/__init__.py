"""The contract between writer, reader and dashboard: records, lines and values."""

from __future__ import annotations

from mediatypes.schema.draft import Draft, DraftFile, Snapshot
from mediatypes.schema.lines import LineError, frame, parse
from mediatypes.schema.records import (
    FORMAT,
    VERSION,
    Close,
    Config,
    Encoded,
    EncodedPart,
    Intent,
    Log,
    Media,
    Metric,
    Name,
    Note,
    Open,
    Part,
    Record,
    RunInfo,
    Source,
    Summary,
    Sync,
    Unknown,
)
from mediatypes.schema.values import decode_value, encode_value

__all__ = [
    "FORMAT",
    "VERSION",
    "Close",
    "Config",
    "Draft",
    "DraftFile",
    "Encoded",
    "EncodedPart",
    "Intent",
    "LineError",
    "Log",
    "Media",
    "Metric",
    "Name",
    "Note",
    "Open",
    "Part",
    "Record",
    "RunInfo",
    "Snapshot",
    "Source",
    "Summary",
    "Sync",
    "Unknown",
    "decode_value",
    "encode_value",
    "frame",
    "parse",
]
