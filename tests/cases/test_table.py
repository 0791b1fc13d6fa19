from __future__ import annotations

import datetime as dt
import decimal
import enum
import io
import time
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image as Pillow

import mediatypes as mt
from mediatypes import Table, errors
from tests.cases.record import Record, parse, pcm_of, pixels_of, walk

PICTURE = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)


class Key(enum.StrEnum):
    INDEX = "idx"


class Stored:
    """A table as its file has it, read by `json`."""

    def __init__(self, run: mt.Run, key: str = "t") -> None:
        record = Record(run)
        self.entry = record.entry(key)
        self.file = parse(record.files(key)[0].decode())
        self.rows: list[list[Any]] = self.file["data"]
        self.dir = record.dir
        self.paths = {
            part["name"]: part["path"] for part in self.entry.get("parts", [])
        }

    def bytes_of(self, cell: dict[str, Any]) -> bytes:
        path: Path = self.dir / self.paths[cell["file"]]
        return path.read_bytes()


def logged(run: mt.Run, table: Any, key: str = "t") -> Stored:
    run.log({key: table})
    return Stored(run, key)


def read(run: mt.Run, key: str = "t") -> Any:
    found = mt.open_run(run.dir).media(key)
    return found[max(found)][0]


def test_a_caption_is_kept_in_a_cell_as_well(run: mt.Run) -> None:
    """Case 38, wandb/wandb#2024: a caption was shown alone but not in a table."""
    image = mt.Image(PICTURE, caption="c")
    rows = [[image], [mt.Image(PICTURE)]]
    run.log({"one": image, "many": [image, mt.Image(PICTURE)]})

    found = logged(run, Table(columns=["x"], data=rows)).rows

    assert [row[0].get("caption") for row in found] == ["c", None]
    assert [row[0].caption for row in read(run).data] == ["c", None]


def test_a_histogram_lives_in_a_cell(run: mt.Run) -> None:
    """Case 57, wandb/examples#89: a table could not hold one, and said so too late."""
    histogram = mt.Histogram([1, 1, 2])

    found = logged(run, Table(columns=["i", "h"], data=[[0, histogram]])).rows

    assert found[0][0] == 0
    assert sum(found[0][1]["counts"]) == 3
    assert found[0][1]["$t"] == "histogram"
    assert read(run).data[0][1] == histogram


def test_numbers_of_many_widths_share_a_column(run: mt.Run) -> None:
    """Case 87, wandb/wandb#1703: NumPy's and Python's numbers were no one type."""
    cells = [1, np.int64(2), np.float32(0.5), np.True_, np.str_("x")]

    found = logged(run, Table(columns=["a"], data=[[cell] for cell in cells]))

    assert [row[0] for row in found.rows] == [1, 2, 0.5, True, "x"]
    assert found.file["types"] == ["bool | float | int | str"]


def test_mixed_types_are_refused_in_the_row_that_mixes_them() -> None:
    """Case 87, wandb/wandb#1727: what was refused was refused in `finish`."""
    with pytest.raises(errors.DtypeError, match="row 1 of column 'a' must be int; got"):
        Table(columns=["a"], data=[[1], ["x"]], allow_mixed_types=False)

    table = Table(columns=["a"], data=[[1]], allow_mixed_types=False)
    with pytest.raises(errors.DtypeError, match="row 1 of column 'a' must be int; got"):
        table.add_data("x")
    assert len(table) == 1


def test_no_table_is_too_long(run: mt.Run) -> None:
    """Case 88, wandb/wandb#3511: the first rows were stored, and the rest was not."""
    rows = 250_001

    found = logged(run, Table(columns=["i"], data=[[i] for i in range(rows)]))

    assert len(found.rows) == rows
    assert found.rows[-1] == [rows - 1]
    assert read(run).get_column("i") == list(range(rows))


def test_a_long_frame_is_stored_in_seconds_and_a_few_copies(run: mt.Run) -> None:
    """Case 89, wandb/wandb#3070: types were checked row by row for minutes."""
    frame = pd.DataFrame(np.random.default_rng(0).random((200_000, 5)))
    start = time.monotonic()
    run.log({"warm": Table(dataframe=frame)})
    run.flush()
    took = time.monotonic() - start
    tracemalloc.start()
    run.log({"t": Table(dataframe=frame)})
    run.flush()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    run.finish(quiet=True)

    assert took < 10
    assert peak < 10 * frame.to_numpy().nbytes
    frame.columns = list(map(str, frame.columns))
    pd.testing.assert_frame_equal(read(run).get_dataframe(), frame)


