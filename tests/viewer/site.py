"""A server in a thread of the tests, and requests without a browser."""

from __future__ import annotations

import http.client
import json
import threading
import time
import urllib.parse
from typing import TYPE_CHECKING, Any, NamedTuple

import uvicorn

from mediatypes.viewer.app import build
from mediatypes.viewer.catalogue import Catalogue
from mediatypes.viewer.links import Links
from mediatypes.viewer.serve import link, listen, settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Answer", "Site", "until"]


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON has it."""
        return json.loads(self.body)


class Site:
    """A server of a folder, read to its end before anything is asked."""

    def __init__(self, folder: Path) -> None:
        self.catalogue = Catalogue(folder)
        self.catalogue.poll()
        self.links = Links()
        self._listening = listening = listen(0)
        self.port: int = listening.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.link = link(listening, self.links.token)
        self.app: Any = build(self.catalogue, self.links)
        self._server = uvicorn.Server(settings(self.app))
        self._thread = threading.Thread(
            target=self._server.run, args=([listening],), daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End it."""
        self._server.should_exit = True
        self._thread.join(10)
        self._listening.close()

    def ask(
        self, path: str, method: str = "GET", *, token: bool = True, **headers: str
    ) -> Answer:
        """Send a request; ``Host`` and others may be set, underscores as hyphens."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            sent.setdefault("Authorization", f"Bearer {self.links.token}")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, headers=sent)
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, names, answer.read())
        finally:
            connection.close()

    def api(self, name: str, **parameters: Any) -> Any:
        """Return the JSON that a call answers."""
        query = urllib.parse.urlencode(parameters, doseq=True)
        answer = self.ask(f"/api/v1/{name}?{query}")
        assert answer.status == 200, answer.body
        return answer.json

    @property
    def ids(self) -> list[str]:
        """The runs, by name."""
        return [run.id for run in sorted(self.catalogue.all(), key=lambda r: r.name)]

    def item(self, key: str, at: int = 10_000, index: int = 0, run: int = 0) -> Any:
        """Return one item of a run as the page gets it."""
        answer = self.api("media", key=key, run=self.ids[run], at=at)
        return answer["runs"][self.ids[run]]["items"][index]

    def file(self, address: str, **headers: str) -> Answer:
        """Return what a signed link leads to."""
        return self.ask(address.removeprefix("."), token=False, **headers)


def until(check: Callable[[], Any], seconds: float = 20.0) -> Any:
    """Wait until `check` returns something true, and return that.

    The page's own policy forbids the evaluation by which Playwright waits.
    """
    end = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
    return found
