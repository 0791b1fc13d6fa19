from __future__ import annotations

import json
import subprocess
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediatypes.errors import ManifestError, StoreError
from mediatypes.schema import LineError, encode_value, frame, lines, parse

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def line_of(**members: Any) -> bytes:
    return lines.frame_members(7, "log", members).rstrip(b"\n")


def test_the_checksum_is_the_crc_of_all_before_it_with_the_brace_put_back() -> None:
    line = line_of(step=3, d={"loss": 0.5})
    text, _, checksum = line.rpartition(b',"c":"')

    assert line == b'{"n":7,"k":"log","step":3,"d":{"loss":0.5},"c":"%b' % checksum
    assert checksum == b'%08x"}' % zlib.crc32(text + b"}")


def test_a_body_without_members_is_a_line_too() -> None:
    line = frame(0, "sync", b"{}").rstrip(b"\n")

    assert parse(line).keys() == {"n", "k", "c"}


def test_a_line_ends_with_one_newline_and_holds_no_other() -> None:
    data = lines.frame_members(0, "note", {"text": "a\nb\r\n\u2028"})

    assert data.count(b"\n") == 1
    assert data.endswith(b"}\n")


def test_every_changed_byte_of_a_line_is_found() -> None:
    line = line_of(step=3, d={"loss": 0.5, "text": "täxt"}, media=[["k", 0, "image"]])

    for position in range(len(line)):
        for value in range(256):
            if value == line[position]:
                continue
            changed = line[:position] + bytes([value]) + line[position + 1 :]
            with pytest.raises(LineError):
                parse(changed)


def test_a_line_torn_anywhere_is_found() -> None:
    line = line_of(step=3, d={"loss": 0.5})

    for length in range(len(line)):
        with pytest.raises(LineError):
            parse(line[:length])
        if length:
            with pytest.raises(LineError):
                parse(line[length:])


def test_two_lines_run_together_are_found() -> None:
    one, other = line_of(step=1), line_of(step=2)

    for cut in range(1, len(one)):
        with pytest.raises(LineError):
            parse(one[:cut] + other)


@pytest.mark.parametrize("text", [b"[1", b"{" * 5_000, b'{"a":\xff', b"{a:1"])
def test_what_is_no_json_is_found_though_its_checksum_is_right(text: bytes) -> None:
    line = b'%b,"c":"%08x"}' % (text, zlib.crc32(text + b"}"))

    with pytest.raises(LineError):
        parse(line)


def test_a_line_too_long_is_not_read() -> None:
    with pytest.raises(LineError, match="longer than"):
        parse(b" " * (lines.MAX_LINE_READ + 1))


def test_a_damaged_line_is_a_store_error() -> None:
    assert issubclass(LineError, ManifestError)
    assert issubclass(ManifestError, StoreError)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=80))
def test_any_bytes_are_a_line_or_a_line_error(data: bytes) -> None:
    try:
        parse(data)
    except LineError:
        return


def test_jq_reads_every_line_as_strict_json() -> None:
    found: list[bytes] = []
    values: list[Any] = [
        *(float("nan"), float("inf"), -0.0, 1e308, 2**70, -(2**53) - 1),
        *("\x00\x1f\u2028\U0001f600", {"$f": "nan", "$$": {"$": 1}}, [], {}, None),
    ]
    for number, value in enumerate(values):
        body = {"d": encode_value({"value": value})}
        found.append(lines.frame_members(number, "log", body))

    read = subprocess.run(
        ["jq", "-c", ".n"], input=b"".join(found), capture_output=True, check=True
    )

    assert read.stdout.split() == [b"%d" % number for number in range(len(values))]


@settings(deadline=None, max_examples=60)
@given(PLAIN)
def test_the_standard_library_reads_what_was_written(value: Any) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    encoded = encode_value(value)
    line = line_of(d={"value": encoded})

    assert json.loads(line, parse_constant=refuse)["d"]["value"] == encoded
    assert parse(line)["d"]["value"] == encoded
