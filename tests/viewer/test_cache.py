"""What is kept of a run for the next time: the same answers, and never a wrong one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import mediatypes as mt
from mediatypes.viewer import api, index, items, series
from mediatypes.viewer.cache import Cache
from mediatypes.viewer.catalogue import Catalogue
from mediatypes.viewer.links import Links

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _keep_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_WORTH_KEEPING", 1)


def log_some(run: mt.Run, steps: int) -> None:
    for step in range(steps):
        run.log({"loss": 1 / (step + 1), "odd": float("nan") if step % 7 else 2**70})
        if step % 5 == 0:
            run.log(
                {"x": [mt.Text(f"{step}"), mt.Text("b")], "h": mt.Histogram([step])}
            )


def answers(root: Path, cache: Cache | None) -> tuple[Any, ...]:
    """Everything that the page would ask."""
    catalogue = Catalogue(root, cache)
    catalogue.poll()
    runs, links = catalogue.all(), Links("t")
    return (
        api.runs(catalogue, "loss"),
        api.keys(runs),
        api.problems(runs),
        [series.series(runs, key) for key in ("loss", "odd")],
        items.steps(runs, ["x", "h"]),
        items.listing(runs, links, "x", offset=0, limit=100),
        items.listing(runs, links, "h", offset=0, limit=100),
    )


def test_what_was_kept_gives_the_same_answers_as_the_record(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    with mt.init(dir=tmp_path / "runs", reinit="create_new", config={"a": 1}) as run:
        run.define_metric("loss", summary="min")
        log_some(run, 30)
    fresh = answers(tmp_path / "runs", None)

    assert answers(tmp_path / "runs", cache) == fresh
    assert len([*(tmp_path / "cache").glob("*.index")]) == 1
    assert answers(tmp_path / "runs", cache) == fresh


def test_a_run_that_went_on_is_read_on(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    with mt.init(dir=tmp_path / "runs", reinit="create_new") as run:
        log_some(run, 10)
        answers(tmp_path / "runs", cache)
        log_some(run, 10)
    assert answers(tmp_path / "runs", cache) == answers(tmp_path / "runs", None)


def test_a_changed_record_makes_the_kept_one_worthless(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    with mt.init(dir=tmp_path / "runs", reinit="create_new") as run:
        log_some(run, 10)
    answers(tmp_path / "runs", cache)
    (log,) = (run.dir / "log").glob("*.jsonl")
    data = log.read_bytes()
    log.write_bytes(data[: len(data) // 2])

    found = answers(tmp_path / "runs", cache)
    assert found == answers(tmp_path / "runs", None)


@pytest.mark.parametrize("damage", ["empty", "half", "noise", "swapped"])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, damage: str) -> None:
    cache = Cache(tmp_path / "cache")
    with mt.init(dir=tmp_path / "runs", reinit="create_new") as run:
        log_some(run, 10)
    fresh = answers(tmp_path / "runs", cache)
    (path,) = (tmp_path / "cache").glob("*.index")
    data = path.read_bytes()
    random = np.random.default_rng(0)
    path.write_bytes(
        {
            "empty": b"",
            "half": data[: len(data) // 2],
            "noise": data[:18] + random.bytes(len(data)),
            "swapped": data.replace(b"closes", b"opensx"),
        }[damage]
    )

    assert answers(tmp_path / "runs", cache) == fresh


def test_a_cache_that_cannot_be_written_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    with mt.init(dir=tmp_path / "runs", reinit="create_new") as run:
        log_some(run, 5)

    assert answers(tmp_path / "runs", Cache(tmp_path / "cache")) == answers(
        tmp_path / "runs", None
    )
