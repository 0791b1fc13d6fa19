"""Public fault reports about names and folders, each as what must hold here."""

from __future__ import annotations

import os
import shutil
import unicodedata
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any
from urllib.parse import quote, unquote

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mediatypes as mt
from mediatypes import errors
from mediatypes._core.names import slug
from tests.cases.record import Record, walk

PLACES = ["a/b", "train/epoch 1/img", "a#b", "a+b", "a&b=c", "a%20b", "C:\\x", "../up"]
PLACES += [
    "/etc/x",
    "é 漢字 🙂",
    "con",
    "x" * 300,
    "a\nb",
    "\u202eabc",
    "..",
    "~",
    "a?b",
]
NEAR = ["Loss", "loss", "LOSS", "\u00e9", "e\u0301", "loss ", " loss", "loss."]

DEVICES = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{x}{i}" for x in ("com", "lpt") for i in range(10)),
}
"""Names that are devices on Windows, with any suffix."""


def image(level: int = 0) -> mt.Image:
    return mt.Image(np.full((1, 1), level, np.uint8))


def paths_of(record: Record) -> list[str]:
    """Return every path that a record of the run holds."""
    texts = (x for line in record.lines for x in walk(line))
    return [x["path"] for x in texts if isinstance(x, dict) and "path" in x]


def is_portable(path: str) -> bool:
    """Whether `path` names one file below a folder on every system."""
    parts = PurePosixPath(path).parts
    return (
        not path.startswith("/")
        and "\\" not in path
        and not PureWindowsPath(path).drive
        and not {part.partition(".")[0].lower() for part in parts} & DEVICES
        and ".." not in parts
        and all(part.rstrip(". ") == part for part in parts)
    )


@pytest.mark.parametrize("key", ["k", "a%20b", "50%", "ü/x"])
def test_a_path_is_the_same_in_an_address(key: str, run: mt.Run) -> None:
    """Case 101, mlflow/mlflow#21269: a step became a space in the address."""
    for step in (1, 20, 26, 41):
        run.log({key: image(step)}, step=step)

    record = Record(run)
    paths = paths_of(record)
    assert len(paths) == 4
    for path in paths:
        assert unquote(path) == path
        assert quote(path, safe="/") == path
    assert [int(found[0, 0]) for found in record.pictures(key)] == [1, 20, 26, 41]


def test_what_was_written_opens_in_our_own_reader(run: mt.Run) -> None:
    """Case 102, mlflow/mlflow#22165: the reader refused names that were written."""
    keys = [*PLACES, *NEAR]
    for level, key in enumerate(keys):
        run.log({key: image(level)})

    record = Record(run)
    reader = mt.open_run(record.dir)
    assert reader.keys() == keys
    for level, key in enumerate(keys):
        ((step, items),) = reader.media(key).items()
        assert step == level
        assert items[0].to_numpy().tolist() == [[level]]
        assert record.pictures(key)[0].tolist() == [[level]]
    assert len({str(path).lower() for path in record.media_files}) == len(keys)


def test_every_stored_path_is_relative_and_plain(run: mt.Run) -> None:
    """Case 103, wandb/wandb#852: back-slashes broke other machines."""
    for key in PLACES:
        run.log({key: [image(), mt.Audio(np.zeros(4, np.int16), 8_000)]})
    run.summary.update({"best/one": image(3)})

    record = Record(run)
    paths = paths_of(record)
    assert len(paths) == 2 * len(PLACES) + 1
    for path in paths:
        assert is_portable(path), path
        assert (record.dir / path).resolve().is_relative_to(record.dir.resolve())
        assert (record.dir / path).is_file()


@settings(max_examples=60)
@given(
    key=st.text(st.characters(codec="utf-8"), min_size=1, max_size=80)
    | st.sampled_from(PLACES)
)
def test_no_key_makes_a_path_that_leaves_its_folder(key: str) -> None:
    """Case 103, wandb/wandb#3146: over every plane of Unicode."""
    folder = slug(key)

    assert is_portable(folder)
    assert "/" not in folder
    assert 0 < len(folder) <= 64
    assert quote(folder) == folder
    assert unicodedata.normalize("NFC", folder).lower() == folder


@settings(max_examples=60)
@given(
    keys=st.sets(
        st.text(st.sampled_from("aA./\\:é\u0301e ~-_0"), min_size=1, max_size=5),
        min_size=2,
        max_size=8,
    )
)
def test_different_keys_have_different_folders(keys: set[str]) -> None:
    """Case 102, mlflow/mlflow#22165: on systems that ignore case as well."""
    assert len({slug(key).lower() for key in keys}) == len(keys)


