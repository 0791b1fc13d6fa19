from __future__ import annotations

import inspect
import pickle
import re

import pytest

from mediatypes import errors

CLASSES = [value for value in vars(errors).values() if inspect.isclass(value)]
REFUSALS = [kind for kind in CLASSES if issubclass(kind, errors.InvalidMediaError)]


def made(kind: type[BaseException]) -> BaseException:
    if issubclass(kind, errors.InvalidMediaError):
        facts = {"expected": "an array", "received": "a cube", "source": "numpy"}
        return kind("Image", "pixels", **facts, hint="Pass x.")
    if issubclass(kind, errors.MissingDependencyError):
        return kind("plotly", extra="plotly", feature="A plot")
    if issubclass(kind, errors.FrozenError):
        return kind("Image", "caption")
    return kind("it went wrong")


def test_every_class_is_listed() -> None:
    assert sorted(kind.__name__ for kind in CLASSES) == sorted(errors.__all__)


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    tree = errors.__doc__ or ""
    drawn = re.findall(r"^( *)[*+.-] (\w+)", tree, re.MULTILINE)

    assert sorted(name for _, name in drawn) == sorted(errors.__all__)
    above: list[tuple[int, str]] = []
    for indent, name in drawn:
        above = [pair for pair in above if pair[0] < len(indent)]
        kind = getattr(errors, name)
        parents = {base.__name__ for base in kind.__bases__}
        if above:
            assert above[-1][1] in parents
        above.append((len(indent), name))


def test_the_builtins_in_the_tree_are_inherited() -> None:
    tree = errors.__doc__ or ""

    for name, also in re.findall(r"(\w+) \(also ([^)]+)\)", tree):
        for builtin in also.split(", "):
            assert builtin in [base.__name__ for base in getattr(errors, name).__mro__]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_class_survives_pickling(kind: type[BaseException]) -> None:
    error = made(kind)

    copy = pickle.loads(pickle.dumps(error))

    assert type(copy) is kind
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_refusal_is_one_sentence_and_a_hint(
    kind: type[errors.InvalidMediaError],
) -> None:
    error = kind("Image", "pixels", expected="flat", received="a cube")
    hinted = made(kind)

    assert str(error) == "Image: pixels must be flat; got a cube."
    assert str(hinted) == (
        "Image: pixels must be an array; got a cube from numpy. Pass x."
    )
    assert isinstance(hinted, errors.InvalidMediaError)
    assert (hinted.media, hinted.field) == ("Image", "pixels")
    assert (hinted.expected, hinted.received) == ("an array", "a cube")
    assert (hinted.source, hinted.hint) == ("numpy", "Pass x.")


def test_a_missing_library_says_how_to_get_it() -> None:
    error = errors.MissingDependencyError("plotly", extra="plots", feature="A figure")

    assert str(error) == (
        "A figure needs plotly. Install it with: pip install 'mediatypes[plots]'"
    )
    assert (error.package, error.extra, error.feature) == (
        "plotly",
        "plots",
        "A figure",
    )


def test_warnings_are_user_warnings_and_no_errors() -> None:
    for kind in (errors.MediaTypesWarning, errors.DroppedMediaWarning):
        assert issubclass(kind, UserWarning)
        assert not issubclass(kind, errors.MediaTypesError)
