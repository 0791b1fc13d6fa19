"""From a line to its record, in one step where that is common."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from mediatypes.schema.lines import check, parse
from mediatypes.schema.records import Log, to_record

if TYPE_CHECKING:
    from mediatypes.schema.records import Record

__all__ = ["read_line"]

_is_log: Final = re.compile(rb'\{"n":[0-9]{1,15},"k":"log",').match
_decode_log: Final = msgspec.json.Decoder(Log).decode


def read_line(line: bytes) -> Record:
    """Return the record of a line, which has no line feed.

    Raises
    ------
    mediatypes.errors.ManifestError
        If the line is torn or changed, or is no record.

    Examples
    --------
    >>> read_line(b'{"n":0,"k":"name","name":"a","c":"1b977db5"}').name
    'a'
    """
    if _is_log(line):
        check(line)
        try:
            record = _decode_log(line)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return to_record(parse(line))  # which says what is wrong
        if record.n >= 0:
            return record
    return to_record(parse(line))
