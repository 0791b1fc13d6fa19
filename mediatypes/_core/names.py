"""Names of runs, writers and folders. No user string is ever a path."""

from __future__ import annotations

import hashlib
import os
import platform
import re
from typing import TYPE_CHECKING, Final

from mediatypes.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "check_key",
    "host_name",
    "host_word",
    "parse_writer",
    "run_id",
    "run_name",
    "slug",
    "writer_name",
]

MAX_KEY_BYTES: Final = 4096
_MAX_SLUG: Final = 64
_DIGEST: Final = 12
_LOST: Final = re.compile(r"[^a-z0-9._-]+")
_DEVICES: Final = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [f"{port}{digit}" for port in ("com", "lpt") for digit in range(10)]
)
_ALPHABET: Final = "0123456789abcdefghijklmnopqrstuvwxyz"

_ADJECTIVES: Final = """
amber bold brave bright brisk calm clear clever cosmic crisp daring deep eager early
easy fair fast fiery fine fresh gentle giddy glad golden grand happy hardy honest
icy jolly keen kind light lively lucky lunar mellow mild misty neat noble polar
proud quick quiet rapid rare royal rustic shiny silent silver smooth snowy solar
stellar stoic sunny super sweet swift tidy true upbeat vital vivid warm wild wise
young zesty
""".split()  # noqa: SIM905 - one word a line would fill the screen
_NOUNS: Final = """
aurora bird blaze bloom breeze brook butterfly canyon cloud comet coral crater dawn
deer delta dew dragon dream dune eagle earth eclipse elm ember etude feather fern
field fire firefly flower fog forest fox frost galaxy glade glitter grass grove haze
hill horizon island jazz lake leaf leopard lion meadow moon morning mountain music
night oath ocean paper pine planet plasma pond puddle rain resonance river rock
salad sea serenity shadow shape silence sky smoke snow sound spaceship star sun
sunset surf thunder totem tree violet valley vortex water waterfall wave wildflower
wind wood
""".split()  # noqa: SIM905 - one word a line would fill the screen


def check_key(key: object, media: str = "log", field: str = "every key") -> str:
    """Return `key` if it can name a value: 1 to 4,096 bytes of UTF-8 without NUL.

    Raises
    ------
    mediatypes.errors.OptionError
        If it is empty, too long, or holds NUL or a lone surrogate.
    """
    assert isinstance(key, str)  # noqa: S101 - callers have checked the type
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        size = 0
    if not 0 < size <= MAX_KEY_BYTES or "\0" in key:
        raise OptionError(
            media,
            field,
            expected=f"1 to {MAX_KEY_BYTES} bytes of UTF-8 without NUL",
            received=_shorten(repr(key)),
        )
    return key


def slug(key: str) -> str:
    """Return the folder name of `key`, in ``[a-z0-9._~-]{1,64}``.

    Different keys have different slugs: where a key cannot be written as it is, 48
    bits of its SHA-256 are added. A slug is not parsed back; the record holds the key.

    Examples
    --------
    >>> slug("loss"), slug("../Val Loss")
    ('loss', 'val-loss~a456f601035b')
    """
    name = _LOST.sub("-", key.lower()).strip(".")
    if name == key and len(name) <= _MAX_SLUG and _is_portable(name):
        return name
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST]
    readable = name[: _MAX_SLUG - _DIGEST - 1].strip(".-")
    return f"{readable}~{digest}"


def _is_portable(name: str) -> bool:
    return bool(name) and name.partition(".")[0] not in _DEVICES


def _shorten(text: str, width: int = 60) -> str:
    return text if len(text) <= width else f"{text[:width]}…"


def run_id(length: int = 8) -> str:
    """Return a new random run id: 8 characters of base 36 are 41 bits."""
    return "".join(_chosen(_ALPHABET) for _ in range(length))


def run_name(number: int) -> str:
    """Return a random name such as ``fiery-river-1``.

    Uses the system's randomness, so a seeded training script keeps its own.
    """
    return f"{_chosen(_ADJECTIVES)}-{_chosen(_NOUNS)}-{number}"


def _chosen(among: Sequence[str]) -> str:
    # The module `secrets` does the same, and takes longer to load than a run to begin.
    return among[int.from_bytes(os.urandom(8), "big") % len(among)]


def writer_name(rank: int = 0) -> str:
    """Return a new writer id: ``r<rank>-<host6>-<pid>-<8 random hex>``."""
    return f"r{rank}-{host_word()}-{os.getpid()}-{os.urandom(4).hex()}"


def host_name() -> str:
    """Return the name of this host."""
    return platform.node()


def host_word() -> str:
    """Return what stands for this host in the name of a writer: 6 hex digits."""
    return hashlib.sha256(host_name().encode()).hexdigest()[:6]


def parse_writer(name: str) -> tuple[int, str, int]:
    """Return the rank, host and pid in the name of a writer.

    Examples
    --------
    >>> parse_writer("r0-c0ffee-4711-0123abcd")
    (0, 'c0ffee', 4711)
    """
    rank, host, pid, _ = name.split("-")
    return int(rank[1:]), host, int(pid)
