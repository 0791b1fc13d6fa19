"""Ground floor: names, canonical arrays and the written rules. No media, no files."""

from __future__ import annotations
