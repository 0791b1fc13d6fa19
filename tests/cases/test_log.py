"""Public fault reports about what ``log`` takes, each as what must hold here."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

import mediatypes as mt
from mediatypes import errors
from mediatypes.recorder.row import build
from mediatypes.schema import decode_value
from tests import fixtures_read
from tests.cases.foreign import OnlyArray
from tests.cases.record import Record, parse
from tests.naming import named

if TYPE_CHECKING:
    from pathlib import Path

few = settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def image(level: int = 0) -> mt.Image:
    return mt.Image(np.full((2, 2), level, np.uint8))


def sound() -> mt.Audio:
    return mt.Audio(np.zeros(8, np.int16), sample_rate=8_000)


def numbers(folder: Path) -> dict[int, dict[str, Any]]:
    """Return rows by step as our reader has them."""
    return {row["step"]: row for row in mt.open_run(folder).history()}


def test_a_value_may_be_logged_again_and_again(run: mt.Run) -> None:
    """Case 48, wandb/wandb#1593: the same file was copied onto itself."""
    heard, seen = sound(), image()

    for step in range(50):
        run.log({"a": heard, "b": [heard, heard], "i": seen}, step=step)

    record = Record(run)
    assert [len(record.entries(key)) for key in "abi"] == [50, 100, 50]
    for key in "abi":
        assert len(set(record.files(key))) == 1
    assert len(record.media_files) <= 4


def test_nested_mappings_link_every_file_in_them(run: mt.Run) -> None:
    """Case 107, wandb/wandb#2705: the file was written, and no record had it."""
    inner = {"imgs": [image(1), image(2)], "m": {"a": sound(), "loss": 1.0}}

    run.log({"train": inner}, step=1)

    record = Record(run)
    assert len(record.entries("train.imgs")) == 2
    assert len(record.entries("train.m.a")) == 1
    assert record.value("train.m.loss") == 1.0
    linked = {entry["path"] for entry in record.entries("train.imgs")}
    linked |= {entry["path"] for entry in record.entries("train.m.a")}
    found = {path.relative_to(record.dir).as_posix() for path in record.media_files}
    assert linked == found


def test_joined_keys_that_meet_are_refused_by_name(run: mt.Run) -> None:
    """Case 107, ray-project/ray#16837: of two values under one key, one was lost."""
    with pytest.raises(errors.OptionError, match=r"'train\.loss'"):
        run.log({"train": {"loss": 1.0}, "train.loss": 2.0})
    run.log({"after": 1})

    assert [row["d"] for row in Record(run).rows] == [{"after": 1}]


LEAVES = st.integers(-9, 9)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.dictionaries(
        st.sampled_from(["a", "b", "a.b", "c"]), inner, min_size=1
    ),
    max_leaves=6,
)


def leaves(value: Any) -> int:
    return sum(map(leaves, value.values())) if isinstance(value, dict) else 1


@few
@given(data=st.dictionaries(st.sampled_from(["a", "b", "a.b"]), TREES, min_size=1))
def test_every_leaf_is_kept_or_the_call_is_refused(data: dict[str, Any]) -> None:
    """Case 107, wandb/wandb#8789: no value of a nested mapping vanishes."""
    try:
        row = build(data)
    except errors.OptionError:
        return

    assert len(row.data) == leaves(data)


@pytest.mark.parametrize("empty", [[], (), {}])
def test_an_empty_list_is_an_empty_list(empty: Any, run: mt.Run) -> None:
    """Case 108, wandb/wandb#2559: there was no first item to ask for its type."""
    run.log({"e": empty})

    assert Record(run).value("e") == (empty if isinstance(empty, dict) else [])


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ([image(), None], "[1]"),
        ([None, image()], "[0]"),
        ([image(), 3], "[1]"),
        ([3, image()], "[0]"),
        (["a", 1.0, sound()], "[0]"),
        ([[image()], [image()]], "[0][0]"),
        ([{"a": image()}], "[0]['a']"),
        ([mt.Histogram([1]), 3], "[1]"),
        ((image(level) for level in range(2)), ""),
        (map(image, range(2)), ""),
    ],
    ids=range(10),
)
def test_a_mixed_list_is_refused_with_its_place(
    value: Any, place: str, run: mt.Run
) -> None:
    """Case 108, gradio-app/trackio#336: an odd failure, and half a row on record."""
    with pytest.raises(TypeError) as caught:
        run.log({"before": 1, "m": value})
    run.log({"after": image()})

    assert f"data['m']{place} must be" in str(caught.value)
    record = Record(run)
    assert [(row["step"], row.get("d", {})) for row in record.rows] == [(0, {})]
    assert len(record.media_files) == 1


def test_a_tuple_of_pictures_is_a_list_of_pictures(run: mt.Run) -> None:
    """Case 108, wandb/wandb#3779: a tuple was another thing than a list."""
    run.log({"tup": (image(4),), "nums": (1, 2)})

    record = Record(run)
    assert [picture[0, 0] for picture in record.pictures("tup")] == [4]
    assert record.value("nums") == [1, 2]


