from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
import threading
import time
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import mediatypes as mt
from mediatypes.errors import (
    ConfigError,
    DroppedMediaWarning,
    NoRunError,
    OptionError,
    RangeError,
    RunClosedError,
    StoreError,
    UnsupportedInputError,
    WriteFailedError,
)
from mediatypes.recorder import session
from mediatypes.recorder.recover import recover
from mediatypes.store.beneath import Folder
from mediatypes.store.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IMAGE = np.arange(27, dtype=np.uint8).reshape(3, 3, 3)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[mt.Run]:
    """A run of its own, finished at the end."""
    found = mt.init(dir=tmp_path / "runs", reinit="create_new")
    yield found
    found.finish(quiet=True)


def lines(run: mt.Run) -> list[dict[str, Any]]:
    """Every line of the run's logs, by the standard library."""
    paths = sorted((run.dir / "log").glob("*.jsonl"))
    return [
        json.loads(line) for path in paths for line in path.read_text().splitlines()
    ]


def rows(run: mt.Run) -> list[dict[str, Any]]:
    return [line for line in lines(run) if line["k"] == "log"]


def files(run: mt.Run) -> list[Path]:
    return [path for path in (run.dir / "media").rglob("*") if path.is_file()]


def test_a_row_is_on_record_when_log_returns(run: mt.Run) -> None:
    run.log({"loss": 0.5})
    assert rows(run)[0]["d"] == {"loss": 0.5}


def test_steps_count_from_zero_and_go_on_after_the_highest(run: mt.Run) -> None:
    run.log({"a": 1})
    run.log({"a": 2}, step=10)
    run.log({"a": 3})
    run.log({"a": 4}, step=5)
    run.log({"a": 5})
    assert [row["step"] for row in rows(run)] == [0, 10, 11, 5, 12]
    assert run.step == 13


def test_commit_false_keeps_the_step_open(run: mt.Run) -> None:
    run.log({"a": 1}, commit=False)
    run.log({"b": 2}, commit=False)
    run.log({"c": 3})
    run.log({"d": 4})
    assert [row["step"] for row in rows(run)] == [0, 0, 0, 1]
    assert list(mt.open_run(run.dir).history()) == [
        {"step": 0, "a": 1, "b": 2, "c": 3},
        {"step": 1, "d": 4},
    ]


@pytest.mark.parametrize("step", [-1, 1.5, "3", True, None.__class__, 2**60, np.nan])
def test_a_step_that_is_none_is_refused(run: mt.Run, step: Any) -> None:
    with pytest.raises(OptionError, match="step"):
        run.log({"a": 1}, step=step)


def test_numpy_steps_are_steps(run: mt.Run) -> None:
    run.log({"a": 1}, step=np.int64(7))  # type: ignore[arg-type]  # an integer all the same
    assert rows(run)[0]["step"] == 7


def test_a_refused_call_leaves_no_file_no_row_and_no_step(run: mt.Run) -> None:
    before = lines(run)
    with pytest.raises(UnsupportedInputError, match="third"):
        run.log({"first": 1, "second": mt.Image(IMAGE), "third": object()})
    run.flush()
    assert lines(run) == before
    assert files(run) == []
    assert run.step == 0
    run.log({"first": 1})
    assert rows(run)[0]["step"] == 0


def test_what_is_changed_after_log_does_not_show(run: mt.Run) -> None:
    array, config = IMAGE.copy(), {"x": [1]}
    numbers = [1, 2]
    run.log({"image": mt.Image(array), "numbers": numbers, "nested": config})
    array[...] = 0
    numbers.append(3)
    config["x"].append(2)
    run.flush()
    reader = mt.open_run(run.dir)
    np.testing.assert_array_equal(reader.media("image")[0][0].to_numpy(), IMAGE)
    assert reader.history()[0]["numbers"] == [1, 2]
    assert reader.history()[0]["nested.x"] == [1]


def test_equal_bytes_share_one_file_and_the_record_says_so(run: mt.Run) -> None:
    for _ in range(3):
        run.log({"x": mt.Image(IMAGE)})
        run.flush()
    assert len(files(run)) == 1
    media = [line for line in lines(run) if line["k"] == "media"]
    assert [record.get("same", False) for record in media] == [False, True, True]
    assert len({record["path"] for record in media}) == 1


