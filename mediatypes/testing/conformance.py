"""What every media type promises, as tests to inherit."""

# ruff: noqa: S101 - tests are made of asserts

from __future__ import annotations

import hashlib
import json
import pickle
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mediatypes.errors import FrozenError, InvalidMediaError
from mediatypes.schema import EncodedPart, Part, lines, records
from mediatypes.schema import Media as MediaRecord
from mediatypes.schema.reading import read_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DataObject, SearchStrategy

    from mediatypes.media import Media

__all__ = ["MediaTests", "round_trip"]

MAX_REPR: Final = 120
"""Longest short form, in characters: one line of a terminal."""

_few: Final = settings(
    max_examples=25,
    deadline=None,
    # A subclass runs the methods of its base, which is what inheriting tests means.
    suppress_health_check=[
        HealthCheck.differing_executors,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


def round_trip(value: Media) -> Media:
    """Return `value` as a reader finds it: from the line of its record, and its files.

    Examples
    --------
    >>> from mediatypes.media import Image
    >>> round_trip(Image([[0, 255]])).to_numpy().tolist()
    [[0, 255]]
    """
    kind = type(value)
    if value.is_inline:
        text = json.dumps(value.to_inline(), allow_nan=False)
        return kind.from_inline(json.loads(text))
    encoded = value.encode()
    written = MediaRecord(
        r=0,
        key="key",
        step=0,
        i=0,
        kind=encoded.kind,
        path=f"media/{encoded.kind}/key/0.{encoded.extension}",
        sha256=hashlib.sha256(encoded.data).hexdigest(),
        size=len(encoded.data),
        mime=encoded.mime,
        caption=value.caption,
        id=value.id,
        meta=encoded.meta,
        source=encoded.source,
        parts=tuple(_part_record(part) for part in encoded.parts),
    )
    line = lines.frame_members(0, "media", records.members(written))
    read = read_line(line.rstrip(b"\n"))
    parts = {part.name: part.data for part in encoded.parts}
    return kind.decode(cast("MediaRecord", read), encoded.data, parts)


def _part_record(part: EncodedPart) -> Part:
    digest = hashlib.sha256(part.data).hexdigest()
    path = f"media/part/key/{digest[:12]}.{part.extension}"
    return Part(part.name, part.kind, path, digest, len(part.data), part.mime)


class MediaTests:
    """Tests that every media type passes; subclass it and say what the type is.

    Examples
    --------
    ::

        class TestPointCloud(MediaTests):
            media_type = PointCloud

            def values(self):
                return st.builds(PointCloud, arrays())

            def source(self):
                return np.zeros((4, 3))
    """

    media_type: ClassVar[type[Media]]
    """The type under test."""

    junk: ClassVar[Sequence[object]] = (object(), {"a": 1}, 3j, {1, 2})
    """What the type refuses as its data, with an error that says its name."""

    def values(self) -> SearchStrategy[Any]:
        """Return a strategy of values, of every input that the type knows."""
        raise NotImplementedError

    def source(self) -> Any:
        """Return something to make a value of, which the type must leave alone."""
        raise NotImplementedError

    def state_of(self, source: Any) -> object:
        """Return all that could change in what `source` returned."""
        return pickle.dumps(source)

    def test_the_kind_is_one_lower_case_word(self) -> None:
        """The kind names a module, a folder and a page."""
        kind = self.media_type.kind

        assert kind.isidentifier()
        assert kind.islower()

    @_few
    @given(data=st.data())
    def test_what_is_read_back_is_equal(self, data: DataObject) -> None:
        """``decode(encode(x)) == x``, through the line of the record."""
        value = data.draw(self.values())

        assert round_trip(value) == value

    @_few
    @given(data=st.data())
    def test_what_is_read_back_is_stored_alike(self, data: DataObject) -> None:
        """Storing what was read gives the same bytes, so nothing wears off."""
        value = data.draw(self.values())

        assert _stored(round_trip(value)) == _stored(value)

    @_few
    @given(data=st.data())
    def test_equal_values_are_equal_bytes(self, data: DataObject) -> None:
        """Encoding is a function of the value: no clock, no chance."""
        value = data.draw(self.values())

        assert _stored(value) == _stored(pickle.loads(pickle.dumps(value)))  # noqa: S301 - our own bytes

    @_few
    @given(data=st.data())
    def test_a_pickled_value_is_equal(self, data: DataObject) -> None:
        """Values travel between processes."""
        value = data.draw(self.values())

        assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - our own bytes

    @_few
    @given(data=st.data())
    def test_the_short_form_is_one_short_line(self, data: DataObject) -> None:
        """``repr`` shows shape and unit, never data."""
        text = repr(data.draw(self.values()))

        assert text.startswith(self.media_type.__name__)
        assert len(text) < MAX_REPR
        assert "\n" not in text

    @_few
    @given(data=st.data())
    def test_a_value_knows_its_size(self, data: DataObject) -> None:
        """The queue of the recorder counts bytes."""
        assert data.draw(self.values()).nbytes >= 0

    @_few
    @given(data=st.data())
    def test_nothing_can_be_assigned(self, data: DataObject) -> None:
        """A value is frozen: workers read it while the loop goes on."""
        with pytest.raises(FrozenError):
            data.draw(self.values()).caption = "changed"

    def test_the_source_is_left_alone(self) -> None:
        """Making and encoding a value changes nothing of what it was made of."""
        source = self.source()
        before = self.state_of(source)

        _stored(cast("Any", self.media_type)(source))

        assert self.state_of(source) == before

    def test_junk_is_refused_by_name(self) -> None:
        """A refusal is an error of ours, and says who refuses."""
        for junk in self.junk:
            with pytest.raises(InvalidMediaError) as caught:
                cast("Any", self.media_type)(junk)
            assert caught.value.media == self.media_type.__name__


def _stored(value: Media) -> object:
    if value.is_inline:
        return json.dumps(value.to_inline(), allow_nan=False)
    encoded = value.encode()
    return encoded.data, encoded.extension, encoded.mime, encoded.meta, encoded.parts
