from __future__ import annotations

import gzip
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import mediatypes as mt
from mediatypes import errors, testing
from mediatypes.media import File
from mediatypes.media import file as module
from mediatypes.testing import round_trip

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

FIXTURES = Path(__file__).parents[1] / "fixtures"
PNG = (FIXTURES / "image" / "home.png").read_bytes()
BINARY = "application/octet-stream"


class TestFile(testing.MediaTests):
    media_type = File

    def values(self) -> SearchStrategy[Any]:
        return testing.file()

    def source(self) -> Any:
        return bytearray(b"words")


def test_the_file_of_another_program_is_kept() -> None:
    path = FIXTURES / "file" / "numbers.gz"

    encoded = File(path).encode()

    assert encoded.data == path.read_bytes()
    assert gzip.decompress(encoded.data).split()[-1] == b"200"
    assert (encoded.extension, encoded.mime) == ("gz", "application/gzip")
    assert encoded.meta == {"name": "numbers.gz"}


@pytest.mark.parametrize(
    ("name", "data", "extension", "mime"),
    [
        ("a.png", PNG, "png", "image/png"),
        ("a", PNG, "png", "image/png"),
        ("a.jpg", PNG, "png", "image/png"),
        ("a.png", b"words", "bin", BINARY),
        ("a.CSV", b"1,2", "csv", "text/csv"),
        ("a.log", b"words", "txt", "text/plain"),
        ("sales.csv", b"BMW,3", "csv", "text/csv"),
        ("sales", b"BMW,3", "bin", BINARY),
        ("a.html", b"<script>", "bin", BINARY),
        ("a.svg", b"<svg xmlns='a'/>", "bin", BINARY),
        ("a", b"<svg xmlns='a'/>", "bin", BINARY),
        ("a.js", b"alert()", "bin", BINARY),
        ("a.tar.gz", gzip.compress(b"", mtime=0), "gz", "application/gzip"),
        ("a.pt", b"PK\3\4", "zip", "application/zip"),
        ("a.onnx", b"\x08\x07", "bin", BINARY),
        ("..", b"", "bin", BINARY),
    ],
)
def test_the_kind_of_file_is_that_of_its_bytes_or_else_of_its_name(
    name: str, data: bytes, extension: str, mime: str
) -> None:
    encoded = File(data, name=name).encode()

    assert (encoded.data, encoded.extension, encoded.mime) == (data, extension, mime)


def test_a_name_is_data_and_never_a_path(tmp_path: Path) -> None:
    path = tmp_path / "wörds 漢.csv"
    path.write_bytes(b"1,2")

    with path.open("rb") as file:
        for given in (path, str(path), file):
            assert File(given).name == path.name
    assert File(b"", name="../../etc/passwd").name == "passwd"
    assert File(b"", name="C:\\secret\\a.txt").name == "a.txt"
    assert File(io.BytesIO(b"")).name is None
    with os.fdopen(os.open(path, os.O_RDONLY), "rb") as pipe:
        assert File(pipe).name is None
    with mt.init() as run:
        run.log({"table": File(b"1", name="../../a b.csv")})
    (stored,) = (run.dir / "media" / "file" / "table").iterdir()
    assert stored.suffix == ".csv"
    assert "a b" not in stored.name


@pytest.mark.parametrize("name", ["", "a/", "x" * 256])
def test_a_name_that_no_file_has_is_refused(name: str) -> None:
    with pytest.raises(errors.OptionError, match="File: name must be 1 to 255"):
        File(b"", name=name)


def test_a_half_character_of_a_name_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"a\xff.txt")
    path.write_bytes(b"1")

    assert File(path).name == "a\ufffd.txt"


def test_a_path_to_nothing_or_to_a_folder_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path, "a\0b"):
        with pytest.raises(errors.MissingFileError, match="File: path must be"):
            File(path)
    with pytest.raises(errors.UnsupportedInputError, match="bytes"):
        File(io.StringIO("text"))


def test_too_large_a_file_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(2**31 + 1)

    with pytest.raises(errors.OptionError, match="at most 2,147,483,648 bytes"):
        File(path)
    monkeypatch.setattr(module, "MAX_BYTES", 3)
    with pytest.raises(errors.OptionError, match="got 4 bytes"):
        File(b"1234")


def test_the_snapshot_is_taken_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"before")
    value = File(path)
    path.write_bytes(b"after")

    assert value.data == b"before"
    assert np.array_equal(value.to_numpy(), np.frombuffer(b"before", "u1"))
    assert File(value) == value
    assert File(value, name="b.csv").file_type == "csv"
    assert File(value) != File(b"before")
    assert File(value) != b"before"


def test_an_empty_file_is_kept_and_said() -> None:
    assert File(b"").problems == ("the file was empty",)
    assert round_trip(File(b"")) == File(b"")


def test_a_record_with_a_wrong_name_is_a_file_without_one() -> None:
    encoded = File(b"1", name="a.csv").encode()
    encoded.meta["name"] = 3
    value = File(b"1")
    object.__setattr__(value, "_facts", encoded.meta)

    assert value.name is None
    assert repr(value) == "File(1 byte, application/octet-stream)"
    assert len(repr(File(b"", name="\n" * 250))) < 120


def test_a_run_gives_the_bytes_back() -> None:
    with mt.init() as run:
        run.log({"all": [File(PNG, caption="a"), File(b"\0\1", name="b.pt")]})

    first, second = mt.open_run(run.dir).media("all")[0]
    assert first == File(PNG, caption="a")
    assert second == File(b"\0\1", name="b.pt")
