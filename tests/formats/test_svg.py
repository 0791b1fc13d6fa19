from __future__ import annotations

import contextlib
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mediatypes as mt
from mediatypes.errors import DecodeError, OptionError, UnsupportedInputError
from mediatypes.formats import svg
from mediatypes.media import Image
from mediatypes.testing import round_trip

PLAIN = b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><g/></svg>'
PUBLIC = (
    b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"'
    b' "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
)


def laughs() -> bytes:
    lines = [f'<!ENTITY a{i + 1} "{f"&a{i};" * 10}">'.encode() for i in range(12)]
    return b'<!DOCTYPE svg [<!ENTITY a0 "ha">' + b"".join(lines) + b"]><svg>&a12;</svg>"


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ('<svg width="20" height="10"/>', (20, 10)),
        ('<svg width="20px" height="10.4px"/>', (20, 10)),
        ('<svg width="1in" height="72pt"/>', (96, 96)),
        ('<svg width="25.4mm" height="2.54cm"/>', (96, 96)),
        ('<svg width="6pc" height="101.6Q"/>', (96, 96)),
        ('<svg width="2e2" height=" 1.5E2 "/>', (200, 150)),
        ('<svg viewBox="0 0 40 20"/>', (40, 20)),
        ('<svg viewBox="0,0,40,20" width="100%" height="50%"/>', (40, 20)),
        ('<svg viewBox="0 0 40 20" width="10"/>', (10, 5)),
        ('<svg viewBox="0 0 40 20" height="10"/>', (20, 10)),
        ('<svg viewBox="0 0 0 20" height="10"/>', (300, 10)),
        ('<svg width="nan" height="-5"/>', (300, 150)),
        ('<svg width="1e999" height="1e-99"/>', (300, 1)),
        ('<svg width="1e300" height="1em"/>', (1_000_000, 150)),
        ("<svg/>", (300, 150)),
        ('<s:svg xmlns:s="http://www.w3.org/2000/svg" width="3" height="4"/>', (3, 4)),
    ],
)
def test_the_size_is_the_one_it_gives_itself(text: str, size: tuple[int, int]) -> None:
    assert svg.header(text.encode()) == size


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"\xef\xbb\xbf",
        b"\n\n  ",
        b'<?xml version="1.0" encoding="UTF-8"?>\n',
        b"<!-- made by hand -->",
        PUBLIC,
        b'<?xml version="1.0"?><!-- a --><!-- b -->' + PUBLIC,
    ],
)
def test_an_svg_file_is_kept_whatever_it_begins_with(before: bytes) -> None:
    data = before.lstrip() + PLAIN if before.startswith(b"\n") else before + PLAIN
    image = Image(data)

    assert (image.width, image.height, image.file_type) == (20, 10, "svg")
    assert image.encode().data == data
    assert image.encode().mime == "image/svg+xml"
    assert round_trip(image) == image


def test_an_svg_file_is_never_drawn_by_us() -> None:
    image = Image(PLAIN)

    draw: list[Any] = [image.to_numpy, image.to_pil, lambda: image.pixels]
    draw += [lambda: Image(image, mode="L"), lambda: Image(PLAIN, file_type="png")]
    for call in draw:
        with pytest.raises(UnsupportedInputError, match="an SVG file, which is kept"):
            call()
    with pytest.raises(OptionError):
        Image([[0]], file_type="svg")


def test_svg_files_are_equal_where_their_bytes_are() -> None:
    assert Image(PLAIN) == Image(PLAIN)
    assert Image(PLAIN) != Image(PLAIN + b"\n")
    assert Image(PLAIN) != Image([[0]])
    assert Image([[0]]) != Image(PLAIN)


@pytest.mark.parametrize(
    "data",
    [
        b"<svg",
        b"<svg width=1/>",
        b"<html><svg/></html>",
        b'<?xml version="1.0" encoding="klingon"?><svg/>',
        b'<!DOCTYPE svg [<!ENTITY w "9">]><svg width="&w;"/>',
        b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>',
        b'<!DOCTYPE svg [<!ENTITY % x SYSTEM "file:///etc/passwd">%x;]><svg/>',
        b"<!-- <svg -->" + b" " * (1 << 21) + b"<svg/>",
        b"<x>" * 100_000 + b"<svg/>",
        laughs(),
    ],
)
def test_what_is_no_safe_svg_file_is_refused_at_once(data: bytes) -> None:
    before = time.process_time()
    with pytest.raises(DecodeError, match=r"Image: data must be .* SVG file"):
        Image(data)
    assert time.process_time() - before < 2


@settings(max_examples=200)
@given(st.binary(max_size=60), st.integers(0, len(PLAIN)), st.integers(0, 8))
def test_any_damage_is_a_size_or_a_decode_error(
    noise: bytes, where: int, cut: int
) -> None:
    with contextlib.suppress(DecodeError):
        size = svg.header(PLAIN[:where] + noise + PLAIN[where + cut :])
        assert all(1 <= side <= 1_000_000 for side in size)


def test_a_run_keeps_a_drawing_by_path() -> None:
    with open("a.svg", "wb") as file:
        file.write(PLAIN)
    with mt.init() as run:
        run.log({"drawing": mt.Image("a.svg", caption="by hand")})

    item = mt.open_run(run.dir).media("drawing")[0][0]
    assert item.encode().data == PLAIN
    assert item.caption == "by hand"
