"""The stand-in for a module of another name, in processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import mediatypes as mt
import mediatypes.compat.wandb as stand_in

if TYPE_CHECKING:
    from pathlib import Path


def python(folder: Path, program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_code_that_imports_the_name_itself_runs(tmp_path: Path) -> None:
    program = """
import sys
import mediatypes.compat.wandb
sys.modules["wandb"] = mediatypes.compat.wandb

import wandb
from wandb import Histogram
assert wandb.run is None
if wandb.run is None:
    wandb.init(project="p", config={"lr": 0.1})
wandb.log({"loss": 1.0, "h": Histogram([1, 2])})
assert wandb.config.lr == wandb.run.config["lr"] == 0.1
wandb.summary["x"] = 3
wandb.termlog("hello")
wandb.termwarn("once", repeat=False)
wandb.require("core")
wandb.finish()
assert wandb.run is None
"""
    python(tmp_path, program)
    (folder,) = (tmp_path / "runs").iterdir()
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["loss"] == 1.0
    assert summary["x"] == 3


def test_modules_below_the_name_are_answered_for(tmp_path: Path) -> None:
    program = """
import mediatypes.compat.wandb
mediatypes.compat.wandb.install()

import wandb.util
import wandb.sdk
from wandb.data_types import Image
from wandb.errors import CommError, Error
import mediatypes
assert Image is wandb.Image is wandb.data_types.Image is mediatypes.Image
try:
    wandb.log({"a": 1})
except Error as error:
    print(error)
"""
    assert "needs a run" in python(tmp_path, program)


@pytest.mark.parametrize("name", sorted({*mt.__all__} - {"errors"}))
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(stand_in, name) is getattr(mt, name)


def test_a_name_that_is_none_is_named() -> None:
    with pytest.raises(AttributeError, match=r"use_artifact.*open_run"):
        stand_in.use_artifact  # noqa: B018 - the test
    with pytest.raises(AttributeError, match="nothing_at_all"):
        stand_in.util.nothing_at_all  # noqa: B018 - the test
