"""Every address of the server, under everything that can be said of who asks."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

if TYPE_CHECKING:
    from tests.viewer.site import Answer, Site

HOSTS: Final = {"127.0.0.1": True, "[::1]:80": True, "evil.example": False}
ORIGINS: Final = {
    "": True,
    "own": True,
    "https://evil.example": False,
    "null": False,
    "http://127.0.0.1:1": False,
}
SITES: Final = {"same-origin": True, "cross-site": False}
TOKENS: Final = {"right": True, "wrong": False}
CASES: Final = [*itertools.product(HOSTS, ORIGINS, SITES, TOKENS)]
HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "SAMEORIGIN",
    "cross-origin-opener-policy": "same-origin",
    "x-dns-prefetch-control": "off",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class Route(NamedTuple):
    """An address, and what it asks of whoever asks."""

    path: str
    needs_page: bool = True
    """Whether other pages are refused."""
    needs_token: bool = True
    status: int = 200


@pytest.fixture(scope="module")
def routes(site: Site) -> dict[str, Route]:
    """Every route that the server has, each with an address that answers."""
    run = site.ids[0]
    links = {
        "media": site.item("val/pictures")["url"],
        "thumb": site.item("val/pictures")["thumb"],
        "sound": site.item("sound")["sound"],
        "preview": site.item("matrix")["preview"],
    }
    calls = {
        "meta": "",
        "changes": "",
        "runs": "",
        "keys": f"?run={run}",
        "series": f"?key=lr&run={run}",
        "steps": f"?key=sound&run={run}",
        "media": f"?key=sound&run={run}&at=9",
        "hist": f"?key=spread&run={run}",
        "problems": f"?run={run}",
        "files": f"?run={run}",
        "output": f"?run={run}",
    }
    found = {f"api {n}": Route(f"/api/v1/{n}{query}") for n, query in calls.items()}
    for name, link in links.items():
        found[name] = Route(link.removeprefix("."), needs_token=False)
        wrong = link.removeprefix(".").partition("?k=")[0] + "?k=" + "0" * 32
        found[f"{name} unsigned"] = Route(wrong, needs_token=False, status=403)
    for name, path in {
        "page": "/",
        "module": "/static/main.js",
        "icon": "/favicon.ico",
        "frame": "/frame/plotly",
        "library": "/frame/plotly.js",
    }.items():
        found[name] = Route(path, needs_page=False, needs_token=False)
    found["no module"] = Route(
        "/static/none.js", needs_page=False, needs_token=False, status=404
    )
    found["no call"] = Route("/api/v1/none", status=404)
    found["wrong call"] = Route("/api/v1/series", status=400)
    found["no run"] = Route("/api/v1/keys?run=none", status=404)
    found["nowhere"] = Route("/none", needs_token=False, status=404)
    return found


def test_the_routes_are_all_that_there_are(
    site: Site, routes: dict[str, Route]
) -> None:
    known = site.app._app.routes  # what the server itself has
    asked = {route.path.partition("?")[0] for route in routes.values()}

    for route in known:
        assert any(route.path_regex.match(path) for path in asked), route.path


@pytest.mark.parametrize(("host", "origin", "fetch", "token"), CASES)
def test_every_route_answers_only_whom_it_may(
    site: Site,
    routes: dict[str, Route],
    host: str,
    origin: str,
    fetch: str,
    token: str,
) -> None:
    sent = {"Host": host, "Sec_Fetch_Site": fetch}
    if origin:
        sent["Origin"] = f"http://{host}" if origin == "own" else origin
    if token == "wrong":
        sent["Authorization"] = "Bearer " + "x" * 43
    for name, route in routes.items():
        answer = site.ask(route.path, token=token == "right", **sent)
        may = HOSTS[host] and (
            not route.needs_page or (ORIGINS[origin] and SITES[fetch])
        )
        if not may:
            expected = 403
        elif route.needs_token and not TOKENS[token]:
            expected = 401
        else:
            expected = route.status
        assert answer.status == expected, (name, answer.body[:200])
        check_headers(name, answer)


def check_headers(name: str, answer: Answer) -> None:
    """Fail if an answer lacks what each must carry, whatever it says."""
    assert HEADERS.items() <= answer.headers.items(), name
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy or policy.startswith("sandbox"), name
    assert "cache-control" in answer.headers, name
    assert answer.headers["cross-origin-resource-policy"] in {
        "same-origin",
        "cross-origin" if answer.status == 200 and "script" in mime(answer) else "",
    }, name
    for never in ("access-control-allow-origin", "server", "set-cookie"):
        assert never not in answer.headers, name


def mime(answer: Answer) -> str:
    """Return the type of an answer, without its encoding."""
    return answer.headers.get("content-type", "").partition(";")[0]


def test_there_are_sixty_cases() -> None:
    assert len(CASES) == 60


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_no_route_takes_anything(
    site: Site, routes: dict[str, Route], method: str
) -> None:
    for name, route in routes.items():
        answer = site.ask(route.path, method)
        assert answer.status == 405, name
        check_headers(name, answer)


def test_a_head_is_answered_like_a_get_without_its_content(
    site: Site, routes: dict[str, Route]
) -> None:
    for name, route in routes.items():
        answer = site.ask(route.path, "HEAD")
        assert (answer.status, answer.body) == (route.status, b""), name
        check_headers(name, answer)


def test_a_fault_of_the_server_is_an_answer_like_all_others(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr("mediatypes.viewer.api.problems", fail)
    answer = site.ask("/api/v1/problems")

    assert answer.status == 500
    assert b"secret" not in answer.body
    assert b"Traceback" not in answer.body
    check_headers("fault", answer)
