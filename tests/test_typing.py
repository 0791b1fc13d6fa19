from __future__ import annotations

import numpy as np

from mediatypes import typing


def test_whatever_hands_itself_over_supports_array() -> None:
    assert isinstance(np.zeros(3), typing.SupportsArray)
    assert isinstance(np.float32(3), typing.SupportsArray)
    assert not isinstance([1, 2], typing.SupportsArray)


def test_every_alias_is_listed_and_described() -> None:
    for name in typing.__all__:
        assert hasattr(typing, name)
