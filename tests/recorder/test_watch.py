"""Watching models; the oracle is torch's own ``.grad`` and ``numpy.histogram``."""

from __future__ import annotations

import copy
import importlib
import os
import pickle
import signal
import threading
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import mediatypes as mt
from mediatypes.errors import (
    NoRunError,
    OptionError,
    RangeError,
    RunClosedError,
    UnsupportedInputError,
)
from mediatypes.recorder import notes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.frameworks

torch: Any = pytest.importorskip("torch")
nn: Any = torch.nn


@pytest.fixture
def run(tmp_path: Path) -> Iterator[mt.Run]:
    """A run of its own, finished at the end."""
    torch.manual_seed(0)
    found = mt.init(dir=tmp_path / "runs", reinit="create_new")
    yield found
    found.finish(quiet=True)


@pytest.fixture(autouse=True)
def _notes_are_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "_said", set())


def small() -> Any:
    """A network of four parameters."""
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))


NAMES = ["0.bias", "0.weight", "2.bias", "2.weight"]


def learn(model: Any, run: mt.Run, steps: int = 1, features: int = 4) -> None:
    """Take a few steps of training, and log each."""
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for step in range(steps):
        optimizer.zero_grad()
        model(torch.randn(3, features)).square().sum().backward()
        run.log({"step_of_mine": step})
        optimizer.step()


def history(run: mt.Run) -> list[dict[str, Any]]:
    run.finish(quiet=True)
    return list(mt.open_run(run.dir).history())


def watched(row: dict[str, Any], kind: str = "gradients") -> list[str]:
    """Return the names of what was watched in a row."""
    found = [key.partition("/") for key in row]
    return sorted(name for prefix, _, name in found if prefix == kind)


def check(histogram: mt.Histogram, values: Any) -> None:
    """Compare a histogram with what NumPy counts."""
    counts, edges = np.histogram(values, 64)
    np.testing.assert_array_equal(histogram.counts, counts)
    np.testing.assert_array_equal(histogram.edges, edges)
    assert histogram.statistics["count"] == values.size
    assert histogram.statistics["mean"] == pytest.approx(values.mean(), abs=1e-6)


def test_the_gradients_of_a_step_are_in_its_row(run: mt.Run) -> None:
    model = small()
    run.watch(model, log_freq=1)
    learn(model, run)
    expected = {name: p.grad.numpy().copy() for name, p in model.named_parameters()}

    (row,) = history(run)

    assert watched(row) == NAMES
    for name, values in expected.items():
        check(row[f"gradients/{name}"], values)


def test_parameters_are_those_before_the_pass(run: mt.Run) -> None:
    model = small()
    before = {name: p.detach().numpy().copy() for name, p in model.named_parameters()}
    run.watch(model, log="parameters", log_freq=1)
    learn(model, run)

    (row,) = history(run)

    assert watched(row) == []
    assert watched(row, "parameters") == NAMES
    for name, values in before.items():
        check(row[f"parameters/{name}"], values)


def test_every_nth_pass_is_logged_at_the_step_of_its_row(run: mt.Run) -> None:
    model = small()
    run.watch(model, log="all", log_freq=3)
    learn(model, run, steps=7)

    rows = history(run)

    assert [row["step"] for row in rows if watched(row)] == [2, 5]
    assert [row["step"] for row in rows if watched(row, "parameters")] == [2, 5]


def test_a_step_of_the_users_own_is_the_step(run: mt.Run) -> None:
    model = small()
    run.watch(model, log_freq=1)
    for step in (100, 200):
        model(torch.randn(3, 4)).sum().backward()
        run.log({"loss": 0.5}, step=step)

    assert [(row["step"], len(watched(row))) for row in history(run)] == [
        (100, 4),
        (200, 4),
    ]


def test_passes_without_a_row_are_on_record_and_the_last_one_counts(
    run: mt.Run,
) -> None:
    model = nn.Linear(1, 1, bias=False)
    run.watch(model, log_freq=1)
    for scale in (1.0, 2.0, 3.0):
        model(torch.full((1, 1), scale)).sum().backward()
    run.log({"epoch": 0})

    (row,) = history(run)

    assert row["gradients/weight"].statistics["max"] == 3.0
    records = [
        r for r in mt.open_run(run.dir).records() if "gradients/weight" in str(r)
    ]
    assert len(records) == 3


def test_what_no_row_came_for_is_logged_at_the_end(run: mt.Run) -> None:
    model = small()
    run.watch(model, log_freq=1)
    model(torch.randn(3, 4)).sum().backward()

    (row,) = history(run)

    assert watched(row) == NAMES


