"""A line is read the same way in one step as in two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatypes.errors import ManifestError
from mediatypes.schema.lines import frame_members, parse
from mediatypes.schema.reading import read_line
from mediatypes.schema.records import Log, to_record

if TYPE_CHECKING:
    from collections.abc import Callable

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
MEMBERS = st.fixed_dictionaries(
    {"step": st.integers(-1, 2**60) | st.text()},
    optional={
        "t": st.floats(allow_nan=False, allow_infinity=False) | st.none(),
        "m": st.integers(),
        "d": st.dictionaries(st.text(), VALUES) | st.lists(st.none()),
        "media": st.lists(st.lists(st.integers(-1, 9) | st.text(), max_size=6)),
        "more": VALUES,
    },
)


def outcome(read: Callable[[bytes], object], line: bytes) -> object:
    try:
        return read(line)
    except ManifestError as error:
        return str(error)


@given(st.integers(0, 2**60), st.sampled_from(["log", "note"]), MEMBERS)
def test_one_step_reads_what_two_steps_read(
    number: int, kind: str, members: dict[str, object]
) -> None:
    line = frame_members(number, kind, members).rstrip(b"\n")

    assert outcome(read_line, line) == outcome(lambda x: to_record(parse(x)), line)


@pytest.mark.parametrize("at", range(0, 60, 7))
def test_a_changed_line_is_refused(at: int) -> None:
    line = bytearray(frame_members(3, "log", {"step": 1, "d": {"loss": 0.5}})[:-1])
    assert isinstance(read_line(bytes(line)), Log)
    line[at % len(line)] ^= 1

    with pytest.raises(ManifestError, match="checksum"):
        read_line(bytes(line))


def test_a_line_that_is_nested_too_deeply_is_refused() -> None:
    deep: object = 0
    for _ in range(100):
        deep = [deep]

    with pytest.raises(ManifestError, match="deeper"):
        read_line(frame_members(0, "log", {"step": 1, "d": {"x": deep}})[:-1])


def test_a_line_without_its_end_is_refused() -> None:
    for line in (b"", b"{}", b'{"n":0,"k":"log","step":1}'):
        with pytest.raises(ManifestError, match="end with its checksum"):
            read_line(line)
