"""Sphinx settings."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import mediatypes
import mediatypes.typing

sys.path.insert(0, str(Path(__file__).parents[1]))
from docs.charts import draw

project = "mediatypes"
author = "The mediatypes authors"
version = release = mediatypes.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["changes/*", "_build"]
nitpicky = True
default_role = "code"

html_theme = "furo"
html_title = f"mediatypes {release}"

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

napoleon_google_docstring = False
napoleon_use_rtype = False
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_member_order = "groupwise"
autodoc_preserve_defaults = True
maximum_signature_line_length = 72

# The build asks no other site for its index, so these have no page to point to.
nitpick_ignore_regex = [
    ("py:class", "Buffer"),
    (
        "py:.*",
        r"(numpy|np|NDArray|PIL|matplotlib|pandas|pd|msgspec|hypothesis|collections)\b.*",
    ),
    ("py:.*", r"(datetime|dt|enum|os|pathlib|types|typing)\..*"),
    (
        "py:class",
        r"(PillowImage|SearchStrategy|Any|Self|Path|Fraction|Mapping|Sequence|Iterator|_Kind)",
    ),
    ("py:exc", r"(Type|Value)Error"),
]

_aside: Final[list[str]] = []
_WITHOUT_SECTIONS: Final = frozenset(["attribute", "data", "property"])
_HOMES: Final = ("mediatypes", "mediatypes.errors", "mediatypes.schema")


def _at_the_front_door(app: Any, env: Any, node: Any, content: Any) -> Any:
    """Point ``mediatypes.media.image.Image`` to where users meet it."""
    target, page = node.get("reftarget", ""), node.get("refdoc")
    name = target.rpartition(".")[2]
    if node.get("refdomain") != "py":
        return None
    homes: tuple[str, ...] = _HOMES if target.startswith("mediatypes.") else ()
    if target in mediatypes.typing.__all__:
        homes = ("mediatypes.typing",)
    elif target == "MediaRecord":
        homes, name = ("mediatypes.schema",), "Media"
    for home in homes:
        found = env.get_domain("py").resolve_xref(
            env, page, app.builder, "obj", f"{home}.{name}", node, content
        )
        if found is not None:
            return found
    return None


def _put_aside(
    app: Any, what: str, name: str, value: Any, options: Any, lines: list[str]
) -> None:
    """Keep napoleon from taking the words before a colon for a type."""
    del app, name, value, options
    _aside[:] = lines if what in _WITHOUT_SECTIONS else []


def _put_back(
    app: Any, what: str, name: str, value: Any, options: Any, lines: list[str]
) -> None:
    """Undo what napoleon did to a docstring without sections."""
    del app, name, value, options
    if what in _WITHOUT_SECTIONS:
        lines[:] = _aside


def _readable(*facts: Any) -> tuple[str | None, str | None]:
    """Write the defaults of records in a form that can be parsed."""
    signature, returned = facts[-2:]
    return signature and signature.replace("<factory>", "..."), returned


def _draw_charts(app: Any) -> None:
    """Draw what the page about charts shows."""
    page = Path(app.srcdir) / "how-to" / "log-charts.md"
    draw(page, Path(app.outdir) / "charts")


def setup(app: Any) -> None:
    """Register the functions above; napoleon works at priority 500."""
    app.connect("builder-inited", _draw_charts)
    app.connect("missing-reference", _at_the_front_door)
    app.connect("autodoc-process-docstring", _put_aside, priority=400)
    app.connect("autodoc-process-docstring", _put_back, priority=600)
    app.connect("autodoc-process-signature", _readable)
