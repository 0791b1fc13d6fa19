"""What a program prints, in the run folder; read as plain text."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import mediatypes as mt
from mediatypes.errors import OptionError
from mediatypes.recorder.output import Output

if TYPE_CHECKING:
    from collections.abc import Iterator

    Capture = pytest.CaptureFixture[str]


@pytest.fixture
def output(tmp_path: Path) -> Iterator[Output]:
    """A copy of the streams into ``output.log`` of an empty folder."""
    found = Output(tmp_path, lambda error: pytest.fail(str(error)))
    yield found
    found.stop()


def kept(output: Output, folder: Path) -> str:
    output.stop()
    return (folder / "output.log").read_bytes().decode()


def test_what_is_printed_is_shown_and_kept(tmp_path: Path, capsys: Capture) -> None:
    output = Output(tmp_path, lambda error: pytest.fail(str(error)))
    print("to the screen")
    print("an error", file=sys.stderr)
    sys.stdout.writelines(["a\n", "b"])

    assert kept(output, tmp_path) == "to the screen\nan error\na\nb\n"
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("to the screen\na\nb", "an error\n")


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        (["\r 1%", "\r50%", "\r99%\n"], "99%\n"),
        (["1%\r", "50%\r", "99%\r", "done\n"], "done\n"),
        (["1%\r", "99%\r"], "99%\n"),
        (["windows\r\n", "lines\r\n"], "windows\nlines\n"),
        (["ab", "c\nd", "e"], "abc\nde\n"),
        (["\x1b[31mred\x1b[0m \x1b]0;title\x07end\n"], "red end\n"),
        (["\n\n"], "\n\n"),
        (["é日\udc80\n"], "é日?\n"),
    ],
    ids=["after", "before", "open", "windows", "pieces", "codes", "empty", "letters"],
)
def test_carriage_returns_and_codes_are_folded(
    output: Output, tmp_path: Path, pieces: list[str], expected: str
) -> None:
    for piece in pieces:
        output._lines[0].feed(piece)
    assert kept(output, tmp_path) == expected


def test_a_bar_that_runs_for_hours_takes_one_line(
    output: Output, tmp_path: Path
) -> None:
    for step in range(100_000):
        output._lines[0].feed(f"\r{step} of 100000")
    assert len(output._lines[0]._rest) < 100
    assert kept(output, tmp_path) == "99999 of 100000\n"


def test_a_line_without_end_is_written_in_parts(output: Output, tmp_path: Path) -> None:
    for _ in range(300):
        output._lines[0].feed("x" * 1_000)
    assert len(output._lines[0]._rest) <= 65_536
    assert kept(output, tmp_path).replace("\n", "") == "x" * 300_000


def test_the_streams_are_given_back(tmp_path: Path) -> None:
    before = sys.stdout, sys.stderr
    run = mt.init()
    assert sys.stdout is not before[0]
    assert sys.stdout.fileno
    assert sys.stdout.encoding == before[0].encoding
    run.finish(quiet=True)
    assert (sys.stdout, sys.stderr) == before


def test_a_stream_that_was_replaced_meanwhile_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = mt.init()
    other: Any = object()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", other)
        run.finish(quiet=True)
        assert sys.stdout is other


def test_two_runs_at_once_each_have_what_was_printed_in_their_time(
    capsys: Capture,
) -> None:
    first = mt.init(reinit="create_new")
    print("one")
    second = mt.init(reinit="create_new")
    print("both")
    first.finish(quiet=True)
    print("two")
    second.finish(quiet=True)
    print("none")

    assert mt.open_run(first.dir).output == "one\nboth\n"
    assert mt.open_run(second.dir).output == "both\ntwo\n"
    assert capsys.readouterr().out == "one\nboth\ntwo\nnone\n"


@pytest.mark.parametrize("option", [{"console": False}, {"console": "off"}], ids=str)
def test_nothing_is_kept_where_it_is_off(option: Any, capsys: Capture) -> None:
    before = sys.stdout
    run = mt.init(**option)
    assert sys.stdout is before
    run.finish()
    assert mt.open_run(run.dir).output == ""
    assert not (run.dir / "output.log").exists()


def test_the_environment_and_a_settings_object_turn_it_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = sys.stdout
    mt.init(settings=mt.Settings(console="off"))
    assert sys.stdout is before
    monkeypatch.setenv("WANDB_CONSOLE", "off")
    mt.init(reinit=True)
    assert sys.stdout is before
    with pytest.raises(OptionError, match="console"):
        mt.init(console="loud", reinit="create_new")


def test_a_program_that_dies_leaves_its_lines(tmp_path: Path) -> None:
    program = """
import os, mediatypes as mt
run = mt.init()
print("last words", flush=True)
os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=False)
    (run,) = mt.runs(tmp_path / "runs")
    assert run.output == "last words\n"


def test_a_traceback_of_an_ending_script_is_kept(tmp_path: Path) -> None:
    program = "import mediatypes as mt\nmt.init()\nprint('x')\n1 / 0\n"
    subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, check=False, capture_output=True
    )
    (run,) = mt.runs(tmp_path / "runs")
    assert run.state == "failed"
    assert "ZeroDivisionError" in run.output


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_prints_into_the_same_file(tmp_path: Path) -> None:
    run = mt.init()
    print("parent")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forks beside threads
        pid = os.fork()
    if not pid:
        print("child")
        os._exit(0)
    os.waitpid(pid, 0)
    run.finish(quiet=True)
    assert sorted(mt.open_run(run.dir).output.split()) == ["child", "parent"]


def test_a_file_that_cannot_be_written_is_counted_once(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    run = mt.init()
    full = OSError(28, "No space left on device")
    write = os.write

    def refuse(file: int, data: bytes) -> int:
        if b"printed" in data:
            raise full
        return write(file, data)

    monkeypatch.setattr("mediatypes.recorder.output.os.write", refuse)
    print("printed")
    print("printed")
    monkeypatch.undo()
    with pytest.warns(mt.DroppedMediaWarning, match="1 output"):
        run.finish(quiet=True)
    assert capsys.readouterr().out == "printed\nprinted\n"


def test_a_folder_that_takes_no_file_does_not_stop_the_run() -> None:
    run = mt.init(console=False)
    (run.dir / "output.log").mkdir()
    failures: list[OSError] = []
    output = Output(run.dir, failures.append)
    print("x")
    output.stop()
    assert len(failures) == 1
    assert Path(run.dir / "output.log").is_dir()
