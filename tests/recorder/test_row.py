from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd
import pytest

import mediatypes as mt
from mediatypes.errors import MediaTypesError, OptionError, UnsupportedInputError
from mediatypes.recorder.row import build
from mediatypes.schema import decode_value


class Colour(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Point:
    x: int
    y: float


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3),
        (0.25, 0.25),
        (True, True),
        (None, None),
        ("text", "text"),
        (2**60, 2**60),
        (-(10**30), -(10**30)),
        (np.float32(0.1), float(np.float32(0.1))),
        (np.int64(2**62), 2**62),
        (np.bool_(True), True),  # noqa: FBT003
        (np.array(7), 7),
        (np.str_("s"), "s"),
        (np.datetime64("2026-11-25"), "2026-11-25"),
        (np.longdouble(0.5), 0.5),
        (np.datetime64("2020-01-01T00:00", "us"), "2020-01-01T00:00:00.000000"),
        (np.timedelta64(1500, "ms"), 1.5),
        (np.array(2.5, np.float16), 2.5),
        (np.datetime64("NaT", "s"), None),
        (np.ma.masked, None),
        (np.ma.array(3, mask=True), None),
        (np.ma.array(3), 3),
        (pd.NA, None),
        (pd.NaT, None),
        (pd.Timestamp("2026-01-02"), "2026-01-02T00:00:00"),
        ([pd.NA, 1], [None, 1]),
        ([1, 2.5, None, "a"], [1, 2.5, None, "a"]),
        ((1, 2), [1, 2]),
        ([np.float64(1.5)], [1.5]),
        ([{"a": (1,)}], [{"a": [1]}]),
        ({}, {}),
        ([], []),
        (dt.datetime(2026, 1, 2, 3, tzinfo=dt.UTC), "2026-01-02T03:00:00+00:00"),
        (dt.date(2026, 1, 2), "2026-01-02"),
        (dt.timedelta(minutes=2), 120.0),
        (Colour.RED, "red"),
        (Decimal("1.10"), "1.10"),
        (Fraction(1, 3), "1/3"),
        (UUID(int=0), "00000000-0000-0000-0000-000000000000"),
        (Path("a/b"), str(Path("a/b"))),
        (Point(1, 2.0), {"x": 1, "y": 2.0}),
    ],
)
def test_values_are_written_by_their_form(value: Any, expected: Any) -> None:
    row = build({"k": value})
    found = decode_value(row.data)["k"]
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float32("nan")])
def test_numbers_that_are_not_finite_survive(value: float) -> None:
    found = decode_value(build({"k": value, "l": [value]}).data)
    assert repr(found["k"]) == repr(float(value)) == repr(found["l"][0])


def test_nested_mappings_become_dotted_keys() -> None:
    row = build({"a": {"b": {"c": 1}, "d": MappingProxyType({"e": 2})}})
    assert row.data == {"a.b.c": 1, "a.d.e": 2}


@pytest.mark.parametrize(
    "data",
    [
        {"a": {"b": 1}, "a.b": 2},
        {"a.b": 2, "a": {"b": 1}},
        {"a": {"b": mt.Image([[0]])}, "a.b": mt.Image([[1]])},
        {"a": {"b": 1}, "a.b": {}},
        {"a.b": {"c": 1}, "a": {"b": {"c": 2}}},
        {"a": {"b.c": 1, "b": {"c": 2}}},
    ],
    ids=repr,
)
def test_two_values_never_go_by_one_key(data: Any) -> None:
    with pytest.raises(OptionError, match=r"data\['a\.b(\.c)?'\] must be one value"):
        build(data)


def test_keys_that_only_begin_alike_are_kept_apart() -> None:
    row = build({"a": {"b": 1}, "a.b": {"c": 2}, "a.c": 3})
    assert row.data == {"a.b": 1, "a.b.c": 2, "a.c": 3}


def test_keys_that_look_like_tags_are_escaped() -> None:
    row = build({"$f": 1, "l": [{"$i": "2"}]})
    assert decode_value(row.data) == {"$f": 1, "l": [{"$i": "2"}]}


