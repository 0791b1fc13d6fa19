"""The token of a server, and links to files that only it can make."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mediatypes.schema import Media, Part
    from mediatypes.viewer.track import Place

__all__ = ["Links", "Locator"]

_TOKEN_BYTES: Final = 32
_KEY_BYTES: Final = 16
"""128 bits of the signature: enough that nobody guesses, short enough for a link."""

Locator = tuple[str, str, int, int, int]
"""Tag of the run, writer, segment, offset and length of a line."""


class Links:
    """Signs links, so that a media file needs no header and no cookie.

    Parameters
    ----------
    token
        What the page shows to be let in; new at each start.
    """

    def __init__(self, token: str | None = None) -> None:
        self.token = token or secrets.token_urlsafe(_TOKEN_BYTES)

    def is_token(self, text: str) -> bool:
        """Whether `text` is the token; takes as long whatever it is."""
        return hmac.compare_digest(text.encode(), self.token.encode())

    def file(
        self, tag: str, writer: str, place: Place, number: int, file: Media | Part
    ) -> str:
        """Return the end of a link to a file of a record, signed.

        Parameters
        ----------
        tag
            Stands for the run.
        writer
            Whose log the record is in.
        place
            Where.
        number
            0 for the file itself, 1 and more for its parts.
        file
            What the record says of it.
        """
        where = f"{writer}.{place.segment}.{place.offset}.{place.length}"
        extension = file.path.rpartition(".")[2].lower()
        extension = extension if extension.isalnum() and extension.isascii() else "bin"
        path = f"{tag}/{where}/{number}/{file.sha256[:64]}.{extension[:16]}"
        return f"{path}?k={self._key(path)}"

    def is_signed(self, path: str, key: str) -> bool:
        """Whether `key` is the signature of `path`."""
        return hmac.compare_digest(key.encode(), self._key(path).encode())

    def _key(self, path: str) -> str:
        code = hmac.digest(self.token.encode(), path.encode(), hashlib.sha256)
        return code[:_KEY_BYTES].hex()
