"""Files of runs, found by a signed link through their record, never by a path."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from starlette.responses import Response, StreamingResponse

from mediatypes.errors import IntegrityError, MediaTypesError
from mediatypes.schema import Media as MediaRecord
from mediatypes.store.beneath import Folder
from mediatypes.store.files import read_file
from mediatypes.store.scan import read_record
from mediatypes.viewer.answers import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

    from mediatypes.schema import Part
    from mediatypes.viewer.catalogue import Catalogue
    from mediatypes.viewer.index import RunIndex
    from mediatypes.viewer.links import Links

__all__ = ["IMMUTABLE", "Found", "find", "read", "send"]

IMMUTABLE: Final = "private, max-age=31536000, immutable"
_CHECKED: Final = 32 << 20
"""Files up to this size are read and checked at once; longer ones are streamed."""
_BLOCK: Final = 1 << 18
_WHERE: Final = re.compile(r"(r[0-9a-f-]{1,60})\.(\d{1,6})\.(\d{1,12})\.(\d{1,9})")
_NAME: Final = re.compile(r"([0-9a-f]{64})\.([a-z0-9]{1,16})")
_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_SHOWN: Final = frozenset(
    [
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "image/bmp",
        "image/svg+xml",
        "audio/wav",
        "audio/flac",
        "audio/ogg",
        "audio/mpeg",
        "audio/opus",
        "video/mp4",
        "video/webm",
        "text/plain",
    ]
)
"""What a browser may show; everything else is a download."""
_LOCKED: Final = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_SCRIPTS: Final = (
    "sandbox allow-scripts; default-src 'unsafe-inline' data: blob:; form-action 'none'"
)


class Found(NamedTuple):
    """A file of a run, and the record that names it."""

    run: RunIndex
    record: MediaRecord
    file: MediaRecord | Part

    @property
    def tag(self) -> str:
        """What a browser remembers it by."""
        return f'"{self.file.sha256}"'


def find(catalogue: Catalogue, links: Links, request: Request) -> Found:
    """Return the file that a signed link means.

    Raises
    ------
    mediatypes.viewer.answers.Refused
        If the link is not ours, or its run, record or file is not there any more.
    """
    params = request.path_params
    names = ("tag", "where", "number", "name")
    path = "/".join(str(params[name]) for name in names)
    if not links.is_signed(path, request.query_params.get("k", "")):
        raise Refused(403, "link", "This link is not one of this server's.", "Reload.")
    where, name = _WHERE.fullmatch(params["where"]), _NAME.fullmatch(params["name"])
    run = catalogue.by_tag(params["tag"])
    if run is None or where is None or name is None:
        raise Refused(404, "file", "There is no such file.")
    try:
        folder = Folder(run.path)
        try:
            at = (int(where[2]), int(where[3]), int(where[4]))
            record = read_record(folder, where[1], *at)
        finally:
            folder.close()
    except (MediaTypesError, OSError) as error:
        raise Refused(404, "record", str(error)) from error
    if isinstance(record, MediaRecord):
        files: list[MediaRecord | Part] = [record, *record.parts]
        for file in files[params["number"] :][:1]:
            if file.sha256 == name[1]:
                return Found(run, record, file)
    raise Refused(404, "file", "The record has changed.", "Reload the page.")


def read(found: Found) -> bytes:
    """Return the content of a file, its size and digest checked.

    Raises
    ------
    mediatypes.viewer.answers.Refused
        If it is missing or is not what its record says.
    """
    file = found.file
    try:
        folder = Folder(found.run.path)
        try:
            return read_file(folder, file.path, file.size, file.sha256)
        finally:
            folder.close()
    except (IntegrityError, OSError) as error:
        hint = f"mediatypes verify {found.run.path}"
        raise Refused(410, "damaged", str(error), hint) from error


def send(found: Found, request: Request) -> Response:
    """Return a file, or the part of it that was asked for."""
    headers = _headers(found, request)
    if found.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    size = found.file.size
    first, last, status = 0, size - 1, 200
    asked = _RANGE.fullmatch(request.headers.get("range", ""))
    if asked is not None and (asked[1] or asked[2]) and size:
        first, last = _span(asked[1], asked[2], size)
        if first > last:
            headers["content-range"] = f"bytes */{size}"
            return Response(status_code=416, headers=headers)
        headers["content-range"] = f"bytes {first}-{last}/{size}"
        status = 206
    headers["content-length"] = str(last - first + 1)
    if size <= _CHECKED:
        return Response(read(found)[first : last + 1], status, headers)
    return StreamingResponse(_blocks(found, first, last), status, headers)


def _span(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def _headers(found: Found, request: Request) -> dict[str, str]:
    mime = found.file.mime.partition(";")[0].strip().lower()
    is_html = mime == "text/html" and found.record.kind == "html"
    is_text = mime.startswith("text/") and not is_html
    shown = "text/plain" if is_text else mime
    headers = {
        "etag": found.tag,
        "cache-control": IMMUTABLE,
        "accept-ranges": "bytes",
        "content-security-policy": _SCRIPTS if is_html else _LOCKED,
    }
    if shown.startswith("text/"):
        headers["content-type"] = f"{shown}; charset=utf-8"
    elif shown in _SHOWN:
        headers["content-type"] = shown
    else:
        headers["content-type"] = "application/octet-stream"
    # As a page of its own it could go anywhere; in a frame of ours it cannot.
    is_page = request.headers.get("sec-fetch-dest", "") == "document" and not is_text
    if shown not in _SHOWN and not (is_html and not is_page):
        headers["content-disposition"] = f'attachment; filename="{_file_name(found)}"'
    return headers


def _file_name(found: Found) -> str:
    name = found.file.path.rpartition("/")[2]
    return re.sub(r"[^\w.-]", "_", name, flags=re.ASCII)[-100:] or "file"


def _blocks(found: Found, first: int, last: int) -> Iterator[bytes]:
    folder = Folder(found.run.path)
    try:
        with os.fdopen(folder.open_file(found.file.path), "rb", buffering=0) as file:
            file.seek(first)
            left = last - first + 1
            while left > 0 and (block := file.read(min(_BLOCK, left))):
                left -= len(block)
                yield block
    finally:
        folder.close()
