from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import mediatypes as mt
from mediatypes.errors import IntegrityError, ManifestError, RunNotFoundError

if TYPE_CHECKING:
    from pathlib import Path

RANDOM = np.random.default_rng(0)
PIXELS = [RANDOM.integers(0, 256, (4, 5, 3), np.uint8) for _ in range(3)]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> mt.Run:
    """A finished run with scalars and media."""
    folder = tmp_path_factory.mktemp("runs")
    with mt.init("p", "n", {"lr": 0.1, "net": {"depth": 3}}, folder) as found:
        for step in range(3):
            images = [mt.Image(x, caption=f"{step}.{i}") for i, x in enumerate(PIXELS)]
            found.log({"loss": 1 / (step + 1), "x": images, "note": "text"})
        found.log({"one": mt.Image(PIXELS[0]), "list": [mt.Image(PIXELS[1])]})
        found.log({"late": 5}, step=1)
    return found


def test_media_read_back_by_key_step_and_index(run: mt.Run) -> None:
    series = mt.open_run(run.dir).media("x")
    assert list(series) == [0, 1, 2]
    assert len(series[2]) == 3
    for index, pixels in enumerate(PIXELS):
        found = series[2][index]
        np.testing.assert_array_equal(found.to_numpy(), pixels)
        assert found.caption == f"2.{index}"
    assert series[2][-1] == series[2][2]
    assert [item.caption for item in series[0][1:]] == ["0.1", "0.2"]
    with pytest.raises(IndexError, match="step 2"):
        series[2][3]


def test_an_unknown_key_names_those_there_are(run: mt.Run) -> None:
    with pytest.raises(KeyError, match="'one'"):
        mt.open_run(run.dir).media("y")


def test_a_single_value_and_a_list_of_one_stay_apart(run: mt.Run) -> None:
    row = mt.open_run(run.dir).history()[3]
    assert isinstance(row["one"], mt.Image)
    assert isinstance(row["list"], list)
    assert len(row["list"]) == 1


def test_history_is_one_row_a_step(run: mt.Run) -> None:
    reader = mt.open_run(run.dir)
    history = reader.history()
    assert [row["step"] for row in history] == [0, 1, 2, 3]
    assert history[1]["late"] == 5
    assert history[-1]["step"] == 3
    assert [row["step"] for row in history[1:3]] == [1, 2]
    assert [row["step"] for row in reader] == [0, 1, 2, 3]
    assert reader.keys() == ["loss", "note", "x", "late", "one", "list"]


def test_history_as_a_frame(run: mt.Run) -> None:
    frame = mt.open_run(run.dir).history().to_pandas()
    assert list(frame["step"]) == [0, 1, 2, 3]
    assert frame["loss"].tolist()[:3] == [1.0, 0.5, 1 / 3]
    assert pd.isna(frame["loss"][3])
    cell: Any = frame["x"][1]
    np.testing.assert_array_equal(cell[2].to_numpy(), PIXELS[2])
    assert isinstance(frame["one"][3], mt.Image)


def test_media_as_a_frame_has_the_scalars_of_their_step(run: mt.Run) -> None:
    frame = mt.open_run(run.dir).media("x").to_pandas()
    assert list(frame["step"]) == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert list(frame["index"]) == [0, 1, 2] * 3
    assert list(frame["caption"])[:2] == ["0.0", "0.1"]
    assert list(frame["loss"])[3:6] == [0.5] * 3
    assert all((run.dir / path).is_file() for path in frame["path"])


def test_histograms_are_media_without_a_file(tmp_path: Path) -> None:
    with mt.init(dir=tmp_path, reinit="create_new") as run:
        run.log({"h": mt.Histogram([1, 2]), "$h": [mt.Histogram([3])] * 2, "loss": 1})
    reader = mt.open_run(run.dir)
    assert reader.media_keys() == ["h", "$h"]
    assert reader.media("h")[0][0] == mt.Histogram([1, 2])
    assert len(reader.media("$h")[0]) == 2
    frame = reader.media("h").to_pandas()
    cells = [frame[name][0] for name in ("kind", "path", "loss")]
    assert cells == ["histogram", None, 1]


