from __future__ import annotations

import contextlib
import io
import pickle
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediatypes.errors import DecodeError, EncodeError
from mediatypes.formats import npy

GOOD = npy.encode(np.arange(6, dtype="<i2").reshape(2, 3))


def file(header: str, body: bytes = b"", version: int = 1) -> bytes:
    text = header.encode("utf-8" if version > 2 else "latin-1")
    width = 2 if version == 1 else 4
    size = len(text).to_bytes(width, "little")
    return b"\x93NUMPY" + bytes([version, 0]) + size + text + body


@pytest.mark.parametrize("name", ["f4", "?", "<U2", "S3", "M8[us]", "c8", "V3"])
def test_the_file_is_that_of_numpy(name: str) -> None:
    array = np.zeros((2, 2), name)
    out = io.BytesIO()
    np.save(out, array)

    assert npy.encode(array) == out.getvalue()
    assert npy.decode(out.getvalue()).dtype == array.dtype


def test_long_headers_and_foreign_names_take_a_later_version() -> None:
    many = np.zeros(1, [(f"field{i:05}", "i1") for i in range(5_000)])
    foreign = np.zeros(1, [("名", "i1")])

    assert npy.encode(many)[6] == 2
    assert npy.encode(foreign)[6] == 3
    for array in (many, foreign):
        assert npy.decode(npy.encode(array)).dtype == array.dtype


def test_objects_and_endless_headers_are_not_written() -> None:
    with pytest.raises(EncodeError, match="npy"):
        npy.encode(np.array([None]))
    endless = np.zeros(1, [(f"field{i:06}", "i1") for i in range(60_000)])
    with pytest.raises(EncodeError, match="header too long"):
        npy.encode(endless)


class Bomb:
    def __reduce__(self) -> Any:
        return pytest.fail, ("a pickle was opened",)


def pickled() -> bytes:
    out = io.BytesIO()
    np.save(out, np.array([Bomb()], dtype=object), allow_pickle=True)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x93NUMPY",
        b"\x93NUMPY\x01\x00",
        b"\x93NUMPY\x09\x00\x00\x00",
        GOOD[:-1],
        GOOD + b"\0",
        GOOD[:20],
        pickled(),
        pickle.dumps(Bomb()),
        file("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999,)}"),
        file("{'descr': '<f8', 'fortran_order': False, 'shape': (-1, -1)}", bytes(8)),
        file("{'descr': '<f8', 'fortran_order': False, 'shape': [1]}", bytes(8)),
        file("{'descr': '<f8', 'fortran_order': False, 'shape': (True,)}", bytes(8)),
        file("{'descr': '<f8', 'fortran_order': False, 'shape': (1.0,)}", bytes(8)),
        file("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", bytes(8)),
        file("{'descr': '|V0', 'fortran_order': False, 'shape': (9,)}"),
        file("{'descr': 'nope', 'fortran_order': False, 'shape': (1,)}", bytes(8)),
        file("{'descr': [('a', 1)], 'fortran_order': False, 'shape': (1,)}", bytes(8)),
        file("{'descr': '<f8', 'shape': (1,)}", bytes(8)),
        file("{'descr': __import__('os'), 'fortran_order': False, 'shape': ()}"),
        file("[]"),
        file("(" * 30_000),
        file("-" * 60_000 + "1"),
        file("[" * 900_000, version=2),
        file("\udcff".encode("utf-8", "surrogatepass").decode("latin-1")),
        file("{'descr': '<f8', 'fortran_order': False, 'shape': (" + "1," * 99 + ")}"),
    ],
)
def test_a_hostile_file_is_an_error_before_anything_is_allocated(data: bytes) -> None:
    before = time.process_time()
    with pytest.raises(DecodeError, match=r"^npy: "):
        npy.decode(data)
    assert time.process_time() - before < 2


@settings(max_examples=300)
@given(st.data())
def test_any_damage_is_an_array_or_a_decode_error(data: st.DataObject) -> None:
    content = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        where = data.draw(st.integers(0, len(content) - 1))
        content[where] = data.draw(st.integers(0, 255))

    with contextlib.suppress(DecodeError):
        assert npy.decode(bytes(content)).nbytes <= len(content)
