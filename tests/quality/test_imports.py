"""``import mediatypes`` loads numpy, and nothing heavier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.quality.tools import imported_modules

if TYPE_CHECKING:
    from pathlib import Path

HEAVY: Final = (
    "PIL",
    "altair",
    "av",
    "bokeh",
    "click",
    "jax",
    "matplotlib",
    "pandas",
    "plotly",
    "polars",
    "pyarrow",
    "rich",
    "scipy",
    "seaborn",
    "soundfile",
    "starlette",
    "tensorflow",
    "torch",
    "uvicorn",
)


@pytest.fixture(scope="module")
def loaded(root: Path) -> set[str]:
    return imported_modules(root, "import mediatypes")


def test_numpy_is_loaded_with_the_package(loaded: set[str]) -> None:
    assert "numpy" in loaded


@pytest.mark.parametrize("library", HEAVY)
def test_a_heavy_library_waits_until_it_is_used(library: str, loaded: set[str]) -> None:
    assert library not in loaded


def test_an_image_of_an_array_needs_no_other_library(root: Path) -> None:
    work = "import mediatypes, numpy\nmediatypes.Image(numpy.zeros((4, 4))).encode()"

    assert not imported_modules(root, work) & set(HEAVY)


def test_a_histogram_needs_no_other_library(root: Path) -> None:
    work = "import mediatypes\nmediatypes.Histogram([1.0, 2.0]).to_inline()"

    assert not imported_modules(root, work) & set(HEAVY)


def test_a_sound_in_wav_needs_no_other_library(root: Path) -> None:
    work = "import mediatypes\nmediatypes.Audio([0.0], sample_rate=8000).encode()"

    assert not imported_modules(root, work) & set(HEAVY)


def test_a_video_waits_for_pyav_until_it_is_encoded(root: Path) -> None:
    work = "import mediatypes, numpy\nmediatypes.Video(numpy.zeros((2, 3, 4, 4)))"

    assert not imported_modules(root, work) & set(HEAVY)


def test_a_video_in_webp_needs_pillow_and_no_more(root: Path) -> None:
    frames = "numpy.zeros((2, 3, 4, 4)), file_type='webp'"
    work = f"import mediatypes, numpy\nmediatypes.Video({frames}).encode()"

    assert imported_modules(root, work) & set(HEAVY) == {"PIL"}


def test_a_run_of_numbers_needs_no_other_library(root: Path, tmp_path: Path) -> None:
    work = (
        "import mediatypes\n"
        f"run = mediatypes.init(dir={str(tmp_path)!r})\n"
        "run.log({'loss': 0.5})\n"
        "run.finish()\n"
        "mediatypes.open_run(run.dir).summary"
    )

    assert not imported_modules(root, work) & set(HEAVY)


def test_a_figure_does_not_load_what_plays_sound(root: Path) -> None:
    work = (
        "import mediatypes\n"
        "from matplotlib.figure import Figure\n"
        "mediatypes.Plot(Figure()).encode()"
    )

    loaded = imported_modules(root, work) & set(HEAVY)
    assert loaded == {"PIL", "matplotlib"}