def test_evaluation_is_no_pass(run: mt.Run) -> None:
    model = small()
    run.watch(model, log="parameters", log_freq=1)
    with torch.no_grad():
        model(torch.randn(3, 4))
    with torch.inference_mode():
        model(torch.randn(3, 4))
    run.log({"loss": 1.0})

    assert watched(history(run)[0], "parameters") == []


def test_nan_and_infinities_are_counted_and_said_once(run: mt.Run) -> None:
    model = nn.Linear(4, 1, bias=False)
    run.watch(model, log_freq=1)
    bad = torch.tensor([[float("nan"), float("inf"), -float("inf"), 1.0]])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(3):
            model(bad).sum().backward()
            run.log({"loss": 1.0})
        rows = history(run)

    assert ["gradients/weight" in str(w.message) for w in caught] == [True]
    assert caught[0].category is mt.MediaTypesWarning
    facts = rows[0]["gradients/weight"].statistics
    assert [facts[k] for k in ("nan", "posinf", "neginf", "count")] == [1, 1, 1, 1]


def test_a_strict_run_refuses_the_row_after_nan(tmp_path: Path) -> None:
    run = mt.init(dir=tmp_path, reinit="create_new", strict=True)
    model = nn.Linear(1, 1)
    run.watch(model, log_freq=1)
    model(torch.full((1, 1), float("nan"))).sum().backward()
    with pytest.raises(RangeError, match="gradients/weight"):  # noqa: PT012 - a thread counts
        for _ in range(500):
            threading.Event().wait(0.01)
            run.log({"loss": 1.0})
    run.finish(quiet=True)


def test_a_sparse_gradient_counts_its_zeros(run: mt.Run) -> None:
    model = nn.Embedding(50, 3, sparse=True)
    run.watch(model, log_freq=1)
    model(torch.tensor([1, 1, 7])).square().sum().backward()
    values = model.weight.grad.to_dense().numpy()
    run.log({"loss": 1.0})

    found = history(run)[0]["gradients/weight"]

    assert int(found.counts.sum()) == 150
    assert found.statistics["count"] == 150
    assert found.statistics["mean"] == pytest.approx(values.mean())
    assert found.statistics["std"] == pytest.approx(values.std())
    counts, _ = np.histogram(values, found.edges)
    np.testing.assert_array_equal(found.counts, counts)


def test_a_sparse_gradient_with_nan_counts_it(run: mt.Run) -> None:
    model = nn.Embedding(5, 2, sparse=True)
    with torch.no_grad():
        model.weight[1] = float("nan")
    run.watch(model, log_freq=1)
    with pytest.warns(mt.MediaTypesWarning, match="gradients/weight"):  # noqa: PT031 - as above
        model(torch.tensor([1, 2])).square().sum().backward()
        run.log({"loss": 1.0})
        found = history(run)[0]["gradients/weight"]

    assert found.statistics["nan"] == 2
    assert found.statistics["count"] == 8


def test_both_parts_of_a_complex_parameter_are_logged(run: mt.Run) -> None:
    model = nn.Linear(2, 2, bias=False, dtype=torch.complex64)
    run.watch(model, log="all", log_freq=1)
    model(torch.randn(3, 2, dtype=torch.complex64)).abs().sum().backward()
    gradient, weight = model.weight.grad.numpy(), model.weight.detach().numpy()
    run.log({"loss": 1.0})

    (row,) = history(run)

    assert watched(row) == ["weight.imag", "weight.real"]
    check(row["gradients/weight.real"], gradient.real)
    check(row["gradients/weight.imag"], gradient.imag)
    check(row["parameters/weight.imag"], weight.imag)


def test_half_precision_is_counted_as_its_numbers(run: mt.Run) -> None:
    model = small().to(torch.bfloat16)
    run.watch(model, log_freq=1)
    model(torch.randn(3, 4, dtype=torch.bfloat16)).sum().backward()
    expected = model[0].weight.grad.float().numpy()
    run.log({"loss": 1.0})

    check(history(run)[0]["gradients/0.weight"], expected)


def test_frozen_and_unused_parameters_have_no_gradient(run: mt.Run) -> None:
    model = small()
    model.unused = nn.Linear(3, 3)
    model.forward = lambda x: model[2](model[1](model[0](x)))
    model[0].weight.requires_grad_(False)  # noqa: FBT003 - as torch has it
    run.watch(model, log="all", log_freq=1)
    learn(model, run)

    (row,) = history(run)

    assert watched(row) == ["0.bias", "2.bias", "2.weight"]
    assert len(watched(row, "parameters")) == 6


