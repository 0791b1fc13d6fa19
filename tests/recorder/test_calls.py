"""What a run offers beside rows, read back from the folder by the standard library."""

from __future__ import annotations

import datetime as dt
import json
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import mediatypes as mt
from mediatypes.errors import (
    DroppedMediaWarning,
    MissingFileError,
    OptionError,
    RunClosedError,
    UnsupportedInputError,
)
from mediatypes.recorder import notes

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _notes_are_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "_said", set())


@pytest.fixture
def run(tmp_path: Path) -> Iterator[mt.Run]:
    """A run of its own, finished at the end."""
    found = mt.init(dir=tmp_path / "runs", reinit="create_new")
    yield found
    found.finish(quiet=True)


def lines(run: mt.Run, kind: str) -> list[dict[str, Any]]:
    paths = sorted((run.dir / "log").glob("*.jsonl"))
    found = [json.loads(x) for path in paths for x in path.read_text().splitlines()]
    return [line for line in found if line["k"] == kind]


def kept(run: mt.Run) -> dict[str, list[bytes]]:
    """Return the content of what `save` kept, by key, in the order of its records."""
    run.finish(quiet=True)
    found: dict[str, list[bytes]] = {}
    for line in lines(run, "media"):
        content = (run.dir / line["path"]).read_bytes()
        found.setdefault(line["key"], []).append(content)
    return found


def test_a_file_is_kept_as_it_is_when_it_is_saved(run: mt.Run) -> None:
    path = Path("model.bin")
    path.write_bytes(b"first")
    assert run.save("model.bin", policy="now") == ["files/model.bin"]
    path.write_bytes(b"second!")

    assert kept(run) == {"files/model.bin": [b"first"]}


def test_a_live_file_is_kept_again_where_it_has_changed(run: mt.Run) -> None:
    Path("a.txt").write_bytes(b"a")
    Path("b.txt").write_bytes(b"b")
    assert run.save("*.txt") == ["files/a.txt", "files/b.txt"]
    Path("a.txt").write_bytes(b"A")
    Path("c.txt").write_bytes(b"c")

    assert kept(run) == {
        "files/a.txt": [b"a", b"A"],
        "files/b.txt": [b"b"],
        "files/c.txt": [b"c"],
    }


def test_a_file_of_the_end_is_kept_at_the_end(run: mt.Run) -> None:
    Path("last.txt").write_bytes(b"early")
    assert run.save("last.txt", policy="end") == ["files/last.txt"]
    Path("last.txt").write_bytes(b"late")

    assert kept(run) == {"files/last.txt": [b"late"]}


def test_paths_in_keys_begin_at_the_base(
    run: mt.Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / "out" / "deep"
    deep.mkdir(parents=True)
    (deep / "x.txt").write_bytes(b"x")

    assert run.save("out/deep/x.txt", policy="now") == ["files/out/deep/x.txt"]
    assert run.save(deep / "x.txt", policy="now") == ["files/x.txt"]
    assert run.save(deep / "x.txt", tmp_path / "out", "now") == ["files/deep/x.txt"]
    assert run.save(str(tmp_path / "out" / "*" / "*.txt"), policy="now") == [
        "files/deep/x.txt"
    ]
    assert run.save("out", policy="now") == ["files/out/deep/x.txt"]
    assert run.save("**/x.txt", policy="now") == ["files/out/deep/x.txt"]
    monkeypatch.chdir(deep.parent)
    assert run.save("../out/deep/x.txt", policy="now") == ["files/deep/x.txt"]
    assert run.save("deep/../deep/x.txt", "deep/a/b", "now") == ["files/x.txt"]


def test_a_name_with_pattern_characters_is_taken_as_it_is(run: mt.Run) -> None:
    Path("[a].txt").write_bytes(b"x")
    assert run.save("[a].txt", policy="now", glob=False) == ["files/[a].txt"]
    assert run.save("[a].txt", policy="now") == ["files/[a].txt"]


def test_nothing_found_is_nothing_kept(run: mt.Run) -> None:
    assert run.save("missing-*.txt", policy="now") == []
    assert kept(run) == {}


def test_a_file_comes_back_with_its_name(run: mt.Run) -> None:
    Path("scores.csv").write_bytes(b"a,b\n")
    run.log({"loss": 1.0})
    run.save("scores.csv", policy="now")
    run.log({"loss": 0.5})
    run.finish(quiet=True)

    reader = mt.open_run(run.dir)
    (found,) = reader.media("files/scores.csv")[1]
    assert found.name == "scores.csv"
    assert [row["loss"] for row in reader.history()] == [1.0, 0.5]


def test_a_file_that_cannot_be_kept_at_the_end_is_named(run: mt.Run) -> None:
    Path("gone.txt").symlink_to("nowhere")
    run.save("*.txt", policy="end")
    Path("other.txt").mkdir()
    Path("gone.txt").unlink()
    Path("gone.txt").write_bytes(b"x" * 10)
    import mediatypes.media.file as room

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "MAX_BYTES", 5)
        with pytest.warns(DroppedMediaWarning, match=r"save: .*at most 5 bytes"):
            run.finish(quiet=True)

    assert run.state == "finished"


