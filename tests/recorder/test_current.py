"""How a run begins: arguments, settings objects, the environment, a settings file."""

from __future__ import annotations

import argparse
import inspect
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import mediatypes as mt
import mediatypes.compat.wandb as stand_in
from mediatypes.errors import (
    ConfigError,
    NoRunError,
    OptionError,
    UnsupportedInputError,
)
from mediatypes.recorder import console, notes


@pytest.fixture(autouse=True)
def _notes_are_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "_said", set())
    monkeypatch.setattr(console, "_said", set())


def opening(run: mt.Run) -> dict[str, Any]:
    (log,) = (run.dir / "log").glob("*.jsonl")
    found: dict[str, Any] = json.loads(log.read_text().splitlines()[0])
    return found


VARIABLES = {
    "PROJECT": "p",
    "NAME": "n",
    "RUN_ID": "i",
    "TAGS": "a,b",
    "NOTES": "o",
    "RUN_GROUP": "g",
    "JOB_TYPE": "j",
    "DIR": "elsewhere",
}


def facts(run: mt.Run) -> list[Any]:
    words = [run.project, run.name, run.id, run.tags, run.notes]
    return [*words, run.group, run.job_type, run.dir.parent.name]


@pytest.mark.parametrize("prefix", ["WANDB_", "MEDIATYPES_"])
def test_the_environment_gives_what_no_argument_does(
    prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in VARIABLES.items():
        monkeypatch.setenv(prefix + name, value)

    assert facts(mt.init()) == ["p", "n", "i", ("a", "b"), "o", "g", "j", "elsewhere"]
    mt.finish()


def test_our_own_variable_wins_and_an_argument_over_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WANDB_PROJECT", "theirs")
    monkeypatch.setenv("MEDIATYPES_PROJECT", "ours")
    assert mt.init().project == "ours"
    assert mt.init(project="mine", reinit=True).project == "mine"


def test_a_settings_object_stands_between_argument_and_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WANDB_PROJECT", "outside")
    settings = mt.Settings(project="inside", run_name="named", root_dir="there")
    run = mt.init(settings=settings, name="by argument")
    assert (run.project, run.name, run.dir.parent.name) == (
        "inside",
        "by argument",
        "there",
    )
    assert mt.init(settings={"mode": "disabled"}, reinit=True).disabled


def test_settings_that_mean_nothing_are_named_once() -> None:
    with pytest.warns(mt.MediaTypesWarning, match=r"settings\.start_method"):
        mt.init(settings=mt.Settings(start_method="fork"))
    mt.init(settings={"start_method": "thread"}, reinit=True)
    with pytest.raises(UnsupportedInputError, match="settings"):
        mt.init(settings=3, reinit="create_new")  # type: ignore[arg-type]  # the test


def test_a_settings_file_gives_what_nothing_else_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("mediatypes.toml").write_text(
        'project = "filed"\ndir = "here"\ntags = ["t"]\n'
    )
    monkeypatch.setenv("WANDB_DIR", "there")
    run = mt.init()
    assert (run.project, run.tags, run.dir.parent.name) == ("filed", ("t",), "there")


@pytest.mark.parametrize(
    "text", ["project = ", 'colour = "red"', "\x00", 'x = "\udcff"']
)
def test_a_settings_file_that_is_none_is_named(text: str) -> None:
    Path("mediatypes.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(OptionError, match=r"mediatypes\.toml must be TOML"):
        mt.init()


@pytest.mark.parametrize("mode", ["online", "offline", "dryrun", "run", "shared"])
def test_every_mode_but_one_keeps_everything(
    mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_MODE", mode)
    run = mt.init()
    run.log({"a": 1})
    run.finish(quiet=True)
    assert mt.open_run(run.dir).history()[0]["a"] == 1


def test_the_disabled_mode_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_MODE", "disabled")
    mt.init(project="x").log({"a": 1})
    mt.finish()
    assert list(Path().iterdir()) == []


def test_a_key_of_an_account_is_not_used_and_that_is_said_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WANDB_API_KEY", "0123456789abcdef-secret")
    mt.init(reinit=True)
    mt.init(reinit=True)
    mt.finish(quiet=True)
    shown = capsys.readouterr().err
    assert shown.count("WANDB_API_KEY is not used") == 1
    assert "secret" not in shown
    assert not any(
        b"secret" in x.read_bytes() for x in Path().rglob("*") if x.is_file()
    )


def test_login_does_nothing_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert mt.login(key="secret", relogin=True, host="x", anonymous="allow")
    assert mt.login()
    assert capsys.readouterr().err.count("no accounts") == 1


UNUSED = {
    "entity": "me",
    "anonymous": "allow",
    "force": True,
    "tensorboard": True,
    "sync_tensorboard": True,
    "monitor_gym": True,
}


@pytest.mark.parametrize("name", UNUSED)
def test_an_argument_that_means_nothing_is_accepted_and_said_once(name: str) -> None:
    arguments: dict[str, Any] = {name: UNUSED[name]}
    with pytest.warns(mt.MediaTypesWarning, match=f"init: {name} is accepted") as said:
        mt.init(**arguments)
    mt.init(**arguments, reinit=True)
    assert len(said) == 1
    assert said[0].filename == __file__


@pytest.mark.parametrize("name", ["resume_from", "fork_from"])
def test_what_cannot_be_had_is_refused_with_a_way_out(name: str) -> None:
    arguments: dict[str, Any] = {name: "abc?_step=3"}
    with pytest.raises(OptionError, match="Begin a new run"):
        mt.init(**arguments)
    assert not Path("runs").exists()


@dataclass
class Arguments:
    """Settings of a script."""

    epochs: int = 4
    rate: float = 0.1
    secret: str = "x"


@pytest.mark.parametrize(
    "config",
    [
        {"epochs": 4, "rate": 0.1, "secret": "x"},
        argparse.Namespace(epochs=4, rate=0.1, secret="x"),
        Arguments(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_some_settings_are_taken_or_left_out(config: Any) -> None:
    run = mt.init(config=config, config_exclude_keys=["secret"])
    assert dict(run.config) == {"epochs": 4, "rate": 0.1}
    run = mt.init(config=config, config_include_keys=["epochs"], reinit=True)
    assert dict(run.config) == {"epochs": 4}


class Flags:
    """As absl's."""

    def flag_values_dict(self) -> dict[str, Any]:
        return {"rate": 0.1}


def test_flags_are_settings_and_a_path_is_none() -> None:
    assert dict(mt.init(config=Flags()).config) == {"rate": 0.1}
    with pytest.raises(UnsupportedInputError, match="Pass what the file holds"):
        mt.init(config="config.yaml", reinit="create_new")


def test_settings_may_change_where_the_run_says_so() -> None:
    run = mt.init(config={"a": 1}, allow_val_change=True)
    run.config.a = 2
    assert run.config["a"] == 2
    with pytest.raises(ConfigError, match="'a' is 2"):
        run.config.update({"a": 3}, allow_val_change=False)


def test_there_is_no_run_before_init_and_after_finish() -> None:
    before, begun, during = mt.run, mt.init(), mt.run
    mt.finish(quiet=True)
    assert (before, during, mt.run) == (None, begun, None)


def test_settings_are_neither_read_nor_written_before_init() -> None:
    for name in ("config", "summary"):
        with pytest.raises(NoRunError, match=f"{name} needs a run. Call mediatypes.in"):
            getattr(mt, name)
        with pytest.raises(NoRunError, match=f"{name} needs a run"):
            setattr(mt, name, {"a": 1})
    assert not Path("runs").exists()


@pytest.mark.parametrize("module", [mt, stand_in])
def test_settings_that_are_assigned_to_the_module_are_those_of_the_run(
    module: Any,
) -> None:
    run = module.init(config={"rate": 0.1, "kept": True})
    module.config = {"rate": 0.2, "epochs": 4}
    module.summary = {"best": 0.5}
    assert (module.config.epochs, module.config["rate"]) == (4, 0.2)
    module.finish(quiet=True)
    assert (read := mt.open_run(run.dir)).summary == {"best": 0.5}
    assert read.config == {"rate": 0.2, "kept": True, "epochs": 4}


def test_any_other_name_can_be_assigned_as_to_any_module() -> None:
    module: Any = mt
    module.of_the_script = 1
    assert module.of_the_script == 1
    del module.of_the_script


def test_every_argument_of_init_is_explained() -> None:
    text = inspect.getdoc(mt.init) or ""
    section = text.partition("Parameters\n")[2].partition("\nRaises")[0]
    heads = [line for line in section.splitlines() if line and not line.startswith(" ")]
    explained = {name.strip() for line in heads for name in line.split(",")}
    assert explained - {"----------"} == set(inspect.signature(mt.init).parameters)


def test_a_script_of_the_call_style_runs_as_it_is(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(
        "import mediatypes as wandb\n"
        "wandb.login()\n"
        "run = wandb.init(project='mnist', config={'epochs': 2})\n"
        "wandb.config.batch_size = 32\n"
        "for epoch in range(wandb.config.epochs):\n"
        "    wandb.log({'loss': 1 / (epoch + 1)}, commit=True)\n"
        "wandb.run.summary['best'] = 0.5\n"
        "wandb.run.name = 'mine'\n"
        "wandb.run.save()\n"
        "wandb.finish(exit_code=0, quiet=True)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, "")
    (folder,) = (tmp_path / "runs").iterdir()
    run = mt.open_run(folder)
    assert (run.name, run.state, run.config) == (
        "mine",
        "finished",
        {"epochs": 2, "batch_size": 32},
    )
    assert run.summary == {"loss": 0.5, "best": 0.5}