def test_the_step_in_the_file_name_is_the_one_in_the_record(run: mt.Run) -> None:
    run.log({"x": mt.Image(IMAGE)}, step=1200)
    run.flush()
    assert [path.name[:14] for path in files(run)] == ["000001200-0000"]


def test_values_beyond_a_line_become_files(run: mt.Run) -> None:
    text = "x" * 3_000_000
    run.log({"text": text, "loss": 1.0})
    assert (
        max(
            map(
                len,
                (run.dir / "log").glob("*.jsonl").__next__().read_bytes().splitlines(),
            )
        )
        < 2**20
    )
    assert mt.open_run(run.dir).history()[0] == {"step": 0, "text": text, "loss": 1.0}
    assert verify(Folder(run.dir)).findings == []


def test_large_settings_and_summaries_become_files(run: mt.Run) -> None:
    text = "x" * 20_000_000
    run.config.update({"text": text, "small": 1})
    run.summary.update({"text": text})
    run.finish(quiet=True)
    reader = mt.open_run(run.dir)
    assert reader.config == {"text": text, "small": 1}
    assert reader.summary == {"text": text}
    assert verify(Folder(run.dir)).findings == []


def test_a_list_of_media_with_and_without_files_is_refused(run: mt.Run) -> None:
    for mix in (
        [mt.Histogram([1]), mt.Image(IMAGE)],
        [mt.Image(IMAGE), mt.Histogram([1])],
        [None, mt.Image(IMAGE)],
        [1.0, mt.Image(IMAGE)],
    ):
        with pytest.raises(UnsupportedInputError, match=r"data\['m'\]\[[01]\]"):
            run.log({"m": mix})
    assert rows(run) == []


def test_many_keys_finish_quickly(tmp_path: Path) -> None:
    run = mt.init(dir=tmp_path, reinit="create_new")
    run.log({f"k{index}": index for index in range(20_000)})
    before = time.process_time()
    run.finish(quiet=False)
    assert time.process_time() - before < 5
    assert verify(Folder(run.dir)).findings == []


def test_a_deleted_folder_is_reported_as_lost(tmp_path: Path) -> None:
    run = mt.init(dir=tmp_path, reinit="create_new")
    run.log({"a": 1})
    shutil.rmtree(run.dir)
    run.log({"a": 2})
    with pytest.warns(mt.DroppedMediaWarning, match="2 rows"):
        run.finish(quiet=True)


def test_leaving_by_a_clean_exit_is_finished(tmp_path: Path) -> None:
    run = mt.init(dir=tmp_path, reinit="create_new")

    def leave(code: int | None) -> None:
        with run:
            sys.exit(code)

    with pytest.raises(SystemExit):
        leave(0)
    assert run.state == "finished"


def test_the_summary_does_not_hold_pixels_that_are_in_files(run: mt.Run) -> None:
    for step in range(30):
        run.log({f"sample/{step}": mt.Image(np.full((50, 50), step, np.uint8))})
    run.flush()
    assert all(not latest.values for latest in run._live._latest.values())
    assert run.summary["sample/7"].to_numpy()[0, 0] == 7


def test_odd_values_warn_once_for_each_key_and_are_recorded(run: mt.Run) -> None:
    bright = mt.Image(np.full((2, 2), 3.0))
    with pytest.warns(mt.MediaTypesWarning, match=r"'a': 4 of 4 values") as caught:  # noqa: PT031 - the second call must not warn
        run.log({"a": bright})
        run.log({"a": bright})
    assert len(caught) == 1
    assert caught[0].filename == __file__
    with pytest.warns(mt.MediaTypesWarning, match="'b'"):
        run.log({"b": bright})
    run.flush()
    media = [line for line in lines(run) if line["k"] == "media"]
    assert all(record["source"]["clipped"] == 4 for record in media)


def test_a_strict_run_refuses_odd_values_before_writing(tmp_path: Path) -> None:
    with mt.init(dir=tmp_path, strict=True, reinit="create_new") as run:
        with pytest.raises(RangeError, match="'a'"):
            run.log({"a": mt.Image(np.full((2, 2), 3.0)), "b": 1})
        assert rows(run) == []


