from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from mediatypes import errors
from mediatypes._core import words
from mediatypes.media import Audio, Histogram, Image, Media, wrap
from mediatypes.schema import Source

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_value_stands_for_itself() -> None:
    image = Image(np.zeros((2, 2)))

    assert wrap(image) is image
    assert not Media.accepts_bare(image)
    assert wrap("text") is None


@pytest.mark.parametrize(
    "use",
    [
        lambda: Histogram([1]).encode(),
        lambda: Image([[1]]).to_inline(),
        lambda: Image.from_inline({}),
        lambda: Histogram.decode(None, b""),  # type: ignore[arg-type]  # never looked at
    ],
    ids=["encode", "to_inline", "from_inline", "decode"],
)
def test_a_type_is_stored_in_one_way_only(use: Callable[[], Any]) -> None:
    with pytest.raises(NotImplementedError):
        use()


def test_the_users_meta_and_our_own_facts_do_not_meet() -> None:
    image = Image(np.zeros((2, 3)), meta={"width": 99, "$f": "nan", "user": 1})
    encoded = image.encode()

    assert encoded.meta["width"] == 3
    assert encoded.meta["user"] == {"width": 99, "$$f": "nan", "user": 1}


def test_an_empty_caption_is_a_caption() -> None:
    assert Image(np.zeros((2, 2)), caption="").caption == ""
    assert Image(Image([[1]], caption="a"), caption="").caption == ""


@pytest.mark.parametrize(
    "make",
    [lambda **w: Image([[1]], **w), lambda **w: Audio([0.0], 9, **w)],
    ids=["image", "audio"],
)
def test_words_are_checked_by_name(make: Any) -> None:
    for field in ("caption", "id"):
        with pytest.raises(
            errors.UnsupportedInputError, match=rf"{field} must be text"
        ):
            make(**{field: object()})
        found = make(**{field: "\ud800"})
        assert getattr(found, field) == "\ufffd"
        assert found.problems == ("its words had lone surrogates, stored as U+FFFD",)
        with pytest.raises(errors.OptionError, match="65,536 characters"):
            make(**{field: "x" * 65_537})


def test_odd_values_are_told_in_english() -> None:
    source = Source(shape=(1, 1_000), clipped=1_000, nonfinite=1, reasons=("first",))

    assert words.odd_values(source, noun="value", span="0 to 1", hint="do this") == (
        "first",
        "1,000 of 1,000 values were outside 0 to 1 and were clipped; do this",
        "1 of 1,000 values were NaN, infinite or masked",
    )