@pytest.mark.parametrize("unit", ["ns", "us", "ms", "s"])
def test_every_point_in_time_is_the_same_instant(run: mt.Run, unit: str) -> None:
    """Case 90, wandb/wandb#3606: nanoseconds were read as a date far in the future."""
    naive = pd.Series(np.array(["2020-01-01T12", "NaT"], f"datetime64[{unit}]"))
    zones = {"utc": "UTC", "berlin": "Europe/Berlin"}
    frame = pd.DataFrame({"naive": naive})
    for name, zone in zones.items():
        frame[name] = naive.dt.tz_localize("UTC").dt.tz_convert(zone)

    found = logged(run, Table(dataframe=frame)).rows

    assert found[0][0].startswith("2020-01-01T12:00:00")
    for text in found[0][1:]:
        assert text.endswith("Z")
        assert pd.Timestamp(text) == frame["utc"][0]
    assert found[1] == [None, None, None]
    pd.testing.assert_frame_equal(read(run).get_dataframe(), frame)


def test_single_times_come_back_in_their_own_type(run: mt.Run) -> None:
    """Case 90, wandb/wandb#3691: a date came back as a float."""
    aware = dt.datetime(2020, 1, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    times = [
        dt.datetime.fromisoformat("2020-01-01"),
        aware,
        dt.timedelta(1, 2, 3),
        dt.date(2020, 1, 1),
    ]

    found = logged(run, Table(columns=["d"], data=[[x] for x in times])).rows

    assert dt.datetime.fromisoformat(found[1][0]["value"]) == aware
    cells = read(run).get_column("d")
    assert cells == times
    assert [type(cell) for cell in cells] == [type(x) for x in times]
    assert cells[1].utcoffset() == aware.utcoffset()


@pytest.mark.parametrize(
    ("name", "text"),
    [(Key.INDEX, "idx"), (0, "0"), (1.5, "1.5"), (("a", "b"), "('a', 'b')")],
)
def test_any_name_of_a_column_is_stored_as_text(name: Any, text: str) -> None:
    """Case 91, wandb/wandb#3237: a frame was refused for the names it came with."""
    frame = pd.DataFrame([[1]], columns=pd.Index([name], tupleize_cols=False))

    for table in (Table(dataframe=frame), Table(columns=[name], data=[[1]])):
        assert table.columns == [text]
        assert parse(table.encode().data.decode())["columns"] == [text]


def test_names_that_are_one_text_are_refused_and_none_is_lost() -> None:
    """Case 91, wandb/wandb#6918: JSON had one key twice, and a column was gone."""
    frame = pd.DataFrame([[1, 2]], columns=pd.Index([1, "1"], dtype=object))

    with pytest.raises(errors.ShapeError, match="differ as text; got '1' twice"):
        Table(dataframe=frame)
    assert Table(dataframe=pd.DataFrame({None: [1]})).columns in (["None"], ["nan"])


def test_a_row_of_another_width_is_refused_by_number() -> None:
    """Case 92, wandb/wandb#2893: a short row moved cells, the message was a page."""
    with pytest.raises(ValueError, match=r"row 0 must be 2 values.* got 1") as short:
        Table(columns=["a", "b"], data=[[1]])
    table = Table(columns=["a", "b"], data=[[1, 2]])
    with pytest.raises(ValueError, match=r"row 1 must be 2 values.* got 3") as long:
        table.add_data(1, 2, 3)

    assert max(len(str(x.value)) for x in (short, long)) < 300
    assert table.data == [[1, 2]]


def test_a_frame_is_a_frame_in_any_argument() -> None:
    """Case 92, wandb/wandb#1730: a frame was taken for the names of its columns."""
    frame = pd.DataFrame({"a": [1], "b": [[2]]})

    for table in (Table(data=frame), Table(frame), Table(rows=frame)):
        assert table.columns == ["a", "b"]
        assert table.data == [[1, [2]]]


def test_every_cell_with_media_names_its_file(run: mt.Run) -> None:
    """Case 93, wandb/wandb#4611: cells showed the word "Image" and had no file."""
    figure = Figure(figsize=(1, 1), dpi=50)
    figure.add_subplot().plot([1, 2])
    sound = mt.Audio(np.array([1, -2], np.int16), sample_rate=8000)
    pictures = [mt.Image(PICTURE), mt.Image(PICTURE + 1)]
    row = [mt.Image(PICTURE, caption="c"), pictures, sound, figure]
    run.log({"t": Table(columns=["i", "l", "a", "p"], data=[row])})

    stored = Stored(run)
    image, many, audio, plot = stored.rows[0]
    np.testing.assert_array_equal(pixels_of(stored.bytes_of(image)), PICTURE)
    assert image["caption"] == "c"
    assert [pixels_of(stored.bytes_of(x))[0, 0, 0] for x in many] == [0, 1]
    assert pcm_of(stored.bytes_of(audio))[0].tolist() == [[1], [-2]]
    assert pixels_of(stored.bytes_of(plot)).shape == (50, 50, 4)
    assert all(not Path(path).is_absolute() for path in stored.paths.values())
    assert [type(x).__name__ for x in read(run).data[0]] == [
        *("Image", "list", "Audio", "Plot")
    ]


def test_equal_pictures_in_a_table_are_one_file(run: mt.Run) -> None:
    """Case 93, wandb/wandb#7572: pictures in cells and their captions stay theirs."""
    rows = [[mt.Image(PICTURE, caption=str(i))] for i in range(20)]

    stored = logged(run, Table(columns=["i"], data=rows))

    assert len(stored.paths) == 1
    assert [cell["caption"] for (cell,) in stored.rows] == list(map(str, range(20)))


def test_many_pictures_do_not_fill_the_memory() -> None:
    """Case 94, wandb/wandb#2249: small pictures cost ten times what they need."""
    table = Table(columns=["i"])
    tracemalloc.start()
    for _ in range(500):
        table.add_data(mt.Image(np.zeros((512, 512, 3), np.uint8)))
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()

    assert held < 100e6
    assert table.nbytes < 100e6
    assert table.get_column("i")[-1].to_numpy().shape == (512, 512, 3)


def test_a_table_under_a_long_key_is_read_back(run: mt.Run) -> None:
    """Case 95, wandb/wandb#10266: a table under a long key was not there any more."""
    key = "B" * 300

    stored = logged(run, Table(columns=["a"], data=[[1]]), key)

    assert stored.rows == [[1]]
    assert read(run, key).data == [[1]]


def test_what_json_cannot_hold_has_a_written_form(run: mt.Run) -> None:
    """Case 96, ocean-data-factory-sweden/kso#344: it was raised when all was done."""
    cells = [
        2**63,
        decimal.Decimal("1.10"),
        b"\xff",
        pd.NA,
        {2, 1},
        np.datetime64("NaT"),
    ]
    table = Table(columns=["v"], data=[[cell] for cell in cells])

    found = [row[0] for row in logged(run, table).rows]

    assert found == [
        {"$i": "9223372036854775808"},
        {"$t": "decimal", "value": "1.10"},
        {"$t": "bytes", "base64": "/w=="},
        None,
        [1, 2],
        None,
    ]
    assert not [x for x in walk(found) if isinstance(x, float)]
    back = read(run).get_column("v")
    assert back == [2**63, decimal.Decimal("1.10"), b"\xff", None, [1, 2], None]
    assert str(back[1]) == "1.10"


def test_paths_in_cells_are_text_and_files_are_media(run: mt.Run) -> None:
    """Case 112, wandb/wandb#4387: a path was taken for the data itself."""
    Pillow.new("L", (3, 2), 9).save("p.png")
    data = Path("p.png").read_bytes()
    row = [Path("p.png"), mt.Image(Path("p.png")), mt.Image(io.BytesIO(data))]

    stored = logged(run, Table(columns=list("abc"), data=[row]))

    text, by_path, by_file = stored.rows[0]
    assert text == "p.png"
    assert stored.bytes_of(by_path) == stored.bytes_of(by_file) == data
