from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

import mediatypes as mt
from mediatypes.cli import COMMANDS, main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def run(tmp_path: Path) -> mt.Run:
    """A finished run under ``runs``."""
    with mt.init(name="first", config={"lr": 0.1}, reinit="create_new") as found:
        found.log({"loss": 0.5, "x": mt.Image(np.eye(4, dtype=np.uint8))})
        found.log({"loss": 0.25, "h": mt.Histogram([1, 2])})
    return found


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run a command; return its exit code, output and errors."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as stopped:
        main(list(arguments))
    assert isinstance(stopped.value.code, int)
    return stopped.value.code, *capsys.readouterr()


def test_ls_lists_runs(run: mt.Run, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "ls")
    assert code == 0
    assert re.search(r"first +finished +2 +1 ", out)
    code, out, _ = call(capsys, "ls", "runs", "--json")
    assert json.loads(out)["id"] == run.id


def test_ls_of_nothing_and_of_no_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert call(capsys, "ls", "--dir", "empty")[:2] == (0, "no runs in empty\n")
    code, out, err = call(capsys, "ls", "nowhere")
    assert (code, out) == (1, "")
    assert "nowhere" in err


@pytest.mark.parametrize("by", ["path", "id", "name"])
def test_show_finds_a_run_by_path_id_and_name(
    run: mt.Run, by: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = {"path": str(run.dir), "id": run.id, "name": run.name}
    code, out, _ = call(capsys, "show", words[by])
    assert code == 0
    for text in ("first", "finished", "loss", "0.25", "lr", "image", "histogram"):
        assert text in out
    assert "2 steps, 1 media item," in out


def test_show_as_json_lists_every_key(
    run: mt.Run, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = call(capsys, "show", run.id, "--json")
    kinds = {fact["key"]: fact["kind"] for fact in json.loads(out)["keys"]}
    assert kinds == {"loss": "number", "x": "image", "h": "histogram"}


def test_verify_says_what_it_checked(
    run: mt.Run, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = (run.dir / "media/image/x").iterdir()
    code, out, _ = call(capsys, "verify", run.id)
    assert code == 0
    assert f"1 file, {path.stat().st_size} bytes" in out
    path.write_bytes(b"x")
    code, out, _ = call(capsys, "verify", str(run.dir))
    assert code == 2
    assert "media-size" in out
    assert path.name in out
    code, out, _ = call(capsys, "verify", str(run.dir), "--json")
    assert code == 2
    assert json.loads(out)["damaged"]


def test_verify_at_each_level_says_what_it_read(
    run: mt.Run, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = (run.dir / "media/image/x").iterdir()
    size = path.stat().st_size
    for level, read in (("quick", 0), ("full", size), ("deep", size)):
        code, out, _ = call(capsys, "verify", run.id, f"--{level}", "--json")
        found = json.loads(out)
        assert (code, found["level"], found["bytes"]) == (0, level, read)
        assert found["counts"] == {}


def test_repair_says_first_and_does_then(
    run: mt.Run, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = (run.dir / "media/image/x").iterdir()
    path.write_bytes(b"x")
    code, out, _ = call(capsys, "repair", run.id)
    assert code == 2
    assert "--apply" in out
    assert path.exists()
    code, out, _ = call(capsys, "repair", run.id, "--apply", "--json")
    assert code == 0
    assert json.loads(out)["applied"]
    assert not path.exists()
    assert (run.dir / "quarantine" / path.relative_to(run.dir)).read_bytes() == b"x"
    assert call(capsys, "repair", run.id)[:2] == (0, "nothing to mend\n")
    assert call(capsys, "verify", run.id)[0] == 0
    assert "lost: " in call(capsys, "show", run.id)[1]


def test_gc_lists_first_and_deletes_then(
    run: mt.Run, capsys: pytest.CaptureFixture[str]
) -> None:
    orphan = run.dir / "media/image/x/orphan.png"
    orphan.write_bytes(b"lonely")
    assert call(capsys, "gc", run.id)[:2] == (0, "nothing to delete\n")
    code, out, _ = call(capsys, "gc", run.id, "--min-age", "0")
    assert code == 0
    assert "orphan.png" in out
    assert orphan.exists()
    _, out, _ = call(capsys, "gc", run.id, "--min-age", "0", "--apply", "--json")
    assert [item["size"] for item in json.loads(out)["files"]] == [6]
    assert not orphan.exists()
    assert call(capsys, "verify", run.id)[0] == 0


def test_compact_makes_the_derived_files_that_are_missing(
    run: mt.Run, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = {p.name: p.read_bytes() for p in run.dir.iterdir() if p.is_file()}
    (run.dir / "manifest.jsonl").unlink()
    (run.dir / "summary.json").write_text("{}")
    code, out, _ = call(capsys, "compact", run.id)
    assert code == 0
    assert out.splitlines() == [
        "manifest.jsonl: made anew from the record",
        "summary.json: made anew from the record",
    ]
    assert {p.name: p.read_bytes() for p in run.dir.iterdir() if p.is_file()} == whole
    assert call(capsys, "compact", run.id)[1] == "nothing to do\n"


def test_a_run_that_is_written_is_neither_mended_nor_compacted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with mt.init(name="alive", reinit="create_new") as alive:
        alive.log({"a": 1})
        for command in ("repair", "compact"):
            code, _, err = call(capsys, command, str(alive.dir))
            assert code == 1
            assert "--force" in err
        assert call(capsys, "gc", str(alive.dir))[0] == 0


def test_verify_of_a_damaged_run_file_names_it(
    run: mt.Run, capsys: pytest.CaptureFixture[str]
) -> None:
    (run.dir / "run.json").write_text("{")
    code, out, _ = call(capsys, "verify", str(run.dir))
    assert code == 2
    assert "run.json" in out


@pytest.mark.parametrize(
    "arguments",
    [["frobnicate"], ["show"], ["show", "nope"], ["verify", "."], ["ls", "-x"]],
)
def test_a_wrong_call_exits_with_one_and_a_message(
    tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = call(capsys, *arguments)
    assert code == 1
    assert err
    assert "Traceback" not in err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, name, "--help")
    assert code == 0
    assert out.startswith(f"Usage: mediatypes {name}")


def test_strings_of_the_data_cannot_touch_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nasty = "\x1b]0;owned\x07\x1b[2J\u202e\r\n"
    with mt.init(name=nasty, config={nasty: nasty}, reinit="create_new") as run:
        run.log({nasty: nasty})
    for arguments in (["ls"], ["show", str(run.dir)], ["verify", str(run.dir)]):
        code, out, err = call(capsys, *arguments)
        assert code == 0
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e]", out + err)


def test_the_demo_trains_logs_and_passes_its_own_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = call(capsys, "demo", "--steps", "41")
    assert code == 0
    (run,) = mt.runs("runs")
    assert f"mediatypes verify {run.id}" in out
    keys = ["loss", "weights", "gradients", "pixels_seen", "paintings", "sound"]
    assert sorted(run.keys()) == sorted([*keys, "chart", "errors"])
    losses = [row["loss"] for row in run.history()]
    assert len(losses) == 41
    assert losses[-1] < losses[0] / 3
    assert list(run.media("paintings")) == [0, 20, 40]
    painting, photograph = run.media("paintings")[40]
    assert np.abs(painting.to_numpy() - photograph.to_numpy()).mean() < 0.2
    assert run.media("sound")[0][0].to_numpy().shape == (32_000,)
    assert isinstance(run.media("chart")[40][0], mt.Plot)
    assert call(capsys, "verify", run.id)[0] == 0


def test_the_module_runs_as_a_program() -> None:
    command = [sys.executable, "-m", "mediatypes", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("mediatypes, version ")


def test_show_names_rows_and_columns_of_the_latest_table(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with mt.init(name="tables") as run:
        for rows in (5, 1_500):
            run.log({"t": mt.Table({"a": [0] * rows, "b": [1] * rows})})

    _, out, _ = call(capsys, "show", str(run.dir))

    assert "2 steps, 2 items" in out
    assert "latest 1,500 × 2" in out
