"""Public fault reports about tensors, by objects that have a tensor's methods."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from typing import Any

import ml_dtypes
import numpy as np
import pytest

import mediatypes as mt
from mediatypes import errors
from tests.cases.foreign import FakeTensor
from tests.cases.record import Record, pixels_of


def stored(*arguments: Any, **options: Any) -> Any:
    return pixels_of(mt.Image(*arguments, **options).encode().data)


def test_a_tensor_of_the_same_numbers_is_the_same_picture() -> None:
    """Case 7, wandb/wandb#9883: only the tensor was stretched."""
    planes = np.random.default_rng(0).uniform(0.2, 0.7, (3, 8, 5)).astype("f4")
    numbers = planes.transpose(1, 2, 0)

    files = [mt.Image(x).encode().data for x in (FakeTensor(planes), numbers)]

    assert files[0] == files[1]
    np.testing.assert_array_equal(
        pixels_of(files[0]), np.rint(numbers.astype("f8") * 255)
    )


def test_short_floats_are_pictures_sounds_and_histograms() -> None:
    """Case 9, xwying/torchshow#23: bfloat16 has no type in NumPy or the codec."""
    numbers = np.array([[0, 0.5, 1]], ml_dtypes.bfloat16)

    assert stored(numbers).tolist() == [[0, 128, 255]]
    assert mt.Audio(numbers[0], 8_000).to_numpy().tolist() == [0.0, 0.5, 1.0]
    assert mt.Histogram(numbers, num_bins=2).counts.tolist() == [1, 2]


def test_a_tensor_is_detached_and_brought_near_first() -> None:
    """Case 10, wandb/wandb#244: a gradient or a device made it raise."""
    far = FakeTensor(np.zeros((3, 4, 5), np.float32))
    with pytest.raises(RuntimeError):
        far.numpy()

    assert stored(far).shape == (4, 5, 3)
    assert mt.Audio(FakeTensor(np.zeros((2, 9), "f4")), 8_000).channels == 2
    assert mt.Histogram(FakeTensor(np.ones(3))).counts.sum() == 3


def test_a_tensor_is_known_without_its_library() -> None:
    """Case 10, lanpa/tensorboardX#450: the library was asked for its devices."""
    code = """
    import sys
    import numpy as np
    import mediatypes as mt

    class Tensor:
        def __init__(self, steps): self.steps = steps
        def detach(self): return Tensor(self.steps + "d")
        def cpu(self): return Tensor(self.steps + "c")
        def numpy(self):
            assert set(self.steps) == {"d", "c"}
            return np.zeros((3, 4, 5), np.float32)

    before = "torch" in sys.modules
    image = mt.Image(Tensor(""))
    assert (image.height, image.width) == (4, 5)
    assert not before and "torch" not in sys.modules
    """
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(code)]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_a_tensor_with_channels_last_is_never_taken_for_channels_first() -> None:
    """Case 13, layerai-archive/sdk#290: 480 rows were taken for 480 channels."""
    tensor = FakeTensor(np.zeros((480, 640, 3), np.float32))

    with pytest.raises(errors.LayoutError, match=r'\(480, 640, 3\).*layout="HWC"'):
        mt.Image(tensor)
    image = mt.Image(tensor, layout="HWC")

    assert (image.width, image.height) == (640, 480)
    assert stored(tensor, layout="HWC").shape == (480, 640, 3)


def test_a_tensor_of_one_number_is_no_histogram(run: mt.Run) -> None:
    """Case 111, BitMind-AI/bitmind-subnet#25: a loss became a histogram."""
    run.log({"e": FakeTensor(np.array(1.5)), "f": FakeTensor(np.array([1.5]))})

    record = Record(run)
    assert record.value("e") == 1.5
    assert record.entry("f")["kind"] == "array"
