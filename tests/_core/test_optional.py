from __future__ import annotations

import sys
from fractions import Fraction

import pytest

from mediatypes._core import optional
from mediatypes.errors import MissingDependencyError


def test_a_library_is_looked_up_and_never_imported() -> None:
    assert optional.loaded("this") is None
    assert optional.loaded("sys") is sys


def test_a_library_that_is_needed_is_imported_or_explained() -> None:
    assert optional.require("json", extra="x", feature="it").__name__ == "json"
    with pytest.raises(MissingDependencyError, match=r"mediatypes\[plots\]") as caught:
        optional.require("no_such_library", extra="plots", feature="A figure")

    assert isinstance(caught.value.__cause__, ImportError)


def test_a_type_is_named_in_full() -> None:
    assert optional.type_name(Fraction(1)) == "fractions.Fraction"
    assert optional.type_name([]) == "list"
    assert optional.type_name(sys) == "module sys"
