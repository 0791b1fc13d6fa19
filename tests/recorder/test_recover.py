from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import mediatypes as mt
from mediatypes.cli import _run
from mediatypes.recorder.exits import exit_seconds
from mediatypes.recorder.recover import recover
from mediatypes.store.beneath import Folder
from mediatypes.store.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable

KILLED = """
    import os, signal, sys
    import numpy as np
    import mediatypes as mt
    from mediatypes.recorder.pipeline import Pipeline

    if "idle" in sys.argv:
        Pipeline._start = lambda self: self._threads.append(None) or True
    run = mt.init(dir=sys.argv[1], name="killed")
    rate = 8_000
    for step in range(12):
        pixels = np.full((60, 40, 3), step, np.uint8)
        mask = {"mask_data": np.full((60, 40), step), "class_labels": {1: "one"}}
        run.log({
            "loss": step / 2,
            "picture": mt.Image(pixels, caption=f"step {step}", masks={"m": mask}),
            "pair": [mt.Image(pixels[:9] + 1), mt.Image(pixels[:9] + 2)],
            "sound": mt.Audio(np.linspace(-1, 1, 99, dtype="f4") / (step + 1), rate),
            "array": mt.Array(np.arange(step, dtype="i8"), meta={"step": step}),
            "page": mt.Html(f"<p>{step}</p>"),
        })
    sys.stdout.write(str(run.dir))
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""

pytestmark = pytest.mark.skipif(
    not hasattr(os, "pwritev"), reason="there is no spool on this system"
)


@pytest.fixture
def killed(tmp_path: Path) -> Callable[..., Path]:
    def run(*arguments: str) -> Path:
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path), *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == -signal.SIGKILL, done.stderr
        return Path(done.stdout)

    return run


def check(path: Path) -> None:
    run = mt.open_run(path)
    assert run.state == "crashed"
    assert len(run.history()) == 12
    pictures = run.media("picture")
    assert list(pictures) == list(range(12))
    for step, (picture,) in pictures.items():
        assert np.array_equal(picture.to_numpy(), np.full((60, 40, 3), step, "u1"))
        assert picture.caption == f"step {step}"
        assert (picture.masks["m"]["mask_data"] == step).all()
    for step, pair in run.media("pair").items():
        assert [int(one.to_numpy()[0, 0, 0]) for one in pair] == [step + 1, step + 2]
    for step, (sound,) in run.media("sound").items():
        wanted = np.linspace(-1, 1, 99, dtype="f4") / (step + 1)
        assert np.array_equal(sound.to_numpy(), wanted)
        assert sound.sample_rate == 8_000
    for step, (array,) in run.media("array").items():
        assert array.to_numpy().tolist() == list(range(step))
        assert array.to_numpy().dtype == "i8"
        assert array.meta == {"step": step}
    for step, (page,) in run.media("page").items():
        assert page.text.endswith(f"<p>{step}</p>")


@pytest.mark.parametrize("arguments", [["idle"], []])
def test_a_killed_run_has_all_its_media_after_recover(
    killed: Callable[..., Path], arguments: list[str]
) -> None:
    path = killed(*arguments)
    found = recover(Folder(path))
    assert found.lost == ()
    assert found.living == ()
    if arguments:
        assert found.items == 12 * 6
    check(path)
    assert not list((path / "log").glob("*.spool"))
    report = verify(Folder(path))
    assert {finding.id for finding in report.findings} <= {
        "orphan-media",
        "stray-tmp",
        "torn-tail",
    }
    assert recover(Folder(path)).items == 0


def test_the_command_says_what_it_did(
    killed: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = killed("idle")
    assert _run(["verify", str(path)]) == 0
    assert "`mediatypes recover` writes it" in capsys.readouterr().out
    assert _run(["recover", str(path)]) == 0
    assert capsys.readouterr().out == "recovered: 72 media items\n"
    check(path)


def test_what_the_spool_has_not_is_named(killed: Callable[..., Path]) -> None:
    path = killed("idle")
    (spool,) = (path / "log").glob("*.spool")
    data = bytearray(spool.read_bytes())
    data[data.index(b"mtspool1") + 16 + 20] ^= 1
    data[data.rindex(b"<p>11</p>")] ^= 1
    spool.write_bytes(data)
    found = recover(Folder(path))
    assert len(found.lost) == 2
    assert found.items == 70
    lost = [
        finding
        for finding in verify(Folder(path)).findings
        if finding.id == "media-lost"
    ]
    assert len(lost) == 2
    assert recover(Folder(path)).lost == ()
    assert len(mt.open_run(path).losses()) == 3


def test_a_living_writer_is_left_alone(tmp_path: Path) -> None:
    run = mt.init(dir=tmp_path)
    run.log({"x": mt.Image(np.zeros((3, 3), "u1"))})
    for force in (False, True):
        found = recover(Folder(run.dir), force=force)
        assert found.items == 0
        assert run._session.writer in found.living or not found.living
    run.finish(quiet=True)
    assert len(mt.open_run(run.dir).media("x")) == 1


def test_a_recovery_that_fails_or_dies_is_done_again(
    killed: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = killed("idle")
    whole = Folder.write
    count = 0

    def refuse(self: Folder, *args: Any, **more: Any) -> None:
        nonlocal count
        count += 1
        if count > 20:
            raise OSError(28, "No space left on device")
        whole(self, *args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Folder, "write", refuse)
        with pytest.raises(OSError, match="No space"):
            recover(Folder(path))
    assert list((path / "log").glob("*.spool"))
    assert recover(Folder(path)).lost == ()
    check(path)


def test_what_cannot_be_read_now_stays_for_the_next_time(
    killed: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = killed("idle")
    real, count = os.preadv, 0

    def preadv(descriptor: int, buffers: list[Any], offset: int) -> int:
        nonlocal count
        count += 1
        if count in {5, 9}:
            raise OSError(5, "Input/output error")
        return real(descriptor, buffers, offset)

    with monkeypatch.context() as patch:
        patch.setattr(os, "preadv", preadv)
        with pytest.raises(OSError, match="Input/output"):
            recover(Folder(path))
    assert not verify(Folder(path)).is_damaged
    found = recover(Folder(path))
    assert (found.items, found.lost) == (2, ())
    check(path)


def test_two_who_recover_at_once_write_each_item_once(
    killed: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = killed("idle")
    with monkeypatch.context() as patch:
        patch.setattr(Folder, "remove", lambda *_: None)
        recover(Folder(path))
    logs = sorted((path / "log").glob("*.jsonl"))
    records = [log for log in logs if '"purpose":"recover"' in log.read_text()]
    hidden = records[0].rename(path / "hidden")
    assert recover(Folder(path)).items == 72
    hidden.rename(records[0])
    assert mt.open_run(path).media_count == 72
    check(path)


CHILDREN = """
    import multiprocessing, os, sys
    import numpy as np
    import mediatypes as mt

    run = mt.init(dir=sys.argv[1])

    def work(child):
        for step in range(20):
            pixels = np.full((300, 300, 3), step, np.uint8)
            run.log({f"child{child}": mt.Image(pixels)}, step=step)
        if "leave" in sys.argv:
            os._exit(3)

    context = multiprocessing.get_context("fork")
    children = [context.Process(target=work, args=(n,)) for n in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    run.log({"x": 1})
    run.finish(quiet=True)
    print(run.dir)
"""


@pytest.mark.parametrize("arguments", [["leave"], []])
def test_children_that_end_without_exit_handlers_lose_nothing(
    tmp_path: Path, arguments: list[str]
) -> None:
    code = textwrap.dedent(CHILDREN)
    command = [sys.executable, "-c", code, str(tmp_path), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    run = mt.open_run(done.stdout.strip())
    assert run.state == "finished"
    for child in range(3):
        pictures = run.media(f"child{child}")
        values = [int(p.to_numpy()[0, 0, 0]) for (p,) in pictures.values()]
        assert values == list(range(20))
    assert not list((run.dir / "log").glob("*.spool"))
    found = {finding.id for finding in verify(Folder(run.dir)).findings}
    assert found <= {"orphan-media", "stray-tmp"}


SLOW = """
    import sys, threading, time
    import numpy as np
    import mediatypes as mt
    from mediatypes.recorder import exits, run
    from mediatypes.recorder.pipeline import Pipeline

    run.STOP_SECONDS = 0.2
    whole = Pipeline._write

    def write(self, job):
        if threading.current_thread() is not threading.main_thread():
            time.sleep(600)
        return whole(self, job)

    Pipeline._write = write
    going = mt.init(dir=sys.argv[1], spool="none" not in sys.argv)
    for step in range(12):
        going.log({"x": mt.Image(np.full((3, 3), step, np.uint8))})
    sys.stdout.write(str(going.dir))
"""


def test_an_exit_that_takes_too_long_names_what_it_leaves(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(SLOW), str(tmp_path)],
        env=os.environ | {"MEDIATYPES_EXIT_SECONDS": "0.2"},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    said = "12 media items left in the spool; `mediatypes recover` writes them"
    assert said in done.stderr
    path = Path(done.stdout)
    assert mt.open_run(path).state == "finished"
    report = verify(Folder(path))
    assert {finding.id for finding in report.findings} == {"intent-open"}
    assert recover(Folder(path)).items == 12
    assert len(mt.open_run(path).media("x")) == 12
    assert verify(Folder(path)).counts.keys() <= {"manifest-stale", "derived-stale"}


@pytest.mark.parametrize(
    ("text", "seconds"), [("", 60), ("0", 0), ("7.5", 7.5), ("-1", 60), ("nan", 60)]
)
def test_the_time_of_an_exit_is_a_number(
    monkeypatch: pytest.MonkeyPatch, text: str, seconds: float
) -> None:
    monkeypatch.setenv("MEDIATYPES_EXIT_SECONDS", text)
    assert exit_seconds() == seconds


def test_without_a_spool_nothing_is_kept_there(tmp_path: Path) -> None:
    for more in ({"spool": False}, {"durability": "strict"}):
        run = mt.init(dir=tmp_path, **more)
        run.log({"x": mt.Image(np.zeros((3, 3), "u1"))})
        assert not list((run.dir / "log").glob("*.spool"))
        run.finish(quiet=True)
        assert len(mt.open_run(run.dir).media("x")) == 1


def test_a_spool_that_cannot_be_written_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwritev", refuse)
    run = mt.init(dir=tmp_path)
    for value in range(5):
        run.log({"x": mt.Image(np.full((3, 3), value, "u1"))})
    run.finish(quiet=True)
    found = mt.open_run(run.dir)
    assert [int(p.to_numpy()[0, 0]) for (p,) in found.media("x").values()] == list(
        range(5)
    )
    (log,) = (run.dir / "log").glob("*.jsonl")
    lines = map(json.loads, log.read_text().splitlines())
    notes = [line for line in lines if line["k"] == "note"]
    assert len(notes) == 1
    assert "No space left" in notes[0]["text"]


def test_the_last_words_have_room_on_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = mt.init(dir=tmp_path)
    (reserve,) = (run.dir / "tmp").iterdir()
    assert reserve.stat().st_size >= 4_096
    whole = os.write
    run.log({"x": 0})

    def write(descriptor: int, data: bytes) -> int:
        if reserve.exists():
            raise OSError(28, "No space left on device")
        return whole(descriptor, data)

    monkeypatch.setattr(os, "write", write)
    for step in range(1, 6):
        run.log({"x": step, "picture": mt.Image(np.full((3, 3), step, "u1"))})
    with pytest.warns(mt.DroppedMediaWarning, match="5 rows"):
        run.finish(quiet=True)
    (log,) = (run.dir / "log").iterdir()
    last = json.loads(log.read_text().splitlines()[-1])
    assert (last["k"], last["rows"], last["lost"]) == (
        "close",
        1,
        {"rows": 5, "derived files": 1},
    )
    assert list((run.dir / "tmp").iterdir()) == []
