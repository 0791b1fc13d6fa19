"""The logger against Lightning's own trainer."""

from __future__ import annotations

import importlib
import warnings
from argparse import Namespace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mediatypes as mt

pytestmark = [
    pytest.mark.integrations,
    pytest.mark.filterwarnings("ignore"),  # Lightning's advice on workers and devices
]
torch: Any = pytest.importorskip("torch")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    lightning: Any = pytest.importorskip("lightning.pytorch")


class Line(lightning.LightningModule):  # type: ignore[misc]  # a library without types
    """A line through noise."""

    def __init__(self) -> None:
        super().__init__()
        self.save_hyperparameters({"width": 3})
        self.layer = torch.nn.Linear(3, 1)

    def training_step(self, batch: Any, index: int) -> Any:
        (x,) = batch
        loss = self.layer(x).square().mean()
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch: Any, index: int) -> None:
        (x,) = batch
        self.log("val_loss", self.layer(x).square().mean())
        if index == 0:
            self.logger.log_image("pictures", [x.numpy()[0, :, None]], caption=["one"])

    def configure_optimizers(self) -> Any:
        return torch.optim.SGD(self.parameters(), 0.1)


def logger(**options: Any) -> Any:
    from mediatypes.integrations.lightning import MediaTypesLogger

    return MediaTypesLogger(**options)


def fit(logger: Any, **options: Any) -> Any:
    torch.manual_seed(0)
    data = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(torch.rand(16, 3)), batch_size=4
    )
    trainer = lightning.Trainer(
        logger=logger,
        max_epochs=2,
        log_every_n_steps=2,
        accelerator="cpu",
        enable_progress_bar=False,
        enable_model_summary=False,
        **options,
    )
    model = Line()
    trainer.fit(model, data, data)
    return trainer


def test_a_training_is_logged_at_the_steps_of_the_trainer() -> None:
    made = logger(name="line", project="lines")
    trainer = fit(made, enable_checkpointing=False)
    run = made.experiment
    assert (run.name, run.project, made.version) == ("line", "lines", run.id)
    run.finish(quiet=True)

    reader = mt.open_run(run.dir)
    rows = [row for row in reader.history() if "train_loss" in row]
    assert [row["trainer/global_step"] for row in rows] == [1, 3, 5, 7]
    assert [row["step"] for row in rows] == [1, 3, 5, 7]
    assert reader.config["width"] == 3
    metrics = trainer.callback_metrics
    assert reader.summary["val_loss"] == pytest.approx(float(metrics["val_loss"]))
    pictures = [picture for (picture,) in reader.media("pictures").values()]
    assert {picture.caption for picture in pictures} == {"one"}
    assert pictures[0].to_numpy().shape == (3, 1)


def test_gradients_are_watched() -> None:
    made = logger()

    class Watched(lightning.Callback):  # type: ignore[misc]  # as above
        def on_fit_start(self, trainer: Any, module: Any) -> None:
            made.watch(module, log_freq=2)

    fit(made, enable_checkpointing=False, callbacks=[Watched()])
    made.experiment.finish(quiet=True)
    rows = mt.open_run(made.experiment.dir).history()
    assert sum("gradients/layer.weight" in row for row in rows) == 4


def test_the_best_checkpoint_is_kept_where_asked_for(tmp_path: Path) -> None:
    made = logger(log_model=True, save_dir=tmp_path / "runs")
    trainer = fit(made, default_root_dir=tmp_path / "root")
    made.experiment.finish(quiet=True)
    path = Path(trainer.checkpoint_callback.best_model_path)
    (found,) = mt.open_run(made.experiment.dir).media(f"files/{path.name}").values()
    assert found[0].data == path.read_bytes()
    assert made.experiment.dir.parent == tmp_path / "runs"


def test_each_kind_of_value_has_its_call() -> None:
    from matplotlib.figure import Figure

    figure = Figure()
    figure.subplots().plot([1, 2])
    made = logger(experiment=mt.init(), prefix="p")
    made.log_hyperparams(Namespace(lr=0.1))
    made.log_metrics({"loss": 1.0}, step=3)
    made.log_image("images", [np.zeros((2, 2)), mt.Image(np.ones((2, 2)))], step=4)
    made.log_audio("sounds", [np.zeros(8)], sample_rate=[8000], caption=["quiet"])
    films = [np.zeros((2, 3, 8, 8), np.uint8)]
    made.log_video("films", films, fps=[2], file_type=["webp"], caption=["still"])
    made.log_figure("chart", figure)
    made.log_table("rows", columns=["a", "b"], data=[[1, "x"], [2, "y"]])
    made.log_text("words", ["a"], [["x"]])
    made.experiment.log({})
    made.finalize("success")
    made.experiment.finish(quiet=True)

    reader = mt.open_run(made.experiment.dir)
    rows = {row["step"]: row for row in reader.history()}
    assert rows[3]["p/loss"] == 1.0
    assert len(rows[4]["images"]) == 2
    assert rows[5]["sounds"][0].sample_rate == 8000
    assert rows[5]["films"][0].caption == "still"
    assert rows[5]["films"][0].to_numpy().shape == (2, 3, 8, 8)
    assert rows[5]["chart"].file_type == "png"
    assert rows[5]["rows"].columns == ["a", "b"]
    assert rows[5]["rows"].data == [[1, "x"], [2, "y"]]
    assert rows[5]["words"].data == [["x"]]
    assert reader.config == {"lr": 0.1}


def test_other_ranks_keep_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rank_zero = importlib.import_module("lightning.pytorch.utilities.rank_zero")
    monkeypatch.setattr(rank_zero.rank_zero_only, "rank", 1)
    made = logger()
    made.log_metrics({"loss": 1.0}, step=0)
    made.experiment.log({"a": 1})
    assert made.experiment.disabled
    made.experiment.finish()
    assert not Path("runs").exists()
