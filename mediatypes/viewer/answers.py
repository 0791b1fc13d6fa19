"""Answers of the server: JSON that is strict, and refusals that say what to do."""

from __future__ import annotations

import base64
import math
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from starlette.responses import Response

from mediatypes._core.arrays import is_mapping, is_sequence

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Refused", "as_json", "packed", "refusal", "strict"]


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


def refusal(status: int, code: str, message: str, hint: str = "") -> Response:
    """Return an error as an answer."""
    error = {"code": code, "message": message, "hint": hint}
    return as_json({"error": error}, status)


def packed(values: NDArray[Any], dtype: str) -> dict[str, str]:
    """Return numbers as the page reads them at once: base64 of little-endian bytes."""
    data = np.ascontiguousarray(values, np.dtype(dtype).newbyteorder("<"))
    return {"b64": base64.b64encode(data.tobytes()).decode(), "dtype": dtype}


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
