"""The dashboard: a reader with pictures. Never writes into a run."""

from __future__ import annotations
