"""What is left of an SVG document that is not to be trusted."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatypes.errors import DecodeError
from mediatypes.formats.svg_safe import safe

HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:x="urn:x">'
)
PIXEL = "data:image/png;base64,iVBORw0KGgo="

HARMLESS = [
    '<path d="M0 0" style="fill:#ff0000;clip-path:url(#a)"/>',
    '<g id="a" transform="scale(2)"><text x="1">words &amp; more</text></g>',
    '<use href="#a"/>',
    f'<image href="{PIXEL}" width="1"/>',
    "<style>path{stroke:red;marker:url(#m)}</style>",
    '<clipPath id="c"><rect width="1"/></clipPath>',
]
HARMFUL = [
    ("<script>alert(1)</script>", "script"),
    ('<g onload="alert(1)"/>', "onload"),
    ('<g ONLOAD="alert(1)"/>', "alert"),
    ('<a href="http://x.invalid/"><text>t</text></a>', "x.invalid"),
    ('<use href="http://x.invalid/a.svg#b"/>', "x.invalid"),
    ('<use xlink:href="//x.invalid/#b"/>', "x.invalid"),
    ('<image href="http://x.invalid/p.png"/>', "x.invalid"),
    ('<image href="data:image/svg+xml;base64,AAAA"/>', "svg+xml;base64"),
    ('<image href=" data:text/html,hi"/>', "text/html"),
    ('<path style="fill:url(http://x.invalid/)"/>', "x.invalid"),
    ("<path fill=\"url('//x.invalid/')\"/>", "x.invalid"),
    ("<style>@import 'http://x.invalid/';</style>", "x.invalid"),
    ("<style>a{background:url(http://x.invalid/)}</style>", "x.invalid"),
    ("<style>a{background:u\\72l(http://x.invalid/)}</style>", "x.invalid"),
    ("<style>a{b:url( '//x.invalid/')}</style>", "x.invalid"),
    ("<style>a{b:image-set('//x.invalid/' 1x)}</style>", "x.invalid"),
    ("<style>a{b:url/**/('//x.invalid/')}</style>", "x.invalid"),
    ("<style>a{b:ur/**/l('//x.invalid/')}</style>", "x.invalid"),
    ("<style>a{b:src('//x.invalid/')}</style>", "x.invalid"),
    (
        '<foreignObject><div xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>',
        "div",
    ),
    ('<set attributeName="href" to="javascript:alert(1)"/>', "javascript"),
    ('<animate attributeName="href" values="javascript:a"/>', "javascript"),
    ('<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>', "alert"),
    ('<h:img xmlns:h="http://www.w3.org/1999/xhtml" src="//x.invalid"/>', "x.invalid"),
    ('<g xml:base="http://x.invalid/"/>', "x.invalid"),
    ('<use x:href="http://x.invalid/"/>', "x.invalid"),
    ('<?xml-stylesheet href="http://x.invalid/"?>', "x.invalid"),
    ("<!-- http://x.invalid/ -->", "x.invalid"),
    ('<feImage href="http://x.invalid/"/>', "x.invalid"),
    ('<iframe src="http://x.invalid/"/>', "x.invalid"),
]


def cleaned(inside: str) -> str:
    return safe(f"{HEAD}{inside}</svg>".encode()).decode()


@pytest.mark.parametrize("inside", HARMLESS)
def test_what_is_harmless_is_kept(inside: str) -> None:
    found, given_one = (
        ET.fromstring(cleaned(inside)),
        ET.fromstring(f"{HEAD}{inside}</svg>"),
    )
    kept = [(x.tag, dict(x.attrib), x.text) for x in found.iter()]

    assert kept[1:] == [(x.tag, dict(x.attrib), x.text) for x in given_one.iter()][1:]


@pytest.mark.parametrize(("inside", "bad"), HARMFUL, ids=range(len(HARMFUL)))
def test_what_runs_or_fetches_is_left_out(inside: str, bad: str) -> None:
    found = cleaned(f'{inside}<path d="M1 1"/>')

    assert bad.lower() not in found.lower()
    assert "M1 1" in found


def test_what_a_link_shows_is_kept() -> None:
    assert "words" in cleaned('<a href="http://x.invalid/"><text>words</text></a>')


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"words",
        b"<svg",
        b"<html/>",
        b'<svg xmlns="urn:other"/>',
        b"<svg></svg><svg></svg>",
        b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg>&b;</svg>',
        b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>',
        b"<svg>\xff</svg>",
        b"<svg>" * 200,
    ],
    ids=range(10),
)
def test_what_is_no_plain_svg_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError, match=r"svg|entity"):
        safe(data)


def test_depth_is_no_trouble() -> None:
    def deep(count: int) -> bytes:
        return b"<svg>" + b"<g>" * count + b"</g>" * count + b"</svg>"

    assert safe(deep(150)).count(b"<g") == 150
    assert safe(b"<svg>" + b"<g></g>" * 5_000 + b"</svg>").count(b"<g") == 5_000
    with pytest.raises(DecodeError, match="nested deeper"):
        safe(deep(100_000))


@given(st.binary(max_size=200))
def test_any_bytes_are_an_svg_or_an_error_of_ours(data: bytes) -> None:
    for whole in (data, b"<svg>" + data + b"</svg>"):
        try:
            assert b"<script" not in safe(whole)
        except DecodeError:
            continue


def test_cleaning_twice_changes_nothing() -> None:
    once = safe(f"{HEAD}{''.join(HARMLESS)}</svg>".encode())

    assert safe(once) == once
