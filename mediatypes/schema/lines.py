"""A record as one line: JSON that proves itself.

The first member is the writer's sequence number, the second the kind, the last a
CRC-32 of everything before it with the closing brace put back:

.. code-block:: json

    {"n":17,"k":"log","step":3,"d":{"loss":0.5},"c":"5f1d2c3a"}
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

import msgspec
import numpy as np

from mediatypes.errors import ManifestError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MAX_LINE_READ", "MAX_LINE_WRITTEN", "LineError", "frame", "parse", "seal"]

MAX_LINE_WRITTEN: Final = 1 << 20
"""Longest line that is written, in bytes."""

MAX_LINE_READ: Final = 16 << 20
"""Longest line that is read, in bytes."""

_TAIL: Final = re.compile(rb',"c":"([0-9a-f]{8})"\}').fullmatch
_TAIL_BYTES: Final = len(b',"c":"01234567"}')
MAX_DEPTH_READ: Final = 80
"""Deepest nesting that is read: 64 levels of a value, and what is around it."""

_TEXT: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_STEPS: Final = np.where(np.isin(np.arange(256), [*b"[{"]), 1, -1).astype(np.int8)
_NO_BRACKET: Final = bytes(set(range(256)) - set(b"[]{}"))
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode


class LineError(ManifestError):
    """A line is torn, changed, or no record at all."""


def frame(number: int, kind: str, body: bytes) -> bytes:
    r"""Return the line of a record whose members are the JSON object `body`.

    Examples
    --------
    >>> frame(0, "name", b'{"name":"a"}')
    b'{"n":0,"k":"name","name":"a","c":"1b977db5"}\n'
    """
    comma = "," if len(body) > len(b"{}") else ""
    return seal(f'{{"n":{number},"k":"{kind}"{comma}'.encode() + body[1:])


def seal(text: bytes) -> bytes:
    r"""Return the line of a record; `text` is its JSON without the last member.

    Examples
    --------
    >>> seal(b'{"n":0,"k":"name","name":"a"}')
    b'{"n":0,"k":"name","name":"a","c":"1b977db5"}\n'
    """
    return text[:-1] + b',"c":"%08x"}\n' % crc32(text)


def frame_members(number: int, kind: str, members: Mapping[str, Any]) -> bytes:
    """Return the line of a record with these `members`."""
    return frame(number, kind, _encode(members))


def check(line: bytes) -> None:
    """Raise `LineError` unless a line can be decoded, and its CRC fits.

    Parameters
    ----------
    line
        Bytes of one line without its newline.
    """
    if len(line) > MAX_LINE_READ:
        msg = f"line of {len(line)} bytes, longer than {MAX_LINE_READ}"
        raise LineError(msg)
    if not line.endswith(b',"c":"%08x"}' % crc32(b"}", crc32(line[:-_TAIL_BYTES]))):
        is_there = _TAIL(line, len(line) - _TAIL_BYTES)
        fault = "match its" if is_there else "end with its"
        msg = f"line does not {fault} checksum"
        raise LineError(msg)
    if line.count(b"[") + line.count(b"{") > MAX_DEPTH_READ:
        _check_depth(line)


def parse(line: bytes) -> dict[str, Any]:
    """Return the members of a line.

    Raises
    ------
    LineError
        If the line is torn, changed, or not a JSON object.

    Examples
    --------
    >>> parse(b'{"n":0,"k":"name","name":"a","c":"1b977db5"}')["name"]
    'a'
    """
    check(line)
    try:
        return _decode(line)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        msg = f"line is not JSON: {error}"
        raise LineError(msg) from error


def _check_depth(line: bytes) -> None:
    """Raise `LineError` if `line` is nested too deeply.

    Decoders and all that walks what they return would go as deep.
    """
    brackets = _TEXT.sub(b"", line).translate(None, _NO_BRACKET)
    letters = np.frombuffer(brackets, np.uint8)
    depth = _STEPS[letters].cumsum(dtype=np.int32)
    if depth.max() > MAX_DEPTH_READ:
        msg = f"line is nested deeper than {MAX_DEPTH_READ}"
        raise LineError(msg)
