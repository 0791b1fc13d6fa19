"""What every media type is: a frozen value that owns its data."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, cast

import numpy as np
from attrs import frozen
from msgspec import structs

from mediatypes._core.arrays import is_number
from mediatypes._core.optional import type_name
from mediatypes._core.options import check_integral
from mediatypes._core.text import mend
from mediatypes.errors import ManifestError, OptionError, UnsupportedInputError
from mediatypes.formats.sniff import Format, sniff
from mediatypes.schema import Encoded, Source, decode_value, encode_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mediatypes.schema import Media as MediaRecord

__all__ = [
    "HALVES",
    "NO_PARTS",
    "FileMedia",
    "Media",
    "check_caption",
    "check_integral",
    "check_meta",
    "odd_values",
    "plural",
]

NO_PARTS: Final[Mapping[str, bytes]] = {}
"""Of a value that has one file."""
MAX_CAPTION: Final = 65_536
_SHOWN: Final = 40
_MOST_VALUES: Final = 2**53
_MOST_CHANNELS: Final = 1024
"""libsndfile's own limit."""
HALVES: Final = "its words had lone surrogates, stored as U+FFFD"


@frozen(init=False, eq=False, repr=False)
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
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    @classmethod
    def accepts_bare(cls, value: object) -> bool:
        """Whether ``log`` turns `value`, which is no media value, into this type."""
        del value
        return False

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the snapshot takes."""
        raise NotImplementedError

    @property
    def problems(self) -> tuple[str, ...]:
        """What is odd about the values, each with what to pass instead."""
        return ()

    def encode(self) -> Encoded:
        """Return this value as bytes; called on a worker thread."""
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

    def to_inline(self) -> dict[str, Any]:
        """Return this value as JSON, for a type that needs no file."""
        raise NotImplementedError

    @classmethod
    def from_inline(cls, members: Mapping[str, Any]) -> Self:
        """Rebuild a value from what `to_inline` returned."""
        raise NotImplementedError


@frozen(init=False, eq=False, repr=False)
class FileMedia(Media):  # type: ignore[override]  # attrs' hidden initialiser, which nobody calls
    """A value with a file: an array that will be encoded, or bytes that are kept.

    Subclasses say how an array becomes the bytes of a file (`_to_bytes`) and what the
    logged array was (`to_numpy`); the rest is here.
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
            _remarks=(HALVES,) if any(map(_has_halves, words)) else (),
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
        return size + sum(map(_size_of, self._parts.values())) if self._parts else size

    def to_numpy(self) -> NDArray[Any]:
        """Return the array that was logged."""
        raise NotImplementedError

    def _to_bytes(self, array: NDArray[Any]) -> bytes:
        raise NotImplementedError

    def encode(self) -> Encoded:
        """Return the file that is stored."""
        form, meta = self._format, dict(self._facts)
        if self.meta:
            meta["user"] = encode_value(self.meta)
        data = self._file or b""
        if self._array is not None:
            data = self._to_bytes(self._array)
        return Encoded(self.kind, form.extension, form.mime, data, meta, self.source)

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
        meta = decode_value(facts.pop("user", {}))
        words = {"caption": record.caption, "id": record.id, "meta": meta}
        self._set(**words, _remarks=(), _parts=NO_PARTS)
        extension = record.path.rpartition(".")[2]
        form = sniff(data) or Format(extension, extension, record.mime)
        self._hold(form, facts, source, file=data)
        return self

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


def _size_of(part: NDArray[Any] | bytes) -> int:
    return len(part) if isinstance(part, bytes) else part.nbytes


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


def _has_halves(words: object) -> bool:
    return words is not None and mend(words)[1]


def check_caption(caption: object, media: str, field: str = "caption") -> str | None:
    """Return `caption` as text; numbers are written out, lone surrogates replaced.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If it is neither text nor a number.
    mediatypes.errors.OptionError
        If it is longer than 65,536 characters.
    """
    if caption is None:
        return None
    if is_number(caption):
        caption = str(caption)
    if not isinstance(caption, str):
        raise UnsupportedInputError(
            media,
            field,
            expected="text",
            received=type_name(caption),
            hint="Pass str(x).",
        )
    text: str = mend(str.__str__(caption))[0]
    if len(text) > MAX_CAPTION:
        raise OptionError(
            media,
            field,
            expected=f"at most {MAX_CAPTION:,} characters",
            received=f"{len(text):,} characters",
        )
    return text


def check_meta(meta: object, media: str) -> dict[str, Any]:
    """Return a copy of `meta` as JSON can write it, lone surrogates replaced.

    Raises
    ------
    mediatypes.errors.UnsupportedInputError
        If it holds anything else.
    """
    if meta is None:
        return {}
    try:
        given: dict[str, Any] = mend(dict(cast("Mapping[str, Any]", meta)))[0]
        copy: dict[str, Any] = decode_value(encode_value(given))
    except (TypeError, ValueError, RecursionError) as error:
        raise UnsupportedInputError(
            media,
            "meta",
            expected="a mapping that JSON can write",
            received=str(error),
        ) from error
    return copy


def odd_values(source: Source, *, noun: str, span: str, hint: str) -> tuple[str, ...]:
    """Return what `source` says is odd, in words.

    Parameters
    ----------
    source
        Of the value.
    noun
        One of the values, such as ``"sample"``.
    span
        The range that values were clipped to.
    hint
        What to do where values were clipped.
    """
    total = f"of {plural(math.prod(source.shape or (0,)), noun)}"
    found = list(source.reasons)
    if source.clipped:
        were = f"{source.clipped:,} {total} were outside {span} and were clipped"
        found.append(f"{were}; {hint}")
    if source.nonfinite:
        found.append(f"{source.nonfinite:,} {total} were NaN, infinite or masked")
    return tuple(found)


def plural(count: int, noun: str) -> str:
    """Return `count` and `noun` in English.

    Examples
    --------
    >>> plural(1, "channel"), plural(2000, "frame")
    ('1 channel', '2,000 frames')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
