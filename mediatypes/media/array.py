"""Arrays of any kind, exactly as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
from msgspec import structs

from mediatypes._core.arrays import dtype_name, read_only
from mediatypes._core.optional import type_name
from mediatypes._core.words import plural
from mediatypes.adapters import as_array, is_numbers
from mediatypes.errors import DecodeError, DtypeError, UnsupportedInputError
from mediatypes.formats import npy
from mediatypes.formats.sniff import by_extension
from mediatypes.media.base import FileMedia
from mediatypes.schema import Snapshot, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mediatypes._core.arrays import Plain
    from mediatypes.formats.sniff import Format
    from mediatypes.typing import ArrayLike

__all__ = ["Array"]

_KINDS: Final = frozenset("biufcUSMmV")
"""Bools, numbers, text, bytes, times and records; not objects."""
_MAX_SHOWN: Final = 4
"""Axes whose lengths the short form shows."""


class Array(FileMedia):
    """An array of any shape, every element exactly.

    ``log`` makes one of every bare array or tensor with one axis or more.

    Parameters
    ----------
    data
        An array or tensor of any library, or nested lists: bools, integers, floats,
        complex numbers, text, bytes, times, or records of these. Any number of axes,
        none too, and any size, 0 too.
    caption
        Text shown with the array.
    id
        Name of the sample it belongs to, the same at every step.
    meta
        Further facts, as JSON can write them.

    Raises
    ------
    mediatypes.errors.DtypeError
        If elements are Python objects, or have no size.
    mediatypes.errors.ShapeError
        If nested lists have unequal lengths.
    mediatypes.errors.UnsupportedInputError
        If `data` is nothing that holds numbers.

    Notes
    -----
    The file is in NPY format, in C order and little-endian, so that equal arrays are
    equal files; records are stored without the gaps between their fields. A float that
    NumPy has no type for, such as bfloat16, becomes a float32 of the same value.

    Examples
    --------
    >>> import numpy as np
    >>> Array(np.zeros((2, 3), np.float16), caption="attention")
    Array(2 × 3, float16, caption='attention')
    >>> Array([[1, 2], [3, 4]]).to_numpy().sum()
    np.int64(10)
    """

    kind: ClassVar[str] = "array"

    def __init__(
        self,
        data: ArrayLike | object,
        caption: str | None = None,
        *,
        id: str | None = None,  # noqa: A002 - the name in the record
        meta: Mapping[str, Any] | None = None,
    ) -> None:
        self._label(caption, id, meta, like=data)
        if isinstance(data, Array):
            self._hold_as(data)
            return
        if isinstance(data, (str, bytes)):
            raise UnsupportedInputError(
                "Array",
                "data",
                expected="an array or nested lists",
                received=type_name(data),
                hint="Pass np.load(path, allow_pickle=False) for a file.",
            )
        plain = as_array(data, media="Array", field="data")
        _check_dtype(plain)
        array = _canonical(plain.array)
        masked = 0 if plain.masked is None else int(np.count_nonzero(plain.masked))
        source = Source(
            dtype=dtype_name(array.dtype),
            shape=array.shape,
            rule="exact",
            nonfinite=masked,
        )
        facts = {"shape": list(array.shape), "dtype": _written(array.dtype)}
        self._hold(_npy(), facts, source, array=array)

    @classmethod
    def accepts_bare(cls, value: object) -> bool:
        """Whether `value` is an array or tensor with one axis or more."""
        return is_numbers(value)

    @property
    def shape(self) -> tuple[int, ...]:
        """Length of each axis."""
        return tuple(self._facts["shape"])

    @property
    def dtype(self) -> np.dtype[Any]:
        """Element type of the array that `to_numpy` returns."""
        return self.to_numpy().dtype

    @property
    def problems(self) -> tuple[str, ...]:
        """What is odd about the values, each with what to pass instead."""
        masked = self.source.nonfinite
        if not masked:
            return ()
        total = plural(self.to_numpy().size, "value")
        return (f"{masked:,} of {total} were masked; NaN or 0 is stored for them",)

    def to_numpy(self) -> NDArray[Any]:
        """Return the array that was logged, in its dtype and shape, read-only."""
        if self._array is not None:
            return self._array
        try:
            return npy.decode(self._file or b"")
        except DecodeError as error:
            msg = f"Array: its file cannot be read ({error})."
            raise DecodeError(msg) from error

    def draft(self) -> Snapshot:
        """Return the file that is stored, before it is encoded."""
        snapshot = super().draft()
        (data,) = snapshot.buffers
        if not isinstance(data, np.ndarray):
            return snapshot
        # As bytes, since not every dtype is one that JSON can name.
        flat = data.reshape(-1).view(np.uint8) if data.nbytes else np.empty(0, np.uint8)
        file = structs.replace(snapshot.draft.files[0], dtype="|u1", shape=flat.shape)
        return Snapshot(structs.replace(snapshot.draft, files=(file,)), [flat])

    def _encoder(self) -> tuple[str, dict[str, Any]]:
        return "npy", {"descr": self._facts["dtype"], "shape": self._facts["shape"]}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Array):
            return NotImplemented
        if (self.caption, self.id, self.meta) != (other.caption, other.id, other.meta):
            return False
        mine, its = self.to_numpy(), other.to_numpy()
        if (mine.dtype, mine.shape) != (its.dtype, its.shape):
            return False
        return mine.tobytes() == its.tobytes()  # so that NaN equals itself

    __hash__ = None

    def __repr__(self) -> str:
        axes = len(self.shape)
        sides = " × ".join(map(str, self.shape))
        is_record = self._facts["dtype"].startswith("[")
        return self._shown(
            sides if 0 < axes <= _MAX_SHOWN else f"{axes} axes",
            "records" if is_record else str(self.source.dtype),
        )


def _npy() -> Format:
    form = by_extension("npy")
    assert form is not None  # noqa: S101 - it is in the table
    return form


def _check_dtype(plain: Plain) -> None:
    dtype = plain.array.dtype
    if dtype.kind in _KINDS and not dtype.hasobject and dtype.itemsize:
        return
    text = "Pass x.astype(str)." if dtype.kind == "T" else ""
    raise DtypeError(
        "Array",
        "data",
        expected="numbers, text or records of fixed size",
        received=f"dtype {dtype}",
        source=plain.source,
        hint=text or "Pass x.astype(float), or x.tolist() to log a list.",
    )


def _canonical(array: NDArray[Any]) -> NDArray[Any]:
    """Return a copy that is C-ordered, little-endian and without gaps."""
    copy = np.empty(array.shape, _packed(array.dtype))
    copy[...] = array
    return read_only(copy)


def _packed(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return `dtype` little-endian, its fields one after the other."""
    fields: Any = dtype.fields
    if dtype.names is not None:
        return np.dtype([(name, _packed(fields[name][0])) for name in dtype.names])
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        return np.dtype((_packed(base), shape))
    return np.dtype(dtype.str).newbyteorder("<")


def _written(dtype: np.dtype[Any]) -> str:
    """Return `dtype` in the notation of the file itself."""
    return dtype.str if dtype.names is None else str(dtype.descr)
