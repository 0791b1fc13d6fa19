"""The process that draws: it reads figures, writes pictures, and ends with its input.

Every message is 8 bytes of length and as many of content.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
from typing import TYPE_CHECKING, Final

from mediatypes.adapters.lookup import load
from mediatypes.formats import png

if TYPE_CHECKING:
    from io import RawIOBase

__all__ = ["LENGTH", "main", "read", "write"]

LENGTH: Final = struct.Struct("<Q")


def read(pipe: RawIOBase) -> bytearray:
    """Return the next message.

    Raises
    ------
    EOFError
        If there is none, or only a part of one.
    """
    (size,) = LENGTH.unpack(_exactly(pipe, LENGTH.size))
    return _exactly(pipe, size)


def _exactly(pipe: RawIOBase, size: int) -> bytearray:
    data = bytearray(size)
    rest = memoryview(data)
    while rest:
        count = pipe.readinto(rest)
        if not count:
            raise EOFError
        rest = rest[count:]
    return data


def write(pipe: RawIOBase, data: bytes) -> None:
    """Send a message."""
    for part in (LENGTH.pack(len(data)), data):
        rest = memoryview(part)
        while rest:
            rest = rest[pipe.write(rest) or 0 :]


def main() -> None:
    """Answer every figure with its picture, or with what it cannot be drawn for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is meant for the parent
    given = os.fdopen(0, "rb", buffering=0)
    # What a library prints must not come between the messages.
    taken = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    unfold = load("sheets").unfold
    while True:
        try:
            request = read(given)
        except EOFError:
            return
        try:
            drawn = unfold(request, is_alone=True)
            # A twentieth of the bytes, and the parent need not make them.
            answer: object = drawn._replace(pixels=png.encode(drawn.pixels))
        except Exception as error:  # noqa: BLE001 - the parent tries, and says it
            answer = f"{type(error).__name__}: {error}"
        write(taken, pickle.dumps(answer, 5))
