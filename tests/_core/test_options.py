from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mediatypes._core import options
from mediatypes.errors import InvalidMediaError, OptionError


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3),
        (3.0, 3),
        (np.int8(3), 3),
        (np.float16(3), 3),
        (2**70, 2**70),
        (-1, -1),
        (True, None),
        (np.True_, None),
        (0.5, None),
        (float("nan"), None),
        (float("inf"), None),
        ("3", None),
        (None, None),
        ([3], None),
        (3 + 0j, None),
    ],
    ids=repr,
)
def test_a_whole_number_is_an_int_of_any_type(value: Any, expected: int | None) -> None:
    found = options.check_integral(value)

    assert found == expected
    assert type(found) is type(expected)


def test_the_choices_are_listed_in_english() -> None:
    with pytest.raises(OptionError, match=r"must be a, b or c; got 'd'"):
        options.check_one_of("Image", "mode", "d", ("a", "b", "c"))
    with pytest.raises(OptionError, match=r"must be a; got \['a'\]"):
        options.check_one_of("Image", "mode", ["a"], ("a",))
    options.check_one_of("Image", "mode", None, ("a",))


@pytest.mark.parametrize("value", [(0, 1), [0, 1], np.array([0, 1]), (np.int8(0), "1")])
def test_a_pair_is_two_rising_numbers(value: Any) -> None:
    assert options.parse_pair(value) == (0.0, 1.0)


@pytest.mark.parametrize(
    "value", [(1, 0), (0,), 3, None, "ab", (0, 10**400), (0, np.nan)]
)
def test_anything_else_is_no_pair(value: Any) -> None:
    assert options.parse_pair(value) is None


def test_normalize_is_another_word_for_minmax() -> None:
    assert options.check_range("Image", None, normalize=True) == "minmax"
    assert options.check_range("Image", None, normalize=False) is None
    assert options.check_range("Image", (0, 1), normalize=True) == (0, 1)


@pytest.mark.parametrize("value", ["a/b", Path("a/b"), "", "é"])
def test_text_and_paths_are_paths(value: Any) -> None:
    assert options.parse_path("call", "path", value) == Path(value)


@pytest.mark.parametrize(
    ("value", "said"), [("a\0b", "NUL"), (b"a", "fsdecode"), (5, "int"), (None, "None")]
)
def test_what_is_no_path_is_refused_by_name(value: Any, said: str) -> None:
    with pytest.raises(InvalidMediaError, match=rf"^call: path must be .*{said}"):
        options.parse_path("call", "path", value)
