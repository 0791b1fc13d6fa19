"""What every media type is: a frozen value that owns its data."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

import numpy as np
from msgspec import structs

from mediatypes._core import notebook
from mediatypes._core.words import HALVES, check_caption, check_meta, has_halves
from mediatypes.adapters.codecs import assemble
from mediatypes.errors import FrozenError, ManifestError
from mediatypes.formats.sniff import Format, sniff
from mediatypes.schema import (
    Draft,
    DraftFile,
    Encoded,
    Snapshot,
    Source,
    decode_members,
    encode_value,
)
from mediatypes.schema.draft import Buffer, drafted, size_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mediatypes.schema import Media as MediaRecord

__all__ = ["NO_PARTS", "FileMedia", "Media", "check_caption", "png_place"]

NO_PARTS: Final[Mapping[str, bytes]] = {}
"""Of a value that has one file."""
_SHOWN: Final = 40
_MOST_VALUES: Final = 2**53
_MOST_CHANNELS: Final = 1024
"""libsndfile's own limit."""


class Media:
    """A value that knows its own bytes, and nothing of runs or disks.

    Parameters
    ----------
    caption
        Text shown with it.
    id
        Name of the sample it shows, the same at every step.
    meta
        Further facts, as JSON can write them.
    source
        What it was made from, and the rule that was followed.
    """

    kind: ClassVar[str]
    """One word that names the type everywhere."""
    is_inline: ClassVar[bool] = False
    """Whether the value lives in the record itself, without a file."""

    caption: str | None
    id: str | None
    meta: Mapping[str, Any]
    source: Source

    def _set(self, **fields: Any) -> None:
        """Set fields while the value is made; afterwards it is frozen."""
        self.__dict__.update(fields)

    def __setattr__(self, name: str, value: object) -> None:
        del value
        raise FrozenError(type(self).__name__, name)

    def __delattr__(self, name: str) -> None:
        raise FrozenError(type(self).__name__, name)

    @classmethod
    def accepts_bare(cls, value: object) -> bool:
        """Whether ``log`` turns `value`, which is no media value, into this type."""
        del value
        return False

    def snapshot(self) -> Self:
        """Return this value as it is now, for ``log``; only some types can grow."""
        return self

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the snapshot takes."""
        raise NotImplementedError

    @property
    def problems(self) -> tuple[str, ...]:
        """What is odd about the values, each with what to pass instead."""
        return ()

    def draft(self) -> Snapshot:
        """Return what will be stored, before it is encoded.

        It is called while the training loop waits. A type whose encoding takes long
        says here what encodes its data instead.
        """
        words = {"caption": self.caption, "id": self.id}
        return drafted(structs.replace(self.encode(), **words))

    def encode(self) -> Encoded:
        """Return this value as the bytes of its files."""
        raise NotImplementedError

    @classmethod
    def decode(
        cls, record: MediaRecord, data: bytes, parts: Mapping[str, bytes] = NO_PARTS
    ) -> Self:
        """Rebuild a value from its record and its files.

        Parameters
        ----------
        record
            What the run says of the item.
        data
            Content of its file.
        parts
            Content of its further files by name; each is read when it is asked for, and
            may not be there any more when the run is closed.
        """
        raise NotImplementedError

    def _repr_html_(self) -> str:
        if self.is_inline:
            return notebook.of_histogram(self.to_inline(), repr(self))
        return notebook.of_file(self.encode(), self.caption, repr(self))

    def to_inline(self) -> dict[str, Any]:
        """Return this value as JSON, for a type that needs no file."""
        raise NotImplementedError

    @classmethod
    def from_inline(cls, members: Mapping[str, Any]) -> Self:
        """Rebuild a value from what `to_inline` returned."""
        raise NotImplementedError


class FileMedia(Media):
    """A value with a file: an array that will be encoded, or bytes that are kept.

    Subclasses say what encodes an array (`_encoder`) and what the logged array was
    (`to_numpy`); the rest is here.
    """

    _needed: ClassVar[tuple[str, ...]] = ()
    """Facts that a record must have, each a number of 0 or more."""

    _array: NDArray[Any] | None
    """What is encoded, read-only; None where the bytes are kept."""
    _file: bytes | None
    """The bytes that are kept."""
    _format: Format
    _facts: dict[str, Any]
    """What the record's ``meta`` says, besides the user's own."""
    _options: dict[str, Any]
    """What the encoder is told."""
    _remarks: tuple[str, ...]
    """What was odd about the words, for the record."""
    _parts: Mapping[str, NDArray[Any] | bytes]
    """Further files by name: arrays that will be encoded, or bytes that are kept."""

    def _label(
        self,
        caption: object,
        id: object,  # noqa: A002 - the name in the record
        meta: Mapping[str, Any] | None,
        like: object = None,
    ) -> None:
        """Set the words that go with the data, by default those of `like`."""
        if caption is id is meta is None and not isinstance(like, Media):
            self._set(caption=None, id=None, meta={}, _remarks=(), _parts=NO_PARTS)
            return  # as most have none
        media = type(self).__name__
        words: tuple[object, ...] = (caption, id, meta)
        parts = like._parts if isinstance(like, type(self)) else NO_PARTS  # noqa: SLF001 - of its own type
        if isinstance(like, Media):
            kept = like.caption, like.id, like.meta
            words = tuple(
                its if mine is None else mine
                for mine, its in zip(words, kept, strict=True)
            )
        self._set(
            caption=check_caption(words[0], media),
            id=check_caption(words[1], media, "id"),
            meta=check_meta(words[2], media),
            _remarks=(HALVES,) if any(map(has_halves, words)) else (),
            _parts=parts,
        )

    def _hold(
        self,
        form: Format,
        facts: dict[str, Any],
        source: Source,
        *,
        array: NDArray[Any] | None = None,
        file: bytes | None = None,
        options: dict[str, Any] | None = None,
    ) -> None:
        """Set the data itself; exactly one of `array` and `file` is given."""
        if self._remarks:
            source = structs.replace(source, reasons=source.reasons + self._remarks)
        self._set(
            _array=array,
            _file=file,
            _format=form,
            _facts=facts,
            _options=options or {},
            source=source,
        )

    def _hold_as(self, other: FileMedia, facts: dict[str, Any] | None = None) -> None:
        """Set the data to that of `other`, which cannot change."""
        self._hold(
            other._format,
            other._facts if facts is None else facts,
            other.source,
            array=other._array,
            file=other._file,
            options=other._options,
        )

    @property
    def file_type(self) -> str:
        """Extension of the file that is stored."""
        return self._format.extension

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the snapshot takes."""
        size = len(self._file or b"") if self._array is None else self._array.nbytes
        return size + sum(map(size_of, self._parts.values())) if self._parts else size

    def to_numpy(self) -> NDArray[Any]:
        """Return the array that was logged."""
        raise NotImplementedError

    def _encoder(self) -> tuple[str, dict[str, Any]]:
        """Return the name of the codec of the array, and what it is told."""
        raise NotImplementedError

    def draft(self) -> Snapshot:
        """Return the files that are stored, before they are encoded."""
        form, meta, array = self._format, dict(self._facts), self._array
        if self.meta:
            meta["user"] = encode_value(self.meta)
        place = self.kind, form.extension, form.mime, ""
        data: Buffer = self._file or b""
        file = DraftFile(*place)
        if array is not None:
            file = DraftFile(*place, *self._encoder(), array.dtype.str, array.shape)
            data = array
        words = self.caption, self.id, meta, self.source
        parts = self._parts
        if not parts:
            return Snapshot(Draft(self.kind, (file,), *words), [data])
        places = [self._place(name, part) for name, part in parts.items()]
        files = Draft(self.kind, (file, *places), *words)
        return Snapshot(files, [data, *parts.values()])

    def _place(self, name: str, part: NDArray[Any] | bytes) -> DraftFile:
        """Return where a further file goes; a type that has some knows."""
        raise NotImplementedError

    def encode(self) -> Encoded:
        """Return the files that are stored."""
        return assemble(self.draft())

    @classmethod
    def decode(
        cls, record: MediaRecord, data: bytes, parts: Mapping[str, bytes] = NO_PARTS
    ) -> Self:
        """Rebuild a value from its record and its files; parts are left alone."""
        del parts
        self = cls.__new__(cls)
        facts = dict(record.meta)
        source = record.source or Source()
        _check_record(record.kind, cls._needed, facts, source)
        meta = decode_members(facts.pop("user", {}))
        words = {"caption": record.caption, "id": record.id, "meta": meta}
        self._set(**words, _remarks=(), _parts=NO_PARTS)
        extension = record.path.rpartition(".")[2]
        form = sniff(data) or Format(extension, extension, record.mime)
        self._hold(form, facts, source, file=data)
        return self

    def _hold_parts(self, record: MediaRecord, parts: Mapping[str, bytes]) -> None:
        """Set the further files to those that the record names."""
        names = [part.name for part in record.parts] or list(parts)
        self._set(_parts={name: parts[name] for name in names})

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        if (self.caption, self.id, self.meta) != (other.caption, other.id, other.meta):
            return False
        if self._file is not None and self._file == other._file:
            return self.source == other.source
        if "svg" in (self.file_type, other.file_type):  # which has no pixels to compare
            return False
        mine, its = self.to_numpy(), other.to_numpy()
        return mine.dtype == its.dtype and np.array_equal(mine, its)

    __hash__ = None  # type: ignore[assignment]  # data is compared, not hashed

    def _shown(self, *facts: str) -> str:
        """Return a short form with `facts` and the beginning of the caption."""
        words = list(facts)
        if self.caption is not None:
            text = repr(self.caption[:_SHOWN])
            whole = len(self.caption) <= _SHOWN and len(text) <= _SHOWN
            words.append(f"caption={text if whole else f'{text[:_SHOWN]}…'}")
        return f"{type(self).__name__}({', '.join(words)})"


