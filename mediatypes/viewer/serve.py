"""Starting the server: its socket, its link, its end."""

from __future__ import annotations

import errno
import getpass
import os
import socket
import sys
from typing import TYPE_CHECKING, Final

from mediatypes.errors import MediaTypesError

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import ASGIApp

__all__ = [
    "DEFAULT_PORT",
    "PortTakenError",
    "link",
    "listen",
    "run",
    "settings",
    "tunnel",
]

DEFAULT_PORT: Final = 8765
_TRIED: Final = 10
"""Ports that are tried one after the other where none is asked for."""
_ADDRESS: Final = "127.0.0.1"
_BACKLOG: Final = 128
_SWITCH_SECONDS: Final = 0.0005
"""A tenth of what is usual: whoever sends answers waits less for whoever computes."""


class PortTakenError(MediaTypesError):
    """The port that was asked for is not free."""


def listen(port: int | None) -> socket.socket:
    """Return a socket that listens on this machine only.

    Parameters
    ----------
    port
        1 to 65,535; 0 for any that is free; None for 8765 or one of the next nine.

    Raises
    ------
    PortTakenError
        If it is in use, or needs rights that this process has not.
    """
    ports = [*range(DEFAULT_PORT, DEFAULT_PORT + _TRIED)] if port is None else [port]
    reason: OSError | None = None
    for candidate in ports:
        try:
            return _listening(candidate)
        except OSError as error:
            reason = error
            if error.errno != errno.EADDRINUSE:
                break
    words = f"port {ports[0]}" if port is not None else f"{ports[0]} to {ports[-1]}"
    why = reason.strerror if reason is not None else "none is free"
    msg = f"cannot listen on {words}: {why}. Pass --port 0 for a free one."
    raise PortTakenError(msg) from reason


def _listening(port: int) -> socket.socket:
    # With the protocol named, asyncio sends each answer at once; without it, an
    # answer on a kept connection waits 40 ms for the client's acknowledgement.
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name != "nt":  # where it would let two servers share a port
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((_ADDRESS, port))
        found.listen(_BACKLOG)
    except OSError:
        found.close()
        raise
    return found


def link(listening: socket.socket, token: str) -> str:
    """Return the address of the page, the token in its fragment, which is not sent."""
    port = listening.getsockname()[1]
    return f"http://{_ADDRESS}:{port}/#token={token}"


def tunnel(listening: socket.socket) -> str:
    """Return the command that brings the page to another machine."""
    port = listening.getsockname()[1]
    where = f"{getpass.getuser()}@{socket.gethostname()}"
    return f"ssh -N -L {port}:{_ADDRESS}:{port} {where}"


def settings(app: ASGIApp) -> uvicorn.Config:
    """Return how the server runs: plainly, in silence, without a header of its own."""
    import uvicorn

    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        loop="asyncio",
        http="h11",
        ws="none",
        timeout_graceful_shutdown=1,
    )


def run(app: ASGIApp, listening: socket.socket) -> None:
    """Serve until Ctrl-C."""
    import uvicorn

    sys.setswitchinterval(_SWITCH_SECONDS)
    uvicorn.Server(settings(app)).run(sockets=[listening])