@pytest.mark.parametrize("policy", ["always", "", 1])
def test_a_policy_that_is_none_is_refused(run: mt.Run, policy: Any) -> None:
    with pytest.raises(OptionError, match="policy"):
        run.save("x", policy=policy)


@pytest.mark.parametrize("path", [b"x", 3, ["a"]])
def test_what_is_no_path_is_refused(run: mt.Run, path: Any) -> None:
    with pytest.raises(UnsupportedInputError, match="glob_str"):
        run.save(path)


def test_a_file_that_cannot_be_read_is_refused_at_once(run: mt.Run) -> None:
    Path("loop").symlink_to("loop")
    with pytest.raises((MissingFileError, UnsupportedInputError, OSError)):
        mt.File("loop")
    assert run.save("loop", policy="now") == []


def test_the_script_is_kept_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "train.py"
    script.write_bytes(b"print(1)\n")
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(script), raising=False)
    run = mt.init(save_code=True)
    assert kept(run) == {"code/train.py": [b"print(1)\n"]}


def test_an_alert_is_said_and_on_record(
    run: mt.Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run.alert("Low accuracy", "It is\x1b[31m 0.1", level=mt.AlertLevel.WARN)
    run.alert("Low accuracy", "again")
    run.alert("Other")
    run.finish(quiet=True)

    texts = [line["text"] for line in lines(run, "note")]
    assert texts == ["WARN: Low accuracy: It is\x1b[31m 0.1", "INFO: Other"]
    shown = capsys.readouterr().err
    assert "mediatypes: WARN: Low accuracy" in shown
    assert "\x1b" not in shown
    assert mt.open_run(run.dir).losses() == []


def test_an_alert_may_come_again_when_its_time_is_over(run: mt.Run) -> None:
    run.alert("x", wait_duration=dt.timedelta(0))
    run.alert("x", wait_duration=0)
    run.alert("x", wait_duration=0.0)
    assert len(lines(run, "note")) == 3


@pytest.mark.parametrize(
    "option",
    [{"level": "LOUD"}, {"wait_duration": -1}, {"wait_duration": "1"}],
    ids=str,
)
def test_an_alert_with_a_wrong_option_is_refused(run: mt.Run, option: Any) -> None:
    with pytest.raises(OptionError, match=next(iter(option))):
        run.alert("x", **option)


def test_tags_and_notes_can_be_set_later(tmp_path: Path) -> None:
    run = mt.init(dir=tmp_path, tags=["a"], notes="first", group="g", job_type="eval")
    assert (run.tags, run.notes, run.group, run.job_type) == (
        ("a",),
        "first",
        "g",
        "eval",
    )
    run.tags += ("b",)
    run.notes = "second"
    run.name = "renamed"
    run.save()
    run.finish(quiet=True)

    assert (run.tags, run.notes, run.name) == (("a", "b"), "second", "renamed")
    (opened,) = lines(run, "open")
    assert opened["tags"] == ["a"]
    found = [{k: v for k, v in x.items() if k != "c"} for x in lines(run, "name")]
    assert [x.get("tags") for x in found] == [["a", "b"], None, None]
    assert [x.get("notes") for x in found] == [None, "second", None]
    assert found[-1]["name"] == "renamed"
    assert mt.open_run(run.dir).name == "renamed"


def test_the_address_of_a_run_is_its_folder(run: mt.Run) -> None:
    assert run.url == run.get_url() == run.dir.absolute().as_uri()
    assert run.path == run.id
    assert (run.entity, run.offline, run.disabled) == (None, True, False)


@pytest.mark.parametrize(
    ("summary", "goal", "expected"),
    [
        ("best", "minimize", 1.0),
        ("best", "maximize", 3.0),
        ("copy", None, 2.0),
        ("min, max", None, {"min": 1.0, "max": 3.0}),
    ],
)
def test_the_words_of_the_call_style_summarise(
    run: mt.Run, summary: str, goal: str | None, expected: Any
) -> None:
    run.define_metric("loss", summary=summary, goal=goal)
    for loss in (3.0, 1.0, 2.0):
        run.log({"loss": loss})
    assert run.summary["loss"] == expected


def test_the_best_needs_a_goal(run: mt.Run) -> None:
    with pytest.raises(OptionError, match=r"goal must be .minimize"):
        run.define_metric("loss", summary="best")
    with pytest.raises(OptionError, match="goal"):
        run.define_metric("loss", summary="best", goal="low")
    with pytest.raises(UnsupportedInputError, match="step_metric"):
        run.define_metric("loss", step_metric=3)  # type: ignore[arg-type]  # the test
    assert lines(run, "metric") == []


@pytest.mark.parametrize(
    "option", [{"step_sync": True}, {"hidden": True}, {"overwrite": False}], ids=str
)
def test_options_of_a_definition_that_are_not_used_are_said_once(
    run: mt.Run, option: Any
) -> None:
    with pytest.warns(mt.MediaTypesWarning, match="accepted and not used"):
        run.define_metric("loss", **option)
    run.define_metric("loss", **option)


def test_sync_is_accepted_and_said_once(run: mt.Run) -> None:
    with pytest.warns(mt.MediaTypesWarning, match="sync is accepted and not used"):
        run.log({"a": 1}, sync=False)
    run.log({"a": 2}, sync=True)
    assert len(lines(run, "log")) == 2


@pytest.mark.parametrize(
    "call",
    [
        lambda run: run.save("*.txt"),
        lambda run: run.alert("x"),
        lambda run: setattr(run, "notes", "x"),
        lambda run: run.define_metric("x"),
    ],
    ids=["save", "alert", "notes", "define_metric"],
)
def test_a_finished_run_refuses_each_call(run: mt.Run, call: Any) -> None:
    run.finish(quiet=True)
    with pytest.raises(RunClosedError):
        call(run)


def test_a_name_from_another_tracker_says_what_there_is(run: mt.Run) -> None:
    for owner in (run, mt):
        with pytest.raises(AttributeError, match=r"use_artifact.*open_run"):
            owner.use_artifact("x")
        assert not hasattr(owner, "no_such_name")
    assert not hasattr(run, "_ipython_display_")


def test_join_is_finish_by_its_old_name(run: mt.Run) -> None:
    run.join()
    assert run.state == "finished"


def test_a_disabled_run_takes_every_call() -> None:
    run = mt.init(mode="disabled", reinit="create_new")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert run.save("*.txt") == []
        run.alert("x")
        run.define_metric("x", summary="best", goal="minimize")
        run.tags = ("a",)
        run.log({"a": 1})
        run.log({"a": 1}, commit=False)
    assert (run.tags, run.step, run.disabled, run.id) == (("a",), 1, True, "disabled")
    assert run.project is None
    run.finish()
