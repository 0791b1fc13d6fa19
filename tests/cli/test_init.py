"""The command that writes the settings of a folder, read back by `tomllib`."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import mediatypes as mt
from mediatypes.cli import main


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(["init", *arguments])
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


def settings() -> dict[str, object]:
    return tomllib.loads(Path("mediatypes.toml").read_text(encoding="utf-8"))


def test_what_is_named_is_written_and_used_by_init() -> None:
    assert call("--project", "mnist", "--dir", "experiments", "--tag", "a") == 0
    assert settings() == {"project": "mnist", "dir": "experiments", "tags": ["a"]}

    run = mt.init()
    assert (run.project, run.tags, run.dir.parent.name) == (
        "mnist",
        ("a",),
        "experiments",
    )


def test_settings_that_are_not_named_stay() -> None:
    call("--project", "mnist", "--group", "g")
    call("--project", "cifar", "--job-type", "eval", "--mode", "disabled")
    assert settings() == {
        "project": "cifar",
        "group": "g",
        "job_type": "eval",
        "mode": "disabled",
    }
    assert mt.init().disabled


@pytest.mark.parametrize("text", ['"', "\\", "é\n\t\x01\x7f", "日本", "a = 'b' # c"])
def test_any_text_comes_back_as_it_was(text: str) -> None:
    call("--project", text, "--tag", text)
    assert settings() == {"project": text, "tags": [text]}


def test_a_file_that_is_none_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mediatypes.toml").write_text("project = ")
    assert call("--project", "x") == 1
    assert "mediatypes.toml" in capsys.readouterr().err
    assert Path("mediatypes.toml").read_text() == "project = "


def test_nothing_named_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert call() == 0
    assert "no settings" in capsys.readouterr().out
