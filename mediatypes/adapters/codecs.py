"""From a snapshot to the bytes of its files.

A draft names its encoder, so whoever finds the snapshot of a dead process encodes it
without knowing the type it came from.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from mediatypes.errors import EncodeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mediatypes.schema import DraftFile, Encoded, Snapshot
    from mediatypes.schema.draft import Buffer

__all__ = ["assemble"]

_ENCODERS: Final = {
    "npy": ("mediatypes.formats.npy", "encode_flat"),
    "picture": ("mediatypes.adapters.picture", "encode"),
    "sound": ("mediatypes.adapters.sound", "encode"),
    "table": ("mediatypes.formats.table", "encode"),
    "video": ("mediatypes.adapters.video", "encode"),
    "view": ("mediatypes.adapters.space", "encode_view"),
}
"""Module and function that encode an array, by the name that a draft has for them."""
_loaded: dict[str, Callable[..., bytes]] = {}


def assemble(snapshot: Snapshot, compression: str = "fast") -> Encoded:
    """Return a value with the bytes of its files, arrays encoded.

    Parameters
    ----------
    snapshot
        Of the value.
    compression
        ``"fast"`` or ``"small"``, for the formats that have a choice without loss.

    Raises
    ------
    mediatypes.errors.EncodeError
        If there is no such encoder, or it cannot write them.
    """
    draft, buffers, late = snapshot
    if late is not None:
        return late()
    pairs = zip(draft.files, buffers, strict=True)
    return draft.with_data([_content(*pair, compression) for pair in pairs])


def _content(file: DraftFile, buffer: Buffer, compression: str) -> bytes:
    if not file.codec:
        return cast("bytes", buffer)
    encode = _loaded.get(file.codec) or _load(file.codec)
    array = np.asarray(buffer).view(file.dtype).reshape(file.shape)
    if file.codec == "picture":
        return encode(array, compression=compression, **file.options)
    return encode(array, **file.options)


def _load(codec: str) -> Callable[..., bytes]:
    if codec not in _ENCODERS:
        msg = f"There is no encoder {codec!r}."
        raise EncodeError(msg)
    module, name = _ENCODERS[codec]
    found: Callable[..., bytes] = getattr(importlib.import_module(module), name)
    return _loaded.setdefault(codec, found)
