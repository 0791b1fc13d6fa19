"""Any bytes given as a file are a value or an error of ours, soon, in little memory."""

from __future__ import annotations

import functools
import io
import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
from PIL import Image as Pillow

from mediatypes.errors import MediaTypesError
from mediatypes.media import Audio, Image, Molecule, Object3D, Video

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[1]
FIXTURES: Final = ROOT / "tests" / "fixtures"
MAX_SECONDS: Final = 2
MAX_MIB: Final = 256
SMALL: Final = 1 << 20
"""Pixels or samples that are decoded too, not only read by their header."""
_NAMED: Final = {"box.gltf": "box.bin", "box_materials.obj": "box_materials.mtl"}
"""Files that name another."""
SVG: Final = (
    b'<?xml version="1.0"?><!-- a --><svg xmlns="http://www.w3.org/2000/svg"'
    b' viewBox="0 0 4 3" width="4cm"><path d="M0 0"/></svg>'
)


def seeds() -> list[tuple[Any, bytes]]:
    """Return small files of every format, each with the type that reads it."""
    rng = np.random.default_rng(0)
    still = Pillow.fromarray(rng.integers(0, 256, (9, 8, 3), dtype=np.uint8))
    found: list[tuple[Any, bytes]] = [(Image, SVG)]
    for form in ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"):
        for several in (False, True):
            out = io.BytesIO()
            more = [still.transpose(Pillow.Transpose.ROTATE_180)]
            is_moving = several and form not in {"JPEG", "BMP"}
            options: dict[str, Any] = {"append_images": more} if is_moving else {}
            still.convert("P" if several and form == "PNG" else "RGB").save(
                out, form, save_all=is_moving, **options
            )
            found.append((Image, out.getvalue()))
    deep = rng.integers(0, 65_536, (5, 6, 3), dtype=np.uint16)
    found.append((Image, Image(deep).encode().data))
    samples = rng.integers(-9_999, 9_999, (300, 2), dtype=np.int16)
    for file_type in ("wav", "flac", "ogg", "mp3"):
        sound = Audio(samples, 8_000, file_type=file_type)
        found.append((Audio, sound.encode().data))
    found += [
        (Video, path.read_bytes())
        for path in sorted(FIXTURES.glob("video/*"))
        if path.suffix != ".u8"
    ]
    found += [
        (Audio, path.read_bytes()) for path in sorted(FIXTURES.glob("audio/*.wav"))
    ]
    for media in (Molecule, Object3D):
        for path in sorted((FIXTURES / media.kind).iterdir()):
            named: dict[str, Any] = {"file_type": path.suffix[1:]}
            if path.name in _NAMED:
                beside = path.with_name(_NAMED[path.name])
                named["parts"] = {beside.name: beside.read_bytes()}
            if path.name not in _NAMED.values():
                reader = functools.partial(media, **named)
                found.append((reader, path.read_bytes()))
    return found


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Return `data` with a few bytes changed, cut off, doubled or set to extremes."""
    content = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 4, 16])):
        where = chance.randrange(len(content))
        kind = chance.randrange(6)
        if kind == 0:
            content[where] = chance.randrange(256)
        elif kind == 1:
            content[where : where + 4] = chance.choice(
                [b"\xff" * 4, b"\0" * 4, b"\x7f"]
            )
        elif kind == 2:
            del content[max(1, where) :]
        elif kind == 3:
            content[where:where] = content[where : where + 64]
        elif kind == 4:
            head = chance.randrange(min(64, len(content)))
            content[head] ^= 1 << chance.randrange(8)
        else:
            content[where:where] = chance.randbytes(chance.randrange(64))
        if not content:
            break
    return bytes(content)


def inputs(count: int) -> Iterator[tuple[Any, bytes]]:
    chance = random.Random(count)
    known = seeds()
    for number in range(count):
        media, data = known[number % len(known)]
        if number % 50 == 49:
            yield media, data[:12] + chance.randbytes(chance.randrange(500))
        else:
            yield media, damaged(data, chance)


def read(media: Any, data: bytes) -> None:
    value = media(data)
    if isinstance(value, Image | Video):
        frames = value.frames if isinstance(value, Video) else 1
        is_small = value.width * value.height * frames <= SMALL
    else:
        is_small = isinstance(value, Molecule | Object3D) or (
            value.frames * value.channels <= SMALL
        )
    if isinstance(value, Molecule | Object3D):
        value.encode()  # draws it
    if is_small and value.file_type != "svg":
        value.to_numpy()


def main(count: int) -> None:
    """Read `count` inputs, and print how long the slowest took and the memory."""
    for media, data in seeds():
        read(media, data)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    slowest, values = 0.0, 0
    for media, data in inputs(count):
        start = time.process_time()
        try:
            read(media, data)
            values += 1
        except MediaTypesError:
            pass
        slowest = max(slowest, time.process_time() - start)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(slowest, (after - before) / 1024, values)


def measured(count: int) -> tuple[float, float, float]:
    command = [sys.executable, "-W", "error", __file__, str(count)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=1_000
    )
    # mpg123 writes to the standard error of the process what it thinks of a file.
    assert done.returncode == 0, done.stderr[-2_000:]
    slowest, mebibytes, values = map(float, done.stdout.split())
    return slowest, mebibytes, values


@pytest.mark.parametrize(
    "count", [2_000, pytest.param(40_000, marks=[pytest.mark.slow])]
)
def test_any_bytes_are_a_value_or_an_error_of_ours(count: int) -> None:
    slowest, mebibytes, values = measured(count)

    assert slowest < MAX_SECONDS
    assert mebibytes < MAX_MIB
    assert 0 < values < count


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main(int(sys.argv[1]))
