from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mediatypes import adapters
from mediatypes.errors import ShapeError, UnsupportedInputError

ROOT = Path(__file__).parents[2]


class WithArray:
    def __init__(self, result: Any) -> None:
        self.result = result

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        del dtype, copy
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


class WithDlpack:
    """As CuPy on the CPU: DLPack and nothing else."""

    def __init__(self, array: Any) -> None:
        self.array = array

    def __dlpack__(self, **options: Any) -> Any:
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self) -> Any:
        return self.array.__dlpack_device__()


def test_an_array_is_taken_as_it_is() -> None:
    array = np.arange(3)
    plain = adapters.as_array(array, media="Image", field="pixels")

    assert np.shares_memory(plain.array, array)
    assert (plain.source, plain.channels_first) == ("numpy.ndarray", False)


@pytest.mark.parametrize("wrap", [WithArray, WithDlpack])
def test_a_protocol_is_enough(wrap: Any) -> None:
    plain = adapters.as_array(wrap(np.arange(3)), media="Image", field="pixels")

    assert plain.array.tolist() == [0, 1, 2]
    assert plain.source.endswith(wrap.__name__)


@pytest.mark.parametrize("error", [TypeError("on a GPU"), RuntimeError("needs grad")])
def test_what_numpy_refuses_is_named(error: Exception) -> None:
    with pytest.raises(UnsupportedInputError, match=str(error)):
        adapters.as_array(WithArray(error), media="Image", field="pixels")


def test_ragged_lists_are_a_matter_of_shape() -> None:
    with pytest.raises(ShapeError, match="equal lengths"):
        adapters.as_array([[1], [1, 2]], media="Image", field="pixels")


def test_reading_the_table_imports_no_library() -> None:
    work = (
        "import sys, mediatypes.media as media, numpy as np;"
        "media.Image(np.zeros((2, 2))); media.Histogram([1.0]); media.wrap(3);"
        "media.Audio(np.zeros(3), 8000).encode();"
        "found = {'PIL', 'soundfile', 'matplotlib', 'pandas', 'seaborn', 'torch'};"
        "sys.exit(str(found & set(sys.modules)) if found & set(sys.modules) else 0)"
    )

    subprocess.run([sys.executable, "-c", work], check=True, cwd=ROOT)


def test_one_library_does_not_bring_the_others() -> None:
    work = (
        "import sys, PIL.Image; from mediatypes.media import wrap;"
        "wrap(PIL.Image.new('L', (2, 2))).encode();"
        "found = {'soundfile', 'matplotlib', 'pandas', 'seaborn'};"
        "sys.exit(str(found & set(sys.modules)) if found & set(sys.modules) else 0)"
    )

    subprocess.run([sys.executable, "-c", work], check=True, cwd=ROOT)
