"""The first steps that guides to the call style show, a test for each block of code.

Only the import is another one. What each block leaves is looked up in the run folder.
"""

# Scripts say wandb.run.x without asking whether there is a run.
# mypy: disable-error-code="union-attr"
from __future__ import annotations

import argparse
import dataclasses
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
import seaborn as sns
from PIL import Image as Pillow

import mediatypes as wandb
from mediatypes.recorder import notes
from tests.cases.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RNG = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def _figures_are_closed() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.fixture(autouse=True)
def _notes_are_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "_said", set())


def logged(run: Any) -> list[dict[str, Any]]:
    return [row["d"] for row in Record(run).rows if row.get("d")]


def test_logging_in_needs_no_account(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WANDB_API_KEY", "0123456789abcdef0123456789abcdef01234567")
    assert wandb.login()
    run = wandb.init()
    said = capsys.readouterr()
    assert "account" in said.err + said.out
    kept = b"".join(path.read_bytes() for path in run.dir.rglob("*") if path.is_file())
    assert b"0123456789abcdef" not in kept


def test_a_run_is_begun_without_a_word() -> None:
    run = wandb.init()

    assert wandb.run is run
    assert run.dir.parent.name == "runs"
    assert (run.dir / "run.json").exists()


def test_a_run_of_a_project_is_begun_anew_with_settings() -> None:
    first = wandb.init(project="mnist")
    second = wandb.init(
        project="mnist", reinit=True, config={"epochs": 4, "batch_size": 32}
    )

    assert first.id != second.id
    assert wandb.open_run(first.dir).state == "finished"
    read = wandb.open_run(second.dir)
    assert read.project == "mnist"
    assert read.config == {"epochs": 4, "batch_size": 32}


def test_settings_are_attributes() -> None:
    run = wandb.init()
    wandb.config.epochs = 4
    wandb.config.batch_size = 32
    wandb.config["learning_rate"] = 0.001

    assert wandb.config.epochs == 4
    assert wandb.open_run(run.dir).config == {
        "epochs": 4,
        "batch_size": 32,
        "learning_rate": 0.001,
    }


def test_settings_come_from_a_mapping_a_command_line_or_a_dataclass() -> None:
    @dataclasses.dataclass
    class Wish:
        dropout: float = 0.5

    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int)
    run = wandb.init()
    wandb.config.update({"epochs": 4})
    wandb.config.update(parser.parse_args(["--seed", "7"]))
    wandb.config.update(Wish())

    found = wandb.open_run(run.dir).config
    assert found == {"epochs": 4, "seed": 7, "dropout": 0.5}


def test_a_loop_logs_its_metrics() -> None:
    run = wandb.init(config={"epochs": 3})
    for epoch in range(wandb.config.epochs):
        wandb.log({"epoch": epoch, "loss": 1 / (epoch + 1), "accuracy": epoch / 3})

    assert logged(run) == [
        {"epoch": 0, "loss": 1.0, "accuracy": 0.0},
        {"epoch": 1, "loss": 0.5, "accuracy": 1 / 3},
        {"epoch": 2, "loss": 1 / 3, "accuracy": 2 / 3},
    ]


def test_gradients_are_a_histogram() -> None:
    gradients = RNG.normal(size=500)
    run = wandb.init()
    wandb.log({"gradients": wandb.Histogram(gradients)})
    wandb.log({"counted": wandb.Histogram(np_histogram=np.histogram(gradients, 10))})

    (first, second) = logged(run)
    counts, edges = np.histogram(gradients, 64)
    assert first["gradients"]["counts"] == counts.tolist()
    assert first["gradients"]["edges"] == edges.tolist()
    assert sum(second["counted"]["counts"]) == 500


