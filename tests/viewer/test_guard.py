"""Who is let in, and what every answer carries."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from mediatypes.viewer.guard import host_name

if TYPE_CHECKING:
    from tests.viewer.site import Site

HOSTS = {
    "127.0.0.1": True,
    "localhost:1": True,
    "[::1]:80": True,
    "evil.example": False,
    "127.0.0.1.evil.example": False,
}
SITES = {"same-origin": True, "none": True, "cross-site": False, "same-site": False}
TOKENS = {"right": True, "wrong": False, "none": False}
ROUTES = ("/", "/static/main.js", "/api/v1/meta", "/api/v1/nothing", "/media/a/b/0/c")
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "SAMEORIGIN",
    "cross-origin-opener-policy": "same-origin",
    "x-dns-prefetch-control": "off",
}


@pytest.mark.parametrize(
    ("host", "origin", "token"), [*itertools.product(HOSTS, SITES, TOKENS)]
)
def test_data_goes_only_to_the_page_that_has_the_token(
    site: Site, host: str, origin: str, token: str
) -> None:
    sent = {"Host": host, "Sec_Fetch_Site": origin}
    if token == "wrong":
        sent["Authorization"] = "Bearer " + "x" * 43
    answer = site.ask("/api/v1/runs", token=token == "right", **sent)

    if not HOSTS[host] or not SITES[origin]:
        assert answer.status == 403
    elif not TOKENS[token]:
        assert answer.status == 401
    else:
        assert answer.status == 200
    assert (b"val/pictures" in answer.body or b"finished" in answer.body) == (
        answer.status == 200
    )


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("host", ["127.0.0.1", "evil.example"])
def test_every_answer_carries_the_headers_of_a_careful_server(
    site: Site, route: str, host: str
) -> None:
    answer = site.ask(route, Host=host)

    assert HEADERS.items() <= answer.headers.items()
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "access-control-allow-origin" not in answer.headers
    assert "server" not in answer.headers
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_the_server_only_reads_whatever_is_asked(site: Site, method: str) -> None:
    assert site.ask("/api/v1/runs", method).status == 405


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1"]
)
def test_a_foreign_origin_is_refused(site: Site, origin: str) -> None:
    assert site.ask("/api/v1/runs", Origin=origin).status == 403


def test_the_own_origin_is_let_in(site: Site) -> None:
    assert site.ask("/api/v1/runs", Origin=site.base).status == 200


def test_a_signed_link_opens_one_file_and_no_other(site: Site) -> None:
    item = site.item("val/pictures")
    path, _, key = item["url"].removeprefix(".").partition("?k=")
    other = (
        site.item("val/pictures", index=1)["url"].removeprefix(".").partition("?")[0]
    )

    assert site.file(f"{path}?k={key}").status == 200
    assert site.file(path).status == 403
    assert site.file(f"{path}?k={'0' * len(key)}").status == 403
    assert site.file(f"{other}?k={key}").status == 403
    assert site.file(f"{path}?k={key}", Sec_Fetch_Site="cross-site").status == 403


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/media/../../etc/passwd",
        "/media/a/b/0/..%2f..%2fetc%2fpasswd",
        "/../../etc/passwd",
    ],
)
def test_no_path_leads_out_of_the_page(site: Site, path: str) -> None:
    answer = site.ask(path)

    assert answer.status in {403, 404}
    assert b"root:" not in answer.body
    assert b"import" not in answer.body


@pytest.mark.parametrize("host", ["", ":", "[", "[]", "a:b:c", "LOCALHOST.", "\x7f"])
def test_any_name_of_a_host_is_parsed(host: str) -> None:
    assert host_name(host) not in {"127.0.0.1", "localhost", "::1"}


def test_the_page_may_load_nothing_from_elsewhere(site: Site) -> None:
    answer = site.ask("/", token=False)
    policy = answer.headers["content-security-policy"]

    assert "http" not in policy
    assert "unsafe-eval" not in policy
    assert "script-src 'self' 'nonce-" in policy
    assert site.links.token.encode() not in answer.body
