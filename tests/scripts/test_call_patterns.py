"""What public example scripts call, in the order in which they call it.

Each test is one kind of script, written anew, with the import changed; its effects are
looked up in the run folder.
"""

# Scripts say wandb.run.x without asking whether there is a run.
# mypy: disable-error-code="union-attr"
from __future__ import annotations

import argparse
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
import seaborn as sns

import mediatypes as wandb
from tests.cases.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

RNG = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def _figures_are_closed() -> Iterator[None]:
    yield
    plt.close("all")


def runs() -> list[wandb.reader.RunReader]:
    return list(wandb.runs("runs"))


def test_a_classifier_with_arguments_of_the_command_line() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--lr", type=float, default=0.01)
    args = parser.parse_args(["--epochs", "3"])

    run = wandb.init(project="pytorch-mnist")
    wandb.config.update(args)
    config = wandb.config
    for _ in range(1, config.epochs + 1):
        images = [
            wandb.Image(RNG.random((28, 28)), caption=f"Pred: {i} Truth: {i + 1}")
            for i in range(4)
        ]
        wandb.log({"Examples": images, "Test Accuracy": 100.0 * 0.9, "Test Loss": 0.3})
    Path("model.h5").write_bytes(b"weights")
    wandb.save("model.h5")

    record = Record(run)
    assert [row["d"]["Test Accuracy"] for row in record.rows if row.get("d")] == [
        90.0
    ] * 3
    captions = [entry["caption"] for entry in record.entries("Examples")]
    assert captions == [f"Pred: {i} Truth: {i + 1}" for i in range(4)] * 3
    assert record.files("files/model.h5") == [b"weights"]
    assert wandb.open_run(record.dir).config == {
        "batch_size": 64,
        "epochs": 3,
        "lr": 0.01,
    }


def test_defaults_that_are_attributes_of_the_config() -> None:
    wandb.init()
    wandb.config.epochs = 4
    wandb.config["batch_size"] = 32
    wandb.config.update({"lr": 0.1, "layers": [8, 8]})
    wandb.config.setdefaults({"lr": 1, "dropout": 0.5})
    run = wandb.run
    assert (wandb.config.epochs, wandb.config.get("none")) == (4, None)
    run.finish(quiet=True)
    assert wandb.open_run(run.dir).config == {
        "epochs": 4,
        "batch_size": 32,
        "lr": 0.1,
        "layers": [8, 8],
        "dropout": 0.5,
    }


def test_a_name_made_of_the_id_and_saved() -> None:
    os.environ["WANDB_MODE"] = "dryrun"
    try:
        wandb.init(project="named")
        wandb.run.name = f"experiment-{wandb.run.id}"
        wandb.run.save()
        wandb.log({"loss": 1})
        wandb.finish()
    finally:
        del os.environ["WANDB_MODE"]
    (found,) = runs()
    assert found.name == f"experiment-{found.id}"


def test_folds_that_are_runs_of_one_group() -> None:
    for fold in range(3):
        run = wandb.init(
            project="folds",
            group="cross-validation",
            job_type=f"fold-{fold}",
            name=f"fold-{fold}",
            reinit=True,
            config={"fold": fold},
        )
        run.log({"score": 0.5 + fold / 10})
        run.summary["best_score"] = 0.5 + fold / 10
        run.finish()
    assert [run.summary["best_score"] for run in runs()] == [0.5, 0.6, 0.7]
    assert [run.config["fold"] for run in runs()] == [0, 1, 2]


def test_a_sweep_by_hand_with_a_run_as_a_context() -> None:
    for rate in (0.1, 0.01):
        with wandb.init(project="sweep", config={"rate": rate}, reinit=True) as run:
            for step in range(5):
                run.log({"loss": math.exp(-rate * step)}, step=step)
    assert [run.state for run in runs()] == ["finished", "finished"]
    losses = {run.config["rate"]: run.summary["loss"] for run in runs()}
    assert losses[0.1] == pytest.approx(math.exp(-0.4))


