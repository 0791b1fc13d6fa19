from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mediatypes import Html, errors
from tests.cases.record import Record

if TYPE_CHECKING:
    import mediatypes as mt

META = b'<meta charset="utf-8">'
PROGRAM = r"""
import pathlib, mediatypes as mt
run = mt.init(dir="runs")
page = "<p>\u6f22\U0001f642"
run.log({"text": mt.Html(page), "file": mt.Html(pathlib.Path("page.html"))})
run.finish(quiet=True)
"""


def test_a_page_is_utf_8_whatever_the_locale_says(tmp_path: Path) -> None:
    """Case 97, wandb/wandb#5180: a page was written in the encoding of the locale."""
    page = "<p>漢🙂".encode()
    Path("page.html").write_bytes(page)
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-W", "error", "-c", PROGRAM]
    subprocess.run(command, check=True, env=os.environ | plain, timeout=60)

    files = [path.read_bytes() for path in tmp_path.glob("runs/*/media/html/*/*")]
    assert files
    assert set(files) == {META + page}


@pytest.mark.parametrize("text", [".", "README", "<p>" * 5_000, "a\0b"])
def test_text_is_markup_whatever_lies_on_the_disk(text: str) -> None:
    """Case 98, wandb/wandb#9728: text that names a folder or file was opened."""
    Path("README").write_text("another")

    assert Html(text).encode().data == META + text.encode()


def test_a_path_to_a_page_is_read_or_missing() -> None:
    """Case 98, wandb/wandb#9728: a mistyped path was logged as if it were a page."""
    for missing in (Path("x.html"), "x.html"):
        with pytest.raises(FileNotFoundError, match="Html: path must be a readable"):
            Html(missing)
    Path("x.html").write_bytes(b"<b>x")

    with Path("x.html").open(encoding="utf-8") as file:
        pages = [Html(given) for given in (Path("x.html"), "x.html", file)]
    assert [page.encode().data for page in pages] == [META + b"<b>x"] * 3


class Shown:
    def to_html(self, **options: Any) -> str:
        return f"<div id=p>{len(options) + 1}</div>"


class Displayed:
    def _repr_html_(self) -> str:
        return "<div id=p>1</div>"


@pytest.mark.parametrize("kind", [Shown, Displayed])
def test_an_object_that_gives_a_page_is_that_page(run: mt.Run, kind: Any) -> None:
    """Case 99, aimhubio/aim#3291: figures were turned into a dialect of JSON."""
    run.log({"p": Html(kind())})

    assert Record(run).files("p") == [META + b"<div id=p>1</div>"]


def test_what_gives_no_page_is_refused_by_its_type() -> None:
    """Case 99, aimhubio/aim#3291: objects without a page were shown as text."""
    with pytest.raises(errors.UnsupportedInputError, match="Html: data must be"):
        Html(object())


def test_a_script_in_a_page_is_left_as_it_is(run: mt.Run) -> None:
    """Case 100, mlflow/mlflow#13552: what shows a page keeps it apart, not the log."""
    page = b"<meta charset=utf-8><script>parent.document.title='x'</script>"
    run.log({"page": Html(page)})
    record = Record(run)

    assert record.files("page") == [page]
    assert record.entry("page")["mime"] == "text/html"
