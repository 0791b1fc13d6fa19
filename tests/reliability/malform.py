"""Run folders that somebody has damaged, by chance or on purpose; one for each seed."""

from __future__ import annotations

import json
import os
import random
import socket
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["malform"]

_HUGE: Final = 1 << 28

PATHS: Final = [
    *("../../outside/secret", "/etc/passwd", "media/../../outside/secret", ".", ".."),
    *("media/image/x/../../../run.json", "media//x", "C:\\x", "a\0b", "", "run.json"),
    *("media/image/link/secret", "log", "media/image/x/a.png:stream", "~/secret"),
]
NAMES: Final = [
    *(b"\xff\xfe", b"a\nb", b"\x1b[2J", b"x" * 250, b"..jsonl", b"r0-.0.jsonl"),
    *(b"r0-c0ffee-99999999999-0123abcd.0.jsonl", "ẞ".encode()),
    b"r0-c0ffee-1-0123abcd.7.jsonl",
    b"r999999999-c0ffee-4294967296-0123abcd.999999.jsonl",
]
VALUES: Final[list[Any]] = [
    *(None, True, -1, 0, 2**31, 2**53 + 1, 10**30, 1e308, -0.5, "", "x", "\x1b[2J"),
    *("\ud800", "a" * 5_000, [], {}, [[]], {"$t": "image"}, {"$t": 3}, {"$f": "nan"}),
    *({"$i": "9" * 5_000}, {"$t": "json", "path": "../x", "sha256": "", "size": 1}),
    {"$t": "histogram", "counts": [1], "edges": [0, 1]},
]


def malform(folder: Path, outside: Path, seed: int) -> str:
    """Damage a run folder and return how.

    Parameters
    ----------
    folder
        A run folder.
    outside
        A folder that nothing may reach from it; it holds a file ``secret``.
    seed
        Of the damage.
    """
    dice = random.Random(seed)
    done = []
    for _ in range(dice.choice([1, 1, 1, 2, 4])):
        harm = dice.choice(HARMS)
        try:
            harm(folder, outside, dice)
        except (
            OSError,
            LookupError,
            RecursionError,
            ValueError,
            StopIteration,
        ):  # an earlier harm took its object, or is in the way
            continue
        done.append(harm.__name__)
    return ", ".join(done)


