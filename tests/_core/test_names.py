from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediatypes._core import names
from mediatypes.errors import OptionError

SLUG = re.compile(r"[a-z0-9._~-]{1,64}")


@settings(deadline=None, max_examples=200)
@given(st.text(min_size=1))
def test_any_key_becomes_a_safe_folder_name(key: str) -> None:
    name = names.slug(key)

    assert SLUG.fullmatch(name)
    assert not name.startswith(".")
    assert not name.endswith(".")
    assert "/" not in name


@settings(deadline=None, max_examples=200)
@given(st.sets(st.text("aA/. ~-\x00ä", min_size=1, max_size=6), min_size=2))
def test_different_keys_have_different_folders(keys: set[str]) -> None:
    assert len({names.slug(key) for key in keys}) == len(keys)


@pytest.mark.parametrize(
    "key",
    [
        "con",
        "CON",
        "nul.txt",
        "lpt1",
        "com9.a.b",
        "conin$",
        "..",
        ".",
        "../..",
        "a/b",
        "a\\b",
        "",
        "x" * 65,
        "a~b",
    ],
)
def test_a_key_that_is_no_portable_name_is_changed(key: str) -> None:
    assert names.slug(key) != key
    assert "~" in names.slug(key)


@pytest.mark.parametrize("key", ["loss", "val.loss", "a-b_c", "0", "x" * 64, "console"])
def test_a_plain_key_is_its_own_folder(key: str) -> None:
    assert names.slug(key) == key


@pytest.mark.parametrize("key", ["", "\0", "a\0b", "\ud800", "ä" * 2_049])
def test_a_key_that_cannot_be_recorded_is_refused(key: str) -> None:
    with pytest.raises(OptionError, match="1 to 4096 bytes of UTF-8"):
        names.check_key(key)


def test_a_long_key_is_allowed_up_to_its_limit() -> None:
    assert names.check_key("ä" * 2_048) == "ä" * 2_048


def test_names_do_not_disturb_a_seeded_script() -> None:
    random.seed(1)
    before = random.getstate()

    assert re.fullmatch(r"[a-z]+-[a-z]+-7", names.run_name(7))
    assert re.fullmatch(r"[a-z0-9]{8}", names.run_id())
    assert re.fullmatch(r"r3-[0-9a-f]{6}-\d+-[0-9a-f]{8}", names.writer_name(3))
    assert random.getstate() == before
