"""The main job from end to end: a script logs, another process reads the same."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import textwrap
import wave
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jq as jq_library
import numpy as np
import pytest
from PIL import Image as Pillow

import mediatypes as mt

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOGGER = """
import sys
import matplotlib.pyplot as plt
import jq as jq_library
import numpy as np
import pandas as pd
import seaborn as sns
import mediatypes as mt

data = np.load("data.npz")
run = mt.init(project="flow", name="flow")
arrays = [data[name] for name in sorted(data) if name.startswith("image")]
run.log({"examples": [mt.Image(arr, caption="Label") for arr in arrays]})
run.log({"sound": mt.Audio(data["sound"], caption="Nice", sample_rate=32)})
run.log({"histogram": mt.Histogram(data["numbers"])})
run.summary.update({"g": mt.Histogram(np_histogram=np.histogram(data["numbers"]))})

plt.plot([1, 4, 2], label="line")
plt.legend()
plt.savefig("chart.png")
run.log({"chart": plt})
plt.close()

frame = pd.DataFrame({"a": [1, 2, 3, 4], "b": [4, 3, 5, 1], "c": list("xyxy")})
fig = sns.scatterplot(data=frame, x="a", y="b", hue="c").figure
fig.savefig("scatter.png")
run.log({"plot": mt.Image(fig)})
grid = sns.FacetGrid(frame, col="c")
grid.map(sns.scatterplot, "a", "b")
grid.savefig("grid.png", bbox_inches=None)
run.log({"plot": grid})
assert plt.get_fignums() == [1, 2]
run.finish()
print(run.dir)
"""

READER = """
import sys
import jq as jq_library
import numpy as np
import mediatypes as mt

run = mt.open_run(sys.argv[1])
found = {f"image{i:02d}": x.to_numpy() for i, x in enumerate(run.media("examples")[0])}
assert all(x.caption == "Label" for x in run.media("examples")[0])
sound = run.media("sound")[1][0]
assert (sound.sample_rate, sound.caption) == (32, "Nice")
found["sound"] = sound.to_numpy()
found["counts"] = run.history()[2]["histogram"].counts
found["edges"] = run.history()[2]["histogram"].edges
found["given_counts"] = run.summary["g"].counts
found["given_edges"] = run.summary["g"].edges
found["chart"] = run.media("chart")[3][0].to_numpy()
found["scatter"] = run.media("plot")[4][0].to_numpy()
found["grid"] = run.media("plot")[5][0].to_numpy()
np.savez("found.npz", **found)
"""


def images() -> list[NDArray[Any]]:
    """Every shape and type of picture that the main job is about."""
    random = np.random.default_rng(1)
    found: list[NDArray[Any]] = []
    for shape in ((6, 9), (6, 9, 1), (6, 9, 3), (6, 9, 4)):
        found += [
            random.integers(0, 2**8, shape, np.uint8),
            random.integers(0, 2**16, shape, np.uint16),
            random.random(shape) > 0.5,
            random.random(shape, np.float32),
            random.random(shape),
        ]
    return found


def run_script(code: str, folder: Path, *arguments: str) -> str:
    """Run a script in a fresh process, warnings as errors, and return its output."""
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(code), *arguments]
    done = subprocess.run(  # noqa: PLW1510 - looked at below
        command, cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The folder in which a script has logged, and what it was given."""
    folder = tmp_path_factory.mktemp("flow")
    given: dict[str, Any] = {f"image{i:02d}": x for i, x in enumerate(images())}
    given["sound"] = np.random.default_rng(2).standard_normal((200, 2))
    given["numbers"] = np.random.default_rng(3).standard_normal((40, 25))
    np.savez(folder / "data.npz", **given)
    given["run"] = run_script(LOGGER, folder)
    return folder, given


def test_another_process_reads_what_went_in(
    logged: tuple[Path, dict[str, Any]],
) -> None:
    folder, given = logged
    run_script(READER, folder, given["run"])
    found = np.load(folder / "found.npz")
    for name, expected in given.items():
        if name.startswith("image") or name == "sound":
            assert found[name].dtype == expected.dtype
            assert found[name].shape == expected.shape
            step = 0.5 / 255 + 1e-7 if expected.dtype.kind == "f" else 0
            limit = 0 if name == "sound" else step
            difference = np.abs(found[name].astype(float) - expected.astype(float))
            assert difference.max() <= limit
    counts, edges = np.histogram(given["numbers"], bins=64)
    np.testing.assert_array_equal(found["counts"], counts)
    np.testing.assert_array_equal(found["edges"], edges)
    counts, edges = np.histogram(given["numbers"])
    np.testing.assert_array_equal(found["given_counts"], counts)
    np.testing.assert_array_equal(found["given_edges"], edges)
    assert found["given_counts"].dtype == counts.dtype
    for name in ("chart", "scatter", "grid"):
        with Pillow.open(folder / f"{name}.png") as picture:
            np.testing.assert_array_equal(found[name], np.asarray(picture))