def test_a_parameter_that_is_thawed_later_is_watched(run: mt.Run) -> None:
    model = small()
    model[0].requires_grad_(False)  # noqa: FBT003 - as torch has it
    run.watch(model, log_freq=1)
    learn(model, run)
    model[0].requires_grad_(True)  # noqa: FBT003 - as torch has it
    learn(model, run)

    assert [watched(row) for row in history(run)] == [NAMES[2:], NAMES]


def test_a_shared_parameter_is_logged_once_with_its_whole_gradient(
    run: mt.Run,
) -> None:
    first, second = nn.Linear(4, 4, bias=False), nn.Linear(4, 4, bias=False)
    second.weight = first.weight
    model = nn.Sequential(first, second)
    run.watch(model, log="all", log_freq=1)
    learn(model, run)
    gradient = model[0].weight.grad.numpy().copy()

    (row,) = history(run)

    assert watched(row) == watched(row, "parameters") == ["0.weight"]
    check(row["gradients/0.weight"], gradient)


def test_a_data_parallel_model_is_watched_as_the_whole(run: mt.Run) -> None:
    model = nn.DataParallel(small())
    run.watch(model, log="all", log_freq=1)
    learn(model, run)

    (row,) = history(run)

    assert watched(row) == [f"module.{name}" for name in NAMES]
    assert watched(row, "parameters") == [f"module.{name}" for name in NAMES]


def test_a_model_that_is_not_called_itself_is_watched(run: mt.Run) -> None:
    model = small()
    run.watch(model, log_freq=2)
    for _ in range(4):
        model.forward(torch.randn(3, 4)).sum().backward()
        run.log({"loss": 1.0})

    assert [len(watched(row)) for row in history(run)] == [0, 4, 0, 4]


def test_several_models_have_names_apart(run: mt.Run) -> None:
    first, second = nn.Linear(4, 1), nn.Linear(4, 1)
    run.watch([first, second], log_freq=1)
    for model in (first, second):
        model(torch.randn(3, 4)).sum().backward()
    run.log({"loss": 1.0})
    run.unwatch(second)
    run.watch(second, log_freq=1, idx=5)
    second(torch.randn(3, 4)).sum().backward()
    run.log({"loss": 1.0})

    assert [watched(row) for row in history(run)] == [
        ["bias", "graph_1/bias", "graph_1/weight", "weight"],
        ["graph_5/bias", "graph_5/weight"],
    ]


def hooks(model: Any) -> int:
    """Count the hooks that torch holds for a model."""
    tensors = sum(len(p._backward_hooks or ()) for p in model.parameters())
    modules = sum(len(m._forward_pre_hooks) for m in model.modules())
    return tensors + modules


def test_unwatch_takes_every_hook_off(run: mt.Run) -> None:
    model, other = small(), small()
    run.watch([model, other], log="all")
    assert (hooks(model), hooks(other)) == (5, 5)

    run.unwatch(model)
    assert (hooks(model), hooks(other)) == (0, 5)

    run.unwatch()
    assert hooks(other) == 0


def test_finish_takes_every_hook_off_and_ends_the_thread(run: mt.Run) -> None:
    model = small()
    run.watch(model, log="all", log_freq=1)
    learn(model, run)
    run.finish(quiet=True)

    assert hooks(model) == 0
    assert "mediatypes-watch" not in [thread.name for thread in threading.enumerate()]


def test_watching_again_replaces_the_terms(run: mt.Run) -> None:
    model = small()
    run.watch(model, log="all", log_freq=1)
    run.watch(model, log="parameters", log_freq=1)
    assert hooks(model) == 1
    learn(model, run)

    (row,) = history(run)

    assert watched(row) == []
    assert watched(row, "parameters") == NAMES


def test_nothing_is_hooked_for_nothing(run: mt.Run) -> None:
    model = small()
    run.watch(model, log=None)
    assert hooks(model) == 0


def test_a_copy_of_a_watched_model_is_not_watched(run: mt.Run, tmp_path: Path) -> None:
    model = small()
    run.watch(model, log="all", log_freq=1)
    copies = [copy.deepcopy(model), pickle.loads(pickle.dumps(model))]
    torch.save(model, tmp_path / "model.pt")
    copies.append(torch.load(tmp_path / "model.pt", weights_only=False))
    for found in copies:
        found(torch.randn(3, 4)).sum().backward()
    run.log({"loss": 1.0})

    assert history(run) == [{"step": 0, "loss": 1.0}]