def test_records_have_every_call(run: mt.Run) -> None:
    records = list(mt.open_run(run.dir).records())
    assert [record["step"] for record in records] == [0, 1, 1, 2, 3]
    assert len(records[0]["media"]) == 3
    assert records[2]["data"] == {"late": 5}


def test_facts_of_a_run(run: mt.Run) -> None:
    reader = mt.open_run(run.dir)
    assert (reader.name, reader.project, reader.state) == ("n", "p", "finished")
    assert reader.config == {"lr": 0.1, "net": {"depth": 3}}
    assert reader.summary["loss"] == 1 / 3
    assert [item.caption for item in reader.summary["x"]] == ["2.0", "2.1", "2.2"]


def test_another_process_reads_the_same(run: mt.Run) -> None:
    code = (
        "import mediatypes as mt, sys, json\n"
        "run = mt.open_run(sys.argv[1])\n"
        "print(json.dumps([x.to_numpy().tolist() for x in run.media('x')[0]]))"
    )
    command = [sys.executable, "-W", "error", "-c", code, str(run.dir)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [x.tolist() for x in PIXELS]


def test_a_living_run_is_read_while_it_grows(tmp_path: Path) -> None:
    run = mt.init(dir=tmp_path, reinit="create_new")
    run.log({"loss": 1})
    reader = mt.open_run(run.dir)
    assert (reader.state, len(reader.history())) == ("running", 1)
    assert not reader.refresh()
    run.log({"loss": 2, "x": mt.Image(PIXELS[0])})
    run.flush()
    assert reader.refresh()
    assert [row["loss"] for row in reader.history()] == [1, 2]
    assert len(reader.media("x")) == 1
    run.finish(quiet=True)
    assert reader.refresh()
    assert reader.state == "finished"


def test_reading_writes_nothing(run: mt.Run) -> None:
    def state() -> list[tuple[str, int, int]]:
        return sorted(
            (str(path), path.stat().st_mtime_ns, path.stat().st_size)
            for path in run.dir.rglob("*")
        )

    before = state()
    reader = mt.open_run(run.dir)
    reader.history().to_pandas()
    _ = reader.summary, reader.config, list(reader.records())
    mt.runs(run.dir.parent).to_pandas()
    assert state() == before


def test_a_changed_file_is_not_decoded(run: mt.Run, tmp_path: Path) -> None:
    import shutil

    copy = shutil.copytree(run.dir, tmp_path / "copy")
    path = next((copy / "media/image/x").iterdir())
    data = bytearray(path.read_bytes())
    data[40] ^= 1
    path.write_bytes(data)
    reader = mt.open_run(copy)
    with pytest.raises(IntegrityError, match="media/image/x"):
        list(reader.history())


def test_what_is_no_run_is_refused_by_name(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(RunNotFoundError, match=path.name):
            mt.open_run(path)
    with pytest.raises(FileNotFoundError):
        mt.runs(tmp_path / "nowhere")


def test_a_newer_format_says_what_to_do(tmp_path: Path) -> None:
    with mt.init(dir=tmp_path, reinit="create_new") as run:
        run.log({"a": 1})
    info = json.loads((run.dir / "run.json").read_text())
    (run.dir / "run.json").write_text(json.dumps(info | {"min_reader": [9, 0]}))
    with pytest.raises(ManifestError, match="Install a newer"):
        mt.open_run(run.dir)


def test_runs_are_a_table(tmp_path: Path) -> None:
    for lr in (0.1, 0.2):
        with mt.init(dir=tmp_path, config={"lr": lr}, reinit="create_new") as run:
            run.log({"loss": lr / 2})
    (tmp_path / "not a run").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/run.json").write_text("{")
    found = mt.runs(tmp_path)
    assert len(found) == 3
    frame = found.to_pandas()
    assert sorted(frame["state"]) == ["damaged", "finished", "finished"]
    assert sorted(frame["config.lr"].dropna()) == [0.1, 0.2]
    assert sorted(frame["summary.loss"].dropna()) == [0.05, 0.1]
