"""Read the answers that stand beside the fixtures."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FOLDER", "answer", "answered", "netpbm", "samples"]

FOLDER: Final = Path(__file__).parent / "fixtures"
_NUMBERS: Final = {
    "u8": "u1",
    "s16": "<i2",
    "s32": "<i4",
    "u32": "<u4",
    "f32": "<f4",
    "f64": "<f8",
}


def answered(kind: str) -> list[Path]:
    """Return the files of `kind` that another program's answer stands beside."""
    answers = {".pnm", *(f".{name}" for name in _NUMBERS)}
    paths = sorted((FOLDER / kind).iterdir())
    stems = {path.stem for path in paths if path.suffix in answers}
    return [p for p in paths if p.stem in stems and p.suffix not in answers]


def answer(path: Path) -> Path:
    """Return the file with the pixels or samples of `path`."""
    (found,) = {*path.parent.glob(f"{path.stem}.*")} - {path}
    return found


def netpbm(path: Path) -> tuple[NDArray[Any], int]:
    """Return the pixels of a binary Netpbm file, and the highest value they may have.

    Shape (height, width, channels), of uint8 or uint16.
    """
    data = path.read_bytes()
    if data.startswith(b"P7"):
        head, _, body = data.partition(b"ENDHDR\n")
        fields = dict(re.findall(rb"^(\w+) (\d+)$", head, re.MULTILINE))
        names = (b"HEIGHT", b"WIDTH", b"DEPTH", b"MAXVAL")
        height, width, channels, top = (int(fields[name]) for name in names)
    else:
        match = re.match(rb"P([56])\s+(\d+)\s+(\d+)\s+(\d+)\s", data)
        assert match, path
        kind, width, height, top = map(int, match.groups())
        channels, body = (1 if kind == 5 else 3), data[match.end() :]
    pixels = np.frombuffer(body, ">u2" if top > 255 else "u1")
    native = pixels.astype(pixels.dtype.newbyteorder("="))
    return native.reshape(height, width, channels), top


def samples(path: Path) -> NDArray[Any]:
    """Return the numbers of a raw file, whose extension says their type."""
    return np.fromfile(path, _NUMBERS[path.suffix[1:]])
