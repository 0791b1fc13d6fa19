"""Keys are data: whatever they hold, each has its own folder, and none is outside."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Final

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import mediatypes as mt
from mediatypes._core import names

KEYS: Final = (
    *(
        " ",
        "a b",
        " a",
        "a ",
        "a/b",
        "/a",
        "a//b",
        "a\\b",
        "C:",
        "C:\\x",
        "a:b",
        "..",
        ".",
    ),
    *("../../etc/passwd", "~", "~root", "$HOME", "%2e%2e", "a.", ".a", "-rf"),
    *("x" * 64, "x" * 65, "x" * 300, "é" * 300, "🎉", "👩‍👩‍👧", "🏳️‍🌈"),
    *("שלום", "\u202eabc", "مرحبا", "\u200f", "日本語", "\U0010ffff"),
    *("\x01", "a\nb", "a\rb", "a\tb", "\x7f", "\x1b[31m", "\u2028", "\ufeff", "\u200b"),
    *("con", "CON", "nul.txt", "LPT1", "com¹", "aux ", "prn.", "conin$", "desktop.ini"),
    *("Loss", "loss", "LOSS", "ﬁ", "fi", "ß", "SS", "İ", "i̇", "\u0131", "\u212a", "k"),
    *("é", "e\u0301", "\u212b", "Å", "ñ", "n\u0303", "가", "\u1100\u1161"),
    *("<script>", "'; drop table", '"', "`id`", "$(id)", "log", "media", "tmp", "|"),
)
"""Keys that break other loggers, and pairs that some file systems take for one."""

# Lone surrogates are no Unicode text; `log` refuses them, and so is NUL.
ANY_TEXT: Final = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    min_size=1,
    max_size=300,
)


def alike(key: str) -> list[str]:
    """Return keys that a careless file system would take for `key`."""
    forms = [
        unicodedata.normalize(form, key) for form in ("NFC", "NFD", "NFKC", "NFKD")
    ]
    cases = [key.lower(), key.upper(), key.casefold(), key.title(), key.swapcase()]
    edges = [key.strip(), f"{key}.", f"{key} ", f".{key}", f"{key}/", f"./{key}"]
    return [other for other in (*forms, *cases, *edges) if other]


def folded(name: str) -> str:
    """Return what the strictest file system compares: no case, one Unicode form."""
    return unicodedata.normalize("NFKD", name).casefold().rstrip(". ")


@settings(max_examples=1_000)
@given(ANY_TEXT)
def test_keys_that_look_alike_have_different_folders(key: str) -> None:
    keys = {key, *alike(key)}

    assert len({folded(names.slug(other)) for other in keys}) == len(keys)


@settings(max_examples=1_000)
@given(ANY_TEXT)
def test_a_folder_is_one_plain_name_on_every_system(key: str) -> None:
    name = names.slug(key)

    assert name == Path(name).name
    assert name.isascii()
    assert not set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789._~-")
    assert 1 <= len(name) <= 64
    assert name[0] != "." != name[-1]
    assert not Path(name).is_absolute()
    device = name.partition(".")[0]
    assert device not in {"con", "prn", "aux", "nul", "conin$", "conout$"}
    assert not (
        len(device) == 4 and device[:3] in {"com", "lpt"} and device[3].isdigit()
    )


def test_every_character_of_every_plane_makes_a_name_of_its_own() -> None:
    # Steps by a prime, so that every block is met.
    codes = [code for code in range(1, 0x110000, 17) if not 0xD800 <= code <= 0xDFFF]

    found = {names.slug(chr(code)) for code in codes}

    assert len({folded(name) for name in found}) == len(codes)
    assert all(re.fullmatch(r"[a-z0-9._~-]{1,64}", name) for name in found)


def test_a_run_keeps_every_key_apart_and_inside_its_folder() -> None:
    keys = list(dict.fromkeys(KEYS))
    before = set(Path.cwd().rglob("*"))
    with mt.init(dir="here/runs") as run:
        run.log(
            {
                key: mt.Image(np.full((1, 1), index, np.uint8), caption=key)
                for index, key in enumerate(keys)
            }
        )
        run.log({key: float(index) for index, key in enumerate(keys)})

    read = mt.open_run(run.dir)
    for index, key in enumerate(keys):
        (item,) = read.media(key)[0]
        assert item.to_numpy().tolist() == [[index]]
        assert item.caption == key
        assert read.history()[1][key] == index
    folders = list((run.dir / "media" / "image").iterdir())
    assert len({folded(folder.name) for folder in folders}) == len(keys)
    new = set(Path.cwd().rglob("*")) - before
    inside = Path.cwd() / "here"
    assert all(path == inside or inside in path.parents for path in new)
    assert all(not path.is_symlink() for path in new)