def png_place(
    name: str, part: NDArray[Any] | bytes, kind: str, codec: str
) -> DraftFile:
    """Return where a further file that is a PNG goes; `codec` makes it of an array."""
    place = kind, "png", "image/png", name
    if isinstance(part, bytes):
        return DraftFile(*place)
    return DraftFile(*place, codec, {}, part.dtype.str, part.shape)


def _check_record(
    kind: str, needed: tuple[str, ...], facts: dict[str, Any], source: Source
) -> None:
    """Raise `ManifestError` unless a record says what its kind needs, sanely."""
    if not needed:
        return
    found = [facts.get(name) for name in needed]
    sane = all(isinstance(x, int | float) and x >= 0 for x in found)
    try:
        dtypes = [np.dtype(x) for x in (source.dtype, facts.get("dtype")) if x]
        low, high = source.range or (0.0, 1.0)
        sane = sane and float(low) < float(high)
    except (TypeError, ValueError, OverflowError, SyntaxError):
        sane, dtypes = False, []
    shape = source.shape or ()
    sane = sane and min(shape, default=0) >= 0 and math.prod(shape) <= _MOST_VALUES
    sane = sane and facts.get("channels", 1) in range(1, _MOST_CHANNELS + 1)
    if not sane or any(dtype.hasobject for dtype in dtypes):
        msg = f"The record of this {kind} does not say what it is."
        raise ManifestError(msg)
