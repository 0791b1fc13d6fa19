"""The read side: runs as tables and typed values. Never writes."""

from __future__ import annotations

from mediatypes.reader.listing import Runs, runs
from mediatypes.reader.run import RunReader, open_run

__all__ = ["RunReader", "Runs", "open_run", "runs"]
