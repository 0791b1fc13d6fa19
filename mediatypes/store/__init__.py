"""Bytes and records to a run folder, and back. Knows no media type."""

from __future__ import annotations
