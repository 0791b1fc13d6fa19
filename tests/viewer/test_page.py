"""The files of the page, and what a new type costs."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest

import mediatypes as mt
from mediatypes.schema import frame
from mediatypes.viewer import page
from tests.quality import vendored
from tests.viewer.test_browser import show

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.viewer.site import Site

OURS = [
    path
    for path in page.STATIC.rglob("*")
    if path.is_file() and path.parent.name != "vendor"
]


def test_modules_of_others_are_what_their_packages_have() -> None:
    rows = {
        row["name"]: row
        for row in json.loads((vendored.FOLDER / "VENDOR.json").read_text())
    }
    known: set[str] = {"VENDOR.json"}
    for package in vendored.PACKAGES:
        row = rows[package.name]
        assert row["version"] == package.version
        assert row["integrity"] == f"sha512-{package.integrity}"
        for name, digest in row["sha256"].items():
            data = (vendored.FOLDER / name).read_bytes()
            assert hashlib.sha256(data).hexdigest() == digest
            known.add(name)

    assert {path.name for path in vendored.FOLDER.iterdir()} == known


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_every_file_of_the_page_is_a_small_room(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert len(text.splitlines()) < 300
    assert not re.search(
        r"innerHTML|dangerouslySetInnerHTML|\beval\(|new Function", text
    )
    assert not re.search(r"""(src|href)=["']https?:""", text)


def test_every_import_is_one_that_the_page_knows() -> None:
    names = page.import_names()
    for path in OURS:
        if path.suffix == ".js":
            found = re.findall(r'(?:from|import) "([^"]+)"', path.read_text())
            assert set(found) <= names.keys(), path


def test_no_module_imports_itself_through_others() -> None:
    graph = {
        word: re.findall(r'from "(#mt/[^"]+)"', (page.STATIC / name).read_text())
        for word, name in page.import_names().items()
    }
    done: set[str] = set()

    def visit(word: str, above: tuple[str, ...]) -> None:
        assert word not in above, (*above, word)
        if word not in done:
            for one in graph[word]:
                visit(one, (*above, word))
            done.add(word)

    for word in graph:
        visit(word, ())


def test_a_kind_without_a_component_is_shown_by_its_facts_and_its_file(
    tmp_path: Path, serve: Callable[[Path], Site], look: Any
) -> None:
    with mt.init(dir=tmp_path, reinit="create_new") as run:
        run.log({"x": mt.Array(np.zeros(3), caption="points")})
    (log,) = (run.dir / "log").glob("*.jsonl")
    lines = []
    for line in log.read_bytes().splitlines():
        members = msgspec.json.decode(line)
        if members["k"] == "log":
            members["media"][0][2] = "cloud"
        if members["k"] == "media":
            members |= {"kind": "cloud", "meta": {"points": 3, "unit": "metre"}}
        number, kind = members.pop("n"), members.pop("k")
        members.pop("c")
        lines.append(frame(number, kind, msgspec.json.encode(members)))
    log.write_bytes(b"".join(lines))
    opened = look(serve(tmp_path), "workspace")
    opened.wait_for_selector("[data-kind=cloud] a.download")
    text = opened.inner_text("[data-kind=cloud]")

    assert all(word in text for word in ("points", "metre", "152 B"))


def test_a_damaged_run_does_not_hide_the_others(
    folder: Path, tmp_path: Path, serve: Callable[[Path], Site], look: Any
) -> None:
    shutil.copytree(mt.runs(folder).paths[0], tmp_path / "whole")
    shutil.copytree(mt.runs(folder).paths[1], tmp_path / "without")
    (tmp_path / "without" / "run.json").write_text('{"format": "else"}')
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "run.json").touch()
    opened = look(serve(tmp_path), "runs")
    opened.wait_for_selector("tbody tr")

    assert opened.locator("tbody tr").count() == 3
    assert opened.locator("tbody .state.damaged").count() == 2
    opened.goto(f"{opened.url.partition('#')[0]}#/workspace")
    chart = show(opened, "train/loss")
    opened.wait_for_selector(f"{chart} [data-ready]")