def test_samples_of_a_generator_at_steps_of_its_own() -> None:
    run = wandb.init(project="dcgan", config={"nz": 100, "ngf": 64})
    for step in range(0, 300, 100):
        fake = RNG.random((8, 3, 16, 16)) * 2 - 1
        grid = (np.transpose(fake[0], (1, 2, 0)) + 1) / 2
        wandb.log({"D_loss": 0.5, "G_loss": 1.5, "D(x)": 0.7}, step=step)
        wandb.log({"generated": [wandb.Image(grid, caption=f"step {step}")]}, step=step)
    record = Record(run)
    assert [entry["step"] for entry in record.entries("generated")] == [0, 100, 200]
    table = wandb.open_run(record.dir).history()
    assert [row["step"] for row in table if "D_loss" in row] == [0, 100, 200]


def test_episodes_drawn_against_a_metric_of_their_own() -> None:
    run = wandb.init(project="cartpole")
    wandb.define_metric("episode")
    wandb.define_metric("reward/*", step_metric="episode", summary="max")
    for episode, reward in enumerate([10.0, 50.0, 30.0]):
        wandb.log({"episode": episode, "reward/total": reward, "epsilon": 0.1})
        if reward < 20:
            wandb.alert(title="Low reward", text=f"only {reward}", level="WARN")
    record = Record(run)
    assert record.summary["reward/total"] == 50.0
    assert record.summary["epsilon"] == 0.1
    notes = [line["text"] for line in record.lines if line["k"] == "note"]
    assert notes == ["WARN: Low reward: only 10.0"]


def test_speech_with_captions_and_its_spectrogram() -> None:
    run = wandb.init(project="tts")
    wave = np.sin(np.arange(1600) / 8).astype(np.float32)
    plt.specgram(wave, Fs=16_000)
    wandb.log(
        {
            "samples": [wandb.Audio(wave, caption="Nice", sample_rate=16_000)],
            "spectrogram": wandb.Image(plt),
        }
    )
    record = Record(run)
    assert record.entry("samples")["caption"] == "Nice"
    assert record.entry("samples")["meta"]["sample_rate"] == 16_000
    assert record.pictures("spectrogram")[0].shape[2] in (3, 4)


def test_charts_of_pyplot_and_seaborn() -> None:
    run = wandb.init(project="plots")
    plt.plot([1, 2, 3, 4])
    plt.ylabel("some interesting numbers")
    wandb.log({"chart": plt})
    figure, axes = plt.subplots()
    axes.hist(RNG.normal(size=100))
    wandb.log({"figure": figure, "as image": wandb.Image(figure), "axes": axes})
    heat = sns.heatmap(RNG.random((3, 3)), annot=True)
    wandb.log({"confusion": heat, "again": wandb.Image(heat.figure)})
    assert plt.get_fignums()
    record = Record(run)
    for key in ("chart", "figure", "as image", "axes", "confusion", "again"):
        assert record.files(key)[0].startswith(b"\x89PNG")


def test_histograms_of_gradients_in_rows_and_in_the_summary() -> None:
    run = wandb.init(project="histograms")
    gradients = RNG.normal(size=1000)
    wandb.log({"gradients": wandb.Histogram(gradients)})
    counts = np.histogram(gradients, bins=20)
    wandb.run.summary.update({"gradients_end": wandb.Histogram(np_histogram=counts)})
    wandb.log({"weights": wandb.Histogram(gradients, num_bins=512)})
    record = Record(run)
    assert (
        record.value("gradients")["counts"] == np.histogram(gradients, 64)[0].tolist()
    )
    assert record.summary["gradients_end"]["counts"] == counts[0].tolist()
    assert len(record.value("weights")["counts"]) == 512


LABELS = {0: "road", 1: "car", 2: "tree"}


