from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import mediatypes as mt
from mediatypes import errors, testing
from mediatypes.media import Markdown
from mediatypes.testing import round_trip

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

FIXTURE = Path(__file__).parents[1] / "fixtures" / "markdown" / "list.md"


class TestMarkdown(testing.MediaTests):
    media_type = Markdown

    def values(self) -> SearchStrategy[Any]:
        return testing.markdown()

    def source(self) -> Any:
        return bytearray(b"# words")


def test_the_file_of_another_program_is_kept_with_its_line_ends() -> None:
    value = Markdown(FIXTURE)

    assert value.encode().data == FIXTURE.read_bytes()
    assert value.text == FIXTURE.read_bytes().decode()
    assert value.source.rule == "exact"
    assert Markdown(FIXTURE.read_bytes()) == value


@pytest.mark.parametrize("text", ["a.txt", "a.md", ".", "/etc/passwd", "a\0b", "x" * 9])
def test_text_is_never_taken_for_a_path(text: str) -> None:
    Path("a.txt").write_text("another")

    assert Markdown(text).text == text


def test_a_path_is_always_the_file_at_it(tmp_path: Path) -> None:
    path = tmp_path / "words"
    path.write_bytes(b"w\xc3\xb6rds")

    assert Markdown(path).text == "wörds"
    with pytest.raises(errors.MissingFileError, match="Markdown: path must"):
        Markdown(tmp_path / "none")


def test_an_open_file_of_text_or_bytes_is_read_from_where_it_stands() -> None:
    for file in (io.StringIO("xwörds"), io.BytesIO("xwörds".encode())):
        file.read(1)
        assert Markdown(file).text == "wörds"
        assert file.tell() == 1


@pytest.mark.parametrize("data", [b"\xff", b"w\xf6rds", "w".encode("utf-16")])
def test_bytes_that_are_not_utf_8_are_refused(data: bytes) -> None:
    for given in (data, io.BytesIO(data)):
        with pytest.raises(errors.DecodeError, match="must be text in UTF-8"):
            Markdown(given)


def test_half_a_character_is_replaced_and_said() -> None:
    value = Markdown("a\ud800")

    assert value.text == "a\ufffd"
    assert value.problems == ("its text had lone surrogates, stored as U+FFFD",)
    assert round_trip(value).source == value.source


def test_no_text_is_stored_and_said() -> None:
    assert Markdown("").problems == ("the text was empty",)
    assert round_trip(Markdown("")) == Markdown("")


def test_text_that_begins_like_a_picture_is_text_when_read_back() -> None:
    value: Any = round_trip(Markdown("GIF89a is a format"))

    assert value.file_type == Markdown("").file_type
    assert value.encode().mime == Markdown("").encode().mime


def test_another_value_gives_its_words_where_none_are_given() -> None:
    first = Markdown("a", caption="c", id="i")

    assert Markdown(first) == first
    assert Markdown(first, "d").caption == "d"
    assert Markdown(first, "d").id == "i"
    assert Markdown("a") != Markdown("b")
    assert Markdown("a") != "a"


def test_a_file_that_is_not_utf_8_is_a_decode_error_when_read() -> None:
    value = Markdown("a")
    object.__setattr__(value, "_file", b"\xff")

    with pytest.raises(errors.DecodeError, match="its file that is not"):
        _ = value.text


def test_a_run_gives_the_text_back() -> None:
    words = ["wörds 漢🙂", "", "# a\r\n\r\n* b\n"]
    all_of_them = [Markdown(text, caption=text) for text in words]
    run = mt.init()
    with pytest.warns(mt.MediaTypesWarning, match="the text was empty"):
        run.log({"one": Markdown(words[0]), "all": all_of_them})
    run.finish()

    read = mt.open_run(run.dir)
    found: Any = read.media("all")[0]
    assert [item.text for item in found] == words
    assert [item.caption for item in found] == words
    (path,) = (run.dir / "media" / "markdown" / "one").iterdir()
    assert path.read_bytes() == words[0].encode()
    assert np.array_equal(found[2].to_numpy(), np.frombuffer(words[2].encode(), "u1"))
