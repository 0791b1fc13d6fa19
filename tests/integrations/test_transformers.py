"""The callback against the trainer itself, on a model of random weights."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

import mediatypes as mt

pytestmark = [
    pytest.mark.integrations,
    pytest.mark.filterwarnings("ignore"),  # the trainer's advice on devices
]
torch: Any = pytest.importorskip("torch")
pytest.importorskip("accelerate")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    transformers: Any = pytest.importorskip("transformers")


class Rows(torch.utils.data.Dataset):  # type: ignore[misc]  # a library without types
    """Eight sentences of four words."""

    def __len__(self) -> int:
        return 8

    def __getitem__(self, index: int) -> dict[str, Any]:
        words = torch.arange(4) + index
        return {"input_ids": words, "labels": torch.tensor(index % 2)}


def train(callback: Any, **options: Any) -> Any:
    config = transformers.BertConfig(
        vocab_size=16,
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        max_position_embeddings=8,
    )
    transformers.set_seed(0)
    arguments = transformers.TrainingArguments(
        output_dir="out",
        per_device_train_batch_size=4,
        num_train_epochs=2,
        logging_steps=1,
        eval_strategy="epoch",
        save_strategy="no",
        report_to=[],
        use_cpu=True,
        disable_tqdm=True,
        **options,
    )
    trainer = transformers.Trainer(
        model=transformers.BertForSequenceClassification(config),
        args=arguments,
        train_dataset=Rows(),
        eval_dataset=Rows(),
        callbacks=[callback],
    )
    trainer.train()
    return trainer


def callback(**options: Any) -> Any:
    from mediatypes.integrations.transformers import MediaTypesCallback

    return MediaTypesCallback(**options)


def of(rows: dict[int, dict[str, Any]], key: str) -> dict[int, Any]:
    return {step: row[key] for step, row in rows.items() if key in row}


def test_what_the_trainer_tells_is_logged_at_its_steps() -> None:
    run = mt.init()
    trainer = train(callback(run=run, watch="all", log_freq=2), run_name="mine")
    assert run.state == "running"
    run.finish(quiet=True)

    reader = mt.open_run(run.dir)
    told = trainer.state.log_history
    losses = {entry["step"]: entry["loss"] for entry in told if "loss" in entry}
    rows = {row["step"]: row for row in reader.history()}
    assert of(rows, "train/loss") == losses
    evaluations = {x["step"]: x["eval_loss"] for x in told if "eval_loss" in x}
    assert of(rows, "eval/loss") == evaluations
    assert reader.summary["train/runtime"] > 0
    config = reader.config
    assert (config["num_train_epochs"], config["hidden_size"]) == (2, 8)
    assert config["model_parameters"] == trainer.model.num_parameters()
    assert any(key.startswith("gradients/") for row in rows.values() for key in row)
    assert any(key.startswith("parameters/") for row in rows.values() for key in row)
    hooks = sum(len(p._backward_hooks or ()) for p in trainer.model.parameters())
    assert hooks == 0


def test_a_run_that_is_begun_here_has_its_name_and_is_finished() -> None:
    train(callback(), run_name="mine")
    (run,) = mt.runs("runs")
    assert (run.name, run.project, run.state) == ("mine", "huggingface", "finished")


def test_other_ranks_log_nothing() -> None:
    from types import SimpleNamespace

    state = SimpleNamespace(is_world_process_zero=False, global_step=1)
    found = callback()
    found.on_train_begin(None, state, None)
    found.on_log(None, state, None, logs={"loss": 1.0})
    found.on_train_end(None, state, None)
    assert not Path("runs").exists()
