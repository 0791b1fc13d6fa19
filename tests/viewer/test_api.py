"""What the page asks for, held against the reader of the library."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np
import pytest

import mediatypes as mt

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.viewer.site import Site


def unpacked(packed: Any) -> np.ndarray[Any, Any]:
    """Return numbers as the page unpacks them."""
    return np.frombuffer(base64.b64decode(packed["b64"]), packed["dtype"])


def test_runs_are_what_the_reader_says_of_them(site: Site, folder: Path) -> None:
    rows = {row["id"]: row for row in site.api("runs")["runs"]}

    for path in mt.runs(folder).paths:
        run = mt.open_run(path)
        row = rows[path.name]
        assert (row["name"], row["state"]) == (run.name, run.state)
        assert row["config"] == run.config
        assert row["summary"]["train/loss"] == pytest.approx(run.summary["train/loss"])
        assert row["last_step"] == 60
        assert row["media"] == run.media_count + 6  # the histograms have no file


def test_keys_are_those_that_were_logged(site: Site, folder: Path) -> None:
    keys = site.api("keys", run=site.ids)
    run = mt.open_run(folder / site.ids[0])

    assert set(keys["scalars"]) | set(keys["media"]) == set(run.keys())
    kinds = {fact.key: fact.kind for fact in run.key_facts() if fact.kind != "number"}
    assert {key: entry["kind"] for key, entry in keys["media"].items()} == kinds
    assert keys["media"]["odd"]["runs"][site.ids[0]]["odd"] == 6


def test_a_short_series_is_every_point_of_the_history(site: Site, folder: Path) -> None:
    answer = site.api("series", key="train/loss", run=site.ids)["charts"][0]
    frame = mt.open_run(folder / site.ids[0]).history().to_pandas()
    known = frame[np.isfinite(frame["train/loss"])]

    assert answer["raw"]
    x, line = unpacked(answer["x"]), answer["series"][0]
    y = unpacked(line["mean"])
    kept = ~np.isnan(y)
    assert x[kept].tolist() == known["step"].tolist()
    assert np.allclose(y[kept], known["train/loss"])
    assert answer["nonfinite"] == [
        {"run": run, "x": 30.0, "value": "nan"} for run in site.ids
    ]


def test_a_long_series_keeps_its_spikes_and_its_mean(
    tmp_path: Path, serve: Callable[[Path], Site]
) -> None:
    values = np.random.default_rng(0).normal(size=3000)
    values[1234] = 99.0
    with mt.init(dir=tmp_path, reinit="create_new") as run:
        for value in values:
            run.log({"x": value})
    found = serve(tmp_path)
    answer = found.api("series", key="x", run=found.ids, n=100)["charts"][0]
    line = answer["series"][0]
    parts = np.array_split(values, 100)

    assert not answer["raw"]
    assert unpacked(line["max"]).max() == 99
    assert np.allclose(unpacked(line["min"]), [part.min() for part in parts])
    assert np.allclose(
        unpacked(line["mean"]), [part.mean() for part in parts], atol=1e-6
    )
    near = found.api(
        "series", key="x", run=found.ids, n=100, **{"from": 1200, "to": 1260}
    )["charts"][0]
    assert near["raw"]
    assert np.allclose(unpacked(near["series"][0]["mean"]), values[1200:1261])


def test_charts_that_are_asked_for_together_are_those_that_are_asked_for_alone(
    site: Site,
) -> None:
    def asked(*keys: str) -> Any:
        words = "".join(f"&key={quote(key)}" for key in keys)
        return site.ask(f"/api/v1/series?run={site.ids[0]}{words}")

    keys = ["train/loss", "lr", "nothing"]
    together = asked(*keys).json["charts"]
    assert [chart["key"] for chart in together] == keys
    assert together == [asked(key).json["charts"][0] for key in keys]
    assert len(together[0]["series"]) == 1
    assert not together[2]["series"]
    assert asked(*["lr"] * 64).status == 200
    assert asked(*["lr"] * 65).status == 400


@pytest.mark.parametrize("count", [10, 600])
def test_numbers_as_they_are_are_those_in_base64(site: Site, count: int) -> None:
    path = f"/api/v1/series?run={site.ids[0]}&key=train/loss&key=lr&n={count}"
    words = site.ask(path).json
    answer = site.ask(path, accept="application/octet-stream, application/json")
    body = answer.body
    found = json.loads(body[int.from_bytes(body[:8], "little") :])

    assert answer.headers["content-type"] == "application/octet-stream"
    for ours, theirs in zip(found["charts"], words["charts"], strict=True):
        pairs = [(ours["x"], theirs["x"])]
        for line, other in zip(ours["series"], theirs["series"], strict=True):
            pairs += [(line[name], other[name]) for name in ("min", "mean", "max")]
        for where, packed in pairs:
            assert where["at"] % 8 == 0
            assert where["dtype"] == packed["dtype"]
            place = where["count"], where["at"]
            numbers = np.frombuffer(body, where["dtype"], *place)
            assert np.array_equal(numbers, unpacked(packed), equal_nan=True)
    assert found["charts"][0]["raw"] == (count == 600)


def test_keys_logged_in_other_rows_lie_at_their_own_steps(
    tmp_path: Path, serve: Callable[[Path], Site]
) -> None:
    with mt.init(dir=tmp_path) as run:
        for step in range(60):
            row = (
                {"all": step, "a": step, "b": step} if step % 3 == 0 else {"all": step}
            )
            run.log(row | ({"c": step} if step % 5 == 0 else {}), step=7 * step)
    found = serve(tmp_path)
    for key, every in [("a", 3), ("b", 3), ("c", 5), ("a", 3), ("all", 1), ("b", 3)]:
        for axis in ("step", "time", "step"):
            answer = found.api("series", key=key, run=found.ids, x=axis)["charts"][0]
            x, y = unpacked(answer["x"]), unpacked(answer["series"][0]["mean"])
            assert y.tolist() == [*range(0, 60, every)]
            if axis == "step":
                assert x.tolist() == [7 * step for step in range(0, 60, every)]
            else:
                assert np.all((x >= 0) & (x < 60))


@pytest.mark.parametrize("axis", ["time", "key:lr"])
def test_a_series_over_another_axis_has_the_same_numbers(site: Site, axis: str) -> None:
    by_step = site.api("series", key="train/loss", run=site.ids[0])
    other = site.api("series", key="train/loss", run=site.ids[0], x=axis)

    def numbers(answer: Any) -> list[float]:
        y = unpacked(answer["charts"][0]["series"][0]["mean"])
        return sorted(y[~np.isnan(y)].tolist())

    assert numbers(other) == numbers(by_step)
    assert np.all(np.diff(unpacked(other["charts"][0]["x"])) > 0)


def test_media_at_a_step_are_those_of_the_latest_step_before(site: Site) -> None:
    answer = site.api("media", key="val/pictures", run=site.ids, at=20)["runs"]

    assert [answer[run]["step"] for run in site.ids] == [20, 15]
    assert [answer[run]["exact"] for run in site.ids] == [True, False]
    assert [item["index"] for item in answer[site.ids[0]]["items"]] == [0, 1, 2, 3]
    early = site.api("media", key="val/pictures", run=site.ids, at=2)["runs"]
    assert list(early) == [site.ids[0]]


def test_all_media_come_in_stretches_without_a_gap(site: Site) -> None:
    found: list[Any] = []
    answer: Any = {}
    for offset in range(0, 60, 7):
        answer = site.api(
            "media", key="val/pictures", run=site.ids, offset=offset, limit=7
        )
        found += answer["items"]

    assert answer["total"] == len(found) == 48
    places = [(item["run"], item["step"], item["index"]) for item in found]
    assert places == sorted(places)
    assert len(set(places)) == 48


def test_media_logged_again_at_a_step_are_replaced(
    tmp_path: Path, serve: Callable[[Path], Site]
) -> None:
    with mt.init(dir=tmp_path, reinit="create_new") as run:
        run.log({"x": [mt.Text("old one"), mt.Text("old two")]}, step=3)
        run.log({"x": [mt.Text("new")]}, step=3)
    found = serve(tmp_path)
    answer = found.api("media", key="x", run=found.ids[0], at=3)["runs"][found.ids[0]]

    assert answer["total"] == 1
    assert found.file(answer["items"][0]["url"]).body == b"new"


def test_histograms_over_steps_keep_their_counts(site: Site) -> None:
    answer = site.api("hist", key="spread", run=site.ids)
    edges = unpacked(answer["edges"])

    for run in site.ids:
        facts = answer["runs"][run]
        matrix = unpacked(facts["matrix"]).reshape(-1, len(edges) - 1)
        assert len(matrix) == len(unpacked(facts["steps"])) == 6
        assert np.allclose(matrix.sum(axis=1), 300, rtol=1e-5)


@pytest.mark.parametrize(
    ("call", "parameters"),
    [
        ("series", {}),
        ("series", {"key": "train/loss", "n": 10**9}),
        ("series", {"key": "train/loss", "n": "many"}),
        ("series", {"key": "train/loss", "from": "x"}),
        ("media", {"key": "depth", "limit": 10**6}),
        ("media", {"key": "depth", "at": 1.5}),
        ("media", {"key": "depth", "at": "nan"}),
        ("media", {"key": "depth", "offset": -3}),
        ("keys", {"run": "../../etc"}),
    ],
)
def test_a_wrong_question_gets_an_answer_that_says_so(
    site: Site, call: str, parameters: dict[str, Any]
) -> None:
    import urllib.parse

    query = urllib.parse.urlencode(parameters)
    answer = site.ask(f"/api/v1/{call}?{query}")

    assert answer.status in {400, 404}
    assert answer.json["error"]["message"]


def test_answers_are_strict_json_whatever_was_logged(
    tmp_path: Path, serve: Callable[[Path], Site]
) -> None:
    odd = {
        "nan": float("nan"),
        "inf": float("inf"),
        "big": 2**80,
        "deep": {"a": [None]},
    }
    with mt.init(dir=tmp_path, config=odd, reinit="create_new") as run:
        run.log(odd | {"text": "words", "list": [1, float("nan")]})
        run.log({"$t": 3, "a,b&run=c": 4})
    found = serve(tmp_path)
    for call in ("runs", "keys", "problems"):
        body = found.ask(f"/api/v1/{call}?run={found.ids[0]}").body
        json.loads(body, parse_constant=pytest.fail)
    keys = found.api("keys", run=found.ids)["scalars"]
    assert {"nan", "inf", "big", "$t", "a,b&run=c"} <= set(keys)


def test_problems_name_what_is_wrong_and_how_to_look_closer(
    tmp_path: Path, serve: Callable[[Path], Site]
) -> None:
    with mt.init(dir=tmp_path, reinit="create_new") as run:
        run.log({"loss": 1.0})
        run.log({"loss": 2.0})
    (log,) = (run.dir / "log").glob("*.jsonl")
    lines = log.read_bytes().splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if b'"loss":1' in line)
    lines[at] = lines[at].replace(b'"loss":1', b'"loss":7')
    log.write_bytes(b"".join(lines))
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "run.json").write_text("{")
    found = serve(tmp_path)
    rows = found.api("problems", run=[run.id for run in found.catalogue.all()])

    texts = " ".join(row["text"] for row in rows["problems"])
    assert "bad-line" in texts
    assert "damaged" in texts
    assert all("mediatypes verify" in row["command"] for row in rows["problems"])
    states = {row["id"]: row["state"] for row in found.api("runs")["runs"]}
    assert states["broken"] == "damaged"


def test_a_torn_last_line_is_read_when_it_is_whole(
    tmp_path: Path, serve: Callable[[Path], Site]
) -> None:
    with mt.init(dir=tmp_path, reinit="create_new") as run:
        for step in range(5):
            run.log({"loss": float(step)})
    (log,) = (run.dir / "log").glob("*.jsonl")
    whole = log.read_bytes()
    cut = whole.index(b'"loss":3.0') + 4
    log.write_bytes(whole[:cut])
    found = serve(tmp_path)
    assert found.api("keys", run=found.ids)["scalars"]["loss"][found.ids[0]] == 3
    log.write_bytes(whole)
    found.catalogue._polled = 0.0
    found.api("changes")
    assert found.api("keys", run=found.ids)["scalars"]["loss"][found.ids[0]] == 5


def test_a_read_only_copy_of_one_run_is_shown(
    folder: Path, tmp_path: Path, serve: Callable[[Path], Site]
) -> None:
    import shutil

    source = mt.runs(folder).paths[0]
    copy = tmp_path / "copy"
    shutil.copytree(source, copy)
    for path in [copy, *copy.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = sorted((p, p.stat().st_mtime_ns) for p in copy.rglob("*"))
    found = serve(copy)

    assert found.api("meta")["single"]
    assert found.file(found.item("depth")["url"]).status == 200
    assert sorted((p, p.stat().st_mtime_ns) for p in copy.rglob("*")) == before
    for path in [copy, *copy.rglob("*")]:
        path.chmod(0o755)