def test_segmentation_masks_and_boxes_over_a_photo() -> None:
    run = wandb.init(project="segmentation")
    photo = RNG.integers(0, 256, (32, 48, 3), dtype=np.uint8)
    mask = RNG.integers(0, 3, (32, 48))
    box = {
        "position": {"minX": 4, "maxX": 20, "minY": 2, "maxY": 30},
        "domain": "pixel",
        "class_id": 1,
        "box_caption": "car (0.920)",
        "scores": {"score": 0.92},
    }
    wandb.log(
        {
            "validation": wandb.Image(
                photo,
                masks={
                    "predictions": {"mask_data": mask, "class_labels": LABELS},
                    "ground_truth": {"mask_data": mask, "class_labels": LABELS},
                },
                boxes={"predictions": {"box_data": [box], "class_labels": LABELS}},
            )
        }
    )
    record = Record(run)
    entry = record.entry("validation")
    assert {part["name"] for part in entry["parts"]} == {
        "masks/predictions",
        "masks/ground_truth",
    }
    assert entry["meta"]["boxes"]["predictions"]["box_data"][0]["scores"] == {
        "score": 0.92
    }


def test_a_table_of_predictions_with_pictures_in_it() -> None:
    run = wandb.init(project="predictions")
    table = wandb.Table(columns=["image", "guess", "truth"])
    for guess in range(3):
        table.add_data(wandb.Image(RNG.random((8, 8))), guess, 1)
    wandb.log({"predictions": table})
    run.finish(quiet=True)
    (found,) = wandb.open_run(run.dir).media("predictions")[0]
    assert found.columns == ["image", "guess", "truth"]
    assert found.get_column("guess") == [0, 1, 2]
    assert found.data[0][0].to_numpy().shape == (8, 8)


def test_nested_metrics_and_what_came_of_them() -> None:
    run = wandb.init(project="nested", tags=["baseline", "v2"], notes="first try")
    for epoch in range(2):
        metrics: dict[str, Any] = {
            "epoch": epoch,
            "train": {"loss": 1.0 / (epoch + 1), "acc": np.float32(0.5)},
            "val": {"loss": np.float64(2.0), "top": {"k": np.int64(5)}},
        }
        wandb.log(metrics)
    best = {"best_epoch": 1, "best_loss": 0.5}
    wandb.summary.update(best)
    record = Record(run)
    assert record.summary["train.loss"] == 0.5
    assert record.summary["val.top.k"] == 5
    assert {**best, "epoch": 1}.items() <= record.summary.items()


def test_a_row_that_is_filled_by_several_calls() -> None:
    run = wandb.init(project="partial")
    for step in range(2):
        wandb.log({"loss": step}, commit=False)
        wandb.log({"images": [wandb.Image(RNG.random((4, 4)))]}, commit=False)
        wandb.log({"accuracy": 1 - step})
    run.finish(quiet=True)
    rows = list(wandb.open_run(run.dir).history())
    assert [sorted(row) for row in rows] == [["accuracy", "images", "loss", "step"]] * 2


def test_a_model_written_into_the_folder_of_the_run() -> None:
    run = wandb.init(project="weights")
    path = os.path.join(wandb.run.dir, "model.bin")
    Path(path).write_bytes(b"one")
    wandb.save(path)
    wandb.save(os.path.join(wandb.run.dir, "*.ckpt"))
    (run.dir / "late.ckpt").write_bytes(b"late")
    record = Record(run)
    assert record.files("files/model.bin") == [b"one"]
    assert record.files("files/late.ckpt") == [b"late"]
    from mediatypes.cli import main

    with pytest.raises(SystemExit) as ended:
        main(["verify", str(run.dir)])
    assert ended.value.code == 0


def test_reports_in_html_and_words_beside_them() -> None:
    run = wandb.init(project="reports")
    wandb.log({"report": wandb.Html("<h1>Results</h1>"), "sample": "the quick fox"})
    wandb.log({"page": wandb.Html("<p>x</p>", inject=False)})
    record = Record(run)
    assert b"<h1>Results</h1>" in record.files("report")[0]
    assert record.files("page") == [b"<p>x</p>"]
    assert record.summary["sample"] == "the quick fox"


