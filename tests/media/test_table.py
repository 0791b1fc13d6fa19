from __future__ import annotations

import datetime as dt
import enum
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import pandas as hpd

import mediatypes as mt
from mediatypes import errors, testing
from mediatypes.media import Audio, Histogram, Image, Table, wrap
from mediatypes.media.intake import MAX_FILES
from mediatypes.recorder.recover import recover
from mediatypes.store.beneath import Folder
from mediatypes.store.verify import verify
from mediatypes.testing import round_trip

if TYPE_CHECKING:
    from collections.abc import Callable

FIXTURES = Path(__file__).parents[1] / "fixtures" / "table"
ROWS = [[1, "a", 0.5], [2, "b", None]]
RECORDS = [{"i": 1, "s": "a", "f": 0.5}, {"i": 2, "s": "b"}]
COLUMNS = {"i": [1, 2], "s": ["a", "b"], "f": [0.5, None]}
DAY = dt.date(2020, 1, 1)
PICTURE = Image(np.arange(12, dtype=np.uint8).reshape(2, 2, 3), caption="c")


class TestTable(testing.MediaTests):
    media_type = Table
    junk = (object(), {"a": 1}, 3j, {1, 2}, "ab", b"ab", 3, [[1, 2]], iter([1]))

    def values(self) -> st.SearchStrategy[Any]:
        return testing.table()

    def source(self) -> Any:
        mixed = [1, None, [1, {"a": PICTURE}]]
        return pd.DataFrame({"a": [1.5, np.nan, 2], "b": mixed})


def read_back(table: Table) -> Table:
    return cast("Table", round_trip(table))


def severities(run: mt.Run) -> set[str]:
    return {finding.severity for finding in verify(Folder(run.dir)).findings}


def file_of(table: Table) -> Any:
    return json.loads(table.encode().data)


@pytest.mark.parametrize(
    "table",
    [
        Table(["i", "s", "f"], ROWS),
        Table(columns=("i", "s", "f"), rows=tuple(map(tuple, ROWS))),
        Table(data=RECORDS),
        Table(columns=["i", "s", "f"], data=RECORDS),
        Table(COLUMNS),
        Table(columns=["i", "s", "f"], data=COLUMNS | {"unused": [1, 2]}),
        Table(data=np.array(ROWS, object), columns=np.array(["i", "s", "f"])),
        Table(
            dataframe=pd.DataFrame(COLUMNS).astype({"f": object}).replace(np.nan, None)
        ),
        Table(Table(COLUMNS)),
    ],
)
def test_the_same_content_is_the_same_table(table: Table) -> None:
    expected = {"columns": ["i", "s", "f"], "types": ["int64", "str", "float64"]}

    assert table.columns == ["i", "s", "f"]
    assert table.data == ROWS
    assert table == Table(COLUMNS)
    assert file_of(table) == expected | {"data": ROWS}
    assert table.encode().meta == {"rows": 2, "columns": 3}


def test_rows_that_are_added_are_the_same_table() -> None:
    table = Table(columns=["i", "s", "f"])
    table.add_data(*ROWS[0])
    table.add_row(*ROWS[1])

    assert table == Table(COLUMNS)
    assert table.encode() == Table(COLUMNS).encode()
    assert len(table) == 2
    assert repr(table) == "Table(2 rows, 3 columns)"
    assert list(table.iterrows()) == list(enumerate(ROWS))


def test_without_anything_there_are_the_usual_columns() -> None:
    assert Table().columns == ["Input", "Output", "Expected"]
    assert Table(data=[]).columns == ["Input", "Output", "Expected"]
    assert Table(columns=[]).columns == []
    assert len(Table(columns=[])) == 0


@pytest.mark.parametrize("dtype", ["?", "i1", ">i4", "u8", "f2", "f4", ">f8", "M8[s]"])
def test_columns_of_arrays_keep_their_type(dtype: str) -> None:
    values = np.arange(6).astype(dtype)

    found = read_back(Table({"a": values})).get_column("a", convert_to="numpy")

    np.testing.assert_array_equal(found, values)
    assert found.dtype == values.dtype.newbyteorder("=")
    assert not found.flags.writeable