def test_a_run_stays_where_it_was_made_and_can_be_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 104, hydra-ecosystem/hydra#2414: the script had changed its folder."""
    start, elsewhere = tmp_path / "start", tmp_path / "elsewhere"
    start.mkdir()
    elsewhere.mkdir()
    monkeypatch.chdir(start)
    run = mt.init(dir="runs/x", reinit="create_new")

    monkeypatch.chdir(elsewhere)
    run.log({"k": image(7)})
    run.flush()
    run.log({"k": image(8)})
    run.finish(quiet=True)

    assert list(elsewhere.iterdir()) == []
    (made,) = (start / "runs" / "x").iterdir()
    moved = elsewhere / "y"
    shutil.move(made, moved)
    record = Record(run, moved)
    assert [int(found[0, 0]) for found in record.pictures("k")] == [7, 8]
    items = mt.open_run(moved).media("k")
    assert [items[step][0].to_numpy().item() for step in (0, 1)] == [7, 8]
    text = "".join(p.read_text() for p in moved.rglob("*.json*"))
    assert str(tmp_path) not in text


@pytest.mark.parametrize(
    "name", ["run [v1] é #%", "[a-z]*", "a b\tc", "漢字🙂", "x" * 200, "%2e%2e", "-rf"]
)
def test_a_folder_of_any_name_holds_a_run(name: str, tmp_path: Path) -> None:
    """Case 105, wandb/wandb#4102: brackets were taken for a pattern."""
    parent = tmp_path / name
    run = mt.init(dir=parent, name=name, reinit="create_new")
    run.log({"k": image(7)})

    record = Record(run)
    assert record.dir.is_relative_to(parent)
    assert record.pictures("k")[0].tolist() == [[7]]
    assert mt.open_run(record.dir).media("k")[0][0].to_numpy().tolist() == [[7]]
    assert [row.name for row in mt.runs(parent)] == [name]


@pytest.mark.parametrize("wrong", ["a\0b", "x" * 300, 5, b"bytes", "file/under"])
def test_what_can_be_no_folder_is_refused_by_name(wrong: Any, tmp_path: Path) -> None:
    """Case 105, wandb/wandb#6588: with an error of ours, for writing and reading."""
    (tmp_path / "file").touch()

    with pytest.raises(errors.MediaTypesError, match=r"^init: "):
        mt.init(dir=wrong, reinit="create_new")
    for read in (mt.open_run, mt.runs):
        with pytest.raises(errors.MediaTypesError):
            read(wrong)


@pytest.mark.parametrize("field", ["name", "id", "project", "notes", "group", "tags"])
def test_half_a_character_in_the_words_of_a_run_is_refused(field: str) -> None:
    """Case 105, wandb/wandb#4102: at the start, where it can be put right."""
    word: Any = ["\udcff"] if field == "tags" else "\udcff"
    start: Any = mt.init

    with pytest.raises(errors.OptionError, match=r"^init: "):
        start(**{field: word}, reinit="create_new")


OWN = ["Feature/x", "_step", "step", "_type", "path", "summary", "__proto__", "writer"]
OWN += ["constructor", "$t", "$f", "$", "k", "n", "d", "media", "time", "index", "key"]
OWN += ["step_logged", "kind", "caption", "size", "sha256", "_timestamp", "_runtime"]


@pytest.mark.parametrize("key", OWN)
def test_a_key_that_looks_reserved_is_a_key(key: str, run: mt.Run) -> None:
    """Case 106, wandb/wandb#4231: one beginning made pictures disappear."""
    run.log({key: image(9)}, step=4)
    run.log({key: 77, "loss": 0.5}, step=5)
    run.log({key: mt.Histogram([1.0])}, step=6)

    reader = mt.open_run(Record(run).dir)
    assert reader.keys() == [key, "loss"]
    assert reader.media(key)[4][0].to_numpy().tolist() == [[9]]
    frame = reader.history().to_pandas()
    assert frame["step"].tolist() == [4, 5, 6]
    assert frame["loss"].tolist()[1] == 0.5
    column = f"{key}_logged" if key.startswith("step") else key
    assert frame[column].tolist()[1] == 77
    of_key = reader.media(key).to_pandas()
    assert of_key["step"].tolist() == [4, 6]
    assert of_key["kind"].tolist() == ["image", "histogram"]


@pytest.mark.parametrize("key", ["", 1, None, ("a",), "a\0b", b"k"])
def test_a_key_that_is_none_is_refused_by_name(key: Any, run: mt.Run) -> None:
    """Case 106, wandb/wandb#4231: and nothing is on record of the call."""
    with pytest.raises(errors.InvalidMediaError) as caught:
        run.log({"ok": 1, key: image()})

    assert repr(key) in str(caught.value)
    record = Record(run)
    assert record.rows == []
    assert record.media_files == []
    assert os.listdir(record.dir / "media") == []