@pytest.mark.parametrize(
    "bad", [object(), {1, 2}, b"bytes", 1j, len, range(3), type, frozenset(), ...]
)
def test_an_unknown_object_fails_in_the_call_and_by_name(bad: Any, run: mt.Run) -> None:
    """Case 109, wandb/wandb#2063: it failed at exit, with everything in its row."""
    with pytest.raises(TypeError, match="data\\['bad'\\]") as caught:
        run.log({"ok": 1, "bad": bad})
    run.log({"ok": 2})

    assert type(bad).__name__ in str(caught.value)
    record = Record(run)
    assert [(row["step"], row["d"]) for row in record.rows] == [(0, {"ok": 2})]


def test_numbers_that_are_none_survive_in_strict_json(run: mt.Run) -> None:
    """Case 110, wandb/wandb#2202: a bare NaN broke every strict reader."""
    run.log({"l": math.nan, "p": math.inf, "n": np.float32("-inf"), "none": None})
    run.summary.update({"x": math.nan, "deep": [math.inf, {"y": math.nan}]})

    record = Record(run)
    for path in record.dir.rglob("*.json*"):
        text = path.read_text(encoding="utf-8")
        for part in text.splitlines() if path.suffix == ".jsonl" else [text]:
            parse(part)
    reader = mt.open_run(record.dir)
    row = reader.history()[0]
    assert math.isnan(row["l"])
    assert (row["p"], row["n"], row["none"]) == (math.inf, -math.inf, None)
    assert math.isnan(reader.summary["x"])
    assert reader.summary["deep"][0] == math.inf
    assert math.isnan(reader.summary["deep"][1]["y"])


@few
@given(value=st.floats() | st.integers() | st.floats(width=16).map(np.float16))
def test_every_number_is_itself_after_strict_json(value: float) -> None:
    """Case 110, lanpa/tensorboardX#668: of any size, alone or in a list."""
    found = decode_value(build({"k": value, "l": [value]}).data)

    assert repr(found["k"]) == repr(found["l"][0])
    assert repr(found["k"]) == repr(
        value.item() if isinstance(value, np.generic) else value
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.array(2.0), 2.0),
        (np.bool_(True), True),  # noqa: FBT003 - the value under test
        (np.uint64(2**63), 2**63),
        (np.float16("inf"), math.inf),
        (OnlyArray(np.array(3.5)), 3.5),
        (OnlyArray(np.array(7)), 7),
        (OnlyArray(np.ones((), bool)), True),
    ],
    ids=named,
)
def test_a_scalar_of_any_library_is_a_number(
    value: Any, expected: Any, run: mt.Run
) -> None:
    """Cases 11 and 111, wandb/wandb#9487: it failed, or became a histogram."""
    run.log({"k": value, "deep": {"k": [value]}})

    row = numbers(Record(run).dir)[0]
    for found in (row["k"], row["deep.k"][0]):
        assert (found, type(found)) == (expected, type(expected))


def test_paths_and_open_files_are_taken_everywhere(run: mt.Run, tmp_path: Path) -> None:
    """Case 112, wandb/wandb#5031: a path was taken for the data itself."""
    picture, heard = tmp_path / "p.png", tmp_path / "r.wav"
    shown = fixtures_read.FOLDER / "video" / "mp4_h264.mp4"
    Pillow.new("L", (3, 2), 9).save(picture)
    heard.write_bytes(sound().encode().data)
    data = picture.read_bytes()
    with picture.open("rb") as file:
        file.seek(0)
        values = [mt.Image(picture), mt.Image(io.BytesIO(data)), mt.Image(file)]
        assert not file.closed
        assert file.tell() == 0
        assert file.read() == data
    held = io.BytesIO(b"before" + data)
    held.seek(6)
    values.append(mt.Image(held))
    assert held.tell() == 6

    run.log(
        {
            "k": values,
            "s": [mt.Audio(heard), mt.Audio(io.BytesIO(heard.read_bytes()))],
            "v": [mt.Video(shown), mt.Video(io.BytesIO(shown.read_bytes()))],
            "p": heard,
        }
    )

    record = Record(run)
    assert record.files("k") == [data] * 4
    assert record.files("s") == [heard.read_bytes()] * 2
    assert record.files("v") == [shown.read_bytes()] * 2
    assert record.value("p") == str(heard)


def test_a_run_is_made_where_a_path_says(tmp_path: Path) -> None:
    """Case 112, wandb/wandb#9692: text and path are the same folder."""
    for folder in (tmp_path / "x", str(tmp_path / "y")):
        run = mt.init(dir=folder, reinit="create_new")
        run.finish(quiet=True)
        assert run.dir.parent.as_posix().endswith(str(folder).replace("\\", "/"))


def test_one_key_may_hold_different_kinds_in_turn(run: mt.Run) -> None:
    """Case 113, gradio-app/trackio#352: the reader fell over one of them."""
    run.log({"k": image(5)}, step=1)
    run.log({"k": 3.0}, step=2)
    run.log({"k": sound()}, step=3)
    run.log({"k": mt.Histogram([1])}, step=4)
    run.log({"k": [1, 2]}, step=5)

    folder = Record(run).dir
    found = [numbers(folder)[step]["k"] for step in range(1, 6)]
    assert isinstance(found[0], mt.Image)
    assert found[0].to_numpy().tolist() == [[5, 5], [5, 5]]
    assert isinstance(found[2], mt.Audio)
    assert isinstance(found[3], mt.Histogram)
    assert (found[1], found[4]) == (3.0, [1, 2])
    reader = mt.open_run(folder)
    assert sorted(reader.media("k")) == [1, 3, 4]
    assert len(reader.history().to_pandas()["k"]) == 5