def test_an_array_of_two_axes_is_rows_and_columns() -> None:
    array = np.arange(6.0).reshape(3, 2)

    assert Table(columns=["a", "b"], data=array).data == array.tolist()
    assert Table(data=array).columns == ["0", "1"]
    with pytest.raises(errors.ShapeError, match="rows × columns; got shape"):
        Table(columns=["a"], data=array[:, 0])
    with pytest.raises(errors.ShapeError, match="must be 1 value, one for each column"):
        Table(columns=["a"], data=array)


def test_records_of_numpy_are_columns() -> None:
    records = np.array([(1, "a"), (2, "b")], [("i", "i4"), ("s", "U3")])

    table = Table(data=records)

    assert table.columns == ["i", "s"]
    assert table.data == [[1, "a"], [2, "b"]]


def test_what_is_masked_is_none() -> None:
    masked = np.ma.array([[1, 2], [3, 4]], mask=[[False, True], [False, False]])

    table = read_back(Table(columns=["a", "b"], data=masked))

    assert table.data == [[1, None], [3, 4]]
    assert str(table.get_dataframe()["b"].dtype) == "Int64"


def test_nan_and_none_stay_apart() -> None:
    cells = [np.nan, None, 1.5, np.inf, -0.0]

    table = read_back(Table({"a": cells}))

    found = table.get_column("a")
    assert repr(found) == "[nan, None, 1.5, inf, -0.0]"
    assert file_of(table)["data"][0] == [{"$f": "nan"}]
    array = table.get_column("a", convert_to="numpy")
    np.testing.assert_array_equal(array, [np.nan, np.nan, 1.5, np.inf, 0])


class Colour(enum.Enum):
    RED = "r"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (Colour.RED, "r"),
        ((1, [2, None]), [1, [2, None]]),
        (range(2), [0, 1]),
        ({"a": {"$b": 1}}, {"a": {"$b": 1}}),
        ({3, 1}, [1, 3]),
        ({"x", 1}, ["x", 1]),
        (Decimal("1.50"), Decimal("1.50")),
        (b"\0\xff", b"\0\xff"),
        (bytearray(b"a"), b"a"),
        (1 + 2j, 1 + 2j),
        (2**200, 2**200),
        (np.float16(0.1), 0.0999755859375),
        (np.longdouble(0.5), 0.5),
        (np.datetime64("2020-01-01T00:00:00.000000001"), None),
        (np.timedelta64(3, "s"), dt.timedelta(seconds=3)),
        (np.datetime64("2020-01-01"), dt.date(2020, 1, 1)),
        (
            pd.Timestamp(1, unit="us"),
            dt.datetime.fromisoformat("1970-01-01T00:00:00.000001"),
        ),
        (pd.Timestamp(1), np.datetime64(1, "ns")),
        (pd.Timedelta(1), np.timedelta64(1, "ns")),
        (pd.NaT, None),
        (pd.NA, None),
        (np.ma.masked, None),
        (np.array(3), 3),
        (Path("a/b"), "a/b"),
        (dt.time(1, 2, 3), dt.time(1, 2, 3)),
    ],
)
def test_a_cell_reads_back_as_its_written_form(value: Any, cell: Any) -> None:
    expected = value if cell is None and isinstance(value, np.datetime64) else cell

    found = read_back(Table(columns=["a"], data=[[value], ["text"]])).data[0][0]

    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((2, 0), "f4"),
        np.arange(3, dtype=">i2"),
        np.array(["a", "bc"]),
        np.array(["2020", "NaT"], "M8[D]"),
        np.asfortranarray(np.arange(4).reshape(2, 2)),
    ],
)
def test_an_array_in_a_cell_is_exact_and_a_copy(array: Any) -> None:
    expected = array.copy()
    table = Table(columns=["a"], data=[[array]])
    array[...] = 0

    found = read_back(table).data[0][0]

    np.testing.assert_array_equal(found, expected)
    assert found.dtype == array.dtype.newbyteorder("<")
    assert not found.flags.writeable