def test_numbers_that_nobody_can_count_are_named_once(run: mt.Run) -> None:
    class Odd(nn.Module):  # type: ignore[misc]  # torch is not typed here
        def __init__(self) -> None:
            super().__init__()
            self.here = nn.Parameter(torch.ones(2))
            self.nowhere = nn.Parameter(torch.ones(2, device="meta"))

        def forward(self, x: Any) -> Any:
            return x * self.here

    model = Odd()
    run.watch(model, log="parameters", log_freq=1)
    model(torch.ones(2))
    with pytest.warns(
        mt.MediaTypesWarning, match="parameters/nowhere.*left out"
    ) as said:
        run.log({"loss": 1.0})
    model(torch.ones(2))
    run.log({"loss": 1.0})

    assert len(said) == 1
    assert watched(history(run)[0], "parameters") == ["here"]


def test_a_model_of_many_parameters_fits_its_lines(run: mt.Run) -> None:
    model = nn.ModuleList(nn.Linear(3, 3) for _ in range(400))
    run.watch(model, log_freq=1)
    sum(layer(torch.randn(1, 3)).sum() for layer in model).backward()
    run.log({"loss": 1.0})

    (row,) = history(run)

    assert len(watched(row)) == 800
    assert not list((run.dir / "media").rglob("*.json"))


def test_the_loop_waits_for_room_and_loses_nothing(
    run: mt.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = importlib.import_module("mediatypes.recorder.watch")
    monkeypatch.setattr(room, "_QUEUE_BYTES", 1)
    model = small()
    run.watch(model, log_freq=1)
    learn(model, run, steps=5)

    assert [watched(row) for row in history(run)] == [NAMES] * 5


def test_only_due_passes_copy_anything(
    run: mt.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mediatypes.adapters import torch_modules

    copied: list[Any] = []
    numbers = torch_modules.numbers

    def counted(tensor: Any) -> Any:
        copied.append(tensor)
        return numbers(tensor)

    monkeypatch.setattr(torch_modules, "numbers", counted)
    model = small()
    run.watch(model, log="all", log_freq=100)
    learn(model, run, steps=99)
    assert copied == []

    learn(model, run)
    assert len(copied) == 8


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_goes_on_and_ends(run: mt.Run) -> None:
    torch.set_num_threads(1)
    model = nn.Linear(4, 1)
    run.watch(model, log_freq=1)
    learn(model, run)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forks beside threads
        pid = os.fork()
    if not pid:
        signal.alarm(60)
        learn(model, run)
        run.finish(quiet=True)
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
    run.finish(quiet=True)

    records = str(list(mt.open_run(run.dir).records()))
    assert records.count("'gradients/weight'") == 2


@pytest.mark.parametrize("model", [None, "model", {"a": 1}, [object()]])
def test_what_is_no_module_is_refused_by_its_type(run: mt.Run, model: Any) -> None:
    with pytest.raises(UnsupportedInputError, match=r"watch: models must be a torch"):
        run.watch(model)


@pytest.mark.parametrize(
    "option",
    [{"log": "weights"}, {"log_freq": 0}, {"log_freq": 1.5}, {"idx": -1}],
    ids=str,
)
def test_an_option_that_is_none_is_refused(run: mt.Run, option: Any) -> None:
    model = small()
    with pytest.raises(OptionError, match=next(iter(option))):
        run.watch(model, **option)
    assert hooks(model) == 0


@pytest.mark.parametrize("option", [{"criterion": object()}, {"log_graph": True}])
def test_what_is_not_used_is_said_once(run: mt.Run, option: Any) -> None:
    with pytest.warns(mt.MediaTypesWarning, match="accepted and not used"):
        run.watch(small(), **option)
    run.watch(small(), **option)


def test_a_finished_run_watches_nothing(run: mt.Run) -> None:
    run.finish(quiet=True)
    with pytest.raises(RunClosedError, match="watch"):
        run.watch(small())


def test_the_current_run_watches_at_module_level(tmp_path: Path) -> None:
    with pytest.raises(NoRunError, match="watch"):
        mt.watch(small())
    run = mt.init(dir=tmp_path)
    model = small()
    mt.watch(model, log_freq=1)
    learn(model, run)
    mt.unwatch(model)

    assert hooks(model) == 0
    assert watched(history(run)[0]) == NAMES


def test_a_disabled_run_checks_and_hooks_nothing() -> None:
    run = mt.init(mode="disabled")
    model = small()
    run.watch(model, log="all")
    assert hooks(model) == 0
    with pytest.raises(OptionError, match="log"):
        run.watch(model, log="weights")
    run.unwatch(model)
    run.finish()


def test_the_summary_on_the_terminal_leaves_them_out(
    run: mt.Run, capsys: pytest.CaptureFixture[str]
) -> None:
    model = small()
    run.watch(model, log_freq=1)
    learn(model, run)
    run.finish()

    shown = capsys.readouterr().err
    assert "step_of_mine" in shown
    assert "gradients/" not in shown
