"""Stand-ins for other trackers' modules."""

from __future__ import annotations

from typing import Final

__all__ = ["NAMES"]

NAMES: Final = frozenset(
    {
        *("CommError", "Error", "UsageError"),
        *("Plotly", "data_types", "integration", "keras", "sdk", "util"),
        *("termerror", "termlog", "termwarn"),
    }
)
"""What scripts know by the module of that name only, and is there all the same."""
