"""Where a run was made; the oracles are git itself and importlib.metadata."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

import mediatypes as mt
from mediatypes.recorder import environment as room

if TYPE_CHECKING:
    from pathlib import Path


def git(folder: Path, *arguments: str) -> str:
    settings = {
        **os.environ,
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@b",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@b",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=settings,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository of one commit, with a remote."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "remote", "add", "origin", "https://me:secret@host.org/x.git")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "x")
    return tmp_path


def facts() -> dict[str, str]:
    found: dict[str, str] = room.environment()["git"]
    room._git.cache_clear()
    return found


def test_packages_have_the_versions_that_python_knows() -> None:
    found = room.environment()["packages"]
    assert found["numpy"] == np.__version__
    for name in ("pytest", "attrs", "msgspec"):
        assert found[name] == importlib.metadata.version(name)


def test_the_commit_is_that_of_git(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = git(repository, "rev-parse", "HEAD")
    (repository / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(repository / "deep" / "er")
    assert facts() == {
        "root": str(repository),
        "branch": "main",
        "commit": expected,
        "remote": "https://host.org/x.git",
    }


def test_a_packed_a_detached_and_a_linked_commit_are_found(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = git(repository, "rev-parse", "HEAD")
    git(repository, "pack-refs", "--all")
    monkeypatch.chdir(repository)
    assert facts()["commit"] == expected

    git(repository, "worktree", "add", "-q", "-b", "other", "linked")
    monkeypatch.chdir(repository / "linked")
    linked = facts()
    assert (linked["branch"], linked["commit"]) == ("other", expected)
    assert linked["remote"] == "https://host.org/x.git"

    monkeypatch.chdir(repository)
    git(repository, "checkout", "-q", "--detach")
    assert "branch" not in facts()
    assert room.environment()["git"]["commit"] == expected


def test_a_repository_without_a_commit_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    monkeypatch.chdir(tmp_path)
    assert (facts()["commit"], facts()["remote"]) == ("", "")


def test_secrets_are_left_out_of_the_record(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    monkeypatch.setenv("SOME_TOKEN", "hidden-1")
    words = ["--api-key", "hidden-2", "--password=hidden-3", "s3://u:hidden-4@host/x"]
    monkeypatch.setattr(sys, "argv", ["train.py", *words, "--lr", "0.1"])
    run = mt.init(dir="runs")
    run.finish(quiet=True)

    found = mt.open_run(run.dir).environment
    assert found["arguments"][-2:] == ["--lr", "0.1"]
    assert found["program"] == "train.py"
    for path in run.dir.rglob("*"):
        assert path.is_dir() or b"hidden" not in path.read_bytes()
        assert path.is_dir() or b"me:secret" not in path.read_bytes()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["--token", "x", "--lr", "1"], ["--token", "***", "--lr", "1"]),
        (["--token", "--lr", "1"], ["--token", "--lr", "1"]),
        (["api_key=x", "lr=1"], ["api_key=***", "lr=1"]),
        (["keyboard"], ["keyboard"]),
        ([], []),
    ],
)
def test_arguments_that_look_like_secrets_are_hidden(
    given: list[str], expected: list[str]
) -> None:
    assert room.redacted(given) == expected


def test_nothing_is_put_on_record_where_it_is_off() -> None:
    run = mt.init(environment=False)
    run.finish(quiet=True)
    assert mt.open_run(run.dir).environment == {}
