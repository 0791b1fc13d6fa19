from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mediatypes._core.text import mend

HALVES = st.text(st.characters(categories=["Cs", "Lu", "So"]), max_size=8)


def test_two_halves_side_by_side_are_one_character() -> None:
    assert mend("\ud83d\ude42") == ("🙂", True)
    assert mend("\ude42\ud83d") == ("\ufffd\ufffd", True)


def test_halves_are_mended_wherever_they_are() -> None:
    found, changed = mend({"a\udcff": [("b", "\udcff")], "c": 1})

    assert found == {"a\ufffd": [["b", "\ufffd"]], "c": 1}
    assert changed


@given(text=HALVES)
def test_what_is_mended_is_unicode_and_stays_so(text: str) -> None:
    found, changed = mend(text)

    assert found.encode().decode() == found
    assert changed == (found != text)
    assert mend(found) == (found, False)