def test_pillow_and_wave_agree_with_our_files(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (7, 5, 3), np.uint8)
    samples = np.random.default_rng(0).integers(-(2**15), 2**15, (90, 2), np.int16)
    with mt.init(dir=tmp_path, reinit="create_new") as run:
        run.log({"image": mt.Image(pixels), "sound": mt.Audio(samples, 8_000)})
    records = {line["key"]: line for line in manifest(run.dir)[:-1]}
    with Pillow.open(run.dir / records["image"]["path"]) as picture:
        np.testing.assert_array_equal(np.asarray(picture), pixels)
    with wave.open(str(run.dir / records["sound"]["path"])) as sound:
        assert (sound.getnchannels(), sound.getsampwidth()) == (2, 2)
        assert (sound.getframerate(), sound.getnframes()) == (8_000, 90)
        data = np.frombuffer(sound.readframes(90), np.int16).reshape(-1, 2)
    np.testing.assert_array_equal(data, samples)


def manifest(folder: Path) -> list[dict[str, Any]]:
    text = (folder / "manifest.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_jq_reads_every_record_and_derived_file(
    logged: tuple[Path, dict[str, Any]],
) -> None:
    run = Path(logged[1]["run"])

    def jq(program: str, pattern: str) -> list[Any]:
        text = "".join(path.read_text() for path in sorted(run.glob(pattern)))
        found: list[Any] = jq_library.compile(program).input_text(text).all()
        return found

    kinds = jq(".k", "log/*.jsonl")
    assert kinds[0] == "open"
    assert kinds[-1] == "close"
    assert kinds.count("log") == 6
    assert kinds.count("media") == len(images()) + 4
    assert jq(".n", "log/*.jsonl") == list(range(len(kinds)))
    keys = jq("select(.key).key", "manifest.jsonl")
    assert keys == sorted(keys)
    assert len(keys) == len(images()) + 4
    assert jq(".g.counts | add", "summary.json") == [1000]
    assert jq("length", "config.json") == [0]


def test_sha256sum_agrees_with_the_manifest(
    logged: tuple[Path, dict[str, Any]],
) -> None:
    run = Path(logged[1]["run"])
    for line in manifest(run)[:-1]:
        data = (run / line["path"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (
            line["size"],
            line["sha256"],
        )


def test_mutation_after_log_changes_nothing_and_nothing_is_changed_by_us(
    tmp_path: Path,
) -> None:
    import matplotlib.pyplot as plt

    pixels = np.zeros((4, 4, 3), np.uint8)
    samples = np.zeros(50, np.int16)
    numbers = [1.0, 2.0]
    figure, axes = plt.subplots(figsize=(2, 1))
    axes.plot([1, 2])
    canvas, dpi, size = figure.canvas, figure.dpi, tuple(figure.get_size_inches())
    values = {
        "image": mt.Image(pixels),
        "sound": mt.Audio(samples, 100),
        "histogram": mt.Histogram(numbers),
        "plot": mt.Plot(figure),
    }
    row = {"values": values, "list": numbers}
    with mt.init(dir=tmp_path, reinit="create_new") as run:
        run.log({"figure": figure})
        pixels[...], samples[...] = 9, 9
        numbers[0] = 99.0
        axes.plot([5, 1], lw=20)
        run.log(row)
        numbers[1] = 77.0
        values.clear()
    assert figure.canvas is canvas
    assert (figure.dpi, tuple(figure.get_size_inches())) == (dpi, size)
    assert plt.fignum_exists(figure.number)
    plt.close(figure)
    first, second = mt.open_run(run.dir).history()
    assert not second["values.image"].to_numpy().any()
    assert not second["values.sound"].to_numpy().any()
    assert second["values.histogram"].statistics["max"] == 2.0
    assert second["values.plot"] == first["figure"]
    assert second["list"] == [99.0, 2.0]