def test_a_run_that_is_begun_twice_is_used_on() -> None:
    first = wandb.init(project="notebook")
    with pytest.warns(wandb.MediaTypesWarning, match="is used on"):
        second = wandb.init(project="notebook")
    assert first is second
    third = wandb.init(project="notebook", reinit=True)
    assert (first.state, third.state) == ("finished", "running")
    third.finish(exit_code=1, quiet=True)
    states = {run.id: run.state for run in runs()}
    assert states == {first.id: "finished", third.id: "failed"}


def test_a_library_that_logs_only_where_somebody_has_begun_a_run() -> None:
    def on_step(loss: float) -> None:
        if wandb.run is not None:
            wandb.log({"loss": loss})

    on_step(1.0)
    if wandb.run is None:
        wandb.init(project="library")
    on_step(0.5)
    run = wandb.run
    assert run is not None
    record = Record(run)
    assert [row["d"]["loss"] for row in record.rows] == [0.5]


def test_settings_that_are_assigned_as_a_quickstart_showed() -> None:
    run = wandb.init(project="quickstart", entity=None)
    wandb.config = {"learning_rate": 0.001, "epochs": 2, "batch_size": 128}  # type: ignore[assignment]  # as scripts say it
    for epoch in range(wandb.config["epochs"]):
        wandb.log({"loss": 1 / (epoch + 1)})
    wandb.finish()
    found = wandb.open_run(run.dir).config
    assert found == {"learning_rate": 0.001, "epochs": 2, "batch_size": 128}


def test_frames_of_an_episode_as_a_video() -> None:
    run = wandb.init(project="cartpole", monitor_gym=False, save_code=False)
    frames = [RNG.integers(0, 256, (16, 24, 3), dtype=np.uint8) for _ in range(5)]
    stacked = np.array(frames).transpose(0, 3, 1, 2)
    wandb.log(
        {
            "episode/video": wandb.Video(data_or_path=stacked, fps=10, format="mp4"),
            "episode/return": 5.0,
        }
    )
    entry = Record(run).entry("episode/video")
    assert (entry["mime"], entry["meta"]["frames"]) == ("video/mp4", 5)
    assert (entry["meta"]["width"], entry["meta"]["height"]) == (24, 16)
    assert entry["meta"]["duration_seconds"] == pytest.approx(0.5)


def test_detections_as_boxes_in_pixels_with_scores() -> None:
    names = {0: "person", 1: "bicycle"}
    run = wandb.init(project="yolo")
    detections = np.array([[1.0, 2.0, 9.0, 8.0, 0.9, 0], [3.0, 3.0, 7.0, 9.0, 0.4, 1]])
    boxes = [
        {
            "position": {"minX": x, "minY": y, "maxX": right, "maxY": bottom},
            "class_id": int(kind),
            "box_caption": f"{names[int(kind)]} {score:.3f}",
            "scores": {"class_score": score},
            "domain": "pixel",
        }
        for x, y, right, bottom, score, kind in detections.tolist()
    ]
    wandb.log(
        {
            "Bounding Box Debugger": [
                wandb.Image(
                    RNG.integers(0, 256, (12, 12, 3), dtype=np.uint8),
                    boxes={"predictions": {"box_data": boxes, "class_labels": names}},
                    caption="bus.jpg",
                )
            ]
        }
    )
    found = Record(run).entry("Bounding Box Debugger")["meta"]["boxes"]["predictions"]
    captions = [box["box_caption"] for box in found["box_data"]]
    assert captions == ["person 0.900", "bicycle 0.400"]
    assert found["class_labels"] == {"0": "person", "1": "bicycle"}
    positions = [list(box["position"].values()) for box in found["box_data"]]
    assert sorted(positions[0]) == [1.0, 2.0, 8.0, 9.0]


