"""Run folders made by somebody who means harm, each record with a right checksum."""

from __future__ import annotations

import contextlib
import copy
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest

import mediatypes as mt
from mediatypes.cli import main
from mediatypes.errors import IntegrityError, ManifestError, MediaTypesError
from mediatypes.schema import frame
from mediatypes.store.beneath import Folder
from mediatypes.store.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

HISTOGRAM = {"$t": "histogram", "counts": [1], "edges": [0, 1]}
MEDIA = {
    "r": 1,
    "key": "x",
    "step": 0,
    "i": 0,
    "kind": "image",
    "path": "media/image/x/a.png",
    "sha256": "0" * 64,
    "size": 3,
    "mime": "image/png",
}
PART = {
    "name": "masks/m",
    "kind": "mask",
    "path": "media/image/x/b.png",
    "sha256": "0" * 64,
    "size": 3,
    "mime": "image/png",
}
LISTS: list[Any] = [3, [3], {}, [{}], [PART, PART]]
VALUES: list[Any] = [
    *(
        {"$t": kind}
        for kind in ("image", "audio", "plot", "histogram", "json", "media")
    ),
    *({"$t": kind} for kind in ("unheard-of", None, 7)),
    {"$t": []},
    {"$t": {}},
    {"$t": "json", "path": 3, "size": 3, "sha256": "0"},
    {"$t": "json", "path": "../../etc/passwd", "size": 3, "sha256": "0"},
    {"$t": "media", **MEDIA, "path": "/etc/passwd"},
    {"$t": "media", **MEDIA, "parts": [3]},
    {"$t": "media", **MEDIA, "parts": [PART, PART]},
    {"$t": "media", **MEDIA, "parts": [PART | {"path": "../../etc/passwd"}]},
    HISTOGRAM | {"edges": [0, {"$i": "9" * 400}]},
    HISTOGRAM | {"counts": [{"$i": "9" * 400}]},
    HISTOGRAM | {"counts": "many"},
    HISTOGRAM | {"count": {"$i": "9" * 300}},
    {"$f": "nan", "more": 1},
    {"$f": "nan"},
    {"$i": "7"},
    HISTOGRAM,
    {"$unknown": 1},
]
RECORDS: list[tuple[str, dict[str, Any]]] = [
    *(("media", MEDIA | {"kind": kind}) for kind in ("histogram", "plot", "", "nope")),
    *(("media", MEDIA | {"i": index}) for index in (-5, 10**12, 10**30)),
    *(("media", MEDIA | {"size": size}) for size in (-1, 10**18)),
    ("media", MEDIA | {"path": "media/../../../etc/passwd"}),
    *(("media", MEDIA | {"parts": parts}) for parts in LISTS),
    *(
        ("media", MEDIA | {"parts": [PART | lie]})
        for lie in (
            *({"path": "/etc/passwd"}, {"path": "media/../../x"}, {"path": ""}),
            *({"size": -1}, {"size": 10**30}, {"name": 3}, {"sha256": None}),
        )
    ),
    ("log", {"step": 0, "media": [["x", 10**12, "image", None, 10**12]]}),
    ("log", {"step": 0, "media": [["x", -1, "image"], 3, []]}),
    ("log", {"step": 10**30}),
    ("log", {"step": 0, "d": [1]}),
    (
        "open",
        {"writer": "w", "rank": 0, "host": "h", "pid": -1, "start": "", "boot": ""},
    ),
    ("summary", {"d": {"x": {"$t": "image"}}}),
    ("config", {"d": {"x": {"$t": []}}}),
    ("metric", {"name": "*", "summary": "sideways"}),
    ("unheard-of", {"!": 1}),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small finished run, to be added to."""
    with mt.init(dir=tmp_path, reinit="create_new") as run:
        run.log({"loss": 1, "x": mt.Image(np.zeros((2, 2), np.uint8))})
    return run.dir


def add(folder: Path, kind: str, members: dict[str, Any], number: int = 99) -> None:
    (log,) = (folder / "log").iterdir()
    line = frame(number, kind, msgspec.json.encode(members))
    log.write_bytes(log.read_bytes() + line)


def look_at_everything(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Do all that a reader can, and accept nothing but our own errors."""
    reader = mt.open_run(folder)
    looks: list[Any] = [
        lambda: reader.summary,
        lambda: reader.config,
        reader.scalar_summary,
        lambda: reader.state,
        lambda: list(reader.history()),
        lambda: list(reader.records()),
        reader.keys,
        reader.key_facts,
        reader.media_keys,
        lambda: [list(items) for items in reader.media("x").values()],
        lambda: reader.media("x").to_pandas(),
    ]
    for look in looks:
        with contextlib.suppress(MediaTypesError, KeyError):
            look()
    mt.runs(folder.parent).to_pandas()
    verify(Folder(folder))
    for command in ("show", "verify"):
        with pytest.raises(SystemExit):
            main([command, str(folder)])
    assert "Traceback" not in "".join(capsys.readouterr())


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_no_value_of_a_record_brings_a_foreign_error(
    folder: Path, value: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    for kind in ("log", "summary", "config"):
        add(folder, kind, {"step": 1, "d": {"x": value, "y": [value]}})
        look_at_everything(folder, capsys)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_no_row_that_reads_as_one_value_brings_a_foreign_error(
    folder: Path, value: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    for kind in ("log", "summary", "config"):
        add(folder, kind, {"step": 1, "d": value})
        look_at_everything(folder, capsys)


@pytest.mark.parametrize(("kind", "members"), RECORDS)
def test_no_record_brings_a_foreign_error(
    folder: Path,
    kind: str,
    members: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    add(folder, kind, members)
    look_at_everything(folder, capsys)


@pytest.mark.parametrize(
    ("meta", "source"),
    [
        ({}, {}),
        ({"width": -1}, {}),
        ({"width": "wide"}, {}),
        ({"channels": 99}, {}),
        ({"dtype": None}, {}),
        ({"dtype": "O"}, {}),
        ({}, {"dtype": "nope"}),
        ({}, {"shape": [10**9, 10**9, 3]}),
        ({}, {"shape": [-1]}),
        ({}, {"range": ["a", None]}),
        ({}, {"rule": "unit", "range": None, "dtype": "float32", "shape": [7]}),
    ],
)
def test_a_media_record_that_lies_about_its_picture_is_an_error_of_ours(
    folder: Path, meta: dict[str, Any], source: dict[str, Any]
) -> None:
    record = mt.open_run(folder)._collected.media_records()[0]
    body = msgspec.to_builtins(record)
    body |= {"r": 50, "key": "y", "source": body["source"] | source}
    body["meta"] = (body["meta"] | meta) if meta or source else {}
    del body["n"]
    add(folder, "log", {"step": 1, "media": [["y", 0, "image"]]}, 50)
    add(folder, "media", body, 51)
    reader = mt.open_run(folder)
    try:
        item = reader.media("y")[1][0]
        repr(item)
        item.to_numpy()
    except (MediaTypesError, MemoryError):
        return
    assert meta.keys() <= {"channels", "dtype"}


@pytest.mark.parametrize(
    "lie",
    [
        {"parts": []},
        {"parts": [PART]},
        {"parts": [PART | {"path": "run.json"}]},
        {"meta": {"masks": {"m": {"dtype": "complex64"}}}},
        {"meta": {"masks": 3}},
        {"meta": {"boxes": {"b": {"box_data": [{"position": {}}]}}}},
    ],
)
def test_a_record_that_lies_about_its_annotations_is_an_error_of_ours(
    tmp_path: Path, lie: dict[str, Any]
) -> None:
    ids = np.eye(2, dtype=int)
    with mt.init(dir=tmp_path, reinit="create_new") as run:
        run.log({"x": mt.Image(ids, masks={"m": {"mask_data": ids}})})
    record = mt.open_run(run.dir)._collected.media_records()[0]
    body = msgspec.to_builtins(record)
    body |= lie | {"r": 50, "key": "y", "meta": body["meta"] | lie.get("meta", {})}
    del body["n"]
    add(run.dir, "log", {"step": 1, "media": [["y", 0, "image"]]}, 50)
    add(run.dir, "media", body, 51)
    with pytest.raises((ManifestError, IntegrityError)):
        mt.open_run(run.dir).media("y")[1][0]


@pytest.mark.parametrize("number", [10**9, 10**15, 10**30])
def test_a_great_number_costs_no_memory(
    folder: Path, number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    add(folder, "log", {"step": 1}, number)
    look_at_everything(folder, capsys)
    assert verify(Folder(folder)).is_damaged


def test_a_linked_log_folder_is_an_error_of_ours(folder: Path, tmp_path: Path) -> None:
    (folder / "log").rename(tmp_path / "elsewhere")
    (folder / "log").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(MediaTypesError, match="link"):
        mt.open_run(folder)


def test_one_bad_run_does_not_hide_the_others(folder: Path) -> None:
    with mt.init(dir=folder.parent, reinit="create_new") as run:
        run.log({"loss": 2, "x": mt.Image([[1]])})
    for path in (folder / "media").rglob("*.png"):
        path.unlink()
    add(folder, "summary", {"d": {"bad": {"$t": "image"}}})
    frame = mt.runs(folder.parent).to_pandas()
    assert sorted(frame["summary.loss"].dropna()) in ([1, 2], [2])
    assert len(frame) == 2


def test_a_lost_item_leaves_a_gap_and_hides_nothing(folder: Path) -> None:
    members = {"step": 5, "media": [["y", i, "image", None, 3] for i in range(3)]}
    add(folder, "log", members)
    (path,) = (folder / "media").rglob("*.png")
    reader = mt.open_run(folder)
    record = reader._collected.media_records()[0]
    facts = {"sha256": record.sha256, "size": record.size, "mime": record.mime}
    place = {"path": path.relative_to(folder).as_posix(), "kind": "image"}
    for number, index in ((100, 0), (101, 2)):
        body = {"r": 99, "key": "y", "step": 5, "i": index, **place, **facts}
        add(folder, "media", body | {"meta": record.meta}, number)
    items = mt.open_run(folder).media("y")[5]
    assert [item is None for item in items] == [False, True, False]
    assert len(items) == 3


def test_config_and_summary_can_be_copied(tmp_path: Path) -> None:
    with mt.init(dir=tmp_path, config={"a": 1}, reinit="create_new") as run:
        run.log({"b": 2})
        assert copy.copy(run.config).as_dict() == {"a": 1}
        assert copy.copy(run.summary).as_dict() == {"b": 2}
