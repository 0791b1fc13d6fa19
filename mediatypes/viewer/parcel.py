"""Where the files of an export go: into its page, or beside it."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Final, Protocol

from mediatypes.store.beneath import Folder
from mediatypes.store.files import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from mediatypes.schema import Media as MediaRecord
    from mediatypes.schema import Part
    from mediatypes.viewer.index import RunIndex

__all__ = ["Beside", "Inside", "Parcel", "Place", "data_address"]

_BASE64: Final = 4 / 3
_SHOWN: Final = ("image/", "audio/", "video/")
"""What a page opened from disk may show; it may read none of its files."""


class Place(Protocol):
    """Where files go."""

    growth: float
    """Bytes that a byte of a file takes."""

    def put(self, data: bytes, file: MediaRecord | Part) -> str:
        """Put a file there, and return its address in the page."""
        ...


class Inside:
    """Files as ``data:`` addresses in the page."""

    growth = _BASE64

    def put(self, data: bytes, file: MediaRecord | Part) -> str:
        """Return the whole file as an address."""
        return data_address(data, file.mime)


class Beside:
    """Files in a folder beside the page, as every program reads them.

    Parameters
    ----------
    folder
        That of the page.
    """

    growth = 1.0

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in ("media", "data"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def put(self, data: bytes, file: MediaRecord | Part) -> str:
        """Write the file, and once more as a script if the page has to read it."""
        if file.mime.startswith("text/html"):
            # As a file it could reach a network; so it is under the policy of the page.
            return data_address(data, file.mime)
        extension = re.sub("[^a-z0-9]", "", file.path.rpartition(".")[2].lower())[:16]
        name = f"{hashlib.sha256(data).hexdigest()}.{extension or 'bin'}"
        (self._folder / "media" / name).write_bytes(data)
        if not file.mime.startswith(_SHOWN) or file.kind == "mask":
            text = base64.b64encode(data).decode()
            script = f'mediatypesFile("media/{name}", "{text}");\n'
            (self._folder / "data" / f"{name}.js").write_text(script, "ascii")
        return f"media/{name}"


class Parcel:
    """Media files of an export, as long as there is room.

    Parameters
    ----------
    place
        Where they go.
    room
        Bytes that they may take there.
    """

    def __init__(self, place: Place, room: int) -> None:
        self._place = place
        self._room = float(room)
        self._known: dict[str, int] = {}
        self.addresses: list[str] = []
        self.types: set[str] = set()
        """Media types of all files that are in it."""
        self.kept = self.left_out = 0

    def take(self, run: RunIndex, record: MediaRecord) -> list[int] | None:
        """Return the numbers of a record's files, or None if they do not fit."""
        files: list[MediaRecord | Part] = [record, *record.parts]
        new = {f.sha256: f for f in files if f.sha256 not in self._known}
        need = sum(file.size for file in new.values()) * self._place.growth
        if need > self._room:
            self.left_out += 1
            return None
        folder = Folder(run.path)
        try:
            for digest, file in new.items():
                data = read_file(folder, file.path, file.size, digest)
                self._known[digest] = len(self.addresses)
                self.addresses.append(self._place.put(data, file))
                self.types.add(file.mime.partition(";")[0].strip().lower())
        finally:
            folder.close()
        self._room -= need
        self.kept += 1
        return [self._known[file.sha256] for file in files]


def data_address(data: bytes, mime: str) -> str:
    """Return data as an address that holds it."""
    plain = mime.partition(";")[0].strip().lower()
    return f"data:{plain};base64,{base64.b64encode(data).decode()}"
