from __future__ import annotations

import html.parser
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import mediatypes as mt
from mediatypes import errors, testing
from mediatypes.media import Html
from mediatypes.testing import round_trip

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

FIXTURE = Path(__file__).parents[1] / "fixtures" / "html" / "difference.html"
META = '<meta charset="utf-8">'


class TestHtml(testing.MediaTests):
    media_type = Html
    junk = (object(), {"a": 1}, 3j, {1, 2}, pd.DataFrame)

    def values(self) -> SearchStrategy[Any]:
        return testing.html()

    def source(self) -> Any:
        return bytearray(b"<p>words")


class Tags(html.parser.HTMLParser):
    """The tags of a page in order, by Python's own parser."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)

    def handle_decl(self, decl: str) -> None:
        self.found.append(decl)


def test_a_page_with_an_encoding_keeps_every_byte() -> None:
    page = Html(FIXTURE)

    assert page.encode().data == FIXTURE.read_bytes()
    assert page.source.rule == "exact"
    assert page.problems == ()


@pytest.mark.parametrize(
    ("page", "order"),
    [
        ("<p>a", ["meta", "p"]),
        ("plain", ["meta"]),
        ("<!doctype html><p>a", ["doctype html", "meta", "p"]),
        ("<!-- <head> --><html><p>", ["html", "meta", "p"]),
        ("<html lang='de'><body>", ["html", "meta", "body"]),
        ("<html><head><title>a", ["html", "head", "meta", "title"]),
        ("\ufeff<p>", ["p"]),
        ("<header>a", ["meta", "header"]),
        (
            "<?xml version='1.0'?>\n<!DOCTYPE html>\n<html><head id=a>\n<title>",
            ["DOCTYPE html", "html", "head", "meta", "title"],
        ),
    ],
)
def test_an_encoding_is_declared_at_the_beginning_of_the_head(
    page: str, order: list[str]
) -> None:
    value = Html(page)

    assert Tags(value.text).found == order
    assert value.text.replace(META, "", 1) == page
    assert Html(value) == value
    assert value.encode().data.decode() == value.text


@pytest.mark.parametrize(
    "declared",
    [
        "<meta charset=utf-8>",
        '<META name=a CHARSET = "UTF-8"/>',
        "<meta http-equiv='Content-Type' content='text/html; charset=utf-8'>",
    ],
)
def test_a_declared_encoding_is_found_in_every_spelling(declared: str) -> None:
    page = f"<!doctype html><title>a</title>{declared}<p>ä"

    assert Html(page).text == page
    assert Html(page).problems == ()


def test_a_commented_declaration_is_none() -> None:
    page = "<!-- <meta charset=utf-8> --><p>"

    assert Html(page).text == META + page


def test_without_injection_every_byte_is_kept() -> None:
    assert Html("<p>ä", inject=False).text == "<p>ä"
    assert Html("<p>ä", inject=False).source.rule == "exact"


def test_another_encoding_is_warned_of_where_it_matters() -> None:
    page = "<meta charset=iso-8859-1><p>"

    assert Html(page).problems == ()
    (said,) = Html(page + "ä").problems
    assert said == "the page says that it is 'iso-8859-1', and is stored as UTF-8"
    assert Html(Html(page + "ä")).problems == (said,)
    with pytest.raises(errors.DecodeError, match="text in UTF-8"):
        Html((page + "ä").encode("latin-1"))


@pytest.mark.parametrize(
    "markup", [".", "README", "<p>" * 5_000, "a\0b", "see a.html\n", "<b>a.html"]
)
def test_text_that_does_not_look_like_a_page_is_markup(markup: str) -> None:
    assert Html(markup).text == META + markup


@pytest.mark.parametrize("name", ["report.html", "Report.HTM", "a b.html"])
def test_text_that_looks_like_a_page_is_a_path_whatever_is_there(name: str) -> None:
    with pytest.raises(errors.MissingFileError, match=r"no such.*data_is_not"):
        Html(name)
    Path(name).write_text("<p>there", encoding="utf-8")

    assert Html(name).text == f"{META}<p>there"
    assert Html(name, data_is_not_path=True).text == META + name


def test_a_name_that_no_file_system_takes_is_refused_by_name() -> None:
    with pytest.raises(errors.MissingFileError, match="too long"):
        Html("x" * 5_000 + ".html")
    Path("folder.html").mkdir()
    with pytest.raises(errors.MissingFileError, match="directory"):
        Html("folder.html")
    with pytest.raises(errors.MissingFileError):
        Html(Path("none.html"))


def test_open_files_of_text_and_bytes_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<p>ä", encoding="utf-8")

    for file in (path.open(encoding="utf-8"), path.open("rb"), io.StringIO("<p>ä")):
        with file:
            assert Html(file).text == f"{META}<p>ä"
            assert not file.closed


class Shown:
    def __init__(self, result: Any) -> None:
        self.result = result

    def _repr_html_(self) -> Any:
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


def test_objects_that_give_markup_are_the_markup_they_give() -> None:
    frame = pd.DataFrame({"a": [1]})

    assert Html(frame).text == META + frame.to_html()
    assert Html(Shown("<b>a.html")).text == f"{META}<b>a.html"


@pytest.mark.parametrize("result", [None, 3, ValueError("no\ndata."), KeyError()])
def test_objects_that_give_no_markup_are_refused_by_name(result: Any) -> None:
    with pytest.raises(errors.UnsupportedInputError, match=r"Html: data .*Shown"):
        Html(Shown(result))


@pytest.mark.parametrize("page", ["<" * 99_999, "<!--" * 30_000, " \n" * 50_000])
def test_hostile_markup_takes_no_time(page: str) -> None:
    assert Html(page).text.endswith(page)


def test_nothing_is_declared_in_a_page_of_nothing() -> None:
    assert Html("").encode().data == b""
    assert Html("").problems == ("the text was empty",)


def test_a_run_stores_a_page_for_the_browser() -> None:
    with mt.init() as run:
        run.log({"page": Html("<p>漢🙂", caption="two")})

    (path,) = (run.dir / "media" / "html" / "page").iterdir()
    assert path.suffix == ".html"
    assert path.read_bytes() == f"{META}<p>漢🙂".encode()
    (found,) = mt.open_run(run.dir).media("page")[0]
    assert found == Html("<p>漢🙂", caption="two")
    assert round_trip(found).encode().mime == "text/html"