def test_summary_holds_the_last_value_unless_told(run: mt.Run) -> None:
    run.define_metric("low", summary="min")
    run.define_metric("val*", summary="max,mean")
    run.define_metric("gone", summary="none")
    for value in (3.0, 1.0, float("nan"), 2.0):
        run.log({"low": value, "val/x": value, "plain": value, "gone": value})
    run.summary["given"] = 7
    run.summary.update({"plain": "by hand"})
    run.log({"given": 8})
    assert run.summary["low"] == 1.0
    assert run.summary["val/x"] == {"max": 3.0, "mean": 2.0}
    assert run.summary["plain"] == "by hand"
    assert run.summary["given"] == run.summary.given == 7
    assert "gone" not in run.summary
    assert mt.open_run(run.dir).summary == dict(run.summary)


def test_summary_takes_media_and_histograms(run: mt.Run) -> None:
    pair = np.histogram(np.arange(10.0))
    run.summary.update({"g": mt.Histogram(np_histogram=pair), "i": mt.Image(IMAGE)})
    found = mt.open_run(run.dir).summary
    np.testing.assert_array_equal(found["g"].counts, pair[0])
    np.testing.assert_array_equal(found["g"].edges, pair[1])
    np.testing.assert_array_equal(found["i"].to_numpy(), IMAGE)


def test_the_summary_is_typed_while_the_run_goes_on_and_after_its_end(
    run: mt.Run,
) -> None:
    image, other = mt.Image(IMAGE), mt.Image(255 - IMAGE)
    pair = np.histogram([1, 2, 3], 3)
    table = {"columns": ["x" * 3_000_000]}
    run.log({"logged": image, "several": [image, other], "loss": 0.5, "big": table})
    run.summary.update(
        {"given": other, "list": [other, image], "h": mt.Histogram(np_histogram=pair)}
    )
    during = run.summary.as_dict()
    run.finish(quiet=True)

    after = run.summary.as_dict()
    read = mt.open_run(run.dir).summary
    assert during.keys() == after.keys() == read.keys()
    assert during["given"] == after["given"] == read["given"] == other
    assert during["logged"] == after["logged"] == read["logged"] == image
    for found in (during, after, read):
        assert found["list"] == [other, image]
        assert found["several"] == [image, other]
        assert found["big.columns"] == table["columns"]
        assert found["h"].counts.tolist() == [1, 1, 1]