def test_media_keep_their_order_and_their_list() -> None:
    image = mt.Image(np.zeros((2, 2), np.uint8))
    row = build({"one": image, "many": [image, image], "n": {"m": (image,)}})
    places = [(item.key, item.index, item.length) for item in row.items]
    assert places == [
        ("one", 0, None),
        ("many", 0, 2),
        ("many", 1, 2),
        ("n.m", 0, 1),
    ]


def test_histograms_stay_in_the_row() -> None:
    row = build({"h": mt.Histogram([1, 2]), "hs": [mt.Histogram([1])]})
    assert row.items == []
    assert row.data["h"]["$t"] == row.data["hs"][0]["$t"] == "histogram"


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ([("a", 1)], "data"),
        (None, "data"),
        ("text", "data"),
        ({1: 2}, "key 1"),
        ({"a": {2: 3}}, "key 2 in 'a'"),
        ({"ok": 1, "bad": object()}, "data['bad']"),
        ({"bad": {1, 2}}, "data['bad']"),
        ({"bad": 1j}, "data['bad']"),
        ({"bad": b"bytes"}, "data['bad']"),
        ({"bad": len}, "data['bad']"),
        ({"bad": np.array([None])}, "data['bad']"),
        ({"bad": [np.zeros(2), np.array([None])]}, "data['bad'][1]"),
        ({"bad": [1, np.zeros(2)]}, "data['bad'][1]"),
        ({"bad": [1, object()]}, "data['bad'][1]"),
        ({"bad": [{"a": (1, {"b": len})}]}, "data['bad'][0]['a'][1]['b']"),
        ({"bad": [None, mt.Image([[0]])]}, "data['bad'][0]"),
        ({"bad": [[mt.Image([[0]])]]}, "data['bad'][0][0]"),
        ({"bad": [mt.Image([[0]]), 3]}, "data['bad'][1]"),
        ({"bad": [{1: 2}]}, "data['bad'][0]"),
    ],
)
def test_what_has_no_form_is_a_type_error_that_names_the_key(
    data: Any, named: str
) -> None:
    with pytest.raises(UnsupportedInputError) as caught:
        build(data)
    assert isinstance(caught.value, TypeError)
    assert named == caught.value.field


@pytest.mark.parametrize("key", ["", "a\0b", "x" * 4097, "é" * 2049, "\ud800"])
def test_keys_that_cannot_name_anything_are_refused(key: str) -> None:
    with pytest.raises(OptionError):
        build({key: 1})


def test_values_that_refer_to_themselves_are_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    ring: dict[str, Any] = {}
    ring["again"] = ring
    for value in (loop, ring):
        with pytest.raises(MediaTypesError):
            build({"k": value})


def test_an_array_is_never_silently_a_histogram() -> None:
    (item,) = build({"k": np.zeros(100)}).items
    assert isinstance(item.value, mt.Array)


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ({1, 2}, "sorted"),
        (frozenset(), "sorted"),
        (b"x", "decode"),
        (np.array([{"a"}]), "tolist"),
    ],
)
def test_a_refusal_says_what_to_pass_instead(value: Any, hint: str) -> None:
    with pytest.raises(UnsupportedInputError, match=hint):
        build({"k": value})


def test_a_refusal_inside_a_media_type_names_the_key() -> None:
    masked = np.ma.array(np.zeros(1, [("a", "f4")]), mask=[(True,)])
    with pytest.raises(UnsupportedInputError) as caught:
        build({"a": {"k": [np.zeros(2), masked]}})
    assert caught.value.field == "data['a.k'][1]"


def test_lone_surrogates_in_text_are_replaced_and_said() -> None:
    row = build({"k": "a\ud800b"})
    assert row.data["k"].encode()
    assert row.odd
    assert row.odd[0][0] == "k"


def test_nothing_of_the_users_is_changed() -> None:
    inner = {"x": [1, 2]}
    data = {"a": inner, "l": [inner]}
    build(data)
    assert data == {"a": {"x": [1, 2]}, "l": [{"x": [1, 2]}]}
    assert data["a"] is inner