def test_arrays_of_one_shape_are_stacked_as_numpy() -> None:
    arrays = [np.arange(2) + i for i in range(3)]
    table = Table({"a": arrays, "b": ["x", None, 1]})

    np.testing.assert_array_equal(table.get_column("a", "numpy"), np.stack(arrays))
    assert table.get_column("b", convert_to="numpy").tolist() == ["x", None, 1]
    assert Table({"a": np.zeros((3, 2))}).get_column("a", "numpy").shape == (3, 2)


def test_media_of_every_kind_are_read_back_from_cells() -> None:
    masks = {"m": {"mask_data": np.eye(2, dtype=np.uint8)}}
    labelled = Image(np.zeros((2, 2), np.uint8), masks=masks, id="x", meta={"a": 1})
    cells = [
        *(PICTURE, labelled, Audio(np.zeros(3, np.int16), 8_000), Histogram([1, 2])),
        *(mt.Text("a"), mt.Html("<b>"), mt.File(b"x", name="a.bin"), mt.Array([1])),
    ]

    table = Table({"m": cells, "l": [[x, {"k": x}] for x in cells]})

    read = read_back(table)
    assert read.get_column("m") == cells
    assert read.get_column("l") == [[x, {"k": x}] for x in cells]
    assert read.get_column("m")[1].masks["m"]["mask_data"].tolist() == [[1, 0], [0, 1]]
    assert len(table.encode().parts) == 8  # equal files once, masks among them


def test_a_thousand_pictures_in_cells_are_read_back_equal(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (1_000, 6, 5, 3), dtype=np.uint8)
    table = Table(columns=["n", "picture"])
    for number, one in enumerate(pixels):
        table.add_data(number, mt.Image(one, caption=f"picture {number}"))
    with mt.init(dir=tmp_path) as run:
        run.log({"t": table})
    (found,) = mt.open_run(run.dir).media("t")[0]

    assert found == table
    assert found.get_column("n") == [*range(1_000)]
    for number, shown in enumerate(found.get_column("picture")):
        assert shown.caption == f"picture {number}"
        np.testing.assert_array_equal(shown.to_numpy(), pixels[number])


def test_figures_and_pictures_become_media_in_cells() -> None:
    from matplotlib.figure import Figure
    from PIL import Image as Pillow

    figure = Figure(figsize=(1, 1), dpi=50)
    figure.add_subplot().plot([1, 2])

    (row,) = Table(columns=["a", "b"], data=[[figure, Pillow.new("L", (2, 1))]]).data

    assert [type(cell).__name__ for cell in row] == ["Plot", "Image"]


@settings(max_examples=60)
@given(
    hpd.data_frames(
        [
            hpd.column("i", dtype=np.int64),
            hpd.column("u", dtype=np.uint8),
            hpd.column("f", dtype=np.float64),
            hpd.column("g", dtype=np.float32),
            hpd.column("b", dtype=bool),
            hpd.column("t", dtype="datetime64[ns]"),
            hpd.column("d", dtype="timedelta64[ns]"),
            hpd.column("s", elements=st.text(max_size=5), dtype=str),
        ],
        index=hpd.range_indexes(min_size=1, max_size=6),
    )
)
def test_a_frame_of_pandas_comes_back_equal(frame: pd.DataFrame) -> None:
    found = read_back(Table(dataframe=frame)).get_dataframe()

    pd.testing.assert_frame_equal(found, frame, check_exact=True)


