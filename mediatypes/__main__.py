"""``python -m mediatypes``."""

from __future__ import annotations

from mediatypes.cli import main

if __name__ == "__main__":
    main()