def _files(folder: Path) -> list[Path]:
    """The files that are no links, and not yet made huge."""
    found = (p for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
    return sorted(path for path in found if path.stat().st_size < _HUGE)


def _log(folder: Path) -> Path:
    return next(p for p in _files(folder) if p.suffix == ".jsonl" and "log" in p.parts)


def flip_bytes(folder: Path, outside: Path, dice: random.Random) -> None:
    path = dice.choice(_files(folder))
    data = bytearray(path.read_bytes())
    for _ in range(dice.choice([1, 1, 3, 50])):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    path.write_bytes(data)


def cut(folder: Path, outside: Path, dice: random.Random) -> None:
    path = dice.choice(_files(folder))
    data = path.read_bytes()
    path.write_bytes(data[: dice.randrange(len(data))])


def splice(folder: Path, outside: Path, dice: random.Random) -> None:
    path = dice.choice(_files(folder))
    data = path.read_bytes()
    a, b, c = (dice.randrange(len(data)) for _ in range(3))
    path.write_bytes(data[:a] + data[min(b, c) : max(b, c)] + data[a:])


def insert_noise(folder: Path, outside: Path, dice: random.Random) -> None:
    path = dice.choice(_files(folder))
    data = path.read_bytes()
    at = dice.randrange(len(data) + 1)
    noise = dice.choice([dice.randbytes(99), b"\n" * 99, b"\0" * 9_999, b"[" * 99_999])
    path.write_bytes(data[:at] + noise + data[at:])


def shuffle_lines(folder: Path, outside: Path, dice: random.Random) -> None:
    path = _log(folder)
    lines = path.read_bytes().splitlines(keepends=True)
    dice.shuffle(lines)
    path.write_bytes(b"".join(lines[dice.randrange(3) :] + lines[: dice.randrange(3)]))


def change_record(folder: Path, outside: Path, dice: random.Random) -> None:
    """Change members of a record, and give the line its right checksum."""
    path = _log(folder)
    lines = path.read_bytes().splitlines()
    at = dice.randrange(len(lines))
    record = json.loads(lines[at])
    record.pop("c", None)
    for _ in range(dice.choice([1, 1, 2, 5])):
        _change(record, dice)
    lines[at] = _framed(record)
    path.write_bytes(b"\n".join(lines) + b"\n")


def add_record(folder: Path, outside: Path, dice: random.Random) -> None:
    """Add a changed copy of a record, with the number of the next."""
    path = _log(folder)
    lines = path.read_bytes().splitlines()
    record = json.loads(dice.choice(lines))
    record.pop("c", None)
    record["n"] = dice.choice([len(lines), 10**15, 2**63, 0])
    record["k"] = dice.choice([record["k"], record["k"], "repair", "later", "close"])
    record |= dice.choice([{}, {"!": 1}, {"path": dice.choice(PATHS), "word": "x"}])
    _change(record, dice)
    path.write_bytes(b"\n".join([*lines, _framed(record)]) + b"\n")


def nest_deeply(folder: Path, outside: Path, dice: random.Random) -> None:
    path = _log(folder)
    depth = dice.choice([60, 70, 500, 900, 2_000, 100_000])
    opening, closing = dice.choice([(b"[", b"]"), (b'{"a":', b"}")])
    value = opening * depth + b"1" + closing * depth
    head = b'{"n":90,"k":"%s","step":1,"d":{"x":' % dice.choice([b"log", b"config"])
    text = head + value + b"}"
    line = text + b',"c":"%08x"}\n' % zlib.crc32(text + b"}")
    path.write_bytes(path.read_bytes() + line)


def edit_json(folder: Path, outside: Path, dice: random.Random) -> None:
    names = {"run.json", "summary.json", "config.json"}
    path = dice.choice([path for path in _files(folder) if path.name in names])
    content = json.loads(path.read_bytes())
    _change(content, dice)
    path.write_bytes(json.dumps(content).encode("utf-8", "surrogatepass"))


def remove(folder: Path, outside: Path, dice: random.Random) -> None:
    dice.choice(_files(folder)).unlink()


def replace_by_link(folder: Path, outside: Path, dice: random.Random) -> None:
    path = dice.choice(_files(folder))
    path.unlink()
    zero, users = Path("/dev/zero"), Path("/etc/passwd")
    target = dice.choice([outside / "secret", outside, path, zero, users])
    path.symlink_to(target)


def link_a_folder(folder: Path, outside: Path, dice: random.Random) -> None:
    path = folder / dice.choice(["log", "media", "tmp", "media/image", "media/image/x"])
    path.rename(outside / f"moved-{dice.randrange(10**9)}")
    path.symlink_to(outside)


def plant_a_link(folder: Path, outside: Path, dice: random.Random) -> None:
    place = dice.choice(["log", "media", "tmp", "media/image"])
    name = dice.choice(["link", "r0-c0ffee-1-0123abcd.0.jsonl", "x.spool"])
    (folder / place / name).symlink_to(dice.choice([outside, outside / "secret"]))


def replace_by_fifo(folder: Path, outside: Path, dice: random.Random) -> None:
    path = dice.choice(_files(folder))
    path.unlink()
    os.mkfifo(path)


def replace_by_socket(folder: Path, outside: Path, dice: random.Random) -> None:
    path = dice.choice(_files(folder))
    path.unlink()
    here = os.getcwd()
    os.chdir(path.parent)  # the address of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name[:80])
    finally:
        os.chdir(here)


def replace_by_folder(folder: Path, outside: Path, dice: random.Random) -> None:
    path = dice.choice(_files(folder))
    path.unlink()
    path.mkdir()


def make_huge(folder: Path, outside: Path, dice: random.Random) -> None:
    """A file of a tebibyte, of which nothing is on the disk."""
    path = dice.choice(_files(folder))
    os.truncate(path, 1 << 40)


def make_a_long_line(folder: Path, outside: Path, dice: random.Random) -> None:
    path = _log(folder)
    size = dice.choice([1 << 20, 17 << 20, 40 << 20])
    os.truncate(path, path.stat().st_size + size)


def name_strangely(folder: Path, outside: Path, dice: random.Random) -> None:
    name = dice.choice(NAMES)
    place = dice.choice(["log", "media", "tmp", "media/image/x", ""])
    (folder / place / os.fsdecode(name)).write_bytes(dice.randbytes(20))


def add_deep_folders(folder: Path, outside: Path, dice: random.Random) -> None:
    path = folder / dice.choice(["log", "media", "tmp"])
    for _ in range(dice.choice([5, 400])):
        path /= "d"
    path.mkdir(parents=True)


def copy_a_writer(folder: Path, outside: Path, dice: random.Random) -> None:
    """The log of a writer under the name of another."""
    name = f"r{dice.randrange(9)}-c0ffee-1-{dice.randrange(1 << 32):08x}"
    (folder / f"log/{name}.0.jsonl").write_bytes(_log(folder).read_bytes())


def forbid(folder: Path, outside: Path, dice: random.Random) -> None:
    dice.choice(_files(folder)).chmod(0)


def _change(record: Any, dice: random.Random) -> None:
    """Change one member of a mapping, at any depth."""
    while True:
        keys = list(record) if isinstance(record, dict) else list(range(len(record)))
        key = dice.choice(keys)
        inner = record[key]
        if isinstance(inner, (dict, list)) and inner and dice.random() < 0.7:
            record = inner
            continue
        break
    if key == "path" or dice.random() < 0.1:
        record[key] = dice.choice(PATHS)
    elif isinstance(record, dict) and dice.random() < 0.15:
        del record[key]
    else:
        record[key] = dice.choice(VALUES)


def _framed(record: dict[str, Any]) -> bytes:
    text = json.dumps(record, separators=(",", ":")).encode()
    return text[:-1] + b',"c":"%08x"}' % zlib.crc32(text)


HARMS: Final[list[Callable[[Path, Path, random.Random], None]]] = [
    *(flip_bytes, flip_bytes, cut, splice, insert_noise, shuffle_lines, remove),
    *(change_record, change_record, change_record, add_record, add_record),
    *(nest_deeply, edit_json, replace_by_link, link_a_folder, plant_a_link),
    *(replace_by_fifo, replace_by_socket, replace_by_folder, make_huge),
    *(make_a_long_line, name_strangely, add_deep_folders, copy_a_writer, forbid),
]