def test_nullable_columns_of_pandas_come_back_equal() -> None:
    frame = pd.DataFrame(
        {
            "i": pd.array([1, None], "Int8"),
            "u": pd.array([None, 2**64 - 1], "UInt64"),
            "f": pd.array([1.5, None], "Float32"),
            "b": pd.array([True, None], "boolean"),
            "t": pd.to_datetime(["2020-01-01", "NaT"]).tz_localize("Europe/Berlin"),
        }
    )

    found = read_back(Table(frame)).get_dataframe()

    pd.testing.assert_frame_equal(found, frame)


def test_other_columns_of_pandas_come_back_as_their_values() -> None:
    frame = pd.DataFrame(
        {
            "c": pd.Categorical(["x", None]),
            "p": pd.arrays.SparseArray([0, 1]),
            "o": [np.nan, None],
            "n": [[1], PICTURE],
        }
    )

    table = read_back(Table(frame))

    assert table.get_column("c") == ["x", None]
    assert table.get_column("p") == [0, 1]
    assert table.get_column("n") == [[1], PICTURE]
    assert table.get_dataframe()["n"].tolist() == [[1], PICTURE]


def test_an_index_that_says_something_is_a_column() -> None:
    named = pd.DataFrame({"a": [1, 2]}, index=pd.Index(["x", "y"], name="who"))
    levels = pd.DataFrame({"index": [1]}, index=pd.MultiIndex.from_tuples([("p", 2)]))

    assert Table(named).columns == ["who", "a"]
    assert Table(named).data == [["x", 1], ["y", 2]]
    assert Table(levels).columns == ["level_0", "level_1", "index"]
    assert Table(named[1:]).data == [["y", 2]]
    assert Table(named.reset_index(drop=True)[1:]).data == [[1, 2]]
    assert Table(pd.DataFrame({"a": [1]})).columns == ["a"]


def test_a_bare_frame_stands_for_a_table() -> None:
    frame = pd.DataFrame({"a": [1, 2]})
    with mt.init() as run:
        run.log({"frame": frame, "many": [frame, frame]})
        frame.loc[0, "a"] = 9

    read = mt.open_run(run.dir)
    assert read.media("frame")[0][0].data == [[1], [2]]
    assert [x.data for x in read.media("many")[0]] == [[[1], [2]]] * 2
    assert wrap(pd.Series([1])) is not None
    assert not isinstance(wrap(pd.Series([1])), Table)


def test_a_table_grows_and_every_log_keeps_what_it_was() -> None:
    table = Table(columns=["step", "picture"])
    with mt.init() as run:
        for step in range(3):
            table.add_data(step, Image(np.full((4, 4), step, np.uint8)))
            run.log({"t": table, "list": [table]})
            run.log({"n": {"t": table}}, step=10 + step)
        table.add_column("late", [1, 2, 3])
        run.summary["best"] = table
        table.add_data(3, None, 4)

    read = mt.open_run(run.dir)
    for key in ("t", "list", "n.t"):
        assert [len(items[0]) for items in read.media(key).values()] == [1, 2, 3]
    assert read.summary["best"].columns == ["step", "picture", "late"]
    assert len(read.summary["best"]) == 3
    (last,) = read.media("t")[12]
    pictures = [picture.to_numpy() for picture in last.get_column("picture")]
    assert [int(pixels[0, 0]) for pixels in pictures] == [0, 1, 2]


def test_a_snapshot_does_not_follow_the_table() -> None:
    table = Table({"a": np.arange(2, dtype=np.float32)})
    taken = table.snapshot()
    table.add_data(0.1)
    table.add_column("b", [1, 2, 3])

    assert taken.data == [[0.0], [1.0]]
    assert taken.columns == ["a"]
    assert table.get_column("a") == [0.0, 1.0, 0.1]
    taken.add_data(5)
    assert len(table) == 3