def test_one_value_of_the_summary_is_read_without_the_files_of_others(
    run: mt.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.log({"image": mt.Image(IMAGE), "loss": 0.5})
    run.flush()
    with monkeypatch.context() as patch:
        patch.setattr(Folder, "open_file", lambda *_: pytest.fail("a file was read"))
        assert run.summary["loss"] == 0.5
        assert set(run.summary) == {"image", "loss"}
        assert len(run.summary) == 2


def test_trouble_with_a_summary_file_is_counted_too(
    run: mt.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Folder, "write", full)
        run.summary.update({"i": mt.Image(IMAGE), "n": 1})
    with pytest.warns(mt.DroppedMediaWarning, match="'i' in the summary"):
        run.finish(quiet=True)
    assert mt.open_run(run.dir).summary == {"i": None, "n": 1}


def test_keys_that_look_like_tags_are_one_key_everywhere(run: mt.Run) -> None:
    run.log({"$x": 1, "$m": mt.Image(IMAGE), "$h": mt.Histogram([1])})
    run.log({"$m": 2})
    run.summary["$s"] = mt.Image(IMAGE)
    assert dict(run.summary)["$m"] == 2
    assert set(run.summary) == {"$x", "$m", "$h", "$s"}
    run.finish(quiet=True)
    reader = mt.open_run(run.dir)
    assert set(reader.summary) == {"$x", "$m", "$h", "$s"}
    assert reader.summary["$m"] == 2
    assert reader.history()[0]["$m"] == mt.Image(IMAGE)
    assert verify(Folder(run.dir)).findings == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_while_a_thread_is_writing_does_not_hang_the_child(
    tmp_path: Path,
) -> None:
    done = script(
        """
        import os, signal, threading, warnings
        import numpy as np
        import mediatypes as mt

        warnings.filterwarnings("ignore", ".*fork.*", DeprecationWarning)
        image = np.zeros((9, 9, 3), np.uint8)
        run = mt.init()
        stop = threading.Event()

        def work():
            while not stop.is_set():
                run.log({"thread": 1, "x": mt.Image(image)})

        thread = threading.Thread(target=work)
        thread.start()
        for number in range(20):
            child = os.fork()
            if child == 0:
                signal.alarm(10)
                run.log({"child": number, "x": mt.Image(image + 1)})
                run.flush()
                os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
        stop.set()
        thread.join()
        run.finish()
        """,
        tmp_path,
    )
    assert done.returncode == 0, done.stderr
    (run,) = mt.runs(tmp_path / "runs")
    children = [r["data"]["child"] for r in run.records() if "child" in r["data"]]
    assert sorted(children) == list(range(20))
    assert verify(Folder(run.dir)).findings == []


def test_derived_files_say_what_the_record_says(run: mt.Run) -> None:
    run.config.update({"lr": 0.1})
    run.log({"loss": float("nan"), "x": [mt.Image(IMAGE), mt.Image(IMAGE[:2])]})
    run.finish(quiet=True)
    assert verify(Folder(run.dir)).findings == []
    assert json.loads((run.dir / "config.json").read_text()) == {"lr": 0.1}
    summary = json.loads((run.dir / "summary.json").read_text())
    assert summary["loss"] == {"$f": "nan"}
    assert [item["i"] for item in summary["x"]] == [0, 1]
    text = (run.dir / "manifest.jsonl").read_text()
    manifest = [json.loads(line) for line in text.splitlines()]
    assert [(m.get("key"), m.get("i", 0)) for m in manifest[:-1]] == [
        ("x", 0),
        ("x", 1),
    ]
    assert manifest[-1]["count"] == 2


def test_a_config_value_does_not_change_unless_told(run: mt.Run) -> None:
    run.config.epochs = 4
    run.config["epochs"] = 4
    with pytest.raises(ConfigError, match="allow_val_change"):
        run.config.epochs = 5
    run.config.update({"epochs": 5}, allow_val_change=True)
    run.config.setdefaults({"epochs": 9, "lr": 0.1})
    assert dict(run.config) == {"epochs": 5, "lr": 0.1}
    assert mt.open_run(run.dir).config == {"epochs": 5, "lr": 0.1}


def test_a_finished_run_takes_no_more(run: mt.Run) -> None:
    run.finish(quiet=True)
    run.finish(quiet=True)
    with pytest.raises(RunClosedError):
        run.log({"a": 1})
    with pytest.raises(RunClosedError):
        run.config.update({"a": 1})
    assert isinstance(RunClosedError(), RuntimeError)
    assert mt.open_run(run.dir).state == "finished"


def test_an_exception_makes_the_run_failed_and_still_finishes_it(
    tmp_path: Path,
) -> None:
    run = mt.init(dir=tmp_path, reinit="create_new")

    def train() -> None:
        with run:
            run.log({"x": mt.Image(IMAGE)})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        train()
    assert mt.open_run(run.dir).state == "failed"
    assert lines(run)[-1]["error"] == "ZeroDivisionError"
    assert verify(Folder(run.dir)).findings == []


def test_a_second_init_returns_the_run_and_warns(tmp_path: Path) -> None:
    with mt.init(dir=tmp_path, reinit="create_new") as first:
        with pytest.warns(mt.MediaTypesWarning, match="reinit") as caught:
            assert mt.init(dir=tmp_path) is first
        assert caught[0].filename == __file__
        second = mt.init(dir=tmp_path, reinit=True)
        assert first.state == "finished"
        assert mt.run is second
        second.finish(quiet=True)


def test_module_functions_act_on_the_current_run(tmp_path: Path) -> None:
    with mt.init(dir=tmp_path, config={"a": 1}, reinit="create_new") as run:
        mt.log({"x": 1})
        mt.define_metric("x", summary="max")
        mt.save()
        assert mt.run is run
        assert mt.config.a == 1
        assert mt.summary["x"] == 1
        mt.finish(quiet=True)
        assert run.state == "finished"


def test_without_a_run_the_module_functions_say_so() -> None:
    mt.finish()
    for name in ("config", "summary"):
        with pytest.raises(NoRunError, match="init"):
            getattr(mt, name)
    with pytest.raises(RuntimeError, match=r"mediatypes\.log needs a run"):
        mt.log({"a": 1})


def test_names_ids_and_folders(tmp_path: Path) -> None:
    with mt.init(
        "proj", "My Run/1", dir=tmp_path, id="../x", reinit="create_new"
    ) as run:
        assert (run.name, run.id, run.project) == ("My Run/1", "../x", "proj")
        assert run.dir.parent == tmp_path
        run.name = "better"
    reader = mt.open_run(run.dir)
    assert (reader.name, reader.id, reader.project) == ("better", "../x", "proj")


def test_random_names_have_two_words_and_a_number(tmp_path: Path) -> None:
    for number in (1, 2):
        with mt.init(dir=tmp_path, reinit="create_new") as run:
            first, second, last = run.name.split("-")
        assert (first.isalpha(), second.isalpha(), int(last)) == (True, True, number)


def test_a_seeded_script_keeps_its_random_numbers(tmp_path: Path) -> None:
    import random

    random.seed(3)
    np.random.seed(3)  # noqa: NPY002
    expected = random.random(), np.random.rand()  # noqa: NPY002
    random.seed(3)
    np.random.seed(3)  # noqa: NPY002
    mt.init(dir=tmp_path, reinit="create_new").finish(quiet=True)
    assert (random.random(), np.random.rand()) == expected  # noqa: NPY002


def test_a_disabled_run_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WANDB_MODE", "disabled")
    with mt.init(config={"a": 1}, reinit="create_new") as run:
        run.log({"x": mt.Image(IMAGE)})
        mt.log({"y": 2})
        run.summary["z"] = 1
        run.config.b = 2
        assert (run.step, run.config.a, run.summary["z"]) == (2, 1, 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("option", ["mode", "durability", "queue_full", "reinit"])
def test_unknown_options_are_refused(tmp_path: Path, option: str) -> None:
    choice: dict[str, Any] = {option: "sideways"}
    with pytest.raises(OptionError, match=option):
        mt.init(dir=tmp_path, **choice)


def test_a_folder_that_cannot_hold_runs_is_an_error_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file"):
        mt.init(dir=tmp_path / "file", reinit="create_new")


def test_a_full_disk_at_init_is_an_error_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(StoreError, match="No space left"):
            mt.init(dir=tmp_path, reinit="create_new")
    assert mt.run is None
    assert list(tmp_path.iterdir()) == []


def test_an_init_that_fails_leaves_nothing_wherever_it_does(tmp_path: Path) -> None:
    os_open, names = os.open, ["mkdir", "open", "write", "fsync", "link"]
    for name, last in itertools.product(names, range(6)):
        real, left = getattr(os, name), last

        def act(*args: Any, real: Any = real, **more: Any) -> Any:
            nonlocal left
            is_new = real is not os_open or bool(args[1] & os.O_CREAT)
            left -= is_new
            if is_new and left < 0:
                raise OSError(28, "No space left on device")
            return real(*args, **more)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, name, act)
            try:
                run = mt.init(dir=tmp_path, reinit="create_new", console=False)
            except StoreError:
                run = None
        if run is None:
            assert list(tmp_path.iterdir()) == []
            continue
        with warnings.catch_warnings(action="ignore", category=DroppedMediaWarning):
            run.finish(quiet=True)
        shutil.rmtree(run.dir)


FORKED = """
    import os, sys, warnings
    import mediatypes as mt
    warnings.simplefilter("error")
    run = mt.init(dir=".", console=False)
    run.log({"row": 0})
    child = os.fork()
    if not child:
        warned = []
        warnings.showwarning = lambda message, *_: warned.append(str(message))
        warnings.simplefilter("always")
        real = os.open

        def full(path, flags, *rest, **more):
            if flags & os.O_CREAT:
                raise OSError(28, "No space left on device")
            return real(path, flags, *rest, **more)

        for row in range(1, 8):
            os.open = full if row < 5 else real
            run.log({"row": row})
        assert len(warned) == 1 and "No space left" in warned[0], warned
        run.finish(quiet=True)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    run.finish(quiet=True)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_on_a_full_disk_goes_on_and_counts_what_is_lost(
    tmp_path: Path,
) -> None:
    done = script(FORKED, tmp_path)
    assert done.returncode == 0, done.stderr
    (run,) = mt.runs(tmp_path)
    assert [row["data"]["row"] for row in run.records()] == [0, 5, 6, 7]
    report = verify(Folder(run.dir))
    assert [(f.id, f.text) for f in report.findings] == [
        ("drop-count", "its writer says that it lost 4 rows")
    ]
    assert len(list((run.dir / "log").glob("*.jsonl"))) == 2


def test_a_config_that_is_none_makes_no_run(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedInputError, match="config"):
        mt.init(dir=tmp_path, config=3)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_while_finishing_still_ends_the_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = mt.init(dir=tmp_path, reinit="create_new")
    entered = threading.Event()

    def slow(*_: object, **__: object) -> None:
        entered.set()
        time.sleep(0.3)

    def interrupted(*_: object, **__: object) -> None:
        entered.wait()
        raise KeyboardInterrupt

    monkeypatch.setattr(Folder, "write", slow_then(Folder.write, slow))
    for value in range(40):
        run.log({"x": mt.Image(np.full((300, 300), value, np.uint8))})
    monkeypatch.setattr(run._session.pipeline, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run.finish(quiet=True)
    last = lines(run)[-1]
    assert (last["k"], last["state"], last["error"]) == (
        "close",
        "failed",
        "KeyboardInterrupt",
    )
    kept = sum(line["k"] == "media" for line in lines(run))
    assert "lost" not in last
    assert kept + last["waiting"] == 40
    assert last["waiting"]
    monkeypatch.undo()
    assert recover(Folder(run.dir)).items == last["waiting"]
    pictures = mt.open_run(run.dir).media("x")
    assert [int(p.to_numpy()[0, 0]) for (p,) in pictures.values()] == list(range(40))
    assert len(mt.open_run(run.dir).history()) == 40


def test_an_interrupt_in_a_row_with_media_names_its_media(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    run = mt.init(dir=tmp_path, reinit="create_new")
    with monkeypatch.context() as patch:
        patch.setattr(run._live, "take", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run.log({"x": [mt.Image(IMAGE), mt.Image(IMAGE)]})
    with pytest.warns(mt.DroppedMediaWarning, match="interrupted"):
        run.finish(quiet=True)
    notes = [(line["key"], line["i"]) for line in lines(run) if line["k"] == "note"]
    assert notes == [("x", 0), ("x", 1)]
    assert lines(run)[-1]["lost"] == {"media": 2}


def test_an_interrupt_before_a_row_is_on_record_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    run = mt.init(dir=tmp_path, reinit="create_new")
    with monkeypatch.context() as patch:
        patch.setattr(session, "_encode", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run.log({"x": mt.Image(IMAGE)})
    run.finish(quiet=True)
    assert "lost" not in lines(run)[-1]
    assert verify(Folder(run.dir)).findings == []


def slow_then(real: Any, slow: Any) -> Any:
    """What does `slow`, then `real`."""

    def both(*arguments: Any, **options: Any) -> Any:
        slow()
        return real(*arguments, **options)

    return both


def test_media_dir_variable_says_where_runs_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIATYPES_DIR", str(tmp_path / "elsewhere"))
    with mt.init(reinit="create_new") as run:
        assert run.dir.parent == tmp_path / "elsewhere"


def test_trouble_with_the_disk_is_counted_and_named_never_raised(
    run: mt.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    run.log({"x": mt.Image(IMAGE)})
    run.flush()
    with monkeypatch.context() as patch:
        patch.setattr(Folder, "write", full)
        run.log({"x": mt.Image(IMAGE[:2])})
        run.flush()
    run.log({"loss": 1})
    with pytest.warns(mt.DroppedMediaWarning, match="1 media .*No space left"):
        run.finish(quiet=True)
    found = verify(Folder(run.dir)).findings
    assert [item.id for item in found] == ["media-lost"]
    assert "No space left" in found[0].text
    assert mt.open_run(run.dir).history()[1]["x"] is None


def log_until_it_raises(run: mt.Run) -> None:
    """Log for some seconds, with the pauses in which media are encoded."""
    for value in range(1_000):
        run.log({"x": mt.Image(np.full((3, 3), value % 256, np.uint8))})
        time.sleep(0.005)


def test_a_strict_run_raises_what_could_not_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    run = mt.init(dir=tmp_path, strict=True, reinit="create_new")
    with monkeypatch.context() as patch:
        patch.setattr(Folder, "write", full)
        with pytest.raises(WriteFailedError, match="No space left"):
            log_until_it_raises(run)
    with warnings.catch_warnings(), contextlib.suppress(WriteFailedError):
        warnings.simplefilter("ignore")
        run.finish(quiet=True)
    assert run.state == "finished"


def test_a_full_queue_drops_only_when_told_and_names_it(tmp_path: Path) -> None:
    options: dict[str, Any] = {"queue_bytes": 1000, "queue_full": "drop"}
    run = mt.init(dir=tmp_path, reinit="create_new", **options)
    image = np.random.default_rng(0).integers(0, 256, (600, 600, 3), np.uint8)
    for _ in range(20):
        image[0, 0] += 1
        run.log({"x": mt.Image(image)})
    with pytest.warns(mt.DroppedMediaWarning, match="the queue was full"):
        run.finish(quiet=True)
    lost = sum(line["k"] == "note" for line in lines(run))
    kept = sum(line["k"] == "media" for line in lines(run))
    assert lost + kept == 20
    assert lost > 0
    assert lines(run)[-1]["lost"] == {"media": lost}
    ids = {finding.id for finding in verify(Folder(run.dir)).findings}
    assert ids == {"media-lost"}


def test_a_full_queue_blocks_and_keeps_everything(tmp_path: Path) -> None:
    run = mt.init(dir=tmp_path, reinit="create_new", queue_bytes=1000)
    for index in range(30):
        run.log({"x": mt.Image(np.full((50, 50), index, np.uint8))})
    run.finish(quiet=True)
    assert len(files(run)) == 30


def test_threads_log_into_one_run(run: mt.Run) -> None:
    def work(number: int) -> None:
        for index in range(50):
            run.log({f"t{number}": index, "x": mt.Image(IMAGE + index)})

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.finish(quiet=True)
    assert sorted(row["step"] for row in rows(run)) == list(range(200))
    assert verify(Folder(run.dir)).findings == []
    assert len(mt.open_run(run.dir).media("x")) == 200


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs POSIX signals")
def test_a_signal_handler_may_log(run: mt.Run) -> None:
    calls = []

    def handler(*_: object) -> None:
        calls.append(1)
        run.log({"from_handler": len(calls)})

    before = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            run.log({"loop": 1})
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0, 0)
        signal.signal(signal.SIGALRM, before)
    run.finish(quiet=True)
    assert len(calls) > 10
    handled = [row for row in rows(run) if "from_handler" in row["d"]]
    assert len(handled) == len(calls)
    assert verify(Folder(run.dir)).findings == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_writes_a_log_of_its_own(tmp_path: Path) -> None:
    # In a process of its own: the threads of other libraries do not survive a fork.
    code = """
        import os, warnings
        import numpy as np
        import mediatypes as mt

        warnings.filterwarnings("ignore", ".*fork.*", DeprecationWarning)
        run = mt.init(dir=".")
        run.log({"x": mt.Image(np.zeros((2, 2))), "who": "parent"})
        child = os.fork()
        if child == 0:
            run.log({"x": mt.Image(np.ones((2, 2))), "who": "child"}, step=7)
            run.flush()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        idle = os.fork()
        if idle == 0:
            os._exit(0)
        os.waitpid(idle, 0)
        run.finish(quiet=True)
        print(run.dir)
    """
    done = script(code, tmp_path)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / done.stdout.split()[-1]
    assert len(list((folder / "log").glob("*.jsonl"))) == 2
    reader = mt.open_run(folder)
    assert reader.state == "finished"
    assert [row["who"] for row in reader.history()] == ["parent", "child"]
    assert verify(Folder(folder)).findings == []
    assert list(reader.media("x")) == [0, 7]


def script(code: str, folder: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a script as a user would, in a fresh process."""
    return subprocess.run(  # noqa: PLW1510 - the callers look at the code
        [sys.executable, "-W", "error", "-c", textwrap.dedent(code)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        **options,
    )


def test_a_script_that_ends_without_finish_is_finished(tmp_path: Path) -> None:
    done = script(
        """
        import mediatypes as mt, numpy as np
        mt.init(name="left")
        for i in range(20):
            mt.log({"x": mt.Image(np.full((64, 64), i, np.uint8)), "loss": i})
        """,
        tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "left is finished" in done.stderr
    assert "20 rows, 20 media items" in done.stderr
    (run,) = mt.runs(tmp_path / "runs")
    assert run.state == "finished"
    assert len(run.media("x")) == 20


def test_a_script_that_ends_by_an_exception_is_failed(tmp_path: Path) -> None:
    done = script(
        """
        import mediatypes as mt
        mt.init().log({"loss": 1})
        raise KeyError("oops")
        """,
        tmp_path,
    )
    assert done.returncode == 1
    (run,) = mt.runs(tmp_path / "runs")
    assert run.state == "failed"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")
def test_a_killed_run_keeps_its_rows_and_is_crashed(tmp_path: Path) -> None:
    done = script(
        """
        import mediatypes as mt, os, signal
        run = mt.init()
        for i in range(50):
            run.log({"loss": i})
        os.kill(os.getpid(), signal.SIGKILL)
        """,
        tmp_path,
    )
    assert done.returncode == -signal.SIGKILL
    (run,) = mt.runs(tmp_path / "runs")
    assert run.state == "crashed"
    assert [row["loss"] for row in run.history()] == list(range(50))
    assert not verify(Folder(run.dir)).is_damaged


def test_the_end_can_be_silent(tmp_path: Path) -> None:
    done = script(
        'import mediatypes as mt; mt.init().log({"a": 1})',
        tmp_path,
        env={**os.environ, "MEDIATYPES_SILENT": "true"},
    )
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "")


@pytest.mark.parametrize("durability", ["process", "interval", "strict"])
def test_every_durability_keeps_everything(tmp_path: Path, durability: str) -> None:
    run = mt.init(dir=tmp_path, durability=durability, reinit="create_new")
    run.log({"x": mt.Image(IMAGE)})
    if durability == "strict":
        assert len(files(run)) == 1
        assert lines(run)[-1]["k"] == "sync"
    run.checkpoint()
    assert lines(run)[-1]["k"] == "sync"
    run.finish(quiet=True)
    assert verify(Folder(run.dir)).findings == []


def test_a_secret_in_the_config_is_in_no_file_but_the_script_has_it(
    tmp_path: Path,
) -> None:
    secret = "hunter2-and-more"
    with pytest.warns(mt.MediaTypesWarning, match="'password'.*MEDIATYPES_UNREDACTED"):
        run = mt.init(dir=tmp_path, config={"password": secret, "lr": 0.1})
    assert run.config["password"] == secret
    run.config.update({"password": secret})
    run.finish()
    files = [path for path in run.dir.rglob("*") if path.is_file()]
    assert files
    assert not any(secret.encode() in path.read_bytes() for path in files)
    assert mt.open_run(run.dir).config == {"password": "«redacted:password»", "lr": 0.1}


def test_secrets_in_the_words_about_a_run_are_in_no_file(tmp_path: Path) -> None:
    secret = "hf_" + "aB3x" * 8
    with pytest.warns(mt.MediaTypesWarning, match="run: 'tags', 'notes' looked like"):
        run = mt.init(
            dir=tmp_path,
            tags=["base", f"--token={secret}"],
            notes=f"train.py --password=hunter2-and-more {secret}",
        )
    with pytest.warns(mt.MediaTypesWarning, match="run: 'notes'"):
        run.notes = f"better: {secret}"
    artifact = mt.Artifact("net", "model", metadata={"api_key": secret, "epochs": 4})
    with pytest.warns(mt.MediaTypesWarning, match=r"log_artifact: 'metadata\.api_key'"):
        run.log_artifact(artifact)
    run.finish(quiet=True)

    files = [path.read_bytes() for path in run.dir.rglob("*") if path.is_file()]
    assert files
    assert not any(secret.encode() in x or b"hunter2" in x for x in files)
    assert run.tags == ("base", "--token=«redacted:huggingface»")
    summary = mt.open_run(run.dir).summary
    assert summary["artifacts/net.metadata.epochs"] == 4


def test_what_is_logged_is_data_whatever_it_looks_like(tmp_path: Path) -> None:
    text = "hf_" + "aB3x" * 8
    run = mt.init(dir=tmp_path)
    run.log({"password": text})
    run.finish(quiet=True)
    assert mt.open_run(run.dir).history()[0]["password"] == text


@pytest.mark.skipif(os.name == "nt", reason="has no such modes")
def test_only_the_owner_may_write_what_the_umask_leaves_open(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with mt.init(dir=tmp_path / "runs") as run:
            run.log({"x": mt.Image(np.eye(3, dtype=np.uint8))})
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in run.dir.rglob("*")}
    assert modes == {0o755, 0o644}
    assert stat.S_IMODE(run.dir.stat().st_mode) == 0o755
