"""Files as the server sends them."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import soundfile
from PIL import Image as Pillow

import mediatypes as mt

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.viewer.site import Site


def test_a_file_comes_as_its_record_says(site: Site) -> None:
    item = site.item("sound")
    answer = site.file(item["url"])

    assert hashlib.sha256(answer.body).hexdigest() == item["sha256"]
    assert answer.headers["content-type"] == "audio/wav"
    assert "immutable" in answer.headers["cache-control"]
    samples, rate = soundfile.read(io.BytesIO(answer.body))
    assert (len(samples), rate) == (4000, 8000)


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-9", 0, 9), ("bytes=10-", 10, None), ("bytes=-7", -7, None)],
)
def test_a_part_of_a_file_is_sent_where_it_is_asked_for(
    site: Site, asked: str, first: int, last: int | None
) -> None:
    address = site.item("sound")["url"]
    whole = site.file(address).body
    answer = site.file(address, Range=asked)

    assert answer.status == 206
    end = None if last is None else last + 1
    assert answer.body == whole[first:end]
    assert answer.headers["content-range"].endswith(f"/{len(whole)}")


def test_a_part_beyond_the_end_is_refused(site: Site) -> None:
    address = site.item("sound")["url"]

    assert site.file(address, Range="bytes=99999999-").status == 416
    assert site.file(address, Range="bytes=x-y").status == 200


def test_a_file_that_the_browser_has_is_not_sent_again(site: Site) -> None:
    item = site.item("sound")
    answer = site.file(item["url"], If_None_Match=f'"{item["sha256"]}"')

    assert (answer.status, answer.body) == (304, b"")


def test_html_is_a_sandbox_and_never_a_page_of_its_own(site: Site) -> None:
    address = site.item("page")["url"]
    framed = site.file(address, Sec_Fetch_Dest="iframe")
    opened = site.file(address, Sec_Fetch_Dest="document")

    assert framed.headers["content-type"].startswith("text/html")
    assert framed.headers["content-security-policy"].startswith(
        "sandbox allow-scripts;"
    )
    assert "allow-same-origin" not in framed.headers["content-security-policy"]
    assert opened.headers["content-disposition"].startswith("attachment")


def test_what_no_browser_shows_is_a_download(site: Site) -> None:
    answer = site.file(site.item("weights")["url"])

    assert answer.body == b"w" * 100
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-security-policy"].startswith("sandbox;")


def test_a_large_picture_is_made_small_for_the_gallery(
    tmp_path: Path, serve: Callable[[Path], Site]
) -> None:
    random = np.random.default_rng(0)
    with mt.init(dir=tmp_path, reinit="create_new") as run:
        run.log({"big": mt.Image(random.integers(0, 256, (900, 600, 3), np.uint8))})
        deep = random.integers(0, 2**16, (700, 500), np.uint16)
        run.log({"deep": mt.Image(deep)})
        run.log({"tiff": mt.Image(np.zeros((9, 9), np.uint8), file_type="tiff")})
    found = serve(tmp_path)
    for key in ("big", "deep", "tiff"):
        answer = found.file(found.item(key)["thumb"])
        assert answer.status == 200
        with Pillow.open(io.BytesIO(answer.body)) as picture:
            assert picture.width <= 256
            assert picture.mode in {"RGB", "RGBA", "L"}


def test_a_changed_file_is_named_and_not_shown(
    tmp_path: Path, serve: Callable[[Path], Site]
) -> None:
    with mt.init(dir=tmp_path, reinit="create_new") as run:
        run.log({"x": mt.Image(np.zeros((5, 5), np.uint8))})
    found = serve(tmp_path)
    item = found.item("x")
    path = run.dir / item["path"]
    path.write_bytes(path.read_bytes()[::-1])
    answer = found.file(item["url"])

    assert answer.status == 410
    assert "mediatypes verify" in answer.json["error"]["hint"]
    path.unlink()
    assert found.file(item["thumb"]).status == 410


def test_a_sound_has_an_envelope_and_a_line_at_its_pitch(site: Site) -> None:
    look = site.file(site.item("sound")["sound"]).json
    peaks = unpacked(look["peaks"]).reshape(2, -1)
    spectrum = look["spectrograms"]["linear"]
    image = unpacked(spectrum).reshape(spectrum["height"], spectrum["width"])

    assert look["duration_seconds"] == pytest.approx(0.5)
    assert peaks.max() == pytest.approx(1, abs=0.01)
    assert peaks.min() == pytest.approx(-1, abs=0.01)
    loudest = image[:, image.shape[1] // 2].argmax()
    pitch = (1 - (loudest + 0.5) / image.shape[0]) * 4000
    assert pitch == pytest.approx(440, abs=4000 / image.shape[0])


def unpacked(packed: Any) -> np.ndarray[Any, Any]:
    """Return numbers as the page unpacks them."""
    import base64

    return np.frombuffer(base64.b64decode(packed["b64"]), packed["dtype"])


def test_an_array_is_looked_at_in_short(site: Site) -> None:
    item = site.item("matrix")
    look = site.file(item["preview"]).json
    kept = np.load(io.BytesIO(site.file(item["url"]).body))

    assert (look["height"], look["width"]) == kept.shape
    assert np.allclose(unpacked(look["plane"]).reshape(kept.shape), kept)
    assert look["mean"] == pytest.approx(kept.mean())


def test_fifty_small_pictures_one_after_the_other_take_under_a_second(
    site: Site,
) -> None:
    import http.client
    import time

    path = site.item("val/pictures")["thumb"].removeprefix(".")
    connection = http.client.HTTPConnection("127.0.0.1", site.port)
    start = time.perf_counter()
    for _ in range(50):
        connection.request("GET", path)
        connection.getresponse().read()
    connection.close()

    assert time.perf_counter() - start < 1.5  # 44 ms each, were answers held back
