from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediatypes import schema
from mediatypes.errors import ManifestError
from mediatypes.schema import lines, records

RECORDS: list[Any] = [
    schema.Open(
        writer="r0-abc-1-2", rank=0, host="h", pid=1, start="", boot="", t=1.0, m=0.0
    ),
    schema.Log(step=3, d={"loss": 0.5}, media=(("key", 0, "image", 1), 2)),  # type: ignore[arg-type]  # see Log.media
    schema.Media(
        r=0,
        key="k",
        step=1,
        i=0,
        kind="image",
        path="media/image/k/x.png",
        sha256="0" * 64,
        size=3,
        mime="image/png",
        caption="täxt",
        source=schema.Source(dtype="uint8", shape=(2, 3), range=(0, 255)),
        parts=(schema.Part("masks/a", "mask", "p", "s", 1, "image/png"),),
    ),
    schema.Config(d={"a": 1}),
    schema.Summary(d={"a": 1}, removed=("b",)),
    schema.Metric(name="loss", summary="min"),
    schema.Name(name="new", tags=("a",), notes="n"),
    schema.Environment(d={"python": "3.11"}),
    schema.System(t=1.5, d={"cpu_percent": 50.0}),
    schema.Note(text="hello", r=1, key="k", i=0),
    schema.Sync(upto=9),
    schema.Repair(word="media-missing", where="p", path="p", kept="quarantine/p"),
    schema.Close(state="finished", lost={"image": 1}),
]


def written(record: Any, number: int = 5) -> bytes:
    return lines.frame_members(
        number, record.kind_name, records.members(record)
    ).rstrip(b"\n")


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.kind_name)
def test_a_record_is_read_back_as_it_was(record: Any) -> None:
    if isinstance(record, schema.Log):
        record = msgspec.structs.replace(
            record, media=(schema.Intent("key", 0, "image", 1),)
        )

    found = records.to_record(schema.parse(written(record)))

    assert found == msgspec.structs.replace(record, n=5)


def test_every_kind_of_record_is_tried() -> None:
    assert {record.kind_name for record in RECORDS} == set(records._KINDS)


def test_members_that_say_nothing_are_not_written() -> None:
    assert written(schema.Note(text="a")).startswith(
        b'{"n":5,"k":"note","text":"a","c":'
    )


def test_a_kind_from_a_later_release_is_kept_as_it_is() -> None:
    line = lines.frame_members(4, "artifact", {"entry": {"a": [1]}})
    found = records.to_record(schema.parse(line.rstrip(b"\n")))

    assert isinstance(found, schema.Unknown)
    assert (found.n, found.k, found.members["entry"]) == (4, "artifact", {"a": [1]})
    assert not found.critical


def test_a_kind_that_must_not_be_passed_over_says_so() -> None:
    found = records.to_record({"n": 0, "k": "future", "!": 1})

    assert isinstance(found, schema.Unknown)
    assert found.critical


def test_members_from_a_later_release_are_passed_over() -> None:
    found = records.to_record({"n": 0, "k": "name", "name": "a", "colour": "red"})

    assert found == schema.Name(n=0, name="a")


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"k": "name", "name": "a"},
        {"n": 0, "name": "a"},
        {"n": -1, "k": "name", "name": "a"},
        {"n": True, "k": "name", "name": "a"},
        {"n": 1.5, "k": "name", "name": "a"},
        {"n": 0, "k": 3, "name": "a"},
        {"n": 0, "k": "name"},
        {"n": 0, "k": "name", "name": 3},
        {"n": 0, "k": "log", "step": "3"},
        {"n": 0, "k": "media", "key": "k"},
        {"n": 0, "k": "sync", "upto": None},
    ],
    ids=repr,
)
def test_a_record_with_wrong_members_is_refused(line: dict[str, Any]) -> None:
    with pytest.raises(ManifestError):
        records.to_record(line)


@settings(deadline=None, max_examples=80)
@given(
    st.dictionaries(
        st.sampled_from(["n", "k", "step", "d", "name", "key", "r", "source", "parts"]),
        st.none()
        | st.integers(-1, 3)
        | st.sampled_from(["log", "media", "name", "x"])
        | st.lists(st.integers(), max_size=2)
        | st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
    )
)
def test_any_members_are_a_record_or_a_manifest_error(line: dict[str, Any]) -> None:
    try:
        records.to_record(line)
    except ManifestError:
        return


def test_a_record_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        RECORDS[0].pid = 3


def test_run_info_says_what_format_it_is() -> None:
    info = schema.RunInfo(run_id="a", name="b", created="c")
    found = msgspec.json.decode(msgspec.json.encode(info))

    assert (found["format"], found["version"]) == ("mediatypes-run", [1, 0])
    assert found["digest"] == "sha256"
