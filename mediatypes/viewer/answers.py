"""Answers of the server: JSON that is strict, and refusals that say what to do."""

from __future__ import annotations

import base64
import math
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
from starlette.responses import Response

from mediatypes._core.arrays import is_mapping, is_sequence

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from starlette.requests import Request

__all__ = ["Numbers", "Refused", "as_json", "packed", "refusal", "strict"]

_NUMBERS: Final = "application/octet-stream"
_WORD: Final = 8
"""Bytes of a length, and of what every array begins at a multiple of."""


class Refused(Exception):  # noqa: N818 - it is an answer, not a fault
    """A request that cannot be answered.

    Parameters
    ----------
    status
        Of HTTP.
    code
        One word for programs.
    message
        What is wrong.
    hint
        What to do.
    """

    def __init__(self, status: int, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.hint = hint

    def response(self) -> Response:
        """Return it as an answer."""
        return refusal(self.status, self.code, str(self), self.hint)


def as_json(value: Any, status: int = 200) -> Response:
    """Return `value` as an answer that no browser keeps."""
    return Response(
        msgspec.json.encode(value),
        status,
        {"cache-control": "no-store"},
        "application/json",
    )


class Numbers:
    """An answer with many numbers, which lie before its words, where base64 is slow.

    Eight bytes say where the words begin (little-endian), then come the arrays, each at
    a multiple of eight, then the words as JSON to the end. In them stands for an array
    where it begins (``at``), how many numbers it has (``count``) and its ``dtype``.
    """

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._end = _WORD

    @staticmethod
    def is_wanted(request: Request) -> bool:
        """Whether who asks understands it."""
        return _NUMBERS in request.headers.get("accept", "")

    def packed(self, values: NDArray[Any], dtype: str) -> dict[str, Any]:
        """Take in an array and return what stands for it in the words."""
        at, data = self._end, _bytes(values, dtype)
        self._parts += [data, bytes(-len(data) % _WORD)]
        self._end += len(data) + len(self._parts[-1])
        return {"at": at, "count": len(values), "dtype": dtype}

    def response(self, words: Any) -> Response:
        """Return it, with words in which arrays stand as `packed` has said."""
        head = self._end.to_bytes(_WORD, "little")
        data = b"".join([head, *self._parts, msgspec.json.encode(words)])
        return Response(data, 200, {"cache-control": "no-store"}, _NUMBERS)


def refusal(status: int, code: str, message: str, hint: str = "") -> Response:
    """Return an error as an answer."""
    error = {"code": code, "message": message, "hint": hint}
    return as_json({"error": error}, status)


def packed(values: NDArray[Any], dtype: str) -> dict[str, Any]:
    """Return numbers as the page reads them at once: base64 of little-endian bytes."""
    return {"b64": base64.b64encode(_bytes(values, dtype)).decode(), "dtype": dtype}


def _bytes(values: NDArray[Any], dtype: str) -> bytes:
    kind = np.dtype(dtype).newbyteorder("<")
    return np.ascontiguousarray(values, kind).tobytes()


def strict(value: Any) -> Any:
    """Return `value` with words for numbers that JSON has not, and nothing of ours."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if is_mapping(value):
        return {str(key): strict(item) for key, item in value.items()}
    if is_sequence(value):
        return [strict(item) for item in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return str(value)
