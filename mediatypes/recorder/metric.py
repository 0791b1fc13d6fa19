"""How keys are summarised, in the words of the call style."""

from __future__ import annotations

from typing import Final

from mediatypes._core.names import check_key
from mediatypes._core.optional import type_name
from mediatypes._core.options import check_one_of
from mediatypes.errors import OptionError, UnsupportedInputError
from mediatypes.schema import Metric
from mediatypes.store.fold import SUMMARIES

__all__ = ["parse_metric"]

_BEST: Final = {"minimize": "min", "maximize": "max"}
_WAYS: Final = (*SUMMARIES, "best", "copy")


def parse_metric(
    name: object, step_metric: object, summary: str | None, goal: str | None
) -> Metric:
    """Return the record of a definition.

    Raises
    ------
    mediatypes.errors.OptionError
        If there is no such summary or goal, or ``"best"`` comes without a goal.
    mediatypes.errors.UnsupportedInputError
        If a name is no text.
    """
    check_one_of("define_metric", "goal", goal, _BEST)
    ways = None
    if summary is not None:
        ways = ",".join(_way(word.strip(), goal) for word in str(summary).split(","))
    return Metric(
        name=check_key(_text("name", name), "define_metric"),
        step_metric=None if step_metric is None else _text("step_metric", step_metric),
        summary=ways,
    )


def _way(word: str, goal: str | None) -> str:
    check_one_of("define_metric", "summary", word, _WAYS)
    if word == "best":
        if goal is None:
            raise OptionError(
                "define_metric",
                "goal",
                expected='"minimize" or "maximize" for the best',
                received="None",
                hint='Or pass summary="min" or summary="max".',
            )
        return _BEST[goal]
    return "last" if word == "copy" else word


def _text(field: str, value: object) -> str:
    if isinstance(value, str):
        return value
    raise UnsupportedInputError(
        "define_metric", field, expected="text", received=type_name(value)
    )
