"""The contract between writer, reader and dashboard: records, lines and values."""

from __future__ import annotations

from mediatypes.schema.draft import Draft, DraftFile, Snapshot
from mediatypes.schema.lines import LineError, frame, parse
from mediatypes.schema.reading import read_line
from mediatypes.schema.records import (
    FORMAT,
    VERSION,
    Close,
    Config,
    Encoded,
    EncodedPart,
    Environment,
    Intent,
    Log,
    Media,
    Metric,
    Name,
    Note,
    Open,
    Part,
    Record,
    Repair,
    RunInfo,
    Source,
    Summary,
    Sync,
    System,
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
    "Environment",
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
    "Repair",
    "RunInfo",
    "Snapshot",
    "Source",
    "Summary",
    "Sync",
    "System",
    "Unknown",
    "decode_value",
    "encode_value",
    "frame",
    "parse",
    "read_line",
]
