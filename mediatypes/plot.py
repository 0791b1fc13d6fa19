"""Charts that people always draw, as values that carry their numbers.

Each function makes a `mediatypes.Plot`; they are its constructors by another name.
"""

from __future__ import annotations

from mediatypes.media.plot import Plot

__all__ = [
    "bar",
    "confusion_matrix",
    "histogram",
    "line",
    "line_series",
    "pr_curve",
    "roc_curve",
    "scatter",
]

line = Plot.line
scatter = Plot.scatter
bar = Plot.bar
histogram = Plot.histogram
line_series = Plot.line_series
confusion_matrix = Plot.confusion_matrix
pr_curve = Plot.pr_curve
roc_curve = Plot.roc_curve
