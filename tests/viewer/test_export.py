"""The dashboard as one file, opened from disk."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import mediatypes as mt
from tests.cli.test_commands import call
from tests.viewer.site import until
from tests.viewer.test_browser import KINDS, show

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def out(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    paths = [str(path) for path in mt.runs(folder).paths]
    code, text, err = call(capsys, "export", *paths, str(tmp_path / "out.html"))
    assert (code, err) == (0, "")
    assert "2 runs" in text
    return tmp_path / "out.html"


@pytest.fixture
def beside(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    paths = [str(path) for path in mt.runs(folder).paths]
    code, text, err = call(capsys, "export", *paths, f"{tmp_path / 'out'}/")
    assert (code, err) == (0, "")
    assert "index.html" in text
    return tmp_path / "out" / "index.html"


@pytest.mark.parametrize("form", ["out", "beside"])
def test_an_export_opens_from_disk_and_shows_every_kind(
    form: str, request: pytest.FixtureRequest, browser: Any
) -> None:
    out: Path = request.getfixturevalue(form)
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    page = context.new_page()
    page.set_default_timeout(20_000)
    troubles: list[str] = []
    page.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "request",
        lambda asked: (
            None
            if asked.url.startswith(("data:", "blob:", "about:", out.parent.as_uri()))
            else troubles.append(asked.url)
        ),
    )
    page.goto(out.as_uri())
    page.wait_for_selector("header.top")
    page.goto(f"{out.as_uri()}#/workspace?step=20")
    chart = show(page, "train/loss")
    page.wait_for_selector(f"{chart} [data-ready] canvas")
    for key, (_, content) in KINDS.items():
        panel = show(page, key)
        if key in {"weights", "bars"}:  # logged later
            continue
        page.wait_for_selector(f"{panel} {content}")
        assert page.locator(f"{panel} .broken").count() == 0
    show(page, "val/pictures")
    page.wait_for_selector("[data-run*=second] figure[data-step='15'] canvas[data-sha]")
    page.locator("body").press("End")
    until(lambda: page.input_value(".stepnumber") == "60")
    page.locator("body").press("4")
    page.wait_for_selector("pre.log:has-text('training first')")
    context.close()
    assert not troubles


def test_what_does_not_fit_is_left_out_and_said(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], browser: Any
) -> None:
    path = str(mt.runs(folder).paths[0])
    place = str(tmp_path / "small.html")
    code, text, _ = call(capsys, "export", path, place, "--max-mb", "0.02")

    assert code == 0
    assert "left out" in text
    page = browser.new_page()
    page.goto((tmp_path / "small.html").as_uri())
    page.wait_for_selector("header.top .badge.warn")
    assert "left out" in page.inner_text("header.top .badge.warn")
    page.close()


def test_a_file_that_is_there_is_replaced_only_when_asked(
    out: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(mt.runs(folder).paths[0])
    code, _, err = call(capsys, "export", path, str(out))
    assert code == 1
    assert "--force" in err
    assert call(capsys, "export", path, str(out), "--force")[0] == 0


def test_no_text_of_a_run_ends_the_block_it_is_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evil = "</script><script>window.canary=1</script><!--"
    with mt.init(
        dir=tmp_path, name=evil, config={evil: evil}, reinit="create_new"
    ) as run:
        run.log({evil: mt.Image(np.zeros((2, 2), np.uint8), caption=evil), "x": 1})
    code, _, _ = call(capsys, "export", str(run.dir), str(tmp_path / "o.html"))
    text = (tmp_path / "o.html").read_text()

    assert code == 0
    assert evil not in text
    found = re.search(r'id="answers">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    assert json.loads(found[1])["runs"]["runs"][0]["name"] == evil


@pytest.mark.parametrize("form", ["demo.html", "demo/"])
def test_the_export_of_the_demo_opens_from_disk(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], browser: Any
) -> None:
    command = [sys.executable, "-m", "mediatypes", "demo", "--steps", "21"]
    subprocess.run([*command, "--dir", tmp_path / "runs"], check=True)
    (path,) = mt.runs(tmp_path / "runs").paths
    assert call(capsys, "export", str(path), f"{tmp_path}/{form}")[0] == 0
    target = tmp_path / form
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(20_000)
    troubles: list[str] = []
    page.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto((target / "index.html" if target.is_dir() else target).as_uri())
    for key, content in {
        "loss": "[data-ready] canvas",
        "paintings": "figure img",
        "sound": "canvas.spectrum",
        "weights": ".heat-map canvas",
        "chart": "figure img",
    }.items():
        page.wait_for_selector(f"{show(page, key)} {content}")
        assert page.locator(f"[data-key={key}] .broken").count() == 0
    page.click("[data-key=sound] .play >> nth=0")
    time = "document.querySelector('[data-key=sound] audio').currentTime"
    until(lambda: page.evaluate(time) > 0)
    page.close()
    assert not troubles


def test_media_of_a_folder_are_files_as_they_were_logged(
    beside: Path, folder: Path
) -> None:
    logged: set[str] = set()
    for path in mt.runs(folder).paths:
        for file in (path / "media").rglob("*"):
            if file.is_file() and file.suffix != ".html":
                logged.add(hashlib.sha256(file.read_bytes()).hexdigest())
    exported = {
        path.name.partition(".")[0]: path for path in beside.parent.glob("media/*")
    }

    assert exported.keys() == logged
    for digest, path in exported.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest


def test_a_folder_takes_as_much_as_it_may(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, place = str(mt.runs(folder).paths[0]), tmp_path / "small"
    code, text, _ = call(capsys, "export", path, str(place), "--max-mb", "0.02")
    size = sum(file.stat().st_size for file in (place / "media").iterdir())

    assert code == 0
    assert "left out" in text
    assert 0 < size <= 20_000


def test_only_an_earlier_export_is_replaced(
    beside: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(mt.runs(folder).paths[0])
    (beside.parent / "media" / "old.png").touch()
    assert call(capsys, "export", path, str(beside.parent))[0] == 1
    assert call(capsys, "export", path, str(beside.parent), "--force")[0] == 0
    assert not (beside.parent / "media" / "old.png").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").touch()
    code, _, err = call(capsys, "export", path, str(tmp_path / "mine"), "--force")
    assert code == 1
    assert "no earlier export" in err
    assert (tmp_path / "mine" / "thesis.tex").exists()