def test_pictures_have_captions() -> None:
    pixels = RNG.integers(0, 256, (2, 8, 9, 3), dtype=np.uint8)
    run = wandb.init()
    examples = [wandb.Image(x, caption=f"Pred: {i}") for i, x in enumerate(pixels)]
    wandb.log({"examples": examples})
    wandb.finish()

    entries = Record(run).entries("examples")
    assert [entry["caption"] for entry in entries] == ["Pred: 0", "Pred: 1"]
    for entry, expected in zip(entries, pixels, strict=True):
        with Pillow.open(run.dir / entry["path"]) as picture:
            np.testing.assert_array_equal(np.asarray(picture), expected)


def test_a_sound_has_a_rate() -> None:
    import wave

    run = wandb.init()
    sound = np.array([0, 16_384, -16_384, 32_767], np.int16)
    wandb.log({"voice": [wandb.Audio(sound, caption="Nice", sample_rate=32)]})
    wandb.finish()

    (entry,) = Record(run).entries("voice")
    with wave.open(str(run.dir / entry["path"])) as file:
        assert file.getframerate() == 32
        assert file.readframes(4) == sound.tobytes()


def test_pyplot_itself_is_a_chart() -> None:
    run = wandb.init()
    plt.plot([1, 2, 3, 4])
    plt.ylabel("some interesting numbers")
    wandb.log({"chart": plt})
    wandb.finish()

    (entry,) = Record(run).entries("chart")
    with Pillow.open(run.dir / entry["path"]) as picture:
        assert picture.size == (640, 480)
        assert len(picture.convert("RGB").getcolors(1 << 20) or ()) > 2


def test_a_scatter_of_seaborn_is_a_picture() -> None:
    run = wandb.init()
    figure, axes = plt.subplots(figsize=(4, 3), dpi=100)
    sns.scatterplot(x=RNG.normal(size=30), y=RNG.normal(size=30), ax=axes)
    wandb.log({"embedding": wandb.Image(figure)})
    wandb.finish()

    (entry,) = Record(run).entries("embedding")
    with Pillow.open(run.dir / entry["path"]) as picture:
        assert picture.size == (400, 300)


def test_a_run_is_renamed_and_saved() -> None:
    run = wandb.init()
    wandb.run.name = f"my-run-{wandb.run.id}"
    wandb.run.save()
    wandb.finish()

    assert wandb.open_run(run.dir).name == f"my-run-{run.id}"


def test_the_summary_is_updated_by_hand() -> None:
    run = wandb.init()
    wandb.log({"accuracy": 0.5})
    wandb.run.summary.update({"best": 0.9})
    wandb.run.summary["accuracy"] = 0.8
    wandb.finish()

    assert wandb.open_run(run.dir).summary == {"accuracy": 0.8, "best": 0.9}


@pytest.mark.parametrize("mode", ["dryrun", "offline", "online"])
def test_every_mode_stays_in_the_folder(
    mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_MODE", mode)
    run = wandb.init()
    wandb.log({"loss": 1.0})
    wandb.finish()

    assert logged(run) == [{"loss": 1.0}]


def test_a_disabled_run_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WANDB_MODE", "disabled")
    wandb.init()
    wandb.log({"loss": 1.0, "picture": wandb.Image(np.zeros((2, 2)))})
    wandb.finish()

    assert list(tmp_path.iterdir()) == []


def test_commands_make_settings_and_find_nothing_to_send(tmp_path: Path) -> None:
    def command(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "mediatypes", *words],
            cwd=tmp_path,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    command("init", "--project", "mnist")
    assert "mnist" in (tmp_path / "mediatypes.toml").read_text()
    assert "nothing to send" in command("sync", ".")


@pytest.mark.frameworks
def test_a_network_is_watched() -> None:
    torch = pytest.importorskip("torch")
    run = wandb.init()
    model = torch.nn.Linear(3, 2)
    wandb.watch(model, log="all", log_freq=1)
    model(torch.ones(4, 3)).sum().backward()
    wandb.log({"loss": 1.0})
    wandb.finish()

    names = {key for row in logged(run) for key in row}
    assert {"gradients/weight", "parameters/weight", "gradients/bias"} <= names
