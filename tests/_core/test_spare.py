"""A buffer goes back when nobody sees it any more, and never before."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from mediatypes._core import spare
from mediatypes._core.arrays import own
from mediatypes._core.beside import LARGE


@pytest.fixture(autouse=True)
def _none_kept() -> None:
    spare._spare.clear()


def test_what_is_let_go_is_used_again() -> None:
    first = spare.empty((LARGE,), np.dtype(np.uint8))
    del first
    (room,) = spare._spare
    again = spare.empty((4, LARGE // 16), np.dtype(np.float32))
    assert np.shares_memory(again, room)
    assert not spare._spare
    assert again.shape == (4, LARGE // 16)
    assert again.flags.c_contiguous
    assert again.flags.aligned


def test_a_view_keeps_it() -> None:
    first = own(np.full(LARGE, 7, np.uint8))
    view = first[5:].reshape(-1, 1)[::2]
    del first
    other = own(np.zeros(LARGE, np.uint8))
    assert not np.shares_memory(view, other)
    assert (view == 7).all()


def test_two_at_a_time_share_nothing() -> None:
    kept = [own(np.full(LARGE, value, np.uint8)) for value in range(3)]
    assert [int(array.max()) for array in kept] == [0, 1, 2]
    assert [int(array.min()) for array in kept] == [0, 1, 2]
    kept.clear()
    assert len(spare._spare) == 1


def test_one_that_is_too_small_is_let_go() -> None:
    own(np.zeros(LARGE, np.uint8))
    large = own(np.ones(2 * LARGE, np.uint8))
    assert large.all()
    del large
    assert spare._spare[0].nbytes == 2 * LARGE


def test_little_does_not_hold_on_to_much() -> None:
    own(np.zeros(3 * LARGE, np.uint8))
    (room,) = spare._spare
    assert not np.shares_memory(own(np.zeros(LARGE, np.uint8)), room)


def test_one_beyond_the_limit_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spare, "MOST", LARGE)
    own(np.zeros(LARGE + 1, np.uint8))
    assert not spare._spare
    own(np.zeros(LARGE, np.uint8))
    assert spare._spare


def test_objects_are_copied_as_they_were() -> None:
    many = np.full(LARGE // 8, "word", object)
    assert (own(many) == many).all()


def test_many_threads_share_nothing() -> None:
    wrong: list[int] = []

    def work(value: int) -> None:
        for _ in range(20):
            array = own(np.full(LARGE, value, np.uint8))
            if not (array == value).all():
                wrong.append(value)

    threads = [threading.Thread(target=work, args=(value,)) for value in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
