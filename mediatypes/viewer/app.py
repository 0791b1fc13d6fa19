"""The server: what answers which address."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from mediatypes.errors import MediaTypesError
from mediatypes.media import MEDIA_TYPES
from mediatypes.media.array import Array
from mediatypes.media.audio import Audio
from mediatypes.viewer import (
    api,
    contents,
    density,
    figures,
    files,
    items,
    page,
    preview,
    series,
    sound,
)
from mediatypes.viewer.answers import Numbers, Refused, as_json, packed, refusal
from mediatypes.viewer.guard import LOOPBACK, Guard
from mediatypes.viewer.thumb import Thumbs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from mediatypes.viewer.catalogue import Catalogue
    from mediatypes.viewer.index import RunIndex
    from mediatypes.viewer.links import Links

__all__ = ["build"]

_MOST_SOUND: Final = 256 << 20
_MOST_CHARTS: Final = 64
_AT_ONCE: Final = 1
"""Answers of each sort that are worked on at a time: threads that all compute only take
the interpreter from one another."""
_LOCATOR: Final = "{tag}/{where}/{number:int}/{name}"


def build(
    catalogue: Catalogue, links: Links, *, hosts: Collection[str] = LOOPBACK
) -> ASGIApp:
    """Return the application that serves the dashboard.

    Parameters
    ----------
    catalogue
        The runs.
    links
        The token, and what signs links to files.
    hosts
        Names by which the server may be called.
    """
    answers = _Answers(catalogue, links)
    turns, file_turns = CapacityLimiter(_AT_ONCE), CapacityLimiter(_AT_ONCE)
    calls: dict[str, Callable[[Request], Any]] = {
        "meta": answers.meta,
        "changes": answers.changes,
        "runs": answers.runs,
        "keys": answers.keys,
        "series": answers.series,
        "steps": answers.steps,
        "media": answers.media,
        "hist": answers.hist,
        "problems": answers.problems,
        "files": answers.contents,
        "output": answers.output,
    }
    routes = [Route("/", _index), Route("/favicon.ico", _icon)]
    routes += [Route("/static/{name:path}", _static)]
    routes += [Route("/frame/{library}.js", _answering(_library, turns))]
    routes += [Route("/frame/{library}", _frame)]
    for name, call in calls.items():
        routes.append(Route(f"/api/v1/{name}", _answering(call, turns)))
    for name, call in {
        "media": answers.file,
        "thumb": answers.thumb,
        "sound": answers.sound,
        "preview": answers.preview,
    }.items():
        routes.append(Route(f"/{name}/{_LOCATOR}", _answering(call, file_turns)))
    errors: dict[Any, Any] = {HTTPException: _no_route, Exception: _fault}
    return Guard(Starlette(routes=routes, exception_handlers=errors), links, hosts)


class _Answers:
    """Reads the parameters of a request and hands them on."""

    def __init__(self, catalogue: Catalogue, links: Links) -> None:
        self._catalogue = catalogue
        self._links = links
        self._thumbs = Thumbs()

    def _runs(self, request: Request) -> list[RunIndex]:
        return api.chosen(self._catalogue, request.query_params.getlist("run"))

    def meta(self, request: Request) -> Any:
        del request
        return api.meta(self._catalogue)

    def changes(self, request: Request) -> Any:
        del request
        return api.changes(self._catalogue)

    def runs(self, request: Request) -> Any:
        return api.runs(self._catalogue, request.query_params.get("spark"))

    def keys(self, request: Request) -> Any:
        return api.keys(self._runs(request))

    def problems(self, request: Request) -> Any:
        return api.problems(self._runs(request))

    def contents(self, request: Request) -> Any:
        return {"runs": [contents.listing(run) for run in self._runs(request)]}

    def output(self, request: Request) -> Any:
        return {"runs": [contents.output(run) for run in self._runs(request)]}

    def series(self, request: Request) -> Any:
        runs, axis = self._runs(request), request.query_params.get("x", "step")
        span = _number(request, "from"), _number(request, "to")
        count = _whole(request, "n", 600)
        keys = request.query_params.getlist("key")
        if not all(keys) or not keys:
            _text(request, "key")
            raise Refused(400, "key", "A key is empty.")
        if len(keys) > _MOST_CHARTS:
            text = f"{len(keys)} keys are too many at once; {_MOST_CHARTS} at most."
            raise Refused(400, "key", text)
        numbers = Numbers() if Numbers.is_wanted(request) else None
        pack = packed if numbers is None else numbers.packed
        how: dict[str, Any] = {"x": axis, "span": span, "count": count, "pack": pack}
        charts = {"charts": [series.series(runs, key, **how) for key in keys]}
        return charts if numbers is None else numbers.response(charts)

    def steps(self, request: Request) -> Any:
        return items.steps(self._runs(request), request.query_params.getlist("key"))

    def media(self, request: Request) -> Any:
        runs, key = self._runs(request), _text(request, "key")
        offset, limit = _whole(request, "offset", 0), _whole(request, "limit", 64)
        if "at" not in request.query_params:
            return items.listing(runs, self._links, key, offset=offset, limit=limit)
        at, span = _whole(request, "at", 0), (offset, offset + limit)
        return items.at_step(runs, self._links, key, at=at, span=span)

    def hist(self, request: Request) -> Any:
        count = _whole(request, "n", 200)
        return density.over_steps(
            self._runs(request), _text(request, "key"), count=count
        )

    def _find(self, request: Request) -> files.Found:
        return files.find(self._catalogue, self._links, request)

    def file(self, request: Request) -> Response:
        return files.send(self._find(request), request)

    def thumb(self, request: Request) -> Response:
        data, mime = self._thumbs.get(self._find(request), _whole(request, "w", 256))
        policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
        headers = {"cache-control": files.IMMUTABLE, "content-security-policy": policy}
        return Response(data, 200, headers, mime)

    def sound(self, request: Request) -> Response:
        found = self._find(request)
        value = self._value(found, Audio.kind)
        return _kept(sound.picture_of(value.to_numpy(), value.sample_rate))

    def preview(self, request: Request) -> Response:
        found = self._find(request)
        return _kept(preview.look_at(self._value(found, Array.kind).to_numpy()))

    def _value(self, found: files.Found, kind: str) -> Any:
        if found.record.kind != kind:
            raise Refused(404, "kind", f"This is no {kind}.")
        if found.record.size > _MOST_SOUND:
            raise Refused(413, "size", "The file is too large to be looked at here.")
        try:
            return MEDIA_TYPES[kind].decode(found.record, files.read(found))
        except MediaTypesError as error:
            raise Refused(415, "damaged", str(error)) from error


def _answering(
    call: Callable[[Request], Any], turns: CapacityLimiter
) -> Callable[[Request], Awaitable[Response]]:
    def answer(request: Request) -> Response:
        try:
            found = call(request)
        except Refused as refused:
            return refused.response()
        return found if isinstance(found, Response) else as_json(found)

    async def wait(request: Request) -> Response:
        return await to_thread.run_sync(answer, request, limiter=turns)

    return wait


def _kept(value: Any) -> Response:
    response = as_json(value)
    response.headers["cache-control"] = files.IMMUTABLE
    return response


async def _index(request: Request) -> Response:
    del request
    text, policy = page.page(secrets.token_urlsafe(16))
    return HTMLResponse(text, headers={"content-security-policy": policy})


async def _static(request: Request) -> Response:
    asset = page.asset(request.path_params["name"])
    if asset is None:
        return refusal(404, "static", "There is no such file.")
    keep = request.query_params.get("v") == asset.version
    kept = files.IMMUTABLE if keep else "no-cache"
    headers = {"cache-control": kept, "cross-origin-resource-policy": "cross-origin"}
    return Response(asset.data, 200, headers, asset.mime)


def _library(request: Request) -> Response:
    data = figures.script(request.path_params["library"])
    if data is None:
        return refusal(404, "library", "This library is not installed.")
    headers = {"cache-control": "no-cache", "etag": f'"{crc32(data):08x}-{len(data)}"'}
    headers["cross-origin-resource-policy"] = "cross-origin"
    if headers["etag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(data, 200, headers, "text/javascript; charset=utf-8")


async def _frame(request: Request) -> Response:
    library = request.path_params["library"]
    if not figures.known().get(library):
        return refusal(404, "library", "This library is not installed.")
    headers = {"content-security-policy": figures.FRAME_POLICY}
    return HTMLResponse(figures.frame_page(library), headers=headers)


async def _icon(request: Request) -> Response:
    del request
    icon = page.assets()["icon.svg"]
    return Response(icon.data, 200, {"cache-control": "no-cache"}, icon.mime)


async def _no_route(request: Request, error: Exception) -> Response:
    del request
    status = error.status_code if isinstance(error, HTTPException) else 404
    return refusal(status, "route", "There is nothing at this address.")


async def _fault(request: Request, error: Exception) -> Response:
    del request
    text = f"The server failed: {type(error).__name__}."
    return refusal(500, "fault", text, "The terminal shows where.")


def _text(request: Request, name: str) -> str:
    found = request.query_params.get(name)
    if not found:
        raise Refused(400, name, f"The parameter {name} is missing.")
    return found


def _number(request: Request, name: str) -> float | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        raise Refused(400, name, f"{name} must be a number; got {text!r}.") from None


def _whole(request: Request, name: str, default: int) -> int:
    found = _number(request, name)
    if found is None:
        return default
    if not -(2**53) <= found <= 2**53 or found != int(found):
        raise Refused(400, name, f"{name} must be a whole number; got {found}.")
    return int(found)
