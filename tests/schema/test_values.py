from __future__ import annotations

import enum
import math
from collections import OrderedDict
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from mediatypes.errors import ManifestError
from mediatypes.schema import decode_value, encode_value
from tests.naming import named
from tests.schema.test_lines import PLAIN


class Level(enum.IntEnum):
    HIGH = 3


class Name(enum.StrEnum):
    LOW = "low"


def same(one: Any, other: Any) -> bool:
    """Whether two values are alike, NaN and the signs of zeros included."""
    return repr(one) == repr(other)


@settings(deadline=None, max_examples=200)
@given(PLAIN)
def test_a_value_is_read_back_as_it_was(value: Any) -> None:
    assert same(decode_value(encode_value(value)), value)


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (math.nan, {"$f": "nan"}),
        (math.inf, {"$f": "inf"}),
        (-math.inf, {"$f": "-inf"}),
        (2**53, 2**53),
        (2**53 + 1, {"$i": "9007199254740993"}),
        (-(2**53) - 1, {"$i": "-9007199254740993"}),
        ({"$": 1}, {"$$": 1}),
        ({"$f": "nan"}, {"$$f": "nan"}),
        ({"$$f": "nan"}, {"$$$f": "nan"}),
        ({"a$": 1}, {"a$": 1}),
        ((1, (2,)), [1, [2]]),
        (True, True),
        (np.float64(0.5), 0.5),
        (np.float64("nan"), {"$f": "nan"}),
        (Level.HIGH, 3),
        (Name.LOW, "low"),
        (OrderedDict(a=1), {"a": 1}),
        (MappingProxyType({"a": 1}), {"a": 1}),
    ],
    ids=named,
)
def test_a_value_has_its_written_form(value: Any, encoded: Any) -> None:
    found = encode_value(value)

    assert same(found, encoded)
    assert type(found) is type(encoded)


@pytest.mark.parametrize(
    "value",
    [
        object(),
        {1, 2},
        b"bytes",
        1j,
        {1: 2},
        {("a",): 1},
        np.int64(3),
        np.zeros(2),
        [{0: 1}],
    ],
    ids=named,
)
def test_what_json_has_no_form_for_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        encode_value(value)


@pytest.mark.parametrize("value", ["\ud800", {"\udfff": 1}, ["a\ud800"]], ids=ascii)
def test_text_that_is_not_unicode_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="lone surrogate"):
        encode_value(value)


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def test_64_levels_are_written_and_read_and_65_are_not() -> None:
    assert decode_value(encode_value(nested(64))) == nested(64)
    with pytest.raises(ValueError, match="nested deeper than 64"):
        encode_value(nested(65))
    with pytest.raises(ManifestError, match="nested deeper than 64"):
        decode_value(nested(900))


def test_a_value_that_refers_to_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    knot: dict[str, Any] = {}
    knot["knot"] = knot

    for value in (loop, knot):
        with pytest.raises(ValueError, match="nested deeper than 64"):
            encode_value(value)


@pytest.mark.parametrize(
    "value",
    [
        {"$f": "NaN"},
        {"$f": 1},
        {"$f": "nan", "more": 1},
        {"$i": "1.5"},
        {"$i": ""},
        {"$i": "-"},
        {"$i": "--1"},
        {"$i": "1" * 4_001},
        {"$i": 3},
        {"$unknown": 1},
        {"$": 1},
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_tag_without_a_meaning_is_refused(value: Any) -> None:
    with pytest.raises(ManifestError, match="unknown tag"):
        decode_value(value)


def test_a_typed_value_is_handed_to_its_type() -> None:
    seen: list[Any] = []
    value = {"a": [{"$t": "histogram", "counts": [1]}]}

    def typed(members: dict[str, Any]) -> str:
        seen.append(members)
        return "typed"

    found = decode_value(value, typed)

    assert found == {"a": ["typed"]}
    assert seen == [{"$t": "histogram", "counts": [1]}]


def test_the_value_itself_is_not_changed() -> None:
    inner = {"$x": 1}
    value = {"a": inner, "b": [inner]}

    decode_value(encode_value(value))

    assert value == {"a": {"$x": 1}, "b": [{"$x": 1}]}
