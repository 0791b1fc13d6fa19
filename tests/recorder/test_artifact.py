"""Artifacts: files and media under a name, stored in the run that logs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

import mediatypes as mt
from mediatypes.errors import (
    MissingFileError,
    NoRunError,
    OptionError,
    RunClosedError,
    UnsupportedInputError,
)
from mediatypes.recorder import console, notes


@pytest.fixture(autouse=True)
def _notes_are_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "_said", set())
    monkeypatch.setattr(console, "_said", set())


def tree() -> None:
    """Make a file, and a folder with another folder in it."""
    Path("model.pt").write_bytes(b"weights")
    Path("data/deep").mkdir(parents=True)
    Path("data/a.csv").write_bytes(b"1,2")
    Path("data/deep/b.csv").write_bytes(b"3,4")


def stored(run: mt.Run) -> dict[str, bytes]:
    """Return the bytes of every media file of the run, by key, as they are on disk."""
    run.finish(quiet=True)
    lines = (run.dir / "manifest.jsonl").read_text().splitlines()
    entries = [json.loads(line) for line in lines[:-1]]
    return {x["key"]: (run.dir / x["path"]).read_bytes() for x in entries}


def test_files_and_folders_are_stored_byte_for_byte_under_their_names() -> None:
    tree()
    run = mt.init()
    artifact = mt.Artifact("net", type="model")
    artifact.add_file("model.pt")
    artifact.add_file(Path("model.pt"), name="copies/model.pt")
    artifact.add_dir("data")
    artifact.add_dir("data/deep", name="below")
    assert run.log_artifact(artifact) is artifact
    assert stored(run) == {
        "artifacts/net/model.pt": b"weights",
        "artifacts/net/copies/model.pt": b"weights",
        "artifacts/net/a.csv": b"1,2",
        "artifacts/net/deep/b.csv": b"3,4",
        "artifacts/net/below/b.csv": b"3,4",
    }


def test_a_file_is_read_when_it_is_added() -> None:
    tree()
    run = mt.init()
    artifact = mt.Artifact("net", "model")
    artifact.add_file("model.pt")
    Path("model.pt").write_bytes(b"other")
    run.log_artifact(artifact)
    assert stored(run) == {"artifacts/net/model.pt": b"weights"}


def test_what_is_known_of_it_is_in_the_row() -> None:
    run = mt.init()
    facts = {"epochs": 4, "layers": [8, 8]}
    artifact = mt.Artifact("net", "model", description="small", metadata=facts)
    artifact.metadata["loss"] = 0.5
    run.log_artifact(artifact, aliases=["best", "latest"])
    facts["epochs"] = 5
    run.finish(quiet=True)
    (row,) = mt.open_run(run.dir).history()
    assert row == {
        "step": 0,
        "artifacts/net.type": "model",
        "artifacts/net.description": "small",
        "artifacts/net.aliases": ["best", "latest"],
        "artifacts/net.metadata.epochs": 4,
        "artifacts/net.metadata.layers": [8, 8],
        "artifacts/net.metadata.loss": 0.5,
    }


def test_files_can_be_written_into_it() -> None:
    run = mt.init()
    artifact = mt.Artifact("net", "model")
    with artifact.new_file("notes.txt") as text:
        text.write("grün\n")
    with artifact.new_file("weights.bin", mode="wb") as file:
        file.write(b"\x00\r\n")
    with pytest.raises(ZeroDivisionError), artifact.new_file("half.txt") as text:
        text.write(str(1 / 0))
    run.log_artifact(artifact)
    assert stored(run) == {
        "artifacts/net/notes.txt": "grün\n".encode(),
        "artifacts/net/weights.bin": b"\x00\r\n",
    }


def test_media_and_addresses_are_stored_as_what_they_are() -> None:
    run = mt.init()
    artifact = mt.Artifact("set", "dataset")
    artifact.add(mt.Table(columns=["a"], data=[[1], [2]]), "rows")
    artifact.add_reference("s3://bucket/raw/data.bin")
    run.log_artifact(artifact)
    run.finish(quiet=True)
    read = mt.open_run(run.dir)
    assert read.media("artifacts/set/rows")[0][0].data == [[1], [2]]
    (address,) = read.media("artifacts/set/data.bin")[0]
    assert address.text == "s3://bucket/raw/data.bin"


def test_a_path_is_an_artifact_as_it_is() -> None:
    tree()
    run = mt.init()
    mt.log_artifact("model.pt", name="net", type="model", aliases="best")
    mt.log_artifact(Path("data"))
    mt.log_model("model.pt", name="again")
    assert stored(run) == {
        "artifacts/net/model.pt": b"weights",
        f"artifacts/run-{run.id}-data/a.csv": b"1,2",
        f"artifacts/run-{run.id}-data/deep/b.csv": b"3,4",
        "artifacts/again/model.pt": b"weights",
    }
    summary = mt.open_run(run.dir).summary
    assert summary["artifacts/net.aliases"] == ["best"]
    assert summary["artifacts/again.type"] == "model"


def test_every_version_is_kept_at_its_own_step() -> None:
    run = mt.init()
    for epoch in range(2):
        artifact = mt.Artifact("net", "model")
        with artifact.new_file("w") as file:
            file.write(str(epoch))
        mt.log_artifact(artifact)
        mt.log({"epoch": epoch})
    run.finish(quiet=True)
    found = mt.open_run(run.dir).media("artifacts/net/w")
    assert {step: found[step][0].data for step in found} == {0: b"0", 1: b"1"}


def test_a_name_that_is_taken_is_not_overwritten_unless_asked() -> None:
    tree()
    artifact = mt.Artifact("net", "model")
    artifact.add_file("model.pt", "x")
    artifact.add_file("model.pt", "x")
    with pytest.raises(OptionError, match=r"'x'.*overwrite=True"):
        artifact.add_file("data/a.csv", "x")
    artifact.add_file("data/a.csv", "x", overwrite=True)
    (entry,) = artifact.entries.values()
    assert isinstance(entry, mt.File)
    assert entry.data == b"1,2"


REFUSED: dict[str, tuple[Any, Any]] = {
    "no name": (lambda: mt.Artifact("", "model"), OptionError),
    "a name that is none": (lambda: mt.Artifact(cast("Any", 3), "a"), TypeError),
    "no facts": (
        lambda: mt.Artifact("a", "b", metadata=cast("Any", 3)),
        UnsupportedInputError,
    ),
    "no file": (lambda: mt.Artifact("a", "b").add_file("nowhere"), MissingFileError),
    "no folder": (lambda: mt.Artifact("a", "b").add_dir("nowhere"), MissingFileError),
    "no media": (lambda: mt.Artifact("a", "b").add([1], "x"), UnsupportedInputError),
    "no mode": (
        lambda: mt.Artifact("a", "b").new_file("x", "r").__enter__(),
        OptionError,
    ),
    "no option": (lambda: mt.Artifact("a", "b", colour="red"), TypeError),
    "no run": (lambda: mt.log_artifact("nowhere"), NoRunError),
}


@pytest.mark.parametrize(("build", "error"), REFUSED.values(), ids=REFUSED)
def test_what_is_none_is_refused_in_the_callers_line(build: Any, error: Any) -> None:
    with pytest.raises(error):
        build()


def test_options_of_a_server_are_accepted_and_said_once() -> None:
    with pytest.warns(mt.MediaTypesWarning, match="incremental is accepted") as said:
        mt.Artifact("a", "b", incremental=True)
    mt.Artifact("a", "b", incremental=True)
    assert len(said) == 1


def test_a_finished_run_stores_nothing_more() -> None:
    run = mt.init()
    run.finish(quiet=True)
    with pytest.raises(RunClosedError):
        run.log_artifact(mt.Artifact("a", "b"))


def test_a_disabled_run_takes_artifacts_too() -> None:
    tree()
    run = mt.init(mode="disabled")
    assert run.log_artifact("model.pt").wait().type == "unspecified"
    run.finish()
    assert not Path("runs").exists()


def test_code_is_kept_without_runs_environments_and_hidden_folders() -> None:
    for name in ("train.py", "lib/net.py", ".git/hook.py", "venv/lib/site.py", "a.txt"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(name)
    Path("venv/pyvenv.cfg").touch()
    Path("requirements-dev.txt").write_text("numpy")
    run = mt.init()
    (run.dir / "kept.py").write_text("of the run")
    run.log_code()
    assert stored(run) == {
        "code/train.py": b"train.py",
        "code/lib/net.py": b"lib/net.py",
        "code/requirements-dev.txt": b"numpy",
    }


def test_what_counts_as_code_can_be_said() -> None:
    for name in ("a.py", "b.sh", "c.sh"):
        Path(name).write_text(name)
    run = mt.init()
    run.log_code(
        ".",
        include_fn=lambda path: path.endswith(".sh"),
        exclude_fn=lambda path, root: path == f"{root}/c.sh",
    )
    assert stored(run) == {"code/b.sh": b"b.sh"}


@pytest.mark.parametrize(
    "name", ["mark_preempting", "require", "setup", "teardown", "ensure_configured"]
)
def test_calls_with_nothing_to_do_say_so_once(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    getattr(mt, name)()
    getattr(mt.init(mode="disabled"), name)("core")
    assert capsys.readouterr().err.count(f"{name}() does nothing: ") == 1


ELSEWHERE = {
    "sweep": "Start one run for each set of values",
    "agent": "Start one run for each set of values",
    "use_artifact": "open_run",
    "Api": "open_run",
    "sklearn": "mediatypes.plot",
    "tensorboard": "Nothing is patched",
    "link_model": "no server",
    "plot_table": "mediatypes.Table",
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_is_not_here_says_what_is(name: str) -> None:
    for owner in (mt, mt.init(mode="disabled")):
        with pytest.raises(AttributeError, match=f"{name}.*{ELSEWHERE[name]}"):
            getattr(owner, name)


def test_names_below_the_module_are_there() -> None:
    module: Any = mt
    assert module.data_types.Audio is mt.Audio
    assert module.Plotly is mt.Plot
    assert issubclass(NoRunError, module.Error)
    one, other = module.util.generate_id(), module.util.generate_id()
    assert one != other
    assert one.isalnum()
    assert len(one) == 8
    assert mt.init(id=one).id == one


def test_a_run_without_a_sweep_has_none() -> None:
    run: Any = mt.init(mode="disabled")
    assert (run.sweep_id, run.sweep_url, run.project_url) == (None, None, None)
