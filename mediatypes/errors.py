"""Every exception and warning that mediatypes raises.

::

    * MediaTypesError
      + InvalidMediaError (also ValueError)
        - UnsupportedInputError (also TypeError)
        - ShapeError
          . LayoutError
        - DtypeError
        - OptionError
        - RangeError
        - MissingFileError (also FileNotFoundError)
      + FormatError (also ValueError)
        - EncodeError
        - DecodeError
      + StoreError (also OSError)
        - RunNotFoundError (also FileNotFoundError)
        - ManifestError
        - IntegrityError
        - WriteFailedError
      + FrozenError (also AttributeError)
      + ConfigError (also ValueError)
      + RunClosedError (also RuntimeError)
      + NoRunError (also RuntimeError, AttributeError)
      + MissingDependencyError (also ImportError)
    * MediaTypesWarning (a UserWarning)
      + DroppedMediaWarning
"""

from __future__ import annotations

__all__ = [
    "ConfigError",
    "DecodeError",
    "DroppedMediaWarning",
    "DtypeError",
    "EncodeError",
    "FormatError",
    "FrozenError",
    "IntegrityError",
    "InvalidMediaError",
    "LayoutError",
    "ManifestError",
    "MediaTypesError",
    "MediaTypesWarning",
    "MissingDependencyError",
    "MissingFileError",
    "NoRunError",
    "OptionError",
    "RangeError",
    "RunClosedError",
    "RunNotFoundError",
    "ShapeError",
    "StoreError",
    "UnsupportedInputError",
    "WriteFailedError",
]


class MediaTypesError(Exception):
    """Base of every error raised on purpose by this package."""


def _invalid(cls: type[InvalidMediaError], facts: dict[str, str]) -> InvalidMediaError:
    return cls(**facts)


def _missing(cls: type[MissingDependencyError], *facts: str) -> MissingDependencyError:
    package, extra, feature = facts
    return cls(package, extra=extra, feature=feature)


class InvalidMediaError(MediaTypesError, ValueError):
    """A value cannot become what was asked for.

    The message is one sentence made of the facts below, which are also
    attributes.

    Parameters
    ----------
    media
        The type or call that refused, such as ``"Image"`` or ``"log"``.
    field
        The argument at fault.
    expected
        What would have been accepted, as a noun phrase.
    received
        What came instead.
    source
        Type of the object it came from, or ``""``.
    hint
        One sentence that tells the reader what to change, or ``""``.

    Examples
    --------
    >>> print(ShapeError("Image", "pixels", expected="flat", received="a cube"))
    Image: pixels must be flat; got a cube.
    """

    def __init__(
        self,
        media: str,
        field: str,
        *,
        expected: str,
        received: str,
        source: str = "",
        hint: str = "",
    ) -> None:
        self.media = media
        self.field = field
        self.expected = expected
        self.received = received
        self.source = source
        self.hint = hint
        origin = f" from {source}" if source else ""
        text = f"{media}: {field} must be {expected}; got {received}{origin}."
        super().__init__(f"{text} {hint}".rstrip())

    def __reduce__(self) -> tuple[object, ...]:
        facts = ("media", "field", "expected", "received", "source", "hint")
        return _invalid, (type(self), {name: getattr(self, name) for name in facts})

    def __str__(self) -> str:
        return str(self.args[0])


class UnsupportedInputError(InvalidMediaError, TypeError):
    """No rule turns an object of this type into the value that was asked for."""


class ShapeError(InvalidMediaError):
    """An array has the wrong number or size of axes."""


class LayoutError(ShapeError):
    """The axes of an array seem to stand in another order than was said."""


class DtypeError(InvalidMediaError):
    """An array holds elements that cannot be stored."""


class OptionError(InvalidMediaError):
    """An option has a value that does not exist or does not fit the others."""


class RangeError(InvalidMediaError):
    """Values are outside their range, and the run is strict."""


class MissingFileError(InvalidMediaError, FileNotFoundError):
    """A path names no readable file."""


class FormatError(MediaTypesError, ValueError):
    """The bytes of a file format are at fault."""


class EncodeError(FormatError):
    """A value cannot be written in this file format."""


class DecodeError(FormatError):
    """Bytes are damaged, hostile, or not of the format they claim."""


class StoreError(MediaTypesError, OSError):
    """A run folder cannot be written or read."""

    def __str__(self) -> str:
        return " ".join(map(str, self.args))


class RunNotFoundError(StoreError, FileNotFoundError):
    """A path is not a run folder."""


class ManifestError(StoreError):
    """A record of a run folder cannot be understood."""


class IntegrityError(StoreError):
    """A stored file does not match the digest in its record."""


class WriteFailedError(StoreError):
    """Something that was logged could not be kept; raised when the run is strict."""


class FrozenError(MediaTypesError, AttributeError):
    """A media value was to change; threads read it while the loop goes on.

    Parameters
    ----------
    media
        Its type.
    field
        What was to be set or deleted.
    """

    def __init__(self, media: str, field: str) -> None:
        super().__init__(
            f"{media}: {field} must be given when the value is made; got a change "
            f"afterwards. Make a new {media}."
        )
        self.media = media
        self.field = field

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.media, self.field)


class ConfigError(MediaTypesError, ValueError):
    """A config value would change without ``allow_val_change=True``."""


class RunClosedError(MediaTypesError, RuntimeError):
    """The run has been finished already."""


class NoRunError(MediaTypesError, RuntimeError, AttributeError):
    """There is no current run; ``mediatypes.init()`` starts one."""


class MissingDependencyError(MediaTypesError, ImportError):
    """An optional library is needed for what was asked.

    Parameters
    ----------
    package
        Name of the library to install.
    extra
        The extra of this package that brings it.
    feature
        What needs it, as a noun phrase.
    """

    def __init__(self, package: str, *, extra: str, feature: str) -> None:
        self.package = package
        self.extra = extra
        self.feature = feature
        super().__init__(
            f"{feature} needs {package}. "
            f"Install it with: pip install 'mediatypes[{extra}]'"
        )

    def __reduce__(self) -> tuple[object, ...]:
        return _missing, (type(self), self.package, self.extra, self.feature)


class MediaTypesWarning(UserWarning):
    """An odd value was stored by a written rule, or an argument was ignored."""


class DroppedMediaWarning(MediaTypesWarning):
    """Something that was logged is not in the run folder."""