def test_a_table_and_its_files_are_verified_and_read_with_care() -> None:
    with mt.init() as run:
        run.log({"t": Table({"a": [PICTURE, PICTURE, [Histogram([1])]]})})
    assert severities(run) == set()

    (picture,) = (run.dir / "media/table/t").glob("*.png")
    picture.write_bytes(picture.read_bytes()[:-1] + b"x")

    assert "error" in severities(run)
    with pytest.raises(errors.IntegrityError, match=r"png is not the file of its"):
        mt.open_run(run.dir).media("t")[0][0]


KILLED = """
import os, signal, sys
import numpy as np
import mediatypes as mt
from mediatypes.recorder.pipeline import Pipeline

Pipeline._start = lambda self: self._threads.append(None) or True
run = mt.init(dir="runs", name="killed")
table = mt.Table(columns=["n", "picture", "x"])
table.add_data(1, mt.Image(np.full((3, 2), 7, np.uint8)), [None, float("nan")])
run.log({"t": table, "array": mt.Table({"a": np.arange(1_000, dtype="f4")})})
table.add_data(2, None, "late")
sys.stdout.write(str(run.dir))
sys.stdout.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(os, "pwritev"), reason="there is no spool")
def test_a_table_outlives_its_process() -> None:
    command = [sys.executable, "-W", "error", "-c", KILLED]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == -9, done.stderr

    assert recover(Folder(Path(done.stdout))).items == 2

    read = mt.open_run(done.stdout)
    (table,) = read.media("t")[0]
    assert repr(table.data[0][::2]) == "[1, [None, nan]]"
    assert len(table) == 1
    assert table.data[0][1].to_numpy().tolist() == [[7, 7]] * 3
    (array,) = read.media("array")[0]
    assert array.get_column("a", convert_to="numpy").dtype == np.float32


def test_a_column_is_added_with_a_value_for_each_row() -> None:
    table = Table({"a": [1, 2]})
    table.add_column("b", np.array([0.5, 1.5], np.float32))
    table.add_column(3, ("x", PICTURE))

    assert table.columns == ["a", "b", "3"]
    assert table.data[1] == [2, 1.5, PICTURE]
    assert table.get_column(3) == ["x", PICTURE]
    with pytest.raises(errors.ShapeError, match=r"of one length; got .* 1 to 2"):
        table.add_column("c", [1])
    with pytest.raises(errors.ShapeError, match="got 'a' twice"):
        table.add_column("a", [1, 2])
    with pytest.raises(errors.OptionError, match="one of the columns a, b, 3; got 'z'"):
        table.get_column("z")
    with pytest.raises(errors.OptionError, match="numpy; got 'torch'"):
        table.get_column("a", convert_to="torch")
    assert table.columns == ["a", "b", "3"]


def test_what_is_done_to_the_rows_does_not_change_the_table() -> None:
    inner: list[Any] = [1, {"k": [2]}]
    table = Table({"a": [inner]})
    inner[1]["k"].append(3)
    table.data[0][0].append(4)
    table.get_column("a")[0][1]["k"].append(5)
    table.columns.append("b")

    assert table.data == [[[1, {"k": [2]}]]]
    assert table.columns == ["a"]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Table(data=5), errors.UnsupportedInputError, "data must be rows"),
        (lambda: Table(data=[5]), errors.UnsupportedInputError, "row 0 must be a list"),
        (lambda: Table({"a": 1}), errors.UnsupportedInputError, "column 'a' must be a"),
        (
            lambda: Table({"a": "xy"}),
            errors.UnsupportedInputError,
            "column 'a' must be",
        ),
        (lambda: Table([[1]]), errors.UnsupportedInputError, "Pass data=x"),
        (lambda: Table(["a", "a"]), errors.ShapeError, "'a' twice"),
        (lambda: Table(["a"], [[1]], rows=[[1]]), errors.OptionError, "given once"),
        (lambda: Table({"a": [1], "b": []}), errors.ShapeError, "lengths from 0 to 1"),
        (lambda: Table(["a"], [{"b": 1}]), errors.ShapeError, "the name 'b' too"),
        (lambda: Table(["z"], {"a": [1]}), errors.ShapeError, "the data have; got 'z'"),
        (lambda: Table(log_mode="x"), errors.OptionError, "INCREMENTAL; got 'x'"),
        (lambda: Table(dtype=3), errors.OptionError, "dtype must be a type"),
        (
            lambda: Table(optional=cast("Any", 3)),
            errors.OptionError,
            "optional must be true or",
        ),
        (
            lambda: Table(allow_mixed_types=cast("Any", 1)),
            errors.OptionError,
            "must be true or false",
        ),
        (lambda: Table(range(20_000)), errors.UnsupportedInputError, "a list of names"),
        (lambda: Table(list(range(20_000))), errors.ShapeError, "at most 16,384"),
        (
            lambda: Table({"a": [1, object()]}),
            errors.UnsupportedInputError,
            "row 1 of col",
        ),
        (lambda: Table({"a": [Table()]}), errors.UnsupportedInputError, "got a table"),
        (
            lambda: Table({"a": [{1: 2}]}),
            errors.UnsupportedInputError,
            "with the key 1",
        ),
        (lambda: Table({"a": [10**9999]}), errors.OptionError, "an integer of 33,"),
        (lambda: Table({"a": [np.zeros(1, [("x", "O")])]}), TypeError, "an array of"),
    ],
)
def test_a_refusal_says_where_and_what(
    make: Callable[[], object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        make()
    assert str(caught.value).startswith("Table: ")
    assert len(str(caught.value)) < 400


def test_what_refers_to_itself_is_refused() -> None:
    ring: list[Any] = []
    ring.append(ring)

    with pytest.raises(
        errors.OptionError, match="row 0 of column 'a' must be of a depth"
    ):
        Table({"a": [ring]})


def test_a_refused_row_leaves_nothing_behind() -> None:
    table = Table(columns=["a", "b"])
    size = table.nbytes

    with pytest.raises(errors.UnsupportedInputError, match="row 0 of column 'b'"):
        table.add_data(PICTURE, object())

    assert len(table) == 0
    assert table.nbytes == size
    table.add_data(1, 2)
    assert table.data == [[1, 2]]


@pytest.mark.parametrize(
    ("options", "good", "bad"),
    [
        ({"dtype": int}, [1, 2], [1, 2.5]),
        ({"dtype": float}, [1, 2.5], [1, "x"]),
        ({"dtype": np.float32}, [1, 2.5], [1, "x"]),
        ({"dtype": [str]}, ["x", None], ["x", 1]),
        ({"dtype": {"a": dt.date}}, [dt.date(2020, 1, 1), None], ["x"]),
        ({"dtype": Image}, [PICTURE, None], ["x"]),
        ({"optional": False}, [1, 2], [1, None]),
        ({"optional": [False]}, [1.0, "x"], [1.0, np.nan]),
        ({"optional": False}, np.arange(2.0), np.array([0, np.nan])),
        ({"allow_mixed_types": False}, [1, 2.5, None], [1, "x"]),
        ({"allow_mixed_types": False}, ["x", None], ["x", True]),
        ({"allow_mixed_types": False}, [1, 2], [1, True]),
        (
            {"allow_mixed_types": False},
            [DAY, None],
            [DAY, dt.datetime(2020, 1, 1, tzinfo=dt.UTC)],
        ),
        ({"dtype": int}, [1, 2], [1, True]),
    ],
)
def test_what_was_said_of_a_column_holds(options: Any, good: Any, bad: Any) -> None:
    table = Table(columns=["a"], data={"a": good}, **options)

    assert len(table) == len(good)
    with pytest.raises(
        errors.DtypeError, match=f"row {len(bad) - 1} of column 'a' must"
    ):
        Table(columns=["a"], data={"a": bad}, **options)
    with pytest.raises(
        errors.DtypeError, match=f"row {len(good)} of column 'a' must be"
    ):
        table.add_data(bad[-1])
    assert len(table) == len(good)
    assert read_back(table) == table


def test_a_refused_row_says_nothing_of_the_types_to_come() -> None:
    table = Table(
        columns=["a", "b"], allow_mixed_types=False, optional=[True, False] * 2
    )

    with pytest.raises(errors.DtypeError, match="row 0 of column 'b' must be a value"):
        table.add_data("x", None)

    with pytest.raises(errors.ShapeError, match="lengths"):
        table.add_column("c", [1])
    with pytest.raises(errors.DtypeError, match="row 1 of column 'c' must be int"):
        Table({"c": [1, "x"]}, allow_mixed_types=False)

    table.add_data(1, 2)
    with pytest.raises(errors.UnsupportedInputError, match="row 0 of column 'c'"):
        table.add_column("c", [object()])
    table.add_column("c", ["x"])
    assert table.data == [[1, 2, "x"]]


def test_too_many_media_are_refused_in_the_row_that_adds_them() -> None:
    picture = Image([[0]])
    table = Table(columns=["a"], data=[[picture]] * MAX_FILES)

    message = "row 3000 of column 'a' must be at most 3,000 files"
    for _ in range(2):
        with pytest.raises(errors.OptionError, match=message):
            table.add_data(picture)
    table.add_data(Histogram([1]))
    assert len(table) == MAX_FILES + 1


def test_the_record_of_a_full_table_is_a_line_that_readers_take() -> None:
    pictures = [
        Image(np.array([[i // 256, i % 256]], np.uint8)) for i in range(MAX_FILES)
    ]
    key = "k" * 300
    with mt.init() as run:
        run.log({key: Table({"a": pictures})}, step=999_999_999)

    lines = next((run.dir / "log").iterdir()).read_bytes().splitlines()
    assert max(map(len, lines)) < 1 << 20
    (table,) = mt.open_run(run.dir).media(key)[999_999_999]
    assert table.get_column("a") == pictures


def test_odd_things_are_said_once_and_recorded() -> None:
    masked = np.ma.array([1.0, 2.0], mask=[True, False])
    table = Table({"a": ["\ud800", masked]}, caption="\udfff")

    assert table.get_column("a")[0] == "\ufffd"
    assert np.isnan(table.get_column("a")[1][0])
    assert len(table.source.reasons) == 3
    assert read_back(table).problems == table.problems
    assert Table().problems == ("there were no rows",)
    with pytest.warns(mt.MediaTypesWarning, match="'t': there were no rows"):
        mt.init().log({"t": Table()})


def test_how_it_is_to_be_logged_is_kept() -> None:
    table = Table(
        {"a": [1]}, log_mode="INCREMENTAL", caption="c", id="i", meta={"x": 1}
    )

    read = read_back(table)

    assert (read.log_mode, read.caption, read.id) == ("INCREMENTAL", "c", "i")
    assert read.meta == {"x": 1}
    assert read == table
    assert Table({"a": [1]}) != table


def test_tables_that_differ_are_not_equal() -> None:
    table = Table({"a": [1]})

    for other in (
        {"b": [1]},
        {"a": [2]},
        {"a": [1.0]},
        {"a": ["1"]},
        {"a": [1, 1]},
        {},
    ):
        assert Table(other) != table
    assert table != [[1]]
    assert Table({"a": np.array([1], np.int32)}) != table


def test_jq_makes_a_file_that_is_a_table() -> None:
    record = Table().encode()
    data = (FIXTURES / "squares.json").read_bytes()

    found = Table.decode(cast("Any", _record(record)), data)

    expected = pd.read_csv(FIXTURES / "squares.csv", dtype={"square": str})
    pd.testing.assert_frame_equal(found.get_dataframe(), expected)
    ours = Table(expected).encode().data
    assert json.loads(ours) == json.loads(data)


def _record(encoded: Any) -> Any:
    from mediatypes.schema import Media

    fixed: Any = {"r": 0, "key": "k", "step": 0, "i": 0, "sha256": "", "size": 0}
    facts: Any = {"kind": encoded.kind, "path": "x.json", "mime": encoded.mime}
    return Media(**fixed, **facts, meta=encoded.meta, source=encoded.source)


FILES = {
    "no json": b"{",
    "not utf-8": b'{"columns":["\xff"],"types":[""],"data":[]}',
    "no object": b"[]",
    "no types": b'{"columns":[],"data":[]}',
    "twice": b'{"columns":["a","a"],"types":["",""],"data":[]}',
    "types": b'{"columns":["a"],"types":[],"data":[]}',
    "short": b'{"columns":["a"],"types":[""],"data":[[]]}',
    "deeper": b'{"columns":["a"],"types":[""],"data":' + b"[" * 10**5 + b"]" * 10**5,
}
CELLS = [
    ("int8", "128"),
    ("int8", '"1"'),
    ("int8", "true"),
    ("int8", "1.5"),
    ("int8", '{"$i":"1000"}'),
    ("uint64", "-1"),
    ("bool", "1"),
    ("float32", "1e300"),
    ("float64", '"nan"'),
    ("datetime64[s]", '"now"'),
    ("datetime64[s]", '""'),
    ("datetime64[s]", "5"),
    ("datetime64[s]", '"2020-01-01T00+01"'),
    ("datetime64[s, No/Where]", '"2020"'),
    ("timedelta64[s]", "1e300"),
    ("timedelta64[s, UTC]", "1"),
    ("", '{"$t":"nope"}'),
    ("", '{"$x":1}'),
    ("", '{"$t":[]}'),
    ("", '{"$t":"image"}'),
    ("", '{"$t":"image","file":"x"}'),
    ("", '{"$t":"image","file":["x"]}'),
    ("", '{"$t":"image","file":"0.png","parts":[]}'),
    ("", '{"$t":"image","file":"0.png","meta":3}'),
    ("", '{"$t":"table","file":"0.png"}'),
    ("", '{"$t":"histogram"}'),
    ("", '{"$t":"decimal","value":"x"}'),
    ("", '{"$t":"bytes","base64":"*"}'),
    ("", '{"$t":"date","value":3}'),
    ("", '{"$t":"timedelta","days":1e99,"seconds":0,"microseconds":0}'),
    ("", '{"$t":"complex","real":"x"}'),
    ("", '{"$t":"datetime64","dtype":"M8[x]","value":1}'),
    ("", '{"$t":"ndarray","dtype":"|O","shape":[1],"base64":"AAAAAAAAAAA="}'),
    ("", '{"$t":"ndarray","dtype":"<f8","shape":[-1,-1],"base64":"AAAAAAAAAAA="}'),
    ("", '{"$t":"ndarray","dtype":"<f8","shape":[99999999999],"base64":""}'),
    ("", '{"$t":"ndarray","dtype":"<f8","shape":0,"base64":""}'),
    ("", "[" * 99 + "]" * 99),
]


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_an_error_of_ours(name: str) -> None:
    with pytest.raises(errors.DecodeError):
        Table.decode(_record(Table().encode()), FILES[name])


@pytest.mark.parametrize(("dtype", "cell"), CELLS)
def test_a_hostile_cell_is_an_error_of_ours(dtype: str, cell: str) -> None:
    file = f'{{"columns":["a"],"types":["{dtype}"],"data":[[{cell}]]}}'
    record = _record(Table().encode())

    with pytest.raises((errors.DecodeError, errors.ManifestError)):
        Table.decode(record, file.encode(), {"0.png": PICTURE.encode().data})


@given(st.data())
def test_any_change_of_a_file_is_a_table_or_an_error_of_ours(data: Any) -> None:
    content = bytearray(Table({"a": [1, None, {"b": PICTURE}, b"x"]}).encode().data)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))

    try:
        found = Table.decode(_record(Table().encode()), bytes(content), {"0.png": b"x"})
    except errors.MediaTypesError:
        return
    assert len(found.columns) == 1
