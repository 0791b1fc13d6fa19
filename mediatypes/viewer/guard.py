"""Who may ask: the server listens on this machine, but so do its web pages' scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.datastructures import Headers, MutableHeaders

from mediatypes.viewer.answers import refusal

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from mediatypes.viewer.links import Links

__all__ = ["LOOPBACK", "Guard"]

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
"""Names of this machine. A port is not compared: a tunnel changes it."""

_HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "SAMEORIGIN",
    "x-dns-prefetch-control": "off",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}
_METHODS: Final = ("GET", "HEAD")
_SITES: Final = ("same-origin", "none")
_OPEN: Final = ("/static/", "/frame/", "/favicon.ico")
"""What is code and no data, so that nothing is lost if anybody reads it."""


class Guard:
    """Lets through what comes from the page, and marks every answer.

    A page of another site can make a browser ask any server on this machine, and a name
    that resolves to 127.0.0.1 makes that page look like ours: so the name is checked
    (Host), the page that asks (Sec-Fetch-Site, Origin), and the token.

    Parameters
    ----------
    app
        What answers.
    links
        Knows the token.
    hosts
        Names by which the server may be called.
    """

    def __init__(self, app: ASGIApp, links: Links, hosts: Collection[str]) -> None:
        self._app = app
        self._links = links
        self._hosts = frozenset(name.lower() for name in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        app = self._refused(scope) or self._app
        await app(scope, receive, marked)

    def _refused(self, scope: Scope) -> Any:
        headers = Headers(scope=scope)
        if host_name(headers.get("host", "")) not in self._hosts:
            return refusal(
                403,
                "host",
                "This server is not called by that name.",
                "Open it as 127.0.0.1, or start it with --allow-host NAME.",
            )
        if scope["method"] not in _METHODS:
            return refusal(405, "method", "This server only reads.", "Use GET.")
        path: str = scope["path"]
        if path == "/" or path.startswith(_OPEN):
            return None
        if not self._is_same_site(headers):
            return refusal(403, "site", "Another page asked.", "Open the page itself.")
        if path.startswith("/api/") and not self._has_token(headers):
            return refusal(
                401,
                "token",
                "The token is missing or is not that of this server.",
                "Open the link that `mediatypes view` printed when it started.",
            )
        return None

    def _is_same_site(self, headers: Headers) -> bool:
        if headers.get("sec-fetch-site", "none") not in _SITES:
            return False
        origin = headers.get("origin")
        if origin is None:
            return True
        return origin.partition("://")[2].lower() == headers.get("host", "").lower()

    def _has_token(self, headers: Headers) -> bool:
        kind, _, token = headers.get("authorization", "").partition(" ")
        return kind.lower() == "bearer" and self._links.is_token(token)


def host_name(host: str) -> str:
    """Return the name in a Host header, without its port.

    Examples
    --------
    >>> host_name("LocalHost:8765"), host_name("[::1]:80"), host_name("127.0.0.1")
    ('localhost', '::1', '127.0.0.1')
    """
    name = host.strip().lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0]
