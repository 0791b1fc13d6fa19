from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from mediatypes.adapters import files
from mediatypes.errors import MissingFileError, UnsupportedInputError
from tests.naming import named

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("value", [None, 3, [b"a"], {"a": 1}, object()], ids=named)
def test_what_is_no_file_is_left_to_others(value: object) -> None:
    assert files.read(value, "Image") is None


def test_every_kind_of_file_gives_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "ä file"
    path.write_bytes(b"data")

    with path.open("rb") as file:
        given: list[Any] = [path, str(path), file, b"data", bytearray(b"data")]
        given += [memoryview(b"data"), io.BytesIO(b"data")]
        for value in given:
            content = files.read(value, "Image")
            assert content is not None
            assert content.data == b"data"


class Pipe:
    """A file that cannot seek."""

    def __init__(self, result: Any) -> None:
        self.result = result

    def tell(self) -> int:
        raise OSError

    def seek(self, position: int) -> None:
        raise OSError(position)

    def read(self) -> Any:
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


def test_a_pipe_is_read_to_its_end() -> None:
    content = files.read(Pipe(b"data"), "Image")

    assert content is not None
    assert content.data == b"data"


@pytest.mark.parametrize("error", [OSError("gone"), ValueError("closed file")])
def test_a_file_that_cannot_be_read_is_refused(error: Exception) -> None:
    with pytest.raises(MissingFileError, match="cannot be read"):
        files.read(Pipe(error), "Image")


@pytest.mark.parametrize("result", ["text", None, 3], ids=named)
def test_a_file_that_gives_no_bytes_is_refused(result: Any) -> None:
    with pytest.raises(UnsupportedInputError, match='mode "rb"'):
        files.read(Pipe(result), "Audio")


def test_a_closed_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"data")
    file = (tmp_path / "a").open("rb")
    file.close()

    with pytest.raises(MissingFileError):
        files.read(file, "Image")
