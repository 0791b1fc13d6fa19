"""Arrays to bytes of one file format, and back. Knows no media type."""

from __future__ import annotations