def test_the_charts_of_a_classifier() -> None:
    run = wandb.init(project="charts")
    truth = [0, 1, 2, 1]
    scores = np.eye(3)[truth] * 0.7 + 0.1
    names = ["cat", "dog", "cow"]
    table = wandb.Table(data=[[0, 0.5], [1, 0.25]], columns=["step", "loss"])
    counts = wandb.Table(data=[["cat", 2], ["dog", 3]], columns=["label", "value"])
    wandb.log(
        {
            "conf_mat": wandb.plot.confusion_matrix(
                probs=None, y_true=truth, preds=truth, class_names=names
            ),
            "roc": wandb.plot.roc_curve(truth, scores, labels=names),
            "pr": wandb.plot.pr_curve(truth, scores, labels=names),
            "line": wandb.plot.line(table, "step", "loss", title="Loss"),
            "scatter": wandb.plot.scatter(table, x="step", y="loss"),
            "bar": wandb.plot.bar(counts, "label", "value", title="Animals"),
            "hist": wandb.plot.histogram(table, "loss", title="Losses"),
            "series": wandb.plot.line_series(
                xs=[0, 1], ys=[[1, 2], [2, 1]], keys=["a", "b"], xname="epoch"
            ),
        }
    )
    record = Record(run)
    read = wandb.open_run(record.dir)
    for key in ("conf_mat", "roc", "pr", "line", "scatter", "bar", "hist", "series"):
        assert record.files(key)[0].startswith(b"\x89PNG")
    matrix = read.media("conf_mat")[0][0].data
    diagonal = zip(
        matrix["Actual"], matrix["Predicted"], matrix["nPredictions"], strict=True
    )
    assert {(a, n) for a, b, n in diagonal if a == b} == {
        ("cat", 1),
        ("dog", 2),
        ("cow", 1),
    }
    assert read.media("line")[0][0].data == {"step": [0, 1], "loss": [0.5, 0.25]}


def test_a_model_and_a_data_set_as_artifacts() -> None:
    Path("data").mkdir()
    Path("data/train.csv").write_bytes(b"1,2\n")
    Path("model.pt").write_bytes(b"weights")
    with wandb.init(project="artifacts", job_type="train") as run:
        dataset = wandb.Artifact("mnist", type="dataset", metadata={"rows": 1})
        dataset.add_dir("data")
        run.log_artifact(dataset)
        model = wandb.Artifact(f"model-{run.id}", type="model")
        model.add_file("model.pt")
        wandb.log_artifact(model, aliases=["latest", "epoch-1"]).wait()
    read = wandb.open_run(run.dir)
    (file,) = read.media("artifacts/mnist/train.csv")[0]
    assert file.data == b"1,2\n"
    (file,) = read.media(f"artifacts/model-{run.id}/model.pt")[0]
    assert file.data == b"weights"
    assert read.summary[f"artifacts/model-{run.id}.aliases"] == ["latest", "epoch-1"]


def test_a_search_over_settings_says_what_to_do_instead() -> None:
    script: Any = wandb
    settings = {"method": "random", "parameters": {"lr": {"values": [0.1, 0.01]}}}
    with pytest.raises(AttributeError, match="Start one run for each set of values"):
        script.sweep(settings, project="sweep")
    with pytest.raises(AttributeError, match="Start one run for each set of values"):
        script.agent("abc", function=print, count=2)


@pytest.mark.frameworks
def test_a_network_that_is_watched_and_resumed_by_its_id() -> None:
    torch: Any = pytest.importorskip("torch")
    name = wandb.util.generate_id()
    for start in (0, 3):
        wandb.init(project="resumed", id=name, resume="allow")
        model = torch.nn.Linear(3, 1)
        wandb.watch(model, log="all", log_freq=1)
        for _ in range(start, start + 3):
            loss = model(torch.ones(2, 3)).square().mean()
            loss.backward()
            wandb.log({"loss": loss.item(), "lr": 0.1})
        wandb.unwatch(model)
        wandb.finish()
    (resumed,) = runs()
    history = resumed.history()
    assert [row["step"] for row in history if "loss" in row] == list(range(6))
    watched = [row for row in history if "gradients/weight" in row]
    assert [row["step"] for row in watched] == list(range(6))
